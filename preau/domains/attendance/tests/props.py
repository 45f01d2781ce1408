"""Objects of attendance for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta

from conftest import NOW
from preau.directory.models import Enrolment, Group, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_pupils, own_class
from preau.directory.words import Role
from preau.domains.attendance.models import (
    AbsencesImport,
    Alert,
    Announcement,
    Arrangement,
    Entry,
    EntryChange,
    Explanation,
    FollowUp,
    FollowUpAction,
    ListRemark,
    PastAbsence,
    Reason,
    RegisterFile,
    SeatingPlan,
    Status,
    Visit,
)
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.tests.props import lesson_now


def own_absence(college: World) -> Entry:
    return Entry.objects.to_explain().filter(pupil=college.people["pupil"]).order_by("pk")[0]


def own_follow_up(college: World) -> FollowUp:
    defaults = {"opened_by": college.people["cpe"], "opened_at": NOW}
    return FollowUp.objects.get_or_create(
        school=college.school, pupil=college.people["pupil"], defaults=defaults
    )[0]


def own_reason(college: World) -> Reason:
    return Reason.objects.get_or_create(school=college.school, label="Conseil municipal des jeunes")[0]


def own_plan(college: World) -> SeatingPlan:
    """A seating plan of the class of the cast's pupil, whom Claire Moreau has now."""
    lesson_now(college)
    return SeatingPlan.objects.get_or_create(
        group=own_class(college),
        name="Îlots",
        room=None,
        defaults={"school": college.school, "made_by": college.people["teacher"], "made_at": NOW},
    )[0]


def class_with_plans(college: World) -> Group:
    return own_plan(college).group


def many_absences(college: World, count: int) -> None:
    """`count` pupils more, each absent now and explained by a parent."""
    lesson = lesson_now(college)
    group = lesson.groups.get()
    for number in range(count):
        pupil = Person.objects.create(family_name=f"Élève {number}", given_name="Ana")
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil, starts=college.year.starts)
        explanation = Explanation.objects.create(
            school=college.school,
            pupil=pupil,
            day=lesson.day,
            reason_id=1,
            given_by=college.people["guardian"],
            given_at=NOW,
        )
        Entry.objects.create(
            school=college.school,
            lesson=lesson,
            pupil=pupil,
            day=lesson.day,
            status=Status.ABSENT,
            explanation=explanation,
        )


def many_reasons(college: World, count: int) -> None:
    for _ in range(count):
        Reason.objects.create(school=college.school, label=f"Motif {Reason.objects.count()}")


def many_alerts(college: World, count: int) -> None:
    """`count` pupils more over a threshold, each in a class."""
    many_pupils(college, count)
    pupils = Person.objects.filter(
        holdings__school=college.school, holdings__role=Role.PUPIL, attendance_alerts=None
    )
    for pupil in pupils.order_by("-pk")[:count]:
        Alert.objects.create(
            school=college.school,
            pupil=pupil,
            month=NOW.date().replace(day=1),
            level=Alert.Level.DIALOGUE,
            half_days=4,
            raised_at=NOW,
        )


def own_announced(college: World, count: int, pupil: Person | None = None) -> None:
    """`count` absences announced by the cast's pupil's mother."""
    for number in range(count):
        Announcement.objects.create(
            school=college.school,
            pupil=pupil or college.people["pupil"],
            kind=Announcement.Kind.ABSENCE,
            starts=NOW + timedelta(days=number),
            ends=NOW + timedelta(days=number, hours=2),
            given_at=NOW,
            given_by=college.people["guardian"],
            reason=Reason.objects.filter(school=None)[0],
        )


def many_announced(college: World, count: int) -> None:
    many_pupils(college, count)
    for pupil in Person.objects.filter(family_name__startswith="Élève ").order_by("-pk")[:count]:
        own_announced(college, 1, pupil)


def many_visits(college: World, count: int) -> None:
    """`count` pupils more, at the library."""
    many_pupils(college, count)
    for pupil in Person.objects.filter(family_name__startswith="Élève ", visits=None).order_by("pk")[:count]:
        Visit.objects.create(
            school=college.school,
            pupil=pupil,
            place=Visit.Place.LIBRARY,
            starts=NOW,
            noted_by=college.people["cpe"],
        )


def many_registers(college: World, count: int) -> None:
    """`count` registers more that could not be made, by the CPE."""
    for _ in range(count):
        RegisterFile.objects.create(
            school=college.school,
            asked_by=college.people["cpe"],
            seat=f"staff-{college.school.pk}",
            asked_at=NOW,
            first=NOW.date(),
            last=NOW.date(),
            state="failed",
            expires_on=NOW.date(),
        )


def many_follow_ups(college: World, count: int) -> None:
    pupils = Person.objects.filter(
        holdings__school=college.school, holdings__role=Role.PUPIL, follow_ups=None
    )
    for pupil in pupils.order_by("pk")[:count]:
        FollowUp.objects.create(
            school=college.school, pupil=pupil, opened_by=college.people["cpe"], opened_at=NOW
        )


def many_done(college: World, count: int) -> None:
    follow_up = own_follow_up(college)
    for _ in range(count):
        FollowUpAction.objects.create(
            school=college.school,
            follow_up=follow_up,
            kind=FollowUpAction.Kind.CALL,
            day=NOW.date(),
            words="Appel",
            made_by=college.people["cpe"],
            made_at=NOW,
        )


def many_arrangements(college: World, count: int) -> None:
    """`count` adjustments more of the cast's pupil."""
    for number in range(count):
        Arrangement.objects.create(
            school=college.school,
            pupil=college.people["pupil"],
            kind="adjustment",
            words=f"Aménagement {count} {number}",
            first_day=NOW.date(),
            said_by=college.people["cpe"],
            said_at=NOW,
        )


def many_remarks(college: World, count: int) -> None:
    """`count` remarks more on the list of the lesson that is going on."""
    many_pupils(college, count)
    lesson = lesson_now(college)
    for pupil in Person.objects.filter(family_name__startswith="Élève ", list_remarks=None):
        ListRemark.objects.create(
            school=college.school,
            lesson=lesson,
            pupil=pupil,
            kind="not_here",
            said_by=college.people["teacher"],
            said_at=NOW,
        )


def many_plans(college: World, count: int) -> None:
    for number in range(count):
        SeatingPlan.objects.create(
            school=college.school,
            group=own_class(college),
            name=f"Plan {count} {number}",
            made_by=college.people["teacher"],
            made_at=NOW,
        )


def own_absences(college: World, count: int) -> None:
    """`count` absences more for the cast's pupil, one a lesson."""
    lessons = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(
        day__lt=NOW.date(), attendance_entries=None
    )
    for lesson in lessons.order_by("pk")[:count]:
        Entry.objects.create(
            school=college.school,
            lesson=lesson,
            pupil=college.people["pupil"],
            day=lesson.day,
            status=Status.ABSENT,
        )


def many_missed(college: World, count: int) -> None:
    """`count` lessons more missed by the cast's pupil on the day to explain."""
    model = own_absence(college).lesson
    for number in range(count):
        later = timedelta(seconds=number + 1 + Lesson.objects.count())
        lesson = Lesson.objects.create(
            school=college.school,
            year=college.year,
            subject=model.subject,
            room=model.room,
            starts=model.starts + later,
            ends=model.ends + later,
            day=model.day,
        )
        lesson.groups.set([own_class(college)])
        Entry.objects.create(
            school=college.school,
            lesson=lesson,
            pupil=college.people["pupil"],
            day=lesson.day,
            status=Status.ABSENT,
        )


def many_changes(college: World, count: int) -> None:
    """`count` corrections more of the cast's absence."""
    for _ in range(count):
        EntryChange.objects.create(
            school=college.school,
            entry=own_absence(college),
            status=Status.ABSENT,
            changed_by=college.people["cpe"],
            changed_at=NOW,
        )


def own_absences_import(college: World) -> AbsencesImport:
    """Absences that wait for a decision, with lines and places to show."""
    known = AbsencesImport.objects.filter(school=college.school, state="preview").first()
    return known or AbsencesImport.objects.create(
        school=college.school,
        year=college.year,
        brought_by=college.people["cpe"],
        files=["001_absences.csv"],
        state=AbsencesImport.State.PREVIEW,
        preview={"absences": [], "columns": [a_column(0)]},
        report={"put_aside": [], "reasons": []},
        moved_at=NOW,
    )


def a_column(number: int) -> dict[str, object]:
    """A column of a table of absences, with what it seems to hold."""
    return {"title": f"Motif {number}", "cells": ["Maladie"], "field": "" if number else "reason"}


def many_past_brought(college: World, count: int) -> None:
    """`count` absences and columns more, and lines set aside, in those that wait."""
    brought = own_absences_import(college)
    for number in range(count):
        brought.preview["absences"].append(
            {
                "what": f"Élève {number}",
                "groups": "6e A",
                "when": "14 sept., matin",
                "subject": "Absent",
                "detail": "Justifiée",
            }
        )
        brought.preview["columns"].append(a_column(number + 1))
        note = {"file": "001_absences.csv", "line": number, "reason": f"Doute {number}."}
        brought.report["put_aside"].append(note)
        brought.report["reasons"].append([note["reason"], 1])
    brought.save()


def many_absences_imports(college: World, count: int) -> None:
    """`count` imports more that were applied."""
    AbsencesImport.objects.bulk_create(
        AbsencesImport(
            school=college.school,
            year=college.year,
            brought_by=college.people["cpe"],
            state="done",
            report={"absences": number + 1},
        )
        for number in range(count)
    )


def many_past(college: World, count: int) -> None:
    """`count` half-days more that the cast's pupil missed before the school came."""
    pupil = college.people["pupil"]
    known = PastAbsence.objects.filter(pupil=pupil).count()
    for number in range(known, known + count):
        starts = NOW - timedelta(days=40 + number)
        PastAbsence.objects.create(
            school=college.school,
            pupil=pupil,
            kind=Status.ABSENT,
            day=starts.date(),
            afternoon=False,
            starts=starts,
            ends=starts + timedelta(hours=1),
            timed=True,
            excused=bool(number % 2),
            words="Maladie",
        )
