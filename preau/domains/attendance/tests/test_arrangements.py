"""Exemptions and adjustments: who notes, who reads, and what a roll says beside a name."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Enrolment, Guardianship, Holding, Person, Subject
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role
from preau.domains.attendance import rules
from preau.domains.attendance.actions import arrangements
from preau.domains.attendance.models import Arrangement
from preau.domains.attendance.queries.arrangements import pupils_named
from preau.domains.attendance.queries.registers import register_of
from preau.domains.timetable.models import Lesson

TODAY = NOW.date()


@pytest.fixture
def lesson(college: World) -> Lesson:
    Arrangement.objects.all().delete()
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    return found


def exempt(viewer: Any, pupil: Person, *subjects: Subject, **values: Any) -> list[Arrangement]:
    kept = {"first_day": TODAY, "last_day": TODAY + timedelta(days=14)} | values
    return arrangements.arrange(
        viewer, pupil, arrangements.ArrangementFacts(kind="exemption", subjects=subjects, **kept)
    )


def adjust(viewer: Any, pupil: Person, words: str, **values: Any) -> Arrangement:
    kept = {"first_day": TODAY, "last_day": None} | values
    (made,) = arrangements.arrange(
        viewer, pupil, arrangements.ArrangementFacts(kind="adjustment", words=words, **kept)
    )
    return made


def beside(lesson: Lesson, pupil: Person) -> list[str]:
    (row,) = [row for row in register_of(lesson) if row.pupil_id == pupil.pk]
    return [note.words for note in row.notes]


def test_a_roll_says_what_holds_in_its_lesson_on_its_day(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    cpe, pupil = seat_of("cpe"), college.people["pupil"]
    other = Subject.objects.filter(school=college.school).exclude(pk=lesson.subject_id)[0]
    exempt(cpe, pupil, other)
    assert beside(lesson, pupil) == []
    exempt(cpe, pupil, lesson.subject, words="peut marquer les points", must_attend=True)
    adjust(cpe, pupil, "Tiers-temps")
    adjust(
        cpe, pupil, "Hier seulement", first_day=TODAY - timedelta(days=1), last_day=TODAY - timedelta(days=1)
    )
    adjust(cpe, pupil, "Demain", first_day=TODAY + timedelta(days=1))
    assert beside(lesson, pupil) == ["Tiers-temps", "Dispense, vient en cours, peut marquer les points"]


def test_what_is_ended_is_said_no_more_and_is_still_read(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    cpe, pupil = seat_of("cpe"), college.people["pupil"]
    made = adjust(cpe, pupil, "Placée devant")
    assert beside(lesson, pupil) == ["Placée devant"]
    assert arrangements.end_arrangement(cpe, made)
    assert not arrangements.end_arrangement(cpe, made)
    assert beside(lesson, pupil) == []
    assert Line.objects.filter(verb="attendance.arrangement_ended").count() == 1
    assert Arrangement.objects.get().ended_by == college.people["cpe"]


def test_the_same_thing_noted_twice_is_noted_once(college: World, lesson: Lesson, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    assert len(exempt(seat_of("cpe"), pupil, lesson.subject)) == 1
    assert exempt(seat_of("head"), pupil, lesson.subject) == []
    assert Arrangement.objects.count() == 1


def test_who_reads_an_adjustment(college: World, twin: World, lesson: Lesson, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    made = adjust(seat_of("cpe"), pupil, "Tiers-temps")
    cast = ("head", "cpe", "teacher", "secretary", "pupil", "guardian", "other_guardian")
    own = Enrolment.objects.active(TODAY).filter(pupil=pupil)[0].group
    Assignment.objects.get_or_create(
        school=college.school, group=own, teacher=college.people["teacher"], subject=lesson.subject
    )
    seen = {key for key in cast if made in Arrangement.objects.visible_to(seat_of(key))}
    assert seen == set(cast) - {"secretary"}
    Assignment.objects.all().delete()
    teacher = seat_of("teacher")
    assert made not in Arrangement.objects.visible_to(teacher), "who does not teach the pupil does not read"
    for key in ("head", "cpe", "teacher", "guardian"):
        assert made not in Arrangement.objects.visible_to(seat_of(key, world=twin)), key


def test_who_may_note_one(seat_of: Any, college: World) -> None:
    keepers = {
        key
        for key in ("head", "cpe", "teacher", "secretary", "pupil", "guardian")
        if rules.keeps_arrangements(seat_of(key))
    }
    assert keepers == {"head", "cpe"}
    Holding.objects.filter(person=college.people["secretary"]).update(role=Role.NURSE)
    assert rules.keeps_arrangements(seat_of("secretary"))
    assert not rules.keeps_arrangements_of(seat_of("cpe"), college.people["teacher"]), (
        "a colleague is no pupil"
    )


def test_a_separated_parent_who_may_not_be_informed_reads_nothing(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    adjust(seat_of("cpe"), college.people["pupil"], "Tiers-temps")
    client.sit(college.people["other_guardian"])
    assert "Tiers-temps" in client.get("/amenagements/").content.decode()
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(authority=Authority.CONTACT)
    assert client.get("/amenagements/").status_code == 302


def address(name: str, pupil: Person) -> str:
    return reverse(f"attendance:{name}", kwargs={"public_id": pupil.public_id})


def test_school_life_finds_a_pupil_and_notes_an_exemption(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    pupil = college.people["pupil"]
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:arrangements"), {"nom": "abad"}).content.decode()
    assert address("pupil_arrangements", pupil) in page
    sent = {
        "kind": "exemption",
        "subjects": [lesson.subject_id],
        "first_day": "2026-11-24",
        "last_day": "2026-12-08",
    }
    page = client.post(address("arrange", pupil), sent, follow=True).content.decode()
    assert "les enseignants le verront" in page
    assert beside(lesson, pupil) == ["Dispense, ne vient pas"]
    made = Arrangement.objects.get()
    assert (made.last_day, made.said_by) == (date(2026, 12, 8), college.people["cpe"])
    read = Line.objects.get(verb="attendance.arrangements_read")
    assert (read.is_read, read.subject_id) == (True, pupil.pk)
    client.post(reverse("attendance:end_arrangement", kwargs={"pk": made.pk}))
    assert beside(lesson, pupil) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": ""}, "Choisissez une dispense ou un aménagement."),
        ({"subjects": []}, "Choisissez au moins une matière."),
        ({"kind": "adjustment"}, "Dites aux enseignants ce qu’il faut faire."),
        ({"last_day": "2026-11-01"}, "La fin doit venir après le début."),
    ],
)
def test_a_mistake_is_said_beside_its_field(
    college: World, client: SchoolClient, lesson: Lesson, wrong: dict[str, Any], said: str
) -> None:
    client.sit(college.people["cpe"])
    sent = {"kind": "exemption", "subjects": [lesson.subject_id], "first_day": "2026-11-24"} | wrong
    response = client.post(address("arrange", college.people["pupil"]), sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Arrangement.objects.exists()


def test_a_search_wants_three_letters_and_stays_in_the_school(
    college: World, twin: World, seat_of: Any
) -> None:
    cpe = seat_of("cpe")
    assert pupils_named(cpe, "ab") == []
    assert college.people["pupil"] in pupils_named(cpe, "aba")
    assert twin.people["pupil"] not in pupils_named(cpe, twin.people["pupil"].family_name)


def test_the_roll_says_it_in_words(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    adjust(seat_of("cpe"), college.people["pupil"], "Textes <agrandis>")
    client.sit(college.people["teacher"])
    page = client.get(reverse("attendance:roll", kwargs={"pk": lesson.pk})).content.decode()
    assert "Textes &lt;agrandis&gt;" in page


def test_words_are_erased_with_the_person(college: World, lesson: Lesson, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    adjust(seat_of("cpe"), pupil, "Tiers-temps")
    exempt(seat_of("cpe"), pupil, lesson.subject, words="béquilles")
    assert arrangements.forget_arrangements(pupil.pk) == 2
    assert arrangements.forget_arrangements(pupil.pk) == 0
    assert not {"Tiers-temps", "béquilles"} & set(Arrangement.objects.values_list("words", flat=True))
