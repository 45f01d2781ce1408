"""Who was absent today, at some lesson, and of whom nobody has said anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry
from preau.domains.attendance.queries.presence import Seen, Where, news_of
from preau.domains.attendance.queries.registers import class_of
from preau.foundation import dates
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class AbsentToday:
    """A pupil absent at some lesson of the day: which ones, what was said of it ("" where nothing was, of one of them), whether they have
    been seen since."""

    public_id: str
    name: str
    group: str
    missed: str
    news: str
    is_back: bool


TODAY = Prepared(
    lambda viewer: (
        Entry.objects.visible_to(viewer)
        .absences()
        .filter(day=viewer.today)
        .order_by("pupil__search_name", "pupil_id", "lesson__starts", "pk")
        .values_list(
            "pupil_id",
            "pupil__public_id",
            "pupil__family_name",
            "pupil__given_name",
            class_of("pupil_id", viewer.school_id, viewer.today),
            "lesson__starts",
            "lesson__school__timezone",
            "lesson__subject__name",
            "explanation__state",
            "handling__settled",
        )
    )
)


def absent_today(viewer: Viewer, now: Mapping[int, Seen]) -> list[AbsentToday]:
    """By pupil, those of whom nobody has said anything first (one query). `now`: where pupils are at this minute."""
    by_pupil: dict[int, list[tuple[Any, ...]]] = {}
    for pupil, *line in TODAY(viewer):
        by_pupil.setdefault(pupil, []).append(tuple(line))
    found = [_absent(lines, now.get(pupil)) for pupil, lines in by_pupil.items()]
    return sorted(found, key=lambda one: bool(one.news))


def _absent(lines: list[tuple[Any, ...]], seen: Seen | None) -> AbsentToday:
    public_id, family, given, group = lines[0][:4]
    said = [news_of(state, settled=bool(settled)) for *_line, state, settled in lines]
    return AbsentToday(
        public_id,
        Person(family_name=family, given_name=given).list_name,
        group or "",
        ", ".join(_lesson(*line[4:7]) for line in lines),
        # One word may be of one lesson only: of the others nothing is known.
        said[-1] if all(said) else "",
        seen is not None and seen.where == Where.IN,
    )


def _lesson(starts: datetime, zone: str, subject: str) -> str:
    return f"{dates.hour(starts, zone)} {subject}"
