"""Telling those for whom an event is: published, changed with what was said before, cancelled, restored."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.events.models import Event, EventStep
from preau.domains.events.queries.one import people_asked, whole_event
from preau.foundation import notices

TOLD, ASKED, CHANGED, CLOSED = "events.told", "events.asked", "events.changed", "events.closed"
# A closing of today or tomorrow is told at once.
SOON = timedelta(days=1)
Gesture = EventStep.Gesture
State = Event.State
# What each gesture leaves an event in: told late, it is not told when it is no longer so.
LEAVES = {
    Gesture.PUBLISHED: State.PUBLISHED,
    Gesture.CHANGED: State.PUBLISHED,
    Gesture.RESTORED: State.PUBLISHED,
}


@transaction.atomic
def tell(event_id: int, gesture: str, before: str = "", by: int | None = None) -> int:
    """Tell everybody for whom the event is, but whoever did it; returns how many. Nothing is said of what is over."""
    if not Event.objects.filter(pk=event_id).exists():
        return 0
    event = whole_event(event_id)
    wanted = LEAVES.get(Gesture(gesture), State.CANCELLED)
    if event.state != wanted or event.ends <= timezone.now():
        return 0
    kind = _kind(event, gesture)
    facts = _facts(event, gesture, before)
    news = [
        notices.News(
            kind=kind,
            person_id=person.pk,
            key=_key(event, gesture, person.pk),
            school_id=event.school_id,
            about_id=person.about,
            url=reverse("events:event", kwargs={"pk": event.pk}),
            seat=person.seat,
            facts=facts,
        )
        for person in people_asked(event)
        if person.pk != by
    ]
    notices.publish(*news)
    return len(news)


def _kind(event: Event, gesture: str) -> str:
    if gesture != Gesture.PUBLISHED:
        return CHANGED
    # As when it was published: an edit on the eve does not tell again, in haste, those who know it since a week.
    if event.is_closing and event.starts - (event.published_at or timezone.now()) < SOON:
        return CLOSED
    return ASKED if event.asks_answer else TOLD


def _key(event: Event, gesture: str, person: int) -> str:
    """Publishing is told once; each change is a thing of its own."""
    return f"{event.pk}-{person}" if gesture == Gesture.PUBLISHED else f"{event.pk}-{event.revision}"


def _facts(event: Event, gesture: str, before: str) -> dict[str, str]:
    closing = event.closing_said
    what = {
        Gesture.CANCELLED: _("Annulé : finalement, comme d’habitude") if event.is_closing else _("Annulé"),
        # « Finalement maintenu » would be read of the lessons.
        Gesture.RESTORED: " ".join(filter(None, [_("De nouveau en vigueur."), closing]))
        if event.is_closing
        else _("Finalement maintenu"),
        Gesture.CHANGED: " ".join(filter(None, [closing, _("Changé, avant : %(said)s") % {"said": before}])),
    }
    return {
        "title": event.title,
        "when": " · ".join(filter(None, [event.when, event.where])),
        "what": str(what.get(Gesture(gesture)) or closing),
        "school": event.school.name,
    }


def settle_invitation(event: Event, person: int) -> None:
    """Whoever has answered is asked no more."""
    notices.settle(ASKED, f"{event.pk}-{person}")
