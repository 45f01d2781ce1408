"""The week of a collège or a lycée, from who teaches what to whom: the pieces of the puzzle, then its answer."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zlib import crc32

from preau.directory.models import Assignment, Enrolment, Group, Room
from preau.domains.timetable.actions.patterns import Weekly, at
from preau.domains.timetable.models import WeeklyPattern
from preau.domains.timetable.seeds.bells import BELLS, COLLEGE
from preau.domains.timetable.seeds.primary import rooms_of, weekly
from preau.domains.timetable.seeds.puzzle import Bells, Piece, solve

SPORT = "100100"
IN_TWOS = {SPORT, "070800", "074600"}  # sport, technology, computing: an hour alone is not enough
ON_THE_WAY = timedelta(minutes=20)  # between two schools


def weeklies_of(world: Any) -> list[Weekly]:
    """The lessons of a week, each with its teacher's room."""
    bells = BELLS.get(world.school.kind, COLLEGE)
    taught = Assignment.objects.filter(group__year=world.year, kind=Assignment.Kind.TEACHES)
    taught = taught.select_related("group", "subject", "teacher").prefetch_related("group__classes")
    pieces: list[Piece] = []
    assignments: list[Assignment] = []
    crowd = Crowd(world)
    for assignment in taught.order_by("group__name", "group__kind", "subject__code", "teacher_id"):
        made = list(_pieces(world, assignment, crowd))
        pieces += made
        assignments += [assignment] * len(made)
    placed = solve(bells, pieces, _elsewhere(world, bells, assignments), crc32(world.school.uai.encode()))
    rooms = own_rooms(world, assignments)
    slots = bells.slots()
    return [
        weekly(
            world,
            assignments[number].group,
            assignments[number],
            rooms[assignments[number].teacher_id],
            (slots[span[0]][0], bells.hours[slots[span[0]][1]][0], bells.hours[slots[span[-1]][1]][1]),
        )
        for number, span in sorted(placed.items())
    ]


class Crowd:
    """Who is in a class or a group, as bits: two lessons that share one cannot be at the same time."""

    def __init__(self, world: Any) -> None:
        self._bits: dict[object, int] = {}
        self._pupils: dict[int, list[int]] = defaultdict(list)
        self._drawn: dict[int, list[int]] = defaultdict(list)
        enrolled = Enrolment.objects.filter(group__year=world.year).order_by("pk")
        for group, pupil in enrolled.values_list("group_id", "pupil_id"):
            self._pupils[group].append(pupil)
        drawn = Group.objects.filter(year=world.year, classes__isnull=False)
        for group, from_class in drawn.order_by("pk", "classes").values_list("pk", "classes"):
            self._drawn[from_class].append(group)

    def of(self, group: Group) -> int:
        """Its pupils, itself, and what a group and each class it draws from have in common."""
        shared = [(group.pk, drawn) for drawn in self._drawn[group.pk]]
        shared += [(from_class.pk, group.pk) for from_class in group.classes.all()]
        mask = 0
        for one in [*self._pupils[group.pk], ("group", group.pk), *shared]:
            mask |= self._bits.setdefault(one, 1 << len(self._bits))
        return mask


def _pieces(world: Any, assignment: Assignment, crowd: Crowd) -> Iterable[Piece]:
    """Its weekly hours, by two where that is the custom (sport, specialities) and alone elsewhere."""
    group, subject = assignment.group, assignment.subject
    hours = world.hours_of(group, subject)
    classes = sorted(school_class.name for school_class in group.classes.all()) or [group.name]
    in_twos = subject.code in IN_TWOS or (group.kind == Group.Kind.GROUP and hours >= 4)
    lengths = [2] * (hours // 2) + [1] * (hours % 2) if in_twos else [1] * hours
    mask = crowd.of(group)
    for length in lengths:
        yield Piece(
            (group.name, subject.code), frozenset([assignment.teacher_id]), mask, tuple(classes), length
        )


def _elsewhere(world: Any, bells: Bells, assignments: Iterable[Assignment]) -> dict[object, set[int]]:
    """The slots at which a teacher is in another school, or on the way."""
    teachers = {assignment.teacher_id for assignment in assignments}
    others = WeeklyPattern.objects.filter(teachers__in=teachers).exclude(school=world.school)
    taken: dict[object, set[int]] = defaultdict(set)
    day = world.year.starts
    hours = [(at(world.school, day, one), at(world.school, day, two)) for one, two in bells.hours]
    for teacher, weekday, starts, ends in others.values_list("teachers", "weekday", "starts_at", "ends_at"):
        first, last = at(world.school, day, starts) - ON_THE_WAY, at(world.school, day, ends) + ON_THE_WAY
        for number, (today, hour) in enumerate(bells.slots()):
            if today == weekday and hours[hour][0] < last and hours[hour][1] > first:
                taken[teacher].add(number)
    return taken


def own_rooms(world: Any, assignments: Iterable[Assignment]) -> dict[int, Room]:
    """One room for each teacher, the places for sport for those who teach it: where nobody clashes, no room does."""
    rooms, sports = (iter(found) for found in rooms_of(world))
    own: dict[int, Room] = {}
    for assignment in assignments:
        if assignment.teacher_id not in own:
            own[assignment.teacher_id] = next(sports if assignment.subject.code == SPORT else rooms)
    return own
