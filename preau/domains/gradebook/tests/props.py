"""Objects of the gradebook for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta
from decimal import Decimal

from conftest import NOW
from preau.directory.models import Enrolment, Holding, Period, Person, Subject
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.gradebook.models import (
    Assessment,
    GradeBook,
    Mark,
    MarksImport,
    PeriodSeal,
    Reopening,
    SubSubject,
)
from preau.domains.gradebook.tests.scene import charge_of, class_of, period_of


def own_book(college: World) -> GradeBook:
    """The class of the cast's pupil, where the cast's teacher teaches alone."""
    charge_of(college)
    found: GradeBook = GradeBook.objects.get(pk=class_of(college).pk)
    return found


def own_assessment(college: World) -> Assessment:
    """One of that course, published, in which the cast's pupil has a mark."""
    many_assessments(college, 1)
    found: Assessment = Assessment.objects.filter(title="Droites 0").order_by("pk")[0]
    return found


def many_assessments(college: World, count: int) -> None:
    """`count` assessments more in that course, each with a mark for every pupil."""
    charge, before = charge_of(college), NOW - timedelta(days=3)
    pupils = Enrolment.objects.filter(group=charge.group, ends=None).values_list("pupil_id", flat=True)
    for _ in range(count):
        number = Assessment.objects.filter(title__startswith="Droites ").count()
        one = Assessment.objects.create(
            school=college.school,
            teacher=charge.teacher,
            subject=charge.subject,
            group=charge.group,
            period=period_of(college),
            title=f"Droites {number}, et les figures qu’elles font" if number else "Droites 0",
            day=before.date(),
            published_at=before,
            guardians_at=before + timedelta(days=1),
            marks_written=1,
        )
        Mark.objects.bulk_create(
            Mark(
                assessment=one,
                pupil_id=pupil,
                value=Decimal(n % 20) + Decimal("0.5"),
                changed_by=charge.teacher,
            )
            for n, pupil in enumerate(pupils)
        )


def own_period(college: World) -> Period:
    return period_of(college)


def own_import(college: World) -> MarksImport:
    """Marks that wait for a decision, with assessments and places to show."""
    known = MarksImport.objects.filter(school=college.school, state="preview").first()
    return known or MarksImport.objects.create(
        school=college.school,
        year=college.year,
        brought_by=college.people["head"],
        files=["001_notes.csv"],
        state=MarksImport.State.PREVIEW,
        preview={"created": [], "columns": [a_column(0)]},
        report={"put_aside": [], "reasons": []},
        moved_at=NOW,
    )


def a_column(number: int) -> dict[str, object]:
    """A column of a table of marks, with what it seems to hold."""
    return {"title": f"Note {number}", "cells": ["12"], "field": "" if number else "mark"}


def many_lines_brought(college: World, count: int) -> None:
    """`count` assessments that arrive and lines set aside more, in the marks that wait."""
    brought = own_import(college)
    for number in range(count):
        brought.preview["created"].append(
            {
                "what": f"Devoir {number}",
                "groups": "6e A",
                "when": "12 oct.",
                "subject": "Maths",
                "detail": "3 notes",
            }
        )
        brought.preview["columns"].append(a_column(number + 1))
        note = {"file": "001_notes.csv", "line": number, "reason": f"Doute {number}."}
        brought.report["put_aside"].append(note)
        brought.report["reasons"].append([note["reason"], 1])
    brought.save()


def many_imports(college: World, count: int) -> None:
    """`count` imports more that were applied."""
    MarksImport.objects.bulk_create(
        MarksImport(
            school=college.school,
            year=college.year,
            brought_by=college.people["head"],
            state="done",
            report={"marks": number + 1},
        )
        for number in range(count)
    )


def own_seal(college: World) -> PeriodSeal:
    """The present period, sealed by the head."""
    return PeriodSeal.objects.get_or_create(
        period=period_of(college), defaults={"school": college.school, "by": college.people["head"]}
    )[0]


def own_reopening(college: World) -> Reopening:
    """It is opened again to the cast's teacher."""
    seal = own_seal(college)
    return Reopening.objects.get_or_create(
        period=seal.period,
        teacher=college.people["teacher"],
        defaults={"school": college.school, "reason": "Copie retrouvée", "until": NOW.date(), "by": seal.by},
    )[0]


def many_learners(college: World, count: int) -> None:
    """`count` pupils more in the class."""
    group = class_of(college)
    for _ in range(count):
        number = Enrolment.objects.filter(group=group).count()
        pupil = Person.objects.create(family_name=f"Nouveau {number}", given_name="Noé")
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil, starts=college.year.starts)
        Holding.objects.create(school=college.school, person=pupil, role=Role.PUPIL)


def many_reopenings(college: World, count: int) -> None:
    """The present period is open again to `count` teachers more."""
    seal = own_seal(college)
    for _ in range(count):
        number = Reopening.objects.count()
        teacher = Person.objects.create(family_name=f"Remplaçant {number}", given_name="Léo")
        Reopening.objects.create(
            school=college.school,
            period=seal.period,
            teacher=teacher,
            reason="Copie retrouvée",
            until=NOW.date(),
            by=seal.by,
        )


def own_subject(college: World) -> Subject:
    """The subject of that course."""
    found: Subject = charge_of(college).subject
    return found


def many_parts(college: World, count: int) -> None:
    """`count` parts more of that subject."""
    subject = own_subject(college)
    for _ in range(count):
        number = SubSubject.objects.count()
        SubSubject.objects.create(school=college.school, subject=subject, name=f"Partie {number}")


def many_drafts(college: World, count: int) -> None:
    """`count` assessments more of today in that course, which nobody reads yet."""
    charge = charge_of(college)
    for _ in range(count):
        number = Assessment.objects.filter(title__startswith="À noter ").count()
        Assessment.objects.create(
            school=college.school,
            teacher=charge.teacher,
            subject=charge.subject,
            group=charge.group,
            period=period_of(college),
            title=f"À noter {number}",
            day=NOW.date(),
        )
