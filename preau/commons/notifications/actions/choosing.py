"""Choosing how to be told; stopping a kind from a mail."""

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from preau.commons.delivery.actions import keep_hours
from preau.commons.delivery.rules import ANY_HOUR, PersonHours
from preau.commons.notifications import queries
from preau.commons.notifications.models import (
    Dispatch,
    Envelope,
    Preference,
    Push,
    Rhythm,
    StopLink,
    TextSubscription,
)
from preau.directory.viewer import Viewer
from preau.foundation import journal, sms
from preau.foundation.boards import Pace


@transaction.atomic
def choose(
    viewer: Viewer, wishes: Mapping[str, queries.Wish], *, hour: int, weekday: int, hours: PersonHours
) -> int:
    """Keep how a person wants to be told of each kind, when their summaries leave, and their own hours; returns how many changed."""
    known, person_id = queries.kinds(), viewer.person.pk
    chosen = queries.choices_of([person_id])
    changed = {
        key: wish
        for key, wish in wishes.items()
        if known[key].can_be_muted and queries.wish_for(known[key], chosen.get((person_id, key))) != wish
    }
    for key, wish in changed.items():
        _keep(person_id, key, wish)
    rhythm = queries.rhythm_of(person_id)
    moved = (rhythm.hour, rhythm.weekday) != (hour, weekday)
    if moved:
        Rhythm.objects.update_or_create(person_id=person_id, defaults={"hour": hour, "weekday": weekday})
    quieter = keep_hours(person_id, hours)
    if changed or moved or quieter:
        journal.record(
            viewer, "notifications.chosen", viewer.person, subject_id=person_id, kinds=len(changed)
        )
    return len(changed) + moved + quieter


def take_preset(viewer: Viewer, preset: queries.Preset) -> int:
    """Take one of the three ways for every kind that may be chosen; returns how many changed."""
    rhythm, (hours, _schools) = queries.rhythm_of(viewer.person.pk), queries.own_hours(viewer)
    wishes = {
        kind.key: queries.wish_in(preset, kind) for kind in queries.kinds_for(viewer) if kind.can_be_muted
    }
    hour = Rhythm.HOUR if preset == queries.Preset.EVENING else rhythm.hour
    if preset == queries.Preset.EVERYTHING:
        hours = ANY_HOUR
    return choose(viewer, wishes, hour=hour, weekday=rhythm.weekday, hours=hours)


def _keep(person_id: int, kind: str, wish: queries.Wish) -> None:
    Preference.objects.update_or_create(
        person_id=person_id, kind=kind, defaults={"in_app": wish.in_app, "pace": wish.pace, "push": wish.push}
    )
    if not wish.push:
        pushes = Push.objects.waiting().filter(item__person_id=person_id, item__kind=kind)
        pushes.update(dropped_at=timezone.now())
    if wish.pace == Pace.NEVER:
        waiting = Dispatch.objects.filter(item__person_id=person_id, item__kind=kind, envelope=None)
        waiting.filter(dropped_at=None).update(dropped_at=timezone.now())


@transaction.atomic
def ask_texts(viewer: Viewer, *, wanted: bool) -> bool:
    """Be told by text message of what cannot wait, or no more; False when it was so already. What waits to leave does not leave."""
    person_id, now = viewer.person.pk, timezone.now()
    if wanted:
        number = sms.number_of(viewer.person.phone)
        if not number:
            return False
        digest = sms.digest_of(number)
        changed = not TextSubscription.objects.filter(person_id=person_id, number=digest).exists()
        if changed:
            TextSubscription.objects.update_or_create(
                person_id=person_id, defaults={"chosen_at": now, "number": digest}
            )
    else:
        changed = TextSubscription.objects.filter(person_id=person_id).delete()[0] > 0
        waiting = Dispatch.objects.filter(item__person_id=person_id, channel=Envelope.Channel.SMS)
        waiting.filter(envelope=None, dropped_at=None).update(dropped_at=now)
    if changed:
        journal.record(viewer, "notifications.texts", viewer.person, subject_id=person_id, wanted=wanted)
    return changed


@transaction.atomic
def stop_link(envelope: Envelope, kind: str) -> StopLink | None:
    """The link that stops what this envelope brings; None for what cannot be stopped."""
    known = queries.kinds().get(kind)
    if envelope.channel == Envelope.Channel.MAIL and (known is None or not known.can_be_muted):
        return None
    what = kind if envelope.channel == Envelope.Channel.MAIL else envelope.channel
    link, _ = StopLink.objects.get_or_create(
        person_id=envelope.person_id, kind=what, defaults={"made_at": timezone.now()}
    )
    return link


@transaction.atomic
def stop(link: StopLink) -> int:
    """Stop the mails that a link is for, without anybody signing in; returns how many kinds it stopped."""
    chosen = queries.choices_of([link.person_id])
    stopped = 0
    for key, kind in queries.kinds().items():
        wish = queries.wish_for(kind, chosen.get((link.person_id, key)))
        meant = key == link.kind or queries.channel_of(wish.pace) == link.kind
        if meant and kind.can_be_muted and wish.pace != Pace.NEVER:
            _keep(link.person_id, key, replace(wish, pace=Pace.NEVER))
            stopped += 1
    if stopped:
        journal.write(
            journal.Line(
                verb="notifications.stopped",
                target="directory.person",
                target_id=link.person_id,
                subject_id=link.person_id,
                details={"kinds": stopped},
            )
        )
    return stopped


@transaction.atomic
def revoke_links(viewer: Viewer) -> int:
    """Make the links of the mails already sent good for nothing; returns how many there were."""
    gone = StopLink.objects.filter(person_id=viewer.person.pk).delete()[0]
    if gone:
        journal.record(
            viewer, "notifications.links_revoked", viewer.person, subject_id=viewer.person.pk, links=gone
        )
    return gone


def forget_choices(person_id: int) -> int:
    """Erase how a person wanted to be told."""
    rows = [
        model.objects.filter(person_id=person_id)
        for model in (Preference, Rhythm, StopLink, TextSubscription)
    ]
    return sum(found.delete()[0] for found in rows)
