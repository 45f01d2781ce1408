"""Objects of timetable for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta

from conftest import NOW
from preau.directory.models import Assignment, Group, Holding, Person, Room, Subject
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Role
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
    WeeklyPattern,
)


def lesson_now(college: World) -> Lesson:
    """The lesson that the cast's pupil has now, given to Claire Moreau."""
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    lesson.teachers.set([college.people["teacher"]])
    return lesson


def lesson_to_come(college: World) -> Lesson:
    """A lesson of the cast's pupil tomorrow."""
    to_come = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(
        day=NOW.date() + timedelta(days=1)
    )
    return to_come.order_by("starts")[0]


def own_pattern(college: World) -> WeeklyPattern:
    return WeeklyPattern.objects.filter(year=college.year).order_by("pk")[0]


def own_alternation(college: World) -> Alternation:
    fields = {"school": college.school, "mondays": ["2026-11-30"]}
    return Alternation.objects.get_or_create(year=college.year, name="Stage", defaults=fields)[0]


def teacher_away(college: World) -> TeacherAbsence:
    """The absence of the seeds that is not over."""
    found = TeacherAbsence.objects.in_force().filter(school=college.school, ends__gt=NOW)
    return found.select_related("teacher").order_by("pk")[0]


def lesson_to_cover(college: World) -> Lesson:
    absence = teacher_away(college)
    touched = Lesson.objects.taught_by(absence.teacher).filter(school=college.school, ends__gt=NOW)
    return touched.over_at(absence.starts, absence.ends).order_by("starts")[0]


def own_ask(college: World) -> CoverAsk:
    """What Claire Moreau is asked."""
    found, _ = CoverAsk.objects.get_or_create(
        lesson=lesson_to_cover(college),
        absence=teacher_away(college),
        person=college.people["teacher"],
        defaults={"school": college.school, "asked_by": college.people["secretary"], "asked_at": NOW},
    )
    return found


def own_timetable(college: World) -> TimetableImport:
    """One that waits for a decision, with courses and places to show."""
    known = TimetableImport.objects.filter(school=college.school, state="preview").first()
    return known or TimetableImport.objects.create(
        school=college.school,
        year=college.year,
        brought_by=college.people["secretary"],
        source="edt",
        scope="all",
        state=TimetableImport.State.PREVIEW,
        files=["001_edt.xml"],
        preview={"created": [], "clashes": [], "decided": [a_decision(0)], "columns": [a_column(0)]},
        report={"format": "edt", "scope": "all", "put_aside": [], "reasons": []},
        moved_at=NOW,
    )


def a_column(number: int) -> dict[str, object]:
    """A column of a timetable, with what it seems to hold."""
    return {"title": f"Jour {number}", "cells": ["lundi"], "field": "" if number else "day"}


def a_decision(number: int) -> dict[str, str]:
    """A choice between a file and what was decided here."""
    sides = {"file": "Mardi, 9 h – 10 h", "here": "Lundi, 8 h – 9 h", "by": "Marc Abadie, 12 novembre à 9 h"}
    return {"id": f"cours:{number}", "what": f"Mathématiques {number}", "groups": "6e A"} | sides


def many_timetable_notes(college: World, count: int) -> None:
    """`count` courses that arrive and lines put aside more, in the timetable that waits."""
    brought = own_timetable(college)
    for number in range(count):
        line = {"what": f"Théâtre {number}", "groups": "6e A", "when": "Lundi, 8 h – 9 h", "detail": ""}
        brought.preview["created"].append(line)
        brought.preview["columns"].append(a_column(number + 1))
        brought.preview["decided"].append(a_decision(number + 1))
        note = {"file": "001_edt.xml", "line": number, "reason": f"Doute {number}.", "what": ""}
        brought.report["put_aside"].append(note)
        brought.report["reasons"].append([note["reason"], 1])
    brought.save()


def many_timetables(college: World, count: int) -> None:
    """`count` timetables more that were applied."""
    TimetableImport.objects.bulk_create(
        TimetableImport(
            school=college.school,
            year=college.year,
            brought_by=college.people["secretary"],
            source="csv",
            state="done",
            report={"created": number + 1},
        )
        for number in range(count)
    )


def own_day_slot(college: World) -> DaySlot:
    """An hour of study in the hole that every class has after lunch."""
    known = DaySlot.objects.filter(school=college.school, name="Étude").first()
    return known or a_day_slot(college, "Étude")


def a_day_slot(college: World, name: str) -> DaySlot:
    slot: DaySlot = DaySlot.objects.create(
        school=college.school,
        year=college.year,
        kind="study",
        name=name,
        weekdays=[0, 1, 3],
        starts_at="13:10",
        ends_at="14:00",
    )
    slot.watchers.set([college.people["cpe"]])
    return slot


def many_day_slots(college: World, count: int) -> None:
    for _ in range(count):
        a_day_slot(college, f"Étude {DaySlot.objects.count()}")


def own_equipment(college: World) -> Bookable:
    """A camera that nobody has booked."""
    values = {"kind": Bookable.Kind.DEVICE, "places": 1}
    return Bookable.objects.get_or_create(school=college.school, name="Caméra", defaults=values)[0]


def own_room(college: World) -> Room:
    return Room.objects.filter(school=college.school).order_by("pk")[0]


def own_booking(college: World) -> Booking:
    """What Claire Moreau holds tomorrow evening."""
    evening = NOW + timedelta(days=1, hours=8)
    values = {
        "school": college.school,
        "year": college.year,
        "ends": evening + timedelta(minutes=55),
        "day": evening.date(),
        "person": college.people["teacher"],
        "purpose": "Club de cinéma",
        "made_at": NOW,
    }
    return Booking.objects.get_or_create(bookable=own_equipment(college), starts=evening, defaults=values)[0]


def many_bookables(college: World, count: int) -> None:
    known = Bookable.objects.count()
    Bookable.objects.bulk_create(
        Bookable(school=college.school, kind=Bookable.Kind.DEVICE, name=f"Valise {known + number}")
        for number in range(count)
    )


def many_bookings(college: World, count: int) -> None:
    """`count` bookings more of Claire Moreau, this week, for a lesson."""
    lesson, room = lesson_to_come(college), own_room(college)
    described = {"school": college.school, "kind": Bookable.Kind.ROOM}
    bookable = Bookable.objects.get_or_create(room=room, defaults=described)[0]
    known = Booking.objects.count()
    for number in range(known, known + count):
        starts = lesson.starts + timedelta(seconds=number + 1)
        Booking.objects.create(
            school=college.school,
            year=college.year,
            bookable=bookable,
            person=college.people["teacher"],
            lesson=lesson,
            starts=starts,
            ends=starts + timedelta(minutes=30),
            day=lesson.day,
            purpose="Exposé",
            made_at=NOW,
        )


def many_lessons(college: World, count: int) -> None:
    """`count` lessons more for everyone today."""
    model = lesson_now(college)
    groups = list(Group.objects.filter(year=college.year))
    for number in range(count):
        later = timedelta(seconds=number + 1)
        lesson = Lesson.objects.create(
            school=college.school,
            year=college.year,
            subject=model.subject,
            room=model.room,
            starts=model.ends + later,
            ends=model.ends + 2 * later,
            day=model.day,
        )
        lesson.groups.set(groups)
        lesson.teachers.set([college.people["teacher"], college.people["teacher_1"]])


def many_lesson_changes(college: World, count: int) -> None:
    """`count` changes more of a lesson to come."""
    lesson = lesson_to_come(college)
    teacher = college.people["teacher"]
    for _ in range(count):
        LessonChange.objects.create(
            school=college.school,
            lesson=lesson,
            kind="replaced",
            teacher_before=teacher,
            teacher_after=college.people["teacher_1"],
            made_by=teacher,
            made_at=NOW,
        )
    Lesson.objects.filter(pk=lesson.pk).update(revision=1)


def many_subjects_given(college: World, count: int) -> None:
    """`count` lessons given yesterday, each of a subject and to a class more."""
    yesterday = NOW - timedelta(days=1)
    for number in range(count):
        about = {"school": college.school, "year": college.year}
        code = f"HEURES{Subject.objects.count()}"
        subject = Subject.objects.create(school=college.school, code=code, name=f"Matière {code}")
        group = Group.objects.create(kind=Group.Kind.CLASS, name=f"Donnée {Group.objects.count()}", **about)
        ends = yesterday + timedelta(minutes=30 + number)
        Lesson.objects.create(
            subject=subject, starts=yesterday, ends=ends, day=yesterday.date(), **about
        ).groups.set([group])


def many_to_cover(college: World, count: int) -> None:
    """`count` lessons more of the teacher who is away, each with somebody who was asked: Claire Moreau."""
    absence = teacher_away(college)
    model = lesson_to_cover(college)
    for _ in range(count):
        later = timedelta(seconds=1 + Lesson.objects.count())
        lesson = Lesson.objects.create(
            school=college.school,
            year=college.year,
            subject=model.subject,
            room=model.room,
            day=model.day,
            starts=model.starts + later,
            ends=model.ends + later,
        )
        lesson.groups.set([own_class(college)])
        lesson.teachers.set([absence.teacher])
        CoverAsk.objects.create(
            school=college.school,
            lesson=lesson,
            absence=absence,
            person=college.people["teacher"],
            asked_at=NOW,
            asked_by=college.people["secretary"],
        )


def many_free(college: World, count: int) -> None:
    """`count` colleagues more who may be asked, and as many who declined."""
    lesson, absence = lesson_to_cover(college), teacher_away(college)
    for _ in range(count):
        people = [
            Person.objects.create(family_name=f"Libre {Person.objects.count()}", given_name="Ada")
            for _n in range(2)
        ]
        for person in people:
            Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
        Assignment.objects.create(
            school=college.school, group=own_class(college), teacher=people[0], subject=lesson.subject
        )
        CoverAsk.objects.create(
            school=college.school,
            lesson=lesson,
            absence=absence,
            person=people[1],
            asked_at=NOW,
            state="declined",
        )


def many_away(college: World, count: int) -> None:
    """`count` absences more to come, one in two to confirm."""
    for number in range(count):
        person = Person.objects.create(family_name=f"Absent {Person.objects.count()}", given_name="Ada")
        TeacherAbsence.objects.create(
            school=college.school,
            teacher=person,
            starts=NOW,
            ends=NOW + timedelta(days=1),
            announced_at=NOW,
            confirmed_at=NOW if number % 2 else None,
        )


def many_alternations(college: World, count: int) -> None:
    for _ in range(count):
        name = f"Alternance {Alternation.objects.count()}"
        Alternation.objects.create(
            school=college.school, year=college.year, name=name, mondays=["2026-11-30"]
        )
