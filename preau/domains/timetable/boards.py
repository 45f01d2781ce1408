"""What other domains may show on a lesson or beside it, why they hold one, where its pupils are, and which rooms they take."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, TextField, Value

from preau.foundation import dates
from preau.foundation.registry import Registry

# What `near_days` asks of every house, in this order.
NEAR = ("pk", "starts", "ends", "zone", "pupil_id", "name", "word", "word_2", "word_3", "number")
NONE, NOBODY = Value("", output_field=TextField()), Value(0)


@dataclass(frozen=True)
class Mark:
    """A word on a lesson, and the gesture that goes with it: a button on the lesson going on, a link elsewhere.

    `tone` as for `ui.tag`: a gesture to make ("todo") is the primary one of the home page.
    """

    label: str
    tone: str = "neutral"
    icon: str = ""
    href: str = ""
    gesture: str = ""


@dataclass(frozen=True)
class LessonMarks:
    """`marks(viewer, lesson ids)` gives the mark of each lesson that has one, in one query."""

    name: str
    marks: Callable[[Any, Sequence[int]], Mapping[int, Mark]]
    order: int = 50
    service: str = ""


lesson_marks: Registry[LessonMarks] = Registry(LessonMarks)


@dataclass(frozen=True)
class DayMarks:
    """`marks(viewer, lesson ids)` gives the marks of each lesson where a whole day is read, and nowhere else: what must be done for
    it. Several a lesson, in one query."""

    name: str
    marks: Callable[[Any, Sequence[int]], Mapping[int, Sequence[Mark]]]
    order: int = 50
    service: str = ""


day_marks: Registry[DayMarks] = Registry(DayMarks)


@dataclass(frozen=True)
class LessonHold:
    """Why a lesson may not be taken away, moved or cancelled any more: its roll was called.

    `holds(lesson ids)` gives those it holds, in one query; `said` is a sentence for whoever wanted to change one.
    """

    name: str
    holds: Callable[[Sequence[int]], Iterable[int]]
    said: str
    order: int = 50


lesson_holds: Registry[LessonHold] = Registry(LessonHold)


def held_by_others(lessons: Sequence[int]) -> set[int]:
    """Those of these lessons that some house above holds."""
    return {pk for hold in lesson_holds for pk in hold.holds(lessons)} if lessons else set()


def why_held(lesson: int) -> str:
    """The sentence of whoever holds this lesson, or nothing."""
    return next((str(hold.said) for hold in lesson_holds if lesson in set(hold.holds([lesson]))), "")


@dataclass(frozen=True)
class Beside:
    """What stands beside the lessons of a timetable: an event, a study slot, the canteen.

    `starts` and `ends` are moments on the wall clock `zone`; of what lasts whole days, only `day` counts: one a day.
    `lesson`: the one that it is for, beside which a drawn day says it.
    """

    day: date
    title: str
    starts: datetime | None = None
    ends: datetime | None = None
    zone: str = ""
    whose: str = ""
    detail: str = ""
    url: str = ""
    icon: str = ""
    word: str = ""
    is_cancelled: bool = False
    lesson: int | None = None

    @property
    def hours(self) -> str:
        return dates.hours(self.starts, self.ends, self.zone) if self.starts and self.ends else ""

    @property
    def begins(self) -> str:
        return dates.hour(self.starts, self.zone) if self.starts else ""


@dataclass(frozen=True)
class TimetableOwner:
    """Whose timetable is looked at: one of these ids, or none for the viewer's own."""

    group: int | None = None
    teacher: int | None = None
    room: int | None = None
    pupil: int | None = None

    @property
    def is_own(self) -> bool:
        return (self.group, self.teacher, self.room, self.pupil) == (None, None, None, None)


@dataclass(frozen=True)
class BesideLessons:
    """`rows(viewer, asked, first, last)` gives what this house puts beside the lessons between two days, in one query."""

    name: str
    rows: Callable[[Any, TimetableOwner, date, date], Sequence[Beside]]
    order: int = 50
    service: str = ""


beside_lessons: Registry[BesideLessons] = Registry(BesideLessons)


@dataclass(frozen=True)
class NearDays:
    """What the home of a family says of today and of the days next to it, before one opens a week.

    The home asks every house at once: `lines(viewer, begins, ends)` gives a queryset without order, on which "zone", "name", "word",
    "word_2", "word_3" and "number" are annotated beside its own "pk", "starts", "ends" and "pupil_id" (`near`); `read(viewer,
    line)` makes, of these ten, what stands beside the lessons of its days.
    """

    name: str
    lines: Callable[[Any, datetime, datetime], Any]
    read: Callable[[Any, Sequence[Any]], Iterable[Beside]]
    open_to: Callable[..., bool]
    order: int = 50
    service: str = ""


near_days: Registry[NearDays] = Registry(NearDays)


def near(rows: Any, word: Any, word_2: Any = NONE, word_3: Any = NONE, number: Any = NOBODY) -> Any:
    """These rows of a pupil and of a school as `near_days` asks for them."""
    return rows.order_by().annotate(
        zone=F("school__timezone"),
        name=F("pupil__given_name"),
        word=word,
        word_2=word_2,
        word_3=word_3,
        number=number,
    )


@dataclass(frozen=True)
class LessonPart:
    """What another house shows on the page of one lesson: who was there, what was done, what is due, where to ask.

    `content(viewer, lesson)` returns the context of `template`, or None to stay away, in a query or two.
    """

    template: str
    content: Callable[[Any, Any], "Mapping[str, Any] | None"]
    open_to: Callable[..., bool]
    order: int = 50
    service: str = ""


lesson_parts: Registry[LessonPart] = Registry(LessonPart)


@dataclass(frozen=True)
class WayToAsk:
    """Where a pupil asks, who does not understand the work of a lesson. `way(viewer, lesson, teacher id)` gives a label, an address and
    an icon, or None where this pupil may not, in two queries at most."""

    name: str
    way: Callable[[Any, Any, int], tuple[str, str, str] | None]
    open_to: Callable[..., bool]
    order: int = 50
    service: str = ""


ways_to_ask: Registry[WayToAsk] = Registry(WayToAsk)


@dataclass(frozen=True)
class Whereabouts:
    """Why pupils are not where their timetable says: `said(school, starts, ends, pupils)` gives a few words for each who is
    elsewhere at that moment, in one query. Never a reason of absence: these words stand beside names in a roll.

    `in_rolls=False`: what a roll says already by itself.
    """

    name: str
    said: Callable[[int, datetime, datetime, Sequence[int]], Mapping[int, str]]
    icon: str
    in_rolls: bool = True
    order: int = 50


whereabouts: Registry[Whereabouts] = Registry(Whereabouts)


@dataclass(frozen=True)
class RoomHold:
    """What else holds rooms at some hours: `held(school, starts, ends)` gives, in one query, each room with its hours and a
    few words. These words are read by all the staff: they say what it is, never of whom nor why."""

    name: str
    held: Callable[[int, datetime, datetime], Iterable[tuple[int, datetime, datetime, str]]]
    order: int = 50


room_holds: Registry[RoomHold] = Registry(RoomHold)


@dataclass(frozen=True)
class MealStop:
    """When no meal is served: `spans(schools, first, last)` gives, in one query, each school, the moments between which
    nobody eats, and the groups concerned, or none for everybody."""

    name: str
    spans: Callable[
        [Sequence[int], date, date], Iterable[tuple[int, datetime, datetime, "frozenset[int] | None"]]
    ]
    order: int = 50


meal_stops: Registry[MealStop] = Registry(MealStop)


@dataclass(frozen=True)
class SchoolDate:
    """A thing that a school announces for a day, beside its events: what it is, when, where one reads more."""

    title: str
    kind: str
    when: str
    for_whom: str
    word: str
    tone: str
    url: str


@dataclass(frozen=True)
class SchoolDates:
    """What another house announces to come, as the page of events lists it: `rows(viewer)` gives, in two queries at most, what this viewer
    sees. `kind`: that of the events among which it stands."""

    name: str
    kind: str
    rows: Callable[[Any], Sequence[SchoolDate]]
    order: int = 50
    service: str = ""


school_dates: Registry[SchoolDates] = Registry(SchoolDates)


@dataclass(frozen=True)
class Gathering:
    """What people meet for at some hours of a school, beside its lessons and its events: `rows(viewer, starts, ends)` gives, in two queries
    at most, what a closing of these hours leaves as it is."""

    name: str
    rows: Callable[[Any, datetime, datetime], Sequence[Beside]]
    order: int = 50
    service: str = ""


gatherings: Registry[Gathering] = Registry(Gathering)
