"""What the school says itself of a resource: licences that no file gives, whether families see it. What somebody read before opening."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.mediacentre.actions.assigning import locked
from preau.domains.mediacentre.models import FOR, Resource, Seen, Step, Subscription
from preau.foundation import journal


@transaction.atomic
def set_licences(viewer: Viewer, resource: Resource, said: Mapping[str, Any]) -> bool:
    """Keep the licences that the school typed, in the place of those it had typed; False when nothing changes.

    `said`: kind, licences (None: no limit), publics, starts, ends.
    """
    locked(viewer.school_id)
    row = Subscription.objects.filter(resource=resource, code="").first()
    before = _told(row) if row else None
    row = row or Subscription(school_id=resource.school_id, resource=resource)
    for name in ("kind", "licences", "starts", "ends"):
        setattr(row, name, said[name])
    for public, column in FOR.items():
        setattr(row, column, public in said["publics"])
    if _told(row) == before:
        return False
    row.save()
    _note(viewer, resource, Step.Gesture.LICENCES, "mediacentre.licences_changed")
    return True


def _told(row: Subscription) -> tuple[Any, ...]:
    return (row.kind, row.licences, row.starts, row.ends, tuple(row.publics))


@transaction.atomic
def remove_licences(viewer: Viewer, resource: Resource) -> bool:
    """Forget the licences that the school typed; False when there are none."""
    locked(viewer.school_id)
    gone, _each = Subscription.objects.filter(resource=resource, code="").delete()
    if gone:
        _note(viewer, resource, Step.Gesture.LICENCES, "mediacentre.licences_changed")
    return bool(gone)


@transaction.atomic
def show_to_families(viewer: Viewer, resource: Resource, *, shown: bool) -> bool:
    """Show a resource to the families of those who have it, or no longer; False when it was so."""
    if not Resource.objects.filter(pk=resource.pk).exclude(with_families=shown).update(with_families=shown):
        return False
    gesture = Step.Gesture.SHOWN if shown else Step.Gesture.HIDDEN
    _note(viewer, resource, gesture, "mediacentre.families_changed")
    return True


def _note(viewer: Viewer, resource: Resource, gesture: Any, verb: str) -> None:
    Step.objects.create(
        school_id=resource.school_id, resource=resource, gesture=gesture, by=viewer.person, at=timezone.now()
    )
    journal.record(viewer, verb, resource)


@transaction.atomic
def note_reading(viewer: Viewer, origin: str, what: str) -> bool:
    """Somebody has read what is transmitted to a site; False when it was noted. Nothing is noted of when they go there."""
    row, made = Seen.objects.get_or_create(
        person=viewer.person, origin=origin, defaults={"what": what, "at": timezone.now()}
    )
    if not made and row.what == what:
        return False
    row.what, row.at = what, timezone.now()
    row.save(update_fields=["what", "at"])
    return True


def forget_readings(person_id: int) -> int:
    return Seen.objects.filter(person_id=person_id).delete()[0]
