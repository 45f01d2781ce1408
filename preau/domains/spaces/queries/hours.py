"""When questions reach a teacher: opening hours on the wall of a school, never on its closed days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from preau.directory.models import Closure
from preau.domains.spaces.models import OpeningHours, Space
from preau.foundation import dates

# Past the longest closing of a school; then a question goes out at once.
FARTHEST = 90
FIRST_HOUR, LAST_HOUR = 8, 20


@dataclass(frozen=True)
class Span:
    """Minutes since midnight, of a day of the week (1 for Monday)."""

    weekday: int
    starts: int
    ends: int


@dataclass(frozen=True)
class Hours:
    """The hours of a space at a moment: open until when, or closed and opening when. `always`: it has none, hence is open."""

    zone: str
    now: datetime
    today: tuple[Span, ...] = ()
    opens: datetime | None = None
    closes: datetime | None = None
    always: bool = False
    is_open: bool = False

    @property
    def said(self) -> str:
        """« Ouvert jusqu’à 19 h. », « Fermé. Ouvre à 17 h, jusqu’à 19 h. »"""
        if self.always:
            return _("Ouvert à toute heure.")
        if self.is_open and self.closes:
            return _("Ouvert jusqu’à %(hour)s.") % {"hour": _hour(self.closes, self.zone)}
        if self.opens is None or self.closes is None:
            return _("Fermé pour l’instant.")
        values = {"opens": self.opening_said, "closes": _hour(self.closes, self.zone)}
        return _("Fermé. Ouvre %(opens)s, jusqu’à %(closes)s.") % values

    @property
    def opening_said(self) -> str:
        """« à 17 h », « demain à 17 h », « mardi 1er décembre à 17 h »."""
        if self.opens is None:
            return ""
        at = _("à %(hour)s") % {"hour": _hour(self.opens, self.zone)}
        return " ".join(filter(None, [self._day_said, at]))

    @property
    def keeps_for(self) -> str:
        """What the button says of a question that waits: « Garder pour 17 h », « Garder pour demain, 17 h »."""
        if self.opens is None:
            return _("Garder ma question")
        when = ", ".join(filter(None, [self._day_said, _hour(self.opens, self.zone)]))
        return _("Garder pour %(when)s") % {"when": when}

    @property
    def _day_said(self) -> str:
        """The day of the opening: nothing for today."""
        if self.opens is None:
            return ""
        day, today = dates.local(self.opens, self.zone).date(), dates.local(self.now, self.zone).date()
        return "" if day == today else dates.near_day(day, today)

    @property
    def marks(self) -> list[bool]:
        """Each hour of the day that is drawn, from eight to twenty: is it one of today's?"""
        hours = range(FIRST_HOUR, LAST_HOUR)
        return [
            any(span.starts < (one + 1) * 60 and span.ends > one * 60 for span in self.today) for one in hours
        ]

    @property
    def today_said(self) -> str:
        return ", ".join(f"{_clock(span.starts)} – {_clock(span.ends)}" for span in self.today)


def _hour(moment: datetime, zone: str) -> str:
    return _bare(dates.hour(moment, zone))


def _clock(minutes: int) -> str:
    return _bare(dates.hour(time(minutes // 60 % 24, minutes % 60)))


def _bare(hour: str) -> str:
    """« 17 h », for « 17 h 00 »."""
    return hour.removesuffix("00").rstrip("\u202f\u00a0 ") if hour.endswith("00") else hour


def hours_at(spans: Sequence[Span], zone: str, closed: Iterable[tuple[date, date]], now: datetime) -> Hours:
    """The hours of a space at a moment, from its spans and the closed days of its school."""
    if not spans:
        return Hours(zone, now, always=True, is_open=True)
    wall, shut = now.astimezone(ZoneInfo(zone)), list(closed)
    today: tuple[Span, ...] = ()
    for ahead in range(FARTHEST):
        day = wall.date() + timedelta(days=ahead)
        if any(first <= day <= last for first, last in shut):
            continue
        of_day = tuple(span for span in spans if span.weekday == day.isoweekday())
        today = of_day if not ahead else today
        for span in of_day:
            starts, ends = _moment(day, span.starts, zone), _moment(day, span.ends, zone)
            if starts <= now < ends:
                return Hours(zone, now, today, None, ends, is_open=True)
            if starts > now:
                return Hours(zone, now, today, starts, ends)
    return Hours(zone, now, today)


def _moment(day: date, minute: int, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(minutes=minute)


def hours_of(space: Space, now: datetime) -> Hours:
    """The same, of a space, in two queries; its school is at hand."""
    rows = OpeningHours.objects.filter(space=space.pk).order_by("weekday", "starts")
    spans = [Span(*row) for row in rows.values_list("weekday", "starts", "ends")]
    if not spans:
        return hours_at(spans, space.school.timezone, (), now)
    day = now.date()
    shut = Closure.objects.filter(school=space.school_id, ends__gte=day - timedelta(days=1))
    closed = (
        shut.filter(starts__lte=day + timedelta(days=FARTHEST))
        .order_by("starts", "pk")
        .values_list("starts", "ends")
    )
    return hours_at(spans, space.school.timezone, list(closed), now)


def shown_from(hours: Hours, now: datetime) -> datetime:
    """When a question asked now reaches the teacher."""
    return now if hours.is_open or hours.opens is None else hours.opens
