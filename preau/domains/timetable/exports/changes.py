"""Changes of the timetable, and lessons to cover, as spreadsheets."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries.changes import rows_of
from preau.domains.timetable.queries.cover import needs_of
from preau.foundation import csvtext

HEADER = [
    _("Cours"),
    _("Jour"),
    _("Heures"),
    _("Changement"),
    _("Avant"),
    _("Après"),
    _("Motif"),
    _("Note"),
    _("Fait par"),
    _("Rétabli par"),
]
CHUNK = 500


def changes_csv(changes: "QuerySet[LessonChange]") -> Iterator[str]:
    """UTF-8 with a mark and semicolons, as French spreadsheets open it; formulas are neutralised."""
    return csvtext.lines(HEADER, _cells(changes))


def _cells(changes: "QuerySet[LessonChange]") -> Iterator[list[Any]]:
    for change in changes.iterator(chunk_size=CHUNK):
        (row,) = rows_of([change])
        yield [
            row.what,
            change.lesson.day,
            change.lesson.hours,
            row.kind_label,
            row.before,
            row.after,
            row.reason,
            row.note,
            row.made,
            row.undone,
        ]


COVER_HEADER = [
    _("Jour"),
    _("Heures"),
    _("Cours"),
    _("Classes et groupes"),
    _("Salle"),
    _("Enseignant absent"),
    _("Suite"),
]


def cover_csv(lessons: "QuerySet[Lesson]", now: datetime) -> Iterator[str]:
    """The lessons to cover, as their page shows them; never why somebody is away."""
    return csvtext.lines(COVER_HEADER, _needs(lessons, now))


def _needs(lessons: "QuerySet[Lesson]", now: datetime) -> Iterator[list[Any]]:
    for need in needs_of(lessons, now):
        row = need.row
        yield [
            row.day,
            row.hours,
            row.subject,
            row.groups_label,
            row.room,
            need.names,
            need.said[0],
        ]
