"""Making what is shown, step by step: each step leaves a file under its own name, so that a killed worker goes on at the next.

One turn lasts half a minute; another task then goes on, so that letters never wait for a film.
"""

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from preau.commons.media import films, mediaroom, papers
from preau.commons.media.films import Facts, Quality
from preau.commons.media.models import Medium, Rendition
from preau.foundation import antivirus, documents, filekinds, pictures, vault, works
from preau.foundation.antivirus import Verdict
from preau.foundation.confined import Broken
from preau.foundation.uploads import UploadRefused
from preau.foundation.works import Ending

log = structlog.get_logger(__name__)
State, Kind = Medium.State, Medium.Kind
TURN = 30.0
# What seconds of film the other steps are worth, in the count that its person reads.
JOINING, GLANCE = 10, 2
MADE_BY_FFMPEG = "video/mp4"


class ScannerUnavailable(Exception):
    """The antivirus does not answer: asked again later."""


@dataclass(frozen=True)
class Step:
    """One thing to make: done once its file is there."""

    target: Path
    label: str
    worth: int
    make: Callable[[], None]


@dataclass(frozen=True)
class File:
    """A file that was made, and how it is to be served."""

    path: Path
    name: str
    mime: str
    width: int = 0
    height: int = 0
    listing: str = ""


def go_on(medium_id: int, turn: float = TURN) -> bool:
    """Make some of a medium; is there more to make? Nothing where it is ready, gone, or in other hands."""
    medium = _begin(medium_id)
    if medium is None:
        return False
    folder = mediaroom.open_folder(mediaroom.making(medium.public_id))
    with _alone(folder) as mine:
        return mine and _turn(medium, folder, time.monotonic() + turn)


def _turn(medium: Medium, folder: Path, until: float) -> bool:
    try:
        return _make(medium, folder, until)
    except ScannerUnavailable:
        _settle(medium, State.HELD)
    except UploadRefused as error:
        _give_up(medium, str(error))
    except works.Stopped:
        _drop(medium)
    except Broken as error:
        log.warning("media_broken", media=medium.pk, error=str(error))
        _give_up(
            medium,
            _(
                "Ce fichier est abîmé, ou trop compliqué à lire : enregistrez-le autrement, puis envoyez-le de nouveau."
            ),
        )
    except OSError as error:
        if error.errno not in vault.FULL:
            raise
        _give_up(medium, _("Préau n’a plus assez de place pour ce fichier. Réessayez plus tard."))
    return False


@transaction.atomic
def _begin(medium_id: int) -> Medium | None:
    medium: Medium | None = (
        Medium.objects.select_for_update(of=("self",)).to_make().filter(pk=medium_id).first()
    )
    if medium is None:
        return None
    medium.state, medium.moved_at = State.MAKING, timezone.now()
    medium.save(update_fields=["state", "moved_at"])
    works.begin(medium.work)
    return medium


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Two workers never make the same film: the second leaves it to the first."""
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _make(medium: Medium, folder: Path, until: float) -> bool:
    source = folder / "source"
    if not source.is_file():
        raise UploadRefused(_("Le fichier envoyé n’est plus là : envoyez-le de nouveau."))
    if medium.is_timed:
        return _make_timed(medium, source, until)
    if medium.kind == Kind.IMAGE:
        _publish(medium, _image(source), {})
    elif medium.kind == Kind.PDF:
        _check(source)
        paper = papers.pdf_of(source)
        _publish(
            medium,
            [*_first_page(source), File(source, "document.pdf", "application/pdf")],
            _told(paper),
            paper.text,
        )
    else:
        _check(source)
        paper = papers.epub_of(source)
        _publish(medium, [File(source, "livre.epub", "application/epub+zip")], _told(paper), paper.text)
    return False


# Films and sounds


def _make_timed(medium: Medium, source: Path, until: float) -> bool:
    if not medium.facts:
        facts = films.facts_of(source)
        medium.facts, medium.kind = asdict(facts), Kind.VIDEO if facts.is_film else Kind.AUDIO
        Medium.objects.filter(pk=medium.pk).update(facts=medium.facts, kind=medium.kind)
    facts = Facts(**medium.facts)
    steps = _film_steps(facts, source) if facts.is_film else _sound_steps(facts, source)
    total = sum(step.worth for step in steps)
    done = sum(step.worth for step in steps if step.target.exists())
    for step in steps:
        if step.target.exists():
            continue
        if not Medium.objects.filter(pk=medium.pk, state=State.MAKING).update(moved_at=timezone.now()):
            raise works.Stopped
        works.tell(medium.work, step.label, done, total)
        step.make()
        done += step.worth
        if time.monotonic() > until:
            return True
    files = _film_files(facts, source.parent) if facts.is_film else _sound_files(source.parent)
    _publish(medium, files, medium.facts)
    return False


def _film_steps(facts: Facts, source: Path) -> list[Step]:
    folder = source.parent
    still, sound = folder / "still.png", folder / "sound.m4a"
    steps = [Step(still, _("Image d’aperçu"), GLANCE, partial(films.make_still, facts, source, still))]
    if facts.sound:
        steps.append(Step(sound, _("Son"), JOINING, partial(films.make_sound, facts, source, sound)))
    for quality in facts.qualities():
        pieces = [folder / f"{quality.height}-{number:04d}.ts" for number in range(facts.pieces)]
        label = _("Image en %(height)s lignes") % {"height": quality.height}
        steps += [
            Step(piece, label, films.PIECE, partial(films.make_piece, facts, source, quality, number, piece))
            for number, piece in enumerate(pieces)
        ]
        film, listed = folder / f"film-{quality.height}.mp4", folder / f"film-{quality.height}.m3u8"
        steps.append(
            Step(
                film,
                _("Assemblage"),
                JOINING,
                partial(films.join, pieces, sound if facts.sound else None, film),
            )
        )
        steps.append(Step(listed, _("Assemblage"), JOINING, partial(_cut, film, listed, quality)))
    return steps


def _cut(film: Path, listed: Path, quality: Quality) -> None:
    parts = film.with_suffix(".m4s")
    listing = films.cut(film, parts, f"{quality.height}.m4s")
    passing = listed.with_suffix(".part")
    passing.write_text(listing, encoding="ascii")
    passing.replace(listed)


def _film_files(facts: Facts, folder: Path) -> list[File]:
    found = _poster(folder)
    for quality in facts.qualities():
        height = quality.height
        width = round(height * facts.width / facts.height / 2) * 2
        if facts.width < facts.height:
            width, height = height, round(height * facts.height / facts.width / 2) * 2
        film = folder / f"film-{quality.height}.mp4"
        listing = film.with_suffix(".m3u8").read_text(encoding="ascii")
        found.append(File(film, f"{quality.height}.mp4", MADE_BY_FFMPEG, width, quality.height))
        found.append(
            File(film.with_suffix(".m4s"), f"{quality.height}.m4s", MADE_BY_FFMPEG, width, height, listing)
        )
    return found


def _poster(folder: Path) -> list[File]:
    """The still, drawn anew, large and small."""
    with Image.open(folder / "still.png", formats=["PNG"]) as still:
        drawn = still.convert("RGB")
    return [_saved(drawn, folder, "affiche.jpg", 1280), _saved(drawn, folder, "vignette.jpg", 480)]


def _saved(image: Image.Image, folder: Path, name: str, side: int) -> File:
    small = image.copy()
    small.thumbnail((side, side))
    small.save(folder / name, "JPEG", quality=80, optimize=True)
    return File(folder / name, name, "image/jpeg", small.width, small.height)


def _sound_steps(facts: Facts, source: Path) -> list[Step]:
    folder = source.parent
    aac, opus = folder / "sound.m4a", folder / "sound.opus"
    return [
        Step(
            opus,
            _("Son, léger"),
            int(facts.seconds) or 1,
            partial(films.make_sound, facts, source, opus, opus=True),
        ),
        Step(aac, _("Son"), int(facts.seconds) or 1, partial(films.make_sound, facts, source, aac)),
    ]


def _sound_files(folder: Path) -> list[File]:
    return [
        File(folder / "sound.opus", "son.opus", "audio/ogg"),
        File(folder / "sound.m4a", "son.m4a", "audio/mp4"),
    ]


# Pictures and documents


def _image(source: Path) -> list[File]:
    """Drawn anew: neither what the camera wrote nor what was hidden in the file."""
    with source.open("rb") as file:
        kind = filekinds.kind_of(file, _("image"))
        photo = pictures.photo_of(file, kind)
    found = []
    for name, content, mime in (
        (f"image{filekinds.KINDS[kind].endings[0]}", photo.whole, kind),
        ("vignette.jpg", photo.glimpse, "image/jpeg"),
    ):
        path = source.parent / name
        content.seek(0)
        path.write_bytes(content.read())
        found.append(File(path, name, mime, photo.width, photo.height))
    return found


def _first_page(source: Path) -> list[File]:
    if not documents.reads_pdf():
        return []
    page = source.parent / "first.png"
    papers.first_page(source, page)
    with Image.open(page, formats=["PNG"]) as image:
        drawn = image.convert("RGB")
    return [
        _saved(drawn, source.parent, "affiche.jpg", 1200),
        _saved(drawn, source.parent, "vignette.jpg", 480),
    ]


def _told(paper: papers.Paper) -> dict[str, Any]:
    return {"title": paper.title, "authors": paper.authors, "language": paper.language, "pages": paper.pages}


def _check(source: Path) -> None:
    """A document leaves as it came: the antivirus is asked. Raises UploadRefused or ScannerUnavailable."""
    verdict = antivirus.verdict(source)
    if verdict == Verdict.INFECTED:
        raise UploadRefused(
            _("Ce fichier contient un virus : il n’est pas gardé. Faites vérifier l’appareil d’où il vient.")
        )
    if verdict == Verdict.UNKNOWN:
        raise ScannerUnavailable


# Ending


def _publish(medium: Medium, files: Sequence[File], facts: dict[str, Any], text: str = "") -> None:
    """All its files in their places, then its rows, at once. Bytes that no row names are swept."""
    rows, total = [], 0
    for file in files:
        stored = vault.new_name()
        size = mediaroom.move_in(file.path, stored)
        total += size
        rows.append(
            Rendition(
                medium=medium,
                name=file.name,
                stored=stored,
                mime=file.mime,
                size=size,
                width=file.width,
                height=file.height,
                listing=file.listing,
            )
        )
    if not _settle(medium, State.READY, rows, facts=facts, size=total, text=text):
        for row in rows:
            mediaroom.remove(row.stored)
    mediaroom.clear(medium.public_id)


@transaction.atomic
def _settle(medium: Medium, state: str, rows: Sequence[Rendition] = (), **facts: Any) -> bool:
    """False when it is not wanted any more."""
    known = Medium.objects.select_for_update(of=("self",)).to_make().filter(pk=medium.pk)
    if not known.exists():
        return False
    known.update(state=state, moved_at=timezone.now(), **facts)
    Rendition.objects.bulk_create(rows)
    if state in {State.READY, State.FAILED}:
        works.end(medium.work, ending=Ending.DONE if state == State.READY else Ending.FAILED)
    return True


def _give_up(medium: Medium, why: str) -> None:
    _settle(medium, State.FAILED, refusal=why[:300], size=0)
    mediaroom.clear(medium.public_id)


@transaction.atomic
def _drop(medium: Medium) -> None:
    Medium.objects.to_make().filter(pk=medium.pk).delete()
    works.end(medium.work, ending=Ending.CANCELLED)
    transaction.on_commit(partial(mediaroom.clear, medium.public_id))


def held() -> list[int]:
    """Those that the antivirus has not cleared."""
    return list(Medium.objects.filter(state=State.HELD).order_by("pk").values_list("pk", flat=True)[:100])
