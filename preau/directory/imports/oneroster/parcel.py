"""The files of a delivery by what they are called, in a folder or in a zip, and what their manifest says of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from preau.directory.imports.staging.staged import Tell
from preau.foundation.csvfiles import Open, Sheet
from preau.foundation.reading import Unreadable

BULK, DELTA, ABSENT = "bulk", "delta", "absent"
VERSIONS = ("1.0", "1.1", "1.2")
# What is read; a delivery may hold others (results, resources, profiles), which say nothing of the directory.
FILES = ("orgs", "courses", "classes", "users", "roles", "enrollments", "demographics")
# Once unpacked, a file of the largest district is some hundred megabytes; text is packed some ten times.
LARGEST, TIGHTEST = 2 << 30, 200
ENCRYPTED = 0x1


@dataclass
class Parcel:
    """`files` are opened by their names without « .csv »; `modes` says how each tells: everything, or changes."""

    files: dict[str, tuple[str, Open]] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    system: str = ""

    @property
    def is_delta(self) -> bool:
        return DELTA in self.modes.values()

    def sheet(self, name: str) -> Sheet | None:
        """A file of the delivery, unless the manifest says that it is not there."""
        if name not in self.files or self.modes.get(name) == ABSENT:
            return None
        shown, opened = self.files[name]
        return Sheet(opened, shown)


def unpack(paths: Iterable[Path], tell: Tell) -> Parcel:
    """Raises Unreadable for a zip that cannot be trusted, or a manifest that is not one."""
    parcel = Parcel()
    for path in paths:
        tell(path.name)
        if path.suffix.lower() == ".zip":
            _unzip(path, parcel)
        else:
            _keep(path.name, partial(path.open, "rb"), parcel)
    _read_manifest(parcel)
    return parcel


def _keep(name: str, opened: Open, parcel: Parcel) -> None:
    shown = PurePosixPath(name).name
    stem = shown.lower().removesuffix(".csv")
    if stem in parcel.files:
        raise Unreadable(shown, None, _("Deux fichiers de ce nom dans la même livraison."))
    parcel.files[stem] = (shown, opened)


def _unzip(path: Path, parcel: Parcel) -> None:
    try:
        archive = ZipFile(path)
        members = [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]
        for member in members:
            _refuse_bomb(member, path.name)
            _keep(member.filename, partial(archive.open, member), parcel)
    except (BadZipFile, NotImplementedError, OSError):
        raise Unreadable(path.name, None, _("L’archive ne s’ouvre pas.")) from None


def _refuse_bomb(member: ZipInfo, name: str) -> None:
    if member.flag_bits & ENCRYPTED:
        raise Unreadable(name, None, _("L’archive est protégée par un mot de passe."))
    if member.file_size > LARGEST or member.file_size > TIGHTEST * (member.compress_size + 1024):
        raise Unreadable(name, None, _("L’archive est trop grande une fois ouverte."))


def _read_manifest(parcel: Parcel) -> None:
    sheet = parcel.sheet("manifest")
    if sheet is None:
        parcel.modes = dict.fromkeys(parcel.files, BULK)
        return
    if sheet.headings[:2] != ["propertyname", "value"]:
        raise Unreadable(sheet.name, 1, _("Ce n’est pas un manifeste de OneRoster."))
    properties = {row.cells[0]: (row.cells[1], row.line) for row in sheet.rows()}
    version, line = properties.get("oneroster.version", ("", None))
    if version and not version.startswith(VERSIONS):
        reason = _("Version %(version)s de OneRoster : seules 1.1 et 1.2 se lisent.")
        raise Unreadable(sheet.name, line, reason % {"version": version[:20]})
    parcel.system = properties.get("source.systemCode", ("", None))[0]
    for name in FILES:
        mode, line = properties.get(f"file.{name}", (ABSENT, None))
        parcel.modes[name] = mode.lower()
        if mode.lower() not in {BULK, DELTA, ABSENT}:
            raise Unreadable(sheet.name, line, _("Un fichier est « bulk », « delta » ou « absent »."))
        if mode.lower() != ABSENT and name not in parcel.files:
            missing = _("Le manifeste annonce %(name)s.csv, qui n’est pas dans la livraison.")
            raise Unreadable(sheet.name, line, missing % {"name": name})
    if {BULK, DELTA} <= set(parcel.modes.values()):
        mixed = _("Des fichiers complets et des changements ensemble : livrez-les l’un après l’autre.")
        raise Unreadable(sheet.name, None, mixed)
