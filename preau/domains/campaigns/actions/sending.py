"""The worker's gestures: take a few sendings, note what became of them. Whatever is killed, each person is written to once.

A sending is held while it is being sent, outside any transaction. A worker that dies leaves its hold behind: when it is over,
another sends again under the same `ref`, by which a mailbox and a gateway know that it is the same message.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from preau.commons.delivery import queries as delivery
from preau.commons.delivery import rules
from preau.directory.models import Guardianship, School
from preau.domains.attendance.models import Entry
from preau.domains.campaigns.models import Campaign, Channel, Reason, Sending, SmsRefusal
from preau.domains.campaigns.models.sendings import SendingQuerySet
from preau.domains.campaigns.queries.history import left_today
from preau.foundation import works
from preau.foundation.locks import lock
from preau.foundation.sms import REPORTED, Fate, GatewayAnswer
from preau.foundation.tasks import delay_before

State = Sending.State
KEY = "campaigns."
# Longer than a mail server or a gateway may take to answer.
HOLD = timedelta(minutes=3)
TRIES = 6
# More than one worker takes at a time.
LOOKED_AT = 100


def work_of(campaign_id: int) -> str:
    """How its work is called."""
    return f"{KEY}{campaign_id}"


@transaction.atomic
def hold(campaign_id: int, channel: str, most: int) -> list[Sending]:
    """Take some sendings that are due, at most so many. Those that must not leave any more are cancelled, with the reason.

    Text messages beyond what the school may pay today wait for tomorrow; mails and texts wait for decent hours.
    """
    now = timezone.now()
    due = Sending.objects.due(now).filter(target__campaign=campaign_id, channel=channel)
    first = due.order_by("pk").first()
    if first is None:
        return []
    # One worker at a time counts what a school has spent.
    school = lock(School, first.school_id)
    _put_off(school, due, now, now)
    kept = _next_kept(due, most, now)
    if kept and channel == Channel.SMS:
        kept = _within_the_day(school, kept, now)
        if not kept:
            tomorrow = rules.next_at(delivery.hours_of_school(school), now, 0, rules.WEEK)
            _put_off(school, due, tomorrow, now)
    Sending.objects.filter(pk__in=[one.pk for one in kept]).update(held_until=now + HOLD)
    return kept


def _put_off(school: School, due: SendingQuerySet, ready: datetime, now: datetime) -> None:
    """What is ready at a moment waits for the hours of the school and of its reader (decision 141), unless it may leave now."""
    while waiting := list(due.order_by("pk")[:LOOKED_AT]):
        leaves = delivery.departures(school, {one.person_id for one in waiting}, ready)
        late = [one for one in waiting if leaves[one.person_id] != now]
        if not late:
            return
        for one in late:
            one.due_at, one.held_until = leaves[one.person_id] or ready + rules.LONGEST, None
        Sending.objects.bulk_update(late, ["due_at", "held_until"])


def _next_kept(due: SendingQuerySet, most: int, now: datetime) -> list[Sending]:
    """The first that may leave: as long as all of those taken must not, the next ones are looked at."""
    locked = due.select_for_update(of=("self",)).select_related("person", "target__campaign", "school")
    while taken := list(locked.order_by("pk")[:most]):
        kept = _drop_what_must_not_leave(taken, now)
        if kept:
            return kept
    return []


def _within_the_day(school: School, kept: list[Sending], now: datetime) -> list[Sending]:
    """Those that the school may still pay; the others stay due, and wait for the next morning once it may pay none."""
    # What these hold from a worker that died is counted by `left_today`: it is theirs.
    own = sum(sending.parts for sending in kept if sending.held_until)
    left, fits = left_today(school, now) + own, []
    for sending in kept:
        if sending.parts > left:
            break
        left -= sending.parts
        fits.append(sending)
    return fits


def _drop_what_must_not_leave(taken: Sequence[Sending], now: datetime) -> list[Sending]:
    """Families and absences may have changed since the campaign was confirmed (three queries, however many they are)."""
    today = timezone.localdate(now)
    people, pupils = {sending.person_id for sending in taken}, {sending.pupil_id for sending in taken}
    informed = set(
        Guardianship.objects.informed(today)
        .filter(pupil__in=pupils, guardian__in=people)
        .values_list("pupil_id", "guardian_id")
    )
    refusing = set(SmsRefusal.objects.filter(person__in=people).values_list("person_id", flat=True))
    open_still = set(
        Entry.objects.to_explain()
        .filter(campaign_targets__in=[sending.target_id for sending in taken])
        .values_list("campaign_targets__pk", flat=True)
    )
    kept: list[Sending] = []
    lost: dict[str, list[int]] = {}
    for sending in taken:
        why = ""
        if sending.person_id != sending.pupil_id and (sending.pupil_id, sending.person_id) not in informed:
            why = Reason.BARRED
        elif sending.channel == Channel.SMS and sending.person_id in refusing:
            why = Reason.NO_SMS
        elif sending.target.campaign.kind == Campaign.Kind.ABSENCES and sending.target_id not in open_still:
            why = Reason.SETTLED
        if why:
            lost.setdefault(why, []).append(sending.pk)
        else:
            kept.append(sending)
    for why, pks in lost.items():
        Sending.objects.filter(pk__in=pks).update(
            state=State.CANCELLED, reason=why, ended_at=now, held_until=None
        )
    return kept


@transaction.atomic
def note_taken(held: Sequence[Sending], said: Iterable[GatewayAnswer]) -> int:
    """What a server or a gateway said of those that were held; those of which it says nothing are tried again. Returns how many left."""
    now, left = timezone.now(), 0
    by_ref = {taken.ref: taken for taken in said}
    for sending in held:
        answer = by_ref.get(sending.ref)
        mine = Sending.objects.waiting().filter(pk=sending.pk)
        if answer is None:
            put_off([sending])
        elif answer.refused:
            mine.update(state=State.FAILED, reason=Reason.REFUSED, ended_at=now, held_until=None)
        else:
            ended = None if sending.channel == Channel.SMS else now
            left += mine.update(
                state=State.SENT, number=answer.number, sent_at=now, ended_at=ended, held_until=None
            )
    return left


@transaction.atomic
def put_off(held: Sequence[Sending]) -> None:
    """Nothing answered: try again later, with a growing delay; after six tries it is told that it failed."""
    now = timezone.now()
    for sending in held:
        tries = sending.tries + 1
        mine = Sending.objects.waiting().filter(pk=sending.pk)
        if tries >= TRIES:
            mine.update(
                state=State.FAILED, reason=Reason.UNREACHABLE, tries=tries, ended_at=now, held_until=None
            )
        else:
            mine.update(tries=tries, due_at=now + delay_before(tries + 1), held_until=None)


@transaction.atomic
def end_if_over(campaign_id: int, ending: works.Ending = works.Ending.DONE) -> bool:
    """The work of a campaign is over once nothing leaves by itself any more."""
    waiting = Sending.objects.waiting().filter(target__campaign=campaign_id).exclude(channel=Channel.LETTER)
    if waiting.exists():
        return False
    works.end(work_of(campaign_id), ending=ending)
    return True


def texts_to_ask(now: datetime) -> list[str]:
    """The numbers of the text messages that a gateway has taken and not told of yet, the oldest first."""
    sent = Sending.objects.filter(channel=Channel.SMS, state=State.SENT, sent_at__gte=now - REPORTED)
    return list(sent.exclude(number="").order_by("sent_at", "pk").values_list("number", flat=True))


@transaction.atomic
def note_reports(fates: Mapping[str, Fate]) -> int:
    """What became of text messages; returns how many are settled."""
    now, settled = timezone.now(), 0
    for fate, state, reason in [
        (Fate.DELIVERED, State.DELIVERED, ""),
        (Fate.FAILED, State.FAILED, Reason.LOST),
    ]:
        numbers = [number for number, found in fates.items() if found == fate]
        sent = Sending.objects.filter(channel=Channel.SMS, state=State.SENT, number__in=numbers)
        settled += sent.update(state=state, reason=reason, ended_at=now)
    return settled


def campaigns_due(now: datetime) -> list[int]:
    """The campaigns of which something may leave now."""
    due = Sending.objects.due(now).order_by().values_list("target__campaign", flat=True)
    return sorted(set(due))


@transaction.atomic
def send_again(channel: str) -> int:
    """Try again now what a server or a gateway did not take, within the hours of each; returns how many."""
    now = timezone.now()
    stuck = Sending.objects.waiting().filter(channel=channel, tries__gt=0).exclude(held_until__gt=now)
    return stuck.update(due_at=now)
