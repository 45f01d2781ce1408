"""How a page plays a medium, and what its addresses give."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse

from preau.commons.media import captions
from preau.commons.media.captions import Chapter, Cue, Passage
from preau.commons.media.models import Medium, Rendition
from preau.foundation.served import Sendable
from preau.foundation.text import weight

MASTER, WORDS, CHAPTERS, SPOKEN = "film.m3u8", "sous-titres.vtt", "chapitres.vtt", "transcription.txt"
HLS = "application/vnd.apple.mpegurl"
POSTER, GLIMPSE = "affiche.jpg", "vignette.jpg"
# Of a transcript, on one page.
PASSAGES = 60


@dataclass(frozen=True)
class Download:
    """A file that may be taken away."""

    label: str
    url: str
    weight: str


@dataclass(frozen=True)
class Source:
    """What a player may play."""

    url: str
    mime: str


@dataclass(frozen=True)
class Player:
    """A medium as a page shows it (`media/_player.html`)."""

    medium: Medium
    kind: str
    sources: Sequence[Source] = ()
    poster: str = ""
    width: int = 0
    height: int = 0
    words: str = ""
    chapters_url: str = ""
    chapters: Sequence[Chapter] = ()
    downloads: Sequence[Download] = ()
    text_url: str = ""
    lasts: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def player_of(medium: Medium) -> Player:
    """One statement more: its files."""
    files = {rendition.name: rendition for rendition in medium.renditions.all()}
    poster = files.get(POSTER) or files.get(GLIMPSE)
    chapters = [Chapter(start, title) for start, title in medium.chapters]
    return Player(
        medium=medium,
        kind=str(medium.kind),
        sources=_sources(medium, files),
        poster=address(medium, poster.name) if poster else "",
        width=poster.width if poster else 0,
        height=poster.height if poster else 0,
        words=_versioned(medium, WORDS, medium.captions) if medium.captions else "",
        chapters_url=_versioned(medium, CHAPTERS, str(medium.chapters)) if chapters else "",
        chapters=chapters,
        downloads=_downloads(medium, files),
        text_url=address(medium, SPOKEN),
        lasts=captions.clock(medium.facts["seconds"]) if medium.facts.get("seconds") else "",
        facts=dict(medium.facts),
    )


def address(medium: Medium, name: str) -> str:
    return reverse("media:bytes", kwargs={"public_id": medium.public_id, "name": name})


def _versioned(medium: Medium, name: str, what: str) -> str:
    """Its address changes with it, so that a browser may keep it."""
    return f"{address(medium, name)}?v={sha256(what.encode()).hexdigest()[:12]}"


def _sources(medium: Medium, files: dict[str, Rendition]) -> list[Source]:
    """The list by which a browser that can adapts; then whole files, the middle one first: most telephones read no more."""
    if medium.kind == Medium.Kind.IMAGE:
        return [
            Source(address(medium, file.name), file.mime)
            for file in files.values()
            if file.name.startswith("image.")
        ]
    if medium.kind == Medium.Kind.AUDIO:
        return [
            Source(address(medium, file.name), file.mime)
            for file in files.values()
            if file.mime.startswith("audio/")
        ]
    if medium.kind != Medium.Kind.VIDEO:
        return []
    whole = sorted(
        (file for file in files.values() if file.name.endswith(".mp4")), key=lambda file: -file.height
    )
    adapted = [Source(address(medium, MASTER), HLS)] if any(file.listing for file in files.values()) else []
    return adapted + [Source(address(medium, file.name), file.mime) for file in whole]


def _downloads(medium: Medium, files: dict[str, Rendition]) -> list[Download]:
    found = []
    for file in files.values():
        if file.name.endswith(".mp4"):
            label = f"MP4 {file.height}p"
        elif file.name.endswith((".m4a", ".opus", ".pdf", ".epub")) or file.name.startswith("image."):
            label = file.name.rpartition(".")[2].upper()
        else:
            continue
        found.append(Download(label, f"{address(medium, file.name)}?telecharger=1", weight(file.size)))
    return found


# What addresses give


def file_named(medium: Medium, name: str) -> Rendition | None:
    """One of the files that were made."""
    found: Rendition | None = medium.renditions.filter(name=name).first()
    return found


def sendable(medium: Medium, rendition: Rendition, *, taken: bool) -> Sendable:
    """How a file leaves: what Préau made is shown in place; a document is always saved."""
    inline = not taken and not medium.is_document
    stem = medium.name.rpartition(".")[0] or medium.name
    name = (
        rendition.name
        if rendition.name in {POSTER, GLIMPSE}
        else f"{stem}{_quality(rendition)}.{rendition.name.rpartition('.')[2]}"
    )
    return Sendable(
        rendition.stored, name, rendition.mime, inline=inline or rendition.name in {POSTER, GLIMPSE}
    )


def _quality(rendition: Rendition) -> str:
    return f" {rendition.height}p" if rendition.name.endswith(".mp4") else ""


def written_named(medium: Medium, name: str) -> tuple[str, str] | None:
    """What is written on the spot: (content, type), or None."""
    if name == WORDS and medium.captions:
        return medium.captions, "text/vtt; charset=utf-8"
    if name == CHAPTERS and medium.chapters:
        chapters = [Chapter(start, title) for start, title in medium.chapters]
        return captions.chapters_written(
            chapters, float(medium.facts.get("seconds", 0))
        ), "text/vtt; charset=utf-8"
    if name == SPOKEN and (text := text_of(medium)):
        return text + "\n", "text/plain; charset=utf-8"
    if name == MASTER:
        return _master(medium)
    if name.endswith(".m3u8"):
        parts = medium.renditions.filter(name=f"{name.removesuffix('.m3u8')}.m4s").first()
        return (parts.listing, HLS) if parts else None
    return None


def _master(medium: Medium) -> tuple[str, str] | None:
    """The qualities of a film, the lightest first: where a player begins."""
    parts = sorted(
        medium.renditions.exclude(listing="").defer("listing"), key=lambda rendition: rendition.height
    )
    if not parts:
        return None
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    seconds = max(float(medium.facts.get("seconds", 0)), 1)
    for part in parts:
        # The heaviest moment, not the mean: twice is what the encoder was held to.
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={int(part.size * 16 / seconds)},AVERAGE-BANDWIDTH={int(part.size * 8 / seconds)},RESOLUTION={part.width}x{part.height}"
        )
        lines.append(f"{part.name.removesuffix('.m4s')}.m3u8")
    return "\n".join(lines) + "\n", HLS


# Words


def cues_of(medium: Medium) -> list[Cue]:
    return captions.read(medium.captions) if medium.captions else []


def passages_of(medium: Medium) -> list[Passage]:
    """What is said, or written, in paragraphs: captions with their hours, else the transcript, else the text of the document."""
    if medium.captions:
        return captions.passages(cues_of(medium))
    return [Passage(-1, paragraph) for part in text_of(medium).split("\n\n") if (paragraph := part.strip())]


def part_of(passages: Sequence[Passage], asked: str | None) -> "Page[Passage]":
    """A page of them: what is said in an hour is too much for one."""
    return Paginator(passages, PASSAGES).get_page(asked)


def text_of(medium: Medium) -> str:
    """All its words, for a search and for whoever reads them apart."""
    if medium.is_document:
        return str(medium.text)
    if medium.transcript:
        return str(medium.transcript)
    return "\n\n".join(passage.words for passage in captions.passages(cues_of(medium)))
