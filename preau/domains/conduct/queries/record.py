"""What was noted of the conduct of one pupil, as far as the viewer reads it: for their record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.conduct.models import Incident, Involvement, Punition, Sanction
from preau.foundation import dates
from preau.foundation.prepared import Prepared

INCIDENT, PUNITION, SANCTION = range(3)
SINCE, MOST = timedelta(days=365), 5


@dataclass(frozen=True)
class FactRow:
    """One incident, punition or procedure. `url_name`: its page, "" where the viewer has none of it."""

    pk: int
    url_name: str
    day: date
    title: str
    detail: str
    word: str
    tone: str


def _noted(viewer: Viewer, pupil: int, since: date) -> "QuerySet[Any, tuple[Any, ...]]":
    """One list from three tables, each as the viewer sees it."""
    none = Value("", CharField())
    parts = Involvement.objects.visible_to(viewer).filter(person=pupil, incident__day__gte=since)
    punitions = Punition.objects.visible_to(viewer).filter(pupil=pupil, day__gte=since)
    sanctions = Sanction.objects.visible_to(viewer).filter(pupil=pupil).exclude(state=Sanction.State.DROPPED)
    lists: list[Any] = [
        parts.values_list(
            Value(INCIDENT),
            "incident_id",
            "incident__day",
            "incident__kind",
            "part",
            "for_family",
            "incident__state",
        ),
        punitions.values_list(Value(PUNITION), "pk", "day", "kind", none, "reason", "state"),
        sanctions.values_list(Value(SANCTION), "pk", "told_on", "kind", none, none, "state"),
    ]
    first, *others = (one.order_by() for one in lists)
    found: QuerySet[Any, tuple[Any, ...]] = first.union(*others, all=True)
    return found


NOTED = Prepared(_noted)


def facts_shown(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """The newest facts and measures (one query); None where nothing was noted, or nothing is theirs to read."""
    lines = sorted(NOTED(viewer, pupil.pk, viewer.days_ago(SINCE)), key=lambda line: line[2], reverse=True)
    rows = [_row(viewer, line) for line in lines]
    if not rows:
        return None
    return {"rows": rows[:MOST], "more": max(0, len(rows) - MOST), "today": viewer.today, "number": len(rows)}


def facts_said(context: Mapping[str, Any]) -> str:
    waiting = [row for row in context["rows"] if row.tone == "todo"]
    row = (waiting or context["rows"])[0]
    day = dates.capital(dates.near_day(row.day, context["today"]))
    sentence = _("%(day)s : %(what)s") % {"day": day, "what": row.title.lower()}
    others = context["number"] - 1
    more = ngettext("%(num)s autre", "%(num)s autres", others) % {"num": others} if others else ""
    return ", ".join(filter(None, (sentence, more)))


def _row(viewer: Viewer, line: tuple[Any, ...]) -> FactRow:
    what, pk, day, kind, part, words, state = line
    staff = viewer.is_staff
    if what == INCIDENT:
        return _incident(pk, day, kind, part, words, state, staff=staff)
    if what == PUNITION:
        tone = {Punition.State.TO_DO.value: "todo", Punition.State.DONE.value: "done"}.get(state, "neutral")
        title, word = str(Punition.Kind(kind).label), str(Punition.State(state).label)
        return FactRow(pk, "conduct:punition" if staff else "", day, title, words, word, tone)
    title = str(Sanction.Kind(kind).label) if kind else _("Procédure disciplinaire")
    tone = "todo" if state == Sanction.State.OPEN else "neutral"
    word = str(Sanction.State(state).label)
    return FactRow(pk, "conduct:sanction" if staff else "", day, title, "", word, tone)


def _incident(pk: int, day: date, kind: str, part: str, words: str, state: str, *, staff: bool) -> FactRow:
    """Of an incident a family reads the sentence that was written for it, and nothing else."""
    if not staff:
        return FactRow(pk, "", day, _("Incident"), words, "", "neutral")
    title, detail = str(Incident.Kind(kind).label), str(Involvement.Part(part).label)
    is_open = state == Incident.State.OPEN
    word = str(Incident.State(state).label)
    return FactRow(pk, "conduct:incident", day, title, detail, word, "todo" if is_open else "done")
