"""The referential that comes with Préau: the socle commun, as the décret of 2015 names its domains and their objectives."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School
from preau.domains.competences.actions.referentials import SameEdition, Told, write_referential
from preau.domains.competences.imports.tables import read_table
from preau.domains.competences.models import Referential

SOCLE_FILE = Path(__file__).resolve().parent.parent / "data" / "socle-2015.csv"
SOCLE = Told(
    "Socle commun de connaissances, de compétences et de culture",
    "2015",
    "Décret n° 2015-372 du 31 mars 2015, annexe (domaines et objectifs)",
)
TITLE = _("Socle commun")


def has_socle(school_id: int) -> bool:
    """Has this school taken it in?"""
    return Referential.objects.filter(school=school_id, key=SOCLE.key, edition=SOCLE.edition).exists()


def take_socle(school: School, by: Person | None = None) -> bool:
    """Write it in a school; False when it is there."""
    rows, _problems = read_table(SOCLE_FILE)
    try:
        write_referential(school, SOCLE, rows, by)
    except SameEdition:
        return False
    return True
