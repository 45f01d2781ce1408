"""Documents that are read as they were sent: PDF and EPUB. What they hold is looked at apart; those that carry a program are refused.

A PDF is read by poppler (`pdfinfo`, `pdftotext`, `pdftoppm`), confined, where the machine has it. An EPUB is an archive of pages.
"""

import re
import stat
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from preau.foundation import confined, documents
from preau.foundation.confined import Bounds, Broken
from preau.foundation.uploads import ENTRIES, MEGABYTE, UploadRefused

MOST_UNFOLDED, MOST_TIMES, SMALL = 500 * MEGABYTE, 200, 20 * MEGABYTE
# Of one page of a book, and of one of its descriptions.
HEAVIEST_PAGE = 4 * MEGABYTE
EPUB = b"application/epub+zip"
PROGRAM = re.compile(
    r"\.(js|mjs|cjs|wasm|swf|exe|dll|jar|class|php|py|sh|bat|cmd|com|scr|vbs|ps1|apk|hta)$", re.IGNORECASE
)
ACTIVE = re.compile(
    rb"<\s*(?:[a-z0-9]+:)?(?:script|iframe|object|embed|applet|form)\b|\son[a-z]{3,}\s*=|javascript:|vbscript:",
    re.IGNORECASE,
)
PAGES = (".xhtml", ".html", ".htm", ".svg", ".xml", ".opf", ".ncx")
# Names of what a PDF may do by itself, as its objects write them.
ACTS = re.compile(rb"/(?:JavaScript|Launch|RichMedia|EmbeddedFile|XFA|ImportData|SubmitForm)\b")
DC = "{http://purl.org/dc/elements/1.1/}"


@dataclass(frozen=True)
class Paper:
    """What a document says of itself, and its words. `pages`: 0 where nobody could count them."""

    title: str = ""
    authors: str = ""
    language: str = ""
    pages: int = 0
    text: str = ""


# PDF


def is_pdf(start: bytes) -> bool:
    return start.startswith((b"%PDF-1.", b"%PDF-2."))


def pdf_of(source: Path) -> Paper:
    """Look into a PDF. Raises UploadRefused."""
    if _acts(source):
        raise UploadRefused(
            _(
                "Ce PDF contient un programme, un formulaire ou un fichier joint : imprimez-le de nouveau en PDF, puis envoyez-le."
            )
        )
    if not documents.reads_pdf():
        return Paper()
    try:
        facts = documents.pdf_facts(source)
        if facts.get("Encrypted", "no").startswith("yes"):
            raise UploadRefused(_("Ce PDF est protégé : enregistrez-le sans mot de passe."))
        if facts.get("JavaScript", "no") != "no":
            raise UploadRefused(
                _("Ce PDF contient un programme : imprimez-le de nouveau en PDF, puis envoyez-le.")
            )
        text = documents.pdf_text(source)
    except Broken as error:
        raise UploadRefused(_("Ce PDF est abîmé : enregistrez-le de nouveau, puis envoyez-le.")) from error
    return Paper(
        title=_said(facts.get("Title", ""))[:200],
        authors=_said(facts.get("Author", ""))[:200],
        pages=documents.page_count(facts),
        text=text,
    )


def first_page(source: Path, target: Path) -> None:
    """The first page of a PDF, as PNG. Raises Broken."""
    command = [
        "pdftoppm",
        "-png",
        "-singlefile",
        "-f",
        "1",
        "-l",
        "1",
        "-scale-to",
        "1200",
        source.name,
        "page",
    ]
    confined.run(command, source.parent, Bounds(seconds=60, processor=60, written=64 * MEGABYTE))
    (source.parent / "page.png").replace(target)


def _acts(source: Path) -> bool:
    """Does it name something that it does by itself? Where these names are packed, poppler says it."""
    with source.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            # A name may be written with its letters as #4A: those are read too.
            seen = re.sub(rb"#([0-9A-Fa-f]{2})", lambda hit: bytes.fromhex(hit[1].decode()), tail + chunk)
            if ACTS.search(seen):
                return True
            tail = chunk[-64:]
    return False


def _said(text: object) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f<>]", " ", str(text or "")).split())


# EPUB


def is_epub(start: bytes) -> bool:
    """An archive whose first file, not packed, says that it is a book."""
    return start.startswith(b"PK\x03\x04") and start[30:38] == b"mimetype" and EPUB in start[38:80]


def epub_of(source: Path) -> Paper:
    """Look into a book. Raises UploadRefused."""
    damaged = _("Ce livre est abîmé, ou n’est pas un EPUB : enregistrez-le de nouveau, puis envoyez-le.")
    try:
        with ZipFile(source) as archive:
            listed = _listed(archive)
            package = _package(archive, listed)
            _refuse_programs(archive, listed)
            return _book(archive, listed, package)
    except (
        BadZipFile,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
        zlib.error,
        ParseError,
        DefusedXmlException,
        etree.LxmlError,
    ) as error:
        raise UploadRefused(damaged) from error


def _listed(archive: ZipFile) -> Mapping[str, ZipInfo]:
    """What it holds, once nothing is out of place, hidden or out of measure."""
    listed = archive.infolist()
    unfolded, packed = sum(one.file_size for one in listed), max(sum(one.compress_size for one in listed), 1)
    bomb = unfolded > SMALL and unfolded > MOST_TIMES * packed
    if len(listed) > ENTRIES or unfolded > MOST_UNFOLDED or bomb:
        raise UploadRefused(
            _("Ce livre se décompresse au-delà de toute mesure : il est refusé par sécurité.")
        )
    for one in listed:
        parts = re.split(r"[\\/]", one.filename)
        outside = ".." in parts or parts[0] == "" or ":" in parts[0] or stat.S_ISLNK(one.external_attr >> 16)
        if outside or one.flag_bits & 1 or one.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise UploadRefused(
                _(
                    "Ce livre contient un lien, un chemin qui sort de lui ou une partie protégée : il est refusé par sécurité."
                )
            )
    names = {one.filename: one for one in listed}
    if len(names) < len(listed):
        raise UploadRefused(_("Ce livre contient deux parties du même nom : il est refusé par sécurité."))
    return names


def _page(archive: ZipFile, info: ZipInfo) -> bytes:
    if info.file_size > HEAVIEST_PAGE:
        raise UploadRefused(_("Une page de ce livre est trop lourde."))
    with archive.open(info) as file:
        return _whole(file)


def _whole(file: IO[bytes]) -> bytes:
    found = file.read(HEAVIEST_PAGE + 1)
    if len(found) > HEAVIEST_PAGE:
        raise UploadRefused(_("Une page de ce livre est trop lourde."))
    return found


def _package(archive: ZipFile, listed: Mapping[str, ZipInfo]) -> str:
    if _page(archive, listed["mimetype"]).strip() != EPUB:
        raise ValueError("another kind of archive")
    root = fromstring(_page(archive, listed["META-INF/container.xml"]))
    found = next(one for one in root.iter() if one.tag.endswith("rootfile"))
    return str(found.attrib["full-path"])


def _refuse_programs(archive: ZipFile, listed: Mapping[str, ZipInfo]) -> None:
    for name, info in listed.items():
        if PROGRAM.search(name) or (name.lower().endswith(PAGES) and ACTIVE.search(_page(archive, info))):
            raise UploadRefused(
                _("Ce livre contient un programme : Préau ne garde que des livres sans programme.")
            )


def _book(archive: ZipFile, listed: Mapping[str, ZipInfo], package: str) -> Paper:
    root = fromstring(_page(archive, listed[package]))
    kept = {one.get("id"): one.get("href", "") for one in root.iter() if one.tag.endswith("}item")}
    order = [kept.get(one.get("idref"), "") for one in root.iter() if one.tag.endswith("}itemref")]
    beside = PurePosixPath(package).parent
    words: list[str] = []
    for href in order:
        name = str(beside / unquote(href.partition("#")[0]))
        if name in listed and sum(map(len, words)) < documents.MOST_TEXT:
            words.append(_words(_page(archive, listed[name])))
    return Paper(
        title=_first(root, "title")[:200],
        authors=", ".join(_all(root, "creator"))[:200],
        language=_first(root, "language")[:8],
        pages=len(order),
        text=documents.plain("\n\n".join(words)),
    )


def _all(root: Any, name: str) -> list[str]:
    return [text for one in root.iter(f"{DC}{name}") if (text := _said(one.text))]


def _first(root: Any, name: str) -> str:
    return next(iter(_all(root, name)), "")


def _words(page: bytes) -> str:
    with suppress(etree.ParserError):
        tree = lxml_html.fromstring(page, parser=lxml_html.HTMLParser(encoding="utf-8", no_network=True))
        for one in list(tree.iter("script", "style", "head")):
            one.drop_tree()
        return "\n".join(text for piece in tree.itertext() if (text := " ".join(piece.split())))
    return ""
