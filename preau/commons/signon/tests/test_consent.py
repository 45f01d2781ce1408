"""Optional services: no pupil goes there before those concerned agree, and nobody stays once one of them does not any more."""

from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.commons.signon.models import Client, Opening, Service
from preau.commons.signon.queries import consent
from preau.commons.signon.tests.asking import MOODLE, code_of, go, ticket_in
from preau.commons.signon.tests.asking import ask as validate
from preau.commons.signon.tests.coming import answer_in, come, linked, renew, tokens_of, userinfo
from preau.directory.actions import consents
from preau.directory.boards import purposes
from preau.directory.models import ConsentRequest, Person
from preau.directory.seeds.world import World
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db


def asks(college: World, seat_of: Any, service: Service) -> ConsentRequest:
    """The service is made optional, and the school asks."""
    Service.objects.filter(pk=service.pk).update(asks_consent=True)
    purpose = purposes.named("service")
    assert purpose
    return consents.ask(seat_of("cpe"), purpose, service.public_id)[0]


def say(college: World, seat_of: Any, asked: ConsentRequest, key: str, *, agrees: bool) -> None:
    consents.answer(seat_of(key), asked, college.people["pupil"], agrees=agrees)


@pytest.fixture
def moodle(db: None) -> Service:
    return Service.objects.get(name="Moodle")


@pytest.fixture
def client_(college: World) -> Client:
    return linked(college)


def test_a_required_service_asks_nothing(pupil: SchoolClient, moodle: Service) -> None:
    assert ticket_in(go(pupil)) and not consent.optional_things(1)


def test_cas_waits_for_everyone_and_closes_at_once(
    college: World, pupil: SchoolClient, moodle: Service, seat_of: Any
) -> None:
    asked = asks(college, seat_of, moodle)
    page = go(pupil)
    assert page.status_code == 403 and "attend un accord" in page.content.decode()
    assert "Accord demandé" in pupil.get("/services-relies/").content.decode()
    say(college, seat_of, asked, "pupil", agrees=True)
    assert go(pupil).status_code == 403
    say(college, seat_of, asked, "guardian", agrees=True)
    ticket = ticket_in(go(pupil))
    say(college, seat_of, asked, "other_guardian", agrees=False)
    assert code_of(validate(service=MOODLE, ticket=ticket)) == "INVALID_TICKET", (
        "between the ticket and its use"
    )
    assert go(pupil).status_code == 403


def test_staff_and_families_are_not_asked(
    college: World, moodle: Service, seat_of: Any, client: SchoolClient
) -> None:
    asks(college, seat_of, moodle)
    for key in ("teacher", "guardian"):
        assert ticket_in(go(client.sit(college.people[key])))


def test_openid_connect_is_cut_at_the_next_call(
    college: World, pupil: SchoolClient, client_: Client, seat_of: Any
) -> None:
    asked = asks(college, seat_of, client_.service)
    assert come(pupil, client_).status_code == 403
    assert answer_in(come(pupil, client_, prompt="none"))["error"] == "access_denied"
    for key in ("pupil", "guardian"):
        say(college, seat_of, asked, key, agrees=True)
    given = tokens_of(pupil, client_)
    assert userinfo(given["access_token"]).status_code == 200
    say(college, seat_of, asked, "pupil", agrees=False)
    assert userinfo(given["access_token"]).status_code == 401
    assert renew(client_, given["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_service_that_says_something_else_is_asked_about_again(
    college: World, pupil: SchoolClient, client_: Client, seat_of: Any
) -> None:
    asked = asks(college, seat_of, client_.service)
    for key in ("pupil", "guardian"):
        say(college, seat_of, asked, key, agrees=True)
    assert come(pupil, client_).status_code == 302
    Opening.objects.filter(service=client_.service).update(agreed=["first_name"])
    assert come(pupil, client_).status_code == 403, "what leaves is not what was agreed to"
    again = consents.ask(seat_of("cpe"), purposes.named("service"), client_.service.public_id)[0]  # type: ignore[arg-type]
    asked.refresh_from_db()
    assert again != asked and asked.is_closed


def test_a_pupil_is_awaited_for_a_service_only_as_long_as_it_says_the_same(
    college: World, moodle: Service, seat_of: Any, django_assert_num_queries: Any
) -> None:
    asks(college, seat_of, moodle)
    pupil = seat_of("pupil")
    with django_assert_num_queries(2):
        titles = [one.title for one in awaited_of(pupil)]
    assert "1 autorisation à donner" in titles
    Service.objects.filter(pk=moodle.pk).update(text="Autre chose.")
    assert not any("autorisation" in one.title for one in awaited_of(pupil))


def test_from_fifteen_the_pupil_alone(
    college: World, pupil: SchoolClient, client_: Client, seat_of: Any
) -> None:
    asked = asks(college, seat_of, client_.service)
    say(college, seat_of, asked, "pupil", agrees=True)
    for year, month, day, status in ((2011, 11, 25, 403), (2011, 11, 24, 302)):
        Person.objects.filter(pk=college.people["pupil"].pk).update(
            birth_date=NOW.date().replace(year=year, month=month, day=day)
        )
        assert come(pupil, client_).status_code == status
