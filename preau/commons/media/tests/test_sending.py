"""What arrives: by parts that go on from where they stopped, or whole; by whom, how much, and what becomes of the rest."""

import base64
import hashlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.media import rules
from preau.commons.media.actions import keeping, sending
from preau.commons.media.models import Medium, Upload
from preau.commons.media.queries import shelves
from preau.commons.media.tests import samples
from preau.commons.media.tests.conftest import operator_named, viewer_of
from preau.commons.works.models import Work
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.foundation.uploads import UploadRefused

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
START = "/medias/envois/"
CONTENT = samples.pdf()


def begun(client: SchoolClient, content: bytes = CONTENT, name: str = "leçon.pdf", **more: str) -> Any:
    metadata = f"filename {base64.b64encode(name.encode()).decode()},modified MTIz"
    return client.post(
        START, headers=TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata} | more
    )


def sent(client: SchoolClient, where: str, offset: int, part: bytes, **more: str) -> Any:
    headers = TUS | {"Upload-Offset": str(offset)} | more
    return client.generic(
        "PATCH", where, part, content_type="application/offset+octet-stream", headers=headers
    )


def test_a_file_arrives_in_parts_and_goes_on_from_where_it_stopped(
    shown: dict[str, Any], desk: SchoolClient, room: Path, django_capture_on_commit_callbacks: Any
) -> None:
    answer = begun(desk)
    assert answer.status_code == 201 and answer["Tus-Resumable"] == "1.0.0"
    where = answer["Location"]
    half = len(CONTENT) // 2
    assert sent(desk, where, 0, CONTENT[:half])["Upload-Offset"] == str(half)
    # The browser was closed: the same file chosen again is the same upload, and the server knows how far it is.
    again = begun(desk)
    assert again["Location"] == where and again["Upload-Offset"] == str(half)
    head = desk.head(where, headers=TUS)
    assert (head["Upload-Offset"], head["Upload-Length"]) == (str(half), str(len(CONTENT)))
    assert head["Cache-Control"] == "no-store" and head["Upload-Expires"].endswith("GMT")
    with django_capture_on_commit_callbacks(execute=True):
        done = sent(desk, where, half, CONTENT[half:])
    medium = Medium.objects.get()
    assert done.status_code == 204 and done["X-Next-Page"] == f"/medias/{medium.public_id}/"
    assert (medium.kind, medium.name, medium.size) == ("pdf", "leçon.pdf", len(CONTENT))
    assert (room / "travail" / medium.public_id / "source").read_bytes() == CONTENT
    assert not Upload.objects.exists() and not list((room / "envois").iterdir())
    assert Work.objects.get().key == medium.work
    assert DBTaskResult.objects.filter(task_path="preau.commons.media.tasks.make").count() == 1
    assert Line.objects.filter(verb="media.kept").count() == 1


def test_the_protocol_says_what_it_takes_and_refuses_what_it_does_not(
    shown: dict[str, Any], desk: SchoolClient
) -> None:
    asked = desk.options(START)
    assert (
        asked["Tus-Version"] == "1.0.0"
        and "creation" in asked["Tus-Extension"]
        and int(asked["Tus-Max-Size"]) == rules.heaviest()
    )
    assert desk.post(START).status_code == 412
    assert desk.post(START, headers=TUS).status_code == 400
    assert desk.post(START, headers=TUS | {"Upload-Length": "-5"}).status_code == 400
    assert desk.post(START, headers=TUS | {"Upload-Length": "0"}).status_code == 413
    assert desk.post(START, headers=TUS | {"Upload-Length": str(rules.heaviest() + 1)}).status_code == 413
    where = begun(desk)["Location"]
    assert desk.head(where).status_code == 412
    assert sent(desk, where, 7, b"x").status_code == 409
    assert (
        desk.generic(
            "PATCH", where, b"x", content_type="text/plain", headers=TUS | {"Upload-Offset": "0"}
        ).status_code
        == 415
    )
    assert (
        desk.generic(
            "PATCH", where, b"x", content_type="application/offset+octet-stream", headers=TUS
        ).status_code
        == 400
    )
    # More than what was told: the part is not the one that comes.
    assert sent(desk, where, 0, CONTENT + b"x").status_code == 409


def test_a_damaged_part_is_not_kept(shown: dict[str, Any], desk: SchoolClient) -> None:
    where = begun(desk)["Location"]
    part = CONTENT[:100]
    right = base64.b64encode(hashlib.sha256(part).digest()).decode()
    assert sent(desk, where, 0, b"y" * 100, **{"Upload-Checksum": f"sha256 {right}"}).status_code == 460
    assert desk.head(where, headers=TUS)["Upload-Offset"] == "0"
    assert sent(desk, where, 0, part, **{"Upload-Checksum": "md4 AAAA"}).status_code == 400
    assert sent(desk, where, 0, part, **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204


def test_what_is_told_late_or_twice_is_there_once(
    shown: dict[str, Any], desk: SchoolClient, viewer: Viewer
) -> None:
    where = begun(desk)["Location"]
    upload = Upload.objects.get()
    sent(desk, where, 0, CONTENT)
    assert sending.keep_sent(viewer, upload).pk == Medium.objects.get().pk
    assert desk.head(where, headers=TUS).status_code == 404


def test_a_part_cut_by_the_network_stays_and_is_gone_on_from(shown: dict[str, Any], viewer: Viewer) -> None:
    class Cut(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 50:
                raise ConnectionResetError(104, "reset")
            return super().read(50)

    upload = sending.begin(viewer, "x.pdf", len(CONTENT))
    assert sending.take(upload, Cut(CONTENT), sending.Part(0)) == 50
    assert sending.received(upload) == 50


def test_two_parts_at_once_are_not_mixed(shown: dict[str, Any], viewer: Viewer) -> None:
    upload = sending.begin(viewer, "x.pdf", len(CONTENT))

    class Meanwhile(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if not self.tell():
                with pytest.raises(sending.Conflict):
                    sending.take(upload, BytesIO(b"autre"), sending.Part(0))
            return super().read(size)

    assert sending.take(upload, Meanwhile(CONTENT), sending.Part(0)) == len(CONTENT)


def test_a_full_disk_is_said_and_the_part_is_not_kept(shown: dict[str, Any], viewer: Viewer) -> None:
    class Full(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    upload = sending.begin(viewer, "x.pdf", len(CONTENT))
    with pytest.raises(sending.TooMuch, match="place"):
        sending.take(upload, Full(CONTENT), sending.Part(0))
    assert sending.received(upload) == 0


# Who, and how much


def test_only_those_for_whom_somebody_shows_media_send_some(
    shown: dict[str, Any], college: World, client: SchoolClient, operator: Person
) -> None:
    for key in ("head", "cpe", "teacher", "guardian", "pupil", "secretary"):
        client.sit(college.people[key])
        assert client.get("/medias/").status_code == 403, key
        assert begun(client).status_code == 403, key
        assert client.post("/medias/envoyer/", {"fichier": BytesIO(CONTENT)}).status_code == 403, key
    assert not Upload.objects.exists()
    client.logout()
    assert begun(client).status_code == 302


def test_nobody_sees_goes_on_with_or_drops_what_another_sends(
    shown: dict[str, Any], desk: SchoolClient, viewer: Viewer
) -> None:
    other = operator_named("Astier")
    theirs = sending.begin(viewer_of(other), "film.pdf", len(CONTENT))
    where = f"/medias/envois/{theirs.public_id}/"
    assert desk.head(where, headers=TUS).status_code == 404
    assert sent(desk, where, 0, b"x").status_code == 404
    assert desk.delete(where, headers=TUS).status_code == 404
    assert desk.post(f"{where}abandonner/").status_code == 404
    kept = sending.keep_form(viewer_of(other), _named("autre.pdf", CONTENT))
    for page in ("", "mots/"):
        assert desk.get(f"/medias/{kept.public_id}/{page}").status_code == 404
    assert desk.post(f"/medias/{kept.public_id}/supprimer/").status_code == 404
    assert "autre.pdf" not in desk.get("/medias/").content.decode()
    assert Medium.objects.get() == kept and sending.received(theirs) == 0


def _named(name: str, content: bytes) -> Any:
    file = BytesIO(content)
    file.name, file.size = name, len(content)  # type: ignore[attr-defined]
    return file


def test_a_person_and_the_platform_keep_no_more_than_their_share(
    shown: dict[str, Any], viewer: Viewer, settings: Any
) -> None:
    settings.MEDIA_PERSON_GIGABYTES = 0
    with pytest.raises(sending.TooMuch, match="plus de place"):
        sending.begin(viewer, "x.pdf", 10)
    settings.MEDIA_PERSON_GIGABYTES, settings.MEDIA_GIGABYTES = 1, 0
    with pytest.raises(sending.TooMuch, match="Préau n’a plus"):
        sending.begin(viewer, "x.pdf", 10)
    settings.MEDIA_GIGABYTES = 1
    for number in range(rules.MOST_UPLOADS):
        sending.begin(viewer, f"{number}.pdf", 10)
    with pytest.raises(sending.TooMuch, match="en route"):
        sending.begin(viewer, "un de trop.pdf", 10)
    assert shelves.used_by(viewer.person.pk) == 50 == shelves.used_in_all()


def test_a_form_without_javascript_sends_it_whole_and_twice_is_once(
    shown: dict[str, Any], desk: SchoolClient
) -> None:
    page = desk.get("/medias/envoyer/").content.decode()
    assert 'enctype="multipart/form-data"' in page and "<noscript>" in page
    answer = desk.post("/medias/envoyer/", {"fichier": _named("leçon.pdf", CONTENT)})
    assert answer.status_code == 302 and answer["Location"] == f"/medias/{Medium.objects.get().public_id}/"
    empty = desk.post("/medias/envoyer/", {"fichier": _named("vide.pdf", b"")})
    assert empty.status_code == 422 and Medium.objects.count() == 1 and not Upload.objects.exists()


def test_what_is_heavier_than_its_kind_may_be_is_refused_whole(
    shown: dict[str, Any], viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.HEAVIEST, Medium.Kind.PDF, 10)
    with pytest.raises(UploadRefused, match="trop lourd"):
        sending.keep_form(viewer, _named("leçon.pdf", CONTENT))
    assert not Upload.objects.exists() and not Medium.objects.exists()


# Letting go


def test_an_upload_is_let_go_by_its_person_or_two_days_later(
    shown: dict[str, Any], desk: SchoolClient, viewer: Viewer, room: Path, clock: Any
) -> None:
    where = begun(desk)["Location"]
    sent(desk, where, 0, CONTENT[:50])
    assert desk.delete(where, headers=TUS).status_code == 204
    assert not Upload.objects.exists() and not list((room / "envois").iterdir())
    where = begun(desk)["Location"]
    sent(desk, where, 0, CONTENT[:50])
    keeping.sweep(NOW + keeping.UPLOAD_KEPT - timedelta(minutes=1))
    assert Upload.objects.count() == 1
    keeping.sweep(timezone.now() + keeping.UPLOAD_KEPT + timedelta(minutes=1))
    assert not Upload.objects.exists() and not list((room / "envois").iterdir())


def test_bytes_that_no_row_names_are_swept(shown: dict[str, Any], room: Path, db: None) -> None:
    name = "ab" + "0" * 30
    for path in (room / "envois" / name, room / "travail" / name / "source", room / "ab" / name):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert keeping.sweep(timezone.now())["files"] == 0
    # The clock of the test stands still; that of the disk does not.
    assert keeping.sweep(timezone.now() + timedelta(days=4000))["files"] == 3
    assert not (room / "travail" / name).exists() and not (room / "ab" / name).exists()


def test_who_leaves_takes_along_what_nothing_shows(
    shown: dict[str, Any], viewer: Viewer, room: Path, django_capture_on_commit_callbacks: Any
) -> None:
    sending.keep_form(viewer, _named("leçon.pdf", CONTENT))
    sending.begin(viewer, "autre.pdf", 10)
    assert (room / "travail").iterdir()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        keeping.forget_media(viewer.person.pk)
    assert not Upload.objects.exists()
    assert not Medium.objects.filter(kept_by=viewer.person.pk).exists()
