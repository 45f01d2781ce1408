"""The week of a primary school: a class has one teacher and one room, and sport in turn."""

from collections.abc import Iterator
from typing import Any

from preau.directory.models import Assignment, Group, Room
from preau.domains.timetable.actions.patterns import Weekly
from preau.domains.timetable.seeds.bells import ECOLE, ECOLE_DAYS

# Early, late morning, then the eight lessons of the afternoons, which turn from class to class.
ELEMENTARY = ("1D-FRA", "1D-MAT", "EPS QLM FRA ART EPS ANG QLM EMC")
KINDERGARTEN = ("1D-LANM", "1D-NOMM", "EPS MON ART VIV EPS MON LAN ART")


def weeklies_of(world: Any) -> list[Weekly]:
    rooms, sports = rooms_of(world)
    found: list[Weekly] = []
    taken: set[tuple[int, int, int]] = set()
    groups = Group.objects.classes().filter(year=world.year)
    for rank, group in enumerate(groups.order_by("name")):
        taught = Assignment.objects.filter(group=group, kind=Assignment.Kind.TEACHES)
        given = {each.subject.code: each for each in taught.select_related("subject", "teacher")}
        little = "1D-LANM" in given
        for day, half, code in _codes(rank, little=little):
            liked = sports[::-1] if little else sports
            place = next((room for room in liked if (room.pk, day, half) not in taken), None)
            room = place if "EPS" in code and place else rooms[rank]
            taken.add((room.pk, day, half))
            found.append(weekly(world, group, given[code], room, (day, *ECOLE[half])))
    return found


def _codes(rank: int, *, little: bool) -> Iterator[tuple[int, int, str]]:
    """Weekday, quarter of the day and subject."""
    early, late, afternoons = KINDERGARTEN if little else ELEMENTARY
    turning = [f"1D-{word}{'M' if little else ''}" for word in afternoons.split()]
    turning = turning[rank:] + turning[:rank]
    for number, day in enumerate(ECOLE_DAYS):
        yield from ((day, half, code) for half, code in enumerate([early, late, *turning[2 * number :][:2]]))


def rooms_of(world: Any) -> tuple[list[Room], list[Room]]:
    """The numbered rooms, and the places for sport."""
    rooms = list(Room.objects.filter(school=world.school).order_by("pk"))
    return [room for room in rooms if room.name.isdigit()], [
        room for room in rooms if not room.name.isdigit()
    ]


def weekly(
    world: Any, group: Group, assignment: Assignment, room: Room, when: tuple[int, Any, Any]
) -> Weekly:
    """A lesson of an assignment, all year long: `when` is the weekday and its hours."""
    return Weekly(
        year=world.year,
        subject=assignment.subject,
        groups=(group,),
        teachers=(assignment.teacher,),
        room=room,
        weekday=when[0],
        starts_at=when[1],
        ends_at=when[2],
        first_day=world.year.starts,
        last_day=world.year.ends,
    )
