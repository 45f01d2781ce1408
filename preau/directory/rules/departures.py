"""Who has departed, until when what they left is kept, and who may keep it longer."""

from datetime import date, timedelta

from preau.directory.models import Leaver
from preau.directory.models.departures import WARNING, over_by, term_of
from preau.directory.viewer import Viewer
from preau.directory.words import DIRECTORY
from preau.foundation import dates

__all__ = ["erased_on", "keeps_longer", "last_day_possible", "may_let_go", "over_by", "term_of"]

A_YEAR = 12


def keeps_longer(viewer: Viewer, leaver: Leaver) -> bool:
    """Whoever keeps the directory keeps longer whoever left their school and belongs to no other: there, nothing ends."""
    return may_let_go(viewer) and leaver.left_on <= viewer.today


def may_let_go(viewer: Viewer, *_: object) -> bool:
    """Whoever keeps the directory takes back what their school asked."""
    return viewer.has_power(DIRECTORY)


def last_day_possible(today: date) -> date:
    """One year from today; after that, somebody asks again."""
    return dates.months_later(today, A_YEAR)


def erased_on(
    left_on: date, today: date, *, held_until: date | None = None, told_on: date | None = None
) -> date:
    """The day on which a leaver is erased: at term, after the day until which they are held, a week after it was told."""
    notice_date = told_on if told_on and told_on >= left_on else today
    after_hold = held_until + timedelta(days=1) if held_until else date.min
    return max(term_of(left_on), after_hold, notice_date + WARNING)
