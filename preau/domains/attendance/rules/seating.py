"""Who may make a seating plan; and how a plan fills itself, which is arithmetic and no more."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random, SystemRandom

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.models import ABSENCES, SeatingPlan, groups_taught

Spot = tuple[int, int]
CHANCE = SystemRandom()
ALPHABETICAL, RANDOM, SPACED, REST = "alphabetique", "hasard", "espace", "reste"


def keeps_plan(viewer: Viewer, plan: SeatingPlan) -> bool:
    """Whoever sees a plan changes it: co-teachers share it, and every change is undone as easily as it is made."""
    return viewer.has_power(ABSENCES) or viewer.holds(Role.TEACHER)


def keeps_plans_of(viewer: Viewer, group: Group) -> bool:
    """School life and head; whoever teaches the class or the group."""
    if viewer.has_power(ABSENCES):
        return True
    return viewer.holds(Role.TEACHER) and groups_taught(viewer).filter(pk=group.pk).exists()


def places_by(order: str, spots: Sequence[Spot]) -> list[Spot]:
    """The places in the order in which they are given: one out of two first when pupils sit apart."""
    if order != SPACED:
        return list(spots)
    return [spot for spot in spots if sum(spot) % 2 == 0] + [spot for spot in spots if sum(spot) % 2]


def filled(
    order: str, pupils: Sequence[int], front: Iterable[int], spots: Sequence[Spot], chance: Random = CHANCE
) -> dict[int, Spot]:
    """By pupil, a place: those wanted in front take the first ones. Pupils for whom no place is left have none."""
    queue = list(pupils)
    if order == RANDOM:
        chance.shuffle(queue)
    wanted = set(front)
    # Sorting keeps the order of equals.
    queue.sort(key=lambda pupil: pupil not in wanted)
    return dict(zip(queue, places_by(order, spots), strict=False))


def filled_up(
    pupils: Sequence[int], front: Iterable[int], spots: Sequence[Spot], taken: Mapping[int, Spot]
) -> dict[int, Spot]:
    """The same for those who have no place yet; the others stay where they are."""
    busy = set(taken.values())
    free = [spot for spot in spots if spot not in busy]
    return dict(taken) | filled(ALPHABETICAL, [pupil for pupil in pupils if pupil not in taken], front, free)
