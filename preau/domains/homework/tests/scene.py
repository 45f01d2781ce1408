"""Lessons and records near and far, for the tests of the cahier de textes."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.homework.actions import records, works
from preau.domains.homework.models import Homework, LessonRecord
from preau.domains.timetable.models import Lesson

TOMORROW = NOW.date() + timedelta(days=1)


def lesson_now(world: World) -> Lesson:
    """The lesson that the cast's pupil has now, given to the cast's teacher alone."""
    lesson = Lesson.objects.of_pupils([world.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    lesson.teachers.set([world.people["teacher"]])
    return lesson


def typed(content: str = "Théorème de Thalès.", **others: Any) -> records.RecordFacts:
    given = {"content": content, "shown": "start", "shown_at": None, "publish": True} | others
    return records.RecordFacts(**given)


def work(title: str = "Exercices 12 et 14 page 87", **others: Any) -> works.Work:
    given: dict[str, Any] = {
        "title": title,
        "body": "",
        "due_day": TOMORROW,
        "due_lesson": None,
        "due_next": False,
        "minutes": 20,
        "hand_in": "nothing",
        "pupils": (),
    } | others
    return works.Work(**given)


def written(viewer: Any, lesson: Lesson, **others: Any) -> LessonRecord:
    return records.write_record(viewer, lesson, typed(**others), 0)


def given(viewer: Any, lesson: Lesson, **others: Any) -> Homework:
    """Homework given in a lesson whose record is published."""
    record = LessonRecord.objects.filter(lesson=lesson).first() or written(viewer, lesson)
    record.lesson = lesson
    return works.give(viewer, record, work(**others))
