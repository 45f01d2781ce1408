"""The phrases that somebody keeps for themselves."""

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import Phrase
from preau.foundation.locks import lock

MOST = 60


class Full(Exception):
    """More phrases would not be found again."""


@transaction.atomic
def keep_phrase(viewer: Viewer, text: str) -> bool:
    """Keep a phrase; False when it is there already. Raises Full. It is one's own: the journal of the school does not say it."""
    owner = lock(Person, viewer.person.pk)
    own = Phrase.objects.filter(owner=owner, school=viewer.school_id)
    if own.filter(text=text).exists():
        return False
    if own.count() >= MOST:
        raise Full
    Phrase.objects.create(school_id=viewer.school_id or 0, owner=owner, text=text, kept_at=timezone.now())
    return True


@transaction.atomic
def drop_phrase(viewer: Viewer, phrase: Phrase) -> None:
    """Keep it no more; what was written with it stays."""
    Phrase.objects.filter(pk=phrase.pk, owner=viewer.person.pk).delete()
