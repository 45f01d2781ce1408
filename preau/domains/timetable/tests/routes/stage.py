"""What stands on the stage of the matrix, near and far."""

from datetime import datetime, timedelta
from typing import Any

from conftest import NOW, TWIN
from preau.directory.models import Group, Person, Room, Subject
from preau.directory.seeds.world import World
from preau.domains.timetable.models import (
    Alternation,
    Bookable,
    Booking,
    CoverAsk,
    DaySlot,
    Lesson,
    LessonChange,
    TeacherAbsence,
    TimetableImport,
    ToldCourse,
    WeeklyPattern,
)
from tests.net.matrix_cast import (
    DEPARTED,
    FAMILY,
    LONG_AGO,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    STAFF,
    STEM,
    TODAY,
    WITH_PUPILS,
    Stage,
    place_of,
)


def plant(stage: Stage) -> None:
    _lessons(stage)
    _timetables(stage)
    _changed_lessons(stage)
    _covers(stage)
    _day_slots(stage)
    _bookings(stage)


def _lessons(stage: Stage) -> None:
    """In each class a lesson that is going on, and its pattern; a lesson of long ago, by a teacher who has left."""
    people, soon = stage.people, NOW - timedelta(minutes=10)
    _only_taught_by(stage.own(Group), people["teacher"])
    _only_taught_by(place_of(stage, Group, OTHER_CLASS), people["teacher_parent"])
    for scope, teacher, starts in [
        (OWN, people["teacher"], soon),
        (OTHER_CLASS, people["teacher_parent"], soon),
        (DEPARTED, people["former_teacher"], NOW - LONG_AGO),
        (OTHER_SCHOOL, stage.twin.people["teacher"], soon),
    ]:
        # A class of last year has no lesson of this one.
        group = stage.own(Group) if scope == DEPARTED else place_of(stage, Group, scope)
        lesson = a_lesson(stage.world_of(scope), group, teacher, starts, place_of(stage, Room, scope))
        until = {"last_day": TODAY - timedelta(days=1)} if scope == DEPARTED else {}
        stage.put(scope, lesson, _pattern(lesson, **until))


def _only_taught_by(group: Group, teacher: Person) -> None:
    """In the schools of the tests everyone teaches everywhere; here a class has one teacher."""
    for taught in (
        Lesson.teachers.through.objects.filter(lesson__groups=group),
        WeeklyPattern.teachers.through.objects.filter(weeklypattern__groups=group),
    ):
        taught.exclude(person=teacher).delete()


def a_lesson(
    world: World, group: Group, teacher: Person, starts: datetime, room: Room | None = None
) -> Lesson:
    lesson = Lesson.objects.create(
        school=world.school,
        year=world.year,
        subject=Subject.objects.filter(school=world.school)[0],
        room=room or Room.objects.filter(school=world.school)[0],
        starts=starts,
        ends=starts + timedelta(minutes=55),
        day=starts.date(),
    )
    lesson.groups.set([group])
    lesson.teachers.set([teacher])
    return lesson


def _pattern(lesson: Lesson, **dates: Any) -> WeeklyPattern:
    """A weekly lesson at an hour where nobody has one."""
    days = {"first_day": lesson.year.starts, "last_day": lesson.year.ends} | dates
    pattern = WeeklyPattern.objects.create(
        school=lesson.school,
        year=lesson.year,
        subject=lesson.subject,
        room=lesson.room,
        weekday=5,
        starts_at="19:00",
        ends_at="20:00",
        **days,
    )
    pattern.groups.set(lesson.groups.all())
    pattern.teachers.set(lesson.teachers.all())
    return pattern


def _changed_lessons(stage: Stage) -> None:
    """A lesson to come of each class that changed rooms, with a note for the staff; one that is over; named weeks."""
    for scope, world, words in [
        (OWN, stage.college, stage.mark("note of a changed lesson", STAFF, {"head", "secretary"})),
        (OTHER_CLASS, stage.college, stage.mark("note of another class", STAFF, {"head", "secretary"})),
        (DEPARTED, stage.college, stage.mark("note of a former lesson", STAFF)),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        lesson: Any = stage.objects[Lesson][scope][0]
        if scope != DEPARTED:
            known = lesson
            lesson = a_lesson(
                world, known.groups.all()[0], known.teachers.all()[0], NOW + timedelta(days=3, hours=9)
            )
        made = {"made_by": world.people["head"], "made_at": NOW, "note": words}
        change = LessonChange.objects.create(
            school=world.school, lesson=lesson, kind="room", room_after=lesson.room, **made
        )
        Lesson.objects.filter(pk=lesson.pk).update(revision=1)
        stage.put(scope, change)
    for scope, world in ((OWN, stage.college), (OTHER_SCHOOL, stage.twin)):
        weeks = {"name": world.named("Stage"), "mondays": ["2026-11-30"]}
        stage.put(scope, Alternation.objects.create(school=world.school, year=world.year, **weeks))


def _covers(stage: Stage) -> None:
    """Teachers who are away, and colleagues who were asked: near, of the other class, gone, and in the twin."""
    people, twin = stage.people, stage.twin
    office = {"head", "secretary"}
    saturday = a_lesson(stage.college, stage.own(Group), people["teacher"], NOW + timedelta(days=4, hours=8))
    others = [stage.objects[Lesson][scope][0] for scope in (OTHER_CLASS, DEPARTED, OTHER_SCHOOL)]
    own = stage.mark("words of who was asked", office | {"teacher_parent"}, {"secretary"})
    other = stage.mark("words of another who was asked", office | {"teacher"}, {"secretary"})
    gone = stage.mark("words of who has left", office)
    for scope, lesson, world, key, starts, words in [
        (OWN, saturday, stage.college, "teacher_parent", NOW - timedelta(hours=1), own),
        (OTHER_CLASS, others[0], stage.college, "teacher", None, other),
        (DEPARTED, others[1], stage.college, "former_teacher", None, gone),
        (OTHER_SCHOOL, others[2], twin, "", None, f"{STEM} {TWIN}"),
    ]:
        absence = TeacherAbsence.objects.create(
            school=world.school,
            teacher=lesson.teachers.all()[0],
            starts=starts or lesson.starts,
            ends=lesson.ends,
            cause="personal",
            announced_by=world.people["secretary"],
            announced_at=NOW,
            confirmed_at=NOW,
        )
        ask = CoverAsk.objects.create(
            school=world.school,
            lesson=lesson,
            absence=absence,
            words=words,
            asked_at=NOW,
            person=people[key] if key else twin.people["teacher_1"],
            asked_by=world.people["secretary"],
        )
        stage.put(scope, absence, ask)
    # What is said of the lesson that is going on, where the office looks for somebody.
    CoverAsk.objects.create(
        school=stage.college.school,
        lesson=stage.own(Lesson),
        absence=stage.own(TeacherAbsence),
        words=own,
        person=people["teacher_parent"],
        asked_by=people["secretary"],
        asked_at=NOW,
        state="declined",
    )


def _timetables(stage: Stage) -> None:
    """A timetable that waits for a decision, in each school."""
    office = {"head", "secretary"}
    own = stage.mark("timetable of the school", office, office)
    for scope, world, mark in ((OWN, stage.college, own), (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}")):
        line = {"what": mark, "groups": "6e A", "when": "Lundi, 8 h – 9 h", "detail": mark}
        report = {
            "format": "edt",
            "scope": "all",
            "created": 1,
            "reasons": [["Sans classe.", 1]],
            "put_aside": [{"file": mark, "line": 7, "reason": "Sans classe.", "what": ""}],
        }
        brought = TimetableImport.objects.create(
            school=world.school,
            year=world.year,
            brought_by=world.people["secretary"],
            source="edt",
            files=[mark],
            state=TimetableImport.State.PREVIEW,
            report=report,
            preview={"created": [line], "decided": [_decided(mark)], "columns": _columns(mark)},
            moved_at=NOW,
        )
        stage.put(scope, brought)
        course = ToldCourse.objects.create(
            school=world.school, year=world.year, source="edt", key="un", said={}
        )
        stage.put(scope, course)


def _columns(mark: str) -> list[dict[str, object]]:
    """The columns of a table, whose cells name somebody."""
    held = {"J": "day", "H": "hours", "M": "subject", "C": "class", "P": "teacher"}
    return [{"title": title, "cells": [mark], "field": key} for title, key in held.items()]


def _decided(mark: str) -> dict[str, str]:
    """A choice between a file and the school."""
    return {"id": "cours:un", "what": mark, "groups": "6e A", "file": mark, "here": mark, "by": mark}


def _day_slots(stage: Stage) -> None:
    """An hour of study of each school; everybody of the school reads its name."""
    readers = STAFF | FAMILY | {"former_guardian"}
    for scope, world, name in [
        (OWN, stage.college, stage.mark("an hour of study", readers, {"head", "cpe"})),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        slot = DaySlot.objects.create(
            school=world.school,
            year=world.year,
            kind="study",
            name=name,
            weekdays=[0, 1],
            starts_at="17:10",
            ends_at="18:00",
        )
        slot.watchers.set([world.people["cpe"]])
        stage.put(scope, slot)


def _bookings(stage: Stage) -> None:
    """Equipment of each school, and what near and far teachers booked."""
    readers = WITH_PUPILS
    for scope, world in ((OWN, stage.college), (OTHER_SCHOOL, stage.twin)):
        name = stage.mark("equipment", readers, {"cpe"}) if scope == OWN else f"{STEM} {TWIN}"
        stage.put(scope, Bookable.objects.create(school=world.school, kind="device", name=name))
    people = stage.people
    for number, (scope, world, person, starts) in enumerate(
        [
            (OWN, stage.college, people["teacher"], NOW + timedelta(days=1, hours=5)),
            (OTHER_CLASS, stage.college, people["teacher_parent"], NOW + timedelta(days=2)),
            (DEPARTED, stage.college, people["former_teacher"], NOW - LONG_AGO),
            (OTHER_SCHOOL, stage.twin, stage.twin.people["teacher"], NOW + timedelta(days=1)),
        ]
    ):
        bookable = place_of(stage, Bookable, OTHER_SCHOOL if scope == OTHER_SCHOOL else OWN)
        words = (
            stage.mark(f"purpose of a booking {number}", readers)
            if world is stage.college
            else f"{STEM} {TWIN}"
        )
        booking = Booking.objects.create(
            school=world.school,
            year=world.year,
            bookable=bookable,
            person=person,
            starts=starts,
            purpose=words,
            ends=starts + timedelta(minutes=55),
            day=starts.date(),
            made_at=NOW,
        )
        stage.put(scope, booking)


def plant_formulas(evil: str) -> None:
    note = {"file": evil, "line": 7, "key": evil, "reason": evil, "what": evil}
    # One name a school: the first of these is enough.
    first = Bookable.objects.filter(room=None).order_by("pk").values_list("pk", flat=True)[:1]
    Bookable.objects.filter(pk__in=list(first)).update(name=evil)
    Booking.objects.update(purpose=evil)
    TimetableImport.objects.update(files=[evil], report={"put_aside": [note], "rooms_created": [evil]})
