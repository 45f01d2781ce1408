"""Work for later: sending what was confirmed, asking what became of text messages. Each may die at any moment."""

import smtplib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.campaigns.actions import sending
from preau.domains.campaigns.models import Campaign, Channel, Sending
from preau.domains.campaigns.queries.history import progress_of
from preau.foundation import mail, sms, works
from preau.foundation.sms import GatewayAnswer, Message
from preau.foundation.tasks import job

TEXTS, MAILS = 50, 1


@job(priority=10, retries=8)
def send_campaign(campaign_id: int) -> int:
    """Send what is due of a campaign; returns how many left. Run twice, or by two workers, nobody is written to twice."""
    key, left = sending.work_of(campaign_id), 0
    works.begin(key)
    try:
        for channel, most, send in ((Channel.SMS, TEXTS, _texts), (Channel.MAIL, MAILS, _mails)):
            while held := sending.hold(campaign_id, channel, most):
                left += send(held)
                _tell(campaign_id)
    except works.Stopped:
        return left
    sending.end_if_over(campaign_id)
    return left


def _tell(campaign_id: int) -> None:
    progress = progress_of(Campaign(pk=campaign_id))
    works.tell(
        sending.work_of(campaign_id),
        _("Envoi aux familles"),
        progress.total - progress.waiting,
        progress.total,
    )


def _texts(held: list[Sending]) -> int:
    try:
        answers = sms.gateway().send([Message(sending.ref, sending.to, sending.text) for sending in held])
    except (OSError, LookupError):
        sending.put_off(held)
        return 0
    return sending.note_taken(held, answers)


def _mails(held: list[Sending]) -> int:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    answers = []
    for one in held:
        context = {"text": one.text, "school": one.school}
        headers = {"Message-ID": f"<{one.ref}@{host}>"}
        try:
            mail.send(one.to, _("Un message de la vie scolaire"), "campaigns/mail/letter", context, headers)
        except smtplib.SMTPRecipientsRefused:
            answers.append(GatewayAnswer(one.ref, refused="recipient"))
        except OSError:
            continue
        else:
            answers.append(GatewayAnswer(one.ref, "mail"))
    return sending.note_taken(held, answers)


@job()
def send_due() -> int:
    """What waited for its hour, for the next day or for a server; returns how many campaigns go on."""
    due = sending.campaigns_due(timezone.now())
    for campaign_id in due:
        send_campaign.enqueue(campaign_id)
    return len(due)


@job()
def ask_reports() -> int:
    """What became of the text messages of these days; returns how many are settled."""
    return sending.note_reports(sms.fates_of(sending.texts_to_ask(timezone.now())))


def enqueue_sending(campaign_id: int, **_more: Any) -> None:
    send_campaign.enqueue(campaign_id)
