"""What the office does to one person at a time: whom it writes down, corrects and lets go of (docs/decisions/0153)."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from preau.directory.models import ContactRequest, Correction, ExternalId, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.rules.duplicates import DOORS
from preau.directory.viewer import Viewer
from preau.directory.words import DIRECTORY, LEVELS, Role

# Nobody at school is older; a pupil is two at the least.
OLDEST, YOUNGEST = 120, 2
# The age that a pupil of the first level (« toute petite section ») reaches in the year when school begins, then one a level; and how
# many years apart is still of every school.
FIRST_AGE, YEARS_APART = 2, 3
# What the office may open by hand, and what the head alone opens. Heads, secretaries, nurses come from the académie.
OPENED_BY_OFFICE = (Role.TEACHER, Role.ASSISTANT, Role.LIBRARIAN, Role.OTHER)
OPENED_BY_HEAD = (*OPENED_BY_OFFICE, Role.SCHOOL_LIFE)
A_YEAR = timedelta(days=366)


def keeps_office(viewer: Viewer, *_: object) -> bool:
    """Head and secretary, one person at a time; it is not given on."""
    return viewer.holds(Role.HEAD, Role.SECRETARY)


def keeps_files_alone(viewer: Viewer, *_: object) -> bool:
    """Whoever was given the directory, and is not of the office: their « Annuaire » is the files."""
    return viewer.has_power(DIRECTORY) and not keeps_office(viewer)


def enrols(viewer: Viewer, *_: object) -> bool:
    """The office, in a school that has a year."""
    return keeps_office(viewer) and viewer.year is not None


def corrects(viewer: Viewer, person: Person) -> bool:
    """The office: not themselves, nor their own family, nor whoever works for others and not here.

    An e-mail corrected is a way into an account: the same people are kept from it as from codes (identity/rules.py).
    """
    if not keeps_office(viewer) or viewer.person.pk == person.pk or is_own_family(viewer, person):
        return False
    held = Holding.objects.filter(Q(ends=None) | Q(ends__gt=viewer.today), person=person)
    return _opens_way_in(viewer, list(held.exclude(role=Role.PUPIL)))


def _opens_way_in(viewer: Viewer, held: list[Holding]) -> bool:
    """`held`: the functions of somebody anywhere, of today and to come; a family holds none.

    Whoever holds what opens doors, or was given something beyond their function: the head alone, where they hold it.
    """
    today = [row for row in held if row.starts is None or row.starts <= viewer.today]
    guarded = [row for row in held if row.role in DOORS or row.delegations(viewer.today)]
    if held and all(row.school_id != viewer.school_id for row in today or held):
        return False
    if any(row.role in {Role.AGENT, Role.OPERATOR} or row.school_id != viewer.school_id for row in guarded):
        return False
    return viewer.holds(Role.HEAD) or not guarded


def by_hand(viewer: Viewer, person: Person) -> "QuerySet[Holding]":
    """The functions of somebody here that no file keeps, among those that this viewer opens."""
    held = Holding.objects.active(viewer.today).filter(person=person, school=viewer.school_id, source="")
    return held.filter(role__in=roles_opened(viewer))


def is_own_family(viewer: Viewer, person: Person) -> bool:
    """A child for whom the viewer answers, or somebody who answers for that child too."""
    own = Guardianship.objects.filter(guardian=viewer.person.pk).values("pupil_id")
    return Guardianship.objects.filter(Q(pupil=person) | Q(guardian=person), pupil__in=own).exists()


def is_elsewhere(viewer: Viewer, person: Person) -> bool:
    """Does this person work or learn in another school, or follow a child there? Who they are is then no school's to change."""
    held = Holding.objects.filter(active_on(viewer.today), person=person).exclude(school=viewer.school_id)
    learns = Holding.objects.filter(active_on(viewer.today), role=Role.PUPIL).exclude(school=viewer.school_id)
    followed = Guardianship.objects.filter(
        active_on(viewer.today), guardian=person, pupil__in=learns.values("person_id")
    )
    return held.exists() or followed.exists()


def takes_back(viewer: Viewer, person: Person) -> bool:
    """May this viewer enrol again somebody who was a pupil here? Not whoever is elsewhere now, nor their own family."""
    return not is_elsewhere(viewer, person) and not is_own_family(viewer, person)


def places_pupil(viewer: Viewer, person: Person) -> bool:
    """The office, of a pupil of its school who is not of its own family: another class, a departure."""
    here = Holding.objects.pupils_here(viewer)
    return keeps_office(viewer) and here.filter(person=person).exists() and not is_own_family(viewer, person)


def roles_opened(viewer: Viewer) -> tuple[Role, ...]:
    """What this viewer may open by hand."""
    return OPENED_BY_HEAD if viewer.holds(Role.HEAD) else OPENED_BY_OFFICE


def why_not_born(born: date, today: date, *, pupil: bool) -> str:
    """Why nobody can be born that day, as a key of the form's sentences; "" when somebody can."""
    if born > today:
        return "later"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age > OLDEST:
        return "old"
    return "young" if pupil and age < YOUNGEST else ""


def is_odd_age(born: date, rank: int, year: int) -> bool:
    """Is somebody born that day far from the age of a class? `rank`: the place of its level; `year`: in which its school year begins.

    Whoever has lost or gained some years is not odd: only what was most likely typed wrong is asked again.
    """
    return rank < len(LEVELS) and abs(year - born.year - (FIRST_AGE + rank)) > YEARS_APART


def withdraws(viewer: Viewer, correction: Correction) -> bool:
    """Whoever could have corrected it; an enrolment, as long as no file has brought the pupil."""
    if correction.field == Correction.Kind.ENROLMENT:
        here = enrolled_by_hand(viewer).filter(person=correction.person_id)
        return corrects(viewer, correction.person) and here.exists()
    return corrects(viewer, correction.person)


def enrolled_by_hand(viewer: Viewer) -> "QuerySet[Holding]":
    """Pupils here by the office's word alone, who never were anywhere before."""
    others = Holding.objects.filter(person=OuterRef("person")).exclude(pk=OuterRef("pk"))
    filed = ExternalId.objects.filter(person=OuterRef("person"), kind="person")
    return Holding.objects.pupils_here(viewer).filter(~Exists(others), ~Exists(filed), source="")


def asks_contact(viewer: Viewer, *_: object) -> bool:
    """A guardian, of their own telephone, e-mail and address."""
    return viewer.is_guardian


def withdraws_request(viewer: Viewer, request: ContactRequest) -> bool:
    """Whoever asked."""
    return viewer.is_guardian and request.person_id == viewer.person.pk


def answers_request(viewer: Viewer, request: ContactRequest) -> bool:
    """Whoever may correct that person."""
    return corrects(viewer, request.person)
