"""One dated lesson changes: what is refused, what stays, what comes back, and who is told."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Dispatch, Item
from preau.directory.models import Closure, Enrolment, Group, Guardianship, Holding, Person, Room
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role
from preau.domains.timetable.actions import calendar, changes, patterns, telling
from preau.domains.timetable.actions.changes import Why
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries import lessons
from preau.foundation import dates

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
SATURDAY = date(2026, 11, 28)
EIGHT, NINE = time(8, 5), time(9, 0)


def lesson_of(college: World, day: date = TOMORROW, number: int = 0) -> Lesson:
    """A lesson of the class of the cast's pupil."""
    group = Enrolment.objects.get(pupil=college.people["pupil"], group__kind="class").group
    return Lesson.objects.filter(groups=group, day=day).order_by("starts")[number]


def known(lesson: Lesson) -> tuple[Any, ...]:
    lesson = Lesson.objects.get(pk=lesson.pk)
    teachers = tuple(sorted(lesson.teachers.values_list("pk", flat=True)))
    return lesson.starts, lesson.ends, lesson.day, lesson.pattern_day, lesson.room_id, lesson.state, teachers


def free_room(college: World) -> Room:
    return Room.objects.create(school=college.school, name="Salle neuve")


def new_teacher(college: World) -> Person:
    person = Person.objects.create(family_name="Neuf", given_name="Ida", civility="mme")
    Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    return person


def test_a_cancelled_lesson_stays_and_says_so(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    changes.cancel_lesson(seat_of("secretary"), lesson, Why("away", "grippe"))
    row = next(
        row for row in lessons.own_rows(seat_of("guardian"), TOMORROW, TOMORROW) if row.pk == lesson.pk
    )
    assert row.is_cancelled
    assert [mark.label for mark in row.changes] == ["Annulé, professeur absent"]
    assert Line.objects.get(verb="timetable.lesson_cancelled").details["reason"] == "away"
    with pytest.raises(changes.NothingChanges):
        changes.cancel_lesson(seat_of("secretary"), lesson, Why())


def test_a_moved_lesson_says_where_it_was(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    was = lesson.starts
    changes.move_lesson(seat_of("head"), lesson, (SATURDAY, EIGHT, NINE), lesson.room, Why())
    lesson.refresh_from_db()
    assert (lesson.day, lesson.pattern_day, lesson.planned_day) == (SATURDAY, TOMORROW, TOMORROW)
    (row,) = lessons.own_rows(seat_of("pupil"), SATURDAY, SATURDAY)
    assert row.changes[0].label == f"Déplacé, était mercredi 25 novembre à {dates.hour(was)}"


def test_a_moved_lesson_is_neither_doubled_nor_brought_back(college: World, seat_of: Any) -> None:
    """Its day closes and opens again, and its pattern's next day is where it went."""
    lesson = lesson_of(college)
    pattern = lesson.pattern
    assert pattern is not None
    next_week = TOMORROW + timedelta(days=7)
    changes.move_lesson(seat_of("head"), lesson, (next_week, time(18, 0), time(18, 55)), None, Why())
    count = Lesson.objects.filter(pattern=pattern).count()
    assert Lesson.objects.filter(pattern=pattern, day=next_week).count() == 2
    closure = Closure.objects.create(school=college.school, name="Pont", starts=TOMORROW, ends=TOMORROW)
    calendar.follow_calendar(college.school.pk, [(TOMORROW, TOMORROW)], [])
    closure.delete()
    calendar.follow_calendar(college.school.pk, [], [(TOMORROW, TOMORROW)])
    assert Lesson.objects.filter(pattern=pattern).count() == count
    assert not Lesson.objects.filter(pattern=pattern, day=TOMORROW).exists()


@pytest.mark.parametrize("what", ["cancelled", "moved", "room", "replaced"])
def test_undoing_restores_exactly(college: World, seat_of: Any, what: str) -> None:
    head, lesson = seat_of("head"), lesson_of(college)
    before = known(lesson)
    change = {
        "cancelled": lambda: changes.cancel_lesson(head, lesson, Why()),
        "moved": lambda: changes.move_lesson(
            head, lesson, (SATURDAY, EIGHT, NINE), free_room(college), Why()
        ),
        "room": lambda: changes.change_room(head, lesson, None, Why()),
        "replaced": lambda: changes.replace_teacher(
            head, lesson, lesson.teachers.all()[0], new_teacher(college), Why()
        ),
    }[what]()
    assert known(lesson) != before
    changes.undo_change(head, change)
    assert known(lesson) == before
    row = next(row for row in lessons.own_rows(seat_of("pupil"), TOMORROW, TOMORROW) if row.pk == lesson.pk)
    assert row.changes == []
    with pytest.raises(changes.AlreadyUndone):
        changes.undo_change(head, change)


def test_undoing_is_refused_when_something_else_happened_since(college: World, seat_of: Any) -> None:
    head, lesson = seat_of("head"), lesson_of(college)
    first = changes.change_room(head, lesson, free_room(college), Why())
    second = changes.change_room(head, lesson, None, Why())
    with pytest.raises(changes.ChangedSince):
        changes.undo_change(head, first)
    changes.undo_change(head, second)
    changes.undo_change(head, first)


def test_two_changes_of_different_things_are_undone_in_any_order(college: World, seat_of: Any) -> None:
    head, lesson = seat_of("head"), lesson_of(college)
    before = known(lesson)
    moved = changes.move_lesson(head, lesson, (SATURDAY, EIGHT, NINE), lesson.room, Why())
    room = changes.change_room(head, lesson, None, Why())
    changes.undo_change(head, moved)
    changes.undo_change(head, room)
    assert known(lesson) == before


def test_undoing_is_refused_when_the_place_was_given_away(college: World, seat_of: Any) -> None:
    head, lesson = seat_of("head"), lesson_of(college)
    change = changes.cancel_lesson(head, lesson, Why())
    other = lesson_of(college, TOMORROW, 1)
    other.teachers.set([new_teacher(college)])
    starts, ends = (timezone.localtime(one).time() for one in (lesson.starts, lesson.ends))
    changes.move_lesson(head, other, (TOMORROW, starts, ends), None, Why())
    with pytest.raises(patterns.SlotTaken):
        changes.undo_change(head, change)
    assert Lesson.objects.get(pk=lesson.pk).is_cancelled


@pytest.mark.parametrize("shared", ["teacher", "class", "group", "room"])
def test_a_clash_is_refused_and_says_by_whom(college: World, seat_of: Any, shared: str) -> None:
    head, lesson, busy = seat_of("head"), lesson_of(college), lesson_of(college, TOMORROW, 1)
    new, own = new_teacher(college), busy.groups.all()[0]
    other = Group.objects.create(school=college.school, year=college.year, kind="class", name="3e Z")
    drawn = Group.objects.create(school=college.school, year=college.year, kind="group", name="5e B latin")
    drawn.classes.add(own)
    lesson.teachers.set([busy.teachers.all()[0] if shared == "teacher" else new])
    lesson.groups.set([{"class": own, "group": drawn}.get(shared, other)])
    room = busy.room if shared == "room" else None
    starts, ends = (timezone.localtime(one).time() for one in (busy.starts, busy.ends))
    before = known(lesson)
    with pytest.raises(patterns.SlotTaken) as refused:
        changes.move_lesson(head, lesson, (TOMORROW, starts, ends), room, Why())
    (clash,) = refused.value.clashes
    assert clash.day == TOMORROW
    assert busy.subject.name in clash.said
    who = {"teacher": busy.teachers.all()[0].formal_name, "room": f"la salle {busy.room and busy.room.name}"}
    assert who.get(shared, own.name) in clash.who
    assert known(lesson) == before


def test_a_cancelled_lesson_takes_no_place(college: World, seat_of: Any) -> None:
    head, lesson, busy = seat_of("head"), lesson_of(college), lesson_of(college, TOMORROW, 1)
    # Its teacher and its room are free for another, once it is cancelled.
    lesson.teachers.set(busy.teachers.all())
    changes.cancel_lesson(head, busy, Why())
    starts, ends = (timezone.localtime(one).time() for one in (busy.starts, busy.ends))
    changes.move_lesson(head, lesson, (TOMORROW, starts, ends), busy.room, Why())


@pytest.mark.parametrize("what", ["cancel", "move", "room", "replace"])
def test_a_lesson_that_is_over_stays_as_it_was(college: World, seat_of: Any, what: str) -> None:
    head, lesson = seat_of("head"), lesson_of(college, TODAY - timedelta(days=1))
    gesture = {
        "cancel": lambda: changes.cancel_lesson(head, lesson, Why()),
        "move": lambda: changes.move_lesson(head, lesson, (SATURDAY, EIGHT, NINE), None, Why()),
        "room": lambda: changes.change_room(head, lesson, None, Why()),
        "replace": lambda: changes.replace_teacher(
            head, lesson, lesson.teachers.all()[0], new_teacher(college), Why()
        ),
    }[what]
    with pytest.raises(changes.NotNow):
        gesture()


def test_nothing_is_moved_to_the_past_nor_to_a_closed_day(college: World, seat_of: Any) -> None:
    head, lesson = seat_of("head"), lesson_of(college)
    with pytest.raises(changes.NotNow, match="passée"):
        changes.move_lesson(head, lesson, (TODAY, EIGHT, NINE), None, Why())
    with pytest.raises(changes.NotNow, match="fermé"):
        changes.move_lesson(head, lesson, (date(2026, 12, 25), EIGHT, NINE), None, Why())
    with pytest.raises(changes.NotNow, match="année"):
        changes.move_lesson(head, lesson, (date(2027, 8, 2), EIGHT, NINE), None, Why())


def added(college: World, head: Any) -> LessonChange:
    model = lesson_of(college)
    one = changes.OneOff(
        model.subject, tuple(model.groups.all()), tuple(model.teachers.all()), None, SATURDAY, EIGHT, NINE
    )
    return changes.add_lesson(head, college.year, one, Why("catching_up"))


def test_a_lesson_of_one_day_is_added_and_taken_back(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    change = added(college, head)
    (row,) = lessons.own_rows(seat_of("pupil"), SATURDAY, SATURDAY)
    assert [mark.label for mark in row.changes] == ["Ajouté"]
    with pytest.raises(patterns.SlotTaken):
        added(college, head)
    changes.undo_change(head, change)
    telling.tell_of_undoing(change.pk)
    assert not Lesson.objects.filter(pk=change.lesson_id).exists()
    assert telling.tell_of_undoing(change.pk) == 0


def notified(kind: str) -> set[int]:
    return set(Item.objects.filter(kind=kind).values_list("person_id", flat=True))


def test_everybody_concerned_is_told_once_and_nobody_else(college: World, twin: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    barred = Person.objects.create(family_name="Tenu", given_name="À l’écart")
    Guardianship.objects.create(
        pupil=college.people["pupil"], guardian=barred, authority=Authority.LEGAL, may_not_be_informed=True
    )
    change = changes.cancel_lesson(seat_of("head"), lesson, Why("outing", "secret"))
    for _time in range(2):
        telling.tell_of_change(change.pk)
    pupils = set(lesson.pupils().values_list("pk", flat=True))
    links = Guardianship.objects.informed(TODAY).of_another().filter(pupil__in=pupils)
    guardians = set(links.values_list("guardian_id", flat=True))
    assert notified("timetable.changed_today") == pupils | guardians | set(
        lesson.teachers.values_list("pk", flat=True)
    )
    assert barred.pk not in notified("timetable.changed_today")
    facts = str(Item.objects.filter(kind="timetable.changed_today").values_list("facts", flat=True)[0])
    assert "annulé" in facts
    assert "sortie ou voyage" in facts
    assert "secret" not in facts
    keys = Item.objects.filter(kind="timetable.changed_today").values_list("person_id", "key")
    assert len(keys) == len(set(keys))


def test_later_changes_wait_for_the_news_of_the_day(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college, TODAY + timedelta(days=7))
    telling.tell_of_change(changes.cancel_lesson(seat_of("head"), lesson, Why()).pk)
    assert notified("timetable.changed")
    assert not notified("timetable.changed_today")


def test_a_change_undone_before_it_left_tells_nobody_by_mail(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    change = changes.cancel_lesson(head, lesson_of(college, TODAY + timedelta(days=7)), Why())
    telling.tell_of_change(change.pk)
    mailed = set(
        Dispatch.objects.filter(item__kind="timetable.changed").values_list("item__person_id", flat=True)
    )
    assert mailed
    changes.undo_change(head, change)
    telling.tell_of_undoing(change.pk)
    assert not Dispatch.objects.filter(item__kind="timetable.changed", dropped_at=None).exists()
    assert not notified("timetable.held_after_all") & mailed


def test_who_had_heard_of_a_change_hears_that_it_is_undone(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    change = changes.cancel_lesson(head, lesson_of(college), Why())
    telling.tell_of_change(change.pk)
    heard = notified("timetable.changed_today")
    Dispatch.objects.all().delete()
    changes.undo_change(head, change)
    telling.tell_of_undoing(change.pk)
    assert notified("timetable.held_after_all") == heard
    assert not Item.objects.filter(kind="timetable.changed_today", read_at=None).exists()


def test_a_change_undone_before_its_task_ran_tells_nobody(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    change = changes.cancel_lesson(head, lesson_of(college), Why())
    changes.undo_change(head, change)
    assert telling.tell_of_change(change.pk) == 0
    assert telling.tell_of_undoing(change.pk) == 0
    assert not Item.objects.filter(kind__startswith="timetable.").exists()


def test_the_pages_of_a_change_from_one_end_to_the_other(college: World, client: SchoolClient) -> None:
    lesson = lesson_of(college)
    client.sit(college.people["secretary"])
    page = client.get(reverse("timetable:lesson", kwargs={"pk": lesson.pk})).content.decode()
    assert "Déplacer" in page
    typed = {
        "day": SATURDAY.isoformat(),
        "starts_at": "08:05",
        "ends_at": "09:00",
        "reason": "exam",
        "note": "n",
    }
    moved = client.post(
        reverse("timetable:move", kwargs={"pk": lesson.pk}), typed, follow=True
    ).content.decode()
    assert "Le cours est déplacé." in moved
    assert "Rétablir" in moved
    change = LessonChange.objects.get(lesson=lesson)
    listed = client.get(reverse("timetable:changes")).content.decode()
    assert "Examen ou devoir commun" in listed
    assert (
        client.get(reverse("timetable:changes"), {"du": "2027-01-01"}).content.decode().count("Rétablir") == 0
    )
    back = client.post(reverse("timetable:undo", kwargs={"pk": change.pk}), follow=True).content.decode()
    assert "rétabli, comme avant" in back
    assert (
        "C’était déjà rétabli"
        in client.post(reverse("timetable:undo", kwargs={"pk": change.pk}), follow=True).content.decode()
    )


def test_a_dropped_lesson_opens_its_form_with_the_place_where_it_fell(
    college: World, client: SchoolClient
) -> None:
    lesson = lesson_of(college)
    client.sit(college.people["head"])
    there = {"jour": "2026-11-27", "debut": "14:00", "fin": "14:55"}
    page = client.get(reverse("timetable:move", kwargs={"pk": lesson.pk}), there).content.decode()
    assert 'value="2026-11-27"' in page
    assert 'value="14:00"' in page


def test_a_clash_on_the_page_says_who_what_and_when_and_keeps_what_was_typed(
    college: World, client: SchoolClient
) -> None:
    lesson, busy = lesson_of(college), lesson_of(college, TOMORROW, 1)
    starts, ends = (timezone.localtime(one).strftime("%H:%M") for one in (busy.starts, busy.ends))
    client.sit(college.people["head"])
    typed = {"day": TOMORROW.isoformat(), "starts_at": starts, "ends_at": ends, "note": "à garder"}
    response = client.post(reverse("timetable:move", kwargs={"pk": lesson.pk}), typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "5e B, mercredi 25 novembre" in page.replace("5<sup>e</sup> B", "5e B")
    assert busy.subject.name in page
    assert "à garder" in page


def test_families_and_teachers_read_a_lesson_and_change_nothing(college: World, client: SchoolClient) -> None:
    lesson = lesson_of(college)
    for key in ("guardian", "pupil", "teacher"):
        client.sit(college.people[key])
        page = client.get(reverse("timetable:lesson", kwargs={"pk": lesson.pk})).content.decode()
        assert lesson.subject.name in page
        assert "Annuler ce cours" not in page
        assert client.post(reverse("timetable:cancel", kwargs={"pk": lesson.pk})).status_code == 403


def test_a_note_for_the_staff_is_not_read_by_a_family(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    lesson = lesson_of(college)
    changes.cancel_lesson(seat_of("head"), lesson, Why("away", "mot interne"))
    client.sit(college.people["guardian"])
    page = client.get(reverse("timetable:lesson", kwargs={"pk": lesson.pk})).content.decode()
    assert "Annulé" in page
    assert "mot interne" not in page


def test_the_file_of_changes_holds_what_was_before(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    lesson = lesson_of(college)
    room = lesson.room
    assert room is not None
    changes.change_room(seat_of("head"), lesson, None, Why("room", "=1+1"))
    client.sit(college.people["secretary"])
    response = client.get(reverse("timetable:export_changes"))
    text = b"".join(response.streaming_content).decode()
    assert room.place in text
    assert "'=1+1" in text
