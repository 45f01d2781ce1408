"""Working against the clock, without a word kept: the start and the time allowed are in the address."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Self

from django.utils import timezone

from preau.domains.exams.rules import LONGEST

BY_DEFAULT = 60
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Training:
    """How long it may take, when it began (None: not yet), and whether the correction is asked for."""

    minutes: int
    began: datetime | None = None
    is_over: bool = False

    @classmethod
    def read(cls, given: Any, usual: int) -> Self:
        """From the parameters of a request. A start of yesterday, or of tomorrow, is none."""
        minutes, began, now = _number(given.get("minutes", "")), None, timezone.now()
        if second := _number(given.get("debut", "")):
            began = datetime.fromtimestamp(second, UTC)
            began = began if now - A_DAY < began <= now + timedelta(minutes=1) else None
        return cls(min(minutes or usual or BY_DEFAULT, LONGEST), began, given.get("corrige") == "1")

    def begun(self, now: datetime) -> Self:
        return replace(self, began=now)

    @property
    def query(self) -> str:
        start = f"&debut={int(self.began.timestamp())}" if self.began else ""
        return f"minutes={self.minutes}{start}"

    @property
    def ends(self) -> datetime | None:
        return self.began + timedelta(minutes=self.minutes) if self.began else None

    @property
    def seconds_left(self) -> int:
        return max(0, ceil((self.ends - timezone.now()).total_seconds())) if self.ends else self.minutes * 60

    @property
    def left(self) -> int:
        """Minutes left, the one begun included; 0 once it is over."""
        return ceil(self.seconds_left / 60)

    @property
    def with_a_third_more(self) -> int:
        """The time of whoever has a third more."""
        return min(ceil(self.minutes * 4 / 3), LONGEST)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 10 else 0
