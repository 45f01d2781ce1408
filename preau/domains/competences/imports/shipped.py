"""The referentials that come with Préau: the socle commun, and the reference framework of digital competences (CRCN)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School
from preau.domains.competences.actions.referentials import SameEdition, Told, write_referential
from preau.domains.competences.imports.tables import read_table
from preau.domains.competences.models import Referential

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class Shipped:
    """A referential that a head takes in by one gesture: what it is, its table, the words of the gesture."""

    key: str
    told: Told
    file: Path
    gesture: Any


SOCLE_FILE = DATA / "socle-2015.csv"
SOCLE = Told(
    "Socle commun de connaissances, de compétences et de culture",
    "2015",
    "Décret n° 2015-372 du 31 mars 2015, annexe (domaines et objectifs)",
)
SHIPPED = {
    shipped.key: shipped
    for shipped in (
        Shipped("socle", SOCLE, SOCLE_FILE, _("Prendre le socle commun")),
        Shipped(
            "crcn",
            Told(
                "Cadre de référence des compétences numériques",
                "2019",
                "Décret n° 2019-919 du 30 août 2019 (domaines et compétences)",
            ),
            DATA / "crcn-2019.csv",
            _("Prendre les compétences numériques"),
        ),
    )
}
TITLE = _("Socle commun")


def offered(school_id: int) -> list[Shipped]:
    """Those that this school has not taken in (one query)."""
    known = set(Referential.objects.filter(school=school_id).values_list("key", "edition"))
    return [one for one in SHIPPED.values() if (one.told.key, one.told.edition) not in known]


def take(school: School, key: str, by: Person | None = None) -> bool:
    """Write it in a school; False when it is there."""
    shipped = SHIPPED[key]
    rows, _problems = read_table(shipped.file)
    try:
        write_referential(school, shipped.told, rows, by)
    except SameEdition:
        return False
    return True


def take_socle(school: School, by: Person | None = None) -> bool:
    """The same of the socle."""
    return take(school, "socle", by)
