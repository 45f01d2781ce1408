"""Attendance in the record of a pupil: where they are, their month, what is recent, what they need."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.directory.models import Assignment, Group
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance import rules
from preau.domains.attendance.actions import announcements, arrangements, explanations, rolls, visits
from preau.domains.attendance.actions import follow_ups as follow_ups_actions
from preau.domains.attendance.models import (
    Announcement,
    AttendanceSettings,
    Entry,
    FollowUp,
    FollowUpAction,
    Visit,
)
from preau.domains.attendance.queries import record
from preau.domains.attendance.tests.test_attendance import absent, maladie, marks
from preau.domains.timetable.models import Lesson

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def half(college: World, viewer: Any, day: date, *, afternoon: bool = False) -> str:
    """The state of half a day in the month that this viewer reads."""
    shown = record.month_shown(viewer, college.people["pupil"])
    assert shown
    days = {one[1]: one[3] for _letter, _name, week in shown["weeks"] for one in week if one}
    (state,) = [
        states[afternoon]
        for label, states in days.items()
        if label.split()[1] in {str(day.day), f"{day.day}er"}
    ]
    return str(state)


def test_an_absence_is_seen_in_its_half_day(absence: Entry, college: World, seat_of: Any) -> None:
    assert half(college, seat_of("cpe"), TODAY) == "absent"
    assert half(college, seat_of("guardian"), TODAY) == "absent"
    assert half(college, seat_of("cpe"), TODAY, afternoon=True) == "coming"


def test_an_explanation_changes_the_half_day_once_it_is_read(
    absence: Entry, college: World, seat_of: Any
) -> None:
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie())
    for key in ("cpe", "guardian", "other_guardian"):
        assert half(college, seat_of(key), TODAY) == "said", key
    explanations.decide(seat_of("cpe"), explanation, "accepted")
    assert half(college, seat_of("cpe"), TODAY) == "excused"


def test_a_lateness_is_counted_apart(lesson: Lesson, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    before = record.month_shown(seat_of("cpe"), pupil)
    rolls.validate_roll(seat_of("teacher"), lesson, marks(lesson, **{f"p{pupil.pk}": ("late", 10)}))
    after = record.month_shown(seat_of("cpe"), pupil)
    assert before and after and (after["late"], after["away"]) == (before["late"] + 1, before["away"])
    assert half(college, seat_of("cpe"), TODAY) == "late"


def test_the_afternoon_begins_when_the_school_says(absence: Entry, college: World, seat_of: Any) -> None:
    AttendanceSettings.objects.update_or_create(school=college.school, defaults={"noon": "10:00"})
    assert half(college, seat_of("cpe"), TODAY, afternoon=True) == "absent"
    assert half(college, seat_of("cpe"), TODAY) == "clear"


def test_an_absence_to_which_the_pupil_was_free_is_none(absence: Entry, college: World, seat_of: Any) -> None:
    free = arrangements.ArrangementFacts(
        "exemption", TODAY - timedelta(days=1), None, subjects=[absence.lesson.subject]
    )
    arrangements.arrange(seat_of("cpe"), absence.pupil, free)
    assert half(college, seat_of("cpe"), TODAY) != "absent"


def test_recent_absences_lead_to_what_is_left_to_do(
    absence: Entry, college: World, client: SchoolClient
) -> None:
    page = f"/annuaire/personnes/{college.people['pupil'].public_id}/"
    for key, address in (
        ("cpe", f"/vie-scolaire/absences/{absence.pk}/"),
        ("guardian", f"/absences/{absence.pk}/expliquer/"),
    ):
        client.sit(college.people[key])
        assert address in client.get(page).content.decode(), key
    client.sit(college.people["pupil"])
    assert "/expliquer/" not in client.get(page).content.decode()


def test_where_a_pupil_is_follows_the_roll(lesson: Lesson, college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]

    def said(key: str) -> str:
        shown = record.whereabouts_of(seat_of(key), pupil)
        assert shown
        return str(shown["now"].state)

    assert said("cpe") == "Appel pas encore fait"
    rolls.validate_roll(seat_of("teacher"), lesson, marks(lesson))
    assert said("cpe").startswith("Présence notée à l’appel de 10")
    # Nobody else says that a pupil is there: they do not read every absence.
    for key in ("teacher", "secretary", "guardian", "pupil"):
        assert said(key) == "", key
    rolls.validate_roll(seat_of("teacher"), lesson, absent(lesson, pupil))
    for key in ("cpe", "teacher", "guardian", "pupil"):
        assert said(key) == "Absent", key
    assert said("secretary") == ""


def test_a_visit_is_told_to_those_who_read_visits(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    visits.begin_visit(seat_of("cpe"), pupil, Visit.Place.INFIRMARY)
    for key, is_visible in {"cpe": True, "guardian": True, "teacher": False, "secretary": False}.items():
        shown = record.whereabouts_of(seat_of(key), pupil)
        assert shown and ("Infirmerie" in shown["now"].state) is is_visible, key


def test_the_other_parent_is_not_told_of_an_announcement(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    announcements.announce(
        seat_of("guardian"),
        pupil,
        college.school.pk,
        kind=Announcement.Kind.ABSENCE,
        reason=maladie(),
        starts=NOW - timedelta(hours=1),
        ends=NOW + timedelta(hours=8),
        comment="",
    )
    for key, is_visible in {"cpe": True, "guardian": True, "other_guardian": False}.items():
        shown = record.whereabouts_of(seat_of(key), pupil)
        assert shown and (shown["now"].state == "Absence annoncée") is is_visible, key


def test_needs_are_read_by_those_who_teach_or_follow(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    for key, read in {
        "cpe": True,
        "head": True,
        "teacher": True,
        "guardian": True,
        "secretary": False,
    }.items():
        assert bool(record.needs(seat_of(key), pupil)) is read, key


def test_a_stranger_reads_nothing(absence: Entry, college: World, twin: World, seat_of: Any) -> None:
    for key in ("cpe", "head", "teacher", "guardian", "pupil"):
        viewer = seat_of(key, world=twin)
        for block in (record.month_shown, record.recent, record.needs, record.whereabouts_of):
            assert block(viewer, absence.pupil) is None, (key, block)


def test_after_school_the_record_says_so(college: World, seat_of: Any) -> None:
    late = datetime.combine(TODAY, datetime.min.time(), NOW.tzinfo) + timedelta(hours=19)
    shown = record.whereabouts_of(seat_of("cpe", at=late), college.people["pupil"])
    assert shown and shown["now"].place == "Journée terminée"


def test_announcing_from_the_record_chooses_the_child_and_comes_back(
    college: World, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    client.sit(college.people["guardian"])
    address = f"/absences/annoncer/?enfant={pupil.public_id}"
    assert f"/annuaire/personnes/{pupil.public_id}/" in client.get(address).content.decode()
    typed = {"enfant": pupil.public_id, "first_day": "2026-11-25", "reason": maladie().pk}
    response = client.post(address, typed)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/annuaire/personnes/{pupil.public_id}/"
    # A child that is not theirs is no choice of theirs.
    assert "Fiche de" not in client.get("/absences/annoncer/?enfant=inconnu").content.decode()


def lead(college: World, key: str) -> None:
    """This teacher alone is head teacher of the class of the cast's pupil."""
    group = Group.objects.get(kind="class", enrolments__pupil=college.people["pupil"])
    Assignment.objects.filter(kind=Assignment.Kind.HEAD_TEACHER).delete()
    Assignment.objects.create(
        school=college.school, group=group, teacher=college.people[key], kind=Assignment.Kind.HEAD_TEACHER
    )


def test_the_head_teacher_reads_every_absence_of_the_class(
    absence: Entry, college: World, client: SchoolClient, seat_of: Any
) -> None:
    """Even of a lesson of somebody else; another teacher of the class reads no month, whoever gave the lesson."""
    lead(college, "teacher_1")
    absence.lesson.teachers.set([college.people["teacher"]])
    for key, reads in {"teacher_1": True, "teacher": False}.items():
        for block in (record.month_shown, record.recent):
            assert (block(seat_of(key), absence.pupil) is not None) is reads, (key, block)
    assert half(college, seat_of("teacher_1"), TODAY) == "absent"
    page = f"/annuaire/personnes/{absence.pupil.public_id}/"
    for key, reads in {"teacher_1": True, "teacher": False}.items():
        text = client.sit(college.people[key]).get(page).content.decode()
        assert ("Présence, novembre" in text) is reads, key
        # Neither the list of the school nor the page of the absence is theirs.
        assert f"/vie-scolaire/absences/{absence.pk}/" not in text
        assert "Toutes les absences" not in text


def test_a_head_teacher_is_told_nothing_of_what_a_family_says(
    absence: Entry, college: World, client: SchoolClient, seat_of: Any
) -> None:
    lead(college, "teacher_1")
    page = f"/annuaire/personnes/{absence.pupil.public_id}/"
    client.sit(college.people["teacher_1"])
    before = record.recent(seat_of("teacher_1"), absence.pupil), half(college, seat_of("teacher_1"), TODAY)
    explanation = explanations.explain(seat_of("guardian"), [absence], maladie())
    assert (
        record.recent(seat_of("teacher_1"), absence.pupil),
        half(college, seat_of("teacher_1"), TODAY),
    ) == before
    assert "xplication" not in client.get(page).content.decode()
    explanations.decide(seat_of("cpe"), explanation, "accepted")
    assert "xplication" not in client.get(page).content.decode()


def test_a_head_teacher_of_another_class_or_of_last_year_reads_no_month(
    absence: Entry, college: World, seat_of: Any
) -> None:
    lead(college, "teacher_1")
    Assignment.objects.filter(kind=Assignment.Kind.HEAD_TEACHER).update(ends=TODAY)
    assert record.month_shown(seat_of("teacher_1"), absence.pupil) is None
    other = Group.objects.classes().filter(year=college.year).exclude(enrolments__pupil=absence.pupil)[0]
    Assignment.objects.filter(kind=Assignment.Kind.HEAD_TEACHER).update(ends=None, group=other)
    assert record.month_shown(seat_of("teacher_1"), absence.pupil) is None


def test_who_reads_presence_and_arrangements(holder: Any, seat_of: Any) -> None:
    follows = {Role.SCHOOL_LIFE, Role.HEAD}
    assert {role for role in Role if rules.reads_presence(holder(role))} == {
        *follows,
        Role.PUPIL,
        Role.TEACHER,
    }
    arranged = {role for role in Role if rules.reads_arrangements(holder(role))}
    assert arranged == {*follows, Role.NURSE, Role.TEACHER, Role.PUPIL}
    assert rules.reads_presence(seat_of("guardian")) and rules.reads_arrangements(seat_of("guardian"))


def test_a_follow_up_that_goes_on_is_said_to_those_who_read_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil, cpe = college.people["pupil"], seat_of("cpe")
    FollowUp.objects.filter(pupil=pupil).delete()
    assert "Suivi d’assiduité" not in page_of(client, college, "cpe")
    made = follow_ups_actions.open_follow_up(cpe, pupil)
    assert "rien n’y est encore noté" in page_of(client, college, "cpe")
    kind = FollowUpAction.Kind
    follow_ups_actions.note_action(cpe, made, kind.MEETING, TODAY - timedelta(days=2))
    follow_ups_actions.note_action(cpe, made, kind.NOTE, TODAY, "Fragile.")
    record_of_cpe = page_of(client, college, "cpe")
    assert f"/vie-scolaire/suivis/{made.pk}/" in record_of_cpe
    assert "Note interne, le mardi 24 novembre" in record_of_cpe and "Fragile" not in record_of_cpe
    # A family reads what was done with it, on its own page; never that there is a note.
    family = page_of(client, college, "guardian")
    assert f"/absences/suivi/{made.pk}/" in family and "Rencontre, le dimanche 22 novembre" in family
    assert "Note interne" not in family
    # The head teacher reads the presence, and no follow-up.
    teacher = page_of(client, college, "teacher")
    assert "Présence, novembre" in teacher and "Suivi d’assiduité" not in teacher
    follow_ups_actions.end_follow_up(cpe, made, closed=True)
    assert "Suivi d’assiduité" not in page_of(client, college, "cpe")


def page_of(client: SchoolClient, college: World, key: str) -> str:
    """The record of the cast's pupil, as it is read."""
    client.sit(college.people[key])
    address = f"/annuaire/personnes/{college.people['pupil'].public_id}/"
    return client.get(address).content.decode().replace("\u00a0", " ")
