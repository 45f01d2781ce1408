"""Who has come since something was asked: what is said of them, and who they are among those whom it asks today."""

from collections.abc import Collection
from typing import TypeVar

from django.utils.translation import ngettext

Line = TypeVar("Line")


def arrived(meant: "list[Line]", known: "Collection[tuple[int | None, int]]") -> "list[Line]":
    """Of the lines that would be made today, those that nobody has: each has a pupil, or none, and a person."""
    return [one for one in meant if (one.pupil_id, one.person_id) not in known]  # type: ignore[attr-defined]


def arrived_said(pupils: int, people: int = 0) -> str:
    """« 2 élèves sont arrivés depuis »; of people alone, as of a guardian who was added, « 1 personne est arrivée depuis »; "" for nobody."""
    if pupils:
        return ngettext("%(num)s élève est arrivé depuis", "%(num)s élèves sont arrivés depuis", pupils) % {
            "num": pupils
        }
    if people:
        sentence = ngettext(
            "%(num)s personne est arrivée depuis", "%(num)s personnes sont arrivées depuis", people
        )
        return sentence % {"num": people}
    return ""
