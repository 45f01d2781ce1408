"""Files that people send: their weight, what they are by their content, and a folder of their own that is never served.

A name that somebody typed never becomes a path: it is cleaned, numbered, and kept to be read.
"""

import errno
import re
import secrets
import shutil
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY, fdopen
from os import open as open_file
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
# Of one request, in all its files. A visitor, who has no page to send one from, may send none.
CEILING = 300 * MEGABYTE
CHUNK = 1 << 16
ENTRIES = 2_000  # what an archive may list, folders and other kinds of files included
ZIP_MARK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
Looks = Callable[[bytes], bool]
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class UploadRefused(Exception):
    """Files that are not taken; the message is the sentence to show. Nothing of them is kept."""


class NoRoom(UploadRefused):
    """The same, because there is no more room for them."""


@dataclass(frozen=True)
class Limits:
    """How many files, how many bytes once unpacked, and how many times more than packed."""

    files: int = 200
    size: int = 300 * MEGABYTE
    ratio: int = 100


@dataclass(frozen=True)
class _Member:
    """One file to keep: the name it was given, and how to open it."""

    name: str
    archive: ZipFile | None
    source: Any

    def open(self) -> IO[bytes]:
        if self.archive:
            return self.archive.open(self.source)
        self.source.seek(0)
        file: IO[bytes] = self.source
        return file


class Ceiling(FileUploadHandler):
    """Reads no further than the ceiling of a request: what is over is thrown away, and `was_cut` says so."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken += len(raw_data)
        request: Any = self.request
        if self.taken > (CEILING if getattr(request, "viewer", None) else 0):
            request.uploads_cut = True
            raise StopUpload
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def was_cut(request: HttpRequest) -> bool:
    """Were this request's files heavier than what is read?"""
    return bool(request.POST is not None and getattr(request, "uploads_cut", False))


def keep_xml(sent: Sequence[Any], room: Path, limits: Limits) -> tuple[str, list[str]]:
    """Keep the XML files sent, or those of the one archive sent, in a new folder of `room`.

    Returns the folder's name and those of its files, in order. Raises UploadRefused.
    """
    with _new_folder(room) as folder, _members(sent, limits) as members:
        names = _write(members, folder, limits)
    return folder.name, names


def keep_tables(sent: Mapping[str, Any], room: Path, limits: Limits) -> tuple[str, list[str]]:
    """Keep tables, CSV or XLSX by what they hold, under the name that each is sent for: « eleves.csv ». Raises UploadRefused."""
    with _new_folder(room) as folder:
        names, left = [], limits.size
        for key, file in sent.items():
            names.append(f"{key}.{kind_of_table(file, limits)}")
            file.seek(0)
            with _private(folder / names[-1]) as target:
                left -= _copy(file, target, _bare(file.name), left, limits, looks=None)
    return folder.name, names


def keep_files(
    sent: Sequence[Any], room: Path, limits: Limits, kinds: Sequence[str]
) -> tuple[str, list[str]]:
    """Keep files of these kinds (« .xml ») as they are, in a new folder of `room`; what they hold is for others to say.

    Returns the folder's name and those of its files, in order. Raises UploadRefused.
    """
    members = _counted([_Member(file.name, None, file) for file in sent], limits)
    with _new_folder(room) as folder:
        names, left = [], limits.size
        for number, member in enumerate(members, start=1):
            kind = Path(_bare(member.name)).suffix.lower()
            if kind not in kinds:
                sentence = _("« %(name)s » n’est pas un fichier %(kinds)s.")
                raise UploadRefused(sentence % {"name": _bare(member.name), "kinds": ", ".join(kinds)})
            if kind in {".xlsx", ".ods"}:
                kind_of_table(member.source, limits, ods=kind == ".ods")
            names.append(f"{number:03d}_{clean(member.name).removesuffix('.xml').removesuffix(kind)}{kind}")
            with member.open() as source, _private(folder / names[-1]) as target:
                left -= _copy(source, target, _bare(member.name), left, limits, looks=None)
    return folder.name, names


def kind_of_table(file: Any, limits: Limits, *, ods: bool = False) -> str:
    """« xlsx », « csv », and « ods » for who reads it. An old or foreign workbook is told how to be saved."""
    start = _starts(file)
    if start.startswith(OLD_WORKBOOK):
        raise UploadRefused(_as_told(_bare(file.name)))
    if not start.startswith(ZIP_MARK):
        return "csv"
    file.seek(0)
    try:
        with ZipFile(file) as archive:
            listed = archive.infolist()
            names = {info.filename for info in listed}
            kind = "ods" if ods and {"mimetype", "content.xml"} <= names else "xlsx"
            if kind == "xlsx" and "xl/workbook.xml" not in names:
                raise UploadRefused(_as_told(_bare(file.name)))
            if len(listed) > ENTRIES:
                raise UploadRefused(_("L’archive contient trop de fichiers."))
            _measure(listed, limits)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise UploadRefused(_as_told(_bare(file.name))) from error
    return kind


@contextmanager
def read_at_once(file: Any, limits: Limits) -> Iterator[Path]:
    """A table that somebody sends, CSV, XLSX or ODS, for as long as it is read: it is kept nowhere. Raises UploadRefused."""
    kind = kind_of_table(file, limits, ods=True)
    with TemporaryDirectory(prefix="preau-") as folder:
        path = Path(folder) / f"tableau.{kind}"
        file.seek(0)
        with _private(path) as target:
            _copy(file, target, _bare(file.name), limits.size, limits, looks=None)
        yield path


def _as_told(name: str) -> str:
    sentence = _("« %(name)s » ne se lit pas : dans votre tableur, enregistrez-le en .xlsx ou en .csv.")
    return sentence % {"name": name}


@contextmanager
def _new_folder(room: Path) -> Iterator[Path]:
    """A folder of its own, which goes away with what went wrong."""
    folder = room / secrets.token_hex(16)
    room.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    except BaseException as error:
        remove(room, folder.name)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise UploadRefused(
                _("Préau n’a plus assez de place pour vos fichiers. Réessayez plus tard.")
            ) from error
        raise


@contextmanager
def opened_xml(archive: IO[bytes], limits: Limits) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The XML files of an archive, one after the other: a clean name, and its bytes. Nothing is written. Raises UploadRefused.

    zipfile reads no further than the size that an archive announces, and that size was looked at.
    """
    with _members([archive], limits) as members:
        yield ((clean(member.name), member.open()) for member in members)


def files_in(room: Path, folder: str) -> list[Path]:
    """What a folder holds, in order. Raises FileNotFoundError when it is gone."""
    if not re.fullmatch(r"[0-9a-f]{32}", folder):
        raise FileNotFoundError(folder)
    return sorted(path for path in (room / folder).iterdir() if path.is_file())


def remove(room: Path, folder: str) -> None:
    """Remove a folder made by `keep_xml`; a name that is none of ours removes nothing."""
    if re.fullmatch(r"[0-9a-f]{32}", folder):
        shutil.rmtree(room / folder, ignore_errors=True)


def folders(room: Path) -> list[Path]:
    return [path for path in room.iterdir() if path.is_dir()] if room.is_dir() else []


# What was sent


@contextmanager
def _members(sent: Sequence[Any], limits: Limits) -> Iterator[list[_Member]]:
    archives = [file for file in sent if _starts(file).startswith(ZIP_MARK)]
    if not archives:
        yield _counted([_Member(file.name, None, file) for file in sent], limits)
        return
    if len(sent) > 1:
        raise UploadRefused(_("Déposez soit un seul fichier .zip, soit des fichiers .xml."))
    try:
        archives[0].seek(0)
        with ZipFile(archives[0]) as archive:
            yield _counted(
                [_Member(info.filename, archive, info) for info in _listed(archive, limits)], limits
            )
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise UploadRefused(_("L’archive est abîmée : refaites-la, puis déposez-la de nouveau.")) from error


def _starts(file: Any) -> bytes:
    file.seek(0)
    start: bytes = file.read(len(ZIP_MARK))
    return start


def _counted(members: list[_Member], limits: Limits) -> list[_Member]:
    if not members:
        raise UploadRefused(_("L’archive ne contient aucun fichier .xml."))
    if len(members) > limits.files:
        sentence = _("Il y a %(count)s fichiers : pas plus de %(most)s à la fois.")
        raise UploadRefused(sentence % {"count": len(members), "most": limits.files})
    return sorted(members, key=lambda member: _bare(member.name))


def _listed(archive: ZipFile, limits: Limits) -> list[ZipInfo]:
    """The XML files that an archive lists, once nothing in it is out of place, hidden or out of measure."""
    listed = archive.infolist()
    if len(listed) > ENTRIES:
        raise UploadRefused(_("L’archive contient trop de fichiers."))
    for info in listed:
        _check_place(info)
    found = [info for info in listed if _is_wanted(info)]
    _measure(found, limits)
    return found


def _measure(found: list[ZipInfo], limits: Limits) -> None:
    """Nothing hidden, and nothing out of measure once unpacked."""
    for info in found:
        if info.flag_bits & 1:
            raise UploadRefused(
                _("L’archive est protégée par un mot de passe : refaites-la sans mot de passe.")
            )
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise UploadRefused(
                _("L’archive est compressée d’une façon que Préau ne lit pas : refaites-la en .zip.")
            )
        if info.file_size > limits.ratio * max(info.compress_size, 1):
            raise UploadRefused(
                _("L’archive se décompresse au-delà de toute mesure : elle est refusée par sécurité.")
            )
    if sum(info.file_size for info in found) > limits.size:
        raise UploadRefused(_too_heavy(limits))


def _check_place(info: ZipInfo) -> None:
    parts = re.split(r"[\\/]", info.filename)
    outside = ".." in parts or parts[0] == "" or ":" in parts[0]
    if outside or stat.S_ISLNK(info.external_attr >> 16):
        sentence = _(
            "L’archive contient un lien ou un chemin qui sort d’elle : elle est refusée par sécurité."
        )
        raise UploadRefused(sentence)


def _is_wanted(info: ZipInfo) -> bool:
    """An XML file, and not the shadow that macOS puts beside each one."""
    name = _bare(info.filename)
    hidden = name.startswith(".") or "__MACOSX" in info.filename
    return name.lower().endswith(".xml") and not info.is_dir() and not hidden


def _too_heavy(limits: Limits) -> str:
    sentence = _("C’est trop lourd : pas plus de %(most)s Mo une fois décompressé.")
    return sentence % {"most": limits.size // MEGABYTE}


# Writing


def _write(members: list[_Member], folder: Path, limits: Limits) -> list[str]:
    names, left = [], limits.size
    for number, member in enumerate(members, start=1):
        name = f"{number:03d}_{clean(member.name)}"
        with member.open() as source, _private(folder / name) as target:
            left -= _copy(source, target, _bare(member.name), left, limits, looks=_looks_like_xml)
        names.append(name)
    return names


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that its owner alone reads."""
    with fdopen(open_file(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600), "wb") as file:
        yield file


def _copy(
    source: IO[bytes], target: IO[bytes], name: str, left: int, limits: Limits, *, looks: Looks | None
) -> int:
    """Copy at most `left` bytes of what `looks` right; what an archive says of its sizes is not believed."""
    copied = 0
    while chunk := source.read(CHUNK):
        if not copied and looks and not looks(chunk):
            raise UploadRefused(_("« %(name)s » n’est pas un fichier XML.") % {"name": name})
        copied += len(chunk)
        if copied > left:
            raise UploadRefused(_too_heavy(limits))
        target.write(chunk)
    if not copied:
        raise UploadRefused(_("« %(name)s » est vide.") % {"name": name})
    return copied


def _looks_like_xml(start: bytes) -> bool:
    for mark in MARKS:
        start = start.removeprefix(mark)
    return start.replace(b"\0", b"").lstrip().startswith(b"<")


def _bare(name: str) -> str:
    """The last part of a path, whichever system wrote it."""
    return re.split(r"[\\/]", name)[-1]


def clean(name: str) -> str:
    """A name that can be shown, quoted and written on any disk: letters, digits, hyphens; never a path."""
    stem = re.sub(r"\.xml$", "", _bare(name), flags=re.IGNORECASE)
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '_', stem).strip('._')[:80] or 'fichier'}.xml"
