"""Captions of a film: WebVTT or SRT that somebody sent or typed, read into plain words, and written anew.

Styles, regions, notes, tags and addresses are not kept: what is served holds times and words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from django.utils.translation import gettext as _

from preau.foundation.uploads import MEGABYTE, UploadRefused

HEAVIEST, MOST_CUES, LONGEST_CUE = MEGABYTE, 10_000, 500
MOST_CHAPTERS, LONGEST_CHAPTER = 100, 120
DAY = 24 * 3600.0
_CLOCK = r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?"
TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
CHAPTER = re.compile(rf"\s*{_CLOCK}\s*[-–—:]?\s+(\S.*)")
VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^<>]{1,60})>")
TAG = re.compile(r"<[^>]*>")
UNDRAWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Lines said one after the other become one paragraph of the transcript.
SILENCE, PARAGRAPH = 2.0, 320


@dataclass(frozen=True)
class Cue:
    """Words, and when they are said, in seconds."""

    start: float
    end: float
    words: str


@dataclass(frozen=True)
class Chapter:
    """A part of a film, and where it begins."""

    start: float
    title: str

    @property
    def at(self) -> str:
        return clock(self.start)


@dataclass(frozen=True)
class Passage:
    """Words said one after the other."""

    start: float
    words: str

    @property
    def at(self) -> str:
        return clock(self.start)


def decoded(sent: bytes) -> str:
    """The text of a file of captions. Raises UploadRefused."""
    if len(sent) > HEAVIEST:
        raise UploadRefused(_("Ces sous-titres sont trop lourds : 1 Mo au plus."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return sent.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UploadRefused(
        _("Ces sous-titres ne se lisent pas : enregistrez-les en WebVTT (.vtt) ou en SRT (.srt).")
    )


def read(text: str) -> list[Cue]:
    """The cues of a text, WebVTT or SRT, in the order in which they are said. Raises UploadRefused."""
    cues = sorted(_cues(text.replace("\r\n", "\n").replace("\r", "\n")), key=lambda cue: (cue.start, cue.end))
    if not cues:
        raise UploadRefused(
            _(
                "Aucun sous-titre n’a été trouvé. Chacun commence par ses heures : 00:00:01.000 --> 00:00:04.000"
            )
        )
    if len(cues) > MOST_CUES:
        raise UploadRefused(_("Il y a trop de sous-titres pour une seule vidéo."))
    return cues


def _cues(text: str) -> Iterator[Cue]:
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        found = next(
            ((place, hit) for place, line in enumerate(lines[:2]) if (hit := TIMES.fullmatch(line))), None
        )
        if found is None:
            if "-->" in block:
                raise UploadRefused(
                    _("Ces heures ne se lisent pas : « %(line)s »") % {"line": _line_of(lines)[:80]}
                )
            continue
        place, hit = found
        start, end = _seconds(hit.groups()[:4]), _seconds(hit.groups()[4:])
        if not start < end <= DAY:
            raise UploadRefused(
                _("Ce sous-titre finit avant de commencer : « %(line)s »") % {"line": lines[place][:80]}
            )
        words = plain("\n".join(lines[place + 1 :]))
        if words:
            yield Cue(start, end, words)


def _line_of(lines: Sequence[str]) -> str:
    return next(line for line in lines if "-->" in line)


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, thousandths = parts
    return (
        int(hours or 0) * 3600
        + int(minutes or 0) * 60
        + int(seconds or 0)
        + int((thousandths or "0").ljust(3, "0")) / 1000
    )


def plain(words: str) -> str:
    """The words alone: who speaks is kept, in words; every tag goes, those that a tag hides too."""
    text = VOICE.sub("\\1\u202f: ", words)
    for _again in range(3):
        text = unescape(TAG.sub("", text))
    text = UNDRAWN.sub("", text.replace("<", "‹").replace(">", "›"))
    return "\n".join(filter(None, map(_tidy, text.split("\n"))))[:LONGEST_CUE]


def _tidy(words: str) -> str:
    """On one line; the spaces that hold « : » and its like with their word stay."""
    return re.sub(r"[ \t\n]+", " ", words).strip()


def written(cues: Sequence[Cue]) -> str:
    """The same as WebVTT, for a browser."""
    blocks = [f"{_stamp(cue.start)} --> {_stamp(cue.end)}\n{_escaped(cue.words)}" for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(moment: float) -> str:
    thousandths = round(moment * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def clock(moment: float) -> str:
    """« 1:05 », « 1:02:05 »."""
    minutes, seconds = divmod(int(moment), 60)
    return (
        f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}" if minutes >= 60 else f"{minutes}:{seconds:02d}"
    )


def passages(cues: Sequence[Cue]) -> list[Passage]:
    """What is said, in paragraphs: a silence, or enough words, begins another."""
    found: list[Passage] = []
    last = 0.0
    for cue in cues:
        words = _tidy(cue.words)
        if found and cue.start - last < SILENCE and len(found[-1].words) < PARAGRAPH:
            found[-1] = Passage(found[-1].start, f"{found[-1].words} {words}")
        else:
            found.append(Passage(cue.start, words))
        last = cue.end
    return found


# Chapters


def chapters_of(text: str) -> list[Chapter]:
    """Chapters typed one a line, « 1:05 Le titre ». Raises UploadRefused."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        hit = CHAPTER.fullmatch(line)
        if hit is None:
            sentence = _("« %(line)s » : écrivez l’heure, puis le titre. Par exemple : 1:05 La division")
            raise UploadRefused(sentence % {"line": line.strip()[:80]})
        found.append(Chapter(_seconds(hit.groups()[:4]), plain(hit[5])[:LONGEST_CHAPTER]))
    if len(found) > MOST_CHAPTERS:
        raise UploadRefused(_("Il y a trop de chapitres : cent au plus."))
    if len({chapter.start for chapter in found}) < len(found):
        raise UploadRefused(_("Deux chapitres commencent à la même heure."))
    return sorted(found, key=lambda chapter: chapter.start)


def as_typed(chapters: Sequence[Chapter]) -> str:
    return "\n".join(f"{chapter.at} {chapter.title}" for chapter in chapters)


def chapters_written(chapters: Sequence[Chapter], seconds: float) -> str:
    """Chapters as WebVTT, each until the next."""
    ends = (
        [*(chapter.start for chapter in chapters[1:]), max(seconds, chapters[-1].start + 1)]
        if chapters
        else []
    )
    return written([Cue(one.start, end, one.title) for one, end in zip(chapters, ends, strict=True)])
