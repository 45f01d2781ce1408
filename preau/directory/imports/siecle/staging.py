"""SIECLE and STSWEB files into the spool: read whole, joined, then staged under the names of the AAF."""

from collections.abc import Iterable
from pathlib import Path

from django.utils import timezone

from preau.directory.imports.siecle import told as telling
from preau.directory.imports.siecle.families import Families
from preau.directory.imports.siecle.staff import Staff
from preau.directory.imports.siecle.structures import Structures
from preau.directory.imports.staging.staged import Staged, Tell


def read_siecle(paths: Iterable[Path], staged: Staged, tell: Tell) -> None:
    """The exports of one school's base; its keys are its own: the UAI is their authority. Raises Unreadable."""
    siecle_files = telling.read(paths, staged, tell)
    if siecle_files.uai:
        staged.academies.add(siecle_files.uai)
    staged.new = siecle_files.new.pop() if len(siecle_files.new) == 1 else None
    staged.day = telling.day_of_delivery(siecle_files, timezone.localdate(), staged.spool.files[0])
    structures = Structures(siecle_files, staged)
    structures.stage()
    Families(siecle_files, staged, structures).stage()
    Staff(siecle_files, staged, structures).stage()
