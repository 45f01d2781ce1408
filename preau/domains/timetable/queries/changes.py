"""What lessons say of their own changes, and the list of changes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person
from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Lesson, LessonChange
from preau.foundation import dates

Kind = LessonChange.Kind
# What `Line` is made of.
CHANGE = (
    "lesson_id",
    "kind",
    "reason",
    "starts_before",
    "room_before__name",
    "room_before_id",
    "room_after_id",
    "teacher_before_id",
    "teacher_after_id",
    "teacher_after__civility",
    "teacher_after__given_name",
    "teacher_after__family_name",
)


@dataclass(frozen=True)
class ChangeWords:
    """One word on a lesson that is not as planned, and what was before."""

    word: str
    before: str = ""
    tone: str = "changed"
    icon: str = ""

    @property
    def label(self) -> str:
        """« Déplacé, était mardi 24 novembre à 9 h 00 »."""
        return f"{self.word}, {self.before}" if self.before else self.word


@dataclass(frozen=True)
class Line:
    lesson: int
    kind: str
    reason: str
    starts: datetime | None
    room: str | None
    room_before: int | None
    room_after: int | None
    teacher_before: int | None
    teacher_after: int | None
    civility: str | None
    given_name: str | None
    family_name: str | None

    @property
    def teacher(self) -> str:
        titles = {one.value: str(one.label) for one in Person.Civility}
        called = titles[self.civility] if self.civility else self.given_name
        return f"{called or ''} {self.family_name or ''}".strip()


@dataclass(frozen=True)
class Now:
    """Where a lesson is now, to be told from where it was."""

    pk: int
    starts: datetime
    zone: str
    room: str
    is_cancelled: bool


def said_of(lessons: Iterable[Now], lines: Iterable[Line]) -> dict[int, list[ChangeWords]]:
    """What is to say of these lessons, which were changed at least once, from their changes in force, in their order."""
    known = {lesson.pk: lesson for lesson in lessons}
    of_each: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        of_each[line.lesson].append(line)
    return {pk: _said(now, of_each[pk]) for pk, now in known.items()}


def _said(now: Now, lines: Sequence[Line]) -> list[ChangeWords]:
    """Cancelled says it all; else what moved, who came, which room, against what was planned at first."""
    if now.is_cancelled:
        reason = next((line.reason for line in lines if line.kind == Kind.CANCELLED), "")
        why = str(LessonChange.Reason(reason).label).lower() if reason else ""
        return [ChangeWords(_("Annulé"), why, icon="x")]
    found = [
        ChangeWords(_("Ajouté"), tone="neutral", icon="plus") for line in lines if line.kind == Kind.ADDED
    ]
    moved = next((line.starts for line in lines if line.kind == Kind.MOVED), None)
    if moved and moved != now.starts:
        found.append(ChangeWords(_("Déplacé"), _("était %(when)s") % {"when": moment_said(moved, now.zone)}))
    found += _replaced(lines)
    room = next((line for line in lines if line.room_before != line.room_after), None)
    if room and (room.room or "") != now.room:
        was = _("était %(room)s") % {"room": place_of(room.room)} if room.room else _("était sans salle")
        found.append(ChangeWords(_("Salle changée"), was))
    return found


def _replaced(lines: Sequence[Line]) -> list[ChangeWords]:
    replaced = [line for line in lines if line.kind == Kind.REPLACED]
    gone = {line.teacher_before for line in replaced}
    return [
        ChangeWords(_("Remplacé par %(who)s") % {"who": line.teacher})
        for line in replaced
        if line.teacher_after not in gone
    ]


def moment_said(moment: datetime, zone: str) -> str:
    """« mardi 24 novembre à 9 h 00 », on the school's wall."""
    local = dates.local(moment, zone)
    return _("%(day)s à %(hour)s") % {"day": dates.day(local.date()), "hour": dates.hour(local.time())}


@dataclass(frozen=True)
class ChangeRow:
    """One change as its list and the page of its lesson show it."""

    pk: int
    lesson_id: int
    kind: str
    what: str
    when: str
    before: str
    after: str
    reason: str
    note: str
    made: str
    undone: str
    is_over: bool
    # Who changed the room, of a change of rooms: they may take it back.
    room_by: int = 0

    @property
    def is_undone(self) -> bool:
        return bool(self.undone)

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)


def changes_of(
    viewer: Viewer, first: date | None = None, last: date | None = None
) -> "QuerySet[LessonChange]":
    """The changes of the lessons of these days, or whose lessons left them; the newest first."""
    found = LessonChange.objects.visible_to(viewer).filter(lesson__year=viewer.year)
    if first and last:
        planned = Q(lesson__pattern_day__range=(first, last))
        found = found.filter(Q(lesson__day__range=(first, last)) | planned)
    return with_all(found)


def changes_of_lesson(lesson: Lesson) -> list[ChangeRow]:
    """Everything that was done to a lesson, the newest first: without its groups, which its page says (one query)."""
    return [_row(change, "") for change in with_people(LessonChange.objects.filter(lesson=lesson))]


def with_all(found: "QuerySet[LessonChange]") -> "QuerySet[LessonChange]":
    """What a row shows, in two queries."""
    return with_people(found).prefetch_related("lesson__groups")


def with_people(found: "QuerySet[LessonChange]") -> "QuerySet[LessonChange]":
    """The same without the groups, in one."""
    people = ("teacher_before", "teacher_after", "made_by", "undone_by")
    found = found.select_related("lesson__subject", "lesson__school", "room_before", "room_after", *people)
    return found.order_by("-made_at", "-pk")


def rows_of(changes: Iterable[LessonChange]) -> list[ChangeRow]:
    return [_row(change, ", ".join(group.name for group in change.lesson.groups.all())) for change in changes]


def _row(change: LessonChange, groups: str) -> ChangeRow:
    lesson, zone = change.lesson, change.lesson.school.timezone
    return ChangeRow(
        pk=change.pk,
        lesson_id=lesson.pk,
        kind=change.kind,
        what=f"{lesson.subject.name}, {groups}" if groups else lesson.subject.name,
        when=f"{dates.capital(dates.day(lesson.day))}, {lesson.hours}",
        before=_side(change, zone, after=False),
        after=_side(change, zone, after=True),
        reason=change.get_reason_display() if change.reason else "",
        note=change.note,
        made=_by(change.made_by, change.made_at),
        undone=_by(change.undone_by, change.undone_at) if change.undone_at else "",
        is_over=lesson.ends <= timezone.now(),
        room_by=(change.made_by_id or 0) if change.kind == Kind.ROOM else 0,
    )


def _side(change: LessonChange, zone: str, *, after: bool) -> str:
    """What a change touched, as it was or as it is: « mardi 24 novembre, 9 h 00 – 9 h 55 · salle 204 »."""
    starts, ends, room, teacher = (
        (change.starts_after, change.ends_after, change.room_after, change.teacher_after)
        if after
        else (change.starts_before, change.ends_before, change.room_before, change.teacher_before)
    )
    parts = []
    if starts and ends:
        parts.append(f"{dates.day(dates.local(starts, zone).date())}, {dates.hours(starts, ends, zone)}")
    if change.kind == Kind.ROOM or change.moves_room:
        parts.append(room.place if room else _("sans salle"))
    if teacher:
        parts.append(teacher.formal_name)
    return " · ".join(parts)


def _by(person: Person | None, moment: datetime | None) -> str:
    when = dates.day_and_hour(moment) if moment else ""
    return f"{person.full_name}, {when}" if person else when
