"""Work for later: envelopes are made, then sent, each by a task that may die at any moment and be taken up again."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.commons.notifications import queries
from preau.commons.notifications.actions import choosing, keeping, pushing, sending
from preau.commons.notifications.models import Device, Envelope, Item
from preau.foundation import mail, sms, webpush
from preau.foundation.sms import GatewayAnswer
from preau.foundation.sms.words import length_of
from preau.foundation.tasks import job

BATCH = 100
# A summary never goes before the letter of an absence.
SUMMARY_PRIORITY = 10


@job(priority=50)
def pack_for(person_ids: list[int]) -> int:
    """Put into envelopes what is due for these people, and hand over what is for their devices; returns how many."""
    return sum(
        len(sending.pack(person_id)) + len(pushing.queue_pushes(person_id)) for person_id in person_ids
    )


@job(priority=30)
def pack_due() -> int:
    """What was waiting for its hour; returns how many people have something due."""
    now = timezone.now()
    waiting = sending.people_waiting(now)
    enqueue_packing(waiting)
    sending.wake(now)
    return len(waiting)


@job(priority=50, retries=8)
def send_envelope(envelope_id: int) -> bool:
    """Send one envelope; nothing when there is nothing to say any more (`actions.hold`).

    A worker killed between the mail server's yes and the note of it sends the same mail again, under the same
    Message-ID: told twice is better than not at all, and a mailbox may show it once.
    """
    envelope = sending.hold(envelope_id)
    if envelope is None:
        return False
    answer = None
    try:
        answer = _send(envelope)
    finally:
        refused = answer is not None and bool(answer.refused)
        number = answer.number if answer else ""
        sending.let_go(envelope, sent=answer is not None and not refused, refused=refused, number=number)
    return not refused


def _send(envelope: Envelope) -> GatewayAnswer:
    """What a server or a gateway says of it."""
    inside = queries.items_in(envelope)
    items = queries.texts_of(inside)
    if not items:
        return GatewayAnswer(envelope.ref)
    if envelope.channel == Envelope.Channel.SMS:
        return _send_text(envelope, inside, items)
    _send_mail(envelope, items)
    return GatewayAnswer(envelope.ref)


def _send_text(
    envelope: Envelope, inside: Sequence[Item], items: Sequence[queries.ItemText]
) -> GatewayAnswer:
    number = queries.numbers_of([envelope.person]).get(envelope.person_id, "")
    if number:
        text = queries.text_of(items, f"{settings.PUBLIC_URL}{_page_of(items)}")
    else:
        number = queries.number_for(envelope.person)
        text = queries.paper_text_of(inside)
    if not number or not text:
        # An account was opened, or a number changed, since: what it says is for whoever asked for it.
        return GatewayAnswer(envelope.ref)
    envelope.to, envelope.parts = sms.digest_of(number), length_of(text).parts
    answers = sms.gateway().send([sms.Message(envelope.ref, number, text)])
    if not answers:
        raise sms.Unreachable
    return answers[0]


def _page_of(items: Sequence[queries.ItemText]) -> str:
    if len(items) > 1:
        return reverse("notifications:centre")
    return reverse("notifications:item", kwargs={"public_id": items[0].public_id})


def _send_mail(envelope: Envelope, items: list[queries.ItemText]) -> None:
    if envelope.channel != Envelope.Channel.MAIL:
        # What is of one child stands together, under their name.
        items.sort(key=lambda item: item.about)
    link = choosing.stop_link(envelope, items[0].kind)
    stop = reverse("notifications:stop", kwargs={"token": link.token}) if link else ""
    context = {"items": items, "stop": stop, "is_summary": envelope.channel != Envelope.Channel.MAIL}
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = queries.headers_of(envelope, host, f"{settings.PUBLIC_URL}{stop}" if stop else "")
    mail.send(envelope.person.email, _subject(envelope, items), "notifications/mail/letter", context, headers)


def _subject(envelope: Envelope, items: Sequence[queries.ItemText]) -> str:
    if envelope.channel == Envelope.Channel.MAIL:
        return items[0].subject
    count = ngettext("%(num)s nouvelle", "%(num)s nouvelles", len(items)) % {"num": len(items)}
    period = _("de la semaine") if envelope.channel == Envelope.Channel.WEEKLY else _("du jour")
    return _("Votre résumé %(period)s : %(count)s") % {"period": period, "count": count}


@job(priority=50, retries=8)
def send_push(push_id: int) -> bool:
    """Send one item to one device; nothing when there is nothing to say any more (`actions.hold_push`).

    As with a mail, a worker killed at the wrong moment sends it again: the device replaces a notice of the same tag.
    """
    push = pushing.hold_push(push_id)
    if push is None:
        return False
    kind = queries.kinds()[push.item.kind]
    address = reverse("notifications:item", kwargs={"public_id": push.item.public_id})
    answer = None
    try:
        answer = _to_device(push.device, str(kind.label), address, push.item.public_id, urgent=kind.urgent)
    finally:
        pushing.let_go_push(push, answer)
    if answer.later:
        raise pushing.Unavailable
    return answer.accepted


@job(priority=60, retries=1)
def send_trial(device_id: int) -> bool:
    """What a person asks for to see that a device is told."""
    device = Device.objects.filter(pk=device_id).first()
    if device is None:
        return False
    address = reverse("notifications:preferences")
    answer = _to_device(device, _("Ceci est un essai : cet appareil est prévenu."), address, "essai")
    if answer.gone:
        device.delete()
    elif answer.later:
        raise pushing.Unavailable
    elif answer.accepted:
        pushing.reached(device.pk, timezone.now())
    return answer.accepted


def _to_device(device: Device, words: str, address: str, tag: str, *, urgent: bool = False) -> webpush.Answer:
    """Words that name nobody: they are read on a locked screen."""
    payload = {"body": words, "url": address, "tag": tag}
    return webpush.send(device.endpoint, device.p256dh, device.auth, payload, topic=tag[:32], urgent=urgent)


@job()
def ask_fates() -> int:
    """What became of the text messages of these days; returns how many are settled."""
    return sending.note_fates(sms.fates_of(sending.texts_to_ask(timezone.now())))


@job()
def purge() -> int:
    """Drop the news of more than six months ago."""
    return keeping.purge(timezone.now())


def enqueue_packing(person_ids: Sequence[int], **_: Any) -> None:
    for start in range(0, len(person_ids), BATCH):
        pack_for.enqueue(list(person_ids[start : start + BATCH]))


def enqueue_sending(envelopes: Iterable[Envelope], **_: Any) -> None:
    for envelope in envelopes:
        is_summary = envelope.channel in queries.SUMMARIES.values()
        task = send_envelope.using(priority=SUMMARY_PRIORITY) if is_summary else send_envelope
        task.enqueue(envelope.pk)


def enqueue_pushes(push_ids: Sequence[int], **_: Any) -> None:
    for push_id in push_ids:
        send_push.enqueue(push_id)
