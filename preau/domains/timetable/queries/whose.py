"""Whose timetable is read: one's own, a class's, a teacher's, a room's, a pupil's; and what may be chosen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from django.db.models import QuerySet, Value
from django.utils import timezone

from preau.directory.models import Enrolment, Group, Holding, Person, Room
from preau.directory.models.schools import place_of
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.timetable.boards import NEAR, Beside, NearDays, TimetableOwner, beside_lessons, near_days
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries import bookings, slots
from preau.domains.timetable.queries.lessons import (
    OF_GROUP,
    OWN,
    LessonRow,
    lines_of,
    rows_from,
)
from preau.domains.timetable.queries.slots import SlotLine
from preau.domains.timetable.rules import books, reads_classes_first
from preau.foundation.boards import offered
from preau.foundation.prepared import Prepared

A_DAY, SOON, FRIDAY = timedelta(days=1), timedelta(days=3), 4


class By(StrEnum):
    """What one looks a timetable up by. The values stand in addresses."""

    OWN = "moi"
    CLASS = "classe"
    TEACHER = "prof"
    ROOM = "salle"


@dataclass(frozen=True)
class Choice:
    """One line of a list: what an address says, what a person reads, and the key of its row."""

    value: str
    label: str
    pk: int


@dataclass(frozen=True)
class Whose:
    """`by`: the kind of timetable; `chosen`: the class, teacher or room, among `choices`; `pupil`: one of the class, or a child."""

    by: By
    choices: tuple[Choice, ...] = ()
    chosen: Choice | None = None
    pupils: tuple[Choice, ...] = ()
    pupil: Choice | None = None

    @property
    def label(self) -> str:
        """« 5e B », « MOREAU Claire », or nothing for one's own."""
        found = self.pupil or self.chosen
        return found.label if found else ""

    @property
    def kept(self) -> Mapping[str, str]:
        """What its address says of it."""
        kept = {"par": self.by.value} if self.by != By.OWN else {}
        if self.chosen:
            kept[self.by.value] = self.chosen.value
        if self.pupil:
            kept["enfant" if self.by == By.OWN else "eleve"] = self.pupil.value
        return kept

    def address(self, **more: object) -> str:
        """The query of the same timetable, elsewhere in time or in another view."""
        return "?" + urlencode({**self.kept, **{name: str(value) for name, value in more.items()}})


NAMES = ("family_name", "given_name")
GROUPS_BY_NAME = Prepared(
    lambda viewer: (
        Group.objects.visible_to(viewer)
        .filter(year=viewer.year)
        .order_by("kind", "rank", "name")
        .values_list("pk", "name")
    )
)
TEACHERS_BY_NAME = Prepared(lambda viewer: _teachers(viewer).values_list("pk", "public_id", *NAMES))
ROOMS_BY_NAME = Prepared(
    lambda viewer: Room.objects.visible_to(viewer).order_by("name").values_list("pk", "name")
)
PUPILS_OF = Prepared(
    lambda viewer, group: _named(
        Enrolment.objects.visible_to(viewer).filter(active_on(viewer.today), group=group)
    )
)
CHILDREN = Prepared(
    lambda viewer: (
        Person.objects.filter(pk__in=viewer.own_pupils())
        .order_by("given_name", "pk")
        .values_list("pk", "public_id", "given_name")
    )
)
OF_TEACHER = Prepared(
    lambda viewer, teacher, first, last: lines_of(
        Lesson.objects.visible_to(viewer)
        .between(first, last)
        .filter(pk__in=Lesson.teachers.through.objects.filter(person_id=teacher).values("lesson_id"))
    )
)
OF_ROOM = Prepared(
    lambda viewer, room, first, last: lines_of(
        Lesson.objects.visible_to(viewer).between(first, last).filter(room=room)
    )
)
OF_PUPIL = Prepared(
    lambda viewer, pupil, first, last: lines_of(
        Lesson.objects.visible_to(viewer).of_pupils(pupil).between(first, last)
    )
)


def _teachers(viewer: Viewer) -> "QuerySet[Person]":
    held = Holding.objects.filter(active_on(viewer.today), role=Role.TEACHER, school_id=viewer.school_id or 0)
    return Person.objects.filter(pk__in=held.values("person_id")).order_by("search_name", "pk")


def _named(enrolled: "QuerySet[Enrolment]") -> "QuerySet[Person, tuple[int, str, str, str]]":
    pupils = Person.objects.filter(pk__in=enrolled.values("pupil_id")).order_by("search_name", "pk")
    return pupils.values_list("pk", "public_id", *NAMES)


def whose(viewer: Viewer, asked: Mapping[str, str]) -> Whose:
    """What an address asks to see, as far as this viewer may; else one's own, or the first class (one or two queries)."""
    if not viewer.is_staff:
        return _of_family(viewer, asked)
    by = _by(viewer, asked)
    if by == By.OWN:
        return Whose(by)
    choices = _choices(viewer, by)
    chosen = next((choice for choice in choices if choice.value == asked.get(by.value)), None)
    chosen = chosen or next(iter(choices), None)
    if by != By.CLASS or chosen is None or not viewer.works_with_pupils:
        return Whose(by, choices, chosen)
    pupils = _people(PUPILS_OF(viewer, chosen.pk))
    pupil = next((pupil for pupil in pupils if pupil.value == asked.get("eleve")), None)
    return Whose(by, choices, chosen, pupils, pupil)


def _by(viewer: Viewer, asked: Mapping[str, str]) -> By:
    """« par » says it; an address from before named the class alone."""
    if asked.get("par") in set(By) and not (asked["par"] == By.OWN and reads_classes_first(viewer)):
        return By(asked["par"])
    if asked.get("classe") or reads_classes_first(viewer):
        return By.CLASS
    return By.OWN


def _of_family(viewer: Viewer, asked: Mapping[str, str]) -> Whose:
    """A family with several children may look at one."""
    if len(viewer.own_pupils()) < 2:
        return Whose(By.OWN)
    children = tuple(Choice(public_id, given, pk) for pk, public_id, given in CHILDREN(viewer))
    child = next((child for child in children if child.value == asked.get("enfant")), None)
    return Whose(By.OWN, pupils=children, pupil=child)


def _choices(viewer: Viewer, by: By) -> tuple[Choice, ...]:
    if by == By.TEACHER:
        return _people(TEACHERS_BY_NAME(viewer))
    if by == By.ROOM:
        return tuple(Choice(str(pk), place_of(name), pk) for pk, name in ROOMS_BY_NAME(viewer))
    return tuple(Choice(str(pk), name, pk) for pk, name in GROUPS_BY_NAME(viewer))


def _people(rows: list[tuple[int, str, str, str]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(public_id, f"{family.upper()} {given}".strip(), pk) for pk, public_id, family, given in rows
    )


def asked_of(found: Whose) -> TimetableOwner:
    """Whose timetable it is, as the boards ask it."""
    if found.pupil:
        return TimetableOwner(pupil=found.pupil.pk)
    if found.by == By.OWN or found.chosen is None:
        return TimetableOwner()
    pk = found.chosen.pk
    return {
        By.CLASS: TimetableOwner(group=pk),
        By.TEACHER: TimetableOwner(teacher=pk),
        By.ROOM: TimetableOwner(room=pk),
    }[found.by]


def beside_of(
    viewer: Viewer, found: Whose, rows: Sequence[LessonRow], first: date, last: date
) -> list[Beside]:
    """What stands beside the lessons of this timetable: study and canteen, and what other houses put there (one query
    each, and one more where the school has slots)."""
    if found.by != By.OWN and found.chosen is None:
        return []
    asked = asked_of(found)
    others = [
        row
        for house, seated in offered(beside_lessons, viewer)
        for row in house.rows(seated, asked, first, last)
    ]
    others += _booked_beside(viewer, found, first, last)
    known = slots.slots_of(viewer, first, last)
    return [*others, *_slots_beside(viewer, found, known, rows, (first, last))] if known else others


def beside_home(viewer: Viewer, day: date) -> tuple[list[Beside], list[Beside]]:
    """What other houses say of the day that the home of a family shows, then of the days next to it (one query for all)."""
    if viewer.is_staff:
        return [], []
    last = max(day, viewer.today + (A_DAY if viewer.today.weekday() < FRIDAY else SOON))
    zone = timezone.get_current_timezone()
    begins = datetime.combine(viewer.today, time(), zone)
    ends = datetime.combine(last + A_DAY, time(), zone)
    houses = [(house, seated) for house, seated in offered(near_days, viewer) if house.open_to(seated)]
    found = [one for one in _near(houses, begins, ends) if viewer.today <= one.day <= last]
    here = sorted((one for one in found if one.day == day), key=lambda one: one.begins)
    soon = [
        one
        for one in found
        if one.day != day
        and one.day <= viewer.today + SOON
        and (one.ends is None or one.ends > viewer.moment)
    ]
    return here, sorted(soon, key=lambda one: (one.day, one.starts or begins))


def _near(houses: Sequence[tuple[NearDays, Viewer]], begins: datetime, ends: datetime) -> Iterator[Beside]:
    asked = [
        house.lines(seated, begins, ends).annotate(house=Value(rank)).values_list("house", *NEAR)
        for rank, (house, seated) in enumerate(houses)
    ]
    if not asked:
        return
    for rank, *line in asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]:
        house, seated = houses[rank]
        yield from house.read(seated, line)


def _booked_beside(viewer: Viewer, found: Whose, first: date, last: date) -> list[Beside]:
    """What somebody of the staff holds, and who holds a room: for those who may book."""
    if not books(viewer) or found.by == By.CLASS:
        return []
    if found.by == By.ROOM and found.chosen:
        return bookings.booked_in(viewer, found.chosen.pk, first, last)
    holder = found.chosen.pk if found.chosen else viewer.person.pk
    return bookings.booked_by(viewer, holder, first, last)


def _slots_beside(
    viewer: Viewer,
    found: Whose,
    known: Sequence[SlotLine],
    rows: Sequence[LessonRow],
    days: tuple[date, date],
) -> list[Beside]:
    if not viewer.is_staff:
        return slots.beside_own(viewer, known, rows, found.pupil.pk if found.pupil else None)
    if found.by == By.CLASS and found.chosen:
        return slots.beside_rows(known, rows, {found.chosen.pk})
    if found.by == By.ROOM and found.chosen:
        return slots.held_rows(viewer, known, *days, room=found.chosen.pk)
    watcher = found.chosen.pk if found.by == By.TEACHER and found.chosen else viewer.person.pk
    return slots.held_rows(viewer, known, *days, watcher=watcher)


def lessons_of(viewer: Viewer, found: Whose, first: date, last: date) -> list[LessonRow]:
    """The lessons of this timetable between two days (two queries, three where something was changed)."""
    if found.pupil:
        return rows_from(OF_PUPIL(viewer, (found.pupil.pk,), first, last))
    if found.by == By.OWN:
        return rows_from(OWN(viewer, first, last))
    if found.chosen is None:
        return []
    asked: dict[By, Callable[..., list[tuple[object, ...]]]] = {
        By.CLASS: OF_GROUP,
        By.TEACHER: OF_TEACHER,
        By.ROOM: OF_ROOM,
    }
    return rows_from(asked[found.by](viewer, found.chosen.pk, first, last))
