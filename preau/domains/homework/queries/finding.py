"""Finding in the cahier de textes what somebody may read of it, by the words that are in it and not by what resembles them:
a text of a hundred words resembles everything."""

from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.homework.models import Homework, LessonRecord
from preau.domains.homework.models.records import taught_by
from preau.foundation import dates
from preau.foundation.boards import Hit
from preau.foundation.lookup import Wanted
from preau.foundation.prepared import Prepared

MOST = 50


def _with_words(rows: "QuerySet[Any]", wanted: Wanted) -> "QuerySet[Any]":
    words: Q = reduce(and_, (word.begins("words") for word in wanted.words))
    return rows.filter(words)


def _works(viewer: Viewer, wanted: Wanted) -> "QuerySet[Homework, Any]":
    seen = Homework.objects.visible_to(viewer).kept()
    if viewer.is_staff:
        seen = seen.filter(taught_by(viewer.person.pk, "record__lesson_id"))
    columns = ("pk", "title", "due_day", "record__subject__name")
    return _with_words(seen, wanted).order_by("-due_day", "-pk").values_list(*columns)[:MOST]


def _records(viewer: Viewer, wanted: Wanted) -> "QuerySet[LessonRecord, Any]":
    seen = LessonRecord.objects.visible_to(viewer).exclude(lesson=None)
    if viewer.is_staff:
        seen = seen.filter(taught_by(viewer.person.pk, "lesson_id"))
    found = _with_words(seen, wanted).order_by("-day", "-pk")
    return found.values_list("lesson_id", "day", "subject__name")[:MOST]


WORKS, RECORDS = Prepared(_works), Prepared(_records)


def found_works(viewer: Viewer, wanted: Wanted) -> list[Hit]:
    """The homework that the viewer gives or has to do, latest first."""
    return [
        Hit(title, _work_page(viewer, pk), f"{subject} · {_('pour %(day)s') % {'day': dates.near_day(day, viewer.today)}}")
        for pk, title, day, subject in WORKS(viewer, wanted)
    ]  # fmt: skip


def _work_page(viewer: Viewer, pk: int) -> str:
    return reverse("homework:edit" if viewer.is_staff else "homework:work", kwargs={"pk": pk})


def found_records(viewer: Viewer, wanted: Wanted) -> list[Hit]:
    """The lessons whose content has these words, latest first."""
    return [
        Hit(f"{subject}, {dates.near_day(day, viewer.today)}", _record_page(viewer, lesson, day), _("Contenu de la séance"))
        for lesson, day, subject in RECORDS(viewer, wanted)
    ]  # fmt: skip


def _record_page(viewer: Viewer, lesson: int, day: Any) -> str:
    if viewer.is_staff:
        return reverse("homework:record", kwargs={"pk": lesson})
    return f"{reverse('homework:in_class')}?semaine={day}"
