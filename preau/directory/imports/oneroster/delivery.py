"""A OneRoster delivery into the spool: unpacked, joined on disk, staged in the names of the AAF."""

import zlib
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from zipfile import BadZipFile

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.imports.oneroster.changes import Changes
from preau.directory.imports.oneroster.parcel import FILES, unpack
from preau.directory.imports.oneroster.records import Records
from preau.directory.imports.oneroster.tables import Tables
from preau.directory.imports.staging.staged import Staged, Tell
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold


def read_oneroster(paths: Iterable[Path], staged: Staged, tell: Tell, *, certified: bool = False) -> None:
    """Files that tell everything, or changes alone: the manifest says which."""
    named = list(paths)
    try:
        _read(named, staged, tell, certified=certified)
    except (BadZipFile, zlib.error, EOFError):
        # An archive that opens may still hold something else than it says.
        raise Unreadable(named[0].name, None, _("L’archive est abîmée.")) from None


def _read(named: list[Path], staged: Staged, tell: Tell, *, certified: bool) -> None:
    parcel = unpack(named, tell)
    if not parcel.files.keys() & set(FILES):
        raise Unreadable(
            named[0].name, None, _("Ce n’est pas une livraison de OneRoster : aucun de ses fichiers.")
        )
    staged.new, staged.is_delta = True, parcel.is_delta
    with closing(Tables(staged, is_delta=parcel.is_delta)) as tables:
        tables.load(parcel)
        make = Changes if parcel.is_delta else Records
        make(tables, timezone.localdate(), fold(parcel.system).lstrip("0")[:40], certified=certified).stage()
