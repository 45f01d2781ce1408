"""The store of files: kept whole or not at all, shown through what owns them, given back under guard, erased for good."""

import errno
import os
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from PIL import Image

from conftest import SchoolClient
from preau.commons.files import actions, queries, rules
from preau.commons.files.actions import Desk
from preau.commons.files.models import StoredFile
from preau.commons.files.rules import Limits
from preau.commons.files.tests import samples
from preau.commons.journal.models import Line
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import boards, filekinds, vault
from preau.foundation.boards import FileOwner
from preau.foundation.fields import Attachments
from preau.foundation.registry import Registry
from preau.foundation.uploads import MEGABYTE, UploadRefused
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
ANY = rules.DOCUMENTS


@pytest.fixture(autouse=True)
def room(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return vault.room()


@pytest.fixture
def owned(monkeypatch: pytest.MonkeyPatch) -> FileOwner:
    """A pretended owner: what a person sent belongs to their row, and who sees the person sees it."""
    owner = FileOwner(
        "directory.Person",
        "files_sent",
        lambda viewer: StoredFile.objects.filter(kept_by__in=Person.objects.visible_to(viewer)).values("pk"),
    )
    monkeypatch.setattr(boards, "file_owners", Registry(FileOwner))
    boards.file_owners.add(owner)
    return owner


@pytest.fixture
def unowned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "file_owners", Registry(FileOwner))


def kept(viewer: Any, *sent: SimpleUploadedFile, limits: Limits = ANY) -> list[StoredFile]:
    files = sent or (samples.sent("devoir.pdf", samples.PDF),)
    return actions.keep(viewer, viewer.school_id or viewer.only_school.pk, files, limits)


def on_disk(room: Path) -> list[str]:
    return sorted(path.name for path in room.rglob("*") if path.is_file())


def content_of(file: StoredFile) -> bytes:
    return vault.path_of(file.public_id).read_bytes()


# Keeping


def test_a_file_is_kept_under_a_name_that_nobody_typed(seat_of: Any, room: Path) -> None:
    [file] = kept(seat_of("pupil"), samples.sent("../Devoir de Nina.pdf", samples.PDF))
    assert (file.name, file.kind, file.size) == ("Devoir de Nina.pdf", "application/pdf", len(samples.PDF))
    assert on_disk(room) == [file.public_id]
    assert content_of(file) == samples.PDF
    path = vault.path_of(file.public_id)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    line = Line.objects.get(verb="files.kept")
    assert "Devoir" not in str(line.details)


def test_where_the_web_server_sends_the_bytes_its_group_may_read_them(
    seat_of: Any, room: Path, settings: Any
) -> None:
    settings.FILES_MODE, settings.FOLDERS_MODE = 0o640, 0o750
    [file] = kept(seat_of("pupil"), samples.sent("Devoir.pdf", samples.PDF))
    path = vault.path_of(file.public_id)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o640, 0o750)


def test_a_photograph_says_no_more_where_it_was_taken(seat_of: Any, room: Path) -> None:
    [file] = kept(seat_of("pupil"), samples.sent("photo.jpg", samples.located()))
    assert (file.width, file.height) == (60, 80)
    assert on_disk(room) == sorted([file.public_id, file.glimpse])
    for name in on_disk(room):
        with Image.open(vault.path_of(name)) as image:
            assert (image.format, dict(image.getexif())) == ("JPEG", {})
        assert b"Nina" not in vault.path_of(name).read_bytes()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_hides_in_a_picture_goes_with_the_drawing(seat_of: Any, form: str) -> None:
    [file] = kept(seat_of("pupil"), samples.sent("a.gif", samples.picture(form) + samples.PAGE))
    assert file.kind == f"image/{form.lower()}"
    assert b"script" not in content_of(file)


def test_a_large_photograph_is_brought_to_a_size_for_reading(seat_of: Any) -> None:
    [file] = kept(seat_of("pupil"), samples.sent("a.jpg", samples.picture(size=(5000, 2500))))
    assert (file.width, file.height) == (2560, 1280)
    with Image.open(vault.path_of(file.glimpse)) as small:
        assert small.size == (640, 320)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([samples.sent("a.pdf", samples.PDF), samples.sent("b.pdf", samples.PAGE)], "programme"),
        (
            [samples.sent("a.jpg", samples.picture()), samples.sent("b.jpg", b"\xff\xd8\xff\xe0abimee")],
            "ne se lit pas",
        ),
        (
            [samples.sent("a.pdf", samples.PDF), samples.sent("b.pdf", samples.PDF + bytes(MEGABYTE))],
            "trop lourd",
        ),
        ([samples.sent("a.pdf", samples.PDF), samples.sent("b.txt", b"bonjour")], "ne convient pas ici"),
        ([samples.sent(f"{n}.pdf", samples.PDF + bytes([n])) for n in range(4)], "Pas plus de 3 fichiers"),
    ],
    ids=["hostile", "broken", "heavy", "other kind", "many"],
)
def test_all_are_kept_or_none(seat_of: Any, room: Path, files: list[Any], says: str) -> None:
    with pytest.raises(UploadRefused, match=says):
        kept(
            seat_of("pupil"), *files, limits=Limits(filekinds.IMAGES | filekinds.PDF, files=3, size=MEGABYTE)
        )
    assert (on_disk(room), StoredFile.objects.count()) == ([], 0)


def test_a_full_disk_is_said_and_leaves_nothing(
    seat_of: Any, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, calls = seat_of("pupil"), []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(vault.os, "fsync", full)
    with pytest.raises(UploadRefused, match="plus assez de place"):
        kept(viewer, samples.sent("a.pdf", samples.PDF), samples.sent("b.jpg", samples.picture()))
    assert (on_disk(room), StoredFile.objects.count()) == ([], 0)


def test_a_school_that_is_full_is_told_so(seat_of: Any, room: Path, settings: Any) -> None:
    kept(seat_of("pupil"))
    settings.FILES_GIGABYTES = 0
    with pytest.raises(UploadRefused, match="n’a plus de place"):
        kept(seat_of("pupil"), samples.sent("autre.pdf", samples.PDF + b"\n"))
    assert len(on_disk(room)) == StoredFile.objects.count() == 1


def test_what_two_people_send_lies_once_on_the_disk_until_both_let_go(
    seat_of: Any, room: Path, unowned: None, django_capture_on_commit_callbacks: Any
) -> None:
    paper, photo = samples.sent("devoir.pdf", samples.PDF), samples.sent("photo.jpg", samples.picture())
    first, first_photo = kept(seat_of("teacher"), paper, photo)
    # Old bytes: those of the second have no row before its transaction ends, and no sweep takes them.
    for name in (first.public_id, first_photo.glimpse):
        os.utime(vault.path_of(name), (0, 0))
    second, second_photo = kept(seat_of("pupil"), paper, photo)
    pairs = [(first.public_id, second.public_id), (first_photo.glimpse, second_photo.glimpse)]
    for one, other in pairs:
        assert vault.path_of(one).samefile(vault.path_of(other))
        assert vault.path_of(other).stat().st_mtime > time.time() - 3600
    # Other bytes of the same weight are another file.
    changed = samples.PDF.replace(b"Catalog", b"Catalod")
    (third,) = kept(seat_of("cpe"), samples.sent("devoir.pdf", changed))
    assert not vault.path_of(third.public_id).samefile(vault.path_of(first.public_id))
    StoredFile.objects.filter(pk=first.pk).update(kept_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        actions.sweep(timezone.now())
    assert not vault.path_of(first.public_id).exists() and content_of(second) == samples.PDF


def test_a_disk_that_cannot_share_keeps_each_its_own(
    seat_of: Any, room: Path, unowned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", refuse)
    (first,) = kept(seat_of("teacher"))
    (second,) = kept(seat_of("pupil"))
    assert content_of(first) == content_of(second) == samples.PDF and len(on_disk(room)) == 2


def test_a_second_click_keeps_nothing_twice(seat_of: Any, room: Path, clock: Any) -> None:
    viewer = seat_of("pupil")
    [first], [second] = kept(viewer), kept(viewer)
    assert (first.pk, on_disk(room)) == (second.pk, [first.public_id])
    assert Line.objects.filter(verb="files.kept").count() == 1
    [other_person] = kept(seat_of("guardian"))
    [renamed] = kept(viewer, samples.sent("autre.pdf", samples.PDF))
    clock.shift(timedelta(hours=2))
    [later] = kept(viewer)
    assert len({first.pk, other_person.pk, renamed.pk, later.pk}) == 4


# Who sees them, and how they leave


def test_what_was_just_sent_is_its_senders_alone(
    client: SchoolClient, college: World, seat_of: Any, unowned: None
) -> None:
    [file] = kept(seat_of("guardian"))
    for key in ("guardian", "pupil", "other_guardian", "teacher", "cpe", "head", "secretary"):
        expected = 200 if key == "guardian" else 404
        assert client.sit(college.people[key]).get(f"/fichiers/{file.public_id}/").status_code == expected, (
            key
        )
    client.logout()
    assert client.get(f"/fichiers/{file.public_id}/").status_code == 302


def test_an_owner_shows_it_to_those_who_see_the_owner(
    client: SchoolClient, college: World, twin: World, seat_of: Any, owned: FileOwner
) -> None:
    [file] = kept(seat_of("pupil"))
    for key in ("pupil", "guardian", "teacher", "head"):
        assert client.sit(college.people[key]).get(f"/fichiers/{file.public_id}/").status_code == 200, key
    pupils = Person.objects.filter(holdings__role=Role.PUPIL, holdings__school=college.school)
    classmate = pupils.exclude(pk=college.people["pupil"].pk)[0]
    Account.objects.create(person=classmate, login="classmate", password="!")
    for person in (twin.people["head"], twin.people["pupil"], classmate):
        assert client.sit(person).get(f"/fichiers/{file.public_id}/").status_code == 404
    left = college.people["teacher"]
    Holding.objects.filter(person=left).update(ends=timezone.localdate() - timedelta(days=1))
    assert client.sit(left).get(f"/fichiers/{file.public_id}/").status_code != 200


def test_a_file_is_attached_to_nobodys_page(
    client: SchoolClient, college: World, seat_of: Any, unowned: None
) -> None:
    [file] = kept(seat_of("pupil"), samples.sent('Exposé "n° 1".pdf', samples.PDF + samples.PAGE))
    answer = client.sit(college.people["pupil"]).get(f"/fichiers/{file.public_id}/")
    assert b"".join(answer.streaming_content) == samples.PDF + samples.PAGE
    headers = {
        name: answer.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")
    }
    assert headers == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")


def test_only_the_small_picture_shows_in_a_page(
    client: SchoolClient, college: World, seat_of: Any, unowned: None
) -> None:
    [photo, paper] = kept(
        seat_of("pupil"), samples.sent("a.png", samples.picture("PNG")), samples.sent("a.pdf", samples.PDF)
    )
    client.sit(college.people["pupil"])
    small = client.get(f"/fichiers/{photo.public_id}/apercu/")
    assert small.headers["Content-Type"] == "image/jpeg"
    assert small.headers["Content-Disposition"].startswith("inline")
    assert small.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(small.streaming_content).startswith(b"\xff\xd8")
    assert client.get(f"/fichiers/{paper.public_id}/apercu/").status_code == 403


def test_the_web_server_sends_the_bytes_when_told_to(
    client: SchoolClient, college: World, seat_of: Any, unowned: None, settings: Any
) -> None:
    settings.FILES_ACCEL = "/fichiers-internes/"
    [file] = kept(seat_of("pupil"))
    answer = client.sit(college.people["pupil"]).get(f"/fichiers/{file.public_id}/")
    path = f"/fichiers-internes/{file.public_id[:2]}/{file.public_id}"
    assert (answer.content, answer.headers["X-Accel-Redirect"]) == (b"", path)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="devoir.pdf"'


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=-4", 206, slice(-4, None)),
        ("bytes=2-99999", 206, slice(2, None)),
        ("bytes=-99999", 206, slice(0, None)),
        ("bytes=99999-", 416, None),
        ("bytes=9-3", 416, None),
        ("bytes=-", 200, slice(0, None)),
        ("bytes=0-1,3-4", 200, slice(0, None)),
        ("lines=0-1", 200, slice(0, None)),
    ],
)
def test_a_player_may_ask_for_a_part(
    client: SchoolClient,
    college: World,
    seat_of: Any,
    unowned: None,
    asked: str,
    status: int,
    part: slice | None,
) -> None:
    [file] = kept(seat_of("pupil"), samples.sent("a.mp3", samples.MP3))
    client.sit(college.people["pupil"])
    answer = client.get(f"/fichiers/{file.public_id}/", headers={"Range": asked})
    assert answer.status_code == status
    if part is None:
        assert answer.headers["Content-Range"] == f"bytes */{len(samples.MP3)}"
        return
    body = b"".join(answer.streaming_content)
    assert (body, int(answer.headers["Content-Length"])) == (samples.MP3[part], len(body))


@pytest.mark.parametrize("name", ["..", "%2e%2e", "a" * 32, "A" * 32, "é"])
def test_a_name_of_no_file_is_no_page(client: SchoolClient, college: World, name: str) -> None:
    assert client.sit(college.people["pupil"]).get(f"/fichiers/{name}/").status_code == 404


def test_who_opens_a_file_is_told_to_its_owner(
    client: SchoolClient, college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[int, int]] = []
    owner = FileOwner(
        "directory.Person",
        "files_sent",
        lambda viewer: StoredFile.objects.values("pk"),
        read=lambda viewer, file: read.append((viewer.person.pk, file.pk)),
    )
    monkeypatch.setattr(boards, "file_owners", Registry(FileOwner))
    boards.file_owners.add(owner)
    [file] = kept(seat_of("pupil"))
    client.sit(college.people["head"]).get(f"/fichiers/{file.public_id}/")
    assert read == [(college.people["head"].pk, file.pk)]


# In a form


class PaperForm(forms.Form):
    word = forms.CharField()
    papers = Attachments()

    def __init__(self, desk: Desk, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["papers"].desk = desk


def form_of(viewer: Any, held: list[StoredFile] | None = None, *sent: Any, **data: Any) -> PaperForm:
    desk = Desk(viewer, viewer.school_id, Limits(filekinds.PDF, files=2), held or [])
    return PaperForm(desk, MultiValueDict(data), MultiValueDict({"papers": list(sent)}))


def test_a_mistake_elsewhere_loses_no_file(seat_of: Any, unowned: None) -> None:
    viewer = seat_of("pupil")
    wrong = form_of(viewer, [], samples.sent("devoir.pdf", samples.PDF))
    assert not wrong.is_valid() and list(wrong.errors) == ["word"]
    [row] = wrong.fields["papers"].rows
    assert row.name == "devoir.pdf"
    right = form_of(viewer, [], **{"word": ["bonjour"], "papers-garde": [row.public_id]})
    assert right.is_valid()
    assert [file.pk for file in right.cleaned_data["papers"]] == [row.pk]


def test_a_box_unticked_lets_a_file_go_and_nobody_elses_can_be_named(seat_of: Any, unowned: None) -> None:
    viewer, [theirs] = seat_of("pupil"), kept(seat_of("teacher"))
    held = kept(viewer, samples.sent("a.pdf", samples.PDF), samples.sent("b.pdf", samples.PDF + b"\n"))
    assert [row.name for row in form_of(viewer, held).fields["papers"].desk.rows(held)] == ["a.pdf", "b.pdf"]
    data = {"word": ["bonjour"], "papers-garde": [held[1].public_id, theirs.public_id, "n’importe"]}
    form = form_of(viewer, held, **data)
    assert form.is_valid()
    assert form.cleaned_data["papers"] == [held[1]]
    shared = form_of(viewer, [theirs], **data)
    assert shared.is_valid() and theirs in shared.cleaned_data["papers"]


def test_a_refusal_is_an_error_of_the_field_and_keeps_the_others(seat_of: Any, unowned: None) -> None:
    viewer = seat_of("pupil")
    held = kept(viewer)
    data = {"word": ["bonjour"], "papers-garde": [held[0].public_id]}
    form = form_of(viewer, [], samples.sent("a.html", samples.PAGE), **data)
    assert "programme" in str(form.errors["papers"])
    assert [row.pk for row in form.fields["papers"].rows] == [held[0].pk]
    many = form_of(
        viewer, [], *(samples.sent(f"{n}.pdf", samples.PDF + bytes([n])) for n in range(2)), **data
    )
    assert "Pas plus de 2 fichiers" in str(many.errors["papers"])
    assert "Choisissez au moins un fichier" in str(form_of(viewer, [], word=["a"]).errors["papers"])


def test_rows_are_read_in_one_query(seat_of: Any, django_assert_num_queries: Any) -> None:
    files = kept(seat_of("pupil"), samples.sent("a.pdf", samples.PDF), samples.sent("b.mp3", samples.MP3))
    with django_assert_num_queries(1):
        rows = queries.files_of([files[1].pk, files[0].pk, files[1].pk, 999_999])
    assert [(row.name, row.word, row.is_sound) for row in rows] == [
        ("b.mp3", "Enregistrement sonore", True),
        ("a.pdf", "PDF", False),
    ]
    assert queries.files_of([]) == []


# The antivirus


@pytest.fixture
def clamd(settings: Any) -> Iterator[list[bytes]]:
    """A little server that speaks INSTREAM, and finds a virus in whatever says so."""
    received: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD = f"127.0.0.1:{server.getsockname()[1]}"

    def serve() -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                body = b""
                while length := struct.unpack("!I", stream.read(4))[0]:
                    body += stream.read(length)
                received.append(body)
                verdict = b"Eicar-Signature FOUND" if b"EICAR" in body else b"OK"
                connection.sendall(b"stream: " + verdict + b"\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield received
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def test_the_antivirus_reads_all_of_a_file(seat_of: Any, clamd: list[bytes]) -> None:
    long = samples.PDF + bytes(200_000)
    [file] = kept(seat_of("pupil"), samples.sent("a.pdf", long))
    assert (clamd, file.state) == ([long], "ready")


def test_a_virus_is_not_kept(seat_of: Any, clamd: list[bytes], room: Path) -> None:
    with pytest.raises(UploadRefused, match="contient un virus"):
        kept(seat_of("pupil"), samples.sent("a.pdf", samples.PDF + b"EICAR"))
    assert (on_disk(room), StoredFile.objects.count()) == ([], 0)


def test_a_silent_antivirus_holds_files_back_until_it_answers(
    client: SchoolClient,
    college: World,
    seat_of: Any,
    unowned: None,
    room: Path,
    settings: Any,
    clamd: list[bytes],
    django_capture_on_commit_callbacks: Any,
) -> None:
    there, settings.CLAMD = settings.CLAMD, "127.0.0.1:1"
    clean, infected = kept(
        seat_of("pupil"), samples.sent("a.pdf", samples.PDF), samples.sent("b.pdf", samples.PDF + b"EICAR")
    )
    client.sit(college.people["pupil"])
    answer = client.get(f"/fichiers/{clean.public_id}/")
    assert answer.status_code == 409 and "En cours de vérification" in answer.content.decode()
    [row, _other] = queries.files_of([clean.pk, infected.pk])
    assert (row.url, row.note) == ("", "En cours de vérification")
    assert actions.check_held() == {"cleared": 0, "removed": 0}
    settings.CLAMD = there
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.check_held() == {"cleared": 1, "removed": 1}
    assert client.get(f"/fichiers/{clean.public_id}/").status_code == 200
    answer = client.get(f"/fichiers/{infected.public_id}/")
    assert answer.status_code == 409 and "un virus y a été trouvé" in answer.content.decode()
    assert on_disk(room) == [clean.public_id]
    assert Line.objects.filter(verb="files.removed", target_id=infected.pk).exists()


# Letting go


def test_what_nothing_owns_goes_after_a_day_and_what_is_owned_stays(
    seat_of: Any,
    room: Path,
    clock: Any,
    owned: FileOwner,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    [file] = kept(seat_of("pupil"), samples.sent("a.jpg", samples.picture()))
    clock.shift(timedelta(days=2))
    assert actions.sweep(timezone.now())["rows"] == 0
    monkeypatch.setattr(boards, "file_owners", Registry(FileOwner))
    assert actions.sweep(timezone.now() - timedelta(days=1, hours=1))["rows"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.sweep(timezone.now())["rows"] == 1
    assert (on_disk(room), StoredFile.objects.filter(pk=file.pk).exists()) == ([], False)


def test_an_undone_transaction_leaves_bytes_that_the_night_takes(seat_of: Any, room: Path) -> None:
    [stays] = kept(seat_of("pupil"))
    with transaction.atomic():
        kept(seat_of("teacher"), samples.sent("b.pdf", samples.PDF + b"\n"))
        transaction.set_rollback(True)
    (room / "ab").mkdir(exist_ok=True)
    (room / "ab" / f"{'ab' * 16}.12345678.part").write_bytes(b"half")
    assert len(on_disk(room)) == 3
    later = timezone.now() + timedelta(days=3650)
    assert actions.sweep(timezone.now() - timedelta(days=3650))["files"] == 0
    assert actions._sweep_room(later) == 2
    assert on_disk(room) == [stays.public_id]


def test_an_erased_persons_bytes_are_gone_and_a_schools_document_stays(
    seat_of: Any, room: Path, owned: FileOwner, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    pupil, teacher = seat_of("pupil"), seat_of("teacher")
    [photo] = kept(pupil, samples.sent("a.jpg", samples.picture()))
    [course] = kept(teacher, samples.sent("cours.pdf", samples.PDF))
    [entry] = [one for one in boards.personal_data if one.model == "files.StoredFile"]
    assert entry.forget
    with django_capture_on_commit_callbacks(execute=True):
        entry.forget(pupil.person.pk)
    assert on_disk(room) == [course.public_id]
    assert not StoredFile.objects.filter(pk=photo.pk).exists()
    monkeypatch.setattr(boards, "file_owners", Registry(FileOwner))
    boards.file_owners.add(FileOwner(owned.model, owned.field, owned.files, outlives=True))
    with django_capture_on_commit_callbacks(execute=True):
        entry.forget(teacher.person.pk)
    course.refresh_from_db()
    assert (course.kept_by, on_disk(room)) == (None, [course.public_id])


def test_own_data_names_each_file_and_where_to_find_it(
    client: SchoolClient, college: World, seat_of: Any
) -> None:
    [file] = kept(seat_of("pupil"))
    page = client.sit(college.people["pupil"]).get("/mes-donnees/files-storedfile/").content.decode()
    assert "devoir.pdf" in page
    assert re.search(rf"http\S+/fichiers/{file.public_id}/", page)


def test_what_a_place_takes_is_said_in_french() -> None:
    assert rules.PAPER.said.replace("\u202f", " ") == "Image, PDF : un fichier, 10 Mo au plus."
    assert rules.HANDED_IN.said.endswith("5 fichiers au plus, 30 Mo chacun.")
    assert {".odt", "application/pdf", "image/jpeg"} <= set(rules.DOCUMENTS.accept.split(","))


def test_bytes_that_are_gone_are_no_page(
    client: SchoolClient, college: World, seat_of: Any, unowned: None
) -> None:
    [file] = kept(seat_of("pupil"))
    vault.remove(file.public_id)
    assert client.sit(college.people["pupil"]).get(f"/fichiers/{file.public_id}/").status_code == 404
    assert BytesIO(samples.PDF).read() == samples.PDF
