"""Is there school tomorrow? What anybody reads of a school, and what nobody reads there."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, PARIS, SchoolClient
from preau.commons.delivery.models import SchoolPolicy
from preau.directory.models import Closure, School, SchoolYear
from preau.directory.seeds.world import World
from preau.domains.events.models import Event
from preau.domains.events.queries import public
from preau.domains.events.queries.public import Facts, said_of
from preau.domains.timetable.models import Lesson

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
YEAR = [(date(2026, 9, 1), date(2027, 7, 3))]


def facts(*held: date, **more: Any) -> Facts:
    return Facts(**{"years": YEAR, "zone": "B", "held": set(held), "planned": set(held), **more})


@pytest.mark.parametrize(
    ("day", "known", "said"),
    [
        (date(2026, 11, 24), facts(date(2026, 11, 24)), (True, "")),
        (date(2026, 11, 24), facts(), (True, "")),
        (date(2026, 11, 29), facts(), (False, "dimanche")),
        (date(2026, 11, 28), facts(), (False, "samedi")),
        (date(2026, 11, 28), facts(date(2026, 11, 28)), (True, "")),
        # An école whose week has no Wednesday.
        (date(2026, 11, 25), facts(date(2026, 11, 24)), (False, "pas de cours ce jour-là")),
        # An école without timetable here: nobody has said whether its week has a Wednesday, until it writes to families that day.
        (date(2026, 11, 25), facts(is_ecole=True), (None, "selon les jours de classe de l’école")),
        (date(2026, 11, 25), facts(), (True, "")),
        (date(2026, 11, 24), facts(is_ecole=True), (True, "")),
        (date(2026, 11, 25), facts(is_ecole=True, sends_on_wednesday=True), (True, "")),
        (date(2026, 11, 28), facts(is_ecole=True, sends_on_wednesday=True), (False, "samedi")),
        (date(2026, 8, 20), facts(), (False, "hors de l’année scolaire")),
        (
            date(2026, 12, 24),
            facts(closures=[("Vacances de Noël", date(2026, 12, 19), date(2027, 1, 3))]),
            (False, "Vacances de Noël, jusqu’au dimanche 3 janvier"),
        ),
        (
            date(2026, 11, 11),
            facts(closures=[("Armistice", date(2026, 11, 11), date(2026, 11, 11))]),
            (False, "jour férié"),
        ),
        (
            date(2026, 11, 24),
            facts(closures=[("Obsèques de quelqu’un", date(2026, 11, 24), date(2026, 11, 24))]),
            (False, "établissement fermé"),
        ),
        (
            date(2026, 11, 24),
            facts(stops=[(date(2026, 11, 24), date(2026, 11, 24), "")]),
            (False, "fermeture exceptionnelle"),
        ),
        # Of a school without timetable, what is closed in the afternoon is open in the morning.
        (
            date(2026, 11, 24),
            facts(stops=[(date(2026, 11, 24), date(2026, 11, 24), "14 h 00 – 18 h 00")]),
            (True, "pas de cours 14 h 00 – 18 h 00"),
        ),
        (
            date(2026, 11, 24),
            facts(date(2026, 11, 24), stops=[(date(2026, 11, 24), date(2026, 11, 24), "12 h – 18 h")]),
            (True, "pas de cours 12 h – 18 h"),
        ),
    ],
)
def test_a_day_is_open_or_says_why_not(day: date, known: Facts, said: tuple[bool, str]) -> None:
    assert said_of(day, known) == said


def test_an_ecole_without_timetable_is_not_said_open_on_wednesday(
    college: World, client: SchoolClient
) -> None:
    ecole = School.objects.create(uai="0359905E", name="École neuve", kind=School.Kind.ECOLE)
    ecole.current_year = SchoolYear.objects.create(school=ecole, starts=YEAR[0][0], ends=YEAR[0][1])
    ecole.save()
    address = (reverse("events:open_days"), {"q": ecole.uai})
    page = client.get(*address).content.decode()
    assert "À vérifier" in page and "Selon les jours de classe de l’école" in page
    policy = SchoolPolicy.objects.create(school=ecole)
    assert "À vérifier" in client.get(*address).content.decode(), "the days of the beginning say nothing"
    SchoolPolicy.objects.filter(pk=policy.pk).update(days=[1, 2, 4, 5])
    assert "À vérifier" in client.get(*address).content.decode(), (
        "a day without messages may be a day of school"
    )
    SchoolPolicy.objects.filter(pk=policy.pk).update(days=[1, 2, 3, 4, 5, 6])
    page = client.get(*address).content.decode()
    assert "À vérifier" not in page and "Pas d’école" not in page


@pytest.mark.parametrize("kind", [School.Kind.ECOLE, School.Kind.COLLEGE])
def test_the_days_of_messages_open_no_saturday_and_close_no_weekday(kind: School.Kind) -> None:
    school = School.objects.create(uai="0359905E", name="École neuve", kind=kind)
    school.current_year = SchoolYear.objects.create(school=school, starts=YEAR[0][0], ends=YEAR[0][1])
    school.save()
    SchoolPolicy.objects.create(school=school, days=[2, 4, 6])

    def said(day: date) -> list[bool | None]:
        (found,) = public.open_schools([school], datetime.combine(day, time(12), PARIS))
        return [one.is_open for one in found.days]

    monday = date(2026, 11, 23)
    unknown = None if kind == School.Kind.ECOLE else True
    assert said(monday) == [True, True] and said(monday + timedelta(days=4)) == [True, False]
    assert said(monday + timedelta(days=2)) == [unknown, True]


def test_a_visitor_reads_the_two_days_of_the_school_they_name(college: World, client: SchoolClient) -> None:
    address = reverse("events:open_days")
    assert address in client.get("/").content.decode()
    empty = client.get(address).content.decode()
    assert college.school.name not in empty, "of several schools, none before one is named"
    page = client.get(address, {"q": college.school.uai}).content.decode()
    assert college.school.name in page
    assert "Aujourd’hui, mardi 24 novembre" in page and "Demain, mercredi 25 novembre" in page
    assert page.count(">École<") + page.count("École</") >= 1
    assert "Aucun établissement ne correspond" in client.get(address, {"q": "introuvable"}).content.decode()
    assert college.school.name not in client.get(address, {"q": "o"}).content.decode()


def test_the_only_school_needs_no_name(college: World, twin: World, client: SchoolClient) -> None:
    School.objects.exclude(pk=college.school.pk).update(current_year=None)
    assert college.school.name in client.get(reverse("events:open_days")).content.decode()


def closing(college: World, **fields: Any) -> Event:
    defaults: dict[str, Any] = {
        "school": college.school,
        "kind": "no_class",
        "title": "Fuite de gaz chez Mme Untel",
        "description": "Détails",
        "first_day": TOMORROW,
        "last_day": TOMORROW,
        "starts": datetime.combine(TOMORROW, time(), PARIS),
        "ends": datetime.combine(TOMORROW + timedelta(days=1), time(), PARIS),
        "whole_days": True,
        "audience": "everyone",
        "stops_lessons": True,
        "state": "published",
        "created_by": college.people["head"],
        "created_at": NOW,
    }
    return Event.objects.create(**defaults | fields)


@pytest.mark.parametrize("hidden", [{"state": "draft"}, {"audience": "groups"}, {"audience": "staff"}])
def test_a_closing_is_said_once_it_is_out_and_never_its_words(
    college: World, client: SchoolClient, hidden: dict[str, Any]
) -> None:
    Event.objects.all().delete()
    Lesson.objects.filter(school=college.school, day=TOMORROW).update(state="cancelled")
    address = (reverse("events:open_days"), {"q": college.school.uai})
    event = closing(college, **hidden)
    assert "Fermeture exceptionnelle" not in client.get(*address).content.decode()
    Event.objects.filter(pk=event.pk).update(state="published", audience="everyone")
    page = client.get(*address).content.decode()
    assert "Fermeture exceptionnelle" in page
    assert "Fuite" not in page and "Untel" not in page and "Détails" not in page


def test_each_school_is_on_its_own_wall_clock(college: World) -> None:
    School.objects.filter(pk=college.school.pk).update(timezone="Pacific/Noumea")
    school = School.objects.get(pk=college.school.pk)
    (found,) = public.open_schools([school], datetime.combine(TODAY, time(20), PARIS))
    assert found.days[0].when == "Aujourd’hui, mercredi 25 novembre"


def test_a_closure_of_today_is_said(college: World, client: SchoolClient) -> None:
    Closure.objects.create(school=college.school, name="Vacances d’automne", starts=TODAY, ends=TOMORROW)
    page = client.get(reverse("events:open_days"), {"q": college.school.uai}).content.decode()
    assert page.count("Pas d’école") == 2
    assert "Vacances d’automne, jusqu’au mercredi 25 novembre" in page


@pytest.mark.parametrize(
    "typed", ["college des tilleuls", "TILLEULS collège", "Tilleuls-college", "0359901a"]
)
def test_accents_capitals_and_order_say_nothing(college: World, twin: World, typed: str) -> None:
    schools, more = public.schools_named(typed)
    assert [school.pk for school in schools] == [college.school.pk] and not more
