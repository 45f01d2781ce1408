"""Hours held and hours due, by class and subject: sums that the database makes, and nobody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, DurationField, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Lesson, LessonChange, LessonQuerySet
from preau.foundation import dates

NOTHING = timedelta()
LINE = ("groups", "groups__kind", "groups__name", "subject__name")
State, Kind = Lesson.State, LessonChange.Kind


@dataclass(frozen=True)
class Hours:
    """What was planned and what became of it, for a class or a group in a subject, in minutes.

    `added` and `replaced` are parts of what was held; what was moved is held on the day to which it went.
    """

    group: str
    subject: str
    planned: int
    held: int
    replaced: int
    cancelled: int
    added: int

    @property
    def rate(self) -> int | None:
        """Held of planned, per hundred, never rounded up: 100 is nothing missing."""
        return 100 * self.held // self.planned if self.planned else None


def last_day_of_hours(viewer: Viewer, asked: date | None = None) -> date:
    """Yesterday at the latest: what is to come was not held."""
    yesterday = viewer.today - timedelta(days=1)
    return min(asked or yesterday, yesterday)


def hours_between(
    viewer: Viewer, first: date, last: date, group: Group | None = None
) -> "QuerySet[Lesson, dict[str, Any]]":
    """A line for each class or group and subject, to be paginated and read by `hours_rows`."""
    found = _lessons(viewer, first, last).filter(groups__isnull=False)
    if group:
        # And the groups drawn from it.
        found = found.filter(groups__in=Group.objects.filter(Q(pk=group.pk) | Q(classes=group.pk)))
    lines = found.order_by().values(*LINE).annotate(**_sums(first, last))
    return lines.order_by("groups__kind", "groups__rank", "groups__name", "groups", "subject__name")


def hours_in_all(viewer: Viewer, first: date, last: date, group: Group | None = None) -> Hours:
    """The same of all of them: a lesson that two classes share counts once (one query)."""
    found = _lessons(viewer, first, last)
    found = found.of_group(group.pk) if group else found
    return _hours(found.order_by().aggregate(**_sums(first, last)))


def hours_rows(lines: Any) -> list[Hours]:
    return [_hours(line) for line in lines]


def _lessons(viewer: Viewer, first: date, last: date) -> LessonQuerySet:
    """Those planned in this time, and those held in it: one that was moved out of it, or into it, too."""
    near = Q(day__range=(first, last)) | Q(pattern_day__range=(first, last))
    return Lesson.objects.in_school(viewer).filter(near, year=viewer.year)


def _sums(first: date, last: date) -> dict[str, Any]:
    time = (first, last)
    added, now = _changed(Kind.ADDED), Q(day__range=time)
    due = ~added & (Q(pattern_day__range=time) | Q(pattern_day=None) & now)
    held = Q(state=State.HELD) & now
    replaced = held & _changed(Kind.REPLACED, undone_at=None)
    length = F("ends") - F("starts")
    # As it was planned: a lesson that was moved may last longer or less.
    weekly = F("pattern__ends_at") - F("pattern__starts_at")
    planned = Case(
        When(revision=0, then=length), default=Coalesce(weekly, length), output_field=DurationField()
    )
    return {
        "planned": _sum(planned, due),
        "held": _sum(length, held),
        "replaced": _sum(length, replaced),
        "cancelled": _sum(planned, due & Q(state=State.CANCELLED)),
        "added": _sum(length, held & added),
    }


def _sum(length: Any, which: Q) -> Sum:
    return Sum(length, filter=which, output_field=DurationField())


def _changed(kind: str, **how: Any) -> Q:
    """Lessons of which this was changed, even if it was taken back; or as `how` says. Most were never changed at all."""
    return Q(revision__gt=0) & Q(Exists(LessonChange.objects.filter(lesson=OuterRef("pk"), kind=kind, **how)))


def _hours(line: Mapping[str, Any]) -> Hours:
    names = (line.get("groups__name") or "", line.get("subject__name") or "")
    parts = (line[part] or NOTHING for part in ("planned", "held", "replaced", "cancelled", "added"))
    return Hours(*names, *(int(part.total_seconds()) // 60 for part in parts))


def hours_said(minutes: int) -> str:
    """« 12 h 30 », « — » for nothing."""
    return dates.minutes(minutes) if minutes else "—"
