"""Assessments by their day: the agenda, what waits for a teacher, what is found by its words."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment
from preau.foundation import dates
from preau.foundation.boards import AgendaEntry, Hit
from preau.foundation.lookup import LookupTerms, fold_title
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url
from preau.foundation.text import ordinals

MOST_FOUND, MOST_READ = 50, 400


@dataclass(frozen=True)
class UnpublishedAssessment:
    """An assessment that is past and that nobody reads yet; `typed`: how many marks it has."""

    pk: int
    title: str
    day: date
    group: str
    typed: int


def _waiting(viewer: Viewer, today: date) -> Any:
    rows = Assessment.objects.written_by(viewer).kept().filter(published_at=None, day__lte=today)
    counted = rows.annotate(typed=Count("marks")).order_by("day", "pk")
    return counted.values_list("pk", "title", "day", "group__name", "typed")


WAITING = Prepared(_waiting)


def waiting_of(viewer: Viewer) -> list[UnpublishedAssessment]:
    """What a teacher has to mark or to publish, the oldest first: one query."""
    return [UnpublishedAssessment(*row) for row in WAITING(viewer, viewer.today)] if viewer.year else []


def _on_days(viewer: Viewer, first: date, last: date) -> Any:
    rows = Assessment.objects.written_by(viewer) if viewer.is_staff else Assessment.objects.visible_to(viewer)
    found = rows.kept().filter(day__range=(first, last)).order_by("day", "pk")
    return found.values_list("pk", "title", "topic", "day", "subject__name", "group_id", "group__name")


ON_DAYS = Prepared(_on_days)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """The assessments between two days: one query, two for a guardian."""
    if viewer.is_staff and not viewer.year:
        return []
    rows = ON_DAYS(viewer, first, last)
    names = _children(viewer, {row[5] for row in rows}) if rows and viewer.is_guardian else {}
    return [_entry(viewer, row, names) for row in rows]


def _children(viewer: Viewer, groups: set[int]) -> dict[int, str]:
    """By group, the first names of the children who learn there."""
    found: dict[int, list[str]] = defaultdict(list)
    learnt = Enrolment.objects.active(viewer.today).filter(group__in=groups, pupil__in=viewer.own_pupils())
    for group, name in learnt.order_by("pupil__given_name").values_list("group_id", "pupil__given_name"):
        found[group].append(name)
    return {group: ", ".join(dict.fromkeys(names)) for group, names in found.items()}


def _entry(viewer: Viewer, row: tuple[Any, ...], names: dict[int, str]) -> AgendaEntry:
    pk, title, topic, day, subject, group, called = row
    return AgendaEntry(
        uid=f"evaluation-{pk}",
        title=_("Évaluation : %(subject)s") % {"subject": subject},
        starts=day,
        ends=day,
        whose=names.get(group, ""),
        detail=" · ".join(filter(None, [called if viewer.is_staff else "", title, topic])),
        url=_page(viewer, pk),
        gesture=_("Saisir les notes") if viewer.is_staff else _("Voir l’évaluation"),
        for_the_day=True,
    )


def _page(viewer: Viewer, pk: int) -> str:
    if viewer.is_staff:
        return url("gradebook:column", pk=pk)
    return url("gradebook:assessment", pk=pk)


def _latest(viewer: Viewer) -> Any:
    rows = Assessment.objects.written_by(viewer) if viewer.is_staff else Assessment.objects.visible_to(viewer)
    found = rows.kept().order_by("-day", "-pk")
    return found.values_list("pk", "title", "topic", "day", "subject__name", "group__name")[:MOST_READ]


LATEST = Prepared(_latest)


def found_assessments(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """The assessments of the viewer whose title, topic or subject has these words, latest first: one query.

    A teacher or a pupil has some hundred in a year: they are read, and compared here without their accents.
    """
    if viewer.is_staff and not viewer.year:
        return []
    hits = []
    for pk, title, topic, day, subject, group in LATEST(viewer):
        text = fold_title(f"{title} {topic} {subject}")
        if all(word.begins_in(text) for word in wanted.words):
            detail = f"{subject} · {ordinals(group)} · {dates.near_day(day, viewer.today)}"
            hits.append(Hit(title, _page(viewer, pk), detail))
    return hits[:MOST_FOUND]
