"""Objects of homework for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta

from conftest import NOW
from preau.commons.files.models import StoredFile
from preau.directory.models import Enrolment, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.homework.models import (
    Archive,
    ClassBook,
    Correction,
    HandIn,
    Homework,
    LessonRecord,
    Progression,
    ProgressionStep,
)
from preau.domains.timetable.tests.props import lesson_now


def own_homework(college: World) -> Homework:
    """Given in the lesson of now, for the day after."""
    many_works_given(college, 1)
    return Homework.objects.filter(record__lesson=lesson_now(college)).order_by("pk")[0]


def many_works_given(college: World, count: int) -> None:
    """`count` homework more, given in the lesson of now, published, and for the day after."""
    lesson, teacher = lesson_now(college), college.people["teacher"]
    record, _ = LessonRecord.objects.get_or_create(
        lesson=lesson,
        defaults={
            "school": college.school,
            "subject": lesson.subject,
            "day": lesson.day,
            "content": "Thalès",
            "state": "ready",
            "written_by": teacher,
            "written_at": NOW,
        },
    )
    for _ in range(count):
        Homework.objects.create(
            school=college.school,
            record=record,
            title=f"Exercice {record.works.count()}",
            minutes=10,
            due_day=NOW.date() + timedelta(days=1),
            given_by=teacher,
            given_at=NOW,
        )


def own_progression(college: World) -> Progression:
    """One of the cast's teacher's, with one lesson at least."""
    found, made = Progression.objects.get_or_create(
        school=college.school, author=college.people["teacher"], title="Maths", defaults={"changed_at": NOW}
    )
    if made:
        many_steps(college, 1)
    return found


def own_step(college: World) -> ProgressionStep:
    return own_progression(college).steps.all()[0]


def many_steps(college: World, count: int) -> None:
    """`count` lessons more in the progression."""
    sequence = own_progression(college)
    for number in range(count):
        ProgressionStep.objects.create(progression=sequence, order=number, content="Thalès", work="Lire")


def many_progressions(college: World, count: int) -> None:
    for _ in range(count):
        number = Progression.objects.count()
        Progression.objects.create(
            school=college.school, author=college.people["teacher"], title=f"Maths {number}", changed_at=NOW
        )


def own_hand_in(college: World) -> HandIn:
    """What the cast's pupil handed in for it."""
    found: HandIn = HandIn.objects.get_or_create(
        homework=own_homework(college),
        pupil=college.people["pupil"],
        defaults={"school": college.school, "text": "Ma réponse", "handed_at": NOW},
    )[0]
    return found


def many_handed_in(college: World, count: int) -> None:
    """`count` pupils more in the class, each of whom has handed it in."""
    work = own_homework(college)
    for _ in range(count):
        number = HandIn.objects.count()
        pupil = Person.objects.create(family_name=f"Rendeur {number}", given_name="Ana")
        Enrolment.objects.create(
            school=college.school, group=own_class(college), pupil=pupil, starts=college.year.starts
        )
        HandIn.objects.create(school=college.school, homework=work, pupil=pupil, text="x", handed_at=NOW)


def many_corrections(college: World, count: int) -> None:
    """`count` corrections more of the lesson of now, and as much homework."""
    many_works_given(college, count)
    record = LessonRecord.objects.get(lesson=lesson_now(college))
    for _ in range(count):
        Correction.objects.create(
            record=record, content="Pythagore", corrected_by=college.people["teacher"], corrected_at=NOW
        )


def own_book(college: World) -> ClassBook:
    return ClassBook.objects.get(pk=own_class(college).pk)


def many_archives(college: World, count: int) -> None:
    """`count` archives more of the class of the cast's pupil."""
    for _ in range(count):
        number = Archive.objects.count()
        file = StoredFile.objects.create(
            school=college.school,
            name=f"Archive {number}.pdf",
            kind="application/pdf",
            size=9,
            digest="0" * 64,
            kept_at=NOW,
        )
        Archive.objects.create(
            school=college.school,
            group=own_class(college),
            year=college.year,
            state="ready",
            records=number,
            file=file,
            sha256="0" * 64,
            made_by=college.people["head"],
            asked_at=NOW,
            made_at=NOW,
        )
