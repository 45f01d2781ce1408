"""The demonstration's share: an evening for a class in some ten days with bookings, one that is over, an appointment with the CPE."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Group, Holding, Person, Room
from preau.directory.words import Role
from preau.domains.appointments.actions import keeping, taking
from preau.domains.appointments.models import Evening, Meeting, Opening, Party, Wish
from preau.domains.appointments.queries import around
from preau.domains.appointments.queries.slots import board_of
from preau.foundation import text

# How many families have taken a slot with each teacher, in each of the two evenings.
TAKEN = 8
FLOORS = 3
SATURDAY = 5


def plant(world: Any) -> None:
    """An evening that takes bookings, one of the past, hours of the CPE tomorrow with one taken."""
    pupil = world.people.get("pupil")
    group = (
        Group.objects.classes()
        .filter(year=world.school.current_year, enrolments__pupil=pupil)
        .order_by("pk")
        .first()
    )
    held = Holding.objects.active(world.today).filter(school=world.school).order_by("pk")
    head = held.filter(role=Role.HEAD).first()
    if group is None or head is None:
        return
    _evening(world, group, head.person, _open_day(world, 10), world.named("Rencontre parents-professeurs"))
    past = _evening(
        world, group, head.person, _open_day(world, -30), world.named("Rencontre du début d’année")
    )
    Meeting.objects.filter(evening=past).update(outcome=Meeting.Outcome.SEEN)
    Evening.objects.filter(pk=past.pk).update(state=Evening.State.SETTLED)
    cpe = held.filter(role=Role.SCHOOL_LIFE).first()
    if cpe is not None:
        _hours(world, cpe.person)


def _open_day(world: Any, days: int) -> Any:
    day = world.today + timedelta(days=days)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def _evening(world: Any, group: Group, head: Person, day: Any, title: str) -> Evening:
    zone = ZoneInfo(world.school.timezone)
    closes = datetime.combine(day - timedelta(days=2), time(18), zone)
    evening: Evening = Evening.objects.create(
        school=world.school,
        title=title,
        search_title=text.fold(title),
        day=day,
        starts=time(18),
        ends=time(20, 30),
        minutes=10,
        pauses=[7],
        walk=5,
        mode=Evening.Mode.BOOKING,
        closes_at=closes,
        state=Evening.State.BOOKING,
        created_by=head,
        created_at=min(timezone.now(), closes) - timedelta(days=6),
    )
    evening.groups.set([group])
    keeping.add_teachers(evening)
    rooms = list(Room.objects.filter(school=world.school).order_by("pk"))
    hosts = list(evening.hosts.order_by("pk"))
    for number, host in enumerate(hosts):
        host.room = rooms[number % len(rooms)] if rooms else None
        # Rooms are numbered from the ground floor up.
        host.floor = number * FLOORS // len(hosts)
        host.save()
    _book(world, evening)
    return evening


def _book(world: Any, evening: Evening) -> None:
    """The first families of the class, each with two teachers; the cast's mother with one, the father with none yet."""
    pupils = list(around.enrolled(evening).order_by("pk").values_list("pupil_id", flat=True))
    links = around.guardians_of(evening.day, pupils)
    own = world.people["pupil"].pk
    hosts = list(evening.hosts.order_by("pk"))
    families = [(pupil, links[pupil][0].guardian_id) for pupil in pupils if pupil in links]
    families.sort(key=lambda one: one[0] != own)
    for rank, (pupil, guardian) in enumerate(families[: TAKEN * 2]):
        number = 1 if pupil == own else 2
        for host in (hosts[(rank + step) % len(hosts)] for step in range(number)):
            _seat(evening, host, guardian, pupil)
    if len(families) > TAKEN:
        pupil, guardian = families[TAKEN]
        party = Party.objects.create(evening=evening, person_id=guardian, written_at=evening.created_at)
        Wish.objects.create(
            party=party, host=hosts[0], pupil_id=pupil, rank=1, waits_since=evening.created_at
        )


def _seat(evening: Evening, host: Any, guardian: int, pupil: int) -> None:
    board = board_of(evening, [guardian])
    board.now = evening.begins - timedelta(days=1)
    free = board.free_for(board.hosts[host.person_id], guardian)
    if not free:
        return
    meeting = Meeting(
        school=evening.school,
        evening=evening,
        host_id=host.person_id,
        guardian_id=guardian,
        pupil_id=pupil,
        starts=evening.moment(free[0]),
        ends=evening.moment(free[0] + 1),
        state=Meeting.State.BOOKED,
        made_by_id=guardian,
        made_at=evening.created_at + timedelta(days=1),
    )
    try:
        taking.hold(meeting)
    except taking.NotFree:
        return


def _hours(world: Any, cpe: Person) -> None:
    zone = ZoneInfo(world.school.timezone)
    day = _open_day(world, 1)
    starts = datetime.combine(day, time(17, 40), zone)
    opening: Opening = Opening.objects.create(
        school=world.school,
        host=cpe,
        starts=starts,
        ends=starts + timedelta(hours=1),
        minutes=20,
        way=Meeting.Way.HERE,
        place=world.named("Bureau de la vie scolaire"),
        made_at=timezone.now(),
    )
    meeting = Meeting(
        school=world.school,
        host=cpe,
        guardian=world.people["guardian"],
        pupil=world.people["pupil"],
        starts=starts,
        ends=starts + timedelta(minutes=20),
        state=Meeting.State.BOOKED,
        way=Meeting.Way.HERE,
        place=opening.place,
        reason="Faire le point après les absences de novembre.",
        made_by=world.people["guardian"],
        made_at=timezone.now(),
    )
    try:
        taking.hold(meeting)
    except taking.NotFree:
        return
