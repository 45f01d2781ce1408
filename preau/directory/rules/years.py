"""Who prepares next year, when it may take the place of this one, and which class follows which."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from preau.directory.models import Group, PlannedClass, School, YearPlan
from preau.directory.viewer import Viewer
from preau.directory.words import LEVELS, Role, level_rank
from preau.foundation.text import fold

LAST = {School.Kind.ECOLE: 8, School.Kind.COLLEGE: 12, School.Kind.LYCEE: 15}
OPENING = re.compile(
    r"^(?:tps|ps|ms|gs|cp|ce1|ce2|cm1|cm2|tle|term[a-z]*|seconde|premiere|\d(?:eme|ere|nde|de|re|e)?)\s*"
)


class NamedClass(Protocol):
    """A class of this year or of the next."""

    name: str
    level: str


AClass = TypeVar("AClass", bound=NamedClass)


def prepares_year(viewer: Viewer, *_: object) -> bool:
    """Head and secretary; the school must have a year to start from."""
    return viewer.holds(Role.HEAD, Role.SECRETARY) and viewer.year is not None


def places_class(viewer: Viewer, group: Group) -> bool:
    """Those who prepare the year, of a class from which it is prepared."""
    if not prepares_year(viewer) or group.kind != Group.Kind.CLASS:
        return False
    return YearPlan.objects.open().filter(from_year=group.year_id).exists()


def changes_planned_class(viewer: Viewer, planned: PlannedClass) -> bool:
    """Those who prepare the year, as long as it is not switched."""
    return prepares_year(viewer) and planned.plan.switched_at is None


def may_switch_on(plan: YearPlan, day: date, today: date) -> bool:
    """From August of the new year on, before it ends, and not in the past."""
    return max(plan.first_day, today) <= day <= plan.ends


def may_undo_on(plan: YearPlan, today: date) -> bool:
    return plan.undoable_until is not None and today <= plan.undoable_until


def rank_of(level: str) -> int | None:
    """The place of a level among those of the school system; None when it is not known, or is of several."""
    rank = level_rank(level)
    return None if rank == len(LEVELS) or any(sign in level for sign in "-/+,") else rank


def comes_after(level: str, next_level: str) -> bool:
    """Is `next_level` the one that follows?"""
    here, there = rank_of(level), rank_of(next_level)
    return here is not None and there == here + 1


def is_last(level: str, kind: str) -> bool:
    """Do its pupils leave a school of this kind?"""
    return rank_of(level) is not None and rank_of(level) == LAST.get(School.Kind(kind))


def letter_of(name: str) -> str:
    """« A » of « 6A », of « 6e A » and of « 6ème A »: what two classes of two levels have in common."""
    return OPENING.sub("", fold(name))


def follower_of(group: NamedClass, classes: Iterable[AClass]) -> AClass | None:
    """The class to which a whole class goes: the next level's of the same letter, or its only one."""
    after = [school_class for school_class in classes if comes_after(group.level, school_class.level)]
    same = [school_class for school_class in after if letter_of(school_class.name) == letter_of(group.name)]
    found = same or after
    return found[0] if len(found) == 1 else None
