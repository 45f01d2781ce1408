"""A word of whoever runs a space, told to all who enter it."""

from datetime import date, timedelta

from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.spaces.actions import making
from preau.domains.spaces.models import Announcement, Space
from preau.domains.spaces.queries.people import whom_to_tell
from preau.foundation import journal, notices
from preau.foundation.locks import lock

ANNOUNCED = "spaces.announced"
# Sent inside the transaction: its receiver only enqueues a task.
announced = Signal()  # announcement_id


@transaction.atomic
def announce(viewer: Viewer, space: Space, text: str, sent_as: str = "") -> Announcement:
    """Put a word before all; the same form sent twice puts one."""
    lock(Person, viewer.person.pk)
    known = Announcement.objects.filter(by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    made: Announcement = Announcement.objects.create(
        space=space, text=text, by=viewer.person, at=timezone.now(), sent_as=sent_as
    )
    journal.record(viewer, "spaces.announced", made)
    announced.send(sender=Announcement, announcement_id=made.pk)
    return made


@transaction.atomic
def tell(announcement_id: int) -> int:
    """Tell everybody who enters its space, but its author; returns how many. Taken away meanwhile, or not open yet, nobody."""
    row = Announcement.objects.select_related("space").filter(pk=announcement_id, removed_at=None).first()
    today = timezone.localdate()
    if row is None or not row.space.is_open_on(today):
        return 0
    people = whom_to_tell(row.space, today)
    news = [
        notices.News(
            ANNOUNCED,
            person,
            f"announcement-{row.pk}",
            reverse("spaces:space", kwargs={"pk": row.space_id}),
            facts={"space": row.space.title},
            school_id=row.space.school_id,
            seat=seat if seat.startswith("staff") else "",
        )
        for person, seat in people
        if person != row.by_id
    ]
    notices.publish(*news)
    return len(news)


def tell_opening(space_id: int) -> int:
    """A space opens: what was announced before, and who was let in, are told now, once; returns how many news there were."""
    rows = Announcement.objects.kept().filter(space=space_id).order_by("pk")
    count = sum(tell(pk) for pk in rows.values_list("pk", flat=True))
    return count + making.tell_parties(space_id, timezone.localdate())


def opening(day: date) -> list[int]:
    """The spaces that open that day, or did on one of the two before, should the site have slept."""
    rows = Space.objects.filter(opens__gt=day - timedelta(days=3), opens__lte=day, archived_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))
