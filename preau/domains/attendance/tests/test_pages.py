"""Pages of attendance: what is typed, what is shown, what is refused."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person
from preau.directory.seeds.world import World, add_sibling_elsewhere
from preau.directory.words import Authority, Role
from preau.domains.attendance.actions import explanations, rolls
from preau.domains.attendance.models import Entry, Explanation, Reason, RollCall, Status
from preau.domains.attendance.queries.absences import (
    AbsenceRow,
    absences_of,
    days_of,
    entries_matching,
    rows_of,
)
from preau.domains.attendance.queries.day import rolls_of_day
from preau.domains.attendance.queries.registers import register_of
from preau.domains.attendance.tests.props import many_absences
from preau.domains.timetable.models import Lesson, LessonChange, WeeklyPattern
from preau.domains.timetable.tests.props import lesson_now
from preau.foundation import dates, stamp
from tests.pages import MOST_BYTES, counted
from tests.statements import MOST_QUERIES, Statements

TODAY = NOW.date()


@pytest.fixture
def lesson(college: World) -> Lesson:
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    return found


def test_the_home_tells_absent_today_from_missing_now(
    college: World, client: SchoolClient, absence: Entry
) -> None:
    page = client.sit(college.people["cpe"]).get("/").content.decode()
    assert "À un cours au moins aujourd’hui, annoncés ou non." in page
    assert "La page dit qui n’a rien dit." in page


def roll_of(lesson: Lesson) -> str:
    return reverse("attendance:roll", kwargs={"pk": lesson.pk})


def typed(lesson: Lesson, pupil: Person, status: str, minutes: str = "") -> dict[str, str]:
    """What a browser sends for a roll: every pupil's status, minutes and what the page had shown."""
    data = {}
    for row in register_of(lesson):
        mine = row.pupil_id == pupil.pk
        data |= {
            f"status-{row.pupil_id}": status if mine else row.status,
            f"minutes-{row.pupil_id}": minutes if mine else "",
            f"seen-{row.pupil_id}": row.seen,
        }
    return data


@pytest.fixture
def an_explanation(lesson: Lesson, college: World, seat_of: Any) -> Explanation:
    """The cast's pupil was absent now; her mother explained it."""
    pupil = college.people["pupil"].pk
    mark = rolls.Mark(pupil, Status.ABSENT, None, "present")
    rolls.validate_roll(seat_of("cpe"), lesson, [mark])
    entry = Entry.objects.get(lesson=lesson, pupil=pupil)
    return explanations.explain(
        seat_of("guardian"), [entry], Reason.objects.get(label="Maladie"), "fièvre <b>40</b>"
    )


@pytest.mark.parametrize("key", ["teacher", "cpe", "head"])
def test_the_page_of_a_lesson_that_was_called_stays_within_the_limit(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any, key: str
) -> None:
    """Its roll and its changes: all that the page of a lesson shows."""
    rolls.validate_roll(seat_of("teacher"), lesson, [])
    LessonChange.objects.create(
        school=college.school, lesson=lesson, kind="room", room_after=lesson.room, made_at=NOW
    )
    Lesson.objects.filter(pk=lesson.pk).update(revision=1)
    client.sit(college.people[key])
    answer, asked = counted(client, reverse("timetable:lesson", kwargs={"pk": lesson.pk}))
    page = answer.content.decode()
    assert "Qui était là" in page and "Ses changements" in page
    assert asked <= MOST_QUERIES
    assert len(answer.content) <= MOST_BYTES


def test_marking_one_pupil_takes_few_statements(college: World, client: SchoolClient, lesson: Lesson) -> None:
    """Thirteen the first time, for the call itself; twelve then, as every daily page."""
    client.sit(college.people["teacher"])
    for status, most in ((Status.ABSENT, 13), (Status.PRESENT, 12)):
        sent = typed(lesson, college.people["pupil"], status)
        with Statements(connection) as asked:
            assert client.post(roll_of(lesson), sent).status_code == 302
        assert asked.count <= most, "\n".join(asked.made)
        assert Entry.objects.get(lesson=lesson, pupil=college.people["pupil"]).status == status
        client.get("/")


def test_a_roll_that_does_not_say_what_its_page_showed_is_judged_by_what_is_noted(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    pupil = college.people["pupil"]
    rolls.validate_roll(seat_of("cpe"), lesson, [rolls.Mark(pupil.pk, Status.ABSENT, None, "present")])
    sent = {name: value for name, value in typed(lesson, pupil, Status.PRESENT).items() if "seen" not in name}
    assert client.post(roll_of(lesson), sent).status_code == 302
    assert Entry.objects.get(lesson=lesson, pupil=pupil).status == Status.PRESENT


@pytest.mark.parametrize(
    "minutes", ["-5", "abc", "0", "99999999999", "١٠", "1e3", "00000199999", "601", "0" * 5000 + "1"]
)
def test_wrong_minutes_are_explained_and_nothing_is_lost(
    college: World, client: SchoolClient, lesson: Lesson, minutes: str
) -> None:
    client.sit(college.people["teacher"])
    pupil = college.people["pupil"]
    response = client.post(roll_of(lesson), typed(lesson, pupil, Status.LATE, minutes))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Écrivez un nombre de minutes" in page
    assert f'value="{minutes}"' in page
    assert f'<a class="link" href="#minutes-{pupil.pk}">{pupil.list_name}</a>' in page, "the line is named"
    assert not RollCall.objects.filter(lesson=lesson).exists()


def test_a_status_that_does_not_exist_is_refused(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    response = client.post(roll_of(lesson), typed(lesson, college.people["pupil"], "volatilisé"))
    assert response.status_code == 422
    assert "Choisissez présent, retard ou absent." in response.content.decode()


def test_the_roll_of_another_day_says_its_day(
    college: World, client: SchoolClient, lesson: Lesson, clock: Any
) -> None:
    client.sit(college.people["teacher"])
    title = dates.capital(dates.day(lesson.day))
    assert title not in client.get(roll_of(lesson)).content.decode()
    clock.move_to(NOW + timedelta(days=1))
    client.sit(college.people["teacher"])
    assert title in client.get(roll_of(lesson)).content.decode()


def test_who_missed_the_lesson_before_comes_first_on_the_roll(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    last = lesson.pupils().order_by("search_name", "pk").last()
    before = Lesson.objects.of_pupils([last.pk]).on(TODAY).filter(starts__lt=lesson.starts).last()
    RollCall.objects.filter(lesson__in=[before, lesson]).delete()
    Entry.objects.filter(lesson__in=[before, lesson]).delete()
    rolls.validate_roll(seat_of("cpe"), before, [rolls.Mark(last.pk, Status.ABSENT, None, "present")])
    client.sit(college.people["teacher"])
    page = client.get(roll_of(lesson)).content.decode()
    named = re.findall(r'id="eleve-(\d+)"', page)
    assert named[0] == str(last.pk) and len(named) == len(set(named)) == lesson.pupils().count()
    assert "Absents au cours précédent" in page and "Les autres élèves" in page


def test_an_empty_form_is_a_roll_where_all_are_present(
    college: World, client: SchoolClient, lesson: Lesson
) -> None:
    client.sit(college.people["teacher"])
    page = client.post(roll_of(lesson), {}, follow=True).content.decode()
    assert "Personne ne manque." in page
    assert not Entry.objects.filter(lesson=lesson).exists()


def test_a_conflict_shows_both_and_a_second_click_decides(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    pupil = college.people["pupil"]
    mine = typed(lesson, pupil, Status.LATE, "10")
    rolls.validate_roll(seat_of("cpe"), lesson, [rolls.Mark(pupil.pk, Status.ABSENT, None, "present")])
    response = client.post(roll_of(lesson), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Quelqu’un vient de noter «\u202fAbsent\u202f»" in page
    assert f'name="seen-{pupil.pk}" value="absent"' in page
    client.post(roll_of(lesson), mine | {f"seen-{pupil.pk}": "absent"})
    assert Entry.objects.get(lesson=lesson, pupil=pupil).minutes_late == 10


def test_a_second_click_keeps_what_others_wrote_of_other_pupils(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    """The page is in conflict about one pupil; what it shows of the others is stale too."""
    client.sit(college.people["teacher"])
    pupil = college.people["pupil"]
    other = next(row.pupil_id for row in register_of(lesson) if row.pupil_id != pupil.pk)
    mine = typed(lesson, pupil, Status.LATE, "10")
    absent = {pupil.pk, other}
    theirs = [
        rolls.Mark(row.pupil_id, Status.ABSENT if row.pupil_id in absent else Status.PRESENT, None, "present")
        for row in register_of(lesson)
    ]
    rolls.validate_roll(seat_of("cpe"), lesson, theirs)
    page = client.post(roll_of(lesson), mine).content.decode()
    again = dict(re.findall(r'name="(seen-\d+)" value="([^"]+)"', page))
    again |= {
        name: re.search(rf'name="{name}"[^>]*value="(\w+)"[^>]*checked', page)[1]  # type: ignore[index]
        for name in set(re.findall(r'name="(status-\d+)"', page))
    }
    client.post(roll_of(lesson), again | {f"minutes-{pupil.pk}": "10"})
    assert Entry.objects.get(lesson=lesson, pupil_id=other).status == Status.ABSENT
    assert Entry.objects.get(lesson=lesson, pupil=pupil).minutes_late == 10


def test_a_lateness_sent_twice_is_one_measure(
    college: World, client: SchoolClient, lesson: Lesson, clock: Any
) -> None:
    client.sit(college.people["teacher"])
    sent = typed(lesson, college.people["pupil"], Status.LATE)
    assert client.post(roll_of(lesson), sent).status_code == 302
    clock.shift(timedelta(minutes=2))
    assert client.post(roll_of(lesson), sent).status_code == 302
    assert Entry.objects.get(lesson=lesson, pupil=college.people["pupil"]).minutes_late == 15


@pytest.fixture
def two_schools(college: World, twin: World) -> Person:
    """A librarian here who is also CPE over there."""
    person = college.people["secretary"]
    Holding.objects.filter(person=person).update(role=Role.LIBRARIAN)
    Holding.objects.create(person=person, role=Role.SCHOOL_LIFE, school=twin.school)
    Holding.objects.create(person=person, role=Role.SECRETARY, school=twin.school)
    return person


def test_the_rights_of_one_school_open_nothing_in_another(
    two_schools: Person, college: World, twin: World, client: SchoolClient, lesson: Lesson
) -> None:
    """Even with the stamp that the page of changed context hands out."""
    client.sit(two_schools)
    client.may_see_twin = True
    there = stamp.seal(two_schools.account.pk, f"staff-{twin.school.pk}", confirmed=True)
    pattern = WeeklyPattern.objects.filter(school=college.school)[0]
    entry = Entry.objects.filter(school=college.school)[0]
    for address in (
        reverse("timetable:stop", kwargs={"pk": pattern.pk}),
        roll_of(lesson),
        reverse("attendance:entry", kwargs={"pk": entry.pk}),
    ):
        response = client.post(
            address, {stamp.FIELD: there, "status": "", f"status-{entry.pupil_id}": "absent"}
        )
        assert response.status_code == 404, address
    assert WeeklyPattern.objects.filter(pk=pattern.pk, last_day=college.year.ends).exists()
    assert not RollCall.objects.filter(lesson=lesson).exists()


def test_a_teacher_who_teaches_their_own_child_explains_as_a_parent(
    college: World, client: SchoolClient
) -> None:
    teacher, pupil = college.people["teacher"], college.people["pupil"]
    Guardianship.objects.create(pupil=pupil, guardian=teacher, authority=Authority.LEGAL)
    entry = Entry.objects.to_explain().filter(pupil=pupil)[0]
    entry.lesson.teachers.add(teacher)
    client.sit(teacher)
    assert client.get(reverse("attendance:explain", kwargs={"pk": entry.pk})).status_code == 200


@pytest.mark.parametrize("huge", ["9223372036854775808", "-1", "abc", ""])
def test_a_choice_that_is_no_row_is_refused(college: World, client: SchoolClient, huge: str) -> None:
    client.sit(college.people["guardian"])
    own = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    address = reverse("attendance:explain", kwargs={"pk": own.pk})
    assert client.post(address, {"entries": [huge], "reason": huge}).status_code == 422


def test_a_roll_of_tomorrow_is_not_open(college: World, client: SchoolClient, lesson: Lesson) -> None:
    client.sit(college.people["cpe"])
    tomorrow = Lesson.objects.filter(school=college.school, day=TODAY + timedelta(days=1))[0]
    assert "pas encore ouvert" in client.get(roll_of(tomorrow)).content.decode()
    client.post(roll_of(tomorrow), typed(tomorrow, college.people["pupil"], Status.ABSENT))
    assert not RollCall.objects.filter(lesson=tomorrow).exists()


def test_a_lesson_of_the_twin_school_does_not_exist(
    college: World, twin: World, client: SchoolClient
) -> None:
    client.sit(college.people["cpe"])
    foreign = Lesson.objects.filter(school=twin.school, day=TODAY)[0]
    assert client.get(roll_of(foreign)).status_code == 404
    assert client.post(roll_of(foreign), {}).status_code == 404


def test_a_teacher_of_two_schools_opens_a_lesson_of_the_other(
    college: World, twin: World, client: SchoolClient
) -> None:
    """A link from a mail: the viewer is seated where the lesson is."""
    teacher = college.people["teacher"]
    Holding.objects.create(person=teacher, role=Role.TEACHER, school=twin.school)
    foreign = Lesson.objects.filter(school=twin.school, day=TODAY, starts__lte=NOW)[0]
    foreign.teachers.add(teacher)
    client.sit(teacher, f"staff-{college.school.pk}")
    client.may_see_twin = True
    page = client.get(roll_of(foreign)).content.decode()
    assert twin.school.name in page
    assert client.session["seat"] == f"staff-{college.school.pk}"


def test_an_explanation_cannot_reach_another_pupil(
    college: World, client: SchoolClient, an_explanation: Explanation
) -> None:
    """Ids of other entries slipped into the form are refused by the choices."""
    client.sit(college.people["guardian"])
    own = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    other = Entry.objects.to_explain().exclude(pupil=college.people["pupil"])[0]
    address = reverse("attendance:explain", kwargs={"pk": own.pk})
    reason = Reason.objects.get(label="Maladie").pk
    response = client.post(address, {"entries": [own.pk, other.pk], "reason": reason})
    assert response.status_code == 422
    assert Entry.objects.to_explain().filter(pk__in=[own.pk, other.pk]).count() == 2


def test_a_reason_of_another_school_is_not_offered(college: World, twin: World, client: SchoolClient) -> None:
    foreign = Reason.objects.create(school=twin.school, label="Motif d’ailleurs")
    # She has a child there too: that school's reasons are for that school's absences.
    Guardianship.objects.create(
        pupil=twin.people["pupil"], guardian=college.people["guardian"], authority=Authority.LEGAL
    )
    client.sit(college.people["guardian"])
    own = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    address = reverse("attendance:explain", kwargs={"pk": own.pk})
    assert "Motif d’ailleurs" not in client.get(address).content.decode()
    assert client.post(address, {"entries": [own.pk], "reason": foreign.pk}).status_code == 422


def test_the_father_sees_the_state_and_not_the_words(
    college: World, client: SchoolClient, an_explanation: Explanation
) -> None:
    client.sit(college.people["other_guardian"])
    page = client.get("/absences/").content.decode()
    # It is the school that has it to read.
    assert "Explication envoyée" in page and "Explication à lire" not in page
    assert "fièvre" not in page
    assert "Retirer l’explication" not in page
    assert client.post(reverse("attendance:withdraw", kwargs={"pk": an_explanation.pk})).status_code == 404


def test_a_pupil_reads_that_the_family_explains_and_not_their_own_name(
    college: World, client: SchoolClient
) -> None:
    page = client.sit(college.people["pupil"]).get("/absences/").content.decode()
    assert "À expliquer par la famille" in page
    name = college.people["pupil"].given_name
    assert f"<h2>{name}," not in page
    page = client.sit(college.people["guardian"]).get("/absences/").content.decode()
    assert "À expliquer" in page and "À expliquer par la famille" not in page
    assert f"<h2>{name}," in page


def test_each_absence_to_explain_has_a_link_of_its_own_name(college: World, client: SchoolClient) -> None:
    entry = Entry.objects.to_explain().filter(pupil=college.people["pupil"]).order_by("lesson__starts")[0]
    Entry.objects.filter(pk=entry.pk).update(day=entry.day - timedelta(days=1))
    page = client.sit(college.people["guardian"]).get("/absences/").content.decode()
    names = re.findall(r'aria-label="(Expliquer\s?:[^"]+)"', page)
    assert len(names) > 1 and len(names) == len(set(names))


def test_the_absences_of_a_day_follow_each_other_child_by_child(
    college: World, twin: World, seat_of: Any
) -> None:
    add_sibling_elsewhere(college, twin)
    for pupil in (college.people["pupil"], twin.people["pupil"]):
        Entry.objects.filter(pupil=pupil, status=Status.ABSENT).update(day=NOW.date())
    days = days_of(rows_of(absences_of(mother := seat_of("guardian")), {}, mother))
    of_day = [day.pupil for day in days if day.day == NOW.date()]
    assert len(of_day) == 2 and of_day == sorted(of_day)
    assert [day.day for day in days] == sorted((day.day for day in days), reverse=True)


def a_row(pk: int, **more: Any) -> AbsenceRow:
    facts: dict[str, Any] = {
        "pupil": "Nina",
        "list_name": "ABADIE Nina",
        "group": "",
        "day": NOW.date(),
        "hours": f"{pk} h",
        "subject": "Français",
        "status": Status.ABSENT,
        "label": "Absent",
        "explanation_id": None,
        "explanation_state": "",
        "reason": "",
        "to_explain": False,
        "settled": False,
        "announced": False,
        "exempt": False,
    }
    return AbsenceRow(pk=pk, **(facts | more))


def test_what_is_true_of_a_whole_day_is_said_once() -> None:
    sent = {"explanation_id": 7, "explanation_state": Explanation.State.ACCEPTED, "reason": "Maladie"}
    (day,) = days_of([a_row(9, **sent), a_row(8, **sent)])
    assert [row.hours for row in day.rows] == ["8 h", "9 h"]
    assert (day.tag, day.reason, day.explanations) == (("Explication acceptée", "done"), "Maladie", [7])
    assert day.to_explain is None
    # One lesson is explained and the other is not: each says its own, and one form explains what is left.
    (mixed,) = days_of([a_row(9, to_explain=True), a_row(8, **sent)])
    assert mixed.tag is None and mixed.reason == "" and mixed.to_explain and mixed.to_explain.pk == 9
    # A lateness has no state, and takes none from the absence beside it.
    (late,) = days_of([a_row(9, to_explain=True), a_row(8, status=Status.LATE, label="Retard de 6 min")])
    assert late.tag is None and [row.has_state for row in late.rows] == [False, True]


def test_two_parents_who_explain_at_once_are_both_told(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The father's form was read as right, then the mother's was written first."""
    own = Entry.objects.to_explain().filter(pupil=college.people["pupil"])[0]
    reason = Reason.objects.get(label="Maladie")
    explain = explanations.explain

    def after_the_mother(*arguments: Any) -> Explanation:
        explain(seat_of("guardian"), [own], reason)
        return explain(*arguments)

    monkeypatch.setattr(explanations, "explain", after_the_mother)
    client.sit(college.people["other_guardian"])
    sent = {"entries": [own.pk], "reason": reason.pk}
    page = client.post(reverse("attendance:explain", kwargs={"pk": own.pk}), sent, follow=True)
    assert "Cette absence n’est plus à expliquer." in page.content.decode()
    assert Explanation.objects.get(entries=own).given_by == college.people["guardian"]


def test_an_explanation_that_was_answered_meanwhile_stays(
    college: World, client: SchoolClient, an_explanation: Explanation, seat_of: Any
) -> None:
    explanations.decide(seat_of("cpe"), an_explanation, Explanation.State.ACCEPTED)
    client.sit(college.people["guardian"])
    page = client.post(reverse("attendance:withdraw", kwargs={"pk": an_explanation.pk}), follow=True)
    assert "Trop tard pour la retirer" in page.content.decode()
    an_explanation.refresh_from_db()
    assert an_explanation.state == Explanation.State.ACCEPTED


def test_a_lateness_without_its_minutes_is_asked_for_them(
    college: World, client: SchoolClient, an_explanation: Explanation
) -> None:
    entry = an_explanation.entries.get()
    client.sit(college.people["cpe"])
    response = client.post(reverse("attendance:entry", kwargs={"pk": entry.pk}), {"status": Status.LATE})
    assert response.status_code == 422
    assert "Écrivez le nombre de minutes de retard." in response.content.decode()
    entry.refresh_from_db()
    assert entry.status == Status.ABSENT


def test_a_lateness_noted_once_the_lesson_is_over_says_its_minutes(
    college: World, client: SchoolClient, lesson: Lesson, clock: Any
) -> None:
    pupil = college.people["pupil"]
    address = reverse("attendance:roll", kwargs={"pk": lesson.pk})
    clock.move_to(lesson.ends + timedelta(minutes=20))
    client.sit(college.people["teacher"])
    sent = {f"status-{one.pk}": "present" for one in lesson.pupils()}
    sent |= {name.replace("status", "seen"): "present" for name in sent}
    sent[f"status-{pupil.pk}"] = "late"
    assert "d’après l’heure" not in client.get(address).content.decode(), "no promise that is not kept"
    page = client.post(address, sent)
    assert page.status_code == 422 and "écrivez les minutes de retard" in page.content.decode()
    assert client.post(address, sent | {f"minutes-{pupil.pk}": "10"}).status_code == 302
    assert Entry.objects.get(lesson=lesson, pupil=pupil).minutes_late == 10


def test_a_roll_that_waited_for_the_network_measures_when_it_was_made(
    college: World, lesson: Lesson, seat_of: Any, clock: Any
) -> None:
    pupil = college.people["pupil"]
    RollCall.objects.filter(lesson=lesson).delete()
    Entry.objects.filter(lesson=lesson).delete()
    clock.move_to(lesson.ends + timedelta(hours=1))
    made = rolls.Sending(uuid4(), lesson.starts + timedelta(minutes=7))
    marks = [
        rolls.Mark(one.pk, Status.LATE if one == pupil else Status.PRESENT, None, "present")
        for one in lesson.pupils()
    ]
    rolls.replay_roll(seat_of("teacher", at=lesson.ends + timedelta(hours=1)), lesson, marks, made)
    assert Entry.objects.get(lesson=lesson, pupil=pupil).minutes_late == 7


def test_the_list_is_narrowed_to_a_class(college: World, client: SchoolClient, seat_of: Any) -> None:
    own = Enrolment.objects.active(TODAY).get(pupil=college.people["pupil"], group__kind="class").group
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:entries"), {"classe": own.pk}).content.decode()
    cpe = seat_of("cpe")
    every, ours = entries_matching(cpe, {}), entries_matching(cpe, {"classe": own})
    assert 0 < ours.count() < every.count()
    members = set(Enrolment.objects.active(TODAY).filter(group=own).values_list("pupil", flat=True))
    assert set(ours.values_list("pupil", flat=True)) <= members
    text = page.replace("\xa0", " ").replace("\u202f", " ")
    assert f"{ours.count()} ligne" in text
    export = client.get(reverse("attendance:export"), {"classe": own.pk})
    lines = b"".join(export.streaming_content).decode().splitlines()
    assert len(lines) <= ours.count() + 1


def test_a_guardian_may_not_decide(college: World, client: SchoolClient, an_explanation: Explanation) -> None:
    client.sit(college.people["guardian"])
    response = client.post(
        reverse("attendance:decide", kwargs={"pk": an_explanation.pk}), {"state": "accepted"}
    )
    assert response.status_code == 403
    an_explanation.refresh_from_db()
    assert an_explanation.is_pending


def test_a_refusal_without_a_word_is_asked_for_one(
    college: World, client: SchoolClient, an_explanation: Explanation
) -> None:
    client.sit(college.people["cpe"])
    response = client.post(
        reverse("attendance:decide", kwargs={"pk": an_explanation.pk}), {"state": "refused", "comment": " "}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Dites à la famille pourquoi" in page
    assert "fièvre &lt;b&gt;40&lt;/b&gt;" in page


def test_the_form_comes_back_on_the_lesson_that_was_open(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    for one in Lesson.objects.of_pupils([pupil.pk]).on(TODAY).filter(starts__lte=NOW):
        rolls.validate_roll(seat_of("cpe"), one, [rolls.Mark(pupil.pk, Status.ABSENT, None, "present")])
    entries = list(Entry.objects.filter(pupil=pupil, day=TODAY).order_by("lesson__starts"))
    explanation = explanations.explain(seat_of("guardian"), entries, Reason.objects.get(label="Maladie"))
    client.sit(college.people["cpe"])
    address = reverse("attendance:decide", kwargs={"pk": explanation.pk})
    page = client.post(address, {"state": "refused", "entry": entries[-1].pk}).content.decode()
    assert entries[-1].lesson.hours in page
    assert reverse("attendance:entry", kwargs={"pk": entries[-1].pk}) in page


def test_reading_a_file_and_exporting_leave_a_line(
    college: World, client: SchoolClient, an_explanation: Explanation
) -> None:
    client.sit(college.people["head"])
    entry = an_explanation.entries.get()
    client.get(reverse("attendance:entry", kwargs={"pk": entry.pk}))
    read = Line.objects.get(verb="attendance.entry_read", actor=college.people["head"])
    assert (read.is_read, read.subject_id) == (True, college.people["pupil"].pk)
    client.get(reverse("attendance:export"))
    assert Line.objects.get(verb="attendance.exported").details["rows"] > 0


def test_the_export_opens_in_a_spreadsheet_and_runs_nothing(
    college: World, client: SchoolClient, an_explanation: Explanation
) -> None:
    Person.objects.filter(pk=an_explanation.pupil_id).update(family_name="=cmd|calc")
    client.sit(college.people["cpe"])
    text = b"".join(client.get(reverse("attendance:export")).streaming_content).decode()
    assert text.startswith("\ufeffÉlève;Classe;Jour;")
    assert "'=CMD|CALC Nina" in text


@pytest.mark.parametrize(
    "query",
    [
        "?page=abc",
        "?page=-1",
        "?du=hier",
        "?etat=zzz",
        "?nom=" + "x" * 500,
        "?nom=%00",
        "?du=2026-02-31&au=x",
        "?jour=x",
    ],
)
def test_a_wrong_filter_is_never_an_error(college: World, client: SchoolClient, query: str) -> None:
    client.sit(college.people["cpe"])
    assert client.get(reverse("attendance:entries") + query).status_code == 200
    assert client.get(reverse("attendance:board") + query).status_code == 200
    assert client.get(reverse("attendance:export") + query).status_code == 200


def test_the_state_filter_keeps_only_that_state(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    rows = client.get(reverse("attendance:entries"), {"etat": "retard"}).content.decode().split("<tbody")[1]
    assert rows.count("Retard de") == rows.count("<tr") > 0


def test_the_days_asked_for_are_both_included(college: World, seat_of: Any) -> None:
    days = sorted(set(Entry.objects.visible_to(seat_of("cpe")).values_list("day", flat=True)))
    first, last = days[1], days[-2]
    found = entries_matching(seat_of("cpe"), {"du": first, "au": last})
    assert set(found.values_list("day", flat=True)) == {day for day in days if first <= day <= last}


def test_filters_find_by_a_piece_of_name_without_accents(college: World, client: SchoolClient) -> None:
    Person.objects.get(pk=college.people["pupil"].pk).save()
    client.sit(college.people["cpe"])
    page = client.get(
        reverse("attendance:entries"), {"nom": "ABADÏE", "etat": "a_expliquer"}
    ).content.decode()
    rows = page.split("<tbody")[1]
    assert rows.count("<span>ABADIE Nina</span>") == rows.count("<tr") > 0


def test_a_day_past_can_be_looked_at(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:board"), {"jour": "2026-11-23", "appels": "tous"}).content.decode()
    assert "Appels, lundi 23 novembre 2026" in page
    assert page.count("Fait") > 3


def test_a_guardian_barred_today_sees_nothing_at_the_next_request(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["guardian"])
    assert client.get("/absences/").status_code == 200
    Guardianship.objects.filter(guardian=college.people["guardian"]).update(authority=Authority.CONTACT)
    assert client.get("/absences/").status_code == 302


def together(college: World, lesson: Lesson) -> list[Group]:
    """The lesson is that of a group of two classes: the cast's pupil, and one of another class."""
    own = Group.objects.get(kind="class", year=college.year, enrolments__pupil=college.people["pupil"])
    other = (
        Group.objects.filter(kind="class", year=college.year).exclude(pk=own.pk).exclude(enrolments=None)[0]
    )
    group = Group.objects.create(
        school=college.school, year=college.year, kind="group", name="LATIN ENSEMBLE"
    )
    stranger = Enrolment.objects.active(NOW.date()).filter(group=other)[0].pupil
    for pupil in (college.people["pupil"], stranger):
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
    lesson.groups.set([group])
    return [own, other]


def test_a_roll_of_several_classes_says_the_class_of_each(
    college: World, twin: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    own, other = together(college, lesson)
    pupil = college.people["pupil"]
    theirs = Group.objects.filter(kind="class", year=twin.year)[0]
    Enrolment.objects.create(school=twin.school, group=theirs, pupil=pupil)
    assert sorted(row.group for row in register_of(lesson)) == sorted([own.name, other.name])
    assert {row.pupil_id: row.group for row in register_of(lesson)}[pupil.pk] == own.name
    (roll,) = [roll for roll in rolls_of_day(seat_of("teacher")) if roll.lesson.pk == lesson.pk]
    assert sorted(line[3] for line in roll.pupils) == sorted([own.name, other.name])
    client.sit(college.people["teacher"])
    assert client.get(roll_of(lesson)).content.decode().count("data-class") == 2


def test_a_roll_of_one_class_says_it_once(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    assert {row.group for row in register_of(lesson)} == {""}
    (roll,) = [roll for roll in rolls_of_day(seat_of("teacher")) if roll.lesson.pk == lesson.pk]
    assert {line[3] for line in roll.pupils} == {""}
    client.sit(college.people["teacher"])
    assert "data-class" not in client.get(roll_of(lesson)).content.decode()


def test_the_roll_of_thirty_costs_what_one_of_six_does(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    address = reverse("attendance:roll", kwargs={"pk": lesson_now(college).pk})
    _, few = counted(client, address)
    many_absences(college, 30)
    page, many = counted(client, address)
    assert many == few
    assert page.content.decode().count('type="radio"') >= 36 * 3
    assert len(page.content) <= MOST_BYTES


def test_the_page_of_a_lesson_says_who_was_there_to_whoever_follows_its_roll(
    college: World, twin: World, client: SchoolClient, lesson: Lesson, absence: Entry, clock: Any
) -> None:
    """Readable long after, without « Corriger »; a colleague, a family and a pupil read the lesson alone."""
    pupil = college.people["pupil"]
    address = reverse("timetable:lesson", kwargs={"pk": lesson.pk})
    clock.shift(timedelta(days=30))
    for key in ("cpe", "head", "teacher"):
        page = client.sit(college.people[key]).get(address).content.decode()
        assert "Qui était là" in page and "1 absent<" in page, key
        assert f"<li>{pupil.list_name}" in page, key
    for key in ("teacher_1", "secretary", "guardian", "pupil"):
        page = client.sit(college.people[key]).get(address).content.decode()
        assert "Qui était là" not in page, key


def test_without_a_roll_nobody_is_said_present(college: World, client: SchoolClient, lesson: Lesson) -> None:
    RollCall.objects.filter(lesson=lesson).delete()
    address = reverse("timetable:lesson", kwargs={"pk": lesson.pk})
    page = client.sit(college.people["cpe"]).get(address).content.decode()
    assert "L’appel de ce cours n’est pas fait" in page and "présents" not in page
