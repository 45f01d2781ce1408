"""How many hours a week a class or a group has of each subject: the official grids, rounded to whole hours.

Staffing counts teachers with them, and the timetable of the demonstration places them.
"""

from collections.abc import Mapping

MATHS, FRENCH, HISTORY, CIVICS, ENGLISH, SPORT = "061300", "020700", "043700", "043800", "030201", "100100"
SPANISH, GERMAN, LATIN = "030602", "030102", "020300"
LIFE, PHYSICS, TECHNOLOGY, ARTS, MUSIC = "062900", "062300", "070800", "090100", "081300"
PHILOSOPHY, HUMANITIES, ECONOMICS, SCIENCE = "010300", "010500", "050700", "065300"
DIGITAL, COMPUTING = "074600", "074700"

_COLLEGE = {MATHS: 4, FRENCH: 4, HISTORY: 2, CIVICS: 1, ENGLISH: 3, SPORT: 3, LIFE: 2, ARTS: 1, MUSIC: 1}
_LYCEE = {HISTORY: 3, CIVICS: 1, ENGLISH: 2, SPORT: 2}
IN_CLASS: Mapping[str, Mapping[str, int]] = {
    "6e": _COLLEGE | {FRENCH: 5, ENGLISH: 4, SPORT: 4, TECHNOLOGY: 1},
    "5e": _COLLEGE | {PHYSICS: 1, TECHNOLOGY: 2},
    "4e": _COLLEGE | {PHYSICS: 2, TECHNOLOGY: 1},
    "3e": _COLLEGE | {HISTORY: 3, PHYSICS: 1, TECHNOLOGY: 1},
    "2de": _LYCEE | {MATHS: 4, FRENCH: 4, ENGLISH: 3, LIFE: 2, PHYSICS: 3, ECONOMICS: 2, DIGITAL: 2},
    "1re": _LYCEE | {FRENCH: 4, SCIENCE: 2},
    "Tle": _LYCEE | {PHILOSOPHY: 4, SCIENCE: 2},
}
_OPTIONS = {SPANISH: 2, GERMAN: 2, LATIN: 2}
_SPECIALITIES = (MATHS, PHYSICS, LIFE, ECONOMICS, HUMANITIES, COMPUTING)
IN_GROUPS: Mapping[str, Mapping[str, int]] = {
    "1re": _OPTIONS | dict.fromkeys(_SPECIALITIES, 4),
    "Tle": _OPTIONS | dict.fromkeys(_SPECIALITIES, 6),
}
USUAL = 2


def hours_of(label: str, subject: str, *, in_group: bool) -> int:
    """Of a class (« 5e B ») or a group (« 1re MATHS 2 »); two for what no grid knows."""
    level = label.split(" ", maxsplit=1)[0]
    grid = IN_GROUPS.get(level, _OPTIONS) if in_group else IN_CLASS.get(level, {})
    return grid.get(subject, USUAL)
