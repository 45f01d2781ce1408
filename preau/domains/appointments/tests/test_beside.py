"""Beside a meeting: a note to oneself, what may follow it, a colleague who joins, the room; what the record of the pupil says of it."""

import html
from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.models import Room
from preau.directory.seeds.world import World
from preau.domains.appointments.actions import joining, running, single, taking
from preau.domains.appointments.actions import rooms as booking
from preau.domains.appointments.actions.taking import NotTheirs
from preau.domains.appointments.models import Meeting, MeetingNote
from preau.domains.appointments.queries import days, pages, rooms, singles
from preau.domains.appointments.queries.slots import No
from preau.domains.appointments.tests.props import a_meeting, an_appointment, an_evening, host_of
from preau.domains.appointments.tests.test_slots import refused
from preau.domains.timetable.actions import bookings
from preau.domains.timetable.actions.patterns import SlotTaken
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.bookings import things_of
from preau.foundation import boards

pytestmark = pytest.mark.django_db
EVERYONE = (
    "guardian",
    "other_guardian",
    "pupil",
    "teacher",
    "teacher_1",
    "head",
    "cpe",
    "secretary",
    "secretary",
)


def test_a_note_is_read_by_its_author_alone(college: World, twin: World, seat_of: Any) -> None:
    meeting = a_meeting(college, an_evening(college))
    assert running.remember(seat_of("teacher"), meeting, "Un bilan en mars.")
    assert not running.remember(seat_of("teacher"), meeting, "Un bilan en mars.")
    note = MeetingNote.objects.get(meeting=meeting)
    readers = {
        key
        for key in EVERYONE
        if key in college.people and note in MeetingNote.objects.visible_to(seat_of(key))
    }
    assert readers == {"teacher"}
    assert note not in MeetingNote.objects.visible_to(seat_of("teacher", world=twin))
    assert running.remember(seat_of("teacher"), meeting, "")
    assert not MeetingNote.objects.filter(meeting=meeting).exists()
    running.remember(seat_of("teacher"), meeting, "Un bilan en mars.")
    others = MeetingNote.objects.filter(author=college.people["teacher"]).exclude(meeting=meeting).count()
    assert running.forget_notes(college.people["teacher"].pk) == others + 1


def test_the_evening_on_a_phone_keeps_the_note_with_what_took_place(
    college: World, client: SchoolClient, clock: Any
) -> None:
    evening = an_evening(college)
    meeting, host = a_meeting(college, evening, 0), host_of(evening, college)
    page = reverse("appointments:host", kwargs={"pk": host.pk})
    clock.move_to(evening.moment(0) + timedelta(minutes=1))
    content = client.sit(college.people["teacher"]).get(page).content.decode()
    assert 'name="text"' in content
    assert f"eleve={college.people['pupil'].public_id}" not in content
    note = reverse("appointments:note", kwargs={"pk": meeting.pk})
    long = client.post(note, {"outcome": "seen", "text": "x" * 501})
    assert long.status_code == 422
    assert "x" * 501 in long.content.decode()
    assert 'name="outcome" value="seen"' in long.content.decode()
    assert not MeetingNote.objects.filter(meeting=meeting).exists()
    client.post(note, {"outcome": "seen", "text": "Un bilan en mars."})
    meeting.refresh_from_db()
    assert meeting.outcome == Meeting.Outcome.SEEN
    content = client.get(page).content.decode()
    assert "Un bilan en mars." in content
    assert f"eleve={college.people['pupil'].public_id}" in content
    others = client.sit(college.people["head"]).get(page).content.decode()
    assert "Un bilan en mars." not in others
    assert client.post(reverse("appointments:own_note", kwargs={"pk": meeting.pk})).status_code == 403
    # Whoever organises notes what took place, and nothing for themselves.
    client.post(note, {"outcome": "missed", "text": "Rien."})
    assert [one.text for one in MeetingNote.objects.filter(meeting=meeting)] == ["Un bilan en mars."]


def test_what_follows_is_offered_to_whoever_may_do_it(college: World, seat_of: Any) -> None:
    follows = [link for link in boards.pupil_links if link.follows_up]
    assert follows
    for key in ("teacher", "cpe", "guardian", "pupil"):
        viewer = seat_of(key)
        assert pages.ways_on(viewer) == [link for link in follows if link.open_to(viewer)], key
    assert not pages.ways_on(seat_of("guardian"))


# A colleague


def confirmed(college: World) -> Meeting:
    """The mother and the CPE, in three days, at an hour when nobody has a lesson."""
    starts = NOW.replace(hour=18, minute=0) + timedelta(days=3)
    meeting = an_appointment(
        college, state="booked", starts=starts, ends=starts + timedelta(minutes=20), reason="Entre nous."
    )
    taking.hold_again(meeting)
    return meeting


def notices(kind: str, person: int) -> int:
    return Item.objects.filter(kind=f"appointments.{kind}", person=person).count()


def test_a_colleague_joins_and_each_is_told(college: World, seat_of: Any, client: SchoolClient) -> None:
    meeting, people, cpe = confirmed(college), college.people, seat_of("cpe")
    teacher, mother = people["teacher"], people["guardian"]
    assert meeting not in Meeting.objects.visible_to(seat_of("teacher"))
    assert joining.invite(cpe, meeting, teacher.pk)
    assert not joining.invite(cpe, meeting, teacher.pk)
    assert meeting in Meeting.objects.visible_to(seat_of("teacher"))
    for key in ("teacher_1", "head", "other_guardian"):
        assert meeting not in Meeting.objects.visible_to(seat_of(key)), key
    assert (notices("joined", teacher.pk), notices("joined", mother.pk)) == (1, 1)
    assert not notices("joined", people["cpe"].pk)
    assert meeting.taken.filter(person=teacher).count() == 4
    page = reverse("appointments:appointment", kwargs={"pk": meeting.pk})
    content = client.sit(mother).get(page).content.decode()
    assert f"Y sera aussi\u202f: {teacher.formal_name}" in html.unescape(content)
    content = client.sit(teacher).get(page).content.decode()
    assert "Ne plus y être" in content
    # What the family said is for the one whom they asked.
    assert "Entre nous." not in content
    assert "Annuler ce rendez-vous" not in content
    for name in ("give_back", "propose", "accept", "invite"):
        assert client.post(reverse(f"appointments:{name}", kwargs={"pk": meeting.pk})).status_code == 403


def test_a_colleague_leaves_and_is_asked_no_more(college: World, seat_of: Any) -> None:
    meeting, people = confirmed(college), college.people
    assert joining.invite(seat_of("cpe"), meeting, people["teacher"].pk)
    assert joining.leave(seat_of("teacher"), meeting, people["teacher"].pk)
    assert not joining.leave(seat_of("teacher"), meeting, people["teacher"].pk)
    assert not meeting.taken.filter(person=people["teacher"]).exists()
    assert (notices("joined", people["cpe"].pk), notices("joined", people["guardian"].pk)) == (1, 2)
    assert meeting not in Meeting.objects.visible_to(seat_of("teacher"))


def test_who_may_be_invited(college: World, twin: World, seat_of: Any, client: SchoolClient) -> None:
    meeting, cpe = confirmed(college), seat_of("cpe")
    for person in (
        college.people["guardian"],
        college.people["pupil"],
        college.people["cpe"],
        twin.people["teacher"],
    ):
        with pytest.raises(NotTheirs):
            joining.invite(cpe, meeting, person.pk)
    page = reverse("appointments:invite", kwargs={"pk": meeting.pk})
    client.sit(college.people["cpe"])
    assert client.post(page, {"person": twin.people["teacher"].pk}).status_code == 422
    for key in ("guardian", "teacher_1", "head"):
        assert client.sit(college.people[key]).post(page).status_code in {403, 404}, key


def test_a_colleague_who_is_not_free_is_refused_and_another_hour_asks_them_too(
    college: World, seat_of: Any
) -> None:
    meeting, people, cpe = confirmed(college), college.people, seat_of("cpe")
    assert meeting.starts
    lesson = Lesson.objects.filter(school=college.school, teachers=people["teacher"]).order_by("pk")[0]
    later = meeting.starts + timedelta(hours=1)
    Lesson.objects.filter(pk=lesson.pk).update(
        starts=later, ends=later + timedelta(minutes=30), day=later.date(), state="planned"
    )
    assert joining.invite(cpe, meeting, people["teacher"].pk)
    with refused(No.COLLEAGUE):
        single.propose(cpe, meeting, later, 20)
    other = an_appointment(
        college, "head", state="booked", starts=meeting.starts, ends=meeting.starts + timedelta(minutes=20)
    )
    with refused(No.COLLEAGUE):
        joining.invite(seat_of("head"), other, people["teacher"].pk)
    assert single.propose(cpe, meeting, later + timedelta(hours=1), 20)
    meeting.refresh_from_db()
    assert single.accept(seat_of("guardian"), meeting, meeting.revision)
    assert notices("booked", people["teacher"].pk) == 1
    assert taking.give_back(seat_of("guardian"), meeting)
    assert notices("cancelled", people["teacher"].pk) == 1
    assert not meeting.taken.exists()


def test_the_agenda_of_whoever_is_invited_has_it(college: World, seat_of: Any) -> None:
    meeting = confirmed(college)
    assert meeting.starts
    day = meeting.starts.date()
    assert not days.agenda_of(seat_of("secretary"), day, day)
    joining.invite(seat_of("cpe"), meeting, college.people["secretary"].pk)
    assert [entry.uid for entry in days.agenda_of(seat_of("secretary"), day, day)] == [
        f"rendez-vous-{meeting.pk}"
    ]
    assert list(singles.appointments_of(seat_of("secretary"))) == [meeting]


# The room


def test_a_room_is_held_for_an_appointment(college: World, seat_of: Any, client: SchoolClient) -> None:
    meeting, cpe = confirmed(college), seat_of("cpe")
    assert meeting.starts and meeting.ends
    room = Room.objects.filter(school=college.school).order_by("name")[0]
    page = reverse("appointments:room", kwargs={"pk": meeting.pk})
    client.sit(college.people["cpe"])
    assert client.post(page, {"room": room.pk}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.room, meeting.place) == (room, room.place)
    assert notices("moved", college.people["guardian"].pk) == 1
    held = rooms.rooms_held(college.school.pk, meeting.starts, meeting.ends)
    assert [one[0] for one in held] == [room.pk]
    assert room.pk not in rooms.free_rooms(college.year, meeting.starts, meeting.ends)
    assert not booking.book_room(cpe, meeting, room.pk)
    other = an_appointment(
        college, "secretary", state="booked", starts=meeting.starts, ends=meeting.ends, reason="Autre."
    )
    with pytest.raises(booking.RoomTaken):
        booking.book_room(seat_of("secretary"), other, room.pk)
    thing = next(one for one in things_of(college.school.pk) if one.room == room.pk)
    asked = bookings.Asked(thing, meeting.starts.date(), time(18), time(19))
    with pytest.raises(SlotTaken):
        bookings.book(seat_of("teacher"), college.year, asked)
    assert booking.book_room(cpe, meeting, None)
    assert not rooms.rooms_held(college.school.pk, meeting.starts, meeting.ends)


def test_a_room_follows_the_hour_or_is_given_up(college: World, seat_of: Any) -> None:
    meeting, cpe, mother = confirmed(college), seat_of("cpe"), seat_of("guardian")
    assert meeting.starts
    room = Room.objects.filter(school=college.school).order_by("name")[0]
    assert booking.book_room(cpe, meeting, room.pk)
    meeting.refresh_from_db()
    later = meeting.starts + timedelta(minutes=10)
    single.propose(cpe, meeting, later, 20)
    meeting.refresh_from_db()
    assert single.accept(mother, meeting, meeting.revision)
    meeting.refresh_from_db()
    assert (meeting.starts, meeting.room) == (later, room)
    at = later + timedelta(hours=1)
    an_appointment(
        college,
        "secretary",
        state="booked",
        starts=at,
        ends=at + timedelta(minutes=20),
        room=room,
        reason="Là.",
    )
    single.propose(cpe, meeting, at, 20)
    meeting.refresh_from_db()
    assert meeting.room == room
    assert single.accept(mother, meeting, meeting.revision)
    meeting.refresh_from_db()
    assert (meeting.starts, meeting.room, meeting.place) == (at, None, "")


def test_an_hour_that_is_only_proposed_holds_no_room(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    meeting, cpe = confirmed(college), seat_of("cpe")
    Meeting.objects.filter(pk=meeting.pk).update(state="proposed", proposed_by_host=True)
    room = Room.objects.filter(school=college.school).order_by("name")[0]
    with pytest.raises(taking.Closed):
        booking.book_room(cpe, meeting, room.pk)
    client.sit(college.people["cpe"])
    address = reverse("appointments:appointment", kwargs={"pk": meeting.pk})
    assert "Réserver une salle" not in client.get(address).content.decode()
    client.post(reverse("appointments:room", kwargs={"pk": meeting.pk}), {"room": room.pk})
    meeting.refresh_from_db()
    assert (meeting.room, meeting.place) == (None, "")


def test_whoever_receives_reads_and_hears_that_their_room_was_given_back(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    meeting, cpe, mother = confirmed(college), seat_of("cpe"), seat_of("guardian")
    assert meeting.starts
    room, free = Room.objects.filter(school=college.school).order_by("name")[:2]
    assert booking.book_room(cpe, meeting, room.pk)
    at = meeting.starts + timedelta(hours=1)
    ends = at + timedelta(minutes=20)
    an_appointment(college, "secretary", state="booked", starts=at, ends=ends, room=room, reason="Là.")
    meeting.refresh_from_db()
    single.propose(cpe, meeting, at, 20)
    meeting.refresh_from_db()
    Item.objects.all().delete()
    assert single.accept(mother, meeting, meeting.revision)
    item = Item.objects.get(kind="appointments.moved", person=college.people["cpe"])
    assert room.place in item.facts["what"]
    meeting.refresh_from_db()
    assert meeting.room_given_back == room.place
    address = reverse("appointments:appointment", kwargs={"pk": meeting.pk})
    content = html.unescape(client.sit(college.people["cpe"]).get(address).content.decode())
    assert "La salle n’est plus réservée" in content
    assert room.place in content
    # The family reads that there is no room yet, and nothing of whose it is.
    assert room.place not in html.unescape(client.sit(mother.person).get(address).content.decode())
    assert booking.book_room(cpe, meeting, free.pk)
    content = html.unescape(client.sit(college.people["cpe"]).get(address).content.decode())
    assert "La salle n’est plus réservée" not in content


def test_the_rooms_of_an_evening_are_held_while_somebody_is_received(college: World) -> None:
    evening = an_evening(college)
    room = Room.objects.filter(school=college.school).order_by("name")[0]
    evening.hosts.filter(person=college.people["teacher"]).update(room=room)
    meeting = a_meeting(college, evening, 2)
    assert meeting.starts and meeting.ends
    held = rooms.rooms_held(college.school.pk, meeting.starts, meeting.ends)
    assert [(one[0], one[3]) for one in held] == [(room.pk, "un rendez-vous")]


# The record


def test_the_record_says_each_their_own_meetings(college: World, seat_of: Any) -> None:
    Meeting.objects.all().delete()
    pupil, evening = college.people["pupil"], an_evening(college)
    meeting = a_meeting(college, evening, 2)
    confirmed(college)
    Meeting.objects.filter(pk=meeting.pk).update(outcome="seen")

    def shown(key: str) -> list[tuple[str, str]]:
        content = days.of_pupil(seat_of(key), pupil)
        return [(row.who, row.word) for row in content["rows"]] if content else []

    teacher, cpe = college.people["teacher"].formal_name, college.people["cpe"].formal_name
    mother = college.people["guardian"].full_name
    assert shown("teacher") == [(mother, "Vu")]
    assert shown("guardian") == [(teacher, "Vu"), (cpe, "Confirmé")]
    assert shown("cpe") == [(f"{teacher} et {mother}", "Vu"), (mother, "Confirmé")]
    # A single appointment is for the two of them.
    assert shown("head") == [(f"{teacher} et {mother}", "Vu")]
    for key in ("other_guardian", "pupil", "teacher_1"):
        assert not shown(key), key


def test_what_is_only_planned_or_was_cancelled_is_in_no_record(college: World, seat_of: Any) -> None:
    Meeting.objects.all().delete()
    meeting = a_meeting(college, an_evening(college), 2)
    for state in ("planned", "cancelled"):
        Meeting.objects.filter(pk=meeting.pk).update(state=state)
        assert days.of_pupil(seat_of("head"), college.people["pupil"]) is None, state


def test_a_meeting_of_tomorrow_is_on_the_home_and_in_the_week_of_the_parent_who_has_it(
    college: World, client: SchoolClient
) -> None:
    day = NOW.date() + timedelta(days=1)
    meeting = a_meeting(college, an_evening(college, day=day))
    assert meeting.starts.date() == day
    title = f"Rendez-vous avec {meeting.host.formal_name}"
    pages = ["/", f"/emploi-du-temps/?vue=jour&jour={day}", f"/emploi-du-temps/?jour={day}"]
    for key, knows in (("guardian", True), ("other_guardian", False), ("pupil", False)):
        client.sit(college.people[key])
        for address in pages:
            assert (title in html.unescape(client.get(address).content.decode())) is knows, (key, address)
