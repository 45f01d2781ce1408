"""Weeks of attendance written in bulk: the rows that the actions would have left, without a trace nor a letter."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Q
from django.utils import timezone

from preau.directory.models import Enrolment, School
from preau.domains.attendance.actions.rolls import absences_recorded
from preau.domains.attendance.models import Entry, EntryChange, RollCall, Status
from preau.domains.attendance.seeds import excuses, told, whims
from preau.domains.timetable.models import Lesson, LessonQuerySet
from preau.foundation.db import insert

# School days called before today: a month in the collège, less elsewhere.
DAYS = {School.Kind.COLLEGE.value: 20}
USUAL_DAYS = 8
FORGOTTEN = timedelta(minutes=15)
MIDDAY = 13
LETTERS = 5
Marks = dict[tuple[int, int], tuple[str, int | None]]  # lesson and pupil → status and minutes


@dataclass
class Scene:
    """What happens to one of the cast: so many days of school ago, absent at the first lessons (all of them: 99) or
    late; what the family said of it, and who."""

    who: str
    days_ago: int
    lessons: int = 2
    minutes_late: int | None = None
    answer: str = ""
    by: str = ""


LATES = [(3, 6), (5, 11), (8, 5), (9, 7), (12, 8), (14, 4)]
SCENES = [
    Scene("pupil", 1),
    Scene("pupil", 7, lessons=4, answer="accepted", by="guardian"),
    # Six times late in four weeks, which is what her family is asked about (the threshold of accompaniments).
    *(Scene("pupil", ago, lessons=1, minutes_late=late) for ago, late in LATES),
    Scene("sibling", 1, answer="pending", by="guardian"),
    Scene("teacher_child", 1),
    Scene("ward", 3),
    Scene("unreachable_child", 1, lessons=99),
    Scene("adult_pupil", 1),
    Scene("adult_pupil", 6, lessons=99, answer="accepted", by="adult_pupil"),
    Scene("lycee_pupil_turning_18", 1),
]


@dataclass
class CalledLesson:
    """A lesson whose roll is called: by whom, and who was expected."""

    pk: int
    day: date
    starts: datetime
    morning: bool
    teacher: int
    groups: list[int] = field(default_factory=list)


def plant(world: Any) -> None:
    """The weeks before today. The teacher of the cast has forgotten her last call; some of the cast have a scene."""
    school, now = world.school, timezone.now()
    before = Lesson.objects.held().filter(school=school, day__lt=world.today).exclude(pattern=None)
    days = list(before.order_by("-day").values_list("day", flat=True).distinct()[: _days(school)])
    past = Lesson.objects.held().filter(school=school, day__gte=min(days, default=world.today))
    forgotten = before.taught_by(world.people["teacher"]).order_by("starts").last()
    written = call(school, past.exclude(pk=forgotten.pk) if forgotten else past, now, _scenes(world, days))
    excuses.write(school, written, now, _answers(world, days))
    told.tell(school)


def _days(school: School) -> int:
    return DAYS.get(school.kind, USUAL_DAYS)


def _scenes(world: Any, days: list[date]) -> dict[int, dict[date, Scene]]:
    """By pupil of the cast, then by day; a pupil who has a scene is never missing otherwise."""
    found: dict[int, dict[date, Scene]] = defaultdict(dict)
    for scene in SCENES:
        if scene.days_ago <= len(days):
            found[world.people[scene.who].pk][days[scene.days_ago - 1]] = scene
    return found


def _answers(world: Any, days: list[date]) -> dict[tuple[int, date], excuses.Answer]:
    staged = _scenes(world, days)
    return {
        (pupil, day): excuses.Answer(scene.answer, world.people[scene.by].pk if scene.by else None)
        for pupil, scenes in staged.items()
        for day, scene in scenes.items()
    }


def catch_up() -> None:
    """The demonstration starts again, days later perhaps: the calls made since the last one."""
    called = Max("roll_calls__lesson__starts", filter=~Q(roll_calls__lesson__pattern=None))
    now = timezone.now()
    for school in School.objects.annotate(last_call=called).exclude(last_call=None):
        written = call(school, Lesson.objects.filter(school=school, starts__gt=school.last_call), now, {})
        excuses.write(school, written, now, {})


def call(
    school: School, lessons: LessonQuerySet, now: datetime, scenes: Mapping[int, Mapping[date, Scene]]
) -> list[Entry]:
    """Call the rolls of these lessons that began a quarter of an hour ago; returns the absences.

    A lesson that a visitor of the demonstration gives now is left to them: somebody with an account, whose guide of the first
    visits is still out. Families hear of some of today's absences.
    """
    started = lessons.filter(starts__lte=now - FORGOTTEN, roll_call=None).exclude(pattern=None)
    theirs = Lesson.objects.filter(ends__gt=now, teachers__account__guides_read=[])
    called = list(_read(started.exclude(pk__in=theirs.values("pk")), school))
    enrolled = Enrolled(school)
    insert([_roll(school, lesson, enrolled) for lesson in called])
    entries = _write(school, called, _marks(enrolled, called, scenes))
    absences = [entry for entry in entries if entry.status == Status.ABSENT]
    today = timezone.localdate(now, ZoneInfo(school.timezone))
    fresh = [entry.pk for entry in absences if entry.day == today][:LETTERS]
    if fresh:
        absences_recorded.send(sender=Entry, entry_ids=fresh)
    return absences


def _read(lessons: LessonQuerySet, school: School) -> Iterator[CalledLesson]:
    """The lessons in order, each with its first teacher and its groups."""
    zone, found = ZoneInfo(school.timezone), {}
    lines = lessons.exclude(teachers=None).order_by("starts", "pk", "teachers")
    for pk, day, starts, teacher, group in lines.values_list("pk", "day", "starts", "teachers", "groups"):
        morning = starts.astimezone(zone).hour < MIDDAY
        lesson = found.setdefault(pk, CalledLesson(pk, day, starts, morning, teacher))
        if group not in lesson.groups:
            lesson.groups.append(group)
    yield from found.values()


def _marks(
    enrolled: "Enrolled", called: Iterable[CalledLesson], scenes: Mapping[int, Mapping[date, Scene]]
) -> Marks:
    """Who is missing or late, lesson after lesson."""
    marks: Marks = {}
    seen: dict[tuple[int, date], int] = defaultdict(int)
    for lesson in called:
        expected = {pupil for group in lesson.groups for pupil in enrolled.on(group, lesson.day)}
        for pupil in sorted(expected):
            rank = seen[pupil, lesson.day]
            seen[pupil, lesson.day] += 1
            if pupil in scenes:
                mark = _staged(scenes[pupil].get(lesson.day), rank)
            else:
                mark = _drawn(pupil, lesson, rank)
            if mark:
                marks[lesson.pk, pupil] = mark
    return marks


def _staged(scene: Scene | None, rank: int) -> tuple[str, int | None] | None:
    if scene is None or rank >= scene.lessons:
        return None
    return (Status.LATE, scene.minutes_late) if scene.minutes_late else (Status.ABSENT, None)


def _drawn(pupil: int, lesson: CalledLesson, rank: int) -> tuple[str, int | None] | None:
    if whims.is_missing(pupil, lesson.day, morning=lesson.morning):
        return Status.ABSENT, None
    minutes = whims.minutes_late(pupil, lesson.pk, first=rank == 0)
    return (Status.LATE, minutes) if minutes else None


class Enrolled:
    """Who is in which group of a school, by day, read once."""

    def __init__(self, school: School) -> None:
        self._of: dict[int, list[tuple[int, date | None, date | None, int]]] = defaultdict(list)
        rows = Enrolment.objects.filter(school=school).values_list(
            "group_id", "pupil_id", "starts", "ends", "pk"
        )
        for group, *row in rows:
            self._of[group].append(tuple(row))

    def on(self, group: int, day: date) -> list[int]:
        return [
            pupil
            for pupil, starts, ends, _pk in self._of[group]
            if (starts is None or starts <= day) and (ends is None or ends > day)
        ]

    def listed_to(self, lesson: CalledLesson) -> int | None:
        """The newest enrolment of its list, each pupil by the oldest that brings them there."""
        oldest: dict[int, int] = {}
        for group in lesson.groups:
            for pupil, starts, ends, pk in self._of[group]:
                if (starts is None or starts <= lesson.day) and (ends is None or ends > lesson.day):
                    oldest[pupil] = min(pk, oldest.get(pupil, pk))
        return max(oldest.values(), default=None)


def _roll(school: School, lesson: CalledLesson, enrolled: Enrolled) -> RollCall:
    return RollCall(
        school_id=school.pk,
        lesson_id=lesson.pk,
        called_by_id=lesson.teacher,
        called_at=_called_at(lesson),
        listed_to=enrolled.listed_to(lesson),
    )


def _called_at(lesson: CalledLesson) -> datetime:
    return lesson.starts + timedelta(minutes=3 + lesson.pk % 6)


def _write(school: School, called: Iterable[CalledLesson], marks: Marks) -> list[Entry]:
    lessons = {lesson.pk: lesson for lesson in called}
    entries = [
        Entry(
            school_id=school.pk,
            lesson_id=lesson,
            pupil_id=pupil,
            day=lessons[lesson].day,
            status=status,
            minutes_late=minutes,
        )
        for (lesson, pupil), (status, minutes) in marks.items()
    ]
    insert(entries)
    insert([_change(entry, lessons[entry.lesson_id]) for entry in entries])
    return entries


def _change(entry: Entry, lesson: CalledLesson) -> EntryChange:
    """What the teacher noted. Who comes in after the call is noted late then."""
    at = max(_called_at(lesson), lesson.starts + timedelta(minutes=entry.minutes_late or 0))
    return EntryChange(
        school_id=entry.school_id,
        entry_id=entry.pk,
        status=entry.status,
        minutes_late=entry.minutes_late,
        changed_by_id=lesson.teacher,
        changed_at=at,
    )
