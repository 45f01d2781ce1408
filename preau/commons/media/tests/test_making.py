"""What is made of what was sent: whole, resumed after a kill, stopped, held back; and what each kind becomes."""

import subprocess
from contextlib import suppress
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from preau.commons.media import films, mediaroom, tasks
from preau.commons.media.actions import keeping, making, sending
from preau.commons.media.models import Medium, Rendition
from preau.commons.media.queries import players
from preau.commons.media.tests import samples
from preau.commons.media.tests.conftest import needs_ffmpeg, needs_poppler
from preau.commons.works import actions as works
from preau.commons.works.models import Work
from preau.directory.viewer import Viewer
from preau.foundation import antivirus, documents
from preau.foundation.antivirus import Verdict
from preau.foundation.uploads import UploadRefused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shown")]


def sent(viewer: Viewer, name: str, content: bytes) -> Medium:
    return sending.keep_form(viewer, SimpleUploadedFile(name, content))


def made(medium: Medium) -> Medium:
    while making.go_on(medium.pk):
        pass
    medium.refresh_from_db()
    return medium


def moments(path: Path, kind: str = "v") -> list[float]:
    """When each picture of a film is shown."""
    command = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        kind,
        "-show_entries",
        "packet=pts_time",
        "-of",
        "csv=p=0",
        str(path),
    ]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted(float(line.strip(",")) for line in output.split())


@pytest.fixture
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "PIECE", 2)


# Films


@needs_ffmpeg
def test_a_film_is_made_in_two_qualities_with_its_sound_its_still_and_its_list(
    viewer: Viewer, tmp_path: Path
) -> None:
    medium = made(sent(viewer, "film.webm", samples.film(tmp_path, 2, "1280x720", "film.webm", rate=5)))
    assert (medium.state, medium.kind) == ("ready", "video")
    files = {rendition.name: rendition for rendition in medium.renditions.all()}
    assert set(files) == {"360.mp4", "360.m4s", "720.mp4", "720.m4s", "affiche.jpg", "vignette.jpg"}
    assert (files["360.m4s"].width, files["360.m4s"].height) == (640, 360)
    assert medium.size == sum(mediaroom.path_of(file.stored).stat().st_size for file in files.values())
    facts = films.facts_of(_linked(mediaroom.path_of(files["720.mp4"].stored), tmp_path))
    assert (facts.width, facts.height, facts.sound) == (1280, 720, True) and abs(facts.seconds - 2) < 0.3
    with Image.open(mediaroom.path_of(files["affiche.jpg"].stored)) as still:
        assert still.format == "JPEG" and still.size == (1280, 720)
    # Nothing of what was sent is left.
    assert not mediaroom.making(medium.public_id).exists()
    work = Work.objects.get(key=medium.work)
    assert work.state == "done" and work.total and work.begun_at


def _linked(path: Path, folder: Path) -> Path:
    target = folder / "looked-at"
    target.write_bytes(path.read_bytes())
    return target


@needs_ffmpeg
def test_pieces_follow_one_another_without_a_gap_nor_a_picture_twice(
    viewer: Viewer, tmp_path: Path, short_pieces: None
) -> None:
    medium = made(sent(viewer, "film.mp4", samples.film(tmp_path, 5, rate=12)))
    film = mediaroom.path_of(medium.renditions.get(name="240.mp4").stored)
    shown = moments(film)
    gaps = [round(after - before, 3) for before, after in pairwise(shown)]
    assert len(shown) == 60 and set(gaps) <= {0.083, 0.084}
    assert abs(moments(film, "a")[-1] - shown[-1]) < 0.15


class Killed(BaseException):
    """The worker dies: nothing of ours is told."""


@needs_ffmpeg
def test_killed_halfway_it_goes_on_at_the_next_piece(
    viewer: Viewer, tmp_path: Path, short_pieces: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = sent(viewer, "film.mp4", samples.film(tmp_path, 7))
    real, asked = films.make_piece, []

    def dies_at_the_third(facts: Any, source: Path, quality: Any, number: int, target: Path) -> None:
        asked.append(number)
        if asked.count(2) == 1 and number == 2:
            (target.parent / "piece.part").write_bytes(b"half of a piece")
            raise Killed
        real(facts, source, quality, number, target)

    monkeypatch.setattr(films, "make_piece", dies_at_the_third)
    with suppress(Killed):
        made(medium)
    halfway = Work.objects.get(key=medium.work)
    assert halfway.state == "running" and 0 < halfway.done < halfway.total
    assert Medium.objects.get().state == "making" and not Rendition.objects.exists()
    # Another worker takes the task up again.
    assert made(medium).state == "ready"
    assert asked == [0, 1, 2, 2, 3]
    film = mediaroom.path_of(medium.renditions.get(name="240.mp4").stored)
    assert len(moments(film)) == 84


@needs_ffmpeg
def test_a_turn_is_short_so_that_letters_do_not_wait_for_a_film(
    viewer: Viewer, tmp_path: Path, short_pieces: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = sent(viewer, "film.mp4", samples.film(tmp_path, 3))
    turns, enqueued = 0, []
    monkeypatch.setattr(making, "TURN", 0.0)
    while making.go_on(medium.pk, 0.0):
        turns += 1
    assert turns >= 5
    monkeypatch.setattr(making, "go_on", lambda pk: True)
    monkeypatch.setattr(
        type(tasks.make), "enqueue", lambda self, *args: enqueued.append((self.priority, args))
    )
    tasks.make.func(medium.pk)
    assert enqueued == [(-10, (medium.pk,))]


@needs_ffmpeg
def test_two_workers_do_not_make_the_same_film(viewer: Viewer, tmp_path: Path) -> None:
    medium = sent(viewer, "film.mp4", samples.film(tmp_path, 1))
    with making._alone(mediaroom.making(medium.public_id)) as mine:
        assert mine and not making.go_on(medium.pk)
    assert made(medium).state == "ready"
    # Once more, a task that comes late finds nothing to do.
    assert not making.go_on(medium.pk)


@needs_ffmpeg
def test_its_person_stops_it_and_nothing_stays(
    viewer: Viewer, tmp_path: Path, short_pieces: None, django_capture_on_commit_callbacks: Any
) -> None:
    medium = sent(viewer, "film.mp4", samples.film(tmp_path, 3))
    assert making.go_on(medium.pk, 0.0)
    with django_capture_on_commit_callbacks(execute=True):
        works.stop(viewer, Work.objects.get(key=medium.work))
    assert not Medium.objects.exists() and not mediaroom.making(medium.public_id).exists()
    assert Work.objects.get(key=medium.work).state == "cancelled"
    assert not making.go_on(medium.pk)


@needs_ffmpeg
def test_a_film_held_upright_stays_upright(viewer: Viewer, tmp_path: Path) -> None:
    medium = made(sent(viewer, "film.mp4", samples.film(tmp_path, 1, "360x640")))
    assert [(rendition.width, rendition.height) for rendition in medium.renditions.exclude(listing="")] == [
        (360, 640)
    ]


@needs_ffmpeg
def test_a_film_without_sound_is_whole(viewer: Viewer, tmp_path: Path) -> None:
    mute = samples.made(tmp_path, "-f", "lavfi", "-i", "testsrc=s=320x240:r=10:d=1", name="muet.mp4")
    medium = made(sent(viewer, "muet.mp4", mute))
    assert medium.state == "ready" and medium.facts["sound"] is False and not medium.lacks_captions


@needs_ffmpeg
@pytest.mark.parametrize("name", ["son.mp3", "son.wav", "son.flac", "son.ogg", "son.m4a"])
def test_a_sound_is_made_twice(viewer: Viewer, tmp_path: Path, name: str) -> None:
    medium = made(sent(viewer, name, samples.sound(tmp_path, 1, name)))
    assert (medium.state, medium.kind) == ("ready", "audio")
    assert {rendition.name: rendition.mime for rendition in medium.renditions.all()} == {
        "son.opus": "audio/ogg",
        "son.m4a": "audio/mp4",
    }


@needs_ffmpeg
def test_what_lasts_too_long_is_refused(
    viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(films, "LONGEST", 1)
    medium = made(sent(viewer, "film.mp4", samples.film(tmp_path, 3)))
    assert medium.state == "failed" and "trop long" in medium.refusal
    assert Work.objects.get(key=medium.work).state == "failed" and medium.size == 0


def test_a_machine_without_ffmpeg_says_so(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "is_there", lambda: False)
    with pytest.raises(UploadRefused, match="ffmpeg"):
        sent(viewer, "film.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp42")
    assert not Medium.objects.exists()


def test_a_film_that_nobody_makes_any_more_is_said_lost(viewer: Viewer, clock: Any) -> None:
    medium = sent(viewer, "x.pdf", samples.pdf())
    keeping.sweep(timezone.now() + keeping.LOST)
    assert Medium.objects.get().state == "waiting"
    keeping.sweep(timezone.now() + keeping.LOST * 1.1)
    medium.refresh_from_db()
    assert medium.state == "failed" and medium.refusal and Work.objects.get().state == "failed"


# Pictures and documents


def test_a_picture_is_drawn_anew(viewer: Viewer) -> None:
    medium = made(sent(viewer, "photo.jpg", samples.picture("JPEG", (3000, 2000))))
    files = {rendition.name: rendition for rendition in medium.renditions.all()}
    assert medium.state == "ready" and set(files) == {"image.jpg", "vignette.jpg"}
    assert (files["image.jpg"].width, files["image.jpg"].height) == (2560, 1707)


@needs_poppler
def test_a_pdf_shows_its_first_page_its_pages_and_its_words(viewer: Viewer) -> None:
    medium = made(sent(viewer, "leçon.pdf", samples.pdf("Le théorème de Pythagore")))
    assert medium.state == "ready" and medium.facts["pages"] == 1 and medium.facts["title"] == "Leçon"
    assert "théorème de Pythagore" in players.text_of(medium)
    assert {rendition.name for rendition in medium.renditions.all()} == {
        "document.pdf",
        "affiche.jpg",
        "vignette.jpg",
    }


def test_a_pdf_is_kept_without_a_picture_where_nothing_reads_it(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "reads_pdf", lambda: False)
    medium = made(sent(viewer, "leçon.pdf", samples.pdf()))
    assert medium.state == "ready" and [rendition.name for rendition in medium.renditions.all()] == [
        "document.pdf"
    ]


def test_a_book_says_its_title_its_authors_and_its_words(viewer: Viewer) -> None:
    medium = made(sent(viewer, "velo.epub", samples.epub()))
    assert (
        medium.state == "ready"
        and medium.facts["title"] == "Le vélo de Tom"
        and medium.facts["language"] == "fr"
    )
    assert "Tom pédale vers la rivière." in medium.text
    assert [rendition.name for rendition in medium.renditions.all()] == ["livre.epub"]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> dict[str, Verdict]:
    verdicts = {"now": Verdict.UNKNOWN}
    monkeypatch.setattr(antivirus, "verdict", lambda path: verdicts["now"])
    return verdicts


def test_a_document_waits_for_the_antivirus(viewer: Viewer, says: dict[str, Verdict]) -> None:
    medium = made(sent(viewer, "velo.epub", samples.epub()))
    assert medium.state == "held" and not medium.renditions.exists() and making.held() == [medium.pk]
    says["now"] = Verdict.CLEAN
    assert made(medium).state == "ready" and making.held() == []


def test_a_document_with_a_virus_goes(viewer: Viewer, says: dict[str, Verdict]) -> None:
    says["now"] = Verdict.INFECTED
    medium = made(sent(viewer, "velo.epub", samples.epub()))
    assert (
        medium.state == "failed"
        and "virus" in medium.refusal
        and not mediaroom.making(medium.public_id).exists()
    )


def test_a_full_disk_is_told(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mediaroom, "move_in", full)
    medium = made(sent(viewer, "velo.epub", samples.epub()))
    assert medium.state == "failed" and "place" in medium.refusal


def test_a_name_that_leads_elsewhere_is_only_a_name(viewer: Viewer) -> None:
    medium = sending.keep_form(viewer, _named("../../etc/passwd.epub", samples.epub()))
    assert medium.name == "passwd.epub"


def _named(name: str, content: bytes) -> Any:
    file = BytesIO(content)
    file.name, file.size = name, len(content)  # type: ignore[attr-defined]
    return file
