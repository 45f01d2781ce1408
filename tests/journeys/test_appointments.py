"""An evening without queues: a mother takes her hours on a phone, the father his own, a teacher runs it late; the CPE by appointment."""

import itertools
from typing import Any

import pytest
import time_machine
from playwright.sync_api import expect

from preau.directory.seeds.world import World
from preau.domains.appointments.models import Evening, Meeting, MeetingNote
from preau.domains.appointments.tests.props import an_evening, host_of, some_hours

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FIVE = 5


def _evening(college: World) -> Evening:
    """Nobody has taken anything; the rooms are on two floors."""
    Evening.objects.filter(school=college.school).delete()
    evening = an_evening(college, "Rencontre de décembre")
    for number, host in enumerate(evening.hosts.order_by("pk")):
        host.floor = number % 2
        host.save()
    return evening


def _take_five(member: Any, evening: Evening) -> None:
    page = member.page
    member.open(f"/rencontres/{evening.pk}/")
    for number in range(1, FIVE + 1):
        page.locator(".meet-hours button").first.click()
        expect(page.locator(".meet-step")).to_have_count(number)


def test_a_mother_takes_five_hours_on_a_phone_and_the_father_his_own(
    visit: Any, schools: dict[str, World]
) -> None:
    college = schools["college"]
    evening = _evening(college)
    mother = visit("guardian")
    _take_five(mother, evening)
    mother.check("rencontre-famille")
    mother.done()
    held = list(Meeting.objects.filter(evening=evening).select_related("host").order_by("starts"))
    floors = {host.person_id: host.floor for host in evening.hosts.all()}
    for before, after in itertools.pairwise(held):
        assert before.ends and after.starts
        walk = evening.walk if floors[before.host_id] != floors[after.host_id] else 0
        assert (after.starts - before.ends).total_seconds() >= walk * 60

    father = visit("other_guardian")
    father.open(f"/rencontres/{evening.pk}/")
    expect(father.page.get_by_text("Rien n’est encore pris.")).to_be_visible()
    expect(father.page.get_by_text(college.people["guardian"].given_name)).to_have_count(0)
    father.page.get_by_role("link", name="Ne pas croiser l’autre responsable").click()
    father.page.get_by_role("button", name="Demander à ne pas se croiser").click()
    expect(father.page.get_by_role("button", name="Je n’ai plus besoin d’être à part")).to_be_visible()
    father.page.locator(".meet-hours button").first.click()
    expect(father.page.locator(".meet-step")).to_have_count(1)
    father.done()
    own = Meeting.objects.get(evening=evening, guardian=college.people["other_guardian"])
    assert own.starts
    assert all(
        abs((own.starts - one.starts).total_seconds()) > evening.minutes * 60 for one in held if one.starts
    )


def test_a_teacher_runs_the_evening_ten_minutes_late(
    visit: Any, schools: dict[str, World], clock: time_machine.Traveller
) -> None:
    college = schools["college"]
    evening = _evening(college)
    host = host_of(evening, college)
    mother = visit("guardian")
    mother.open(f"/rencontres/avec/{host.pk}/")
    mother.page.locator(".meet-hours button").nth(1).click()
    expect(mother.page.locator(".meet-step")).to_have_count(1)
    mother.done()
    clock.move_to(evening.moment(1))
    teacher = visit("teacher")
    teacher.open(f"/rencontres/professeur/{host.pk}/")
    teacher.page.get_by_role("button", name="Dire ce retard").click()
    expect(teacher.page.get_by_text("10 minutes de retard.")).to_be_visible()
    teacher.page.get_by_label("Note pour vous").fill("Un bilan en mars.")
    teacher.check("rencontre-soir")
    teacher.page.get_by_role("button", name="Famille suivante").click()
    expect(teacher.page.get_by_role("button", name="Famille suivante")).to_have_count(0)
    expect(teacher.page.get_by_text("Un bilan en mars.")).to_be_visible()
    teacher.check("rencontre-note")
    teacher.page.get_by_role("link", name="Un mot à la famille").click()
    expect(teacher.page.get_by_label(college.people["pupil"].list_name)).to_be_checked()
    teacher.done()
    assert Meeting.objects.get(evening=evening).outcome == Meeting.Outcome.SEEN
    assert MeetingNote.objects.get(meeting__evening=evening).author == college.people["teacher"]


def test_an_appointment_with_the_cpe(visit: Any, schools: dict[str, World]) -> None:
    college = schools["college"]
    opening = some_hours(college, "cpe", 2)
    mother = visit("guardian")
    mother.open("/rendez-vous/")
    mother.page.locator(f"section[aria-labelledby=horaires-{opening.pk}] button").first.click()
    expect(mother.page.get_by_text("Le rendez-vous est pris.")).to_be_visible()
    mother.check("rendez-vous-famille")
    mother.done()
    meeting = Meeting.objects.get(host=college.people["cpe"], starts=opening.starts)
    cpe, teacher = visit("cpe"), college.people["teacher"]
    cpe.open(f"/rendez-vous/{meeting.pk}/")
    cpe.page.get_by_label("Collègue").select_option(label=teacher.list_name)
    cpe.page.get_by_role("button", name="Inviter", exact=True).click()
    expect(cpe.page.get_by_text(f"Y sera aussi\u202f: {teacher.formal_name}.")).to_be_visible()
    cpe.page.get_by_role("link", name="Réserver une salle").click()
    cpe.page.get_by_label("Salle").select_option(index=1)
    cpe.check("rendez-vous-salle")
    cpe.page.get_by_role("button", name="Réserver cette salle").click()
    expect(cpe.page.get_by_text("la salle est réservée")).to_be_visible()
    cpe.check("rendez-vous-cpe")
    cpe.done()
    meeting.refresh_from_db()
    assert meeting.room
    assert meeting.place == meeting.room.place
