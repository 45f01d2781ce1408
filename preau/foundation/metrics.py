"""Figures of a site that runs, for Prometheus: what waits, since when, what is full; never who (docs/decisions/0169)."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from preau.foundation import boards, upkeep
from preau.foundation.backups import place

FORM = CONTENT_TYPE_LATEST
SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# Counted by each process; with METRICS_TOKEN, added up over all of them.
ANSWERS = Counter("preau_answers", "Answers of pages", ["route", "status"])
SECONDS = Histogram("preau_answer_seconds", "Time that a page took", ["route"], buckets=SLOW)
LOOKED = "looked.json"


class PagesMiddleware:
    """Counts answers by the name of their route: an address may hold a name, a route does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        route = route_of(request)
        ANSWERS.labels(route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response


def route_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else "none"


def role_of(request: HttpRequest) -> str:
    """The kind of profile that somebody was in, nothing of who it was; asks nothing of the database."""
    viewer = getattr(request, "viewer", None)
    return str(viewer.seat.profile.value) if viewer else "visitor"


def written() -> bytes:
    """Everything, as Prometheus reads it."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Figures())
    return generate_latest(registry)


def gauge(name: str, words: str, values: Mapping[Any, float], *labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"preau_{name}", words, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family


class _Figures(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        work = upkeep.work_now()
        yield gauge("info", "The version that answers", {(settings.VERSION,): 1}, "version")
        yield gauge("worker_alive", "A worker showed signs of life in two minutes", {(): float(work.worker)})
        yield gauge("tasks_failed", "Tasks that failed for good in a day", {(): work.failed})
        yield from _tasks(now)
        yield from _carriers(now)
        yield from _disks()
        yield from _backups(now)
        yield from _looked(now)
        for entry in boards.gauges:
            yield gauge(entry.key, entry.words, entry.read(), *entry.labels)


def _tasks(now: datetime) -> Iterator[GaugeMetricFamily]:
    due = DBTaskResult.objects.filter(status=TaskResultStatus.READY).exclude(run_after__gt=now)
    queues = due.order_by().values_list("queue_name").annotate(n=Count("pk"), since=Min("enqueued_at"))
    rows = {"default": (0, 0.0)} | {name: (n, (now - since).total_seconds()) for name, n, since in queues}
    yield gauge(
        "tasks_waiting", "Tasks that are due", {(name,): n for name, (n, _age) in rows.items()}, "queue"
    )
    yield gauge(
        "tasks_oldest_seconds",
        "Since when the oldest of them waits",
        {(name,): age for name, (_n, age) in rows.items()},
        "queue",
    )


def _carriers(now: datetime) -> Iterator[GaugeMetricFamily]:
    loads = {entry.key: entry.load(now) for entry in boards.carriers if entry.is_set()}
    for word in ("waiting", "late", "failing"):
        values = {(key,): float(getattr(load, word)) for key, load in loads.items()}
        yield gauge(f"letters_{word}", f"What leaves by a gateway: {word}", values, "carrier")


def _disks() -> Iterator[GaugeMetricFamily]:
    folders = {"var": settings.VAR_DIR, "backups": settings.BACKUP_DIR}
    found = {name: folder for name, folder in folders.items() if folder and Path(folder).is_dir()}
    used = {(name,): _used(folder) for name, folder in found.items()}
    yield gauge("disk_used_ratio", "Share of the disk of a folder that is used", used, "folder")


def _used(folder: Path) -> float:
    usage = shutil.disk_usage(folder)
    return usage.used / usage.total


def _backups(now: datetime) -> Iterator[GaugeMetricFamily]:
    if settings.BACKUP_DIR is None:
        return
    whole = [
        folder for folder in place.Place(settings.BACKUP_DIR).folders() if (folder / place.MANIFEST).is_file()
    ]
    age = (now - place.moment_of(whole[-1])).total_seconds() if whole else float("inf")
    yield gauge("backup_age_seconds", "Age of the last whole backup", {(): age})


def _looked(now: datetime) -> Iterator[GaugeMetricFamily]:
    """What `manage.py check_site` saw last."""
    try:
        report = json.loads((Path(settings.VAR_DIR) / LOOKED).read_text())
    except (OSError, ValueError):
        return
    faults = {(name,): float(count) for name, count in report["faults"].items()}
    yield gauge("site_faults", "Faults that check_site saw", faults, "look")
    at = datetime.fromisoformat(report["at"])
    yield gauge(
        "site_looked_age_seconds", "Since when check_site has not looked", {(): (now - at).total_seconds()}
    )
    if ends := report.get("certificate_ends"):
        left = datetime.fromisoformat(ends) - now
        yield gauge("certificate_seconds", "How long the certificate still lasts", {(): left.total_seconds()})


def keep_looked(faults: Mapping[str, int], certificate_ends: datetime | None) -> None:
    """What check_site saw, for the next scrape."""
    report: dict[str, Any] = {"at": timezone.now().isoformat(), "faults": dict(faults)}
    if certificate_ends:
        report["certificate_ends"] = certificate_ends.isoformat()
    target = Path(settings.VAR_DIR) / LOOKED
    passing = target.with_suffix(".part")
    passing.write_text(json.dumps(report))
    passing.replace(target)
