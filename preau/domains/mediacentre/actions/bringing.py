"""A list of the GAR is brought, looked at, then applied whole or given up. Applied twice, it changes nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.mediacentre.actions import comparing, telling
from preau.domains.mediacentre.actions.assigning import locked
from preau.domains.mediacentre.models import FOR, BroughtList, Resource, Step, Subscription
from preau.foundation import journal
from preau.foundation.locks import lock

# Sent inside the transaction: its receiver only enqueues a task, in the same database.
resources_closed = Signal()  # school_id, resources, at
State, Kind = BroughtList.State, BroughtList.Kind


def preview(school: School, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The report of what a file would change."""
    return _report(comparing.changes_of(school, kind, facts, _today(school)), facts)


@transaction.atomic
def bring(viewer: Viewer, kind: str, facts: Mapping[str, Any], name: str, digest: str) -> BroughtList:
    """Keep a file that was read, to be looked at. The same file, still waiting, is the same row; another one waiting is given up."""
    school = locked(viewer.school_id)
    waiting = BroughtList.objects.filter(school=school, state=State.READ)
    known = waiting.filter(digest=digest).first()
    if known:
        return known
    waiting.update(state=State.DROPPED, facts={}, decided_at=timezone.now())
    brought = BroughtList.objects.create(
        school=school,
        kind=kind,
        name=name[:120],
        digest=digest,
        facts=dict(facts),
        report=preview(school, kind, facts),
        by=viewer.person,
        at=timezone.now(),
    )
    journal.record(viewer, "mediacentre.list_brought", brought)
    return brought


@transaction.atomic
def apply(viewer: Viewer, brought: BroughtList) -> bool:
    """Do what was looked at; False when it was decided already."""
    school = locked(brought.school_id)
    brought = lock(BroughtList, brought.pk)
    if brought.state != State.READ:
        return False
    _apply(school, brought, viewer.person.pk)
    journal.record(
        viewer,
        "mediacentre.list_applied",
        brought,
        **{name: brought.report[name] for name in ("created", "changed", "closed")},
    )
    return True


@transaction.atomic
def drop(viewer: Viewer, brought: BroughtList) -> bool:
    """Give a file up; False when it was decided already."""
    locked(brought.school_id)
    brought = lock(BroughtList, brought.pk)
    if brought.state != State.READ:
        return False
    brought.state, brought.facts, brought.decided_at = State.DROPPED, {}, timezone.now()
    brought.save(update_fields=["state", "facts", "decided_at"])
    journal.record(viewer, "mediacentre.list_dropped", brought)
    return True


@transaction.atomic
def apply_answer(
    school: School, kind: str, facts: Mapping[str, Any], name: str, digest: str
) -> BroughtList | None:
    """The operator's command: apply at once what an answer of the GAR says; None when it changes nothing."""
    school = locked(school.pk)
    if comparing.changes_of(school, kind, facts, _today(school)).is_empty:
        return None
    brought = BroughtList.objects.create(
        school=school, kind=kind, name=name[:120], digest=digest, facts=dict(facts), at=timezone.now()
    )
    _apply(school, brought, None)
    return brought


def refuse_answer(school: School, name: str, reason: str) -> int:
    """The operator's command found an answer that cannot be trusted: those who assign are told, once a day."""
    what = _("« %(file)s » n’a pas été lue. %(why)s") % {"file": name[:120], "why": reason}
    return telling.tell_assigners(school, f"refused-{_today(school)}", what)


def _apply(school: School, brought: BroughtList, by: int | None) -> None:
    changes = comparing.changes_of(school, brought.kind, brought.facts, _today(school))
    if brought.kind == Kind.RESOURCES:
        _write_resources(school, changes, brought, by)
    else:
        Subscription.objects.bulk_create(changes.created)
        Subscription.objects.bulk_update(
            [*changes.changed, *changes.back, *changes.closed],
            ["resource", "kind", "licences", "transferable", "starts", "ends", "is_open", *FOR.values()],
        )
    brought.report, brought.facts = _report(changes, brought.facts), {}
    brought.state, brought.decided_at = State.APPLIED, timezone.now()
    brought.save(update_fields=["report", "facts", "state", "decided_at"])


def _write_resources(
    school: School, changes: comparing.Changes, brought: BroughtList, by: int | None
) -> None:
    fields = [*comparing.SAME, "search_name", "is_open", "closed_on", "listed_on"]
    made = Resource.objects.bulk_create(changes.created)
    Resource.objects.bulk_update([*changes.changed, *changes.back, *changes.closed], fields)
    now = timezone.now()
    Step.objects.bulk_create(
        Step(school=school, resource=row, gesture=gesture, by_id=by, at=now)
        for gesture, rows in (
            (Step.Gesture.LISTED, made),
            (Step.Gesture.BACK, changes.back),
            (Step.Gesture.CLOSED, changes.closed),
        )
        for row in rows
    )
    if changes.closed:
        keys = [one.pk for one in changes.closed]
        names = telling.said_of(one.name for one in changes.closed)
        what = _("Sorties de la liste, leurs attributions sont suspendues : %(names)s") % {"names": names}
        telling.tell_assigners(school, f"list-{brought.pk}", what, by)
        resources_closed.send(sender=Resource, school_id=school.pk, resources=keys, at=str(brought.pk))


def _report(changes: comparing.Changes, facts: Mapping[str, Any]) -> dict[str, Any]:
    unknown = _("La ressource n’est pas dans la liste de l’établissement : %(code)s")
    return comparing.report_of(changes, facts.get("aside", ()), unknown)


def _today(school: School) -> date:
    return timezone.localdate(timezone=ZoneInfo(school.timezone))
