"""Councils in the days of those who sit in them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Assignment, Group, Subject
from preau.directory.seeds.world import World
from preau.domains.events.models import Event
from preau.domains.report_cards.models import Council, ReportCard
from preau.domains.report_cards.queries import coming
from preau.domains.report_cards.tests.scene import clean, own_class, period_of
from preau.foundation import boards

pytestmark = pytest.mark.django_db
AT_FIVE = NOW.replace(hour=16)


def meets(college: World, starts: datetime = AT_FIVE, group: Group | None = None, **fields: Any) -> Council:
    group = group or own_class(college)
    made: Council = Council.objects.create(
        school=college.school, group=group, period=period_of(college), starts=starts, **fields
    )
    return made


def teaches(college: World, teacher: Any, group: Group) -> None:
    subject = Subject.objects.filter(assignments__school=college.school).order_by("pk")[0]
    Assignment.objects.create(
        school=college.school, group=group, teacher=teacher, subject=subject, kind=Assignment.Kind.TEACHES
    )


def days_of(viewer: Any) -> list[str]:
    source = next(one for one in boards.agenda if one.name == "councils")
    return [one.title for one in source.entries(viewer, viewer.today, viewer.today)]


def test_a_council_stands_in_the_agenda_of_those_who_sit_in_it(
    college: World, twin: World, seat_of: Any
) -> None:
    group, _period = clean(college)
    meets(college)
    title = f"Conseil de classe, {group.name}"
    assert {key: days_of(seat_of(key)) for key in ("head", "cpe", "teacher")} == {
        "head": [title],
        "cpe": [title],
        "teacher": [title],
    }
    other = seat_of("teacher_1")
    assert days_of(other) == []
    teaches(college, other.person, group)
    assert days_of(seat_of("teacher_1")) == [title]
    assert not any(days_of(seat_of(key)) for key in ("pupil", "guardian", "secretary"))


def test_who_teaches_a_group_drawn_from_the_class_sits_in_its_council(college: World, seat_of: Any) -> None:
    group, _period = clean(college)
    council = meets(college)
    drawn = Group.objects.create(
        school=college.school, year=college.year, kind=Group.Kind.GROUP, name="LV2 du test"
    )
    drawn.classes.add(group)
    other = seat_of("teacher_1")
    teaches(college, other.person, drawn)
    (row,) = coming.councils_between(seat_of("teacher_1"), NOW.date(), NOW.date())
    # They know when it meets; neither the council nor what others write of the class opens for them.
    assert (row.pk, row.page) == (council.pk, "")


def test_todays_councils_are_on_the_home_until_they_are_over(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    group, _period = clean(college)
    ReportCard.objects.all().delete()
    council = meets(college)
    for key in ("head", "teacher", "cpe"):
        client.sit(college.people[key])
        text = "Tous les conseils" if key != "teacher" else "onseil de classe d’ici deux jours"
        assert text in client.get("/").content.decode(), key
    council.held_at, council.held_by = NOW, college.people["head"]
    council.save()
    client.sit(college.people["teacher"])
    assert "d’ici deux jours" not in client.get("/").content.decode()
    client.sit(college.people["head"])
    home = client.get("/").content.decode()
    assert "Tous les conseils" not in home
    # Its bulletins now wait for the head, and for the head alone.
    assert "lasse dont les bulletins sont à signer et à remettre" in home
    client.sit(college.people["cpe"])
    assert "à signer et à remettre" not in client.get("/").content.decode()
    assert group.name in days_of(seat_of("head"))[0]


def test_a_council_that_sat_today_is_on_the_home_no_more(
    college: World, client: SchoolClient, clock: Any, seat_of: Any
) -> None:
    clean(college)
    ReportCard.objects.all().delete()
    council = meets(college)
    clock.move_to(council.starts + coming.OVER - timedelta(minutes=1))
    client.sit(college.people["head"])
    assert "Tous les conseils" in client.get("/").content.decode()
    clock.move_to(council.starts + coming.OVER)
    assert "Tous les conseils" not in client.get("/").content.decode()
    assert days_of(seat_of("head")) == [f"Conseil de classe, {council.group.name}"]


def test_the_search_leads_a_head_who_signs_to_the_bulletins(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    page = reverse("report_cards:campaign")
    assert page in client.post("/recherche/", {"texte": "signer"}, follow=True).content.decode()
    client.sit(college.people["teacher"])
    assert page not in client.post("/recherche/", {"texte": "signer"}, follow=True).content.decode()


def test_the_demonstration_has_one_date_of_a_council(college: World) -> None:
    assert Council.objects.filter(school=college.school, starts__isnull=False).exists()
    assert not Event.objects.filter(school=college.school, kind=Event.Kind.COUNCIL).exists()
