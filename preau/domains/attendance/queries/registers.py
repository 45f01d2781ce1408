"""The register of a lesson, and what its call says elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    FilteredRelation,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Guardianship, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.models import ABSENCES, UNCALLED, Entry, EntryChange, RollCall, Status
from preau.domains.attendance.queries.notes import Note, known_elsewhere, notes_of
from preau.domains.attendance.rules import CORRECTION, EARLY, reads_roll
from preau.domains.timetable.boards import Mark
from preau.domains.timetable.models import Lesson
from preau.foundation import dates, text
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class RegisterRow:
    """A pupil expected in the lesson, and whether they are missing. `group`: their class, where pupils of several are together."""

    pupil_id: int
    family_name: str
    given_name: str
    status: str
    minutes_late: int | None
    was_absent_before: bool
    notes: tuple[Note, ...] = ()
    public_id: str = ""
    group: str = ""

    @property
    def list_name(self) -> str:
        return f"{self.family_name.upper()} {self.given_name}"

    @property
    def initials(self) -> str:
        return text.initials(self.given_name, self.family_name)

    @property
    def aloud(self) -> list[Note]:
        """What stands beside the name, for whoever sees the page."""
        return [note for note in self.notes if note.aloud]

    @property
    def whispered(self) -> list[Note]:
        """What is shown when it is asked for."""
        return [note for note in self.notes if note.is_whispered]

    @property
    def is_uncalled(self) -> bool:
        return self.status == UNCALLED

    @property
    def seen(self) -> str:
        return seen_of(self.status, self.minutes_late)


def seen_of(status: str, minutes_late: int | None) -> str:
    """The short form in which a page remembers what it showed: « present », « late-10 »; nothing, of whoever is not called yet."""
    return f"{status}-{minutes_late}" if status == Status.LATE else status


def class_of(pupil: str, school: Any, day: Any) -> Subquery:
    """The name of the class of a pupil, who is a column of the rows asked for, in a school on a day."""
    # The school of the group, which is that of its enrolments: by this one, SQLite would read all those of the school.
    learnt = Enrolment.objects.active(day).filter(pupil=OuterRef(pupil), group__school=school)
    return Subquery(learnt.filter(group__kind=Group.Kind.CLASS).order_by("pk").values("group__name")[:1])


def told_apart(classes: Mapping[int, str | None]) -> dict[int, str]:
    """By pupil, the class to say beside the name: nothing where everybody is of the same one."""
    by_pupil = {pupil: name for pupil, name in classes.items() if name}
    return by_pupil if len(set(by_pupil.values())) > 1 else {}


def listed_to(lesson: Any) -> Subquery:
    """The newest enrolment that was on the list of a roll, once it was called."""
    return Subquery(RollCall.objects.filter(lesson=lesson).values("listed_to")[:1])


def enrolled_by(lesson: Any, day: date, pupil: str = "pk") -> Subquery:
    """The oldest enrolment by which a pupil, who is a column of the rows asked for, is expected in a lesson."""
    known = Enrolment.objects.active(day).filter(pupil=OuterRef(pupil), group__lessons=lesson)
    return Subquery(known.order_by("pk").values("pk")[:1])


def came_after(listed: int | None, enrolment: int | None) -> bool:
    """Did they come to the class after the roll, whose list went as far as that, was called?"""
    return listed is not None and enrolment is not None and enrolment > listed


EXPECTED = Prepared(
    lambda lesson, day, school: _expected(lesson, day).values_list(
        "pk",
        "family_name",
        "given_name",
        "public_id",
        class_of("pk", school, day),
        listed_to(lesson),
        enrolled_by(lesson, day),
    )
)
NOW = Prepared(
    lambda lesson, day: (
        _expected(lesson, day)
        .alias(entry=FilteredRelation("attendance_entries", condition=Q(attendance_entries__lesson=lesson)))
        .annotate(call=Subquery(RollCall.objects.filter(lesson=lesson).values("pk")[:1]))
        .values_list(
            "pk", "entry__status", "entry__minutes_late", "call", listed_to(lesson), enrolled_by(lesson, day)
        )
    )
)


def _of_day(
    school: int, day: date, before: datetime, pupils: Sequence[int]
) -> "QuerySet[Any, tuple[Any, ...]]":
    """What was noted of them that day, in this lesson and in the others; and, of no lesson, when the last one began that
    they had before this moment."""
    noted = Entry.objects.filter(school=school, day=day, pupil__in=pupils)
    # The school too, though the groups are its own: the lessons of a day are indexed by school.
    had = Enrolment.objects.active(day).filter(
        pupil__in=pupils,
        group__lessons__school=school,
        group__lessons__day=day,
        group__lessons__starts__lt=before,
    )
    none, nothing = Cast(Value(None), BigIntegerField()), Value("", CharField())
    last = had.order_by().values("pupil_id").annotate(last=Max("group__lessons__starts"))
    # Named alike: the two are one list.
    return (
        noted.order_by()
        .values_list("pupil_id", "lesson_id", "status", "minutes_late", "lesson__starts")
        .union(last.values_list("pupil_id", none, nothing, none, "last"), all=True)
    )


OF_DAY = Prepared(_of_day)
# A mark of this day: the lesson, the status, the minutes, when it began.
Noted = tuple[int, int, str, int | None, datetime]


def _day_of(
    school: int, day: date, before: datetime, pupils: tuple[int, ...]
) -> tuple[list[Noted], set[int]]:
    """What was noted of these pupils that day, and those who were absent at the last lesson they had before this moment:
    an absence of the first hour is over when they came to the second (one query)."""
    lines = OF_DAY(school, day, before, pupils)
    noted = [line for line in lines if line[1] is not None]
    last = {line[0]: line[4] for line in lines if line[1] is None}
    absent = {
        pupil
        for pupil, _lesson, status, _late, starts in noted
        if status == Status.ABSENT and last.get(pupil) == starts
    }
    return noted, absent


def register_of(lesson: Lesson, *, noted_beside: bool = True) -> list[RegisterRow]:
    """Every pupil expected in the lesson, by name, and whether they are missing (two queries, and those of what is `noted_beside`
    them)."""
    pupils = EXPECTED(lesson.pk, lesson.day, lesson.school_id)
    ids = tuple(pupil[0] for pupil in pupils)
    noted, before = _day_of(lesson.school_id, lesson.day, lesson.starts, ids)
    entries = {line[0]: line for line in noted if line[1] == lesson.pk}
    notes = notes_of(lesson, ids) if noted_beside else {}
    classes = told_apart({pupil[0]: pupil[4] for pupil in pupils})
    return [
        _row(pupil, entries.get(pupil[0]), pupil[0] in before, notes.get(pupil[0], ()), classes)
        for pupil in pupils
    ]


def not_in_school(school: int, starts: datetime, ends: datetime, pupils: Sequence[int]) -> dict[int, str]:
    """By pupil, why they may not come to study: absent at the lesson before, an absence announced, a visit (two queries)."""
    ids, day = tuple(pupils), timezone.localdate(starts)
    if not ids:
        return {}
    _noted, absent = _day_of(school, day, starts, ids)
    return dict.fromkeys(absent, _("Absent au cours d’avant")) | known_elsewhere(school, starts, ends, ids)


def _expected(lesson: int, day: date) -> "QuerySet[Person]":
    """The pupils enrolled on the day, and those of whom something was noted: leaving a class later erases nothing."""
    noted = Entry.objects.filter(lesson=lesson).values("pupil_id")
    enrolled = Enrolment.objects.active(day).filter(group__lessons=lesson).values("pupil_id")
    # Together before they are looked for: two lists joined by « or » make a database read everybody it knows.
    return Person.objects.filter(pk__in=enrolled.union(noted))


def _row(
    pupil: tuple[int, str, str, str, str | None, int | None, int | None],
    entry: Noted | None,
    was_absent: bool,
    notes: tuple[Note, ...],
    classes: Mapping[int, str],
) -> RegisterRow:
    unsaid = UNCALLED if came_after(*pupil[5:7]) else Status.PRESENT.value
    status, minutes = (entry[2], entry[3]) if entry else (unsaid, None)
    group = classes.get(pupil[0], "")
    return RegisterRow(pupil[0], pupil[1], pupil[2], status, minutes, was_absent, notes, pupil[3], group)


CALL = Prepared(lambda lesson: RollCall.objects.filter(lesson=lesson).select_related("called_by"))


def call_of(lesson: Lesson) -> RollCall | None:
    """The call of a lesson, and who made it."""
    return CALL.first(lesson.pk)


def latecomers_let_in(lesson: int, pupils: Sequence[int]) -> dict[int, str]:
    """By pupil noted late: who noted it and when, « par Samia Haddad, 8 h 25 » (one query, where there are some)."""
    steps = EntryChange.objects.filter(entry__lesson=lesson, entry__pupil__in=pupils, status=Status.LATE)
    lines = steps.order_by("pk").values_list(
        "entry__pupil_id", "changed_by__given_name", "changed_by__family_name", "changed_at"
    )
    return {
        pupil: _("par %(name)s, %(hour)s") % {"name": f"{given} {family}", "hour": dates.hour(at)}
        for pupil, given, family, at in (lines if pupils else ())
    }


@dataclass(frozen=True)
class Standing:
    """A roll as it is now. `noted`: by pupil, the status and the minutes; `call`: its key, if it was made; `enrolments`: by pupil,
    the one by which they are expected."""

    noted: Mapping[int, tuple[str, int | None]]
    call: int | None
    enrolments: Mapping[int, int]


def standing_of(lesson: Lesson) -> Standing:
    """Every pupil of the register as it is now, and the call (one query; two when nobody is expected)."""
    lines = NOW(lesson.pk, lesson.day)
    calls = RollCall.objects.filter(lesson=lesson).values_list("pk", flat=True)
    return Standing(
        {
            pupil: (status or (UNCALLED if came_after(listed, enrolment) else Status.PRESENT.value), late)
            for pupil, status, late, _call, listed, enrolment in lines
        },
        lines[0][3] if lines else calls.first(),
        {line[0]: line[5] for line in lines if line[5]},
    )


TOLD = Prepared(
    lambda lesson, today, pupils: (
        Entry.objects.filter(
            Exists(Guardianship.objects.informed(today).filter(pupil=OuterRef("pupil"))),
            lesson=lesson,
            pupil__in=pupils,
        )
        .to_explain()
        .values_list("pupil_id", flat=True)
    )
)


def families_told(lesson: Lesson, absent: Sequence[int], today: date) -> set[int]:
    """Of pupils just noted absent, those whose family is told: nobody is, of an absence that is announced or exempt (one query)."""
    return set(TOLD(lesson.pk, today, tuple(absent))) if absent else set()


MARKS = Prepared(
    lambda lessons: (
        Lesson.objects.held().filter(pk__in=lessons).values_list("pk", "roll_call__called_at", "starts")
    )
)
OWN_MARKS = Prepared(
    lambda viewer, lessons: (
        Lesson.objects.held()
        .taught_by(viewer.person)
        .filter(pk__in=lessons)
        .values_list("pk", "roll_call__called_at", "starts")
    )
)


def marks_of(viewer: Viewer, lesson_ids: Sequence[int]) -> dict[int, Mark]:
    """For those who call the roll: « Appel fait », or the gesture itself once the lesson is near."""
    if not viewer.is_staff:
        return {}
    now = timezone.now()
    # Whoever may call no roll is led to none.
    follows = viewer.has_power(ABSENCES)
    if not follows and not viewer.holds(Role.TEACHER):
        return {}
    lessons = MARKS(tuple(lesson_ids)) if follows else OWN_MARKS(viewer, tuple(lesson_ids))
    # A teacher corrects for a week: the roll of an older lesson is told, not opened.
    oldest = None if follows else viewer.today - CORRECTION
    return {pk: mark for pk, called, starts in lessons if (mark := _mark(pk, called, starts, now, oldest))}


def _mark(
    lesson_id: int, called: datetime | None, starts: datetime, now: datetime, oldest: date | None
) -> Mark | None:
    if oldest and timezone.localdate(starts) < oldest:
        return Mark(_("Appel fait"), tone="done", icon="check") if called else Mark(_("Appel non fait"))
    href = reverse("attendance:roll", kwargs={"pk": lesson_id})
    if called:
        return Mark(_("Appel fait"), tone="done", icon="check", href=href, gesture=_("Corriger"))
    if starts > now + EARLY:
        return None
    return Mark(
        _("Appel à faire"), tone="todo", icon="clipboard-check", href=href, gesture=_("Faire l’appel")
    )


def called_among(lesson_ids: Sequence[int]) -> set[int]:
    """Those of these lessons whose roll was called: they are not moved nor cancelled any more."""
    return set(RollCall.objects.filter(lesson__in=lesson_ids).values_list("lesson_id", flat=True))


@dataclass(frozen=True)
class Attended:
    """Who a lesson had, as its roll says it. Without a roll nobody is said present: only what was noted one by one."""

    call: RollCall | None
    present: list[RegisterRow]
    late: list[RegisterRow]
    absent: list[RegisterRow]
    unknown: list[RegisterRow]


def attended(viewer: Viewer, lesson: Lesson) -> Attended | None:
    """Who was there, to read; None before the lesson, and for whoever does not follow its roll."""
    if not viewer.is_staff or lesson.is_cancelled or lesson.starts > timezone.now():
        return None
    if not reads_roll(viewer, lesson):
        return None
    call, rows = call_of(lesson), register_of(lesson, noted_beside=False)
    by_status = {status: [row for row in rows if row.status == status] for status in Status}
    there = by_status[Status.PRESENT]
    return Attended(
        call,
        there if call else [],
        by_status[Status.LATE],
        by_status[Status.ABSENT],
        [] if call else there,
    )
