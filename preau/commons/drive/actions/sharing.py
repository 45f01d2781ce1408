"""Sharing until a day, stopping, and noting who opened what."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from preau.commons.drive import rules
from preau.commons.drive.models import Item, Opening, Share
from preau.commons.drive.models.scoping import SharedWith
from preau.commons.files.models import StoredFile
from preau.directory.models import Assignment, Enrolment
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.foundation import journal, notices, readonly
from preau.foundation.locks import lock

RECEIVED = "drive.received"
Reader = tuple[SharedWith, int | None]


@transaction.atomic
def share(viewer: Viewer, item: Item, readers: Iterable[Reader], until: date) -> int:
    """Open it to these (kind, id of the person or the group) until a day; a share that lasts is given that day. Returns how many changed."""
    item = lock(Item, item.pk)
    if not rules.shares(viewer, item):
        return 0
    known = {
        (row.to, row.person_id or row.group_id): row for row in Share.objects.live(viewer).filter(item=item)
    }
    changed = 0
    for to, key in readers:
        row = known.get((to, key))
        if row is not None:
            changed += Share.objects.filter(pk=row.pk).exclude(until=until).update(until=until)
            continue
        row = Share.objects.create(
            item=item,
            to=to,
            person_id=key if to == Share.To.PERSON else None,
            group_id=key if to in {Share.To.CLASS, Share.To.FAMILIES, Share.To.TEAM} else None,
            until=until,
            given_by=viewer.person,
            given_at=timezone.now(),
        )
        journal.record(viewer, "drive.shared", item)
        notices.publish(*_news(viewer, item, row))
        changed += 1
    return changed


def _news(viewer: Viewer, item: Item, row: Share) -> list[notices.News]:
    """Whoever receives it hears of it once, with the news of the day; families and whole staffs find it among what they received."""
    url = reverse("drive:item", kwargs={"pk": item.pk})
    return [
        notices.News(
            kind=RECEIVED,
            person_id=person,
            key=f"drive-{item.pk}",
            url=url,
            facts={"name": item.name, "who": viewer.person.full_name},
            school_id=item.school_id,
        )
        for person in _people(viewer, row)
        if person != viewer.person.pk
    ]


def _people(viewer: Viewer, row: Share) -> Sequence[int]:
    if row.to == Share.To.PERSON:
        return [row.person_id] if row.person_id else []
    if row.to == Share.To.CLASS:
        learnt: Any = Enrolment.objects.filter(active_on(viewer.today), group=row.group_id)
        return list(learnt.values_list("pupil_id", flat=True).distinct())
    if row.to == Share.To.TEAM:
        taught: Any = Assignment.objects.filter(active_on(viewer.today), group=row.group_id)
        return list(taught.values_list("teacher_id", flat=True).distinct())
    return []


@transaction.atomic
def end_share(viewer: Viewer, share: Share) -> bool:
    """Close it: nobody opens it by this share any more. False when it had ended."""
    share = lock(Share, share.pk, "item")
    if share.ended_at is not None or not rules.ends_share(viewer, share):
        return False
    share.ended_at, share.ended_by = timezone.now(), viewer.person
    share.save(update_fields=["ended_at", "ended_by"])
    if not Share.objects.live(viewer).filter(item=share.item_id).exists():
        notices.settle(RECEIVED, f"drive-{share.item_id}")
    journal.record(viewer, "drive.share_ended", share.item)
    return True


# Who opened it


def note_opening(viewer: Viewer, file: StoredFile) -> None:
    """Write down that this viewer opened the documents of which this is the file: readers know that it is so."""
    note_openings(viewer, Item.objects.visible_to(viewer).present().filter(file=file))


@transaction.atomic
def note_openings(viewer: Viewer, items: Iterable[Item]) -> None:
    """The same of several, in a page that only reads: two statements, however many they are."""
    read = [item.pk for item in items if not item.is_folder and rules.notes_opening(viewer, item)]
    if not read:
        return
    now, person = timezone.now(), viewer.person.pk
    known = Opening.objects.filter(item__in=read, person=person)
    there = set(known.values_list("item_id", flat=True))
    with readonly.noting(Opening._meta.db_table):
        known.update(last_at=now, times=F("times") + 1)
        new = [
            Opening(item_id=pk, person_id=person, first_at=now, last_at=now) for pk in read if pk not in there
        ]
        Opening.objects.bulk_create(new, ignore_conflicts=True)


def forget_shares(person_id: int) -> int:
    """Those that somebody made or received."""
    return (
        Share.objects.filter(given_by=person_id).delete()[0]
        + Share.objects.filter(person=person_id).delete()[0]
    )


def forget_openings(person_id: int) -> int:
    return Opening.objects.filter(person=person_id).delete()[0]
