"""Finding in the cahier de textes what somebody may read of it, by the words that are in it and not by what resembles them:
a text of a hundred words resembles everything."""

from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Homework, LessonRecord
from preau.foundation import dates
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

MOST = 50


def _with_words(rows: "QuerySet[Any]", wanted: LookupTerms) -> "QuerySet[Any]":
    words: Q = reduce(and_, (word.begins("words") for word in wanted.words))
    return rows.filter(words)


def _of_schools(rows: Any, viewer: Viewer) -> Any:
    """Of what a family sees, which is all of it: by the schools of their children, where a database begins. Left to itself, PostgreSQL
    read the words of every school."""
    schools = Enrolment.objects.filter(pupil__in=viewer.own_pupils()).values("school_id")
    return rows.filter(school__in=schools)


def _works(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Homework, Any]":
    if viewer.is_staff:
        seen = Homework.objects.given_by(viewer)
    else:
        seen = _of_schools(Homework.objects.visible_to(viewer), viewer)
    columns = ("pk", "title", "due_day", "record__subject__name")
    found = _with_words(seen.kept(), wanted).order_by("-due_day", "-pk")
    return found.values_list(*columns)[:MOST]


def _records(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[LessonRecord, Any]":
    if viewer.is_staff:
        seen = LessonRecord.objects.given_by(viewer)
    else:
        seen = _of_schools(LessonRecord.objects.visible_to(viewer), viewer)
    found = _with_words(seen.exclude(lesson=None), wanted).order_by("-day", "-pk")
    return found.values_list("lesson_id", "day", "subject__name")[:MOST]


WORKS, RECORDS = Prepared(_works), Prepared(_records)


def found_works(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """The homework that the viewer gives or has to do, latest first."""
    return [
        Hit(
            title,
            _work_page(viewer, pk),
            f"{subject} · {_('pour %(day)s') % {'day': dates.near_day(day, viewer.today)}}",
        )
        for pk, title, day, subject in WORKS(viewer, wanted)
    ]


def _work_page(viewer: Viewer, pk: int) -> str:
    return url("homework:edit" if viewer.is_staff else "homework:work", pk=pk)


def found_records(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """The lessons whose content has these words, latest first."""
    return [
        Hit(
            f"{subject}, {dates.near_day(day, viewer.today)}",
            _record_page(viewer, lesson, day),
            _("Contenu de la séance"),
        )
        for lesson, day, subject in RECORDS(viewer, wanted)
    ]


def _record_page(viewer: Viewer, lesson: int, day: Any) -> str:
    if viewer.is_staff:
        return url("homework:record", pk=lesson)
    return f"{url('homework:in_class')}?semaine={day}"
