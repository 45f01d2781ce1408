"""Rooms and equipment for an hour: what is free, who gets it, what follows a lesson, what a teacher may change."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, PARIS, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Dispatch, Item, Push
from preau.directory.models import Closure, Group, Room
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable import rules
from preau.domains.timetable.actions import changes, closings, following, patterns, telling
from preau.domains.timetable.actions.bookings import Asked, WasBooked, book, forget_purposes, remove_bookable
from preau.domains.timetable.actions.changes import Why
from preau.domains.timetable.models import Bookable, Booking, DaySlot, Lesson, LessonChange
from preau.domains.timetable.queries.bookings import Thing, found_at, things_kept, things_of

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
EVENING = (TOMORROW, time(18, 0), time(18, 55))
ADDRESS = {"jour": str(TOMORROW), "debut": "18:00", "fin": "18:55"}


@pytest.fixture(autouse=True)
def _nothing_yet(college: World, twin: World) -> None:
    """What the seeds planted would answer in the place of what a test does."""
    Booking.objects.all().delete()
    Bookable.objects.all().delete()
    Room.objects.filter(name__startswith="CDI").delete()


def trolley(college: World, name: str = "Chariot bleu", **more: Any) -> Bookable:
    return Bookable.objects.create(school=college.school, kind="trolley", name=name, **more)


def new_room(college: World, name: str = "Salle neuve", **more: Any) -> Room:
    room = Room.objects.create(school=college.school, name=name)
    if more:
        Bookable.objects.create(school=college.school, room=room, **{"kind": "room"} | more)
    return room


def thing(college: World, key: str) -> Thing:
    return next(thing for thing in things_of(college.school.pk) if thing.key == key)


def asked(
    college: World, what: Bookable | Room, when: tuple[date, time, time] = EVENING, **more: Any
) -> Asked:
    key = f"salle-{what.pk}" if isinstance(what, Room) else f"materiel-{what.pk}"
    return Asked(thing(college, key), *when, **more)


def moments(when: tuple[date, time, time] = EVENING) -> tuple[datetime, datetime]:
    return tuple(datetime.combine(when[0], clock, PARIS) for clock in when[1:])  # type: ignore[return-value]


def free_at(college: World, when: tuple[date, time, time] = EVENING) -> list[str]:
    found = found_at(college.year, *moments(when), things_of(college.school.pk))
    return [thing.called for _label, things in found.free for thing in things]


def own_lesson(college: World, day: date = TOMORROW) -> Lesson:
    """A lesson that Claire Moreau gives alone."""
    lesson = Lesson.objects.filter(groups__enrolments__pupil=college.people["pupil"], day=day).order_by(
        "starts"
    )[0]
    lesson.teachers.set([college.people["teacher"]])
    return lesson


# Who


def test_who_books_and_who_keeps_the_list(holder: Any) -> None:
    keeps = {Role.HEAD, Role.SECRETARY, Role.SCHOOL_LIFE}
    books = {role for role in Role if role.profile == "staff"} - {Role.OTHER}
    assert {role for role in Role if rules.books(holder(role))} == books
    assert {role for role in Role if rules.keeps_bookables(holder(role))} == keeps


def test_a_teacher_changes_the_room_of_their_own_lessons_alone(college: World, seat_of: Any) -> None:
    own = own_lesson(college)
    other = own_lesson(college)
    other = Lesson.objects.filter(day=TOMORROW).exclude(teachers=college.people["teacher"])[0]
    teacher = seat_of("teacher")
    assert rules.changes_room(teacher, own)
    assert not rules.changes_room(teacher, other)
    assert rules.changes_room(seat_of("secretary"), other)
    assert not rules.changes_room(seat_of("cpe"), other)
    assert not rules.changes_room(seat_of("pupil"), own)


def test_a_teacher_takes_back_the_room_that_they_changed_and_nothing_else(
    college: World, seat_of: Any
) -> None:
    lesson, teacher = own_lesson(college), seat_of("teacher")
    own = changes.change_room(teacher, lesson, new_room(college), Why())
    by_office = changes.change_room(seat_of("secretary"), lesson, new_room(college, "Autre"), Why())
    cancelled = changes.cancel_lesson(teacher, own_lesson(college, TOMORROW + timedelta(days=1)), Why())
    assert rules.undoes_change(teacher, own)
    assert not rules.undoes_change(teacher, by_office)
    assert not rules.undoes_change(teacher, cancelled)
    assert rules.undoes_change(seat_of("head"), own)


# What is free


def test_what_is_free_is_all_that_nothing_holds(college: World, seat_of: Any) -> None:
    bare, blue, red = new_room(college), trolley(college), trolley(college, "Chariot rouge")
    lesson = own_lesson(college)
    hours = tuple(moment.astimezone(PARIS).time() for moment in (lesson.starts, lesson.ends))
    when = (TOMORROW, *hours)
    taken = set(
        Lesson.objects.filter(starts__lt=lesson.ends, ends__gt=lesson.starts).values_list(
            "room__name", flat=True
        )
    )
    book(seat_of("teacher_1"), college.year, asked(college, red, when))  # type: ignore[arg-type]
    free = free_at(college, when)  # type: ignore[arg-type]
    assert free[0] == blue.name
    assert red.name not in free
    assert bare.name in free
    assert not {f"salle {name}" for name in taken} & set(free)


def test_an_hour_of_study_holds_its_room(college: World) -> None:
    room = new_room(college)
    assert "Salle neuve" in free_at(college)
    DaySlot.objects.create(
        school=college.school,
        year=college.year,
        kind="study",
        name="Étude",
        weekdays=[TOMORROW.weekday()],
        starts_at=time(17),
        ends_at=time(19),
        room=room,
    )
    assert "Salle neuve" not in free_at(college)
    assert "Salle neuve" in free_at(college, (TOMORROW + timedelta(days=1), time(18), time(19)))


def test_the_page_offers_the_hour_of_the_bell_and_what_is_free_then(
    college: World, client: SchoolClient
) -> None:
    trolley(college, places=16, note="Salle des professeurs")
    trolley(college, "Chariot au garage", is_open=False)
    lesson = own_lesson(college)
    starts, ends = (f"{moment.astimezone(PARIS):%H:%M}" for moment in (lesson.starts, lesson.ends))
    client.sit(college.people["teacher"])
    page = client.get(reverse("timetable:book"), {"jour": str(TOMORROW), "debut": starts}).content.decode()
    assert f'name="ends_at" value="{ends}' in page
    assert "16 appareils · Salle des professeurs" in page
    assert "Chariot au garage" not in page


def test_nothing_is_offered_while_the_school_is_closed_nor_in_the_past(
    college: World, client: SchoolClient
) -> None:
    trolley(college)
    Closure.objects.create(school=college.school, name="Pont", starts=TOMORROW, ends=TOMORROW)
    client.sit(college.people["teacher"])
    page = client.get(reverse("timetable:book"), ADDRESS).content.decode()
    assert "fermé ce jour-là (Pont)" in page
    assert "Chariot bleu" not in page
    past = client.get(reverse("timetable:book"), ADDRESS | {"jour": str(TODAY - timedelta(days=1))})
    assert "Cette heure est passée" in past.content.decode()


# Booking


def test_an_empty_hour_is_booked_in_two_gestures(college: World, client: SchoolClient) -> None:
    """From the week: the empty square, then the button of the thing."""
    blue = trolley(college)
    client.sit(college.people["teacher"])
    week = client.get(reverse("timetable:week"), {"jour": str(TOMORROW)}).content.decode()
    assert f"{reverse('timetable:book')}?jour=" in week
    form = {"day": str(TOMORROW), "starts_at": "18:00", "ends_at": "18:55", "thing": f"materiel-{blue.pk}"}
    page = client.post(reverse("timetable:book"), form, follow=True)
    assert "Réservé" in page.content.decode()
    booking = Booking.objects.get()
    assert (booking.person, booking.bookable, booking.day) == (college.people["teacher"], blue, TOMORROW)
    assert Line.objects.get(verb="timetable.booked").details["bookable"] == blue.pk
    # In one's week and agenda, and of nobody else.
    for url_name in ("timetable:week", "agenda:agenda"):
        assert "Chariot bleu" in client.get(reverse(url_name), {"jour": str(TOMORROW)}).content.decode()
    client.sit(college.people["teacher_1"])
    assert (
        "Chariot bleu" not in client.get(reverse("timetable:week"), {"jour": str(TOMORROW)}).content.decode()
    )


def test_a_room_shows_who_booked_it(college: World, client: SchoolClient, seat_of: Any) -> None:
    room = new_room(college)
    book(seat_of("teacher"), college.year, asked(college, room, purpose="Club"))
    client.sit(college.people["cpe"])
    asks = {"par": "salle", "salle": room.pk, "jour": str(TOMORROW)}
    page = client.get(reverse("timetable:week"), asks).content.decode()
    assert "Mme Moreau" in page
    assert "Club" in page


def test_a_clash_says_who_has_it_and_what_is_free_instead(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    blue = trolley(college)
    trolley(college, "Chariot rouge")
    book(seat_of("teacher_1"), college.year, asked(college, blue))
    client.sit(college.people["teacher"])
    form = {
        "day": str(TOMORROW),
        "starts_at": "18:30",
        "ends_at": "19:30",
        "thing": f"materiel-{blue.pk}",
        "purpose": "Oral blanc",
    }
    page = client.post(reverse("timetable:book"), form)
    text = page.content.decode()
    assert page.status_code == 422
    assert f"réservé par {college.people['teacher_1'].formal_name}" in text
    assert "Chariot rouge" in text
    assert "Oral blanc" in text
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"thing": "materiel-0"}, "n’est pas de l’établissement"),
        ({"thing": ""}, "Choisissez ce que vous réservez"),
        ({"ends_at": "17:00"}, "La fin doit venir après le début"),
        ({"day": "2026-11-20"}, "Cette heure est passée"),
        ({"day": "2027-08-20"}, "pas dans l’année scolaire"),
    ],
)
def test_what_cannot_be_booked_is_said(college: World, client: SchoolClient, change: Any, said: str) -> None:
    form = {
        "day": str(TOMORROW),
        "starts_at": "18:00",
        "ends_at": "18:55",
        "thing": f"materiel-{trolley(college).pk}",
    }
    client.sit(college.people["teacher"])
    page = client.post(reverse("timetable:book"), form | change)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Booking.objects.exists()


def test_the_hour_that_is_going_on_may_be_booked(college: World, seat_of: Any) -> None:
    now = (TODAY, time(10, 5), time(11, 0))
    assert book(seat_of("teacher"), college.year, asked(college, trolley(college), now)).day == TODAY


def test_one_form_sent_twice_is_one_booking(college: World, seat_of: Any) -> None:
    blue, teacher = trolley(college), seat_of("teacher")
    first = book(teacher, college.year, asked(college, blue))
    assert book(teacher, college.year, asked(college, blue)) == first
    assert Booking.objects.count() == 1


def test_hours_that_touch_do_not_clash(college: World, seat_of: Any) -> None:
    blue = trolley(college)
    book(seat_of("teacher"), college.year, asked(college, blue))
    book(seat_of("teacher_1"), college.year, asked(college, blue, (TOMORROW, time(18, 55), time(19, 50))))
    assert Booking.objects.count() == 2


def test_what_is_closed_meanwhile_is_refused(college: World, seat_of: Any) -> None:
    blue = trolley(college)
    wanted = asked(college, blue)
    Bookable.objects.filter(pk=blue.pk).update(is_open=False)
    with pytest.raises(changes.NotNow, match="n’est plus à réserver"):
        book(seat_of("teacher"), college.year, wanted)


# Cancelling


def test_whoever_holds_it_frees_it_and_others_are_refused(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    blue = trolley(college)
    booking = book(seat_of("teacher"), college.year, asked(college, blue))
    address = reverse("timetable:cancel_booking", kwargs={"pk": booking.pk})
    assert client.sit(college.people["teacher_1"]).post(address).status_code == 403
    assert client.sit(college.people["pupil"]).post(address).status_code == 404
    assert "Chariot bleu" not in free_at(college)
    client.sit(college.people["teacher"]).post(address)
    assert "Chariot bleu" in free_at(college)
    # Nobody is told of what they did themselves, and a second click does nothing.
    assert not Item.objects.filter(kind="timetable.booking_cancelled").exists()
    assert "C’était déjà fait" in client.post(address, follow=True).content.decode()
    book(seat_of("teacher_1"), college.year, asked(college, blue))


def test_a_booking_taken_back_by_the_school_is_told_to_who_held_it(college: World, seat_of: Any) -> None:
    booking = book(seat_of("teacher"), college.year, asked(college, trolley(college)))
    assert following.cancel_booking(seat_of("cpe"), booking)
    notice = Item.objects.get(kind="timetable.booking_cancelled")
    assert notice.person == college.people["teacher"]
    assert notice.facts["what"] == "Chariot bleu"


def test_what_is_over_stays_as_it_was(college: World, clock: Any, seat_of: Any) -> None:
    booking = book(seat_of("teacher"), college.year, asked(college, trolley(college)))
    clock.move_to(NOW + timedelta(days=3))
    assert not following.cancel_booking(seat_of("teacher"), booking)


# With a lesson


def test_equipment_of_a_lesson_is_on_its_page_and_follows_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    blue, lesson = trolley(college), own_lesson(college)
    client.sit(college.people["teacher"])
    address = reverse("timetable:equip", kwargs={"pk": lesson.pk})
    form = {"day": str(TODAY), "starts_at": "01:00", "ends_at": "02:00", "thing": f"materiel-{blue.pk}"}
    page = client.post(address, form, follow=True).content.decode()
    assert "Réservé pour ce cours" in page
    booking = Booking.objects.get()
    # The hours are those of the lesson, whatever a form says.
    assert (booking.lesson, booking.starts, booking.ends) == (lesson, lesson.starts, lesson.ends)
    assert (
        "Chariot bleu"
        not in client.sit(college.people["pupil"])
        .get(reverse("timetable:lesson", kwargs={"pk": lesson.pk}))
        .content.decode()
    )
    changes.move_lesson(seat_of("head"), lesson, (date(2026, 11, 28), time(8), time(9)), lesson.room, Why())
    booking.refresh_from_db()
    assert booking.day == date(2026, 11, 28)
    changes.cancel_lesson(seat_of("head"), Lesson.objects.get(pk=lesson.pk), Why())
    booking.refresh_from_db()
    assert booking.cancelled_at
    assert (
        Item.objects.filter(kind="timetable.booking_cancelled", person=college.people["teacher"]).count() == 1
    )


def closing_of(college: World, lesson: Lesson) -> closings.Stop:
    starts = datetime.combine(lesson.day, time(), PARIS)
    return closings.Stop(college.year, starts, starts + timedelta(days=1), "events.7", "closed")


def booked_for(college: World, seat_of: Any, thing: Bookable, lesson: Lesson) -> Booking:
    hours = tuple(moment.astimezone(PARIS).time() for moment in (lesson.starts, lesson.ends))
    wanted = asked(college, thing, (lesson.day, *hours), lesson=lesson)  # type: ignore[arg-type]
    return book(seat_of("teacher"), college.year, wanted)


def news_of(college: World) -> list[str]:
    items = Item.objects.filter(person=college.people["teacher"], kind__startswith="timetable.booking")
    return list(items.order_by("pk").values_list("kind", flat=True))


def test_what_a_closing_freed_comes_back_with_its_lesson(college: World, seat_of: Any, clock: Any) -> None:
    blue, lesson, head = trolley(college), own_lesson(college, TOMORROW), seat_of("head")
    booking, stop = booked_for(college, seat_of, blue, lesson), closing_of(college, lesson)
    given_up = booked_for(college, seat_of, trolley(college, "Chariot vert"), lesson)
    following.cancel_booking(seat_of("teacher"), given_up)
    for time_round in (1, 2):
        clock.move_to(NOW + timedelta(minutes=time_round))
        closings.stop_lessons(head.person.pk, stop, head)
        booking.refresh_from_db()
        assert booking.cancelled_at
        Dispatch.objects.all().delete()  # it has left: they have heard of it
        Push.objects.all().delete()
        closings.resume_lessons(head.person.pk, college.year, stop.origin, head)
        booking.refresh_from_db()
        assert booking.cancelled_at is None and booking.cancelled_by is None
        assert news_of(college) == ["timetable.booking_cancelled", "timetable.booking_back"] * time_round
    given_up.refresh_from_db()
    assert given_up.cancelled_at, "what its own person gave up stays so"


def test_what_a_closing_freed_and_another_took_since_does_not_come_back(college: World, seat_of: Any) -> None:
    blue, lesson, head = trolley(college), own_lesson(college, TOMORROW), seat_of("head")
    booking, stop = booked_for(college, seat_of, blue, lesson), closing_of(college, lesson)
    closings.stop_lessons(head.person.pk, stop, head)
    hours = tuple(moment.astimezone(PARIS).time() for moment in (lesson.starts, lesson.ends))
    book(seat_of("teacher_1"), college.year, asked(college, blue, (lesson.day, *hours)))  # type: ignore[arg-type]
    closings.resume_lessons(head.person.pk, college.year, stop.origin, head)
    booking.refresh_from_db()
    assert booking.cancelled_at
    assert news_of(college) == ["timetable.booking_cancelled"]


def test_what_a_cancelled_lesson_freed_comes_back_when_it_is_undone(college: World, seat_of: Any) -> None:
    lesson, head = own_lesson(college, TOMORROW), seat_of("head")
    booking = booked_for(college, seat_of, trolley(college), lesson)
    change = changes.cancel_lesson(head, lesson, Why())
    changes.undo_change(head, change)
    booking.refresh_from_db()
    assert booking.cancelled_at is None
    assert news_of(college) == ["timetable.booking_cancelled"], "nobody had heard of it"


def test_equipment_that_another_has_there_is_given_up_when_a_lesson_moves(
    college: World, seat_of: Any
) -> None:
    blue, lesson = trolley(college), own_lesson(college)
    saturday = (date(2026, 11, 28), time(8), time(9))
    hours = tuple(moment.astimezone(PARIS).time() for moment in (lesson.starts, lesson.ends))
    mine = book(
        seat_of("teacher"),
        college.year,
        asked(college, blue, (lesson.day, *hours), lesson=lesson),  # type: ignore[arg-type]
    )
    book(seat_of("teacher_1"), college.year, asked(college, blue, saturday))
    changes.move_lesson(seat_of("head"), lesson, saturday, lesson.room, Why())
    mine.refresh_from_db()
    assert mine.cancelled_at


def test_another_room_is_one_button_and_families_read_it(college: World, client: SchoolClient) -> None:
    lesson, room = own_lesson(college), new_room(college)
    client.sit(college.people["teacher"])
    assert (
        "Changer de salle"
        in client.get(reverse("timetable:lesson", kwargs={"pk": lesson.pk})).content.decode()
    )
    address = reverse("timetable:room", kwargs={"pk": lesson.pk})
    assert f'name="room" value="{room.pk}"' in client.get(address).content.decode()
    client.post(address, {"room": room.pk})
    change = LessonChange.objects.get(lesson=lesson)
    assert (change.kind, change.made_by) == ("room", college.people["teacher"])
    for key in ("pupil", "guardian"):
        client.sit(college.people[key])
        page = client.get(reverse("timetable:lesson", kwargs={"pk": lesson.pk})).content.decode()
        assert "Salle changée" in page, key
        assert "Changer ce cours" not in page
    telling.tell_of_change(change.pk)
    recipients = set(Item.objects.filter(kind="timetable.changed_today").values_list("person_id", flat=True))
    assert {college.people["pupil"].pk, college.people["guardian"].pk} <= recipients


def test_ordinary_rooms_that_fit_come_first(college: World, client: SchoolClient) -> None:
    lesson = own_lesson(college)
    count = lesson.pupils().count()
    assert count > 1
    library = new_room(college, "Bibliothèque d’essai", kind="library", places=count + 4)
    small = new_room(college, "Salle étroite", places=count - 1)
    plain, just = new_room(college, "Salle simple"), new_room(college, "Salle juste", places=count)
    client.sit(college.people["teacher"])
    page = client.get(reverse("timetable:room", kwargs={"pk": lesson.pk})).content.decode()
    at = {room.pk: page.index(f'name="room" value="{room.pk}"') for room in (library, small, plain, just)}
    assert max(at[plain.pk], at[just.pk]) < at[library.pk] < at[small.pk]
    assert at[library.pk] < page.index("Trop petites pour") < at[small.pk]


def test_a_lesson_does_not_take_a_room_that_is_booked(college: World, seat_of: Any) -> None:
    lesson, room = own_lesson(college), new_room(college)
    hours = tuple(moment.astimezone(PARIS).time() for moment in (lesson.starts, lesson.ends))
    when = (lesson.day, *hours)
    booking = book(seat_of("teacher_1"), college.year, asked(college, room, when))  # type: ignore[arg-type]
    with pytest.raises(patterns.SlotTaken) as taken:
        changes.change_room(seat_of("head"), lesson, room, Why())
    assert college.people["teacher_1"].formal_name in taken.value.clashes[0].said
    following.cancel_booking(seat_of("teacher_1"), booking)
    # Whoever holds it may give their lesson there.
    book(seat_of("teacher"), college.year, asked(college, room, when))  # type: ignore[arg-type]
    changes.change_room(seat_of("teacher"), lesson, room, Why())


def test_a_weekly_lesson_does_not_take_a_room_that_is_booked(college: World, seat_of: Any) -> None:
    room, group = new_room(college), Group.objects.filter(year=college.year)[0]
    book(seat_of("teacher_1"), college.year, asked(college, room))
    weekly = patterns.Weekly(
        year=college.year,
        subject=own_lesson(college).subject,
        groups=(group,),
        teachers=(college.people["teacher"],),
        room=room,
        weekday=TOMORROW.weekday(),
        starts_at=time(18),
        ends_at=time(19),
        first_day=TODAY,
        last_day=TODAY + timedelta(days=30),
    )
    with pytest.raises(patterns.SlotTaken):
        patterns.create_weekly_lesson(seat_of("head"), weekly)


def test_a_room_that_is_closed_to_bookings_is_for_the_office(college: World, client: SchoolClient) -> None:
    lesson, room = own_lesson(college), new_room(college, "Infirmerie", is_open=False)
    address = reverse("timetable:room", kwargs={"pk": lesson.pk})
    client.sit(college.people["teacher"])
    assert "Infirmerie" not in client.get(address).content.decode()
    assert client.post(address, {"room": room.pk}).status_code == 422
    client.sit(college.people["secretary"])
    assert "Infirmerie" in client.get(address).content.decode()


# The list


def test_the_school_keeps_the_list(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    values = {
        "name": "Chariot vert",
        "kind": "trolley",
        "places": "12",
        "note": "Clé à la loge",
        "is_open": "on",
    }
    client.post(reverse("timetable:create_bookable"), values)
    found = Bookable.objects.get(name="Chariot vert")
    assert (found.kind, found.places, found.is_open) == ("trolley", 12, True)
    again = client.post(reverse("timetable:create_bookable"), values)
    assert again.status_code == 422
    assert "déjà une salle ou un matériel de ce nom" in again.content.decode()
    # A new place is a room, which lessons may take too.
    client.post(reverse("timetable:create_bookable"), values | {"name": "Salle des conseils", "kind": "hall"})
    room = Room.objects.get(school=college.school, name="Salle des conseils")
    client.post(reverse("timetable:describe_room", kwargs={"pk": room.pk}), {"kind": "room", "places": "20"})
    assert (room.bookable.places, room.bookable.is_open) == (20, False)
    page = client.get(reverse("timetable:bookables")).content.decode()
    assert "Fermé aux réservations" in page
    client.post(reverse("timetable:remove_bookable", kwargs={"pk": found.pk}))
    assert not Bookable.objects.filter(pk=found.pk).exists()
    verbs = set(Line.objects.filter(verb__startswith="timetable.bookable").values_list("verb", flat=True))
    assert verbs == {f"timetable.bookable_{what}" for what in ("added", "changed", "removed")}


def test_what_was_booked_once_stays_on_the_list(college: World, seat_of: Any) -> None:
    blue = trolley(college)
    book(seat_of("teacher"), college.year, asked(college, blue))
    with pytest.raises(WasBooked):
        remove_bookable(seat_of("head"), blue)
    assert [
        thing.bookings for thing in things_kept(seat_of("head")) if thing.key == f"materiel-{blue.pk}"
    ] == [1]


def test_the_file_of_bookings_says_who_had_what(college: World, client: SchoolClient, seat_of: Any) -> None:
    booking = book(seat_of("teacher"), college.year, asked(college, trolley(college), purpose="Club"))
    following.cancel_booking(seat_of("teacher"), booking)
    client.sit(college.people["cpe"])
    lines = b"".join(client.get(reverse("timetable:export_bookings")).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Chariot bleu;" in lines
    assert "Mme Moreau;;Club;annulé" in lines


def test_what_was_written_goes_with_who_wrote_it(college: World, seat_of: Any) -> None:
    booking = book(seat_of("teacher"), college.year, asked(college, trolley(college), purpose="Club"))
    assert forget_purposes(college.people["teacher"].pk) == 1
    booking.refresh_from_db()
    assert booking.purpose == ""
