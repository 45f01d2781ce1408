"""May this viewer do that with incidents, punitions and sanctions? And for how long the law lets a sanction be kept."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from preau.directory.rules.terms import end_of_year
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.conduct.models import (
    FOLLOWS,
    GIVERS,
    INCIDENTS,
    Incident,
    Punition,
    Responsibility,
    Sanction,
    Slot,
)

Kind = Sanction.Kind

# Code de l'éducation, article R. 511-13, IV (decree n° 2019-906 of 30 August 2019): at the end of so many school years
# after that of the sanction. Of an expulsion, only at the end of schooling in the second degree.
YEARS_KEPT = {
    Kind.WARNING: 0,
    Kind.BLAME: 1,
    Kind.RESPONSIBILITY: 1,
    Kind.CLASS_OUT: 2,
    Kind.SCHOOL_OUT: 2,
}
# Article R. 511-13, I: those that may be suspended, and the days of a temporary exclusion; II: the hours of a measure.
SUSPENDABLE = {Kind.RESPONSIBILITY, Kind.CLASS_OUT, Kind.SCHOOL_OUT, Kind.EXPULSION}
TEMPORARY = {Kind.CLASS_OUT, Kind.SCHOOL_OUT}
MOST_DAYS = 8
# Article R. 511-13-1: a suspended expulsion may be revoked until the end of the second school year after it, at most.
EXPULSION_SUSPENDED = 2
# Article R. 421-10-1: working days that a pupil has at least to answer the head.
DAYS_TO_ANSWER = 2
MAJORITY = 18
# What is no sanction is kept the school year and the next one, like absences.
YEARS_OF_INCIDENTS = 1


def school_of(viewer: Viewer) -> int:
    """The school where this viewer acts. Raises LookupError for who acts in none: no rule lets them write here."""
    if viewer.school_id is None:
        raise LookupError("Incidents, punitions and sanctions are of a school.")
    return viewer.school_id


def follows_incidents(viewer: Viewer, *_: object) -> bool:
    """CPE, assistants and head; whoever was given it."""
    return viewer.has_power(INCIDENTS)


def reports_incidents(viewer: Viewer, *_: object) -> bool:
    """Every member of the staff who works with pupils."""
    return viewer.works_with_pupils


def gives_punitions(viewer: Viewer, *_: object) -> bool:
    """Teachers, school life and head (circulaire n° 2014-059); others report, and propose."""
    return viewer.holds(*GIVERS) or viewer.has_power(INCIDENTS)


def can_correct(viewer: Viewer, incident: Incident) -> bool:
    """Whoever follows incidents; its author, until somebody has handled it."""
    return viewer.has_power(INCIDENTS) or (viewer.is_staff and incident.is_open)


def can_handle(viewer: Viewer, *_: object) -> bool:
    """Say who had which part, what a family reads, and when it is settled."""
    return viewer.has_power(INCIDENTS)


def can_end(viewer: Viewer, punition: Punition) -> bool:
    """Whoever gave it, and whoever follows them all."""
    if not viewer.is_staff:
        return False
    return viewer.has_power(INCIDENTS) or punition.given_by_id == viewer.person.pk


def reads_as_staff(viewer: Viewer, *_: object) -> bool:
    return viewer.is_staff


def calls_slot(viewer: Viewer, slot: Slot) -> bool:
    """Whoever watches over it, and whoever follows them all."""
    return viewer.has_power(INCIDENTS) or slot.supervisor_id == viewer.person.pk


def follows_own(viewer: Viewer, *_: object) -> bool:
    """Families and pupils, for themselves."""
    return viewer.profile in {Profile.GUARDIAN, Profile.PUPIL}


def acknowledges(viewer: Viewer, *_: object) -> bool:
    """A guardian says that they have read: nobody says it for them, and a pupil has no need to."""
    return viewer.is_guardian


def has_detentions(viewer: Viewer) -> bool:
    """Those in whose agenda a detention may stand: pupils and families, and whoever watches over one."""
    return follows_own(viewer) or reports_incidents(viewer)


def reads_sanctions(viewer: Viewer, *_: object) -> bool:
    """Head and school life by their function: this is given to nobody else."""
    return viewer.holds(*FOLLOWS)


def decides_sanctions(viewer: Viewer, *_: object) -> bool:
    """The head alone opens a procedure and signs; the council decides through them."""
    return viewer.holds(Role.HEAD)


def can_answer(viewer: Viewer, sanction: Sanction) -> bool:
    """The pupil and their guardians, as long as nobody has decided."""
    return follows_own(viewer) and sanction.is_open


def is_to_prepare(sanction: Sanction) -> bool:
    """A measure of responsibility that was pronounced is to be carried out somewhere."""
    return sanction.is_pronounced and sanction.kind == Kind.RESPONSIBILITY


def is_agreed(measure: Responsibility, age: int | None) -> bool:
    """Outside of the school, the pupil agrees, and a guardian until eighteen, and the agreement with the place is signed."""
    if not measure.is_outside:
        return True
    guardian = measure.guardian_agreed_on is not None or (age or 0) >= MAJORITY
    return guardian and measure.pupil_agreed_on is not None and measure.signed_on is not None


def reads_contract(viewer: Viewer, *_: object) -> bool:
    """A contract, by whoever sees it."""
    return viewer.has_power(INCIDENTS) or follows_own(viewer)


def kept_until(kind: str, pronounced_on: date, years: Sequence[tuple[date, date]]) -> date | None:
    """The last day on which a sanction may stay in the file; None for an expulsion."""
    after = YEARS_KEPT.get(Kind(kind))
    return None if after is None else end_of_year(pronounced_on, after, years)


def longest_suspension(kind: str, pronounced_on: date, years: Sequence[tuple[date, date]]) -> date:
    """The last day until which a sanction may be suspended."""
    return kept_until(kind, pronounced_on, years) or end_of_year(pronounced_on, EXPULSION_SUSPENDED, years)


def working_day_after(day: date, count: int, is_holiday: Callable[[date], bool]) -> date:
    """The `count`-th working day after a day: every day of the week but Sunday and public holidays, in holidays too."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() != 6 and not is_holiday(day)
    return day


def reads_slip(viewer: Viewer, *_: object) -> bool:
    """The slip of a punition, by whoever sees it."""
    return viewer.is_staff or follows_own(viewer)


def reads_one_sanction(viewer: Viewer, *_: object) -> bool:
    """A sanction, by whoever sees it: its visibility says who."""
    return reads_sanctions(viewer) or follows_own(viewer)
