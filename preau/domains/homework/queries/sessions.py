"""A teacher's lessons and their records: what is filled, what is missing, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Correction, Homework, LessonNote, LessonRecord
from preau.domains.homework.models.records import taught_by
from preau.domains.homework.queries.copies import WAITING, number_of, numbered
from preau.domains.homework.queries.load import limit_for
from preau.domains.timetable.boards import Mark
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import (
    LessonRow,
    lines_of,
    lines_with_groups,
    own_rows,
    rows_from,
    short_rows_from,
)
from preau.foundation import dates
from preau.foundation.prepared import Prepared

# The home and « Mes séances » remind of a lesson for so long; the list of all of them, for the whole year.
REMINDED = timedelta(days=7)
MOST_NEXT = 6
WORK_ALONE = gettext_lazy("Travail donné, contenu à écrire")


@dataclass(frozen=True)
class RecordFacts:
    """What a list says of a record: its state, when families read it, what was given in it."""

    state: str
    shown: str
    appears_at: datetime | None
    works: int
    filled: bool

    def tag(self, now: datetime, zone: str) -> tuple[str, str]:
        """The word and the tone of its state."""
        if self.state == LessonRecord.State.DRAFT:
            return (_("Brouillon"), "todo")
        if self.appears_at is None:
            return (_("Pas encore visible"), "neutral")
        if self.appears_at > now:
            when = dates.day_and_hour(dates.local(self.appears_at, zone))
            return (_("Visible %(when)s") % {"when": when}, "neutral")
        return (_("Publié"), "done")


@dataclass
class Session:
    """One lesson of a teacher, and its record when there is one."""

    lesson: LessonRow
    is_cancelled: bool
    record: RecordFacts | None
    now: datetime = field(repr=False)

    @property
    def is_missing(self) -> bool:
        """It has begun, it was held, and nothing says what was done in it, were homework given."""
        filled = self.record is not None and self.record.filled
        return not filled and not self.is_cancelled and self.lesson.starts <= self.now

    @property
    def tag(self) -> tuple[str, str] | None:
        if self.record and self.is_missing and self.record.state == LessonRecord.State.READY:
            return (str(WORK_ALONE) if self.record.works else _("À remplir"), "todo")
        if self.record:
            return self.record.tag(self.now, self.lesson.zone)
        if self.is_cancelled:
            return (_("Cours annulé"), "changed")
        return (_("À remplir"), "todo") if self.is_missing else None


def is_filled() -> Exists:
    """Of a lesson: its record says what was done in it, in a text or a document: homework alone does not."""
    condition = ~Q(content="") | Q(papers__isnull=False, papers__homework=None)
    return Exists(LessonRecord.objects.filter(condition, lesson_id=OuterRef("pk")))


FACTS = Prepared(
    lambda lessons: (
        Lesson.objects.filter(pk__in=lessons)
        .annotate(works=Count("record__works", filter=Q(record__works__removed_at=None)), filled=is_filled())
        .order_by()
        .values_list(
            "pk",
            "state",
            "starts",
            "ends",
            "record__state",
            "record__shown",
            "record__shown_at",
            "works",
            "filled",
        )
    )
)


def sessions_of(viewer: Viewer, first: date, last: date) -> list[Session]:
    """The viewer's lessons between two days, with what their records say (three queries)."""
    return with_records(own_rows(viewer, first, last))


def with_records(rows: Sequence[LessonRow]) -> list[Session]:
    """These lessons, with what their records say (one query)."""
    now = timezone.now()
    known = {line[0]: line[1:] for line in FACTS(tuple(row.pk for row in rows))} if rows else {}
    return [_session(row, known[row.pk], now) for row in rows]


def _session(row: LessonRow, facts: tuple, now: datetime) -> Session:  # type: ignore[type-arg]
    state, starts, ends, record, shown, shown_at, works, filled = facts
    cancelled = state == Lesson.State.CANCELLED
    if record is None:
        return Session(row, cancelled, None, now)
    moments = {LessonRecord.Shown.START: starts, LessonRecord.Shown.END: ends}
    at = shown_at if shown == LessonRecord.Shown.HOUR else None if cancelled else moments[shown]
    return Session(row, cancelled, RecordFacts(record, shown, at, works, filled), now)


def _missing(viewer: Viewer, first: date, now: datetime) -> "QuerySet[Lesson]":
    """Lessons of the viewer that began and whose content is not written; a draft is written, homework alone is not."""
    given = Lesson.objects.in_school(viewer).held().taught_over_weeks(viewer.person)
    return given.filter(~is_filled(), day__gte=first, starts__lte=now)


MISSING = Prepared(lambda viewer, first, now: lines_with_groups(_missing(viewer, first, now)))


def missing_rows(viewer: Viewer) -> list[LessonRow]:
    """The lessons of the last seven days that are to be filled, newest first (one query)."""
    return short_rows_from(MISSING(viewer, viewer.today - REMINDED, timezone.now()))[::-1]


def missing_of_year(viewer: Viewer) -> "QuerySet[Lesson]":
    """Every lesson of the year that is to be filled, newest first, to be paged."""
    first = viewer.year.starts if viewer.year else viewer.today
    return _missing(viewer, first, timezone.now()).order_by("-starts", "-pk")


def rows_of_page(lessons: "Sequence[Lesson]") -> list[LessonRow]:
    """The lessons of a page, in its order (two queries)."""
    rows = {
        row.pk: row
        for row in rows_from(lines_of(Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons])))
    }
    return [rows[lesson.pk] for lesson in lessons]


# One lesson


def record_of(lesson: Lesson, author: int = 0) -> LessonRecord | None:
    """The record of a lesson, with the lesson itself at hand, `own_note`, what `author` notes of it for themselves, and whether it
    `is_corrected`: changed once families could read it."""
    note = LessonNote.objects.filter(record=OuterRef("pk"), author=author).values("text")[:1]
    found = LessonRecord.objects.filter(lesson=lesson).select_related("written_by")
    found = found.annotate(is_corrected=Exists(Correction.objects.filter(record=OuterRef("pk"))))
    record = found.annotate(own_note=Coalesce(Subquery(note), Value(""), output_field=TextField())).first()
    if record:
        record.lesson = lesson
    return record


@dataclass(frozen=True)
class Unfilled:
    """A lesson whose content is not written; `taught`: the viewer gives it."""

    pk: int
    day: date
    taught: bool


def before(viewer: Viewer, lesson: Lesson) -> tuple[LessonRecord | None, Unfilled | None]:
    """Of the same subject with the same classes or groups: what was written last, a colleague’s once it is published; and the last
    lesson held, if its content is not written (one query)."""
    earlier = Lesson.objects.filter(
        school_id=lesson.school_id,
        year_id=lesson.year_id,
        starts__lt=lesson.starts,
        groups__in=lesson.groups.values("pk"),
    )
    records = LessonRecord.objects.visible_to(viewer).filter(
        school_id=lesson.school_id, subject_id=lesson.subject_id, lesson__in=earlier.values("pk")
    )
    former = records.order_by("-lesson__starts", "-pk").values("lesson")[:1]
    held = earlier.held().filter(subject_id=lesson.subject_id, ends__lte=viewer.moment)
    last = held.order_by("-starts", "-pk").values("pk")[:1]
    found = Lesson.objects.annotate(
        former=Subquery(former),
        last=Subquery(last),
        filled=is_filled(),
        taught=taught_by(viewer.person.pk, "pk"),
    )
    found = found.filter(Q(pk=F("former")) | Q(pk=F("last"))).select_related(
        "school", "record__written_by", "record__subject"
    )
    record, unfilled = None, None
    for one in found:
        if one.pk == one.former:
            record = one.record
            record.lesson = one
        if one.pk == one.last and not one.filled:
            unfilled = Unfilled(one.pk, one.day, one.taught)
    return record, unfilled


def due_for(viewer: Viewer, lesson: Lesson) -> list[Homework]:
    """For whoever gives this lesson: what was given for it; or for its day, in its subject and to its classes or groups. Each says
    its copies (one query)."""
    return list(numbered(_due_for(viewer, lesson)).select_related("record__subject").order_by("pk"))


def _due_for(viewer: Viewer, lesson: Lesson) -> "QuerySet[Homework]":
    same = Lesson.groups.through.objects.filter(
        lesson_id=OuterRef("record__lesson_id"), group_id__in=lesson.groups.values("pk")
    )
    of_day = Q(Exists(same), due_lesson=None, due_day=lesson.day, record__subject=lesson.subject_id)
    gives = Lesson.teachers.through.objects.filter(lesson_id=lesson.pk, person_id=viewer.person.pk)
    return Homework.objects.visible_to(viewer).kept().filter(Q(due_lesson=lesson) | of_day, Exists(gives))


def due_part(viewer: Viewer, lesson: Lesson) -> dict[str, Any] | None:
    """On the page of a lesson, for whoever gives it: what is due for it (one query)."""
    due = due_for(viewer, lesson)
    return {"due": due, "day": lesson.day, "today": viewer.today} if due else None


def works_of(*records: LessonRecord | None) -> list[Homework]:
    """What was given in these lessons, taken away too, each with how many pupils it is for (one query)."""
    known = {record.pk: record for record in records if record is not None}
    return _works(known, Homework.objects.filter(record__in=list(known))) if known else []


def works_around(
    viewer: Viewer, lesson: Lesson, *records: LessonRecord | None
) -> tuple[list[Homework], list[Homework]]:
    """`works_of` these lessons, and what is `due_for` this one (one query)."""
    known = {record.pk: record for record in records if record is not None}
    due = _due_for(viewer, lesson)
    found = Homework.objects.filter(Q(record__in=list(known)) | Q(pk__in=due.values("pk")))
    works = _works(known, numbered(found).annotate(is_due=Exists(due.filter(pk=OuterRef("pk")))))
    given = [work for work in works if work.record_id in known]
    return given, sorted((work for work in works if work.is_due), key=attrgetter("pk"))


def _works(known: Mapping[int, LessonRecord], works: "QuerySet[Homework]") -> list[Any]:
    found = works.annotate(number=Count("pupils"), waiting=number_of(WAITING))
    given = list(found.select_related("due_lesson__school", "record__subject").order_by("due_day", "pk"))
    for work in given:
        work.record = known.get(work.record_id, work.record)
    return given


def following(
    lesson: Lesson, count: int = MOST_NEXT, teacher: int | None = None, after: datetime | None = None
) -> list[Lesson]:
    """The next lessons of the same subject for the same groups, soonest first; of one teacher when `teacher` says which, not yet
    begun `after` a moment: work is not given for a lesson that is over, and one of the same day comes last: nobody works in the break.
    Each says the `limit` of minutes that the school advises for a day of its class (see `loads_of`)."""
    same = Lesson.objects.held().filter(
        school_id=lesson.school_id,
        year_id=lesson.year_id,
        subject_id=lesson.subject_id,
        starts__gt=max(lesson.starts, after or lesson.starts),
        groups__in=lesson.groups.values("pk"),
    )
    if teacher:
        same = same.filter(taught_by(teacher, "pk"))
    same = same.annotate(limit=Subquery(limit_for(lesson.pk)))
    found = list(same.select_related("school").distinct().order_by("starts", "pk")[:count])
    days = {lesson.day, dates.local(after).date()} if after else set()
    return sorted(found, key=lambda one: one.day in days)


def level_of(groups: Sequence[Group]) -> str:
    """The level of the first class or group that says one."""
    return next((group.level for group in groups if group.level), "")


# What a lesson shows of it elsewhere

MARKS = Prepared(
    lambda viewer, lessons: (
        Lesson.objects.filter(pk__in=lessons, teachers=viewer.person.pk)
        .annotate(
            filled=is_filled(), given=Exists(Homework.objects.kept().filter(record__lesson=OuterRef("pk")))
        )
        .values_list("pk", "starts", "record__state", "filled", "given")
    )
)


def marks_of(viewer: Viewer, lesson_ids: Sequence[int]) -> dict[int, Mark]:
    """For whoever gives them: what is written of a lesson, and the gesture to write it."""
    if not viewer.is_staff:
        return {}
    now = timezone.now()
    # A lesson to come is prepared from its own page; a day of them would say it on each line.
    alone = len(lesson_ids) == 1
    marks = {
        pk: _mark(pk, state, filled=filled, given=given, has_begun=starts <= now, alone=alone)
        for pk, starts, state, filled, given in MARKS(viewer, tuple(lesson_ids))
    }
    return {pk: mark for pk, mark in marks.items() if mark}


def _mark(
    pk: int, state: str | None, *, filled: bool, given: bool, has_begun: bool, alone: bool
) -> Mark | None:
    href = reverse("homework:record", kwargs={"pk": pk})
    if state == LessonRecord.State.READY and not filled and given:
        gesture = _("Écrire le contenu") if has_begun else _("Préparer la séance")
        return Mark(str(WORK_ALONE), icon="pencil", href=href, gesture=gesture)
    if state == LessonRecord.State.READY and filled:
        return Mark(_("Contenu écrit"), tone="done", icon="check", href=href, gesture=_("Relire"))
    if state == LessonRecord.State.DRAFT:
        return Mark(_("Contenu en brouillon"), icon="pencil", href=href, gesture=_("Finir"))
    if not has_begun:
        return (
            Mark(_("Rien de préparé"), icon="pencil", href=href, gesture=_("Préparer la séance"))
            if alone
            else None
        )
    return Mark(_("Contenu à écrire"), icon="pencil", href=href, gesture=_("Écrire le contenu"))


# What was changed


@dataclass(frozen=True)
class Step:
    """One line of the history of a record: when, by whom, and what families read before."""

    when: str
    title: str
    content: str
    works: list[dict[str, object]]
    papers: list[str]


def history_of(record: LessonRecord) -> list[Step]:
    """What families could read before each change, newest first (one query)."""
    found = record.corrections.select_related("corrected_by").order_by("-pk")
    return [
        Step(
            dates.capital(dates.day_and_hour(correction.corrected_at)),
            _("Corrigé par %(name)s") % {"name": correction.corrected_by.full_name},
            correction.content,
            correction.works,
            correction.papers,
        )
        for correction in found
    ]
