"""Which pupils a campaign is about, each with the absences or latenesses that it speaks of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from preau.directory.models import Enrolment, Group
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Alert, Entry, FollowUp, Status
from preau.domains.attendance.queries.half_days import REASON, excuse_of
from preau.domains.campaigns.models import Campaign
from preau.foundation import dates

Kind = Campaign.Kind
Found = dict[int, list[int]]
MOST = 1_000


@dataclass(frozen=True)
class FindingFilter:
    """What somebody looks for: between two days, both included, from so many, in one class or in all."""

    kind: str
    since: date
    until: date
    at_least: int = 1
    group: Group | None = None

    @property
    def key(self) -> str:
        return f"{self.kind} {self.since} {self.until} {self.at_least} {self.group.pk if self.group else ''}"


def asked_for(viewer: Viewer, asked: FindingFilter) -> Found:
    """The pupils asked for, each with its entries, oldest first; a thousand pupils at most."""
    if asked.kind == Kind.THRESHOLD:
        alerts = Alert.objects.visible_to(viewer).waiting()
        found = _of_alerts(
            viewer, alerts.filter(month__gte=asked.since.replace(day=1), month__lte=asked.until)
        )
    else:
        found = _between(viewer, asked)
    if asked.group:
        there = Enrolment.objects.in_school(viewer).active(viewer.today).filter(group=asked.group)
        pupils = set(there.values_list("pupil_id", flat=True))
        found = {pupil: entries for pupil, entries in found.items() if pupil in pupils}
    kept = {pupil: pks for pupil, pks in found.items() if len(pks) >= asked.at_least}
    return dict(sorted(kept.items())[:MOST])


def _between(viewer: Viewer, asked: FindingFilter) -> Found:
    seen = Entry.objects.visible_to(viewer).filter(day__range=(asked.since, asked.until))
    seen = seen.to_explain() if asked.kind == Kind.ABSENCES else seen.filter(status=Status.LATE)
    return _by_pupil(seen.order_by("day", "pk").values_list("pupil_id", "pk"))


def _of_alerts(viewer: Viewer, alerts: "QuerySet[Alert]") -> Found:
    """The absences that nothing excuses, of the month of each alert."""
    months = set(alerts.values_list("pupil_id", "month"))
    return _unexcused(viewer, {(pupil, month, dates.month_after(month)) for pupil, month in months})


def _unexcused(viewer: Viewer, asked: Iterable[tuple[int, date, date]]) -> Found:
    """Of each pupil, from a day until another (not included), what nothing excuses."""
    spans: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for pupil, first, last in asked:
        spans[pupil].append((first, last))
    if not spans:
        return {}
    first = min(start for several in spans.values() for start, _end in several)
    rows = Entry.objects.visible_to(viewer).absences().filter(pupil__in=list(spans), day__gte=first)
    found: Found = {pupil: [] for pupil in spans}
    for line in rows.order_by("day", "pk").values("pk", "pupil_id", "day", *REASON):
        if _counts(line, spans[line["pupil_id"]]):
            found[line["pupil_id"]].append(line["pk"])
    return found


def _counts(line: Mapping[str, Any], spans: Iterable[tuple[date, date]]) -> bool:
    return any(start <= line["day"] < end for start, end in spans) and excuse_of(line)[0]


def followed_among(
    viewer: Viewer, entries: Iterable[int] = (), alerts: Iterable[int] = (), follow_ups: Iterable[int] = ()
) -> Found:
    """The pupils of lines chosen in a list (absences, alerts or follow-ups), as far as the viewer sees them."""
    found: Found = {}
    if entries:
        seen = Entry.objects.visible_to(viewer).exclude(status=Status.PRESENT).filter(pk__in=entries)
        found = _by_pupil(seen.order_by("day", "pk").values_list("pupil_id", "pk"))
    if alerts:
        found |= _of_alerts(viewer, Alert.objects.visible_to(viewer).filter(pk__in=alerts))
    if follow_ups:
        rows = (
            FollowUp.objects.visible_to(viewer).filter(pk__in=follow_ups).values_list("pupil_id", "opened_at")
        )
        far = dates.month_after(viewer.today)
        found |= _unexcused(viewer, {(pupil, dates.month_after(at.date(), -1), far) for pupil, at in rows})
    return dict(sorted(found.items())[:MOST])


def _by_pupil(rows: Iterable[tuple[int, int]]) -> Found:
    found: Found = defaultdict(list)
    for pupil, entry in rows:
        found[pupil].append(entry)
    return found
