"""What became of campaigns and of each sending."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _

from preau.commons.delivery.queries import texts_left
from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.campaigns.models import Campaign, Channel, Reason, Sending, SmsRefusal
from preau.foundation import dates

State = Sending.State
TONES = {State.SENT: "done", State.DELIVERED: "done", State.FAILED: "changed", State.WAITING: "todo"}


@dataclass(frozen=True)
class Progress:
    """How many of the sendings of a campaign are where; `letters` are those that wait on paper."""

    total: int
    waiting: int
    letters: int
    sent: int
    delivered: int
    failed: int
    cancelled: int

    @property
    def moving(self) -> int:
        """What leaves by itself."""
        return self.waiting - self.letters

    @property
    def said(self) -> tuple[str, str]:
        """One word for a list, and its tone."""
        if self.moving:
            return _("En cours"), "todo"
        if self.letters:
            return _("Courriers à poster"), "todo"
        if self.failed:
            return _("Des envois n’ont pas abouti"), "changed"
        return _("Terminée"), "done"


def _counted(path: str = "") -> dict[str, Count]:
    def of(**asked: str) -> Count:
        return Count(f"{path}pk", filter=Q(**{f"{path}{name}": value for name, value in asked.items()}))

    return {
        "total": Count(f"{path}pk"),
        "waiting": of(state=State.WAITING),
        "letters": of(state=State.WAITING, channel=Channel.LETTER),
        "sent": of(state=State.SENT),
        "delivered": of(state=State.DELIVERED),
        "failed": of(state=State.FAILED),
        "cancelled": of(state=State.CANCELLED),
    }


def progress_of(campaign: Campaign) -> Progress:
    return Progress(**Sending.objects.filter(target__campaign=campaign).aggregate(**_counted()))


def campaigns_of(viewer: Viewer) -> "QuerySet[Campaign]":
    """Those of the school, newest first, without the drafts that were given up."""
    return Campaign.objects.visible_to(viewer).filter(dropped_at=None).select_related("made_by")


@dataclass(frozen=True)
class CampaignRow:
    """One campaign of the list. `url_name` is where one goes on."""

    pk: int
    label: str
    period: str
    when: str
    who: str
    total: int
    word: str
    tone: str
    url_name: str


def rows_of(page: Sequence[Campaign]) -> list[CampaignRow]:
    """Campaigns of a page with what became of them (one query more)."""
    counted = Sending.objects.filter(target__campaign__in=[campaign.pk for campaign in page])
    by = {
        row.pop("target__campaign"): Progress(**row)
        for row in counted.order_by().values("target__campaign").annotate(**_counted())
    }
    return [_row(campaign, by.get(campaign.pk, Progress(0, 0, 0, 0, 0, 0, 0))) for campaign in page]


def _row(campaign: Campaign, progress: Progress) -> CampaignRow:
    word, tone = (_("À confirmer"), "neutral") if campaign.is_draft else progress.said
    if campaign.stopped_at and not progress.waiting:
        word, tone = _("Arrêtée"), "changed"
    return CampaignRow(
        campaign.pk,
        campaign.get_kind_display(),
        period_of(campaign),
        dates.day_and_hour(campaign.made_at),
        campaign.made_by.full_name,
        progress.total,
        word,
        tone,
        "campaigns:text" if campaign.is_draft else "campaigns:campaign",
    )


def period_of(campaign: Campaign) -> str:
    """« du 3 au 24 novembre », as short days; "" for a choice in a list."""
    if campaign.since is None or campaign.until is None:
        return ""
    days = {"first": dates.short_day(campaign.since), "last": dates.short_day(campaign.until)}
    return _("du %(first)s au %(last)s") % days


@dataclass(frozen=True)
class SendingRow:
    """One sending of a list, of a campaign, of a pupil or of a family."""

    pk: int
    pupil: str
    person: str
    channel: str
    to: str
    text: str
    when: datetime
    word: str
    tone: str
    reason: str
    campaign_id: int
    about: str
    is_held: bool


def sendings_of(campaign: Campaign) -> "QuerySet[Sending]":
    """Of a campaign: what failed first, then what waits."""
    found = Sending.objects.filter(target__campaign=campaign)
    first = Case(When(state=State.FAILED, then=0), When(state=State.WAITING, then=1), default=2)
    return _joined(found).order_by(first, "pupil__search_name", "pk")


def sent_about(viewer: Viewer, pupil: Person) -> "QuerySet[Sending]":
    """What was sent about a pupil, newest first."""
    return _joined(Sending.objects.visible_to(viewer).filter(pupil=pupil)).order_by("-made_at", "-pk")


def received_by(viewer: Viewer) -> "QuerySet[Sending]":
    """What was written to this viewer about those they follow, newest first; not what never left."""
    left = Sending.objects.visible_to(viewer).exclude(state__in=[State.WAITING, State.CANCELLED])
    return _joined(left).order_by("-made_at", "-pk")


def _joined(found: "QuerySet[Sending]") -> "QuerySet[Sending]":
    return found.select_related("pupil", "person", "target__campaign")


def sending_rows(page: Iterable[Sending]) -> list[SendingRow]:
    return [_sending_row(sending) for sending in page]


def _sending_row(sending: Sending) -> SendingRow:
    state = State(sending.state)
    word = _("À poster") if sending.channel == Channel.LETTER and state == State.WAITING else str(state.label)
    return SendingRow(
        sending.pk,
        sending.pupil.list_name,
        sending.person.list_name,
        sending.get_channel_display(),
        sending.to.replace("\n", ", "),
        sending.text,
        sending.sent_at or sending.made_at,
        word,
        TONES.get(state, "neutral"),
        sending.reason_said,
        sending.target.campaign_id,
        sending.target.campaign.get_kind_display(),
        sending.held_until is not None,
    )


def left_today(school: School, now: datetime) -> int:
    """How many text messages a school may still pay today, for all houses together."""
    return texts_left({school.pk: school.timezone}, now)[school.pk]


# What the houses below ask of text messages (commons.delivery's board)


def texts_refused(people: Collection[int]) -> "QuerySet[SmsRefusal, Any]":
    """Those of these people who want no text message."""
    return SmsRefusal.objects.filter(person__in=people).values_list("person_id")


def texts_lost(people: Collection[int]) -> "QuerySet[Sending, Any]":
    """Of these people, the numbers at which the last text message, of those of which something is known, did not arrive."""
    known = Sending.objects.filter(channel=Channel.SMS, state__in=[State.DELIVERED, State.FAILED])
    later = known.filter(person=OuterRef("person_id"), to=OuterRef("to"), pk__gt=OuterRef("pk"))
    failed = known.filter(~Exists(later), person__in=people, state=State.FAILED)
    return failed.exclude(reason=Reason.UNREACHABLE).values_list("person_id", "to")


def texts_paid(schools: Collection[int], since: datetime) -> Counter[int]:
    """How many text messages each of these schools has paid since then, those being sent included (one query)."""
    leaving = Q(state=State.WAITING, held_until__isnull=False)
    paid = Sending.objects.filter(Q(sent_at__gte=since) | leaving, channel=Channel.SMS, school__in=schools)
    return Counter(dict(paid.order_by().values_list("school").annotate(number=Sum("parts"))))
