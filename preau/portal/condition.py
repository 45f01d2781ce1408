"""How the service is, in facts that anyone may read: no name, no address, no version."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from preau.foundation.models import WorkerBeat
from preau.foundation.views import WORKER_SILENCE

# Past this, whoever waits for a letter may wonder.
LATE = timedelta(minutes=10)
WELL, SLOW, AWAY = ("done", _("En service")), ("todo", _("Ralenti")), ("changed", _("En panne"))


@dataclass(frozen=True)
class Fact:
    """One part of the service: its state (tone, word) and what it means for the reader."""

    label: Any
    state: tuple[str, Any]
    words: Any

    @property
    def is_well(self) -> bool:
        return self.state == WELL


def facts() -> list[Fact]:
    """Pages, database, background work, letters."""
    pages = Fact(_("Pages"), WELL, _("Cette page répond."))
    try:
        beat = WorkerBeat.objects.aggregate(at=Max("at"))["at"]
        now = timezone.now()
        ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
        waiting = ready.exclude(run_after__gt=now).aggregate(since=Min("enqueued_at"))["since"]
    except (OperationalError, InterfaceError):
        return [
            pages,
            Fact(_("Base de données"), AWAY, _("Elle ne répond pas : les pages personnelles non plus.")),
        ]
    return [
        pages,
        Fact(_("Base de données"), WELL, _("Elle répond.")),
        _worker(beat, now),
        _letters(waiting, now),
    ]


def _worker(beat: datetime | None, now: datetime) -> Fact:
    if beat and now - beat <= WORKER_SILENCE:
        return Fact(_("Travaux de fond"), WELL, _("Ils avancent."))
    return Fact(
        _("Travaux de fond"),
        AWAY,
        _("Ils sont arrêtés. Ce qui a été demandé est gardé, et se fera à la reprise."),
    )


def _letters(since: datetime | None, now: datetime) -> Fact:
    if since is None:
        return Fact(_("Courriels et travaux en attente"), WELL, _("Rien n’attend."))
    minutes = int((now - since).total_seconds() // 60)
    words = _("Le plus ancien attend depuis %(minutes)s min.") % {"minutes": minutes}
    return Fact(_("Courriels et travaux en attente"), SLOW if now - since > LATE else WELL, words)
