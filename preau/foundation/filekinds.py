"""What a file is, by its content and never by its name; and the name under which it is given back."""

import codecs
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.foundation.pdfscripts import runs_at_opening
from preau.foundation.uploads import CHUNK, ENTRIES, MEGABYTE, OLD_WORKBOOK, ZIP_MARK, UploadRefused

START = 1 << 16
# An office file unfolds: what it says of its own size is looked at before anything opens it.
MOST_UNFOLDED, MOST_TIMES, SMALL = 500 * MEGABYTE, 200, 20 * MEGABYTE
MACROS = re.compile(r"vbaproject\.bin$|^basic/|^scripts/|/activex/", re.IGNORECASE)
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
OFFICE = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Kind:
    """A content type; the endings a name of it may have, the first one being added to others; a word and an icon for people."""

    mime: str
    endings: tuple[str, ...]
    word: str | Promise
    icon: str = "file-text"


_IMAGE, _TEXT, _SHEET = gettext_lazy("Image"), gettext_lazy("Texte"), gettext_lazy("Tableur")
_SLIDES, _SOUND = gettext_lazy("Diaporama"), gettext_lazy("Enregistrement sonore")
KINDS = {
    kind.mime: kind
    for kind in (
        Kind("image/jpeg", (".jpg", ".jpeg"), _IMAGE, "photo"),
        Kind("image/png", (".png",), _IMAGE, "photo"),
        Kind("image/webp", (".webp",), _IMAGE, "photo"),
        Kind("application/pdf", (".pdf",), "PDF", "file-type-pdf"),
        Kind(f"{ODF}text", (".odt",), _TEXT),
        Kind(f"{ODF}spreadsheet", (".ods",), _SHEET, "file-spreadsheet"),
        Kind(f"{ODF}presentation", (".odp",), _SLIDES, "presentation"),
        Kind(f"{OFFICE}wordprocessingml.document", (".docx",), _TEXT),
        Kind(f"{OFFICE}spreadsheetml.sheet", (".xlsx",), _SHEET, "file-spreadsheet"),
        Kind(f"{OFFICE}presentationml.presentation", (".pptx",), _SLIDES, "presentation"),
        Kind("audio/mpeg", (".mp3",), _SOUND, "volume"),
        Kind("audio/mp4", (".m4a", ".mp4"), _SOUND, "volume"),
        Kind("audio/ogg", (".ogg", ".oga", ".opus"), _SOUND, "volume"),
        Kind("audio/webm", (".weba", ".webm"), _SOUND, "volume"),
        Kind("audio/wav", (".wav",), _SOUND, "volume"),
        Kind("text/plain", (".txt", ".csv", ".md", ".py", ".sql", ".json", ".tex"), _TEXT),
    )
}
# What Préau makes and nobody sends.
MADE = {
    kind.mime: kind
    for kind in (
        Kind("application/zip", (".zip",), gettext_lazy("Archive")),
        Kind("application/xml", (".xml",), gettext_lazy("Fichier d’échange")),
        # Bytes that the store itself cannot read: whoever holds the row opens them.
        Kind("application/octet-stream", (".bin",), gettext_lazy("Document scellé")),
    )
}
IMAGES = frozenset(mime for mime in KINDS if mime.startswith("image/"))
PDF = frozenset({"application/pdf"})
OFFICE_FILES = frozenset(mime for mime in KINDS if mime.startswith((ODF, OFFICE)))
AUDIO = frozenset(mime for mime in KINDS if mime.startswith("audio/"))
TEXT = frozenset({"text/plain"})
EVERYTHING = frozenset(KINDS)
# A file that holds nothing yet is a text of no words: its name is that of what it will be.
EMPTY = "text/plain"
ENDINGS = tuple(ending for kind in KINDS.values() for ending in kind.endings)


# By content


def kind_of(file: IO[bytes], name: str) -> str:
    """The content type of a file. Raises UploadRefused, with what to do, for whatever Préau does not keep."""
    file.seek(0)
    start = file.read(START)
    if not start:
        raise UploadRefused(_("« %(name)s » est vide.") % {"name": name})
    found = next((mime for mime, looks in _SIGNS if looks(start, file)), "")
    if found == "application/pdf" and runs_at_opening(file):
        sentence = _(
            "« %(name)s » lance un programme quand on l’ouvre : imprimez-le en PDF, puis envoyez ce PDF-là."
        )
        raise UploadRefused(sentence % {"name": name})
    if found:
        return found
    if start.startswith(ZIP_MARK):
        return _office_kind(file, name)
    _refuse_known(start, name)
    if _is_text(file):
        return "text/plain"
    raise UploadRefused(
        _("« %(name)s » n’est pas un fichier que Préau garde : envoyez plutôt un PDF ou une photo.")
        % {"name": name}
    )


def _refuse_known(start: bytes, name: str) -> None:
    """The kinds for which there is better advice than « another one »."""
    head = start[:2048].lower()
    sentence = ""
    if start.startswith(OLD_WORKBOOK):
        sentence = _("« %(name)s » est d’un format ancien : enregistrez-le en .odt, en .docx ou en PDF.")
    elif start[4:8] == b"ftyp" and start[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        sentence = _(
            "« %(name)s » est une photo HEIC : envoyez-la en JPEG, ou refaites-la depuis cette page."
        )
    elif any(mark in head for mark in (b"<svg", b"<html", b"<script", b"<!doctype", b"<?xml", b"<?php")):
        sentence = _(
            "« %(name)s » est une page ou un dessin qui peut contenir un programme : envoyez-le en PDF ou en image."
        )
    elif b"%pdf-" in head:
        sentence = _("« %(name)s » est abîmé : enregistrez-le de nouveau, puis envoyez-le.")
    elif start.startswith(PROGRAMS) and b"python" not in start.split(b"\n", 1)[0]:
        sentence = _("« %(name)s » est un programme : Préau ne garde pas les programmes.")
    if sentence:
        raise UploadRefused(sentence % {"name": name})


def _is_jpeg(start: bytes, _file: IO[bytes]) -> bool:
    return start.startswith(b"\xff\xd8\xff")


def _is_png(start: bytes, _file: IO[bytes]) -> bool:
    return start.startswith(b"\x89PNG\r\n\x1a\n")


def _is_webp(start: bytes, _file: IO[bytes]) -> bool:
    return start.startswith(b"RIFF") and start[8:12] == b"WEBP"


def _is_wav(start: bytes, _file: IO[bytes]) -> bool:
    return start.startswith(b"RIFF") and start[8:12] == b"WAVE"


def _is_pdf(start: bytes, _file: IO[bytes]) -> bool:
    """At the very beginning: what comes before it in other readers' eyes is another file."""
    return start.startswith((b"%PDF-1.", b"%PDF-2."))


def _is_mp3(start: bytes, _file: IO[bytes]) -> bool:
    """Tags, or a frame whose version, layer, rate and frequency are not the forbidden ones."""
    if start.startswith(b"ID3") and len(start) > 10 and start[3] < 5:
        return True
    sync = len(start) > 3 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0
    return sync and start[1] & 0x18 != 0x08 and start[1] & 0x06 == 0x02 and start[2] & 0xF0 not in {0xF0, 0}


def _is_m4a(start: bytes, file: IO[bytes]) -> bool:
    """The container of films too: one that holds a picture track is a film."""
    brands = {
        b"M4A ",
        b"M4B ",
        b"mp42",
        b"mp41",
        b"isom",
        b"iso2",
        b"iso5",
        b"iso6",
        b"3gp4",
        b"3gp5",
        b"dash",
    }
    return start[4:8] == b"ftyp" and start[8:12] in brands and not _holds(file, b"vide", after=b"hdlr")


def _is_ogg(start: bytes, _file: IO[bytes]) -> bool:
    spoken = (b"OpusHead", b"\x01vorbis", b"Speex   ")
    return (
        start.startswith(b"OggS") and any(mark in start[:512] for mark in spoken) and b"theora" not in start
    )


def _is_weba(start: bytes, _file: IO[bytes]) -> bool:
    spoken = b"A_OPUS" in start or b"A_VORBIS" in start
    drawn = re.search(rb"V_(VP8|VP9|AV1|MPEG|UNCOMPRESSED)", start)
    return start.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in start[:64] and spoken and not drawn


_SIGNS: list[tuple[str, Callable[[bytes, IO[bytes]], bool]]] = [
    ("image/jpeg", _is_jpeg),
    ("image/png", _is_png),
    ("image/webp", _is_webp),
    ("application/pdf", _is_pdf),
    ("audio/wav", _is_wav),
    ("audio/ogg", _is_ogg),
    ("audio/webm", _is_weba),
    ("audio/mp4", _is_m4a),
    ("audio/mpeg", _is_mp3),
]


def _holds(file: IO[bytes], mark: bytes, *, after: bytes) -> bool:
    """Does `mark` come within 16 bytes after some `after`?"""
    file.seek(0)
    tail = b""
    while chunk := file.read(CHUNK):
        seen = tail + chunk
        if re.search(re.escape(after) + b".{0,12}" + re.escape(mark), seen, re.DOTALL):
            return True
        tail = seen[-32:]
    return False


def _office_kind(file: IO[bytes], name: str) -> str:
    """What an archive of the office kinds holds, once nothing in it is out of measure."""
    file.seek(0)
    try:
        with ZipFile(file) as archive:
            listed = archive.infolist()
            names = {info.filename for info in listed}
            _measure(listed, name)
            if any(map(_leads_out, names)):
                sentence = _(
                    "« %(name)s » contient des chemins qui mènent hors de lui : il est refusé par sécurité."
                )
                raise UploadRefused(sentence % {"name": name})
            if any(MACROS.search(name) for name in names):
                sentence = _(
                    "« %(name)s » contient un programme (une macro) : enregistrez-le sans elle, ou en PDF."
                )
                raise UploadRefused(sentence % {"name": name})
            found = _openxml_kind(names) or _opendocument_kind(archive, names)
    except (
        BadZipFile,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        zlib.error,
    ) as error:
        sentence = _("« %(name)s » est abîmé : enregistrez-le de nouveau, puis envoyez-le.")
        raise UploadRefused(sentence % {"name": name}) from error
    if not found:
        raise UploadRefused(
            _("« %(name)s » est une archive : envoyez les fichiers un par un.") % {"name": name}
        )
    return found


def _leads_out(member: str) -> bool:
    parts = re.split(r"[\\/]", member)
    return ".." in parts or not parts[0] or parts[0].endswith(":")


def _measure(listed: Iterable[Any], name: str) -> None:
    rows = list(listed)
    unfolded = sum(info.file_size for info in rows)
    packed = max(sum(info.compress_size for info in rows), 1)
    bomb = unfolded > SMALL and unfolded > MOST_TIMES * packed
    if len(rows) > ENTRIES or unfolded > MOST_UNFOLDED or bomb:
        sentence = _("« %(name)s » se décompresse au-delà de toute mesure : il est refusé par sécurité.")
        raise UploadRefused(sentence % {"name": name})


def _openxml_kind(names: set[str]) -> str:
    if "[Content_Types].xml" not in names:
        return ""
    parts = {
        "word/document.xml": f"{OFFICE}wordprocessingml.document",
        "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
        "ppt/presentation.xml": f"{OFFICE}presentationml.presentation",
    }
    return next((mime for part, mime in parts.items() if part in names), "")


def _opendocument_kind(archive: ZipFile, names: set[str]) -> str:
    if not {"mimetype", "content.xml"} <= names or archive.getinfo("mimetype").file_size > 100:
        return ""
    kind = archive.read("mimetype").decode("ascii", "replace").strip()
    return kind if kind in OFFICE_FILES else ""


def _is_text(file: IO[bytes]) -> bool:
    """Words in UTF-8, with no sign that no keyboard types."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(CHUNK):
            if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", chunk):
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


# Names


def shown(name: str) -> str:
    """The name that somebody gave, fit to be shown: no path, no hidden sign."""
    bare = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    # Categories C: controls, marks that turn the direction of writing (« exe.fdp »), signs that nothing draws.
    drawn = "".join(" " if char.isspace() else char for char in bare if char.isspace() or _is_drawn(char))
    return " ".join(re.sub(r'[<>:"|?*]', "_", drawn).split()).strip(". ")[-200:]


def _is_drawn(char: str) -> bool:
    return unicodedata.category(char)[0] != "C"


def clean_name(name: str, kind: str) -> str:
    """The same, fit to be saved anywhere, with the ending of what it is."""
    seen, endings = shown(name), (KINDS | MADE)[kind].endings
    if seen.lower().endswith(endings):
        stem, ending = seen[: seen.rindex(".")], seen[seen.rindex(".") :].lower()
    else:
        stem, ending = _without_ending(seen), endings[0]
    return f"{stem.strip('. ')[:100] or _('fichier')}{ending}"


# Names that Windows keeps for itself, with any ending.
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def drive_name(name: str) -> str:
    """A name that every system accepts for a file or a folder; what it is made of is kept, slashes too as « - »."""
    seen = shown(re.sub(r"[\\/]", "-", name))[:120].strip(". ")
    return f"_{seen}" if DEVICES.fullmatch(seen) else seen or _("sans nom")


def each_once(names: Iterable[str]) -> list[str]:
    """The same names in the same order, a number added to those that a system could take for one before them."""
    taken: set[str] = set()
    given: list[str] = []
    for name in names:
        stem, dot, ending = name.rpartition(".")
        number, one = 1, name
        while one.casefold() in taken:
            number += 1
            one = f"{stem} ({number}){dot}{ending}" if stem else f"{name} ({number})"
        taken.add(one.casefold())
        given.append(one)
    return given


def _without_ending(name: str) -> str:
    """A name without the ending of another kind that is kept: « devoir.pdf » that is a text becomes « devoir.docx »."""
    return name[: name.rindex(".")] if name.lower().endswith(ENDINGS) else name
