"""The cycle that a class of collège ends, and the cycle terminal of a lycée, by the level."""

from preau.foundation.text import fold

# By how a level begins once folded: « 6e », « 6EME », « sixième ».
ENDS = ((3, ("6", "sixieme")), (4, ("3", "troisieme")))


def cycle_ended_by(level: str) -> int | None:
    """3 for a 6e, 4 for a 3e."""
    plain_level = fold(level)
    return next((cycle for cycle, starts in ENDS if plain_level.startswith(starts)), None)


def is_terminal(level: str) -> bool:
    """Is it a première or a terminale, of which the livret of the lycée speaks?"""
    return fold(level).startswith(("1", "premiere", "t"))
