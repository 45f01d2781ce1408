"""Opening, changing and closing a feed."""

import secrets

from django.db import transaction
from django.utils import timezone

from preau.commons.agenda.models import Feed
from preau.commons.agenda.queries import digest_of
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.identity.models import Account


class AlreadyChanged(Exception):
    """Another page has opened, changed or closed the feed since this one was shown."""


@transaction.atomic
def open_feed(viewer: Viewer, *, seen: int) -> str:
    """Give the viewer's feed a new key, and return it: it is never shown again. The former address stops at once.

    `seen`: the number of the feed that the page showed, 0 for none; a second click gives no second address.
    Raises AlreadyChanged.
    """
    lock(Account, viewer.account_id)
    feed = Feed.objects.visible_to(viewer).first()
    if (feed.number if feed else 0) != seen:
        raise AlreadyChanged
    key = secrets.token_urlsafe(24)
    facts = {"digest": digest_of(key), "number": seen + 1, "opened_at": timezone.now()}
    feed, _made = Feed.objects.update_or_create(account_id=viewer.account_id, defaults=facts)
    journal.record(viewer, "agenda.feed_renewed" if seen else "agenda.feed_opened", feed)
    return key


@transaction.atomic
def close_feed(viewer: Viewer) -> bool:
    """Stop the viewer's feed: its address answers nothing any more. Returns whether there was one."""
    feed = Feed.objects.visible_to(viewer).select_for_update().first()
    if feed is None:
        return False
    journal.record(viewer, "agenda.feed_closed", feed)
    feed.delete()
    return True


def forget_feed(person_id: int) -> int:
    """Erasure: the address of an erased person opens nothing."""
    return Feed.objects.filter(account__person_id=person_id).delete()[0]
