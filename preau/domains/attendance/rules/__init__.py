"""May this viewer do that with attendance?"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from preau.directory.models import Group, Holding, Person, School
from preau.directory.rules.groups import teaches_in
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.attendance.models import (
    ABSENCES,
    SAID,
    SCHOOL_LIFE,
    Announcement,
    Entry,
    Explanation,
    Status,
    Visit,
    places_of,
)
from preau.domains.timetable.models import Lesson

# The roll opens a little before the bell, and a teacher may correct it for a week; school life, always.
EARLY = timedelta(minutes=10)
CORRECTION = timedelta(days=7)
MAJORITY = 18


def runs_school_life(viewer: Viewer, *_: object) -> bool:
    """CPE, assistants and head."""
    return viewer.has_power(ABSENCES)


def reads_month_of(viewer: Viewer, group: Group) -> bool:
    """CPE, assistants and head; in a primary school, whoever teaches the class, who keeps its register."""
    if runs_school_life(viewer):
        return True
    in_primary = viewer.school is not None and viewer.school.kind == School.Kind.ECOLE
    return in_primary and viewer.holds(Role.TEACHER) and teaches_in(viewer, group)


def reads_trend(viewer: Viewer, *_: object) -> bool:
    """A head, who looks at the whole: how many are absent, day by day."""
    return viewer.holds(Role.HEAD) and runs_school_life(viewer)


def settles_reasons(viewer: Viewer, *_: object) -> bool:
    """CPE, assistants and head, by their function: what a head gives until a day is following absences, not their rules."""
    return viewer.holds(*SCHOOL_LIFE)


def takes_in_absences(viewer: Viewer, *_: object) -> bool:
    """CPE, assistants and head, by their function: what was noted before is taken in once, and counts for good."""
    return viewer.holds(*SCHOOL_LIFE)


def reads_past_absences(viewer: Viewer, *_: object) -> bool:
    """School life those of the school, families those of their own pupils."""
    return runs_school_life(viewer) or follows_absences(viewer)


def reads_confidential(viewer: Viewer, *_: object) -> bool:
    """CPE, assistants, head and nurse, by their function."""
    return viewer.holds(*SCHOOL_LIFE, Role.NURSE)


# As a sentence names whoever a head does not choose: a role that comes to follow absences must be named here.
CALLED = {Role.HEAD: _lazy("la direction"), Role.SCHOOL_LIFE: _lazy("la vie scolaire")}


def who_reads_explanations() -> str:
    """Who reads what a family says of an absence, before it or after: one sentence for every page, form and register, from
    the roles that `visible_to` asks of. The guides hold it too (tests/test_explanations_read.py)."""
    named = ", ".join(str(CALLED[role]) for role in Role if role in SCHOOL_LIFE)
    return _(
        "Une explication (motif, précision, document) est lue par la personne qui l’a écrite, %(readers)s et les personnes que la "
        "direction charge de suivre les absences (sauf un motif confidentiel). Personne d’autre ne la lit : ni les enseignants, ni "
        "l’autre parent, ni l’élève."
    ) % {"readers": named}


def reason_said(viewer: Viewer, label: str, said_by: int | None, *, confidential: bool) -> str:
    """A reason as this viewer reads it: a family that which it gave itself, and that which the school found by itself.

    Never what another parent has said (docs/decisions/0009).
    """
    if not viewer.is_staff and said_by == viewer.person.pk:
        return label
    if not viewer.is_staff and said_by:
        return ""
    hidden = confidential and label and not (viewer.is_staff and reads_confidential(viewer))
    return _("Motif confidentiel") if hidden else label


def can_call_register(viewer: Viewer, lesson: Lesson) -> bool:
    """School life at any time; a teacher of the lesson, until a week after it."""
    if viewer.has_power(ABSENCES):
        return True
    if not viewer.holds(Role.TEACHER) or viewer.today > lesson.day + CORRECTION:
        return False
    return lesson.is_taught_by(viewer.person)


def reads_roll(viewer: Viewer, lesson: Lesson) -> bool:
    """School life, and a teacher of the lesson: who was there may be read long after it may be corrected."""
    if viewer.has_power(ABSENCES):
        return True
    return viewer.holds(Role.TEACHER) and lesson.is_taught_by(viewer.person)


def calls_own_rolls(viewer: Viewer) -> bool:
    """Teachers, whose home says which calls are missing."""
    return viewer.holds(Role.TEACHER)


def calls_rolls(viewer: Viewer) -> bool:
    """Whoever may call some roll: their devices keep what is needed to do it without a network."""
    return viewer.holds(Role.TEACHER) or viewer.has_power(ABSENCES)


def keeps_arrangements(viewer: Viewer, *_: object) -> bool:
    """School life, head and nurse note exemptions and adjustments, and end them."""
    return viewer.has_power(ABSENCES) or viewer.holds(Role.NURSE)


def reads_arrangements(viewer: Viewer, *_: object) -> bool:
    """Whoever keeps them, teachers, and families their own: `visible_to` says of whom."""
    return keeps_arrangements(viewer) or viewer.holds(Role.TEACHER) or follows_absences(viewer)


def reads_presence(viewer: Viewer, *_: object) -> bool:
    """Whoever reads every absence of a pupil: what a teacher sees of their own lessons alone would make a false month. The head
    teacher of their class does; whether a teacher is theirs, the record says (`queries.record`)."""
    return runs_school_life(viewer) or follows_absences(viewer) or viewer.holds(Role.TEACHER)


def keeps_arrangements_of(viewer: Viewer, person: Person) -> bool:
    """The same, of a pupil of the school."""
    here = Holding.objects.pupils_here(viewer)
    return keeps_arrangements(viewer) and here.filter(person=person).exists()


def mends_lists(viewer: Viewer, *_: object) -> bool:
    """Secretary and head: the lists of classes and groups are theirs."""
    return viewer.holds(Role.SECRETARY, Role.HEAD)


def roll_is_open(lesson: Lesson, now: datetime) -> bool:
    """A roll is not called before the lesson: nobody can be missing yet; nor of one that is cancelled."""
    return now >= lesson.starts - EARLY and not lesson.is_cancelled


def follows_absences(viewer: Viewer, *_: object) -> bool:
    """Families and pupils, for themselves."""
    return viewer.profile in {Profile.GUARDIAN, Profile.PUPIL}


def can_explain(viewer: Viewer, entry: Entry) -> bool:
    """A guardian, or a pupil of age, for an absence still to explain; from a lesson to which the pupil was to come."""
    if entry.status != Status.ABSENT or not answers_for_absences(viewer):
        return False
    if entry.handling and entry.handling.settled:
        return False
    open_still = entry.explanation is None or entry.explanation.state not in SAID
    return open_still and not Entry.objects.exempt().filter(pk=entry.pk).exists()


def answers_for_absences(viewer: Viewer, *_: object) -> bool:
    """A guardian; a pupil from eighteen."""
    if viewer.profile == Profile.PUPIL:
        return (viewer.person.age_on(viewer.today) or 0) >= MAJORITY
    return viewer.is_guardian


def only_reads_absences(viewer: Viewer) -> bool:
    """A pupil whose guardians explain for them."""
    return follows_absences(viewer) and not answers_for_absences(viewer)


def can_withdraw(viewer: Viewer, explanation: Explanation) -> bool:
    """Its author. Whether it is too late is for the action to say: a second click is not a forbidden one."""
    return explanation.given_by_id == viewer.person.pk


def can_decide(viewer: Viewer, explanation: Explanation) -> bool:
    """School life and head; a decision may be changed, a withdrawn explanation may not be decided."""
    return viewer.has_power(ABSENCES) and explanation.state != Explanation.State.WITHDRAWN


def can_settle(viewer: Viewer, entry: Entry) -> bool:
    """School life and head, what is not settled; an explanation that waits is read first."""
    if not viewer.has_power(ABSENCES) or entry.status == Status.PRESENT:
        return False
    if entry.handling and entry.handling.settled:
        return False
    explanation = entry.explanation
    settled = explanation and (
        explanation.is_pending
        or (explanation.state == Explanation.State.ACCEPTED and explanation.reason.settles)
    )
    return not settled


def can_follow(viewer: Viewer, person: Person) -> bool:
    """School life and head, a pupil of their school."""
    here = Holding.objects.pupils_here(viewer).filter(person=person)
    return viewer.has_power(ABSENCES) and here.exists()


def notes_visits(viewer: Viewer, *_: object) -> bool:
    """School life and head everywhere; nurse and librarian at home."""
    return bool(places_of(viewer))


def only_notes_visits(viewer: Viewer) -> bool:
    """Nurse and librarian, who have no other page of school life."""
    return notes_visits(viewer) and not runs_school_life(viewer)


def keeps_from_family(viewer: Viewer, place: str = Visit.Place.INFIRMARY) -> bool:
    """A nurse alone, of a visit to the infirmary: care for which the law lets a minor keep it from whoever answers for them."""
    return viewer.holds(Role.NURSE) and place == Visit.Place.INFIRMARY


def can_note_visit(viewer: Viewer, person: Person) -> bool:
    """A pupil of the school, who comes to a place of theirs."""
    here = Holding.objects.pupils_here(viewer).filter(person=person)
    return notes_visits(viewer) and here.exists()


def asks_before_leaving(viewer: Viewer, visit: Visit) -> bool:
    """A visit that a person ends only when they say so: to the infirmary, or to a place that is not theirs."""
    return visit.place == Visit.Place.INFIRMARY or visit.place not in places_of(viewer)


def can_withdraw_announcement(viewer: Viewer, announcement: Announcement) -> bool:
    """Whoever gave it; school life, a departure, and what it noted of a call."""
    own = announcement.given_by_id == viewer.person.pk
    of_school = announcement.kind == Announcement.Kind.DEPARTURE or announcement.noted_by_id is not None
    return own or (viewer.has_power(ABSENCES) and of_school)
