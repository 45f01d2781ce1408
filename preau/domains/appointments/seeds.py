"""The demonstration's share: an evening for a class in some ten days with bookings, one that takes wishes, one that is over with what
its teachers noted, an appointment of three with the CPE."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Group, Holding, Person, Room
from preau.directory.words import Role
from preau.domains.appointments.actions import keeping, taking
from preau.domains.appointments.models import (
    Evening,
    Host,
    Meeting,
    MeetingColleague,
    MeetingNote,
    Opening,
    Party,
    Wish,
)
from preau.domains.appointments.queries import around, singles
from preau.domains.appointments.queries.rooms import free_rooms
from preau.domains.appointments.queries.slots import board_of
from preau.foundation import text

# How many families have taken a slot with each teacher, in each of the two evenings.
TAKEN = 8
SATURDAY = 5
# Families that have said whom they want to meet at the evening that takes wishes, and how many people each wants.
WISHING, WISHED = 9, 3
NOTES = (
    "Vient à l’aide aux devoirs depuis la rentrée, à encourager.",
    "Reparler du carnet de lecture avant le conseil.",
)


def plant(world: Any) -> None:
    """An evening that takes bookings, one that takes wishes, one of the past, hours of the CPE tomorrow with one taken."""
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
    known = held.filter(role=Role.SCHOOL_LIFE).first()
    cpe = world.people.get("cpe") or (known.person if known else None)
    title = world.named("Rencontre parents-professeurs")
    coming = _evening(world, group, head.person, _open_day(world, 10), title, cpe)
    _book(world, coming)
    _ask(world, coming)
    past = _evening(
        world, group, head.person, _open_day(world, -30), world.named("Rencontre du début d’année")
    )
    _book(world, past)
    _note(world, past)
    Evening.objects.filter(pk=past.pk).update(state=Evening.State.SETTLED)
    _wishing(world, group, head.person)
    if cpe is not None:
        _hours(world, cpe)


def _open_day(world: Any, days: int) -> Any:
    day = world.today + timedelta(days=days)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def _evening(
    world: Any, group: Group, head: Person, day: Any, title: str, cpe: Person | None = None
) -> Evening:
    """The CPE, where there is one, receives every family in the first half of it."""
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
    if cpe is not None:
        away = list(range(evening.slots // 2, evening.slots))
        Host.objects.get_or_create(
            evening=evening, person=cpe, defaults={"role": Role.SCHOOL_LIFE, "away": away}
        )
    rooms = list(Room.objects.filter(school=world.school).order_by("pk"))
    hosts = list(evening.hosts.order_by("pk"))
    for number, host in enumerate(hosts):
        host.room = rooms[number % len(rooms)] if rooms else None
        # The first digit of a room is its floor.
        digits = "".join(sign for sign in host.room.name if sign.isdigit()) if host.room else ""
        host.floor = int(digits[0]) if digits else 0
        host.save()
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
    receives_all = next((host for host in hosts if host.role), None)
    if receives_all is not None and len(families) > 1:
        pupil, guardian = families[1]
        _seat(evening, receives_all, guardian, pupil)


def _ask(world: Any, evening: Evening) -> None:
    """The cast's mother comes first and does not want to cross the father, who lives elsewhere; the head teacher asks to see a family."""
    mother = world.people["guardian"]
    met = Meeting.objects.filter(evening=evening, guardian=mother)
    middle = evening.moment(evening.slots // 2)
    if not met.filter(ends__gt=middle).exists():
        Party.objects.update_or_create(
            evening=evening,
            person=mother,
            defaults={"apart": True, "half": 0, "written_at": evening.created_at},
        )
    host = evening.hosts.filter(person=world.people.get("teacher")).first()
    if host is None:
        return
    met = set(
        Meeting.objects.filter(evening=evening, host=host.person_id).values_list("guardian_id", flat=True)
    )
    pupils = list(around.enrolled(evening).order_by("-pk").values_list("pupil_id", flat=True))
    links = around.guardians_of(evening.day, pupils)
    for pupil in pupils:
        guardian = links[pupil][0].guardian if pupil in links else None
        if guardian is not None and guardian.pk not in met and pupil != world.people["pupil"].pk:
            party, _is_new = Party.objects.get_or_create(
                evening=evening, person=guardian, defaults={"written_at": evening.created_at}
            )
            Wish.objects.get_or_create(
                party=party,
                host=host,
                defaults={"pupil_id": pupil, "rank": 1, "by_host": True, "asked_about_id": pupil},
            )
            return


def _note(world: Any, past: Evening) -> None:
    """What took place, and what the teacher of the cast noted of it for themselves."""
    Meeting.objects.filter(evening=past).update(outcome=Meeting.Outcome.SEEN)
    met = Meeting.objects.filter(evening=past, host=world.people.get("teacher")).order_by("starts", "pk")
    for meeting, text_ in zip(met, NOTES, strict=False):
        MeetingNote.objects.create(meeting=meeting, author=meeting.host, text=text_)
    last = Meeting.objects.filter(evening=past).exclude(guardian=world.people["guardian"]).last()
    if last is not None:
        Meeting.objects.filter(pk=last.pk).update(outcome=Meeting.Outcome.MISSED)


def _wishing(world: Any, group: Group, head: Person) -> None:
    """Another class says its wishes; the plan is still to be computed."""
    classes = Group.objects.classes().filter(year=world.school.current_year).exclude(pk=group.pk)
    other = classes.order_by("-pk").first()
    if other is None:
        return
    title = world.named("Rencontre avant les conseils")
    evening = _evening(world, other, head, _open_day(world, 15), title)
    evening.mode, evening.state = Evening.Mode.BOTH, Evening.State.WISHES
    evening.save(update_fields=["mode", "state"])
    pupils = list(around.enrolled(evening).order_by("pk").values_list("pupil_id", flat=True))
    links = around.guardians_of(evening.day, pupils)
    taught = around.teachers_of(evening.day, pupils)
    for number, pupil in enumerate([one for one in pupils if one in links][:WISHING]):
        hosts = [one for one in evening.hosts.order_by("pk") if one.person_id in taught.get(pupil, {})]
        party, is_new = Party.objects.get_or_create(
            evening=evening,
            person=links[pupil][0].guardian,
            defaults={
                "written_at": evening.created_at + timedelta(days=1),
                # One in three comes after work.
                "away": list(range(4)) if number % 3 == 0 else [],
            },
        )
        wanted = [hosts[(number + step) % len(hosts)] for step in range(min(WISHED, len(hosts)))]
        for rank, host in enumerate(wanted if is_new else [], start=1):
            Wish.objects.create(party=party, host=host, pupil_id=pupil, rank=rank)


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
        reason="Faire le point après les dernières absences.",
        made_by=world.people["guardian"],
        made_at=timezone.now(),
    )
    try:
        taking.hold(meeting)
    except taking.NotFree:
        return
    _with_colleague(world, meeting)


def _with_colleague(world: Any, meeting: Meeting) -> None:
    """Another teacher comes too, and three people need a room."""
    assert meeting.starts is not None  # noqa: S101
    assert meeting.ends is not None  # noqa: S101
    colleague = world.people.get("teacher_1")
    if colleague is None or singles.why_not(
        colleague.pk, colleague.pk, meeting.starts, meeting.ends, apart_from=meeting.pk
    ):
        return
    MeetingColleague.objects.create(meeting=meeting, person=colleague, invited_at=meeting.made_at)
    free = free_rooms(world.school.current_year, meeting.starts, meeting.ends)
    for room in Room.objects.filter(pk__in=free).order_by("pk")[:1]:
        meeting.room, meeting.place = room, free[room.pk]
    taking.hold_again(meeting)
