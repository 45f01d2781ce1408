"""Two parents who must not cross, where families book: a half is asked for once, then the school alone changes it."""

import html
from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.appointments.actions import wishing
from preau.domains.appointments.actions.taking import Closed
from preau.domains.appointments.models import Evening, Meeting, Party
from preau.domains.appointments.tests.props import a_meeting, an_evening

pytestmark = pytest.mark.django_db


def halves(evening: Evening) -> dict[int, tuple[bool, int | None]]:
    return {one.person_id: (one.apart, one.half) for one in Party.objects.filter(evening=evening)}


def said_to(person: int) -> list[str]:
    return [one.facts["what"] for one in Item.objects.filter(kind="appointments.changed", person=person)]


def test_a_half_is_asked_for_once_whoever_books_meanwhile(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    assert wishing.set_apart(mother, evening, apart=True, half=0)
    assert wishing.set_apart(mother, evening, apart=False)
    for half in (0, 1, None):
        with pytest.raises(wishing.ChosenAlready):
            wishing.set_apart(mother, evening, apart=True, half=half)
    client.sit(mother.person)
    address = reverse("appointments:apart", kwargs={"pk": evening.pk})
    page = html.unescape(client.get(address).content.decode())
    assert "demandez-le à l’établissement" in page
    assert 'name="apart"' not in page
    answer = client.post(address, {"apart": "oui", "half": "1"}, follow=True).content.decode()
    assert "pour en changer, demandez-le à l’établissement" in html.unescape(answer)
    assert halves(evening) == {mother.person.pk: (False, 0)}


def test_after_a_plan_nobody_has_a_half_and_one_may_ask_again(college: World, seat_of: Any) -> None:
    evening, mother = an_evening(college, mode=Evening.Mode.BOTH), seat_of("guardian")
    for apart in (True, False, True):
        assert wishing.set_apart(mother, evening, apart=apart)
    assert halves(evening) == {mother.person.pk: (True, None)}


def test_the_school_gives_the_half_and_the_other_one_has_the_other(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening, head = an_evening(college), college.people["head"]
    mother, father = seat_of("guardian"), seat_of("other_guardian")
    assert wishing.set_apart(mother, evening, apart=True, half=0)
    assert wishing.set_apart(father, evening, apart=True)
    party = Party.objects.get(evening=evening, person=mother.person)
    address = reverse("appointments:apart_families", kwargs={"pk": evening.pk})
    page = html.unescape(client.sit(head).get(address).content.decode())
    assert mother.person.full_name in page
    assert father.person.full_name in page
    client.post(address, {"party": party.pk, "half": "1"})
    assert halves(evening) == {mother.person.pk: (True, 1), father.person.pk: (True, 0)}
    assert [len(said_to(one.person.pk)) for one in (mother, father)] == [1, 1]
    assert "à partir de" in said_to(mother.person.pk)[0]
    assert mother.person.family_name not in said_to(father.person.pk)[0]
    client.post(address, {"party": party.pk, "half": "non"})
    assert halves(evening)[mother.person.pk] == (False, 1)
    # Who had given it up has it again by the school alone.
    client.post(address, {"party": party.pk, "half": "1"})
    assert halves(evening)[mother.person.pk] == (True, 1)
    other = an_evening(college, "Une autre")
    address = reverse("appointments:apart_families", kwargs={"pk": other.pk})
    assert client.post(address, {"party": party.pk, "half": "0"}).status_code == 422
    for key in ("guardian", "teacher"):
        assert client.sit(college.people[key]).get(address).status_code in {403, 404}, key


def test_the_school_moves_meetings_before_it_gives_the_other_half(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening, father = an_evening(college), seat_of("other_guardian")
    meeting = a_meeting(college, evening, 2, guardian="other_guardian")
    assert wishing.set_apart(father, evening, apart=True)
    party = Party.objects.get(evening=evening, person=father.person)
    address = reverse("appointments:apart_families", kwargs={"pk": evening.pk})
    client.sit(college.people["head"])
    answer = client.post(address, {"party": party.pk, "half": "1"}, follow=True).content.decode()
    assert f"{evening.hour(2)} avec {college.people['teacher'].formal_name}" in html.unescape(answer)
    assert halves(evening)[father.person.pk] == (True, 0)
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    assert wishing.settle_half(seat_of("head"), party, 1)
    assert not wishing.settle_half(seat_of("head"), party, 1)
    Evening.objects.filter(pk=evening.pk).update(state=Evening.State.CANCELLED)
    with pytest.raises(Closed):
        wishing.settle_half(seat_of("head"), party, 0)


def test_a_meeting_that_one_does_not_see_stands_in_no_way(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    seen = a_meeting(college, evening, 1)
    hidden = a_meeting(college, evening, 10, host="teacher_1")
    # About a pupil whom she follows no more.
    classmate = Person.objects.filter(enrolments__group=own_class(college)).exclude(
        pk__in=mother.own_pupils()
    )[0]
    Meeting.objects.filter(pk=hidden.pk).update(pupil=classmate)
    client.sit(mother.person)
    address = reverse("appointments:apart", kwargs={"pk": evening.pk})
    page = html.unescape(client.get(address).content.decode())
    assert evening.hour(1) in page
    assert evening.hour(10) not in page
    assert client.post(address, {"apart": "oui", "half": "0"}).url != address
    assert halves(evening) == {mother.person.pk: (True, 0)}
    assert set(Meeting.objects.live().filter(evening=evening)) == {seen, hidden}


def test_who_sees_none_of_their_meetings_has_a_half_too(college: World, seat_of: Any) -> None:
    evening, mother = an_evening(college), seat_of("guardian")
    classmate = Person.objects.filter(enrolments__group=own_class(college)).exclude(
        pk__in=mother.own_pupils()
    )[0]
    for slot, host in [(1, "teacher"), (10, "teacher_1")]:
        meeting = a_meeting(college, evening, slot, host=host)
        Meeting.objects.filter(pk=meeting.pk).update(pupil=classmate)
    assert wishing.set_apart(mother, evening, apart=True)
