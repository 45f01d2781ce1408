"""What a document says: its words, how many pages, and of a PDF whether it is tagged. For a task: it reads the whole of a file.

The file was looked at when it was sent (`filekinds`): what is out of measure is not here. A PDF is read by poppler, confined,
where the machine has it; an office file is an archive of XML, of which paragraphs are read as they come.
"""

import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, iterparse  # type: ignore[import-untyped]

from preau.foundation import confined, filekinds
from preau.foundation.confined import Bounds, Broken
from preau.foundation.uploads import MEGABYTE

READ = filekinds.PDF | filekinds.OFFICE_FILES | filekinds.TEXT
MOST_TEXT = 400_000
# Of one part of an archive, unfolded; and how many slides are read.
HEAVIEST_PART, MOST_PARTS = 64 * MEGABYTE, 400
SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
# What ends a paragraph, and what holds its words: the same names, whichever office wrote them.
PARAGRAPHS, TEXTS, BLANKS = {"p", "h", "si"}, {"t"}, {"tab", "br", "cr", "s", "line-break"}


@dataclass(frozen=True)
class Content:
    """`pages`: 0 where nobody could count them. `is_tagged`: of a PDF alone, None where nobody could say."""

    text: str = ""
    pages: int = 0
    is_tagged: bool | None = None


def content_of(path: Path, kind: str) -> Content:
    """What the document says; nothing of one that is damaged."""
    with suppress(Broken):
        if kind in filekinds.PDF:
            return _pdf(path)
        if kind in filekinds.OFFICE_FILES:
            return Content(_office(path, kind))
        if kind in filekinds.TEXT:
            with path.open("rb") as file:
                return Content(plain(file.read(4 * MOST_TEXT).decode("utf-8", "ignore")))
    return Content()


def plain(text: str) -> str:
    """Words without controls nor needless blanks, cut where they are too many."""
    clean = re.sub(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", "", text).replace("\f", "\n\n")
    lines = (" ".join(line.split()) for line in clean[: 2 * MOST_TEXT].splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MOST_TEXT]


# PDF


def reads_pdf() -> bool:
    """Can this machine look into a PDF?"""
    return all(shutil.which(name) for name in ("pdfinfo", "pdftotext", "pdftoppm"))


def pdf_facts(source: Path) -> dict[str, str]:
    """What `pdfinfo` says: « Pages », « Tagged », « Title »… Raises Broken."""
    output = confined.run(["pdfinfo", source.name], source.parent, Bounds(seconds=60, processor=30))
    lines = (line.partition(":") for line in output.splitlines())
    return {name.strip(): value.strip() for name, _colon, value in lines}


def pdf_text(source: Path) -> str:
    """The words of its first five hundred pages. Raises Broken."""
    command = ["pdftotext", "-q", "-enc", "UTF-8", "-l", "500", source.name, "-"]
    bounds = Bounds(seconds=120, processor=60, written=16 * MEGABYTE)
    return plain(confined.run(command, source.parent, bounds))


def page_count(facts: dict[str, str]) -> int:
    count = facts.get("Pages", "")
    return int(count) if count.isascii() and count.isdigit() else 0


def _pdf(path: Path) -> Content:
    if not reads_pdf():
        return Content()
    # The program that reads it sees a folder where nothing else lies.
    with TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        shutil.copyfile(path, source)
        facts = pdf_facts(source)
        return Content(pdf_text(source), page_count(facts), facts.get("Tagged", "no") == "yes")


# Office files


def _office(path: Path, kind: str) -> str:
    """Its paragraphs, a line each, as far as they can be read."""
    lines: list[str] = []
    length = 0
    damaged = (
        BadZipFile,
        KeyError,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
        zlib.error,
        ParseError,
        DefusedXmlException,
    )
    with suppress(*damaged), ZipFile(path) as archive:
        for name in _parts(archive, kind):
            if archive.getinfo(name).file_size > HEAVIEST_PART:
                continue
            with archive.open(name) as part:
                for line in _paragraphs(part, is_opendocument=kind.startswith(filekinds.ODF)):
                    lines.append(line)
                    length += len(line) + 1
                    if length > MOST_TEXT:
                        break
    return plain("\n".join(lines))


def _parts(archive: ZipFile, kind: str) -> list[str]:
    """The parts that hold what people read, in their order."""
    names = archive.namelist()
    if kind.startswith(filekinds.ODF):
        return ["content.xml"]
    if kind.endswith("presentationml.presentation"):
        slides = sorted((int(found[1]), name) for name in names if (found := SLIDE.fullmatch(name)))
        return [name for _number, name in slides[:MOST_PARTS]]
    wanted = ("word/document.xml", "xl/sharedStrings.xml")
    return [name for name in wanted if name in names]


def _paragraphs(part: IO[bytes], *, is_opendocument: bool) -> Iterator[str]:
    """The words of each paragraph: all that it holds in OpenDocument, what is in `t` elsewhere."""
    words: list[str] = []
    for _event, element in iterparse(part, events=("end",), forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if name in PARAGRAPHS:
            paragraph = "".join(element.itertext() if is_opendocument else words).strip()
            if paragraph:
                yield paragraph
            words.clear()
            element.clear()
        elif not is_opendocument and name in TEXTS:
            words.append(element.text or "")
        elif is_opendocument and name in BLANKS:
            element.text = " "
        elif name in BLANKS:
            words.append(" ")
