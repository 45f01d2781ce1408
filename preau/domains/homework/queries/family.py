"""What pupils and their families read: what is to be done and for when, what was done in class."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, School
from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Done, HandIn, Homework, LessonFile, LessonRecord
from preau.domains.homework.models.records import published
from preau.domains.homework.queries.concerned import ENROLMENTS, in_class_then
from preau.domains.timetable.boards import Mark, ways_to_ask
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.boards import AgendaEntry, offered
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

# How far ahead the page of homework looks, and how long what was not handed in stays at its top.
AHEAD, BEHIND = timedelta(days=21), timedelta(days=30)
SATURDAY = 5
PUPIL = f"{ENROLMENTS}__pupil_id"
COLUMNS = (
    "pk",
    "title",
    "due_day",
    "minutes",
    "hand_in",
    "for_some",
    "record__subject__name",
    PUPIL,
    f"{ENROLMENTS}__pupil__given_name",
    "school__kind",
    "due_lesson__ends",
)


@dataclass
class WorkRow:
    """One homework of one pupil, as lists show it."""

    pk: int
    title: str
    due_day: date
    minutes: int | None
    hand_in: str
    for_some: bool
    subject: str
    pupil_id: int
    pupil: str
    kind: str
    lesson_ends: datetime | None = None
    done: bool = False
    handed: bool = False
    has_papers: bool = False

    @property
    def is_primary(self) -> bool:
        return self.kind == School.Kind.ECOLE

    @property
    def look(self) -> Look:
        """The colours and the drawing of its subject."""
        return look_of("", self.subject)

    @property
    def takes(self) -> str:
        """« 20 min », or nothing."""
        return dates.minutes(self.minutes) if self.minutes else ""

    @property
    def hands_in(self) -> str:
        """« À rendre en ligne », « À rendre en classe », or nothing."""
        return "" if self.hand_in == Homework.HandIn.NOTHING else str(Homework.HandIn(self.hand_in).label)

    def is_over(self, moment: datetime) -> bool:
        """The lesson for which it was due is over; without one, its day has to be."""
        return self.lesson_ends is not None and self.lesson_ends <= moment

    def is_late(self, today: date) -> bool:
        """It was to be handed in online before today, and was not."""
        return self.hand_in == Homework.HandIn.ONLINE and not self.handed and self.due_day < today


@dataclass(frozen=True)
class DayOfWork:
    """What is due on one day."""

    day: date
    rows: list[WorkRow]
    moment: datetime | None = None

    @property
    def left(self) -> list[WorkRow]:
        """What is still to be done: of what was due in a lesson that is over, nothing."""
        return [row for row in self.rows if not row.done and not (self.moment and row.is_over(self.moment))]

    @property
    def is_begun(self) -> bool:
        """Is some of it done, or was it due in a lesson that is over?"""
        return len(self.left) < len(self.rows)

    @property
    def takes(self) -> str:
        """The time that what is left takes, "" when nobody said any."""
        total = sum(row.minutes or 0 for row in self.left)
        return dates.minutes(total) if total else ""


def _works(viewer: Viewer, first: date, last: date, day: date | None) -> "QuerySet[Homework, Any]":
    """The homework of the viewer's pupils due between two days, one line a pupil; before `day`, what is handed in online alone."""
    pupils = viewer.own_pupils()
    schools = Enrolment.objects.filter(pupil__in=pupils).values("school_id")
    shown = Homework.objects.kept().filter(due_day__range=(first, last), school__in=schools)
    if day:
        shown = shown.filter(Q(due_day__gte=day) | Q(hand_in=Homework.HandIn.ONLINE))
    shown = shown.filter(published(viewer.moment, "record__"))
    theirs = shown.filter(in_class_then(), Q(for_some=False) | Q(pupils=F(PUPIL)), **{f"{PUPIL}__in": pupils})
    mine = {"homework": OuterRef("pk"), "pupil": OuterRef(PUPIL)}
    works = theirs.annotate(
        is_done=Exists(Done.objects.filter(**mine)),
        is_handed=Exists(HandIn.objects.filter(**mine)),
        has_papers=Exists(LessonFile.objects.filter(homework=OuterRef("pk"))),
    )
    in_order = works.order_by("due_day", "record__subject__name", "pk", PUPIL)
    return in_order.values_list(*COLUMNS, "is_done", "is_handed", "has_papers").distinct()


WORKS = Prepared(_works)


def lines_of_work(
    viewer: Viewer, first: date, last: date, pupil: int | None = None, *, online_before: date | None = None
) -> list[WorkRow]:
    """What is due between two days, in order, with what is ticked or handed in (one query).

    Of one child when `pupil` says which. Of what is due before `online_before`, what is handed in online alone.
    """
    rows = [WorkRow(*line) for line in WORKS(viewer, first, last, online_before)]
    for row in rows:
        row.done = row.done or row.handed
    return [row for row in rows if pupil in {None, row.pupil_id}]


def by_day(rows: Iterable[WorkRow], moment: datetime | None = None) -> list[DayOfWork]:
    """These works by the day for which they are; what they take is counted at a moment."""
    return [DayOfWork(day, list(found), moment) for day, found in groupby(rows, key=lambda row: row.due_day)]


def with_tomorrow(found: list[DayOfWork], today: date) -> list[DayOfWork]:
    """The same days, and tomorrow even when nothing is due: « rien pour demain » is what one comes to read."""
    tomorrow = today + timedelta(days=1)
    if not found or tomorrow.weekday() >= SATURDAY or any(one.day == tomorrow for one in found):
        return found
    return sorted([*found, DayOfWork(tomorrow, [])], key=lambda one: one.day)


@dataclass(frozen=True)
class ToDo:
    """What is late, then what is due from today on, day after day."""

    late: list[WorkRow]
    days: list[DayOfWork]


def to_do(viewer: Viewer, pupil: int | None = None) -> ToDo:
    """What remains to be handed in, and what is due from today on."""
    today = viewer.today
    # A month behind is most of what is read, and only what is to be handed in online can be late.
    rows = lines_of_work(viewer, today - BEHIND, today + AHEAD, pupil, online_before=today)
    late = [row for row in rows if row.is_late(today)]
    days = by_day((row for row in rows if row.due_day >= today), viewer.moment)
    return ToDo(late, with_tomorrow(days, today))


def next_days(viewer: Viewer, days: int = 2) -> list[DayOfWork]:
    """What is still due today, first, then on the next days for which there is something."""
    today = viewer.today
    rows = lines_of_work(viewer, today, today + timedelta(days=8))
    found = by_day(
        (row for row in rows if row.due_day > today or not row.is_over(viewer.moment)), viewer.moment
    )
    shown = found[: days + 1 if found and found[0].day == today else days]
    return with_tomorrow(shown, today)


def whole_work(viewer: Viewer, pk: int) -> Homework:
    """A homework with all that its page says of it. `reads_lesson`: who came to the class after its lesson does not open it."""
    lesson = Lesson.objects.visible_to(viewer).filter(pk=OuterRef("record__lesson"))
    found = Homework.objects.select_related("record__subject", "record__lesson__school", "due_lesson__school")
    return found.select_related("given_by").annotate(reads_lesson=Exists(lesson)).get(pk=pk)


def ways_out(viewer: Viewer, work: Homework) -> list[tuple[str, str, str]]:
    """Where a pupil turns who does not understand a work: each a label, an address and an icon; the lesson comes last."""
    lesson = work.record.lesson
    if lesson is None:
        return []
    asked = (
        entry.way(seated, lesson, work.given_by_id)
        for entry, seated in offered(ways_to_ask, viewer)
        if entry.open_to(seated)
    )
    ways = [way for way in asked if way]
    if viewer.offers("timetable") and getattr(work, "reads_lesson", False):
        ways.append((_("Revoir le cours"), url("timetable:lesson", pk=lesson.pk), "chalkboard"))
    return ways


# What was done in class


@dataclass(frozen=True)
class LessonDone:
    """What was done in one lesson, as those who were in it read it."""

    pk: int
    day: date
    subject: str
    content: str
    whose: str
    works: list[Homework]


def _records(viewer: Viewer, first: date, last: date) -> "QuerySet[LessonRecord, Any]":
    seen = LessonRecord.objects.visible_to(viewer).filter(day__range=(first, last))
    return seen.order_by("-day", "-lesson__starts", "pk").values_list(
        "pk", "day", "subject__name", "content", "lesson_id"
    )


RECORDS_BETWEEN = Prepared(_records)
GIVEN = Prepared(
    lambda viewer, records: (
        Homework.objects.visible_to(viewer).kept().filter(record__in=records).order_by("due_day", "pk")
    )
)
IN_LESSONS = Prepared(
    lambda viewer, lessons: (
        Enrolment.objects.filter(pupil__in=viewer.own_pupils(), group__lessons__in=lessons)
        .order_by("pupil__given_name")
        .values_list(
            "group__lessons", "pupil_id", "pupil__given_name", "starts", "ends", "group__lessons__day"
        )
    )
)


def done_lessons(viewer: Viewer, first: date, last: date, pupil: int | None = None) -> list[LessonDone]:
    """What was done between two days, newest first, with the homework given then (three queries at most). Of one child of a family
    when `pupil` says which."""
    lines = list(RECORDS_BETWEEN(viewer, first, last))
    works: dict[int, list[Homework]] = {}
    for work in GIVEN(viewer, tuple(line[0] for line in lines)) if lines else []:
        works.setdefault(work.record_id, []).append(work)
    whose = _whose(viewer, [line[4] for line in lines]) if viewer.is_guardian and lines else {}
    return [
        LessonDone(pk, day, subject, content, _names(whose.get(lesson, {})), works.get(pk, []))
        for pk, day, subject, content, lesson in lines
        if (content or pk in works) and (pupil is None or pupil in whose.get(lesson, {}))
    ]


def _names(children: Mapping[int, str]) -> str:
    return ", ".join(dict.fromkeys(children.values()))


def _whose(viewer: Viewer, lessons: Sequence[int]) -> dict[int, dict[int, str]]:
    """By lesson, the children who were in it that day, and their first names."""
    found: dict[int, dict[int, str]] = {}
    for lesson, pupil, name, starts, ends, day in IN_LESSONS(viewer, tuple(lessons)):
        if (starts is None or starts <= day) and (ends is None or ends > day):
            found.setdefault(lesson, {})[pupil] = name
    return found


# On the page of a lesson

OF_LESSON = Prepared(
    lambda viewer, lesson: (
        LessonRecord.objects.visible_to(viewer).filter(lesson=lesson).values_list("pk", "content")
    )
)
ABOUT_LESSON = Prepared(
    lambda viewer, lesson: (
        Homework.objects.visible_to(viewer)
        .kept()
        .filter(Q(record__lesson=lesson) | Q(due_lesson=lesson))
        .order_by("due_day", "pk")
        .distinct()
    )
)


def lesson_part(viewer: Viewer, lesson: Lesson) -> dict[str, Any]:
    """What was done in a lesson, what is due for it, what was given in it: as published to families (two queries)."""
    record = next(iter(OF_LESSON(viewer, lesson.pk)), (0, ""))
    works = list(ABOUT_LESSON(viewer, lesson.pk))
    return {
        "content": record[1],
        "due": [work for work in works if work.due_lesson_id == lesson.pk],
        "given": [work for work in works if work.due_lesson_id != lesson.pk],
        "has_begun": lesson.starts <= viewer.moment,
        "is_cancelled": lesson.is_cancelled,
    }


# On a day of the timetable


def _due_in(viewer: Viewer, lessons: Any) -> "QuerySet[Homework, Any]":
    """The homework due in these lessons: that which names one; else that of its day, in its subject and its class, in the first of them."""
    days = Lesson.objects.filter(pk__in=lessons)
    shared = Lesson.groups.through.objects.filter(
        lesson_id=OuterRef("pk"), group__lessons=OuterRef(OuterRef("record__lesson_id"))
    )
    of_day = days.filter(Exists(shared), day=OuterRef("due_day"), subject=OuterRef("record__subject"))
    theirs = {"homework": OuterRef("pk"), "pupil__in": viewer.own_pupils()}
    shown = Homework.objects.visible_to(viewer).filter(
        school__in=days.values("school"), due_day__in=days.values("day")
    )
    return (
        shown.annotate(
            lesson=Coalesce("due_lesson_id", Subquery(of_day.order_by("starts", "pk").values("pk")[:1])),
            is_done=Exists(Done.objects.filter(**theirs)) | Exists(HandIn.objects.filter(**theirs)),
        )
        .filter(lesson__in=lessons)
        .order_by("pk")
        .values_list("lesson", "pk", "title", "is_done")
    )


DUE_IN = Prepared(_due_in)


def due_marks(viewer: Viewer, lesson_ids: Sequence[int]) -> dict[int, list[Mark]]:
    """For a pupil and their family: each work due in these lessons, by its title. A pupil reads what they have done; of a family,
    whose children may share a class, it is only said that there is work."""
    found: dict[int, list[Mark]] = {}
    if viewer.is_staff:
        return found
    for lesson, pk, title, is_done in DUE_IN(viewer, tuple(lesson_ids)):
        if viewer.is_guardian:
            label, tone = _("Travail à faire"), "neutral"
        else:
            label, tone = (_("Fait"), "done") if is_done else (_("À faire"), "todo")
        href = url("homework:work", pk=pk)
        found.setdefault(lesson, []).append(Mark(label, tone, "notebook", href, title))
    return found


# Elsewhere on the site


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """The homework due between two days (two queries)."""
    return [_agenda_entry(viewer, row) for row in lines_of_work(viewer, first, last)]


def _agenda_entry(viewer: Viewer, row: WorkRow) -> AgendaEntry:
    return AgendaEntry(
        uid=f"travail-{row.pk}-{row.pupil_id}" if viewer.is_guardian else f"travail-{row.pk}",
        title=_("Travail à faire : %(subject)s") % {"subject": row.subject},
        starts=row.due_day,
        ends=row.due_day,
        whose=row.pupil if viewer.is_guardian else "",
        detail=" · ".join(filter(None, [row.title, row.takes])),
        word=_("Fait") if row.done else "",
        tone="done" if row.done else "neutral",
        url=url("homework:work", pk=row.pk),
        gesture=_("Voir le travail"),
        for_the_day=True,
    )
