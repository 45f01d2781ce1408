"""Hours and items written as JSON, and when each leaves, as JSON: what `manage.py compute_deliveries` reads and prints."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.commons.delivery.rules import DAY, HOUR, WEEK, PersonHours, SchoolHours, Span, departure
from preau.foundation import jsonfiles
from preau.foundation.jsonfiles import Node
from preau.foundation.text import filled

CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
WRITTEN_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
NO_DAY = gettext_lazy('un jour est attendu, comme "2026-12-25".')
# « 24:00 » is the end of a day.
MIDNIGHT = "24:00"
YEARS = range(1900, 2200)


class Kind(StrEnum):
    ORDINARY = "ordinary"
    URGENT = "urgent"


@dataclass(frozen=True)
class Item:
    key: str
    to: str
    kind: Kind
    ready: datetime


@dataclass(frozen=True)
class Post:
    """The hours of a school and of its people, and what is to leave."""

    school: SchoolHours
    people: Mapping[str, PersonHours]
    items: Sequence[Item]


def read(content: bytes) -> Post:
    """What a file says. Raises jsonfiles.Malformed."""
    root = jsonfiles.read(content)
    school = SchoolHours(
        zone=_zone(root.get("timezone")),
        opens=_minute(root.get("opens")),
        closes=_minute(root.get("closes"), ends=True),
        days=_days(root.get("days")),
        closed=tuple(_closed(node) for node in root.get("closed").items()),
    )
    if school.opens >= school.closes:
        root.get("closes").refuse(_("l’heure de fin n’est pas après celle du début."))
    people = {key: _person(node) for key, node in root.get("people").entries()}
    return Post(school, people, _items(root.get("items"), people))


def _zone(node: Node) -> str:
    try:
        return ZoneInfo(node.text()).key
    except (KeyError, OSError, ValueError):  # unknown; a folder; a path that leads elsewhere
        node.refuse(filled(_("le fuseau horaire « %(zone)s » n’est pas connu."), zone=node.value))


def _minute(node: Node, *, ends: bool = False) -> int:
    if ends and node.value == MIDNIGHT:
        return DAY
    match = CLOCK.fullmatch(node.text())
    if match is None:
        node.refuse(_('une heure est attendue, comme "07:00".'))
    return int(match[1]) * HOUR + int(match[2])


def _days(node: Node) -> frozenset[int]:
    return frozenset(_weekday(day) for day in node.items())


def _weekday(node: Node) -> int:
    if type(node.value) is not int or node.value not in WEEK:
        node.refuse(_("un jour est attendu, de 1 (lundi) à 7 (dimanche)."))
    return int(node.value)


def _pair(node: Node) -> tuple[Node, Node]:
    if len(found := node.items()) != 2:
        node.refuse(_("deux valeurs sont attendues."))
    return found[0], found[1]


def _closed(node: Node) -> tuple[date, date]:
    first, last = map(_day, _pair(node))
    if last < first:
        node.refuse(_("le dernier jour est avant le premier."))
    return first, last


def _day(node: Node) -> date:
    match = WRITTEN_DAY.fullmatch(node.text())
    try:
        return date(*map(int, match.groups())) if match else node.refuse(str(NO_DAY))
    except ValueError:
        node.refuse(str(NO_DAY))


def _person(node: Node) -> PersonHours:
    quiet, days = node.get_or_none("quiet"), node.get_or_none("days")
    return PersonHours(
        quiet=tuple(_span(span) for span in quiet.items()) if quiet else (),
        days=_days(days) if days else WEEK,
    )


def _span(node: Node) -> Span:
    starts, ends = _pair(node)
    return _minute(starts), _minute(ends, ends=True)


def _items(node: Node, people: Mapping[str, PersonHours]) -> list[Item]:
    known, items = set[str](), []
    for one in node.items():
        key, to = one.get("id"), one.get("to")
        if key.text() in known:
            key.refuse(filled(_("« %(key)s » est déjà pris."), key=key.value))
        known.add(key.value)
        if to.text() not in people:
            to.refuse(filled(_("personne ne s’appelle « %(key)s »."), key=to.value))
        items.append(Item(key.value, to.value, one.get("kind").choice(Kind), _moment(one.get("ready"))))
    return items


def _moment(node: Node) -> datetime:
    try:
        moment = datetime.fromisoformat(node.text())
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None or moment.year not in YEARS:
        node.refuse(_('un instant est attendu, avec son décalage, comme "2026-11-27T18:00:00+01:00".'))
    return moment


def written(post: Post) -> dict[str, Any]:
    """When each item leaves, ready for JSON."""
    return {"items": {item.key: _leaves(post, item) for item in post.items}}


def _leaves(post: Post, item: Item) -> str | None:
    urgent = item.kind == Kind.URGENT
    found = departure(post.school, post.people[item.to], item.ready, urgent=urgent)
    return found.isoformat() if found else None
