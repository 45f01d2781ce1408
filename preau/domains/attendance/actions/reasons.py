"""The reasons of a school: its own, and the common ones that it wants otherwise."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Reason
from preau.foundation import journal
from preau.foundation.locks import lock

SWITCHES = ("for_families", "settles", "in_report", "in_alerts", "confidential")
TYPED = ("label", "order", *SWITCHES)


@transaction.atomic
def create_reason(viewer: Viewer, **said: Any) -> Reason | None:
    """Add a reason of the school; None when one of that name is there already, its own or a common one (or the same click twice)."""
    school = _locked(viewer)
    if Reason.objects.filter(Q(school=school) | Q(school=None), label=said["label"]).exists():
        return None
    reason = Reason.objects.create(school=school, **said)
    journal.record(viewer, "attendance.reason_created", reason)
    return reason


@transaction.atomic
def change_reason(viewer: Viewer, reason: Reason, **said: Any) -> bool:
    """Change a reason from now on: what was written before keeps its label if it was a common one. False when nothing changed."""
    own = _own(viewer, reason)
    changed = [name for name in TYPED if name in said and getattr(own, name) != said[name]]
    if not changed:
        return False
    for name in changed:
        setattr(own, name, said[name])
    own.save()
    journal.record(viewer, "attendance.reason_changed", own, fields=" ".join(changed))
    return True


@transaction.atomic
def retire_reason(viewer: Viewer, reason: Reason, *, retired: bool) -> bool:
    """Choose it no more, or choose it again; what it explains keeps it. False when it was so already."""
    own = _own(viewer, reason)
    if bool(own.retired_on) == retired:
        return False
    own.retired_on = viewer.today if retired else None
    own.save()
    journal.record(viewer, "attendance.reason_retired" if retired else "attendance.reason_restored", own)
    return True


def _locked(viewer: Viewer) -> School:
    """The school of the viewer: two people who settle its reasons do so one after the other."""
    return lock(School, viewer.school_id)


def _own(viewer: Viewer, reason: Reason) -> Reason:
    """The row of the school; for a common reason the one that stands in its place, made now when there is none."""
    school = _locked(viewer)
    if reason.school_id:
        return Reason.objects.select_for_update().get(pk=reason.pk, school=school)
    known = Reason.objects.filter(school=school, replaces=reason).first()
    return known or Reason(school=school, replaces=reason, **_said_of(reason))


def _said_of(reason: Reason) -> Mapping[str, Any]:
    return {name: getattr(reason, name) for name in TYPED}
