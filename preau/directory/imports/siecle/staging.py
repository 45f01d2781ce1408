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
    told = telling.read(paths, staged, tell)
    if told.uai:
        staged.academies.add(told.uai)
    staged.new = told.new.pop() if len(told.new) == 1 else None
    staged.day = telling.day_of_delivery(told, timezone.localdate(), staged.spool.files[0])
    structures = Structures(told, staged)
    structures.stage()
    Families(told, staged, structures).stage()
    Staff(told, staged, structures).stage()
