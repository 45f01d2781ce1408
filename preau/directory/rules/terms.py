"""Until when something is kept that is counted in school years."""

from collections.abc import Sequence
from datetime import date, timedelta

from preau.foundation import dates

Years = Sequence[tuple[date, date]]


def year_of(day: date, years: Years) -> tuple[date, date] | None:
    """The school year of a day; in summer, the one that has just ended; before the first one, that one."""
    begun = [year for year in sorted(years) if year[0] <= day]
    return begun[-1] if begun else min(years, default=None)


def end_of_year(day: date, after: int, years: Years) -> date:
    """The last day of the school year `after` years after that of `day`: as the school knows it, else the same day of the
    calendar as the year known last."""
    own = year_of(day, years)
    if own is None:
        # A school that has said no year: the one of most of the country.
        own = (day, date(day.year + (day.month > 7), 7, 31))
    later = [year for year in sorted(years) if year[0] > own[0]][:after]
    last = later[-1] if later else own
    return dates.months_later(last[1], 12 * (after - len(later)))


def last_day_over(after: int, today: date, years: Years) -> date:
    """The last day of which what happened may go: the school year of that day is over, and so are `after` more. The holidays
    after a year are of that year. `date.min` when nothing may."""
    known = sorted(years)
    over = [at for at, year in enumerate(known) if end_of_year(year[1], after, known) < today]
    if not over:
        return date.min
    following = known[over[-1] + 1 : over[-1] + 2]
    return following[0][0] - timedelta(days=1) if following else known[over[-1]][1]
