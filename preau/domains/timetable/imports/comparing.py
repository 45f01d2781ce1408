"""What the courses of a file change here: against what the last file of this format said, and what people made of it since."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q

from preau.directory.models import SchoolYear
from preau.domains.timetable.imports.resolving import Course
from preau.domains.timetable.imports.weeks import Weeks
from preau.domains.timetable.models import TimetableImport, ToldCourse, WeeklyPattern
from preau.domains.timetable.queries.told import SlotWords, said_of

Sign = tuple[Hashable, ...]
Scope = TimetableImport.Scope


@dataclass(eq=False)
class KnownCourse:
    """A course that a file told before. `here`: the weekly lesson that it is now, None when people took it away."""

    key: str
    said: SlotWords
    here: WeeklyPattern | None
    told: ToldCourse | None = None

    def by_hand(self, start: date) -> set[str]:
        """What people changed of it since."""
        if self.here is None:
            return {"last"}
        former, mine = self.said.parts(start), said_of(self.here).parts(start)
        return {name for name in former if former[name] != mine[name]}

    def differs(self, course: "Course", start: date) -> bool:
        """Is it here, by somebody's hand, something else than this file says?"""
        theirs = said_by(course).parts(start)
        if self.here is None:
            return course.last >= start
        mine = said_of(self.here).parts(start)
        return any(theirs[name] != mine[name] for name in self.decisions(set(theirs)))

    def decisions(self, names: set[str]) -> set[str]:
        """Those of these parts that say a decision on this course: the weeks that an alternation gains or loses are none."""
        is_own = self.told is not None and self.told.changed_at is not None
        return names - ({"first"} if is_own else {"first", "weeks"})

    def goes_on(self, start: date) -> bool:
        return self.here is not None and self.here.last_day >= start


@dataclass(eq=False)
class Conflict:
    """The file changed what people changed too. `mine` and `theirs`: what it would be, None when it stops or stays as it is.

    `course` is None when the file says no more of it; `is_over`: people stopped it, and the file goes on with it otherwise.
    """

    known: KnownCourse
    course: Course | None = None
    mine: Course | None = None
    theirs: Course | None = None
    is_over: bool = False


@dataclass
class Comparison:
    """Each course is in one of the first four lists. `pairs`: which course is which; `gone`: those of which the file says no more."""

    created: list[Course] = field(default_factory=list)
    changed: list[tuple[WeeklyPattern, Course]] = field(default_factory=list)
    unchanged: list[tuple[KnownCourse, Course]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    stopped: list[WeeklyPattern] = field(default_factory=list)
    pairs: list[tuple[KnownCourse, Course]] = field(default_factory=list)
    gone: list[KnownCourse] = field(default_factory=list)


def known_courses(year: SchoolYear, source: str) -> list[KnownCourse]:
    """Those that files of this format told; what was imported before that was kept is what it is here."""
    memories = ToldCourse.objects.filter(year=year, source=source).select_related(
        "pattern__subject", "pattern__room", "pattern__alternation", "changed_by"
    )
    memories = memories.prefetch_related("pattern__groups", "pattern__teachers")
    found = [
        KnownCourse(told_course.key, SlotWords.read(told_course.said), told_course.pattern, told_course)
        for told_course in memories
    ]
    rows = WeeklyPattern.objects.filter(~Q(source_key=""), year=year, source=source, told_as=None)
    rows = rows.exclude(source_key__in=ToldCourse.objects.filter(year=year, source=source).values("key"))
    rows = rows.select_related("subject", "room", "alternation").prefetch_related("groups", "teachers")
    return found + [KnownCourse(row.source_key, said_of(row), row) for row in rows.order_by("pk")]


def compared(courses: Sequence[Course], known: Sequence[KnownCourse], start: date, scope: str) -> Comparison:
    """`start`: the first day on which anything may change. `scope`: which courses the file tells whole."""
    return _Comparing(courses, known, start, scope).result


def said_by(course: Course) -> SlotWords:
    """What a file says of a course; a subject or a room that is not saved yet is its word."""
    slot, room = course.slot, course.room
    return SlotWords(
        course.subject.pk or course.subject.code,
        frozenset(group.pk for group in course.groups),
        frozenset(teacher.pk for teacher in course.teachers),
        room and (room.pk or room.name),
        slot.weekday,
        slot.starts,
        slot.ends,
        course.weeks,
        course.first,
        course.last,
    )


class _Comparing:
    def __init__(
        self, courses: Sequence[Course], known: Sequence[KnownCourse], start: date, scope: str
    ) -> None:
        self.start, self.result = start, Comparison()
        self.courses = {id(course): course for course in courses}
        self.known = {known_course.key: known_course for known_course in known}
        for course in courses:
            if old := self.known.get(course.key):
                self._pair(old, course)
        self._match(self._sign, self._sign)
        self._leave_out(courses, scope)
        for likeness in _LIKENESSES:
            self._match(likeness, likeness)
        for old in self.known.values():
            self._gone(old)
        self.result.created += self.courses.values()

    def _sign(self, words: SlotWords) -> Sign:
        return tuple(words.parts(self.start).values())

    def _leave_out(self, courses: Sequence[Course], scope: str) -> None:
        """Those that the file does not tell of are neither changed nor stopped by its silence."""
        if scope == Scope.ALL:
            return
        classes = (
            {group.pk for course in courses for group in course.groups} if scope == Scope.CLASSES else set()
        )
        self.known = {key: one for key, one in self.known.items() if classes and one.said.groups <= classes}

    def _match(self, old_is: Callable[[SlotWords], Sign], new_is: Callable[[SlotWords], Sign]) -> None:
        """Pair what is left and alike, in order; what is over is left to its past."""
        waiting: dict[Sign, list[KnownCourse]] = defaultdict(list)
        for old in self.known.values():
            if old.said.last >= self.start:
                waiting[old_is(old.said)].append(old)
        for course in list(self.courses.values()):
            if alike := waiting.get(new_is(said_by(course))):
                self._pair(alike.pop(0), course)

    def _pair(self, known: KnownCourse, course: Course) -> None:
        del self.courses[id(course)], self.known[known.key]
        self.result.pairs.append((known, course))
        theirs, former = said_by(course).parts(self.start), known.said.parts(self.start)
        if theirs == former:
            self.result.unchanged.append((known, course))
        elif known.goes_on(self.start):
            self._merge(known, course, former, theirs)
        elif known.said.last >= self.start:
            self.result.conflicts.append(Conflict(known, course, theirs=course, is_over=True))
        elif known.here:
            self.result.changed.append((known.here, course))
        else:
            self.result.created.append(course)

    def _merge(
        self, known: KnownCourse, course: Course, former: dict[str, Any], theirs: dict[str, Any]
    ) -> None:
        """What the file left alone stays as it is here, what people left alone follows the file; both: it is for somebody to say."""
        here, original = known.here, course
        assert here is not None  # noqa: S101 - it goes on
        mine = said_of(here).parts(self.start)
        own = {name for name in former if mine[name] != former[name]}
        new = {name for name in former if theirs[name] != former[name]}
        if "first" in own:
            # Not before the day that somebody chose, whatever happens.
            course = replace(course, first=max(course.first, here.first_day))
        both = {name for name in own & new if mine[name] != theirs[name]} - {"first"}
        kept = _mixed(course, here, (own - {"first"}) | both)
        if both:
            left = None if said_by(kept).parts(self.start) == mine else kept
            taken = _mixed(course, here, own - both - {"first"})
            self.result.conflicts.append(Conflict(known, original, mine=left, theirs=taken))
        elif said_by(kept).parts(self.start) == mine:
            self.result.unchanged.append((known, original))
        else:
            self.result.changed.append((here, kept))

    def _gone(self, known: KnownCourse) -> None:
        """Of which the file says no more: it stops, unless people changed it themselves."""
        self.result.gone.append(known)
        if known.here is None or not known.goes_on(self.start):
            return
        if known.decisions(known.by_hand(self.start)):
            self.result.conflicts.append(Conflict(known))
        else:
            self.result.stopped.append(known.here)


def _mixed(course: Course, here: WeeklyPattern, own: set[str]) -> Course:
    """A course of a file with what the school says of these parts."""
    slot, values = course.slot, dict[str, Any]()
    if "when" in own:
        slot = replace(slot, weekday=here.weekday, starts=here.starts_at, ends=here.ends_at)
    for name in own & {"subject", "room"}:
        values[name] = getattr(here, name)
    for name in ("groups", "teachers"):
        if name in own:
            values[name] = tuple(getattr(here, name).all())
    if "weeks" in own:
        values["weeks"] = said_of(here).weeks
    if "last" in own:
        values["last"] = here.last_day
    return replace(course, slot=slot, **values)


def _likeness(*parts: Callable[[SlotWords], Any]) -> Callable[[SlotWords], Sign]:
    return lambda words: tuple(part(words) for part in parts)


def _groups(words: SlotWords) -> Any:
    return words.groups


def _subject(words: SlotWords) -> Any:
    return words.subject


def _teachers(words: SlotWords) -> Any:
    return words.teachers


def _when(words: SlotWords) -> Any:
    return words.weekday, words.starts


# The same course, were it at another hour, with another teacher, or another subject at the same hour.
_LIKENESSES = [
    _likeness(_groups, _subject, _teachers, _when),
    _likeness(_groups, _subject, _when),
    _likeness(_groups, _subject, _teachers),
    _likeness(_groups, _subject),
    _likeness(_groups, _when),
]


def weeks_of(pairs: Iterable[Course]) -> list[Weeks]:
    """The sets of weeks of courses, the most used first."""
    counted: dict[Weeks, int] = defaultdict(int)
    for course in pairs:
        if course.weeks is not None:
            counted[course.weeks] += 1
    return sorted(counted, key=lambda weeks: (-counted[weeks], sorted(weeks)))
