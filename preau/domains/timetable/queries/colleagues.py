"""Whom to ask to give a lesson: the facts about every colleague, for the ranking."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from preau.directory.models import Assignment, Holding
from preau.directory.words import Role
from preau.domains.timetable.models import Lesson, LessonChange, TeacherAbsence
from preau.domains.timetable.queries.cover import NAME, NeedRow, called
from preau.domains.timetable.queries.ranking import Colleague, Proposal, Slot, Span, ranked
from preau.foundation import dates

# Between two schools there is a way to go.
ON_THE_WAY = timedelta(minutes=20)
Spans = dict[int, list[Span]]


def proposals_for(need: NeedRow, lesson: Lesson) -> list[Proposal]:
    """Who is free to give a lesson, ranked, with why: two queries, whatever the number of colleagues."""
    if not need.is_open:
        return []
    asked = {ask.person for ask in need.waiting}
    slot = Slot(lesson.starts, lesson.ends, need.row.groups_label)
    return [one for one in ranked(slot, colleagues_of(lesson)) if one.pk not in asked]


def is_free_for(lesson: Lesson, person: int) -> bool:
    """May this person give this lesson: neither in class anywhere, nor away?"""
    busy, _here = _spans(lesson, [person])
    return not any(Slot(lesson.starts, lesson.ends, "").meets(span) for span in busy[person])


def colleagues_of(lesson: Lesson) -> list[Colleague]:
    """Everybody who teaches in the school that day, those of the lesson aside, with what ties them to it."""
    people = list(_people(lesson))
    busy, here = _spans(lesson, [pk for pk, *_rest in people])
    return [
        Colleague(pk, called(*names), bool(teaches), bool(same), tuple(busy[pk]), tuple(here[pk]), covers)
        for pk, teaches, same, covers, *names in people
    ]


def _people(lesson: Lesson) -> "QuerySet[Any, Any]":
    taught = Assignment.objects.active(lesson.day).filter(
        school=lesson.school_id, kind=Assignment.Kind.TEACHES, teacher=OuterRef("person_id")
    )
    own = Lesson.groups.through.objects.filter(lesson=lesson).values("group_id")
    kin = Q(group__in=own) | Q(group__classes__in=own) | Q(group__groups_drawn__in=own)
    first = lesson.day.replace(day=1)
    taken = (
        LessonChange.objects.in_force()
        .filter(school=lesson.school_id, kind=LessonChange.Kind.REPLACED, teacher_after=OuterRef("person_id"))
        .filter(lesson__day__range=(first, dates.month_after(first) - timedelta(days=1)))
        .order_by()
        .values("teacher_after")
        .annotate(count=Count("pk"))
        .values("count")
    )
    held = Holding.objects.active(lesson.day).filter(role=Role.TEACHER, school=lesson.school_id)
    return (
        held.exclude(person__in=Lesson.teachers.through.objects.filter(lesson=lesson).values("person_id"))
        .annotate(
            teaches=Exists(taught.filter(kin)),
            same=Exists(taught.filter(subject=lesson.subject_id)),
            covers=Coalesce(Subquery(taken, output_field=IntegerField()), 0),
        )
        .order_by("person_id")
        .values_list("person_id", "teaches", "same", "covers", *(f"person__{name}" for name in NAME))
        .distinct()
    )


def _spans(lesson: Lesson, people: Sequence[int]) -> tuple[Spans, Spans]:
    """When each of these is busy around a lesson, and their lessons of the day in its school: one query.

    Between two schools, the way there counts as busy. An absence that waits for its answer counts as an absence.
    """
    lines = _taught(lesson, people).union(_away(lesson, people), all=True)
    busy: Spans = defaultdict(list)
    here: Spans = defaultdict(list)
    for person, school, day, starts, ends in lines:
        way = ON_THE_WAY if school and school != lesson.school_id else timedelta()
        busy[person].append((starts - way, ends + way))
        if school == lesson.school_id and day == lesson.day:
            here[person].append((starts, ends))
    return busy, here


def _taught(lesson: Lesson, people: Sequence[int]) -> "QuerySet[Any, Any]":
    """Their other lessons around the day: who, in which school, on which day, from when to when."""
    day = timedelta(days=1)
    # By the schools of these people and the day, which are indexed together: not by all that they teach in a year.
    schools = Holding.objects.active(lesson.day).filter(person__in=people).values("school_id")
    taught = Lesson.objects.held().filter(
        school__in=schools, day__in=[lesson.day - day, lesson.day, lesson.day + day], teachers__in=people
    )
    return (
        taught.exclude(pk=lesson.pk).order_by().values_list("teachers", "school_id", "day", "starts", "ends")
    )


def _away(lesson: Lesson, people: Sequence[int]) -> "QuerySet[Any, Any]":
    """Their absences over the lesson, in the same columns: of no school, on its day."""
    away = TeacherAbsence.objects.standing().filter(teacher__in=people).over(lesson.starts, lesson.ends)
    return away.order_by().values_list("teacher_id", Value(0), Value(lesson.day), "starts", "ends")
