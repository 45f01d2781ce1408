"""Events in lists, and found by the words of their title."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.events.models import Event, Invitation, closing_said, when_said
from preau.domains.timetable.boards import SchoolDate, school_dates
from preau.foundation import dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited, Hit, offered
from preau.foundation.lookup import LookupTerms
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

COLUMNS = (
    "pk",
    "title",
    "kind",
    "first_day",
    "last_day",
    "starts",
    "ends",
    "whole_days",
    "school__timezone",
    "school__name",
    "room__name",
    "place",
    "audience",
    "state",
    "asks_answer",
    "stops_lessons",
    "meals",
    "transport",
)
# More classes than these are counted.
MOST_NAMED = 3


def of_other_houses(viewer: Viewer, chosen: Mapping[str, Any]) -> list[SchoolDate]:
    """What other houses announce to come, of the kind that is asked for (two queries each)."""
    if chosen.get("quand"):
        return []
    wanted = chosen.get("nature", "")
    return [
        row
        for source, seated in offered(school_dates, viewer)
        if wanted in {"", source.kind}
        for row in source.rows(seated)
    ]


@dataclass(frozen=True)
class EventRow:
    """One event as lists show it."""

    pk: int
    title: str
    kind: str
    first_day: date
    when: str
    place: str
    audience: str
    school: str
    asks_answer: bool
    is_cancelled: bool
    is_draft: bool
    # Of a closing: lessons, canteen and transport, in a sentence.
    closing: str = ""
    # Of a closing that was called off, what it said.
    announced: str = ""
    groups: list[str] = field(default_factory=list)

    @property
    def for_whom(self) -> str:
        """« 5e B, 4e A et 2 autres », where classes and groups are meant; else whom."""
        named, more = ", ".join(self.groups[:MOST_NAMED]), len(self.groups) - MOST_NAMED
        if more > 0:
            words = ngettext("%(groups)s et %(num)s autre", "%(groups)s et %(num)s autres", more)
            return words % {"groups": named, "num": more}
        return named or self.audience

    @property
    def tag(self) -> tuple[str, str]:
        """Its state where there is something to say of it."""
        if self.is_cancelled:
            return str(Event.State.CANCELLED.label), "changed"
        return (str(Event.State.DRAFT.label), "todo") if self.is_draft else ("", "")


REOPENED = gettext_lazy("Fermeture annulée : l’établissement est ouvert")


def is_reopened(line: Mapping[str, Any]) -> bool:
    """A closing that was called off: struck through, nobody would know whether the school or its closing is."""
    return bool(line["state"] == Event.State.CANCELLED and line["kind"] == Event.Kind.NO_CLASS)


def announced(line: Mapping[str, Any]) -> str:
    """Of a closing that was called off, what it said."""
    return _("On avait annoncé : « %(title)s ».") % {"title": line["title"]}


def closing_of(line: Mapping[str, Any]) -> str:
    """Nothing of one that is cancelled: its lessons take place, one eats as usual."""
    if line["state"] == Event.State.CANCELLED:
        return ""
    return closing_said(line["kind"], line["meals"], line["transport"], stops=line["stops_lessons"])


def where(room: str | None, place: str) -> str:
    return ", ".join(filter(None, [place_of(room) if room else "", place]))


NAMES = Prepared(
    lambda events: (
        Event.groups.through.objects.filter(event__in=events)
        .order_by("group__kind", "group__rank", "group__name")
        .values_list("event_id", "group__name")
    )
)


def with_groups(rows: Sequence[EventRow]) -> list[EventRow]:
    """The same rows, each with the names of the classes and groups that it is for (one query)."""
    known = {row.pk: row for row in rows}
    for event, name in NAMES(tuple(known)) if known else ():
        known[event].groups.append(name)
    return list(rows)


def rows_of(lines: Iterable[Mapping[str, Any]]) -> list[EventRow]:
    """Events as rows, from `.values(*COLUMNS)`."""
    return [_row(line) for line in lines]


def _row(line: Mapping[str, Any]) -> EventRow:
    when = when_said(
        line["first_day"],
        line["last_day"],
        line["starts"],
        line["ends"],
        line["school__timezone"],
        whole=line["whole_days"],
    )
    reopened = is_reopened(line)
    return EventRow(
        pk=line["pk"],
        title=str(REOPENED) if reopened else line["title"],
        kind=str(Event.Kind(line["kind"]).label),
        first_day=line["first_day"],
        when=when,
        place=where(line["room__name"], line["place"]),
        audience=str(Event.Audience(line["audience"]).label),
        school=line["school__name"],
        asks_answer=line["asks_answer"],
        is_cancelled=line["state"] == Event.State.CANCELLED and not reopened,
        is_draft=line["state"] == Event.State.DRAFT,
        closing=closing_of(line),
        announced=announced(line) if reopened else "",
    )


def events_matching(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Event, dict[str, Any]]":
    """The events that a viewer sees and that match the filters chosen; to come first, past ones from the latest."""
    found = Event.objects.visible_to(viewer)
    if chosen.get("nature"):
        found = found.filter(kind=chosen["nature"])
    when = chosen.get("quand")
    if when == "brouillons":
        found = found.filter(state=Event.State.DRAFT)
    elif when == "passes":
        return found.filter(last_day__lt=viewer.today).order_by("-starts", "-pk").values(*COLUMNS)
    else:
        found = found.filter(last_day__gte=viewer.today)
    return found.order_by("starts", "pk").values(*COLUMNS)


MOST_FOUND = 200
TITLES = Prepared(
    lambda viewer: (
        Event.objects.visible_to(viewer)
        .order_by("-starts", "-pk")
        .values_list("pk", "search_title", "title", "first_day", "kind")[:MOST_FOUND]
    )
)


def events_found(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """The events that the viewer sees, by the words of their title (one query)."""
    return [
        Hit(
            title,
            url("events:event", pk=pk),
            f"{Event.Kind(kind).label} · {dates.near_day(day, viewer.today)}",
            near=slips > 0,
        )
        for (pk, _folded, title, day, kind), slips in wanted.best(TITLES(viewer), lambda row: row[1])
    ]


def rows_to_answer(viewer: Viewer) -> "QuerySet[Event, Any]":
    """What a family is asked to come to, and has not answered, among all that is awaited of it."""
    answers = Invitation.objects.filter(event=OuterRef("pk"), person=viewer.person.pk).exclude(answer="")
    found = Event.objects.visible_to(viewer).held().filter(~Exists(answers), asks_answer=True)
    found = found.exclude(created_by=viewer.person.pk).filter(ends__gt=viewer.moment)
    whole = Case(When(whole_days=True, then=Value("whole")), default=Value(""))
    return row_of(
        found,
        "events",
        text="title",
        day="first_day",
        starts="starts",
        ends="ends",
        word=whole,
        more="school__timezone",
    )


def events_to_answer(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """Each with the day on which it takes place, the next first."""
    return [
        Awaited(
            title=row.text,
            url=url("events:event", pk=row.key),
            gesture=_("Dire si je viens"),
            when=when_said(row.day, row.day, row.starts, row.ends, row.more, whole=row.word == "whole"),
            day=row.day,
            icon="calendar-event",
        )
        for row in sorted(rows, key=lambda row: (row.starts, row.key))  # type: ignore[return-value, arg-type]
    ]
