"""What would leave, line by line: one for each pupil, person and channel, with whatever must be looked at before.

Computed each time from the families as they are. The number of queries does not grow with the pupils.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, Subquery

from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person, School
from preau.directory.models.scoping import active_on
from preau.directory.rules.authority import Tie, asked_of
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Kinship, Role
from preau.domains.attendance.models import Entry, Notice, Status
from preau.domains.attendance.models.settings import NOON
from preau.domains.attendance.rules import MAJORITY
from preau.domains.campaigns.models import (
    Campaign,
    Channel,
    Choice,
    PostalAddress,
    Reason,
    Sending,
    SmsRefusal,
    Target,
)
from preau.domains.campaigns.queries.words import Half, values_of
from preau.domains.campaigns.rules import filled
from preau.foundation import sms
from preau.foundation.boards import Nature
from preau.foundation.sms.words import Length, length_of, plain
from preau.foundation.text import fold
from preau.identity.models import Account


class Doubt(StrEnum):
    """What somebody must look at before a line leaves."""

    LEFT = "left"
    SETTLED = "settled"
    NOBODY = "nobody"
    BARRED = "barred"
    NO_ADDRESS = "no_address"
    NO_MAIL = "no_mail"
    NO_PHONE = "no_phone"
    MAIL_REFUSED = "mail_refused"
    NO_SMS = "no_sms"
    SAME_PHONE = "same_phone"
    MAIL_UNPROVEN = "mail_unproven"
    SHARED_PHONE = "shared_phone"
    ADULT = "adult"
    LONG_SMS = "long_sms"
    TOLD_TODAY = "told_today"


# With one of the others a line leaves, unless somebody leaves it out.
BLOCKING = frozenset(list(Doubt)[: list(Doubt).index(Doubt.MAIL_UNPROVEN)])


@dataclass(frozen=True)
class Reach:
    """How a person may be reached, as the files say it today."""

    person: Person
    address: str = ""
    no_sms: bool = False
    is_proven: bool = False
    was_refused: bool = False

    def to(self, channel: str) -> str:
        """Where one writes to; "" for nowhere."""
        if channel == Channel.SMS:
            return sms.number_of(self.person.phone)
        return self.person.email if channel == Channel.MAIL else self.address


@dataclass
class Line:
    """One message that would leave; without a person, a pupil about whom nothing does."""

    target_id: int
    pupil: Person
    group: str
    reach: Reach | None = None
    channel: str = ""
    text: str = ""
    length: Length | None = None
    sheet: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    is_out: bool = False
    others: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        person = self.reach.person.pk if self.reach else 0
        return f"{self.target_id}-{person}-{self.channel}"

    @property
    def to(self) -> str:
        return self.reach.to(self.channel) if self.reach and self.channel else ""

    @property
    def parts(self) -> int:
        return self.length.parts if self.length else 0

    @property
    def is_blocked(self) -> bool:
        return any(doubt in BLOCKING for doubt in self.doubts)

    @property
    def leaves(self) -> bool:
        return not self.is_blocked and not self.is_out


@dataclass(frozen=True)
class Counts:
    """What would leave: sheets of paper, mails, text messages and how many are paid; what would not; what is doubtful."""

    letters: int
    mails: int
    texts: int
    parts: int
    blocked: int
    out: int
    doubtful: int

    @property
    def leaving(self) -> int:
        return self.letters + self.mails + self.texts


def counts_of(lines: Iterable[Line]) -> Counts:
    lines = list(lines)
    leaving = [line for line in lines if line.leaves]
    by = Counter(line.channel for line in leaving)
    return Counts(
        letters=len({line.sheet for line in leaving if line.channel == Channel.LETTER}),
        mails=by[Channel.MAIL],
        texts=by[Channel.SMS],
        parts=sum(line.parts for line in leaving),
        blocked=sum(line.is_blocked for line in lines),
        out=sum(line.is_out and not line.is_blocked for line in lines),
        doubtful=sum(bool(line.doubts) for line in leaving),
    )


def mark_of(lines: Iterable[Line]) -> str:
    """A digest of what would leave: whoever confirms says what they saw."""
    texts = sorted(f"{line.key} {line.to} {line.text}" for line in lines if line.leaves)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]


def lines_of(viewer: Viewer, campaign: Campaign) -> list[Line]:
    """Every line, those that nothing can send first, then the doubtful ones; by pupil within each."""
    school = viewer.school or School.objects.get(pk=campaign.school_id)
    plan = _Plan(viewer, campaign, school, _choices(campaign))
    missed, pairs, links = (
        _missed(campaign, school),
        _told_today(campaign, viewer, school),
        _links(viewer, campaign),
    )
    lines: list[Line] = []
    for target in _targets(viewer, campaign):
        lines += plan.about(target, missed[target.pk], links[target.pupil_id])
    _look_at_phones(lines)
    for line in lines:
        if line.reach and not line.is_blocked and (line.pupil.pk, line.reach.person.pk) in pairs:
            line.doubts.append(Doubt.TOLD_TODAY)
    return sorted(lines, key=lambda line: (not line.is_blocked, not line.doubts))


def _reach_columns(person: str, school_id: int) -> dict[str, Any]:
    """What `_reach` needs beside the person, in the same query. `person`: the path to them."""
    same = {"person": OuterRef(f"{person}_id")}
    address = PostalAddress.objects.filter(school=school_id, **same)
    refused = Sending.objects.filter(
        school=school_id, channel=Channel.MAIL, reason=Reason.REFUSED, to=OuterRef(f"{person}__email"), **same
    )
    return {
        **{name: Subquery(address.values(name)[:1]) for name in ("street", "postcode", "city")},
        "no_sms": Exists(SmsRefusal.objects.filter(**same)),
        "is_proven": Exists(Account.objects.activated().filter(**same)),
        "was_refused": Exists(refused),
    }


def _reach(person: Person, row: Any) -> Reach:
    address = f"{row.street}\n{row.postcode} {row.city}" if row.street else ""
    return Reach(person, address, row.no_sms, row.is_proven, row.was_refused)


def _targets(viewer: Viewer, campaign: Campaign) -> list[Any]:
    """The pupils in the order of their classes; `here`: they are still pupils of the school."""
    here = Holding.objects.filter(
        active_on(viewer.today), school=campaign.school_id, role=Role.PUPIL, person=OuterRef("pupil_id")
    )
    classes = Enrolment.objects.active(viewer.today).filter(
        school=campaign.school_id, pupil=OuterRef("pupil_id"), group__kind=Group.Kind.CLASS
    )
    rows = Target.objects.filter(campaign=campaign).select_related("pupil")
    rows = rows.annotate(
        here=Exists(here),
        group=Subquery(classes.values("group__name")[:1]),
        **_reach_columns("pupil", campaign.school_id),
    )
    return list(rows.order_by("group", "pupil__search_name", "pk"))


def _missed(campaign: Campaign, school: School) -> dict[int, list[Half]]:
    """What each target speaks of and that still stands, oldest first."""
    kept = Entry.objects.filter(campaign_targets__campaign=campaign)
    if campaign.kind == Campaign.Kind.ABSENCES:
        kept = kept.to_explain()
    kept = kept.exclude(status=Status.PRESENT).order_by("lesson__starts", "pk")
    columns = ("campaign_targets__pk", "day", "lesson__starts", "school__attendance_settings__noon")
    zone, found = ZoneInfo(school.timezone), defaultdict(list)
    for target, day, starts, noon in kept.values_list(*columns):
        found[target].append(Half(day, starts.astimezone(zone).time() >= (noon or NOON)))
    return found


def _links(viewer: Viewer, campaign: Campaign) -> dict[int, list[Any]]:
    """Who answers for each pupil, first to call first, with how they are reached."""
    pupils = Target.objects.filter(campaign=campaign).values("pupil_id")
    rows = Guardianship.objects.active(viewer.today).of_another().filter(pupil__in=pupils)
    rows = rows.select_related("guardian").annotate(**_reach_columns("guardian", campaign.school_id))
    found: dict[int, list[Any]] = defaultdict(list)
    for link in rows.order_by("contact_priority", "guardian__search_name", "pk"):
        found[link.pupil_id].append(link)
    return found


def _choices(campaign: Campaign) -> dict[tuple[int, int, str], bool]:
    rows = Choice.objects.filter(target__campaign=campaign)
    return {
        (row[0], row[1], row[2]): row[3]
        for row in rows.values_list("target_id", "person_id", "channel", "wanted")
    }


def _told_today(campaign: Campaign, viewer: Viewer, school: School) -> set[tuple[int, int]]:
    """Who was told today of one of these absences, by another campaign or by Préau itself."""
    midnight = datetime.combine(viewer.today, time(), ZoneInfo(school.timezone))
    gone = Q(state__in=[Sending.State.FAILED, Sending.State.CANCELLED])
    sent = Sending.objects.filter(school=campaign.school_id, made_at__gte=midnight).exclude(gone)
    sent = sent.exclude(target__campaign=campaign)
    sent = sent.filter(target__entries__campaign_targets__campaign=campaign)
    notices = Notice.objects.filter(sent_at__gte=midnight, entry__campaign_targets__campaign=campaign)
    both = (
        sent.order_by()
        .values_list("pupil_id", "person_id")
        .union(notices.order_by().values_list("pupil_id", "guardian_id"))
    )
    return set(both)


@dataclass(frozen=True)
class _Plan:
    """What every line of a campaign depends on."""

    viewer: Viewer
    campaign: Campaign
    school: School
    choices: Mapping[tuple[int, int, str], bool]

    def about(self, target: Any, missed: Sequence[Half], links: Sequence[Any]) -> list[Line]:
        """The lines about one pupil."""
        about = Line(target.pk, target.pupil, target.group or "")
        if not target.here or not missed:
            about.doubts.append(Doubt.SETTLED if target.here else Doubt.LEFT)
            return [about]
        people = {link.guardian_id: _reach(link.guardian, link) for link in links}
        people[target.pupil_id] = _reach(target.pupil, target)
        age = target.pupil.age_on(self.viewer.today)
        recipients = asked_of(Nature.INFORMATION, map(_tie, links), pupil=target.pupil_id, age=age).told
        words = self._words(target.pupil, about.group, missed)
        made = [line for pk in recipients for line in self._to(people[pk], about, words)]
        if age is not None and age >= MAJORITY:
            for line in made:
                line.doubts.append(Doubt.ADULT)
        _join_households(made)
        barred = [people[link.guardian_id] for link in links if link.may_not_be_informed]
        lines = [_without(about, reach, Doubt.BARRED) for reach in barred]
        return [*lines, *(made or [_without(about, None, Doubt.NOBODY)])]

    def _words(self, pupil: Person, group: str, missed: Sequence[Half]) -> Mapping[str, str]:
        """The text of each channel."""
        values = values_of(self.school, pupil, group, len(missed), missed)
        body = filled(self.campaign.body, values)
        short = plain(filled(self.campaign.sms, values))
        return {channel: short if channel == Channel.SMS else body for channel in Channel.values}

    def _to(self, reach: Reach, about: Line, words: Mapping[str, str]) -> list[Line]:
        """The lines for one person: the channels of the campaign, and those that somebody has added for them."""
        lines, taken = [], self.campaign.channels
        for channel in Channel.values:
            wanted = self.choices.get((about.target_id, reach.person.pk, channel))
            if not wanted and channel not in taken:
                continue
            line = Line(about.target_id, about.pupil, about.group, reach, channel, words[channel])
            line.is_out = wanted is False
            line.length = length_of(line.text) if channel == Channel.SMS else None
            line.doubts = _doubts(line, reach)
            lines.append(line)
        used = {line.channel for line in lines}
        others = [one for one in Channel.values if one not in used and _is_possible(reach, one)]
        for line in lines:
            line.others = others
        return lines


def _tie(link: Any) -> Tie:
    return Tie(
        link.guardian_id,
        Authority(link.authority),
        Kinship(link.kinship),
        barred=link.may_not_be_informed,
        is_institution=link.guardian.is_institution,
    )


def _without(about: Line, reach: Reach | None, doubt: Doubt) -> Line:
    return Line(about.target_id, about.pupil, about.group, reach, doubts=[doubt])


def _is_possible(reach: Reach, channel: str) -> bool:
    if channel == Channel.SMS and (reach.no_sms or not sms.is_offered()):
        return False
    return bool(reach.to(channel)) and not (channel == Channel.MAIL and reach.was_refused)


def _doubts(line: Line, reach: Reach) -> list[Doubt]:
    if line.channel == Channel.LETTER:
        found = None if line.to else Doubt.NO_ADDRESS
    elif line.channel == Channel.MAIL:
        found = _doubt_of_mail(line, reach)
    elif reach.no_sms:
        found = Doubt.NO_SMS
    elif line.to:
        found = Doubt.LONG_SMS if line.parts > 1 else None
    else:
        found = Doubt.NO_PHONE
    return [found] if found else []


def _doubt_of_mail(line: Line, reach: Reach) -> Doubt | None:
    if not line.to:
        return Doubt.NO_MAIL
    if reach.was_refused:
        return Doubt.MAIL_REFUSED
    return None if reach.is_proven else Doubt.MAIL_UNPROVEN


def _join_households(lines: Iterable[Line]) -> None:
    """Letters about one pupil that go to one address go under one cover."""
    for line in lines:
        if line.channel == Channel.LETTER and line.to:
            place = hashlib.sha256(fold(line.to).encode()).hexdigest()[:12]
            line.sheet = f"{line.target_id}-{place}"


def _look_at_phones(lines: Iterable[Line]) -> None:
    """One number: one message about one pupil; two families that share one are said."""
    taken: set[tuple[int, str]] = set()
    owners: dict[str, set[int]] = defaultdict(set)
    texts = [(line, line.reach) for line in lines if line.channel == Channel.SMS and line.to and line.reach]
    for line, reach in texts:
        owners[line.to].add(reach.person.pk)
    families: dict[int, set[int]] = defaultdict(set)
    for line, reach in texts:
        families[line.target_id].add(reach.person.pk)
    for line, _reach_of in texts:
        if line.is_blocked or line.is_out:
            continue
        if (line.target_id, line.to) in taken:
            line.doubts.append(Doubt.SAME_PHONE)
        elif owners[line.to] - families[line.target_id]:
            line.doubts.append(Doubt.SHARED_PHONE)
        taken.add((line.target_id, line.to))
