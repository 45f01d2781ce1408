"""Evenings and appointments for the tests: one of the cast's class, its teachers, meetings, many of them."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from conftest import NOW
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Role
from preau.domains.appointments.actions import keeping, taking
from preau.domains.appointments.models import Evening, Host, Meeting, Opening, Party, Wish

DAY = (NOW + timedelta(days=14)).date()


def an_evening(world: World, title: str = "Rencontre", **fields: Any) -> Evening:
    """Two weeks from now, after lessons, for the class of the cast's pupil; its teachers receive, each in no room yet."""
    given: dict[str, Any] = {
        "day": DAY,
        "starts": time(19),
        "ends": time(21),
        "minutes": 10,
        "walk": 5,
        "mode": Evening.Mode.BOOKING,
        "state": Evening.State.BOOKING,
        "closes_at": NOW + timedelta(days=12),
    } | fields
    evening: Evening = Evening.objects.create(
        school=world.school,
        title=title,
        search_title=title.lower(),
        created_by=world.people["head"],
        created_at=NOW,
        **given,
    )
    evening.groups.set([own_class(world)])
    keeping.add_teachers(evening)
    return evening


def host_of(evening: Evening, world: World, key: str = "teacher") -> Host:
    found: Host = evening.hosts.get(person=world.people[key])
    return found


def wanted(
    world: World, slot: int, guardian: str = "guardian", host: str = "teacher", way: str = "here"
) -> taking.Wanted:
    people = world.people
    return taking.Wanted(people[host].pk, people[guardian].pk, people["pupil"].pk, slot, way)


def a_meeting(world: World, evening: Evening, slot: int = 0, **who: str) -> Meeting:
    """The guardian of the cast and a teacher, held as a booking holds it."""
    asked = wanted(world, slot, **who)
    meeting = Meeting(
        school=world.school,
        evening=evening,
        host_id=asked.host,
        guardian_id=asked.guardian,
        pupil_id=asked.pupil,
        starts=evening.moment(slot),
        ends=evening.moment(slot + 1),
        state=Meeting.State.BOOKED,
        made_by_id=asked.guardian,
        made_at=NOW,
    )
    taking.hold(meeting)
    return meeting


def a_wish(evening: Evening, person: Person, host: Host, pupil: Person, rank: int = 1, **fields: Any) -> Wish:
    party, _is_new = Party.objects.get_or_create(evening=evening, person=person, defaults={"written_at": NOW})
    if fields.get("by_host"):
        fields.setdefault("asked_about", pupil)
    made: Wish = Wish.objects.create(party=party, host=host, pupil=pupil, rank=rank, **fields)
    return made


def some_hours(world: World, key: str = "cpe", days: int = 1) -> Opening:
    """An hour of the CPE after lessons, in three slots."""
    starts = datetime.combine((NOW + timedelta(days=days)).date(), time(19), ZoneInfo(world.school.timezone))
    made: Opening = Opening.objects.create(
        school=world.school,
        host=world.people[key],
        starts=starts,
        ends=starts + timedelta(hours=1),
        minutes=20,
        made_at=NOW,
    )
    return made


def an_appointment(world: World, key: str = "cpe", **fields: Any) -> Meeting:
    """A request of the cast's mother that waits for an hour."""
    given: dict[str, Any] = {"state": Meeting.State.ASKED, "reason": "Faire le point."} | fields
    made: Meeting = Meeting.objects.create(
        school=world.school,
        host=world.people[key],
        guardian=world.people["guardian"],
        pupil=world.people["pupil"],
        made_by=world.people["guardian"],
        made_at=NOW,
        **given,
    )
    return made


def own_evening(college: World) -> Evening:
    known = Evening.objects.filter(school=college.school, title="Soirée").first()
    return known or an_evening(college, "Soirée")


def own_host(college: World) -> Host:
    return host_of(own_evening(college), college)


def own_wishing(college: World) -> Evening:
    known = Evening.objects.filter(school=college.school, title="Souhaits").first()
    return known or an_evening(college, "Souhaits", mode=Evening.Mode.PLAN, state=Evening.State.WISHES)


def own_appointment(college: World) -> Meeting:
    known = Meeting.objects.filter(school=college.school, evening=None, reason="Pour la page.").first()
    return known or an_appointment(college, "teacher", reason="Pour la page.")


def own_meeting(college: World) -> Meeting:
    evening = own_evening(college)
    return Meeting.objects.live().filter(evening=evening).first() or a_meeting(college, evening, 11)


def many_evenings(college: World, count: int) -> None:
    for _ in range(count):
        an_evening(college, f"Rencontre {Evening.objects.count()}")


def many_appointments(college: World, count: int) -> None:
    for _ in range(count):
        an_appointment(college, "teacher", reason=f"Sujet {Meeting.objects.count()}")


def many_hours(college: World, count: int) -> None:
    for _ in range(count):
        some_hours(college, "teacher", 2 + Opening.objects.count())


def many_hosts(college: World, count: int) -> None:
    """`count` people more who receive at the evening of the cast, each with a meeting of another family."""
    evening = own_evening(college)
    for _ in range(count):
        number = Person.objects.count()
        person = Person.objects.create(family_name=f"Prof {number}", given_name="Ada", civility="mme")
        Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
        Host.objects.create(evening=evening, person=person, floor=1)


def many_wishes(college: World, count: int) -> None:
    """`count` wishes more that no slot meets."""
    evening = own_wishing(college)
    host = evening.hosts.order_by("pk")[0]
    for _ in range(count):
        number = Person.objects.count()
        person = Person.objects.create(family_name=f"Parent {number}", given_name="Ada")
        a_wish(evening, person, host, college.people["pupil"])


def many_apart(college: World, count: int) -> None:
    """`count` people more who asked to cross nobody at the evening of the cast."""
    evening = own_evening(college)
    for _ in range(count):
        number = Person.objects.count()
        person = Person.objects.create(family_name=f"Parent {number}", given_name="Ada")
        Party.objects.create(evening=evening, person=person, apart=True, half=number % 2, written_at=NOW)
