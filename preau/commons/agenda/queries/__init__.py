"""Gathering an agenda, and laying it out by day, week, month or as a list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.agenda.models import Feed
from preau.commons.agenda.rules import AFTER, BEFORE
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import boards, dates
from preau.foundation.boards import AgendaEntry

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
LIST_DAYS = timedelta(days=14)
# A list is read, not searched: whole days until so many lines, then « Suite ».
MOST_LINES = 80


class View(StrEnum):
    DAY = "jour"
    WEEK = "semaine"
    MONTH = "mois"
    LIST = "liste"


@dataclass(frozen=True)
class Day:
    """One day of an agenda. `is_beside`: of another month than the one shown."""

    day: date
    entries: tuple[AgendaEntry, ...]
    is_today: bool
    is_beside: bool = False

    @property
    def is_weekend(self) -> bool:
        return self.day.weekday() > 4


@dataclass(frozen=True)
class Layout:
    """A page of an agenda: its days, its name, and where « before » and « after » lead."""

    view: View
    day: date
    label: str
    days: tuple[Day, ...]
    before: date
    after: date
    goes_on: date | None = None

    @property
    def weeks(self) -> list[tuple[Day, ...]]:
        return [self.days[start : start + 7] for start in range(0, len(self.days), 7)]


def gathered(viewer: Viewer, first: date, last: date, *, for_feed: bool = False) -> list[AgendaEntry]:
    """Everything that the viewer has between two days, both included: whole days first, then by the hour, then what is due that day."""
    sources = [
        (source, seated)
        for source, seated in boards.offered(boards.agenda, viewer)
        if source.open_to(seated) and (source.in_feed or not for_feed)
    ]
    entries = [entry for source, seated in sources for entry in source.entries(seated, first, last)]
    return sorted(entries, key=_moment)


def pages_for(viewer: Viewer) -> list[boards.AgendaSource]:
    """The sources that have a page of their own, and open to this viewer."""
    offered = boards.offered(boards.agenda, viewer)
    return [source for source, seated in offered if source.page and source.open_to(seated)]


def _moment(entry: AgendaEntry) -> tuple[date, bool, bool, datetime | date, str]:
    return (entry.first_day, entry.for_the_day, not entry.lasts_days, entry.starts, entry.uid)


def layout_of(viewer: Viewer, view: View, day: date) -> Layout:
    """The agenda around a day, as a view shows it."""
    layouts: dict[View, Callable[[Viewer, date], Layout]] = {
        View.DAY: _one_day,
        View.WEEK: _week,
        View.MONTH: _month,
        View.LIST: _list,
    }
    return layouts[view](viewer, day)


def _one_day(viewer: Viewer, day: date) -> Layout:
    days = _days(viewer, day, day)
    return Layout(View.DAY, day, dates.capital(dates.day(day, year=True)), days, day - A_DAY, day + A_DAY)


def _week(viewer: Viewer, day: date) -> Layout:
    monday = dates.monday_of(day)
    days = _days(viewer, monday, monday + A_WEEK - A_DAY)
    # Saturday and Sunday are shown only when something of their own happens.
    shown = tuple(day for day in days if not day.is_weekend or any(not e.lasts_days for e in day.entries))
    label = _("Semaine du %(day)s") % {"day": dates.day(monday, year=True)}
    return Layout(View.WEEK, day, label, shown, monday - A_WEEK, monday + A_WEEK)


def _month(viewer: Viewer, day: date) -> Layout:
    first, after = day.replace(day=1), dates.month_after(day)
    days = _days(viewer, dates.monday_of(first), dates.monday_of(after - A_DAY) + A_WEEK - A_DAY)
    marked = tuple(Day(d.day, d.entries, d.is_today, is_beside=d.day.month != day.month) for d in days)
    label = dates.capital(dates.month(day))
    return Layout(View.MONTH, day, label, marked, dates.month_after(day, -1), after)


def _list(viewer: Viewer, day: date) -> Layout:
    """The days on which something happens; what lasts several days stands on its first."""
    last = day + LIST_DAYS - A_DAY
    days = [
        Day(one.day, tuple(e for e in one.entries if one.day in (e.first_day, day)), one.is_today)
        for one in _days(viewer, day, last)
    ]
    kept: list[Day] = []
    goes_on = last + A_DAY
    for one in days:
        if kept and sum(len(d.entries) for d in kept) + len(one.entries) > MOST_LINES:
            goes_on = one.day
            break
        if one.entries:
            kept.append(one)
    label = _("À partir du %(day)s") % {"day": dates.day(day, year=True)}
    return Layout(View.LIST, day, label, tuple(kept), day - LIST_DAYS, goes_on, goes_on=goes_on)


def _days(viewer: Viewer, first: date, last: date) -> tuple[Day, ...]:
    entries = gathered(viewer, first, last)
    return tuple(
        Day(day, tuple(e for e in entries if e.first_day <= day <= e.last_day), day == viewer.today)
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1))
    )


def feed_of(viewer: Viewer) -> Feed | None:
    """The viewer's own feed."""
    return Feed.objects.visible_to(viewer).first()


def digest_of(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def feed_under(key: str) -> Feed | None:
    """The feed that this key opens, of an account that is open; one query."""
    found = Feed.objects.filter(digest=digest_of(key), account__is_active=True)
    return found.select_related("account__person").first()


def reader_of(feed: Feed) -> Viewer | None:
    """The person of the feed in the rights they have at this moment; None once they have none (two queries)."""
    return viewer_for(feed.account.person, feed.account_id, timezone.now())


def entries_for_feed(viewer: Viewer) -> list[AgendaEntry]:
    """The agenda of a person in all their seats: a teacher who is a parent has one calendar."""
    found: dict[tuple[object, ...], AgendaEntry] = {}
    for seated in viewer.every_seat():
        for entry in gathered(seated, seated.today - BEFORE, seated.today + AFTER, for_feed=True):
            # The same holidays from two seats are one thing; two homework of one subject for one day are two.
            shared = entry.lasts_days and not entry.for_the_day
            key = (entry.title, entry.starts, entry.ends) if shared else (seated.key, entry.uid)
            found.setdefault(key, entry)
    return list(with_own_uids(found.values()))


def with_own_uids(entries: Iterable[AgendaEntry]) -> Iterable[AgendaEntry]:
    """Each under a name of its own. A lesson that one gives and that one's child attends is two lines, hence two names."""
    seen: dict[str, int] = {}
    for entry in sorted(entries, key=_moment):
        seen[entry.uid] = seen.get(entry.uid, 0) + 1
        yield entry if seen[entry.uid] == 1 else replace(entry, uid=f"{entry.uid}-{seen[entry.uid]}")
