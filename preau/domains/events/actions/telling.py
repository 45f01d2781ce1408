"""Telling those for whom an event is: published, changed with what was said before, cancelled, restored."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.events.models import Event, EventStep
from preau.domains.events.queries.one import Person, people_asked, whole_event
from preau.foundation import notices

TOLD, ASKED, CHANGED, CLOSED = "events.told", "events.asked", "events.changed", "events.closed"
# A closing of today or tomorrow is told at once, and so is that it does not take place, or does again.
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
    """Tell everybody for whom the event is, but whoever did it; returns how many. Nothing is said of what is over.

    `before`: what a change has replaced; of what is cancelled, why.
    """
    if not Event.objects.filter(pk=event_id).exists():
        return 0
    event = whole_event(event_id)
    wanted = LEAVES.get(Gesture(gesture), State.CANCELLED)
    if event.state != wanted or event.ends <= timezone.now():
        return 0
    kind = _kind(event, gesture)
    facts = _facts(event, gesture, before)
    people = people_asked(event)
    if event.is_closing and gesture == Gesture.CANCELLED:
        people = _heard(event, people)
    people = [person for person in people if person.pk != by]
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
        for person in people
    ]
    notices.publish(*news)
    return len(news)


def _heard(event: Event, people: Sequence[Person]) -> list[Person]:
    """Of these, those who know of a closing that is taken back: what has not left of it does not leave, and who waited for it hears
    nothing of either. Of one published days ago everybody else may have read it here, and news are not kept for ever."""
    published = [_key(event, Gesture.PUBLISHED, person.pk) for person in people]
    since = [_key_of_change(event, number) for number in range(1, event.revision)]
    anew = [_key_of_haste(event, number) for number in range(1, event.revision)]
    heard, silent = set[int](), set[int]()
    for kind, keys in [(TOLD, published), (ASKED, published), (CLOSED, published + anew), (CHANGED, since)]:
        if notices.settle(kind, *keys):
            heard |= {person for person, _key in notices.heard(kind, *keys)}
            silent |= {person for person, _key in notices.taken_back(kind, *keys)}
    is_old = event.published_at is not None and timezone.now() - event.published_at > SOON
    return [person for person in people if person.pk in heard or (is_old and person.pk not in silent)]


def _kind(event: Event, gesture: str) -> str:
    now = timezone.now()
    # As when it was published: an edit on the eve does not tell again, in haste, those who know it since a week.
    in_haste = event.is_closing and event.starts - (event.published_at or now) < SOON
    if gesture == Gesture.PUBLISHED:
        return CLOSED if in_haste else ASKED if event.asks_answer else TOLD
    # Whoever was told at night to stay at home is told at night to come, by the same ways.
    undone = event.is_closing and gesture in {Gesture.CANCELLED, Gesture.RESTORED}
    return CLOSED if undone and (in_haste or event.starts - now < SOON) else CHANGED


def _key(event: Event, gesture: str, person: int) -> str:
    """Publishing is told once; each change is a thing of its own."""
    if gesture == Gesture.PUBLISHED:
        return f"{event.pk}-{person}"
    keys = _key_of_haste if _kind(event, gesture) == CLOSED else _key_of_change
    return keys(event, event.revision)


def _key_of_change(event: Event, revision: int) -> str:
    return f"{event.pk}-{revision}"


def _key_of_haste(event: Event, revision: int) -> str:
    """Of the kind of what was published, whose keys end with a person."""
    return f"{event.pk}-r{revision}"


def _facts(event: Event, gesture: str, before: str) -> dict[str, str]:
    closing = event.closing_said
    called_off = _("Fermeture annulée : finalement, comme d’habitude.") if event.is_closing else _("Annulé.")
    what = {
        Gesture.CANCELLED: " ".join(filter(None, [called_off, before])),
        # « Finalement maintenu » would be read of the lessons.
        Gesture.RESTORED: " ".join(filter(None, [_("De nouveau en vigueur."), closing]))
        if event.is_closing
        else _("Finalement maintenu"),
        Gesture.CHANGED: " ".join(filter(None, [closing, _("Changé, avant : %(said)s") % {"said": before}])),
    }
    undone = {"undone": "1"} if gesture == Gesture.CANCELLED else {}
    return undone | {
        "title": event.title,
        "when": " · ".join(filter(None, [event.when, event.where])),
        "what": str(what.get(Gesture(gesture)) or closing),
        "school": event.school.name,
    }


def settle_invitation(event: Event, person: int) -> None:
    """Whoever has answered is asked no more."""
    notices.settle(ASKED, f"{event.pk}-{person}")
