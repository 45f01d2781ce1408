"""Whom homework is for."""

from typing import Any

from django.db.models import F, Q, QuerySet

from preau.domains.homework.models import Homework

ENROLMENTS = "record__lesson__groups__enrolments"


def in_class_then() -> Q:
    """An enrolment in one of the groups of its lesson, on the day it is due."""
    then = Q(**{f"{ENROLMENTS}__starts": None}) | Q(**{f"{ENROLMENTS}__starts__lte": F("due_day")})
    still = Q(**{f"{ENROLMENTS}__ends": None}) | Q(**{f"{ENROLMENTS}__ends__gt": F("due_day")})
    return then & still


def pairs_of(works: "QuerySet[Homework]") -> set[tuple[int, int]]:
    """Homework and pupil, by id: the pupils named, else those of the class on the day it is due (one query)."""
    return {(work, pupil) for work, pupil, _day, _minutes in asked_of(works)}


def asked_of(works: "QuerySet[Homework]") -> "QuerySet[Homework, Any]":
    """What is asked of each pupil: homework and pupil by id, the day it is due, its minutes or None; each pair once."""
    chosen: Any = Homework.objects.filter(pk__in=works.order_by().values("pk")).order_by()
    whole = chosen.filter(in_class_then(), for_some=False, **{f"{ENROLMENTS}__pupil__isnull": False})
    named = chosen.filter(for_some=True, pupils__isnull=False)
    asked: QuerySet[Homework, Any] = whole.values_list(
        "pk", f"{ENROLMENTS}__pupil_id", "due_day", "minutes"
    ).union(named.values_list("pk", "pupils", "due_day", "minutes"))
    return asked


def concerned(homework: Homework) -> list[int]:
    """Ids of the pupils it is for."""
    return sorted(pupil for _work, pupil in pairs_of(Homework.objects.filter(pk=homework.pk)))
