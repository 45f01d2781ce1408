"""An evening written as JSON, and its plan, as JSON: what `manage.py plan_meetings` reads and prints."""

from typing import Any

from django.utils.translation import gettext as _

from preau.domains.appointments.queries.planning import Family, Plan, Problem, plan
from preau.foundation import jsonfiles
from preau.foundation.jsonfiles import Node
from preau.foundation.text import filled

# More than a day has of minutes: a mistake, not an evening.
MOST_SLOTS = 1440


def read(content: bytes) -> Problem:
    """What a file says. Raises jsonfiles.Malformed."""
    root = jsonfiles.read(content)
    slots = _whole(root.get("slots"), MOST_SLOTS + 1, _("un nombre de créneaux est attendu, de 0 à 1440."))
    teachers: dict[str, frozenset[int]] = {}
    for one in root.get("teachers").items():
        teachers[_new(one.get("id"), teachers)] = _absent(one, slots)
    received = set(teachers)
    known: dict[str, Node] = {}
    for one in root.get("families").items():
        known[_new(one.get("id"), known)] = one
        # Whom nobody knows receives in no slot: a wish for them is not met, and keeps its rank.
        teachers |= {
            name: frozenset(range(slots)) for name in _wants(one.get("wants")) if name not in received
        }
    families = tuple(
        Family(key, _wants(one.get("wants")), _absent(one, slots), _apart(one, key, known))
        for key, one in known.items()
    )
    return Problem(slots, teachers, families)


def _whole(node: Node, below: int, sentence: str) -> int:
    if type(node.value) is not int or node.value not in range(below):
        node.refuse(sentence)
    return int(node.value)


def _new(node: Node, known: Any) -> str:
    if node.text() in known:
        node.refuse(filled(_("« %(key)s » est déjà pris."), key=node.value))
    return node.text()


def _absent(node: Node, slots: int) -> frozenset[int]:
    array = node.get_or_none("absent")
    if array is None:
        return frozenset()
    wrong = filled(_("un créneau est attendu, de 0 à %(last)s."), last=str(slots - 1))
    return frozenset(_whole(one, slots, wrong) for one in array.items())


def _wants(node: Node) -> tuple[str, ...]:
    found: list[str] = []
    for one in node.items():
        if one.text() in found:
            one.refuse(filled(_("« %(key)s » est déjà pris."), key=one.value))
        found.append(one.text())
    return tuple(found)


def _apart(node: Node, key: str, known: Any) -> frozenset[str]:
    array = node.get_or_none("apart")
    found = set[str]()
    for one in array.items() if array else ():
        if one.text() == key:
            one.refuse(filled(_("« %(key)s » ne peut pas être à part de soi-même."), key=one.value))
        if one.text() in known:
            found.add(one.text())
    return frozenset(found)


def written(problem: Problem) -> dict[str, Any]:
    """The plan, ready for JSON."""
    found: Plan = plan(problem)
    return {
        "meetings": [list(meeting) for meeting in found.meetings],
        "unmet": [list(pair) for pair in found.unmet],
        "seconds": round(found.seconds, 1),
    }
