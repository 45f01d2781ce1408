"""What a person was told, in words; how they want to be told."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.commons.delivery import queries as delivery
from preau.commons.delivery import rules
from preau.commons.notifications.models import (
    Device,
    Dispatch,
    Envelope,
    Item,
    Preference,
    Push,
    Rhythm,
    TextSubscription,
)
from preau.directory.models import Person
from preau.directory.rules.authority import MAJORITY
from preau.directory.viewer import Viewer, seats_of
from preau.foundation import boards, dates, sms, webpush
from preau.foundation.boards import Load, NotificationKind, Pace
from preau.foundation.notices import News
from preau.foundation.prepared import Prepared
from preau.foundation.sms import Fate
from preau.foundation.sms.words import length_of, plain
from preau.foundation.text import elided

MOST_SHOWN = 99
# A worker has looked at what is due long before.
LATE = timedelta(minutes=10)
SUMMARIES = {Pace.DAILY: Envelope.Channel.DAILY, Pace.WEEKLY: Envelope.Channel.WEEKLY}


# Kinds and wishes


def kinds() -> dict[str, NotificationKind]:
    """The kinds of the board, by key: a domain that left takes its kinds with it."""
    return {kind.key: kind for kind in boards.notification_kinds}


@dataclass(frozen=True)
class Wish:
    """How one person is told of one kind."""

    in_app: bool
    pace: Pace
    push: bool = False


def wish_for(kind: NotificationKind, chosen: Preference | None) -> Wish:
    """What the person chose, else what the kind says; a kind that cannot be muted is never chosen."""
    pushed = kind.push or kind.urgent
    if chosen is None or not kind.can_be_muted:
        return Wish(in_app=True, pace=kind.pace, push=pushed)
    pushed = pushed if chosen.push is None else chosen.push
    return Wish(in_app=chosen.in_app, pace=Pace(chosen.pace), push=pushed)


def choices_of(person_ids: Collection[int]) -> dict[tuple[int, str], Preference]:
    rows = Preference.objects.filter(person_id__in=person_ids)
    return {(row.person_id, row.kind): row for row in rows}


def devices_of(person_ids: Collection[int]) -> dict[int, list[Device]]:
    """The devices on which these people are told, but those set aside; none where nothing is pushed."""
    found: dict[int, list[Device]] = {}
    if webpush.is_offered():
        for device in Device.objects.filter(person_id__in=person_ids, set_aside_at=None).order_by("pk"):
            found.setdefault(device.person_id, []).append(device)
    return found


def numbers_of(people: Iterable[Person]) -> dict[int, str]:
    """The mobile numbers of those of these people who asked for text messages on them; none where no gateway is set (one query)."""
    written = {person.pk: number for person in people if (number := sms.number_of(person.phone))}
    if not written or not sms.is_offered():
        return {}
    asked = TextSubscription.objects.filter(person_id__in=written).values_list("person_id", "number")
    return {pk: written[pk] for pk, digest in asked if digest == sms.digest_of(written[pk])}


def is_texted(kind: NotificationKind) -> bool:
    """May a text message say it? What a school means for the same day, not what waits for a summary."""
    return kind.urgent or kind.pace == Pace.AT_ONCE


def waits_on_paper(one: News, kind: NotificationKind, person: Person) -> bool:
    """Does it say what waits, and how to answer on paper, of a pupil for whom this person answers: another, or themselves once of age?"""
    if not kind.paper_answer or one.about_id is None or not one.facts.get("waits"):
        return False
    return one.about_id != person.pk or (person.age_on(timezone.localdate()) or 0) >= MAJORITY


def paper_numbers(people: Mapping[int, Person], news: Iterable[News]) -> dict[int, str]:
    """The mobile numbers of those who have opened no account and are told what is answered on paper (one query, none where nothing is)."""
    known = kinds()
    recipients = {
        person.pk: person
        for one in news
        if (person := people.get(one.person_id)) and waits_on_paper(one, known[one.kind], person)
    }
    return delivery.unopened_numbers(recipients.values()) if recipients else {}


def number_for(person: Person) -> str:
    """On which number this person is texted today: the one for which they asked, or that of whoever has opened no account."""
    return numbers_of([person]).get(person.pk) or delivery.unopened_numbers([person]).get(person.pk, "")


def kinds_for(viewer: Viewer) -> list[NotificationKind]:
    """The kinds that may reach this person in one of their seats."""
    seats = list(viewer.every_seat())
    return [kind for kind in boards.notification_kinds if any(kind.for_whom(seat) for seat in seats)]


def rhythm_of(person_id: int) -> Rhythm:
    return Rhythm.objects.filter(person_id=person_id).first() or Rhythm(person_id=person_id)


# 0 is Monday in a Rhythm, 1 in a policy.
WORKING = frozenset({1, 2, 3, 4, 5})


def due_at(
    kind: NotificationKind,
    pace: Pace,
    now: datetime,
    rhythm: Rhythm,
    hours: delivery.Timetable,
    school_id: int | None,
) -> datetime | None:
    """When it may leave: an urgent one now, another by the hours of the school and of its person, a summary at the hour chosen.

    None where these hours leave none.
    """
    if pace in SUMMARIES:
        days = WORKING if pace == Pace.DAILY else {rhythm.weekday + 1}
        school, person = hours.school(school_id), hours.person(rhythm.person_id)
        return rules.summary(school, person, now, rhythm.hour * rules.HOUR, days)
    urgent = hours.lets_pass(kind, school_id)
    return hours.departure(school_id, rhythm.person_id, now, urgent=urgent)


def hours_for(items: Iterable[Item]) -> delivery.Timetable:
    """The hours by which these leave (three queries at most)."""
    kept = list(items)
    return delivery.timetable({item.school_id for item in kept}, {item.person_id for item in kept})


def leaves_at(item: Item, hours: delivery.Timetable, now: datetime) -> datetime:
    """This moment where it may leave now, else when it may; the end of the sixty days where it may not at all."""
    kind = kinds().get(item.kind)
    urgent = kind is not None and hours.lets_pass(kind, item.school_id)
    return hours.departure(item.school_id, item.person_id, now, urgent=urgent) or now + rules.LONGEST


def is_too_late(item: Item, channel: str, at: datetime) -> bool:
    """Would a text message leave once what it asks is over?"""
    return channel == Envelope.Channel.SMS and item.until is not None and item.until <= at


def channel_of(pace: Pace) -> str:
    return str(SUMMARIES.get(pace, Envelope.Channel.MAIL))


@dataclass(frozen=True)
class Leaving:
    """One way by which an item leaves: where it stands, and why at that moment."""

    way: str
    said: str
    why: str


def leavings_of(item: Item) -> list[Leaving]:
    """How one item leaves, way by way (six queries at most)."""
    kind, hours = kinds()[item.kind], hours_for([item])
    mails = item.dispatches.select_related("envelope")
    found = [
        _leaving(str(way.get_channel_display()), way, way.envelope, _why(item, kind, hours, way))
        for way in mails
    ]
    push = item.pushes.order_by("-sent_at").first()
    if push:
        found.append(_leaving(_("Appareils"), push, push, _why(item, kind, hours, push)))
    return found


def _leaving(way: str, row: Dispatch | Push, carried: Envelope | Push | None, why: str) -> Leaving:
    if carried and carried.sent_at:
        sentence = _("parti %(when)s") % {"when": dates.day_and_hour(carried.sent_at)}
    elif isinstance(row, Dispatch) and row.is_missed:
        return Leaving(
            way, _("pas parti"), _("Ce qui est demandé finissait avant la première heure possible.")
        )
    elif row.dropped_at:
        return Leaving(
            way, _("pas parti"), _("C’était lu, réglé, ou ne vous regardait plus quand l’heure est venue.")
        )
    else:
        sentence = _("partira à partir de ce moment : %(when)s") % {"when": dates.day_and_hour(row.due_at)}
    return Leaving(way, sentence, why)


def _why(item: Item, kind: NotificationKind, hours: delivery.Timetable, way: Dispatch | Push) -> str:
    school = hours.school(item.school_id)
    if isinstance(way, Dispatch) and way.channel in SUMMARIES.values():
        return _("Vous l’avez demandé dans un résumé, à l’heure que vous avez choisie.")
    if hours.lets_pass(kind, item.school_id):
        return str(kind.urgency)
    if way.due_at <= item.published_at:
        return _("C’était une heure d’envoi : rien à attendre.")
    if rules.departure(school, rules.ANY_HOUR, item.published_at) == item.published_at:
        return _("C’était une heure que vous gardez pour vous.")
    words = delivery.words_for(school)
    return _("C’était en dehors des heures d’envoi, %(hours)s ; ce qui attendait part ensuite peu à peu.") % {
        "hours": words
    }


# What is shown


class _Facts(dict[str, Any]):
    """A fact that an older news does not have leaves a gap, never an error page."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True)
class ItemText:
    """An item in words."""

    public_id: str
    kind: str
    category: str
    subject: str
    body: str
    action: str
    why: str
    url: str
    school: str
    about: str
    published_at: datetime
    is_read: bool
    is_settled: bool
    urgent: bool

    @property
    def when(self) -> str:
        return dates.capital(dates.day_and_hour(self.published_at))

    @property
    def title(self) -> str:
        """« Une absence à expliquer · Nina »: of which child, where it is another than oneself."""
        return " · ".join(filter(None, [self.subject, self.about]))


def texts_of(items: Iterable[Item]) -> list[ItemText]:
    """Items (with their school and pupil) in the words of their kinds; those of an unknown kind are left out."""
    known = kinds()
    return [_words(item, known[item.kind]) for item in items if item.kind in known]


def _words(item: Item, kind: NotificationKind) -> ItemText:
    facts = _Facts(item.facts | ({"about": item.about.given_name} if item.about else {}))
    return ItemText(
        public_id=item.public_id,
        kind=item.kind,
        category=str(kind.category),
        subject=str((item.facts.get("undone") and kind.undone) or kind.subject),
        body=elided(str(kind.body), facts) % facts,
        action=str(kind.action),
        why=str(kind.why),
        url=item.url,
        school=item.school.name if item.school else "",
        about=item.about.given_name if item.about and item.about_id != item.person_id else "",
        published_at=item.published_at,
        is_read=item.read_at is not None,
        is_settled=item.settled_at is not None,
        urgent=kind.urgent,
    )


def read_by(
    kind: str, keys: Sequence[str], before: datetime | None = None
) -> dict[tuple[int, str], datetime]:
    """Who has read what they were told of these things, and when, by person and key: for whoever told them (one query).

    `before`: what counts as read since then was settled for everybody.
    """
    found = Item.objects.filter(kind=kind, key__in=keys, read_at__isnull=False)
    if before:
        found = found.filter(read_at__lt=before)
    lines = found.values_list("person_id", "key", "read_at")
    return {(person, key): at for person, key, at in lines if at}


def news_of(viewer: Viewer, kind: str = "", *, unread: bool = False) -> Any:
    """What the centre shows, unread first; a QuerySet, to be cut into pages."""
    found = Item.objects.visible_to(viewer).shown().filter(kind__in=[kind] if kind else list(kinds()))
    found = found.unread() if unread else found
    return found.unread_first().select_related("school", "about")


# How the numbers of entries of the menu are told apart from kinds, which have no colon.
IN_THE_MENU = "menu:"


@dataclass(frozen=True)
class Waiting:
    """What the frame of every page counts: news, for the bell, and what waits behind entries of the menu, by their route."""

    bell: int = 0
    menu: Mapping[str, int] = field(default_factory=dict)


def _numbers(viewer: Any, person: Any, seat: Any, pupils: Any) -> "QuerySet[Any, Any]":
    """Kinds of news and entries of the menu, each with how many are not read."""
    news = Item.objects.told_in(person, seat, pupils).shown().unread().order_by()
    own = Person.objects.filter(pk=person).order_by()
    entries = [
        own.values_list(Value(IN_THE_MENU + entry.url_name, output_field=CharField()), entry.counter(viewer))
        for entry in boards.menu
        if entry.counter
    ]
    return news.values_list("kind").annotate(Count("pk")).union(*entries, all=True)


NUMBERS = Prepared(_numbers)
WAITING = ("notifications.waiting", 0)


def waiting_for(viewer: Viewer) -> Waiting:
    """The numbers of the frame (one query a request): of the news of `news_of`, kinds told apart here."""
    if WAITING not in viewer.found:
        known, found = kinds(), dict(NUMBERS(viewer, *_seated(viewer)))
        menu = {
            name.removeprefix(IN_THE_MENU): number for name, number in found.items() if IN_THE_MENU in name
        }
        bell = sum(number for name, number in found.items() if name in known)
        viewer.found[WAITING] = Waiting(bell, menu)
    waiting: Waiting = viewer.found[WAITING]
    return waiting


def unread_count(viewer: Viewer) -> int:
    """How many news wait in this seat (one query)."""
    return waiting_for(viewer).bell


def _seated(viewer: Viewer) -> tuple[int, str, tuple[int, ...]]:
    return viewer.person.pk, viewer.key, viewer.seat.pupils


RECEIVED = Prepared(
    lambda person, seat, pupils: (
        Item.objects.told_in(person, seat, pupils)
        .shown()
        .order_by()
        .values_list("kind")
        .annotate(every=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
    )
)


@dataclass(frozen=True)
class KindCounts:
    """How many of each kind a person finds in their list, and how many of them unread."""

    counts: Mapping[str, tuple[int, int]]

    @property
    def kinds(self) -> list[NotificationKind]:
        return [kind for kind in boards.notification_kinds if kind.key in self.counts]

    def count(self, kind: str = "", *, unread: bool = False) -> int:
        """As many as `news_of` gives for the same filters."""
        asked = [kind] if kind else [kind.key for kind in self.kinds]
        return sum(self.counts.get(key, (0, 0))[unread] for key in asked)


def received_by(viewer: Viewer) -> KindCounts:
    """What the list of a person holds in this seat, counted (one query)."""
    return KindCounts({kind: (every, unread) for kind, every, unread in RECEIVED(*_seated(viewer))})


# What leaves


def still_theirs(items: Collection[Item], now: datetime) -> set[int]:
    """Of the items of one person, those that they may still read (three queries)."""
    if not items:
        return set()
    person = next(iter(items)).person
    today = timezone.localdate(now)
    keys = [seat.key for seat in seats_of(person, today)]
    found = Item.objects.still_for(person.pk, keys, today).filter(pk__in=[item.pk for item in items])
    return set(found.values_list("pk", flat=True))


def items_in(envelope: Envelope) -> list[Item]:
    inside = Dispatch.objects.filter(envelope=envelope, dropped_at=None).order_by("pk")
    return [row.item for row in inside.select_related("item__school", "item__about", "item__person")]


def reaches(envelope: Envelope) -> bool:
    """Has its person still what this way needs: an address, or a number and the wish to be texted?"""
    if envelope.channel == Envelope.Channel.SMS:
        return bool(number_for(envelope.person))
    return bool(envelope.person.email)


# A text message is paid by parts: two say one thing and where it is read.
PARTS = 2


def text_of(items: Sequence[ItemText], address: str) -> str:
    """The words of a text message: what happened, or how many things, and where to read it."""
    if len(items) > 1:
        text = _("%(num)s nouvelles à lire dans Préau, dont : %(first)s.")
        text %= {"num": len(items), "first": items[0].subject.rstrip(".")}
    else:
        text = items[0].body
    school = items[0].school if len({item.school for item in items}) == 1 else ""
    text = plain(_("%(school)s : %(said)s") % {"school": school, "said": text} if school else text)
    while length_of(f"{text} {address}").parts > PARTS and text:
        text = text[:-4].rstrip() + "..." if len(text) > 4 else ""
    return f"{text} {address}".strip()


def paper_text_of(items: Sequence[Item]) -> str:
    """The same for whoever has opened no account: of which child what waits, and how to answer on paper; no address, they could not read
    it. What does not fit is counted; the school is left out where nothing else would fit."""
    known = kinds()
    pairs = [
        (item, known[item.kind])
        for item in items
        if item.about and item.facts.get("waits") and item.kind in known and known[item.kind].paper_answer
    ]
    phrases = list(dict.fromkeys(_waits_of(item) for item, _kind in pairs))
    ends = " ".join(dict.fromkeys(str(kind.paper_answer) for _item, kind in pairs))
    schools = {item.school.name for item, _kind in pairs if item.school}
    school = f"{schools.pop()}. " if len(schools) == 1 else ""
    text = ""
    for number in range(len(phrases), 0, -1):
        for start in (school, ""):
            text = plain(f"{start}{_joined(phrases, number)}. {ends}")
            if length_of(text).parts <= PARTS:
                return text
    return text


def _waits_of(item: Item) -> str:
    """« Lina : un mot à signer »."""
    child = item.about.given_name if item.about else ""
    return _("%(child)s : %(waits)s") % {"child": child, "waits": item.facts["waits"]}


def _joined(phrases: Sequence[str], number: int) -> str:
    """The first of these, and how many others there are."""
    first, more = "\u202f; ".join(phrases[:number]), len(phrases) - number
    if not more:
        return first
    return first + ngettext(", et %(num)s autre", ", et %(num)s autres", more) % {"num": more}


def headers_of(envelope: Envelope, host: str, stop: str) -> Mapping[str, str]:
    """One name for one mail however often it is sent (a mailbox shows it once), and the way to stop it (RFC 8058)."""
    headers = {"Message-ID": f"<{envelope.ref}@{host}>"}
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def wishes_of(person_id: int) -> dict[str, Wish]:
    """How a person is told of every kind."""
    chosen = choices_of([person_id])
    return {key: wish_for(kind, chosen.get((person_id, key))) for key, kind in kinds().items()}


class Preset(StrEnum):
    """Three ways of being told, that most people choose among."""

    EVERYTHING = "tout"
    ESSENTIAL = "essentiel"
    EVENING = "soir"


PRESETS = {
    Preset.EVERYTHING: (
        gettext_lazy("Tout"),
        gettext_lazy("Chaque nouvelle par courriel et sur vos appareils, dès qu’elle peut partir."),
    ),
    Preset.ESSENTIAL: (
        gettext_lazy("L’essentiel"),
        gettext_lazy("Par courriel, ce qui ne peut pas attendre ; le reste se lit dans Préau."),
    ),
    Preset.EVENING: (
        gettext_lazy("Le soir"),
        gettext_lazy("Un seul courriel par jour, à 18 h, et rien sur vos appareils."),
    ),
}


def wish_in(preset: Preset, kind: NotificationKind) -> Wish:
    """How a kind is told to whoever takes a preset."""
    if preset == Preset.EVERYTHING:
        return Wish(in_app=True, pace=Pace.AT_ONCE, push=True)
    if preset == Preset.EVENING:
        return Wish(in_app=True, pace=Pace.DAILY)
    at_once = kind.urgent or kind.pace == Pace.AT_ONCE
    return Wish(in_app=True, pace=Pace.AT_ONCE if at_once else Pace.NEVER, push=kind.push or kind.urgent)


def preset_of(kinds: Iterable[NotificationKind], wishes: Mapping[str, Wish], rhythm: Rhythm) -> Preset | None:
    """The preset that a person follows, if it is one."""
    chosen = [(kind, wishes[kind.key]) for kind in kinds if kind.can_be_muted]
    for preset in Preset:
        if preset == Preset.EVENING and rhythm.hour != Rhythm.HOUR:
            continue
        if all(wish == wish_in(preset, kind) for kind, wish in chosen):
            return preset
    return None


def own_hours(viewer: Viewer) -> tuple[rules.PersonHours, list[rules.SchoolHours]]:
    """The hours that a person keeps for themselves, and those of the schools of all their seats (three queries)."""
    schools = {place.school.pk for seat in viewer.every_seat() for place in seat.places}
    hours = delivery.timetable(schools, [viewer.person.pk])
    return hours.person(viewer.person.pk), [hours.school(pk) for pk in sorted(schools)]


@dataclass(frozen=True)
class Texts:
    """May a person be told by text message: by one of their schools, on which number, and do they ask for it? `moved`: on another."""

    offered: bool = False
    number: str = ""
    written: str = ""
    asked: bool = False
    moved: bool = False


def texts_for(viewer: Viewer) -> Texts:
    """What the page of choices says of text messages (four queries, none where no gateway is set)."""
    if not sms.is_offered():
        return Texts()
    schools = {place.school.pk for seat in viewer.every_seat() for place in seat.places}
    row = TextSubscription.objects.visible_to(viewer).first()
    offered = bool(delivery.timetable(schools, []).texting)
    phone = viewer.person.phone
    number = sms.number_of(phone)
    same = row is not None and bool(number) and row.number == sms.digest_of(number)
    return Texts(offered or row is not None, number, phone, asked=same, moved=row is not None and not same)


# What became of text messages (commons.delivery's board)


def texts_lost(people: Collection[int]) -> "QuerySet[Envelope, Any]":
    """Of these people, the numbers (in digests) at which the last text message, of those of which something is known, did not arrive."""
    envelopes = Envelope.objects.filter(channel=Envelope.Channel.SMS).exclude(fate="")
    later = envelopes.filter(person=OuterRef("person_id"), to=OuterRef("to"), pk__gt=OuterRef("pk"))
    failed = envelopes.filter(~Exists(later), person__in=people, fate=Fate.FAILED)
    return failed.values_list("person_id", "to")


def texts_missed(people: Collection[int], house: str, until: datetime) -> "QuerySet[Dispatch, Any]":
    """Of these people, the news of a house whose text message could not leave before that moment, by their keys."""
    missed = Dispatch.objects.filter(is_missed=True, item__person__in=people, item__until=until)
    return missed.filter(item__kind__startswith=f"{house}.").values_list("item__person_id", "item__key")


def texts_paid(schools: Collection[int], since: datetime) -> Counter[int]:
    """How many text messages each of these schools has paid since then, or is about to (one query). What leaves for several is paid by
    the first."""
    of_a_school = Dispatch.objects.filter(envelope=OuterRef("pk"), item__school__isnull=False).order_by("pk")
    # What has waited since another day, for a gateway that fails, is not of this day's budget.
    waiting = Q(sent_at=None, made_at__gte=since) | Q(sent_at=None, due_at__gte=since)
    sent = Envelope.objects.filter(Q(sent_at__gte=since) | waiting, channel=Envelope.Channel.SMS)
    paid = sent.filter(dropped_at=None).annotate(payer=Subquery(of_a_school.values("item__school")[:1]))
    counts = paid.filter(payer__in=schools).order_by().values_list("payer").annotate(number=Sum("parts"))
    return Counter(dict(counts))


# For whoever runs the platform: counts, never people


def mail_load(now: datetime) -> Load:
    """What the mail server has to carry."""
    mails = ~Q(channel=Envelope.Channel.SMS)
    return _load(Envelope.objects.filter(mails), Dispatch.objects.filter(mails), now)


def text_load(now: datetime) -> Load:
    """What the gateway of text messages has to carry."""
    texts = Q(channel=Envelope.Channel.SMS)
    return _load(Envelope.objects.filter(texts), Dispatch.objects.filter(texts), now)


def _load(envelopes: "QuerySet[Envelope]", dispatches: "QuerySet[Dispatch]", now: datetime) -> Load:
    late, waiting = Q(made_at__lt=now - LATE), Q(due_at__gt=now)
    counts = envelopes.filter(sent_at=None, dropped_at=None).aggregate(
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=late & ~waiting),
        failing=Count("pk", filter=Q(tries__gt=0)),
        oldest=Min("made_at", filter=late & ~waiting),
    )
    ahead = dispatches.filter(envelope=None, dropped_at=None)
    behind = ahead.filter(due_at__lt=now - LATE).count()
    last = envelopes.aggregate(last=Max("sent_at"))["last"]
    counts["waiting"] += ahead.filter(due_at__gt=now).count()
    counts["late"] += behind
    return Load(**counts, last=last)


def push_load(now: datetime) -> Load:
    """What the push services have to carry."""
    waits, late = Q(due_at__gt=now), Q(due_at__lt=now - LATE)
    counts = Push.objects.waiting().aggregate(
        waiting=Count("pk", filter=waits), late=Count("pk", filter=late), oldest=Min("due_at", filter=late)
    )
    last = Push.objects.aggregate(last=Max("sent_at"))["last"]
    return Load(**counts, failing=counts["late"], last=last)
