"""The bin, what goes after thirty days, and what a person takes with them when they are erased."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.drive import rules
from preau.commons.drive.actions.keeping import Refusal, free_name, nest_again
from preau.commons.drive.models import Item, Nesting, Opening, Share, Version
from preau.commons.drive.queries import lists, places
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock

AT_ONCE = 500


@transaction.atomic
def trash(viewer: Viewer, item: Item) -> bool:
    """Put it in the bin, with all that it holds: nobody else reads it any more. False when it was there."""
    lock(*places.place_of(item).row)
    item = lock(Item, item.pk)
    if not rules.keeps_present(viewer, item):
        return False
    below = Item.objects.present().below(item.pk).exclude(pk=item.pk)
    facts = {"trashed_at": timezone.now(), "trashed_by": viewer.person}
    below.update(**facts, trashed_with=item)
    Item.objects.filter(pk=item.pk).update(**facts)
    journal.record(viewer, "drive.trashed", item)
    return True


@transaction.atomic
def restore(viewer: Viewer, item: Item) -> bool:
    """Take it out of the bin, to its folder, or to the top of its place when the folder has gone. False when it was out. Raises Refusal."""
    place = places.place_of(item)
    lock(*place.row)
    item = lock(Item, item.pk)
    if not rules.restores(viewer, item) or item.trashed_with_id:
        return False
    parent = Item.objects.present().filter(pk=item.parent_id).first() if item.parent_id else None
    moved = item.parent_id is not None and parent is None
    if moved and not viewer.is_staff and item.owner_id is None:
        raise Refusal(_("Son dossier n’est plus là : demandez à votre professeur où le remettre."))
    item.name = free_name(place, parent, item.name, item.pk)
    item.parent, item.trashed_at, item.trashed_by = parent, None, None
    item.save(update_fields=["name", "parent", "trashed_at", "trashed_by"])
    if moved:
        nest_again(item)
    Item.objects.filter(trashed_with=item).update(trashed_at=None, trashed_by=None, trashed_with=None)
    journal.record(viewer, "drive.restored", item)
    return True


def empty_bin(viewer: Viewer) -> int:
    """Erase what this person has in the bin. Returns how many things of it."""
    rows = list(lists.bin_of(viewer)[:AT_ONCE])
    return sum(_erase(item) for item in rows)


def erase_old(now: datetime) -> int:
    """Erase what has been in the bin for thirty days."""
    before = now - timedelta(days=rules.BIN_DAYS)
    return sum(_erase(item) for item in Item.objects.trashed().filter(trashed_at__lt=before)[:AT_ONCE])


@transaction.atomic
def _erase(item: Item) -> int:
    """Its rows; the bytes go by the nightly sweep of files, where nothing else holds them."""
    found = Item.objects.select_for_update(of=("self",)).trashed().filter(pk=item.pk).first()
    if found is None:
        return 0
    erase_items(list(Nesting.objects.filter(above=found).values_list("item_id", flat=True)))
    return 1


def erase_items(keys: list[int]) -> int:
    """Erase these, with what points at them."""
    for model, path in ((Opening, "item__in"), (Share, "item__in"), (Version, "item__in")):
        model.objects.filter(**{path: keys}).delete()
    Nesting.objects.filter(item__in=keys).delete()
    Item.objects.filter(parent__in=keys).exclude(pk__in=keys).update(parent=None)
    return int(Item.objects.filter(pk__in=keys).delete()[0] > 0) and len(keys)


@transaction.atomic
def forget_items(person_id: int) -> int:
    """Erase what somebody had of their own; what they put in a place stays there, and names them no more."""
    keys = list(Item.objects.filter(owner=person_id).values_list("pk", flat=True))
    erase_items(keys)
    return len(keys) + Item.objects.filter(made_by=person_id).update(made_by=None)


@transaction.atomic
def forget_versions(person_id: int) -> int:
    return Version.objects.filter(made_by=person_id).update(made_by=None)
