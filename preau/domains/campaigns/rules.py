"""May this viewer prepare campaigns, or read what was sent? And which words a text may hold."""

import re
from collections.abc import Mapping

from preau.directory.models import Guardianship, Holding, Person
from preau.directory.models.people import HoldingQuerySet
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.attendance.models import ABSENCES
from preau.domains.campaigns.models import Campaign

# What a text may hold of a pupil and of a school: these and no others. Values are put in once, and never read again for fields.
FIELDS = ("eleve", "prenom", "classe", "nombre", "demi_journees", "dates", "etablissement", "telephone")
FIELD = re.compile(r"\{([^{}]*)\}")


def school_of(viewer: Viewer) -> int:
    """The school where this viewer acts. Raises LookupError for who acts in none: no rule lets them write here."""
    if viewer.school_id is None:
        raise LookupError("Campaigns are of a school.")
    return viewer.school_id


def prepares_campaigns(viewer: Viewer, *_: object) -> bool:
    """CPE, assistants and head; whoever was given the absences."""
    return viewer.has_power(ABSENCES)


def changes_campaign(viewer: Viewer, campaign: Campaign) -> bool:
    """The same people, for a campaign of their school; that it is still a draft is for the page to say."""
    return prepares_campaigns(viewer)


def reads_messages(viewer: Viewer, *_: object) -> bool:
    """Those to whom schools write: families, and pupils, who are written to from eighteen."""
    return viewer.profile in {Profile.GUARDIAN, Profile.PUPIL}


def _pupils_of(viewer: Viewer) -> HoldingQuerySet:
    """Who learns today in the school of the viewer."""
    return Holding.objects.in_school(viewer).filter(active_on(viewer.today), role=Role.PUPIL)


def reaches(viewer: Viewer, person: Person) -> bool:
    """School life says how to reach a pupil of its school, or somebody who answers for one."""
    if not prepares_campaigns(viewer):
        return False
    pupils = _pupils_of(viewer)
    links = Guardianship.objects.active(viewer.today).filter(guardian=person)
    own = pupils.filter(person=person)
    return own.exists() or links.filter(pupil__in=pupils.values("person_id")).exists()


def follows_pupil(viewer: Viewer, person: Person) -> bool:
    """School life and head, of a pupil of their school."""
    return prepares_campaigns(viewer) and _pupils_of(viewer).filter(person=person).exists()


def unknown_fields(text: str) -> list[str]:
    """What stands between braces and is no field, and braces that stand alone, in their order."""
    wrong = [f"{{{name}}}" for name in FIELD.findall(text) if name not in FIELDS]
    left = re.sub(r"[^{}]", "", FIELD.sub("", text))
    return [*wrong, *left]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled, once: a value that looks like a field stays what it is."""
    return FIELD.sub(lambda found: values.get(found[1], found[0]), text)
