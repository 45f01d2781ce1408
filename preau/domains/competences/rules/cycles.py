"""The cycle of a class by its level, and whether it ends there."""

from preau.directory.models import Group
from preau.foundation.text import fold

# By how a level begins once folded.
CYCLES = (
    (1, ("tps", "ps", "ms", "gs", "petite", "moyenne", "grande")),
    (2, ("cp", "ce1", "ce2")),
    (3, ("cm1", "cm2", "6", "sixieme")),
    (4, ("5", "4", "3", "cinquieme", "quatrieme", "troisieme")),
)
LAST_YEARS = {2: ("ce2",), 3: ("6", "sixieme"), 4: ("3", "troisieme")}


def cycle_of(group: Group) -> int | None:
    """« 5e A » is of cycle 4; None after the collège, or for a group of several levels."""
    name = fold(group.level or group.name)
    return next((cycle for cycle, starts in CYCLES if name.startswith(starts)), None)


def ends_cycle(group: Group) -> bool:
    """Is it the last class of its cycle? CE2, 6e, 3e."""
    cycle = cycle_of(group)
    return cycle is not None and fold(group.level or group.name).startswith(LAST_YEARS.get(cycle, ("\0",)))
