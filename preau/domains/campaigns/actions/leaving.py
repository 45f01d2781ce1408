"""A campaign is confirmed once; then it is stopped, tried again, posted."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.delivery import queries as delivery
from preau.commons.delivery.rules import LONGEST
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.campaigns.actions.drafts import held_draft
from preau.domains.campaigns.actions.sending import KEY, end_if_over, work_of
from preau.domains.campaigns.models import Campaign, Channel, Reason, Sending
from preau.domains.campaigns.models.sendings import new_ref
from preau.domains.campaigns.queries.plan import Line, lines_of, mark_of
from preau.foundation import journal, sms, works
from preau.foundation.locks import lock

State = Sending.State
# Sent inside the transaction that makes or wakes sendings: campaign_id. Its receiver enqueues the task.
sendings_ready = Signal()
MOST = 2_000


class SeenOtherwise(Exception):
    """What would leave is not what was looked at."""


class TooMany(Exception):
    """More messages than one campaign may send."""


@transaction.atomic
def confirm(viewer: Viewer, campaign: Campaign, seen: str) -> int:
    """Make the sendings of a draft, exactly those that were looked at (`seen`: their digest); returns how many.

    Raises NotADraft for a second click, SeenOtherwise when families or absences have changed since, TooMany.
    """
    lock(School, campaign.school_id)
    draft = held_draft(campaign)
    lines = [line for line in lines_of(viewer, draft) if line.leaves]
    if not lines or mark_of(lines) != seen:
        raise SeenOtherwise
    if len(lines) > MOST:
        raise TooMany
    now = timezone.now()
    leaves = _departures(draft.school, [line.reach.person.pk for line in lines if line.reach], now)
    Sending.objects.bulk_create([_sending(draft, line, now, leaves) for line in lines])
    draft.confirmed_by, draft.confirmed_at = viewer.person, now
    draft.save(update_fields=["confirmed_by", "confirmed_at"])
    journal.record(
        viewer, "campaigns.confirmed", draft, sendings=len(lines), sms=sum(line.parts for line in lines)
    )
    _start(viewer, draft)
    return len(lines)


def _departures(school: School, people: Iterable[int], now: datetime) -> dict[int, datetime]:
    """When mails and text messages leave for each: by the hours of the school and their own; the last day of the wait where none is left."""
    found = delivery.departures(school, set(people), now)
    return {person: at or now + LONGEST for person, at in found.items()}


def _sending(draft: Campaign, line: Line, now: datetime, leaves: Mapping[int, datetime]) -> Sending:
    if line.reach is None:
        raise ValueError("A line without a person does not leave.")
    due = now if line.channel == Channel.LETTER else leaves[line.reach.person.pk]
    return Sending(
        school_id=draft.school_id,
        target_id=line.target_id,
        pupil=line.pupil,
        person=line.reach.person,
        channel=line.channel,
        to=line.to,
        text=line.text,
        parts=line.parts,
        sheet=line.sheet,
        made_at=now,
        due_at=due,
    )


def _start(viewer: Viewer, campaign: Campaign) -> None:
    """Have a task send what leaves by itself, and say so on the page of works."""
    waiting = Sending.objects.waiting().filter(target__campaign=campaign).exclude(channel=Channel.LETTER)
    if not waiting.exists():
        return
    works.start(
        works.WorkRequest(
            key=work_of(campaign.pk),
            label=_("Envoi d’une campagne aux familles"),
            person_id=viewer.person.pk,
            url=reverse("campaigns:campaign", kwargs={"pk": campaign.pk}),
            school_id=campaign.school_id,
            seat=viewer.key,
            can_stop=True,
        )
    )
    sendings_ready.send(sender=Campaign, campaign_id=campaign.pk)


@transaction.atomic
def stop(viewer: Viewer, campaign: Campaign) -> int:
    """What has not left does not leave; returns how many. What a worker is sending at this moment leaves."""
    lock(Campaign, campaign.pk)
    now = timezone.now()
    waiting = Sending.objects.waiting().filter(target__campaign=campaign)
    free = waiting.filter(Q(held_until=None) | Q(held_until__lte=now))
    stopped = free.update(state=State.CANCELLED, reason=Reason.STOPPED, ended_at=now, held_until=None)
    if stopped:
        Campaign.objects.filter(pk=campaign.pk).update(stopped_at=now)
        journal.record(viewer, "campaigns.stopped", campaign, sendings=stopped)
        end_if_over(campaign.pk, works.Ending.CANCELLED)
    return stopped


def stop_work(viewer: Viewer, key: str, **_more: object) -> None:
    """The same, asked on the page of works. Raises CannotStop when everything has left."""
    if not key.startswith(KEY):
        return
    campaign = Campaign.objects.visible_to(viewer).filter(pk=key.removeprefix(KEY)).first()
    if campaign is None or not stop(viewer, campaign):
        raise works.CannotStop


@transaction.atomic
def retry(viewer: Viewer, campaign: Campaign) -> int:
    """Try again what did not arrive, and nothing else, where the directory says today; returns how many."""
    lock(Campaign, campaign.pk)
    lost = Sending.objects.filter(target__campaign=campaign, state=State.FAILED).select_related("person")
    now, failed = timezone.now(), list(lost.exclude(channel=Channel.LETTER))
    leaves = _departures(campaign.school, [one.person_id for one in failed], now)
    again: list[Sending] = []
    for one in failed:
        to = one.person.email if one.channel == Channel.MAIL else sms.number_of(one.person.phone)
        # Where it was refused, it would be refused again.
        if not to or (to == one.to and one.reason == Reason.REFUSED):
            continue
        if one.reason != Reason.UNREACHABLE:
            one.ref = new_ref()
        one.to, one.number, one.state, one.reason, one.tries = to, "", State.WAITING, "", 0
        one.due_at, one.held_until, one.sent_at, one.ended_at = leaves[one.person_id], None, None, None
        again.append(one)
    fields = [
        "to",
        "number",
        "state",
        "reason",
        "tries",
        "due_at",
        "held_until",
        "sent_at",
        "ended_at",
        "ref",
    ]
    Sending.objects.bulk_update(again, fields)
    if again:
        journal.record(viewer, "campaigns.retried", campaign, sendings=len(again))
        _start(viewer, campaign)
    return len(again)


@transaction.atomic
def note_posted(viewer: Viewer, campaign: Campaign) -> int:
    """The letters of a campaign are in the post; returns how many sheets."""
    lock(Campaign, campaign.pk)
    letters = Sending.objects.waiting().filter(target__campaign=campaign, channel=Channel.LETTER)
    sheets = letters.values("sheet").distinct().count()
    if sheets:
        now = timezone.now()
        letters.update(state=State.SENT, sent_at=now, ended_at=now)
        journal.record(viewer, "campaigns.posted", campaign, letters=sheets)
    return sheets


def forget_sendings(person_id: int) -> int:
    """Erase what was written about a person, or to them, and where."""
    theirs = Q(pupil_id=person_id) | Q(person_id=person_id)
    return Sending.objects.filter(theirs).exclude(text="", to="").update(text="", to="", number="", sheet="")
