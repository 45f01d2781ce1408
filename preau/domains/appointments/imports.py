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
    known: dict[str, Node] = {}
    for one in root.get("families").items():
        known[_new(one.get("id"), known)] = one
    families = tuple(
        Family(key, _wants(one.get("wants"), teachers), _absent(one, slots), _apart(one, key, known))
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
    said = node.get_or_none("absent")
    if said is None:
        return frozenset()
    wrong = filled(_("un créneau est attendu, de 0 à %(last)s."), last=str(slots - 1))
    return frozenset(_whole(one, slots, wrong) for one in said.items())


def _wants(node: Node, teachers: Any) -> tuple[str, ...]:
    found: list[str] = []
    for one in node.items():
        if one.text() not in teachers:
            one.refuse(filled(_("personne ne s’appelle « %(key)s »."), key=one.value))
        if one.value in found:
            one.refuse(filled(_("« %(key)s » est déjà pris."), key=one.value))
        found.append(one.value)
    return tuple(found)


def _apart(node: Node, key: str, known: Any) -> frozenset[str]:
    said = node.get_or_none("apart")
    found = set[str]()
    for one in said.items() if said else ():
        if one.text() not in known or one.value == key:
            one.refuse(filled(_("aucune autre famille ne s’appelle « %(key)s »."), key=one.value))
        found.add(one.value)
    return frozenset(found)


def written(problem: Problem) -> dict[str, Any]:
    """The plan, ready for JSON."""
    found: Plan = plan(problem)
    return {
        "meetings": [list(meeting) for meeting in found.meetings],
        "unmet": [list(pair) for pair in found.unmet],
        "seconds": round(found.seconds, 1),
    }
