"""What pupils and their families read: what is to be done and for when, what was done in class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, School
from preau.directory.rules.subjects import Look, look_of
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Done, HandIn, Homework, LessonFile, LessonRecord
from preau.domains.homework.models.records import published
from preau.domains.homework.queries.concerned import ENROLMENTS, in_class_then
from preau.foundation import dates
from preau.foundation.boards import AgendaEntry
from preau.foundation.prepared import Prepared

# How far ahead the page of homework looks, and how long what was not handed in stays at its top.
AHEAD, BEHIND = timedelta(days=21), timedelta(days=30)
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

    def is_late(self, today: date) -> bool:
        """It was to be handed in online before today, and was not."""
        return self.hand_in == Homework.HandIn.ONLINE and not self.handed and self.due_day < today


@dataclass(frozen=True)
class DayOfWork:
    """What is due on one day."""

    day: date
    rows: list[WorkRow]

    @property
    def left(self) -> list[WorkRow]:
        return [row for row in self.rows if not row.done]

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
    told = theirs.annotate(
        is_done=Exists(Done.objects.filter(**mine)),
        is_handed=Exists(HandIn.objects.filter(**mine)),
        has_papers=Exists(LessonFile.objects.filter(homework=OuterRef("pk"))),
    )
    in_order = told.order_by("due_day", "record__subject__name", "pk", PUPIL)
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


def by_day(rows: Iterable[WorkRow]) -> list[DayOfWork]:
    return [DayOfWork(day, list(found)) for day, found in groupby(rows, key=lambda row: row.due_day)]


def tomorrow_first(days: Sequence[DayOfWork], today: date) -> list[DayOfWork]:
    """What is still to be done, then what was for today: in an école, it is in the bag already."""
    return [*(day for day in days if day.day > today), *(day for day in days if day.day <= today)]


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
    return ToDo(late, by_day(row for row in rows if row.due_day >= today))


def next_days(viewer: Viewer, days: int = 2) -> list[DayOfWork]:
    """What is due on the next days for which there is something, tomorrow first."""
    rows = lines_of_work(viewer, viewer.today + timedelta(days=1), viewer.today + timedelta(days=8))
    return by_day(rows)[:days]


def whole_work(pk: int) -> Homework:
    """A homework with all that its page says of it."""
    found = Homework.objects.select_related("record__subject", "record__lesson__school", "due_lesson__school")
    return found.select_related("given_by").get(pk=pk)


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
        .values_list("group__lessons", "pupil__given_name", "starts", "ends", "group__lessons__day")
    )
)


def done_lessons(viewer: Viewer, first: date, last: date) -> list[LessonDone]:
    """What was done between two days, newest first, with the homework given then (three queries at most)."""
    lines = RECORDS_BETWEEN(viewer, first, last)
    works: dict[int, list[Homework]] = {}
    for work in GIVEN(viewer, tuple(line[0] for line in lines)) if lines else []:
        works.setdefault(work.record_id, []).append(work)
    whose = _whose(viewer, [line[4] for line in lines]) if viewer.is_guardian and lines else {}
    return [
        LessonDone(pk, day, subject, content, ", ".join(whose.get(lesson, [])), works.get(pk, []))
        for pk, day, subject, content, lesson in lines
        if content or pk in works
    ]


def _whose(viewer: Viewer, lessons: Sequence[int]) -> dict[int, list[str]]:
    """By lesson, the children who were in it that day."""
    found: dict[int, list[str]] = {}
    for lesson, name, starts, ends, day in IN_LESSONS(viewer, tuple(lessons)):
        if (starts is None or starts <= day) and (ends is None or ends > day):
            names = found.setdefault(lesson, [])
            if name not in names:
                names.append(name)
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
        url=reverse("homework:work", kwargs={"pk": row.pk}),
        gesture=_("Voir le travail"),
        for_the_day=True,
    )
