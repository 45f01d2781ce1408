"""The hours of a school as its head settles them; what gateways carry, for whoever runs the platform; statements."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from conftest import SchoolClient
from preau.commons.delivery import queries, rules, words
from preau.commons.delivery.models import PersonPolicy, SchoolPolicy
from preau.commons.journal.models import Line
from preau.commons.platform.tests.test_platform import hired
from preau.directory.models import Closure, School
from preau.directory.seeds.world import World
from preau.foundation import boards

PARIS = ZoneInfo("Europe/Paris")
PAGE = "/etablissement/reglages/heures-d-envoi/"
TYPED = {
    "opens": "08:00",
    "closes": "19:00",
    "days": ["1", "2", "4", "5"],
    "keeps_closures": "on",
    "passe-attendance.absence": "on",
    "passe-attendance.corrected": "on",
    "passe-timetable.changed_today": "on",
    "passe-timetable.cover_asked_soon": "on",
    "passe-events.closed": "on",
    "passe-appointments.today": "on",
    "passe-appointments.late": "on",
}
TEN = datetime(2026, 11, 24, 10, tzinfo=PARIS)


def test_a_head_settles_the_hours_and_they_are_told(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    assert "de 7 h à 20 h, du lundi au vendredi" in client.get(PAGE).content.decode().replace(
        "\xa0", " "
    ).replace("\u202f", " ")
    assert client.post(PAGE, TYPED).status_code == 302
    policy = SchoolPolicy.objects.get(school=college.school)
    assert (policy.opens, policy.closes, policy.days, policy.waits) == (480, 1140, [1, 2, 4, 5], [])
    assert client.post(PAGE, TYPED).status_code == 302
    assert Line.objects.filter(verb="delivery.hours_settled").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"closes": "08:00"}, {"closes": "07:00"}, {"days": []}, {"opens": ""}, {"opens": "8 h"}]
)
def test_hours_badly_written_are_refused_and_nothing_is_lost(
    college: World, client: SchoolClient, wrong: dict[str, Any]
) -> None:
    client.sit(college.people["head"])
    answer = client.post(PAGE, TYPED | wrong)
    assert answer.status_code == 422 and not SchoolPolicy.objects.exists()
    assert 'value="19:00"' in answer.content.decode() or "closes" in wrong


def test_whoever_does_not_settle_the_school_does_not_settle_its_hours(
    college: World, client: SchoolClient
) -> None:
    for key in ("teacher", "cpe", "guardian", "pupil"):
        assert client.sit(college.people[key]).get(PAGE).status_code == 403, key


def test_every_urgent_kind_says_why() -> None:
    urgent = [kind for kind in boards.notification_kinds if kind.urgent]
    assert urgent and all(str(kind.urgency).endswith(".") for kind in urgent)


def test_closed_days_hold_unless_the_school_says_otherwise(college: World) -> None:
    Closure.objects.create(
        school=college.school, name="Neige", starts=date(2026, 11, 24), ends=date(2026, 11, 25)
    )
    hours = queries.hours_of_school(college.school)
    found = rules.departure(hours, rules.ANY_HOUR, TEN)
    assert found is not None and found.date() == date(2026, 11, 26)
    SchoolPolicy.objects.create(school=college.school, keeps_closures=False)
    hours = queries.hours_of_school(School.objects.get(pk=college.school.pk))
    assert rules.departure(hours, rules.ANY_HOUR, TEN) == TEN


def test_departures_cost_three_statements_however_many_people(college: World, twin: World) -> None:
    Closure.objects.create(
        school=twin.school, name="Ailleurs", starts=date(2026, 11, 1), ends=date(2026, 12, 31)
    )
    people = [person.pk for person in college.people.values()]
    PersonPolicy.objects.create(person=college.people["guardian"], quiet=[[9 * 60, 12 * 60]])
    school = School.objects.get(pk=college.school.pk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = queries.departures(school, people, TEN)
    assert len(asked) == 3 and set(found) == set(people)
    late = [pk for pk, moment in found.items() if moment != TEN]
    assert late == [college.people["guardian"].pk]
    urgent = queries.departures(school, people, TEN, urgent=True)
    assert set(urgent.values()) == {TEN}


def test_the_operator_sees_counts_and_sends_again(college: World, client: SchoolClient) -> None:
    client.sit(hired(None))
    page = client.get("/plateforme/envois/").content.decode()
    assert all(str(carrier.label) in page for carrier in boards.carriers)
    assert client.post("/plateforme/envois/mail/renvoyer/").status_code == 302
    assert client.post("/plateforme/envois/pigeon/renvoyer/").status_code == 404
    assert client.sit(college.people["head"]).get("/plateforme/envois/").status_code == 403


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([1, 2, 3, 4, 5], "du lundi au vendredi"),
        ([1, 2, 4, 5], "le lundi, le mardi, le jeudi, le vendredi"),
        ([6], "le samedi"),
    ],
)
def test_hours_are_said_in_words(days: list[int], said: str) -> None:
    assert words.said_of_days(days) == said
    assert words.said_of_hours(7 * 60, 24 * 60, days).replace("\xa0", " ").endswith(f"à minuit, {said}")


def test_urgent_kinds_stand_under_the_reason_that_they_share(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    page = client.get(PAGE).content.decode()
    urgent = [kind for kind in boards.notification_kinds if kind.urgent]
    reasons = {str(kind.urgency) for kind in urgent}
    assert len(reasons) < len(urgent)
    for reason in reasons:
        assert page.count(escape(reason)) == 1, reason
    for kind in urgent:
        assert escape(str(kind.label)) in page, kind.key
