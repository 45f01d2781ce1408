"""A weekly course in plain values, whoever says it: a file, what the last file said, or the school."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Self

from preau.domains.timetable.models import WeeklyPattern

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class SlotWords:
    """`subject` and `room` are the words of the file as long as the school has none of that name; `weeks` is None for each open week."""

    subject: int | str
    groups: frozenset[int]
    teachers: frozenset[int]
    room: int | str | None
    weekday: int
    starts: time
    ends: time
    weeks: frozenset[date] | None
    first: date
    last: date

    def parts(self, start: date) -> dict[str, Hashable]:
        """What may be changed apart from the rest. What is over before `start` is no difference: nothing changes it."""
        weeks = None if self.weeks is None else frozenset(day for day in self.weeks if day + WEEK > start)
        return {
            "subject": self.subject,
            "groups": self.groups,
            "teachers": self.teachers,
            "room": self.room,
            "when": (self.weekday, self.starts, self.ends),
            "weeks": weeks,
            "first": max(self.first, start),
            "last": self.last,
        }

    def kept(self) -> dict[str, Any]:
        """As it is kept in the database."""
        return {
            "subject": self.subject,
            "groups": sorted(self.groups),
            "teachers": sorted(self.teachers),
            "room": self.room,
            "weekday": self.weekday,
            "starts": self.starts.isoformat(),
            "ends": self.ends.isoformat(),
            "weeks": None if self.weeks is None else [day.isoformat() for day in sorted(self.weeks)],
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        weeks = kept["weeks"]
        return cls(
            kept["subject"],
            frozenset(kept["groups"]),
            frozenset(kept["teachers"]),
            kept["room"],
            kept["weekday"],
            time.fromisoformat(kept["starts"]),
            time.fromisoformat(kept["ends"]),
            None if weeks is None else frozenset(map(date.fromisoformat, weeks)),
            date.fromisoformat(kept["first"]),
            date.fromisoformat(kept["last"]),
        )


def said_of(pattern: WeeklyPattern) -> SlotWords:
    """What the school says of a weekly lesson today."""
    turn = pattern.alternation
    weeks = frozenset(map(date.fromisoformat, turn.mondays)) if turn else None
    return SlotWords(
        pattern.subject_id,
        frozenset(group.pk for group in pattern.groups.all()),
        frozenset(teacher.pk for teacher in pattern.teachers.all()),
        pattern.room_id,
        pattern.weekday,
        pattern.starts_at,
        pattern.ends_at,
        weeks,
        pattern.first_day,
        pattern.last_day,
    )
