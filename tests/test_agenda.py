"""The agenda on its pages and in its feed: whose days, whose eyes, until when."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from conftest import NOW, TWIN, SchoolClient
from preau.commons.agenda import actions, queries, rules
from preau.commons.agenda.models import Feed
from preau.commons.agenda.queries import View, gathered, layout_of
from preau.commons.journal.models import Line
from preau.directory.models import Closure, Guardianship, Holding, Period, Person
from preau.directory.seeds.world import World, add_sibling_elsewhere, make_parent_of
from preau.directory.words import Role
from preau.domains.attendance.models import Entry
from preau.domains.events.models import Event
from preau.domains.gradebook.models import Assessment
from preau.domains.timetable.models import DaySlot, Lesson
from preau.foundation.boards import AgendaEntry
from tests.statements import MOST_QUERIES, Statements

PAGE, SUBSCRIPTION = "/agenda/", "/agenda/abonnement/"
TODAY = NOW.date()


def on(viewer: Any, day: date = TODAY) -> list[AgendaEntry]:
    return gathered(viewer, day, day)


def feed_address(client: SchoolClient, seen: int = 0) -> str:
    page = client.post("/agenda/abonnement/adresse/", {"vu": seen}).content.decode()
    address = re.search(r'value="(http[^"]+agenda\.ics\?[^"]+)"', page)
    assert address, page
    parts = urlsplit(address[1].replace("&amp;", "&"))
    return f"{parts.path}?{parts.query}"


def summaries(response: Any) -> set[str]:
    assert response.status_code == 200, response.status_code
    return {str(event["summary"]) for event in icalendar.Calendar.from_ical(response.content).walk("VEVENT")}


# What an agenda holds.


def test_each_role_has_its_own_days(seat_of: Any, college: World) -> None:
    Lesson.objects.filter(day=TODAY)[0].teachers.set([college.people["teacher"]])
    assert [e for e in on(seat_of("teacher")) if e.uid.startswith("seance")]
    lessons = [e for e in on(seat_of("pupil")) if e.uid.startswith("seance")]
    assert lessons and not any(e.whose for e in lessons)
    assert {e.whose for e in on(seat_of("guardian")) if e.uid.startswith("seance")} == {"Nina"}
    # A secretary has no lessons: the days of the school alone.
    closure = Closure.objects.filter(school=college.school, ends__gte=TODAY)[0]
    assert on(seat_of("secretary")) == []
    assert [e.title for e in on(seat_of("secretary"), closure.starts)] == [closure.name]


def test_what_is_due_comes_after_the_hours_of_its_day(
    seat_of: Any, client: SchoolClient, college: World
) -> None:
    pupil = seat_of("pupil")
    due = {one.first_day for one in gathered(pupil, TODAY, TODAY + timedelta(days=7)) if one.for_the_day}
    days = {day: on(pupil, day) for day in due if any(not one.lasts_days for one in on(pupil, day))}
    assert days
    for entries in days.values():
        order = [entry.for_the_day for entry in entries]
        assert order == sorted(order)
    client.sit(college.people["pupil"])
    page = client.get(PAGE, {"vue": "jour", "jour": min(days).isoformat()}).content.decode()
    cells = re.findall(r'class="day-time">([^<]*)<', page)
    assert "h" in cells[0] and cells[-1] == "Pour ce jour"


def test_a_guardian_reads_the_children_of_two_schools_with_their_names(
    college: World, twin: World, seat_of: Any
) -> None:
    add_sibling_elsewhere(college, twin)
    assert {e.whose for e in on(seat_of("guardian")) if e.uid.startswith("seance")} == {"Nina", "Hugo"}
    Closure.objects.create(school=twin.school, name="Journée pédagogique", starts=TODAY, ends=TODAY)
    closed = [e for e in on(seat_of("guardian")) if e.title == "Journée pédagogique"]
    assert len(closed) == 1
    # Both schools have the same holidays: one line, without a name of school.
    holidays = Closure.objects.filter(school=college.school, starts__gt=TODAY)[0]
    same = [e for e in on(seat_of("guardian"), holidays.starts) if e.title == holidays.name]
    assert [e.detail for e in same] == [""]


def test_absences_are_told_to_the_family_by_pupil_day_and_state(seat_of: Any, college: World) -> None:
    entry = Entry.objects.to_explain().filter(pupil=college.people["pupil"]).order_by("day", "pk")[0]
    found = [e for e in on(seat_of("guardian"), entry.day) if e.uid.startswith("absence")]
    assert [(e.title, e.whose, e.word, e.gesture) for e in found] == [
        ("Absence", "Nina", "À expliquer", "Expliquer")
    ]
    own = [e for e in on(seat_of("pupil"), entry.day) if e.uid.startswith("absence")]
    assert [(e.whose, e.gesture) for e in own] == [("", "Voir les absences")]
    assert not [e for e in on(seat_of("teacher"), entry.day) if e.uid.startswith("absence")]


def test_a_period_is_said_on_its_first_day(seat_of: Any, college: World) -> None:
    period = Period.objects.filter(school=college.school).order_by("starts")[1]
    assert f"Début\u202f: {period.name}" in [e.title for e in on(seat_of("head"), period.starts)]
    assert not [
        e for e in on(seat_of("head"), period.starts + timedelta(days=1)) if e.uid.startswith("periode")
    ]


def test_rights_end_on_their_day(seat_of: Any, college: World) -> None:
    pupil, father = college.people["pupil"], college.people["other_guardian"]
    assert {e.whose for e in on(seat_of("other_guardian")) if not e.lasts_days} == {"Nina"}
    # A second child keeps the seat open: only the first is barred.
    second = Person.objects.create(family_name="Abadie", given_name="Milo")
    Holding.objects.create(person=second, role=Role.PUPIL, school=college.school)
    Guardianship.objects.create(pupil=second, guardian=father, authority="legal")
    Guardianship.objects.filter(pupil=pupil, guardian=father).update(may_not_be_informed=True)
    assert [e for e in on(seat_of("other_guardian")) if not e.lasts_days] == []


def test_the_school_beside_is_in_nobodys_agenda(seat_of: Any, twin: World) -> None:
    for key in ("head", "cpe", "teacher", "guardian", "pupil"):
        entries = gathered(seat_of(key), TODAY - timedelta(days=60), TODAY + timedelta(days=60))
        assert entries and not [e for e in entries if TWIN in repr(e)]
    assert [e for e in gathered(seat_of("pupil", world=twin), TODAY, TODAY) if TWIN in repr(e)]


# How it is laid out.


def test_a_week_leaves_out_an_empty_weekend_and_keeps_a_saturday_with_lessons(
    seat_of: Any, college: World
) -> None:
    viewer = seat_of("pupil")
    assert len(layout_of(viewer, View.WEEK, TODAY).days) == 5
    lesson = Lesson.objects.of_pupils([viewer.person.pk]).filter(day=TODAY)[0]
    later = timedelta(days=4)
    Lesson.objects.filter(pk=lesson.pk).update(
        pattern=None, day=lesson.day + later, starts=lesson.starts + later, ends=lesson.ends + later
    )
    assert [d.day.weekday() for d in layout_of(viewer, View.WEEK, TODAY).days] == [0, 1, 2, 3, 4, 5]


def test_a_month_is_whole_weeks(seat_of: Any) -> None:
    month = layout_of(seat_of("pupil"), View.MONTH, TODAY)
    assert {len(week) for week in month.weeks} == {7}
    assert [d.day.day for d in month.days if not d.is_beside] == list(range(1, 31))
    assert (month.before, month.after) == (date(2026, 10, 1), date(2026, 12, 1))
    assert month.days[0].day.weekday() == 0


def test_a_list_holds_days_with_something_and_says_holidays_once(seat_of: Any, college: World) -> None:
    viewer = seat_of("pupil")
    holidays = Closure.objects.filter(school=college.school, name__icontains="Noël")[0]
    shown = layout_of(viewer, View.LIST, holidays.starts - timedelta(days=4))
    assert all(day.entries for day in shown.days)
    uids = [e.uid for day in shown.days for e in day.entries]
    assert uids.count(f"fermeture-{holidays.pk}") == 1
    # Begun before the list: said on its first line.
    inside = layout_of(viewer, View.LIST, holidays.starts + timedelta(days=3))
    assert inside.days[0].entries[0].title == holidays.name


def test_a_long_list_stops_at_a_whole_day_and_goes_on_there(
    seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_LINES", 20)
    viewer = seat_of("pupil")
    first = layout_of(viewer, View.LIST, TODAY)
    assert first.goes_on and first.days and sum(len(d.entries) for d in first.days) <= 20
    following = layout_of(viewer, View.LIST, first.goes_on)
    assert following.days[0].day == first.goes_on


@pytest.mark.parametrize("view", ["", "jour", "semaine", "mois", "liste", "siecle"])
@pytest.mark.parametrize("key", ["teacher", "guardian", "pupil", "head"])
def test_every_view_is_light_in_few_queries(
    college: World, client: SchoolClient, view: str, key: str
) -> None:
    client.sit(college.people[key])
    client.get(PAGE)
    with Statements(connection) as asked:
        response = client.get(PAGE, {"vue": view, "jour": "2026-11-24"})
    assert response.status_code == 200
    assert asked.count <= MOST_QUERIES
    assert len(response.content) <= 60_000


def test_a_day_that_does_not_exist_is_today(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    for typed in ("", "2026-02-31", "9999-12-31", "0001-01-01", "demain"):
        for view in View:
            assert client.get(PAGE, {"vue": view, "jour": typed}).status_code == 200


def test_a_parent_looks_at_one_child_and_keeps_them_from_week_to_week(
    college: World, client: SchoolClient
) -> None:
    mother, nina = college.people["guardian"], college.people["pupil"]
    other = Person.objects.filter(enrolments__group__year=college.year).exclude(given_name="Nina")[0]
    make_parent_of(college, "guardian", other)
    client.sit(mother)
    page = client.get(PAGE).content.decode()
    assert f"{other.given_name} ·" in page and "Nina ·" in page
    one = client.get(PAGE, {"enfant": nina.public_id}).content.decode()
    assert "Nina ·" in one and f"{other.given_name} ·" not in one
    assert one.count(f"enfant={nina.public_id}") > 4
    # Nobody else's child: all of one's own, as for an address typed by hand.
    stranger = college.people["teacher"].public_id
    assert f"{other.given_name} ·" in client.get(PAGE, {"enfant": stranger}).content.decode()


def test_a_lesson_of_the_agenda_leads_to_its_page(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    links = re.findall(r'href="(/seances/[^"]+|/emploi-du-temps/[^"?]+)"', client.get(PAGE).content.decode())
    assert any(client.get(link).status_code == 200 for link in links)


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        ("2026-11-27T20:00", "23 novembre"),
        ("2026-11-28T09:00", "23 novembre"),
        ("2026-11-28T13:00", "30 novembre"),
        ("2026-11-29T19:00", "30 novembre"),
    ],
)
def test_once_the_week_is_over_the_next_one_opens(
    college: World, client: SchoolClient, clock: Any, moment: str, monday: str
) -> None:
    clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo("Europe/Paris")))
    client.sit(college.people["guardian"])
    for page in (PAGE, "/emploi-du-temps/"):
        content = client.get(page).content.decode()
        assert re.search(rf"[Ss]emaine du (?:lundi )?{monday}", content.replace("\xa0", " ")), page


def test_an_agenda_of_nothing_says_so(college: World, client: SchoolClient) -> None:
    Event.objects.all().delete()
    DaySlot.objects.all().delete()
    Assessment.objects.all().delete()
    # The periods of these schools stay, since bulletins name them: they are of another time.
    Period.objects.update(starts=F("starts") - timedelta(days=700), ends=F("ends") - timedelta(days=700))
    client.sit(college.people["secretary"])
    assert "Rien dans ces quinze jours" in client.get(PAGE, {"vue": "liste"}).content.decode()
    assert "Rien de noté" in client.get(PAGE).content.decode()


# The feed.


def test_a_feed_is_opened_read_changed_and_closed(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    assert "Pas encore d’adresse" in client.get(SUBSCRIPTION).content.decode()
    first = feed_address(client)
    # The address is shown once, and its key is kept nowhere.
    key = parse_qs(urlsplit(first).query)["cle"][0]
    assert len(key) >= 32 and key not in client.get(SUBSCRIPTION).content.decode()
    assert key not in str(list(Feed.objects.values()))
    reader = Client()
    assert "Nina\u202f: Mathématiques" in summaries(reader.get(first))
    second = feed_address(client, seen=1)
    assert reader.get(first).status_code == 404
    assert summaries(reader.get(second))
    assert client.post("/agenda/abonnement/arreter/").url == SUBSCRIPTION
    assert reader.get(second).status_code == 404
    assert Feed.objects.count() == 0
    verbs = ["agenda.feed_opened", "agenda.feed_renewed", "agenda.feed_closed"]
    assert (
        list(Line.objects.filter(verb__startswith="agenda").order_by("pk").values_list("verb", flat=True))
        == verbs
    )


def test_a_second_click_gives_no_second_address(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    address = feed_address(client)
    again = client.post("/agenda/abonnement/adresse/", {"vu": 0})
    assert again.status_code == 302
    assert summaries(Client().get(address))
    # Stopping twice is no mistake.
    for _ in range(2):
        assert client.post("/agenda/abonnement/arreter/").status_code == 302


def test_a_feed_holds_no_absence_and_no_address_of_ours(college: World, client: SchoolClient) -> None:
    assert Entry.objects.filter(pupil=college.people["pupil"], day__gte=TODAY - rules.BEFORE).exists()
    client.sit(college.people["guardian"])
    response = Client().get(feed_address(client))
    text = response.content.decode()
    assert "bsence" not in text and "Retard" not in text and "expliquer" not in text
    assert "CLASS:PRIVATE" in text and "http" not in text
    assert TWIN not in text
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, max-age=900"
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_calendar_that_comes_back_is_told_that_nothing_changed(
    college: World, client: SchoolClient, clock: Any
) -> None:
    client.sit(college.people["pupil"])
    address, reader = feed_address(client), Client()
    tag = reader.get(address)["ETag"]
    clock.shift(timedelta(hours=2))
    same = reader.get(address, headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day__gt=TODAY)[0]
    lesson.room = None
    lesson.save()
    assert reader.get(address, headers={"If-None-Match": tag}).status_code == 200
    lesson.delete()
    left = icalendar.Calendar.from_ical(reader.get(address).content).walk("VEVENT")
    assert not any(str(event["uid"]).startswith(f"seance-{lesson.pk}@") for event in left)


def test_a_feed_ends_the_day_its_person_leaves(college: World, client: SchoolClient, clock: Any) -> None:
    teacher = college.people["teacher"]
    client.sit(teacher)
    address, reader = feed_address(client), Client()
    Holding.objects.filter(person=teacher).update(ends=TODAY + timedelta(days=1))
    assert reader.get(address).status_code == 200
    clock.shift(timedelta(days=1))
    assert reader.get(address).status_code == 404


def test_a_child_leaves_the_feed_with_the_right_to_follow_them(college: World, client: SchoolClient) -> None:
    father = college.people["other_guardian"]
    second = Person.objects.create(family_name="Abadie", given_name="Milo")  # a seat is left: somebody else
    Holding.objects.create(person=second, role=Role.PUPIL, school=college.school)
    make_parent_of(college, "other_guardian", second)
    client.sit(father)
    address, reader = feed_address(client), Client()
    assert "Nina\u202f: Mathématiques" in summaries(reader.get(address))
    Guardianship.objects.filter(pupil=college.people["pupil"], guardian=father).update(
        may_not_be_informed=True
    )
    assert not any("Nina" in summary for summary in summaries(reader.get(address)))


def test_a_closed_account_and_an_erased_person_open_nothing(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    client.sit(pupil)
    address, reader = feed_address(client), Client()
    type(pupil.account).objects.filter(pk=pupil.account.pk).update(is_active=False)
    assert reader.get(address).status_code == 404
    type(pupil.account).objects.filter(pk=pupil.account.pk).update(is_active=True)
    assert reader.get(address).status_code == 200
    assert actions.forget_feed(pupil.pk) == 1
    assert reader.get(address).status_code == 404


def test_a_teacher_who_is_a_parent_has_one_calendar(college: World, client: SchoolClient) -> None:
    make_parent_of(college, "teacher", college.people["pupil"])
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day=TODAY)[0]
    lesson.teachers.set([college.people["teacher"]])
    client.sit(college.people["teacher"], "guardian")
    response = Client().get(feed_address(client))
    titles = summaries(response)
    assert {f"Nina\u202f: {lesson.subject.name}", lesson.subject.name} <= titles
    uids = [str(e["uid"]) for e in icalendar.Calendar.from_ical(response.content).walk("VEVENT")]
    assert len(uids) == len(set(uids))


def test_a_wrong_key_and_no_key_are_told_nothing(college: World, twin: World, db: None) -> None:
    for address in ("/agenda/agenda.ics", "/agenda/agenda.ics?cle=", "/agenda/agenda.ics?cle=xxxxx"):
        assert Client().get(address).status_code == 404


def test_a_feed_costs_the_same_for_a_week_and_for_a_year(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    address, reader = feed_address(client), Client()

    def statements() -> int:
        with Statements(connection) as done:
            assert reader.get(address).status_code == 200
        return done.count

    statements()
    many = statements()
    kept = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day__gt=TODAY)[0].pk
    Lesson.objects.filter(day__gt=TODAY).exclude(pk=kept).delete()
    assert statements() == many <= MOST_QUERIES


def test_the_key_stays_out_of_logs(college: World, client: SchoolClient, capfd: Any) -> None:
    client.sit(college.people["pupil"])
    address = feed_address(client)
    key = parse_qs(urlsplit(address).query)["cle"][0]
    capfd.readouterr()
    Client().get(address)
    Client().get(f"/agenda/agenda.ics?cle={key}x")
    output = "".join(capfd.readouterr())
    assert key not in output
