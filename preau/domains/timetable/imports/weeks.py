"""The weeks of a school year: which are open, what a set of them is called, which two sets are weeks A and B."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from preau.directory.models import SchoolYear
from preau.domains.timetable.models import Alternation
from preau.foundation import dates
from preau.foundation.text import fold

WEEK = timedelta(days=7)
Weeks = frozenset[date]
SIDES = {"a": 0, "q1": 0, "1": 0, "b": 1, "q2": 1, "2": 1}
EVEN, ODD = {"paire", "paires", "pair"}, {"impaire", "impaires", "impair"}
EACH = {
    "",
    "toutes",
    "toutes les semaines",
    "chaque semaine",
    "hebdomadaire",
    "a b",
    "ab",
    "h",
    "t",
    "w",
    "tous",
}
FEWEST = 6  # two sets of fewer weeks that take turns do so by chance


class Calendar:
    """`mondays` of the year in order, and those of `open` weeks; a week without a school day from Monday to Saturday is closed."""

    def __init__(
        self,
        year: SchoolYear,
        closures: Sequence[tuple[date, date]],
        alternations: Iterable[Alternation] = (),
    ) -> None:
        self.year = year
        first = dates.monday_of(year.starts)
        count = (dates.monday_of(year.ends) - first).days // 7 + 1
        self.mondays = [first + WEEK * number for number in range(count)]
        self.open = [monday for monday in self.mondays if self._is_open(monday, closures)]
        self.known = {_weeks_of(alternation): alternation for alternation in alternations}
        self.place = {monday: number for number, monday in enumerate(self.open)}

    def _is_open(self, monday: date, closures: Sequence[tuple[date, date]]) -> bool:
        days = (monday + timedelta(days=number) for number in range(6))
        return any(
            self.year.starts <= day <= self.year.ends and not any(a <= day <= b for a, b in closures)
            for day in days
        )

    def kept(self, weeks: Weeks | None) -> Weeks | None:
        """The weeks of the year; None when it is each open one."""
        if weeks is None:
            return None
        inside = weeks & frozenset(self.mondays)
        return None if inside >= frozenset(self.open) else inside

    def turn(self, text: str) -> Weeks | None:
        """« A », « Q2 », « paires », « 36 à 40, 42 » (ISO weeks) as weeks. Raises ValueError when it is none of these."""
        words = re.sub(r"^(semaines?|sem|s)\b\.?\s*", "", fold(text)).strip()
        if words in EACH:
            return None
        for weeks, one in self.known.items():
            if words in {fold(one.name).removeprefix("semaine "), fold(one.code)}:
                return weeks
        if words in EVEN or words in ODD:
            return frozenset(m for m in self.mondays if (m.isocalendar().week % 2 == 0) == (words in EVEN))
        if words in SIDES:
            return self.sides()[SIDES[words]]
        return self._numbered(words)

    def sides(self) -> tuple[Weeks, Weeks]:
        """Weeks A and B: those that the school named, else in turn from its first open week on."""
        named = {fold(one.name).removeprefix("semaine "): weeks for weeks, one in self.known.items()}
        if "a" in named and "b" in named:
            return named["a"], named["b"]
        return frozenset(self.open[0::2]), frozenset(self.open[1::2])

    def _numbered(self, words: str) -> Weeks:
        numbers: set[int] = set()
        for part in re.split(r"[,;/ ]*\bet\b[,;/ ]*|[,;/]+", words):
            found = re.fullmatch(r"\s*(\d{1,2})(?:\s*(?:a|au|\s)\s*(\d{1,2}))?\s*", part)
            if not found:
                raise ValueError(words)
            first, last = int(found[1]), int(found[2] or found[1])
            numbers |= (
                set(range(first, last + 1)) if first <= last else {*range(first, 54), *range(1, last + 1)}
            )
        return frozenset(monday for monday in self.mondays if monday.isocalendar().week in numbers)


def _weeks_of(alternation: Alternation) -> Weeks:
    return frozenset(date.fromisoformat(day) for day in alternation.mondays)


def are_in_turn(first: Weeks, second: Weeks) -> bool:
    """Do these two take turns, week after week, all along?"""
    if first & second or min(len(first), len(second)) < FEWEST:
        return False
    line = sorted((day, day in first) for day in first | second)
    return all(before != after for (_d, before), (_e, after) in pairwise(line))


class Names:
    """Gives each set of weeks its alternation: one that the year has already, or a new one under a name of its own."""

    def __init__(self, calendar: Calendar, found: Iterable[Weeks]) -> None:
        self.calendar = calendar
        self.taken = {one.name for one in calendar.known.values()}
        self.given: dict[Weeks, Alternation] = {}
        # The most used sets speak first: their names are the plain ones.
        sets = list(dict.fromkeys(found))
        self.turns = self._turns(sets)
        for weeks in sets:
            self.given[weeks] = calendar.known.get(weeks) or self._new(weeks)

    def new(self) -> list[Alternation]:
        return [one for one in self.given.values() if one.pk is None]

    def _turns(self, sets: list[Weeks]) -> tuple[Weeks, Weeks] | None:
        """Weeks A and B of this file: the longest two that take turns, the earlier one first."""
        if any(one.names_weeks for one in self.calendar.known.values()):
            return None
        sides = self.calendar.sides()
        if any(weeks in sides for weeks in sets):
            return sides
        pairs = [(a, b) for n, a in enumerate(sets) for b in sets[n + 1 :] if are_in_turn(a, b)]
        if not pairs:
            return None
        first, second = max(pairs, key=lambda pair: len(pair[0] | pair[1]))
        return (first, second) if min(first) < min(second) else (second, first)

    def _new(self, weeks: Weeks) -> Alternation:
        code = ""
        if self.turns and weeks in self.turns:
            code = "AB"[self.turns.index(weeks)]
        name = _("Semaine %(side)s") % {"side": code} if code else self._said(weeks)
        return Alternation(
            school_id=self.calendar.year.school_id,
            year=self.calendar.year,
            name=self._own(name),
            code=code,
            mondays=[day.isoformat() for day in sorted(weeks)],
            names_weeks=bool(code),
        )

    def _own(self, name: str) -> str:
        """No other alternation of the year has this name."""
        wanted, number = name[:60], 1
        while wanted in self.taken:
            number += 1
            wanted = f"{name[:54]} ({number})"
        self.taken.add(wanted)
        return wanted

    def _said(self, weeks: Weeks) -> str:
        open_ones = frozenset(self.calendar.open)
        for even, name in ((True, _("Semaines paires")), (False, _("Semaines impaires"))):
            side = {monday for monday in open_ones if (monday.isocalendar().week % 2 == 0) == even}
            if side and weeks & open_ones == side:
                return name
        return self._ranges(weeks)

    def _ranges(self, weeks: Weeks) -> str:
        """« Semaines 3 à 20 »: numbers of the school year, from its first week; closed weeks between do not cut."""
        runs: list[list[date]] = []
        order = self.calendar.mondays
        for monday in sorted(weeks):
            between = [m for m in order if runs and runs[-1][-1] < m < monday]
            if runs and not any(m in self.calendar.place for m in between):
                runs[-1].append(monday)
            else:
                runs.append([monday])
        labels = [self._run(run) for run in runs]
        if not labels:
            return _("Aucune semaine")
        if len(labels) == 1:
            return (_("Semaine %(run)s") if len(runs[0]) == 1 else _("Semaines %(run)s")) % {"run": labels[0]}
        text = _("Semaines %(runs)s") % {"runs": ", ".join(labels)}
        if len(text) <= 60:
            return text
        days = {"first": self._number(min(weeks)), "last": self._number(max(weeks)), "count": len(weeks)}
        return _("Semaines %(first)s à %(last)s, %(count)s en tout") % days

    def _run(self, run: list[date]) -> str:
        first, last = self._number(run[0]), self._number(run[-1])
        return str(first) if len(run) == 1 else _("%(first)s à %(last)s") % {"first": first, "last": last}

    def _number(self, monday: date) -> int:
        return self.calendar.mondays.index(monday) + 1
