"""Who is missing, late or excused, drawn from the pupil and the day: the same each time, with nothing to remember."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

OFTEN_ABSENT = 20  # one pupil in twenty
STARTS, STARTS_OFTEN = 0.028, 0.16
LATE_FIRST, LATE_LATER = 0.025, 0.003
# How long an absence lasts (days; 0 for a half-day) and how often.
LENGTHS, WEIGHTS = (0, 1, 2, 3), (45, 35, 12, 8)


class Spell(NamedTuple):
    """An absence that begins: for so many days, or for one half of a day."""

    days: int
    in_the_morning: bool


def chance_of(*about: object) -> Random:
    return Random("-".join(map(str, about)))  # noqa: S311 - invented absences, not secrets


def spell_of(pupil: int, day: date) -> Spell | None:
    """The absence of a pupil that begins on a day."""
    chance = chance_of("absence", pupil, day)
    if chance.random() > (STARTS_OFTEN if pupil % OFTEN_ABSENT == 0 else STARTS):
        return None
    return Spell(chance.choices(LENGTHS, WEIGHTS)[0], chance.random() < 0.6)


def is_missing(pupil: int, day: date, *, morning: bool) -> bool:
    """Begun today, or some days before and not over."""
    today = spell_of(pupil, day)
    if today and (today.days or today.in_the_morning == morning):
        return True
    before = ((back, spell_of(pupil, day - timedelta(days=back))) for back in (1, 2))
    return any(spell is not None and spell.days > back for back, spell in before)


def minutes_late(pupil: int, lesson: int, *, first: bool) -> int | None:
    """Late, mostly at the first lesson of the day."""
    chance = chance_of("late", pupil, lesson)
    if chance.random() > (LATE_FIRST if first else LATE_LATER):
        return None
    return chance.randint(2, 20)
