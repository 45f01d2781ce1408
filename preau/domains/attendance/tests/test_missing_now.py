"""Who of a class is missing now, on its page."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.seeds.world import World
from preau.domains.attendance.actions import explanations, rolls
from preau.domains.attendance.models import Entry, Reason, RollCall, Status
from preau.domains.attendance.queries.record import missing_now
from preau.domains.timetable.models import Lesson


def test_the_page_of_a_class_says_who_is_missing_to_school_life_alone(
    college: World, client: SchoolClient, absence: Entry, lesson: Lesson, seat_of: Any, twin: World
) -> None:
    group = college.people["pupil"].enrolments.get(group__kind="class").group
    shown = missing_now(seat_of("cpe"), group)
    assert shown is not None
    (one,) = shown["missing"]
    assert (one.public_id, one.said) == (college.people["pupil"].public_id, "Absent")
    assert missing_now(seat_of("cpe", world=twin), group) is None
    address = f"/annuaire/classes/{group.pk}/"
    for key, reads in {
        "head": True,
        "cpe": True,
        "secretary": False,
        "teacher": False,
        "guardian": False,
    }.items():
        client.sit(college.people[key])
        assert ("Qui manque en ce moment" in client.get(address).content.decode()) == reads, key


def test_a_roll_that_is_not_called_is_said(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    group = college.people["pupil"].enrolments.get(group__kind="class").group
    RollCall.objects.filter(lesson=lesson).delete()
    Entry.objects.filter(lesson=lesson).update(status=Status.PRESENT)
    assert missing_now(seat_of("cpe"), group) == {"missing": [], "to_call": 1}
    client.sit(college.people["cpe"])
    html = client.get(f"/annuaire/classes/{group.pk}/").content.decode()
    assert "Appel pas encore fait" in html and "Personne ne manque" not in html


SINCE_MORNING = "?voir=jour"


def since_morning(client: SchoolClient, college: World) -> str:
    client.sit(college.people["cpe"])
    page: str = client.get(reverse("attendance:now") + SINCE_MORNING).content.decode()
    return page[page.index('id="qui"') :]


def test_the_day_names_who_was_absent_and_who_has_said_nothing_comes_first(
    college: World, client: SchoolClient, absence: Entry, lesson: Lesson, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    others = Entry.objects.filter(day=NOW.date()).exclude(pk=absence.pk)
    others.update(status=Status.PRESENT)
    earlier = (
        Lesson.objects.of_pupils([pupil.pk])
        .filter(day=lesson.day, ends__lte=lesson.starts)
        .earliest("starts")
    )
    mate = lesson.groups.get().enrolments.exclude(pupil=pupil).earliest("pupil__search_name").pupil
    rolls.validate_roll(
        seat_of("cpe"),
        earlier,
        [rolls.Mark(one.pk, Status.ABSENT, None, "present") for one in (pupil, mate)],
    )
    # Back since: the minute says that nobody misses them; the day, that they missed a lesson.
    shown = since_morning(client, college)
    call = reverse("attendance:note_call", kwargs={"public_id": mate.public_id})
    assert mate.list_name in shown and pupil.list_name in shown and call in shown
    assert f"Depuis ce matin ({number(seat_of('cpe'))})" in shown and "Sans nouvelle" in shown
    mine = list(Entry.objects.filter(pupil=mate, day=NOW.date(), status=Status.ABSENT))
    explanations.explain(seat_of("guardian"), mine, Reason.objects.get(label="Maladie"))
    shown = since_morning(client, college)
    assert shown.index(pupil.list_name) < shown.index(mate.list_name)
    assert shown.index("Sans nouvelle") < shown.index("Mot à lire")


def number(viewer: Any) -> int:
    return (
        Entry.objects.visible_to(viewer)
        .absences()
        .filter(day=viewer.today)
        .values("pupil")
        .distinct()
        .count()
    )


def test_the_day_is_still_to_look_at_in_the_evening(
    college: World, client: SchoolClient, absence: Entry, clock: Any
) -> None:
    clock.move_to(NOW + timedelta(hours=10))
    shown = since_morning(client, college)
    assert college.people["pupil"].list_name in shown and "Absents depuis ce matin" in shown


def test_the_card_of_absent_pupils_leads_to_the_day(
    college: World, client: SchoolClient, absence: Entry
) -> None:
    client.sit(college.people["cpe"])
    assert f'{reverse("attendance:now")}{SINCE_MORNING}"' in client.get("/").content.decode()
