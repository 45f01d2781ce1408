"""The day of a teacher, block by block: what is written of each, and the days that come next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Homework, LessonRecord
from preau.domains.timetable.models import Lesson, LessonQuerySet
from preau.foundation.text import natural

# How far one looks for the days that follow, and how many are proposed.
AHEAD, DAYS = timedelta(days=40), 8


@dataclass
class Block:
    """One moment of the day. `version` is 0 as long as nothing is written of it."""

    pk: int
    subject: str
    hours: str
    groups: str
    content: str = ""
    version: int = 0
    is_draft: bool = False
    works: list[Homework] = field(default_factory=list)

    def called(self, *, several: bool) -> str:
        """Its subject, and its class when the day has several."""
        return f"{self.subject}, {self.groups}" if several else self.subject


def is_primary(viewer: Viewer) -> bool:
    """Is the viewer's school an école, where a class has its teacher all day long?"""
    return viewer.school is not None and viewer.school.kind == School.Kind.ECOLE


def _own(viewer: Viewer) -> LessonQuerySet:
    given = Lesson.objects.in_school(viewer).held().filter(year=viewer.year)
    return given.taught_over_weeks(viewer.person)


def blocks_of(viewer: Viewer, day: date) -> list[Block]:
    """The blocks of a day in their order, with what is written and given in each (four queries)."""
    lessons = list(
        _own(viewer)
        .on(day)
        .select_related("subject", "school")
        .prefetch_related("groups")
        .order_by("starts", "pk")
    )
    records = {
        lesson_record.lesson_id: lesson_record
        for lesson_record in LessonRecord.objects.filter(lesson__in=lessons)
    }
    works = Homework.objects.kept().filter(record__in=records.values()).annotate(lesson=F("record__lesson"))
    given: dict[int, list[Homework]] = {}
    for work in works.order_by("due_day", "pk"):
        given.setdefault(work.lesson, []).append(work)
    return [_block(lesson, records.get(lesson.pk), given.get(lesson.pk, [])) for lesson in lessons]


def _block(lesson: Lesson, record: LessonRecord | None, works: list[Homework]) -> Block:
    groups = ", ".join(sorted((group.name for group in lesson.groups.all()), key=natural))
    block = Block(lesson.pk, lesson.subject.name, lesson.hours, groups, works=works)
    if record:
        block.content, block.version, block.is_draft = record.content, record.version, record.is_draft
    return block


def next_days(viewer: Viewer, day: date) -> list[date]:
    """The next days on which the viewer gives lessons, soonest first (one query)."""
    following = _own(viewer).filter(day__gt=day, day__lte=day + AHEAD)
    return list(following.order_by("day").values_list("day", flat=True).distinct()[:DAYS])


def day_before(viewer: Viewer, day: date) -> date | None:
    """The last day before this one on which the viewer gave lessons (one query)."""
    before = _own(viewer).filter(day__lt=day, day__gte=day - AHEAD).order_by("-day")
    return before.values_list("day", flat=True).first()


def groups_said(blocks: Sequence[Block]) -> str:
    """The class of the day, or the classes."""
    return ", ".join(dict.fromkeys(block.groups for block in blocks if block.groups))
