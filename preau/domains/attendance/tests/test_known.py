"""Absences known in advance, early departures, and who is where."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import PDF
from preau.commons.files.tests.samples import sent as a_file
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.attendance import rules
from preau.domains.attendance.actions import announcements, explanations, rolls, visits
from preau.domains.attendance.models import Announcement, Entry, Explanation, Reason, Status, Visit
from preau.domains.attendance.queries import absences, registers
from preau.domains.attendance.queries.announcements import known_days, when_said
from preau.domains.attendance.tests.test_attendance import absent, maladie, marks
from preau.domains.timetable.models import Lesson

pytestmark = pytest.mark.django_db
ANNOUNCE = "/absences/annoncer/"


# What is arranged for some pupils all year round is no matter here.
ARRANGED = {"notes-off", "adjustments"}


def beside(lesson: Lesson) -> dict[int, list[str]]:
    """What the roll of a lesson says beside the names of its pupils."""
    rows = registers.register_of(lesson)
    by_pupil = {row.pupil_id: [note.words for note in row.notes if note.icon not in ARRANGED] for row in rows}
    return {pupil: words for pupil, words in by_pupil.items() if words}


def announce(viewer: Any, college: World, **values: Any) -> Announcement:
    defaults = {
        "kind": Announcement.Kind.ABSENCE,
        "starts": NOW - timedelta(hours=1),
        "ends": NOW + timedelta(hours=8),
        "reason": maladie(),
        "comment": "fièvre",
    }
    return announcements.announce(viewer, college.people["pupil"], college.school.pk, **(defaults | values))


def noted(lesson: Lesson, college: World, seat_of: Any) -> Entry:
    rolls.validate_roll(seat_of("teacher"), lesson, absent(lesson, college.people["pupil"]))
    return Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])


def typed(college: World, **values: Any) -> dict[str, Any]:
    child = college.people["pupil"].public_id
    return {"enfant": child, "first_day": "2026-11-25", "reason": maladie().pk} | values


# Announced


def test_an_absence_announced_is_explained_when_it_is_noted_and_nobody_is_asked(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    mother = seat_of("guardian")
    announcement = announce(mother, college)
    entry = noted(lesson, college, seat_of)
    explanation = entry.explanation
    assert explanation is not None
    assert (explanation.announcement, explanation.state) == (announcement, Explanation.State.PENDING)
    assert (explanation.given_by, explanation.comment) == (mother.person, "fièvre")
    assert entry not in Entry.objects.to_explain()
    lines = absences.absences_of(mother).filter(pk=entry.pk)
    assert absences.rows_of(lines, {}, mother)[0].tag[0] == "Absence annoncée"
    assert absences.rows_of(lines, {}, seat_of("cpe"))[0].tag[0] == "Annoncée, à valider"


def test_the_second_lesson_of_the_day_joins_the_same_explanation(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    announce(seat_of("guardian"), college)
    first = noted(lesson, college, seat_of)
    after = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(
        day=lesson.day, starts__gt=lesson.starts
    )
    other = after.order_by("starts")[0]
    rolls.validate_roll(seat_of("cpe"), other, absent(other, college.people["pupil"]))
    second = Entry.objects.get(lesson=other, pupil=college.people["pupil"])
    assert second.explanation_id == first.explanation_id
    assert Explanation.objects.filter(announcement__isnull=False).count() == 1


def test_a_refusal_asks_the_family_again_for_the_lessons_that_follow(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    announce(seat_of("guardian"), college)
    first = noted(lesson, college, seat_of)
    assert first.explanation is not None
    explanations.decide(seat_of("cpe"), first.explanation, Explanation.State.REFUSED, "Un certificat, merci")
    after = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(
        day=lesson.day, starts__gt=lesson.starts
    )
    other = after.order_by("starts")[0]
    rolls.validate_roll(seat_of("cpe"), other, absent(other, college.people["pupil"]))
    assert Entry.objects.to_explain().filter(lesson=other, pupil=college.people["pupil"]).exists()


def test_an_absence_outside_of_what_was_announced_is_to_explain(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    announce(seat_of("guardian"), college, starts=lesson.ends, ends=lesson.ends + timedelta(hours=3))
    entry = noted(lesson, college, seat_of)
    assert entry.explanation is None
    assert entry in Entry.objects.to_explain()


def test_what_was_noted_before_is_covered_too(lesson: Lesson, college: World, seat_of: Any) -> None:
    entry = noted(lesson, college, seat_of)
    announce(seat_of("guardian"), college)
    entry.refresh_from_db()
    assert entry.explanation is not None


def test_announcing_twice_is_announcing_once_and_school_life_is_told(college: World, seat_of: Any) -> None:
    first, second = (announce(seat_of("guardian"), college) for _ in range(2))
    assert first == second
    assert Line.objects.filter(verb="attendance.announced").count() == 1
    assert (
        Item.objects.filter(
            kind="attendance.announced", key=str(first.pk), person=college.people["cpe"]
        ).count()
        == 1
    )


def test_an_announcement_taken_back_takes_back_what_it_explained(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    mother = seat_of("guardian")
    announcement = announce(mother, college)
    entry = noted(lesson, college, seat_of)
    assert announcements.withdraw_announcement(mother, announcement)
    assert not announcements.withdraw_announcement(mother, announcement)
    entry.refresh_from_db()
    assert entry.explanation is not None
    assert entry.explanation.state == Explanation.State.WITHDRAWN
    assert entry in Entry.objects.to_explain()
    assert college.people["pupil"].pk not in beside(lesson)


def test_the_roll_knows_that_a_pupil_is_announced_and_not_why(
    lesson: Lesson, college: World, twin: World, seat_of: Any
) -> None:
    announce(seat_of("guardian"), college)
    pupil = college.people["pupil"].pk
    assert beside(lesson)[pupil] == ["Absence annoncée"]
    tomorrow = Lesson.objects.of_pupils([pupil]).filter(day__gt=lesson.day).order_by("starts")[0]
    assert pupil not in beside(tomorrow)
    for theirs in Lesson.objects.filter(school=twin.school, starts=lesson.starts):
        assert "Absence annoncée" not in str(beside(theirs))


def test_a_parent_does_not_see_what_the_other_announces(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    announcement = announce(seat_of("guardian"), college)
    assert announcement not in Announcement.objects.visible_to(seat_of("other_guardian"))
    assert announcement not in Announcement.objects.visible_to(seat_of("teacher"))
    assert announcement not in Announcement.objects.visible_to(seat_of("pupil"))
    page = client.sit(college.people["other_guardian"]).get(reverse("attendance:absences")).content.decode()
    assert "Absences annoncées" not in page


@pytest.mark.parametrize(
    ("half", "said", "first", "last"),
    [
        ("matin", "mercredi 25 novembre, le matin", "00:00", "13:00"),
        ("apres-midi", "mercredi 25 novembre, l’après-midi", "13:00", "23:59"),
        ("journee", "mercredi 25 novembre", "00:00", "23:59"),
    ],
)
def test_a_half_day_is_said_as_people_say_it(
    college: World, client: SchoolClient, half: str, said: str, first: str, last: str
) -> None:
    client.sit(college.people["guardian"])
    assert client.post(ANNOUNCE, typed(college, half=half)).status_code == 302
    made = Announcement.objects.order_by("-pk")[0]
    assert said in when_said(made).replace("\xa0", " ")
    zone = ZoneInfo(college.school.timezone)
    assert [f"{moment.astimezone(zone):%H:%M}" for moment in (made.starts, made.ends)] == [first, last]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({"until_hour": "14:30"}, "14 h 30"),
        ({"from_hour": "11:00"}, "11 h 00"),
        ({"until_hour": "12:00"}, "le matin"),
    ],
)
def test_another_hour_is_said_as_it_was_given(
    college: World, client: SchoolClient, hours: dict[str, str], said: str
) -> None:
    client.sit(college.people["guardian"])
    assert client.post(ANNOUNCE, typed(college, **hours)).status_code == 302
    shown = when_said(Announcement.objects.order_by("-pk")[0]).replace("\xa0", " ").replace("\u202f", " ")
    assert said in shown


def test_half_a_day_is_of_one_day(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    page = client.post(ANNOUNCE, typed(college, half="matin", last_day="2026-11-27"))
    assert page.status_code == 422 and "Pour plusieurs jours" in page.content.decode()


def test_a_parent_announces_in_one_short_form(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    assert client.post(ANNOUNCE, typed(college)).status_code == 302
    made = Announcement.objects.get(pupil=college.people["pupil"])
    assert made.starts.astimezone(NOW.tzinfo).strftime("%d %H:%M") == "25 00:00"
    assert made.ends.astimezone(NOW.tzinfo).strftime("%d %H:%M") == "25 23:59"
    page = client.get(reverse("attendance:absences")).content.decode()
    assert "Nina, le mercredi 25 novembre 2026" in page
    assert client.post(reverse("attendance:withdraw_announcement", kwargs={"pk": made.pk})).status_code == 302


@pytest.mark.parametrize(
    "said",
    [
        {"first_day": "2026-11-20"},
        {"last_day": "2026-11-24"},
        {"last_day": "2027-11-24"},
        {"from_hour": "14:00", "until_hour": "09:00"},
        {"reason": ""},
        {"enfant": "?"},
    ],
    ids=str,
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    college: World, client: SchoolClient, said: Any
) -> None:
    client.sit(college.people["guardian"])
    answer = client.post(ANNOUNCE, typed(college, comment="Chez l’orthodontiste") | said)
    assert answer.status_code == 422
    assert "Chez l’orthodontiste" in answer.content.decode()
    assert not Announcement.objects.filter(pupil=college.people["pupil"]).exists()


def test_nobody_announces_for_the_child_of_another(college: World, twin: World, client: SchoolClient) -> None:
    stranger = Person.objects.filter(enrolments__school=college.school).exclude(
        pk=college.people["pupil"].pk
    )[0]
    client.sit(college.people["guardian"])
    assert client.post(ANNOUNCE, typed(college, enfant=stranger.public_id)).status_code == 422
    assert client.sit(college.people["pupil"]).get(ANNOUNCE).status_code == 403
    theirs = Reason.objects.create(school=twin.school, label="Motif du jumeau x")
    client.sit(college.people["guardian"])
    assert client.post(ANNOUNCE, typed(college, reason=theirs.pk)).status_code == 422


def test_an_adult_pupil_announces_for_themselves(college: World, client: SchoolClient) -> None:
    Person.objects.filter(pk=college.people["pupil"].pk).update(birth_date=datetime(2008, 1, 1))  # noqa: DTZ001
    client.sit(college.people["pupil"])
    assert client.post(ANNOUNCE, typed(college)).status_code == 302


# With a document


def test_a_paper_goes_with_the_explanation_and_its_reading_is_noted(
    absence: Entry, college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["guardian"])
    address = reverse("attendance:explain", kwargs={"pk": absence.pk})
    sent = {"entries": [absence.pk], "reason": maladie().pk, "papers": a_file("certificat.pdf", PDF)}
    assert client.post(address, sent).status_code == 302
    explanation = Explanation.objects.get(pupil=absence.pupil, day=absence.day)
    paper = explanation.document
    assert paper is not None
    for key in ("other_guardian", "pupil", "teacher"):
        assert paper not in StoredFile.objects.visible_to(seat_of(key)), key
    assert paper in StoredFile.objects.visible_to(seat_of("guardian"))
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:entry", kwargs={"pk": absence.pk})).content.decode()
    assert paper.name in page
    assert client.get(reverse("files:file", kwargs={"public_id": paper.public_id})).status_code == 200
    assert Line.objects.get(verb="attendance.paper_read").subject == absence.pupil


# Departures


def test_a_departure_is_known_at_the_roll_and_settles_the_lessons_missed(
    lesson: Lesson, college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["cpe"])
    pupil = college.people["pupil"]
    address = reverse("attendance:depart", kwargs={"public_id": pupil.public_id})
    sent = {"leaves_at": "10:20", "leaves_with": "sa grand-mère", "reason": maladie().pk}
    assert client.post(address, sent | {"leaves_with": ""}).status_code == 422
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    slip = Announcement.objects.get(pupil=college.people["pupil"])
    assert beside(lesson)[pupil.pk] == ["Départ à 10 h 20"]
    entry = noted(lesson, college, seat_of)
    assert entry.handling is not None
    assert entry.handling.settled
    assert entry not in Entry.objects.to_settle()
    assert "sa grand-mère" in client.get(reverse("attendance:announced")).content.decode()
    assert rules.can_withdraw_announcement(seat_of("head"), slip)
    assert not rules.can_withdraw_announcement(seat_of("head"), announce(seat_of("guardian"), college))


# On the telephone


def test_a_call_is_noted_for_three_days_and_settles_what_is_missed(
    lesson: Lesson, college: World, client: SchoolClient, seat_of: Any
) -> None:
    """From the home: a name, a reason, « Noter l’absence ». The mother reads it as hers; the father reads nothing of it."""
    client.sit(college.people["cpe"])
    pupil, mother = college.people["pupil"], college.people["guardian"]
    assert reverse("attendance:calling") in client.get("/").content.decode()
    found = client.get(reverse("attendance:calling"), {"nom": pupil.list_name})
    address = reverse("attendance:note_call", kwargs={"public_id": pupil.public_id})
    # Two of the school have this name; who is found alone is opened at once.
    assert address in found.content.decode()
    Person.objects.filter(pk=pupil.pk).update(search_name="abadie ninon")
    alone = client.get(reverse("attendance:calling"), {"nom": "Ninon Abadie"})
    assert alone.headers["Location"] == address
    sent = {"told_by": mother.pk, "first_day": "2026-11-24", "last_day": "2026-11-26", "motif": maladie().pk}
    assert client.post(address, sent | {"motif": ""}).status_code == 422
    assert client.post(address, sent | {"last_day": "2026-11-20"}).status_code == 422
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    one = Announcement.objects.get(pupil=pupil, noted_by=college.people["cpe"])
    assert (one.given_by, one.ends - one.starts > timedelta(days=2)) == (mother, True)
    entry = noted(lesson, college, seat_of)
    assert entry.handling is not None
    assert (entry.handling.settled, entry.handling.told_by, entry.handling.handled_by) == (
        True,
        mother,
        college.people["cpe"],
    )
    assert entry not in Entry.objects.to_settle()
    assert "au téléphone" in client.get(reverse("attendance:announced")).content.decode()
    seen = {key: Announcement.objects.visible_to(seat_of(key)).filter(pk=one.pk).exists() for key in SEEN}
    assert seen == SEEN
    assert rules.can_withdraw_announcement(seat_of("head"), one)
    assert rules.can_withdraw_announcement(seat_of("guardian"), one)


SEEN = {
    "cpe": True,
    "guardian": True,
    "other_guardian": False,
    "pupil": False,
    "teacher": False,
    "secretary": False,
}


def test_a_call_after_the_roll_is_not_said_to_come_before_it(
    lesson: Lesson, college: World, client: SchoolClient, seat_of: Any
) -> None:
    noted(lesson, college, seat_of)
    client.sit(college.people["cpe"])
    address = reverse("attendance:note_call", kwargs={"public_id": college.people["pupil"].public_id})
    mother, day = college.people["guardian"].pk, "2026-11-24"
    sent = {"told_by": mother, "first_day": day, "last_day": day, "motif": maladie().pk}
    page = client.post(address, sent, follow=True).content.decode()
    assert "L’absence était déjà notée à 1 cours" in page and "elle est réglée" in page
    assert "connue avant l’appel des cours" not in page
    assert not Entry.objects.to_settle().filter(lesson=lesson, pupil=college.people["pupil"]).exists()


def test_a_call_of_somebody_else_is_kept_without_a_guardian(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    pupil = college.people["pupil"]
    address = reverse("attendance:note_call", kwargs={"public_id": pupil.public_id}) + "?fiche=oui"
    sent = {"told_by": "", "first_day": "2026-11-25", "motif": maladie().pk}
    page = client.post(address, sent)
    assert page.headers["Location"] == reverse("directory:person", kwargs={"public_id": pupil.public_id})
    assert (
        Announcement.objects.get(pupil=pupil, starts__date="2026-11-25", noted_by__isnull=False).given_by
        == college.people["head"]
    )
    stranger = college.people["teacher"].pk
    assert client.post(address, sent | {"told_by": stranger}).status_code == 422


# Who is where


def test_a_pupil_is_found_and_sent_to_the_library_in_two_gestures(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:passages"), {"nom": "abadie nin"}).content.decode()
    assert "ABADIE Nina" in page
    pupil = college.people["pupil"]
    address = reverse("attendance:begin_visit", kwargs={"public_id": pupil.public_id})
    for _ in range(2):
        assert client.post(address, {"place": "library"}).status_code == 302
    visit = Visit.objects.get(pupil=college.people["pupil"])
    assert (visit.place, visit.starts, visit.noted_by) == ("library", NOW, college.people["cpe"])
    assert "CDI" in client.get(reverse("attendance:passages")).content.decode()
    client.post(address, {"place": "infirmary"})
    visit.refresh_from_db()
    assert visit.ends == NOW
    assert Visit.objects.going_on().get(pupil=college.people["pupil"]).place == "infirmary"


def test_the_roll_says_where_a_pupil_is(lesson: Lesson, college: World, seat_of: Any, clock: Any) -> None:
    pupil = college.people["pupil"]
    visit = visits.begin_visit(seat_of("cpe"), pupil, "infirmary")
    assert beside(lesson)[pupil.pk] == ["Infirmerie depuis 10 h 30"]
    clock.shift(600)
    assert visits.end_visit(seat_of("cpe"), visit)
    assert not visits.end_visit(seat_of("cpe"), visit)
    assert beside(lesson)[pupil.pk] == ["Infirmerie de 10 h 30 à 10 h 40"]
    tomorrow = Lesson.objects.of_pupils([pupil.pk]).filter(day__gt=lesson.day).order_by("starts")[0]
    assert pupil.pk not in beside(tomorrow)


def test_a_nurse_notes_and_sees_the_infirmary_alone(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    Holding.objects.filter(person=college.people["secretary"]).update(role=Role.NURSE)
    nurse, pupil = college.people["secretary"], college.people["pupil"]
    client.sit(nurse)
    address = reverse("attendance:begin_visit", kwargs={"public_id": pupil.public_id})
    client.post(address, {"place": "library"})
    assert not Visit.objects.filter(pupil=college.people["pupil"]).exists()
    client.post(address, {"place": "infirmary"})
    visit = Visit.objects.get(pupil=college.people["pupil"])
    assert visit in Visit.objects.visible_to(seat_of("secretary"))
    Visit.objects.filter(pk=visit.pk).update(place="library")
    assert visit not in Visit.objects.visible_to(seat_of("secretary"))
    for key in ("teacher", "other_guardian"):
        seen = visit in Visit.objects.visible_to(seat_of(key))
        assert seen == (key == "other_guardian"), key


def test_a_visit_to_the_infirmary_is_never_ended_in_silence(
    college: World, client: SchoolClient, seat_of: Any, clock: Any
) -> None:
    """Marking « CDI » asks first; the nurse sees who said that the pupil has left."""
    Holding.objects.filter(person=college.people["secretary"]).update(role=Role.NURSE)
    pupil = college.people["pupil"]
    visit = visits.begin_visit(seat_of("secretary"), pupil, "infirmary")
    clock.shift(600)
    client.sit(college.people["cpe"])
    address = reverse("attendance:begin_visit", kwargs={"public_id": pupil.public_id})
    asked = client.post(address, {"place": "library"})
    page = asked.content.decode()
    assert asked.status_code == 409
    assert "Infirmerie, depuis" in page
    assert f'name="quitte" value="{visit.pk}"' in page
    # Another visit, or none, is not the one that was shown.
    for other in ("", str(visit.pk + 1), "x", "9" * 400):
        assert client.post(address, {"place": "library", "quitte": other}).status_code == 409, other
    assert list(Visit.objects.going_on().filter(pupil=pupil)) == [visit]
    assert not Line.objects.filter(verb="attendance.visit_ended").exists()
    assert client.post(address, {"place": "library", "quitte": str(visit.pk)}).status_code == 302
    visit.refresh_from_db()
    assert (visit.ended_by, Visit.objects.going_on().get(pupil=pupil).place) == (
        college.people["cpe"],
        "library",
    )
    page = client.sit(college.people["secretary"]).get(reverse("attendance:passages")).content.decode()
    assert "Notés partis par quelqu’un d’autre" in page
    assert f"noté par {college.people['cpe'].formal_name}" in page
    assert "CDI" not in page, "where they went is not hers to read"


def test_a_nurse_keeps_a_visit_from_the_family_when_the_pupil_asks(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    """Care that the law leaves to a minor: neither parent reads it, nor that there is something to read (decision 0136)."""
    Holding.objects.filter(person=college.people["secretary"]).update(role=Role.NURSE)
    pupil = college.people["pupil"]
    address = reverse("attendance:begin_visit", kwargs={"public_id": pupil.public_id})
    record = reverse("directory:person", kwargs={"public_id": pupil.public_id})
    before = {
        key: _record(client.sit(college.people[key]).get(record)) for key in ("guardian", "other_guardian")
    }
    client.sit(college.people["secretary"]).post(address, {"place": "infirmary", "garder": "oui"})
    visit = Visit.objects.get(pupil=pupil)
    assert not visit.told_to_family
    assert "La famille ne le lit pas" in client.get(reverse("attendance:passages")).content.decode()
    for key, page in before.items():
        assert visit not in Visit.objects.visible_to(seat_of(key)), key
        assert _record(client.sit(college.people[key]).get(record)) == page, key
    # The pupil reads their own; whoever calls the roll or follows absences, that a pupil is there, and nothing of this.
    assert visit in Visit.objects.visible_to(seat_of("pupil"))
    passages = client.sit(college.people["cpe"]).get(reverse("attendance:passages")).content.decode()
    assert "Infirmerie" in passages and "La famille ne le lit pas" not in passages
    # What is told is read.
    visit.delete()
    client.sit(college.people["secretary"]).post(address, {"place": "infirmary"})
    assert "Infirmerie" in _record(client.sit(college.people["guardian"]).get(record))


def test_a_visit_noted_by_school_life_is_kept_by_the_nurse_afterwards(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    Holding.objects.filter(person=college.people["secretary"]).update(role=Role.NURSE)
    pupil = college.people["pupil"]
    visit = visits.begin_visit(seat_of("cpe"), pupil, "infirmary")
    assert visit in Visit.objects.visible_to(seat_of("guardian"))
    address = reverse("attendance:begin_visit", kwargs={"public_id": pupil.public_id})
    # Nobody but a nurse keeps one.
    client.sit(college.people["cpe"]).post(address, {"place": "infirmary", "garder": "oui"})
    assert Visit.objects.get(pk=visit.pk).told_to_family
    client.sit(college.people["secretary"]).post(address, {"place": "infirmary", "garder": "oui"})
    assert visit not in Visit.objects.visible_to(seat_of("guardian"))
    assert Visit.objects.filter(pupil=pupil).count() == 1
    # The journal has no verb that would list them.
    lines = Line.objects.filter(target="attendance.visit").values_list("verb", "details")
    assert {(verb, str(details)) for verb, details in lines} == {("attendance.visit_begun", "{}")}


def test_who_keeps_a_visit_from_a_family(holder: Any) -> None:
    assert {role for role in Role if rules.keeps_from_family(holder(role))} == {Role.NURSE}
    assert not rules.keeps_from_family(holder(Role.NURSE), Visit.Place.LIBRARY)


def _record(answer: Any) -> str:
    page = answer.content.decode()
    # What is drawn anew for each page.
    return re.sub(r'<input type="hidden"[^>]*>', "", page[page.index("<main") : page.index("</main")])


def test_who_does_not_follow_the_infirmary_does_not_learn_that_a_pupil_is_there(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    Holding.objects.filter(person=college.people["secretary"]).update(role=Role.LIBRARIAN)
    pupil = college.people["pupil"]
    address = reverse("attendance:begin_visit", kwargs={"public_id": pupil.public_id})
    client.sit(college.people["secretary"])
    pages = []
    for place in ("infirmary", "study"):
        Visit.objects.filter(pupil=pupil).delete()
        visits.begin_visit(seat_of("cpe"), pupil, place)
        asked = client.post(address, {"place": "library"})
        assert asked.status_code == 409, place
        page = asked.content.decode()
        pages.append(page[page.index("<main") : page.index('name="quitte"')].partition("csrf")[0])
    assert "est noté dans un autre lieu" in pages[0]
    assert pages[0] == pages[1]
    # What is hers is left as before, in one gesture.
    Visit.objects.filter(pupil=pupil).update(place="library")
    assert client.post(address, {"place": "library"}).status_code == 302


def test_other_places_are_left_in_one_gesture(college: World, seat_of: Any) -> None:
    cpe, pupil = seat_of("cpe"), college.people["pupil"]
    visit = visits.begin_visit(cpe, pupil, "study")
    assert visits.begin_visit(cpe, pupil, "library").place == "library"
    visit.refresh_from_db()
    assert visit.ends == NOW
    assert not rules.asks_before_leaving(cpe, visit)


def test_visits_that_nobody_ended_are_over_by_night(college: World, seat_of: Any, clock: Any) -> None:
    visits.begin_visit(seat_of("cpe"), college.people["pupil"], "study")
    assert visits.end_forgotten_visits() == 0
    clock.shift(11 * 3600)
    assert visits.end_forgotten_visits() >= 1
    assert not Visit.objects.going_on().exists()


def test_being_present_again_after_an_announcement_changes_nothing_of_it(
    lesson: Lesson, college: World, seat_of: Any
) -> None:
    announce(seat_of("guardian"), college)
    rolls.validate_roll(seat_of("teacher"), lesson, marks(lesson))
    assert not Entry.objects.filter(
        lesson=lesson, pupil=college.people["pupil"], status=Status.ABSENT
    ).exists()
    assert Announcement.objects.standing().filter(pupil=college.people["pupil"]).count() == 1


def test_who_announced_a_day_reads_it_beside_their_lessons_and_nobody_else_does(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    day = NOW.date() + timedelta(days=1)
    starts = datetime.combine(day, datetime.min.time(), ZoneInfo("Europe/Paris"))
    values = {"starts": starts, "ends": starts + timedelta(hours=23, minutes=59), "comment": "mot à la mère"}
    made = announce(seat_of("guardian"), college, **values)
    reason = made.reason.label
    pages = ["/", f"/emploi-du-temps/?vue=jour&jour={day}", f"/emploi-du-temps/?jour={day}"]
    for key in ("guardian", "other_guardian", "pupil"):
        client.sit(college.people[key])
        for address in pages:
            text = client.get(address).content.decode()
            assert ("Absence annoncée" in text) == (key == "guardian"), (key, address)
            assert "mot à la mère" not in text, (key, address)
            assert f"Absence annoncée, {reason}" not in text
    # Taken back, it is nowhere; and another family never read it.
    announcements.withdraw_announcement(seat_of("guardian"), made)
    client.sit(college.people["guardian"])
    assert not any("Absence annoncée" in client.get(address).content.decode() for address in pages)


def test_another_family_knows_of_no_absence_announced(college: World, seat_of: Any) -> None:
    made = announce(seat_of("guardian"), college)
    assert known_days(seat_of("guardian"), NOW.date(), NOW.date())[0].pk == made.pk
    for key in ("teacher", "head", "cpe", "secretary"):
        assert known_days(seat_of(key), NOW.date(), NOW.date()) == [], key
    others = Holding.objects.filter(role=Role.PUPIL, school=college.school).exclude(
        person=college.people["pupil"]
    )
    viewer = viewer_for(others[0].person, 0, NOW)
    assert viewer is not None and known_days(viewer, NOW.date(), NOW.date()) == []


def test_a_day_announced_already_and_a_day_without_school_are_said_kindly(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["guardian"])
    assert client.post(ANNOUNCE, typed(college)).status_code == 302
    # The same again, by a second click: nothing more, and no reproach.
    again = client.post(ANNOUNCE, typed(college), follow=True)
    assert "C’était déjà annoncé" in again.content.decode()
    # The morning of a day that is announced whole.
    part = client.post(ANNOUNCE, typed(college, half="matin"))
    assert part.status_code == 422
    html = part.content.decode()
    assert "Vous l’avez déjà annoncé" in html and "mercredi 25 novembre" in html
    weekend = client.post(ANNOUNCE, typed(college, first_day="2026-11-28", last_day="2026-11-29"))
    assert weekend.status_code == 422
    assert "Pas de cours ces jours-là pour" in weekend.content.decode()
    longer = typed(college, first_day="2026-11-27", last_day="2026-11-30")
    assert client.post(ANNOUNCE, longer).status_code == 302
    mine = Announcement.objects.standing().filter(given_by=college.people["guardian"])
    assert mine.filter(starts__gte=NOW).count() == 2


def first_day_shown(page: Any) -> str:
    found = re.search(r'<input[^>]*name="first_day"[^>]*>', page.content.decode())
    assert found
    return re.search(r'value="([^"]*)"', found[0])[1]  # type: ignore[index]


def test_once_the_day_is_over_one_announces_the_next_day_of_school(
    college: World, client: SchoolClient, clock: Any
) -> None:
    """To the family, and to whoever notes its call; a day that is over is refused beside its field."""
    pupil = college.people["pupil"]
    days = Lesson.objects.of_pupils([pupil.pk]).held().filter(day__gte=NOW.date()).order_by("day")
    today, later = list(days.values_list("day", flat=True).distinct()[:2])
    calls = reverse("attendance:note_call", kwargs={"public_id": pupil.public_id})
    assert today == NOW.date()
    assert first_day_shown(client.sit(college.people["guardian"]).get(ANNOUNCE)) == str(today)
    over = max(Lesson.objects.of_pupils([pupil.pk]).on(today).values_list("ends", flat=True))
    clock.move_to(over)
    client.sit(college.people["guardian"])
    assert first_day_shown(client.get(ANNOUNCE)) == str(later)
    late = client.post(ANNOUNCE, typed(college, first_day=str(today)))
    assert late.status_code == 422 and "La journée de Nina est finie" in late.content.decode()
    assert not Announcement.objects.filter(pupil=pupil, given_by=college.people["guardian"]).exists()
    assert client.post(ANNOUNCE, typed(college, first_day=str(later))).status_code == 302
    assert first_day_shown(client.sit(college.people["cpe"]).get(calls)) == str(later)


def test_on_a_day_without_school_one_announces_the_next(
    college: World, client: SchoolClient, clock: Any
) -> None:
    clock.move_to(NOW.replace(day=28))
    assert first_day_shown(client.sit(college.people["guardian"]).get(ANNOUNCE)) == "2026-11-30"


def test_the_last_day_stands_beside_the_first(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    shown = client.get(ANNOUNCE).content.decode()
    assert shown.index('name="first_day"') < shown.index('name="last_day"') < shown.index('name="half"')
