"""Somebody says whether they come."""

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.events import rules
from preau.domains.events.actions.telling import settle_invitation
from preau.domains.events.models import Event, Invitation
from preau.foundation.locks import lock


class NotAsked(Exception):
    """No answer is asked any more: the event is cancelled, over, or asks nothing."""


@transaction.atomic
def answer(viewer: Viewer, event: Event, said: str) -> bool:
    """Keep what this person answers, in the place of what they had answered; False when it is the same. Raises NotAsked."""
    event = lock(Event, event.pk)
    if (
        event.state != Event.State.PUBLISHED
        or event.ends <= timezone.now()
        or not rules.may_answer(viewer, event)
    ):
        raise NotAsked
    known, _made = Invitation.objects.get_or_create(
        event=event, person=viewer.person, defaults={"school_id": event.school_id}
    )
    if known.answer == said:
        return False
    known.answer, known.answered_at = said, timezone.now()
    known.save(update_fields=["answer", "answered_at"])
    settle_invitation(event, viewer.person.pk)
    return True
