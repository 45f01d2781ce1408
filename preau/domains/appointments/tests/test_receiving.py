"""Who receives at an evening: those who teach none of its classes too, each at their own hours."""

import html
from datetime import time
from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.models import Holding, Person, Room
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.appointments.actions import keeping, taking, wishing
from preau.domains.appointments.actions.taking import NotTheirs
from preau.domains.appointments.models import Evening, Meeting
from preau.domains.appointments.queries import pages
from preau.domains.appointments.queries.rooms import shared_at
from preau.domains.appointments.queries.slots import No
from preau.domains.appointments.tests.props import a_meeting, an_evening, host_of, wanted
from preau.domains.appointments.tests.test_slots import computed, facts_of, refused, wishing_evening

pytestmark = pytest.mark.django_db


def test_the_cpe_receives_every_family_at_an_evening(college: World, twin: World, seat_of: Any) -> None:
    evening, head, cpe = an_evening(college), seat_of("head"), college.people["cpe"]
    mother = seat_of("guardian")
    with pytest.raises(NotTheirs):
        taking.book(mother, evening, wanted(college, 3, host="cpe"))
    assert keeping.add_host(head, evening, cpe)
    assert not keeping.add_host(head, evening, cpe)
    for person in (college.people["guardian"], twin.people["cpe"]):
        with pytest.raises(NotTheirs):
            keeping.add_host(head, evening, person)
    host = evening.hosts.get(person=cpe)
    assert host.role == Role.SCHOOL_LIFE
    choices = pages.family_evening(mother, evening, at_once=72).choices
    assert [choice.host.person_id for choice in choices][-1] == cpe.pk
    assert choices[-1].subjects == "Vie scolaire"
    assert taking.book(mother, evening, wanted(college, 3, host="cpe"))
    # They are not one of the teachers who are left to choose.
    found = pages.family_evening(mother, evening)
    assert cpe.pk not in {choice.host.person_id for choice in found.to_choose}
    offered = {words for words, _said in pages.families_for(evening, host).options}
    pupil = college.people["pupil"].pk
    assert {f"{college.people[key].pk}-{pupil}" for key in ("guardian", "other_guardian")} <= offered


def test_a_plan_places_families_with_whoever_receives_all(college: World, seat_of: Any) -> None:
    evening, head = wishing_evening(college), seat_of("head")
    assert keeping.add_host(head, evening, college.people["cpe"])
    host, mother = evening.hosts.get(person=college.people["cpe"]), seat_of("guardian")
    wishes = wishing.Said([(host.pk, college.people["pupil"].pk)], [], apart=False, together=False)
    assert wishing.say(mother, evening, wishes)
    computed(evening, head)
    planned = Meeting.objects.filter(evening=evening, state="planned")
    assert list(planned.values_list("host_id", "guardian_id")) == [
        (college.people["cpe"].pk, mother.person.pk)
    ]


def test_somebody_receives_at_their_own_hours(college: World, seat_of: Any, client: SchoolClient) -> None:
    evening, teacher = an_evening(college), seat_of("teacher")
    host = host_of(evening, college)
    a_meeting(college, evening, 8)
    page = reverse("appointments:host_hours", kwargs={"pk": host.pk})
    client.sit(college.people["teacher"])
    held = client.post(page, {"arrives": "2", "leaves": "6"})
    assert held.status_code == 422
    assert "Des rendez-vous sont pris à ces heures" in held.content.decode()
    assert client.post(page, {"arrives": "6", "leaves": "6"}).status_code == 422
    assert client.post(page, {"arrives": "2", "leaves": "9"}).status_code == 302
    host.refresh_from_db()
    assert host.away == [0, 1, 9, 10, 11]
    assert not keeping.set_hours(teacher, host, host.away)
    with refused(No.AWAY):
        taking.place(seat_of("head"), evening, wanted(college, 1, "other_guardian"))
    assert client.sit(college.people["teacher_1"]).get(page).status_code == 403


def test_the_hours_of_whoever_receives_are_said_before_families_are_told(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening = an_evening(college, state=Evening.State.DRAFT)
    assert keeping.add_host(seat_of("head"), evening, college.people["cpe"])
    host = evening.hosts.get(person=college.people["cpe"])
    hours = reverse("appointments:host_hours", kwargs={"pk": host.pk})
    client.sit(college.people["head"])
    for name, pk in [("host", host.pk), ("rooms", evening.pk)]:
        assert hours in client.get(reverse(f"appointments:{name}", kwargs={"pk": pk})).content.decode(), name
    assert client.post(hours, {"arrives": "2", "leaves": "8"}).status_code == 302
    host.refresh_from_db()
    assert host.away == [0, 1, 8, 9, 10, 11]
    Evening.objects.filter(pk=evening.pk).update(state=Evening.State.CANCELLED)
    assert hours not in client.get(reverse("appointments:host", kwargs={"pk": host.pk})).content.decode()


def test_who_receives_keeps_their_hours_on_the_clock_when_the_evening_is_cut_otherwise(
    college: World, seat_of: Any
) -> None:
    evening, head = an_evening(college, state=Evening.State.DRAFT), seat_of("head")
    host, whole = host_of(evening, college), host_of(evening, college, "teacher_1")
    early = host_of(evening, college, "teacher_2")
    # From 19:20 to 20:20, ten minutes each; the other one until 19:30.
    host.away, early.away = [0, 1, 8, 9, 10, 11], [3, 4, 5, 6, 7, 8, 9, 10, 11]
    for one in (host, early):
        one.save()

    def hours(one: Any) -> list[str]:
        one.refresh_from_db()
        evening.refresh_from_db()
        there = [slot for slot in range(evening.slots) if slot not in one.away]
        return [f"{evening.moment(slot):%H:%M}" for slot in (there[0], there[-1] + 1)]

    groups = tuple(evening.groups.all())
    for changes, kept in [
        ({"minutes": 20}, ["19:20", "20:20"]),
        ({"minutes": 10, "starts": time(18)}, ["19:20", "20:20"]),
        ({"minutes": 10, "starts": time(18), "ends": time(22)}, ["19:20", "20:20"]),
    ]:
        assert keeping.change(head, evening, facts_of(evening, groups=groups, **changes))
        assert hours(host) == kept
        assert hours(whole) == [f"{evening.starts:%H:%M}", f"{evening.ends:%H:%M}"]
    # Nothing of their hours is left: they receive all of the evening.
    assert keeping.change(
        head, evening, facts_of(evening, groups=groups, starts=time(20, 30), ends=time(21, 30))
    )
    early.refresh_from_db()
    assert early.away == []


def test_nobody_is_added_to_an_evening_that_is_over(college: World, seat_of: Any, clock: Any) -> None:
    evening, head = an_evening(college), seat_of("head")
    clock.move_to(evening.finishes)
    with pytest.raises(keeping.NotNow):
        keeping.add_host(head, evening, college.people["cpe"])
    with pytest.raises(keeping.NotNow):
        keeping.set_hours(head, host_of(evening, college), [0])


def test_a_colleague_of_two_functions_receives_by_the_one_that_is_no_lesson(
    college: World, seat_of: Any
) -> None:
    evening = an_evening(college, state=Evening.State.DRAFT)
    person = Person.objects.create(family_name="Deux", given_name="Ada", civility="mme")
    for role in (Role.TEACHER, Role.NURSE):
        Holding.objects.create(person=person, role=role, school=college.school)
    assert keeping.add_host(seat_of("head"), evening, person)
    assert evening.hosts.get(person=person).role == Role.NURSE


def test_two_people_in_one_room_are_named_and_not_refused(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening = wishing_evening(college)
    one, other = host_of(evening, college), host_of(evening, college, "teacher_1")
    room, apart = Room.objects.filter(school=college.school).order_by("name")[:2]
    host_of(evening, college, "teacher_2")
    evening.hosts.filter(person=college.people["teacher_2"]).update(room=apart)
    typed: dict[str, str] = {}
    for host in evening.hosts.all():
        mine = str(room.pk) if host in (one, other) else str(host.room_id or "")
        typed |= {f"present-{host.pk}": "on", f"room-{host.pk}": mine, f"floor-{host.pk}": "0"}
    client.sit(college.people["head"])
    assert client.post(reverse("appointments:rooms", kwargs={"pk": evening.pk}), typed).status_code == 302
    names = ", ".join(
        sorted((one.person.formal_name, other.person.formal_name), key=lambda name: name.split()[-1])
    )
    for name in ("rooms", "evening", "plan"):
        page = html.unescape(
            client.get(reverse(f"appointments:{name}", kwargs={"pk": evening.pk})).content.decode()
        )
        assert "1 salle est donnée à plusieurs personnes" in page, name
        alert = page.split("donnée à plusieurs personnes")[1].split("</ul>")[0]
        assert f"{room.place[:1].upper()}{room.place[1:]}\u202f: {names}" in alert.replace(" :", "\u202f:"), (
            name
        )
        assert college.people["teacher_2"].formal_name not in alert, name
    # The one has left when the other one comes, or is not there at all.
    one.refresh_from_db()
    other.refresh_from_db()
    one.away, other.away = list(range(6)), list(range(6, 12))
    for host in (one, other):
        host.save()
    assert not shared_at(evening, evening.hosts.select_related("person", "room"))
    one.away, one.is_absent = [], True
    one.save()
    assert not shared_at(evening, evening.hosts.select_related("person", "room"))
