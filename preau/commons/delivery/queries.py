"""The hours of schools and people as they are today, and when things leave by them; in as many statements, however many people."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, Q, QuerySet, Value
from django.http import Http404
from django.utils.translation import gettext as _

from preau.commons.delivery import rules
from preau.commons.delivery.boards import text_senders
from preau.commons.delivery.models import PersonPolicy, SchoolPolicy
from preau.commons.delivery.rules import ANY_HOUR, WEEK, PersonHours, SchoolHours
from preau.commons.delivery.words import said_of_hours
from preau.directory.models import Closure, Person, School
from preau.directory.viewer import Viewer
from preau.foundation import boards, sms
from preau.foundation.boards import Carrier, Load, NotificationKind
from preau.identity.models import Account

CLOSED_SHOWN = 6


def hours_of_school(school: School) -> SchoolHours:
    """The hours of one school (two queries)."""
    return hours_of_schools([school])[school.pk]


def hours_of_schools(schools: Iterable[School]) -> dict[int, SchoolHours]:
    """The hours of these schools, with their closed days; one query, and one for each school read without its policy."""
    known = {school.pk: school for school in schools}
    closed: dict[int, list[tuple[date, date]]] = {}
    closures = Closure.objects.filter(school__in=known) if known else Closure.objects.none()
    for school_id, starts, ends in closures.values_list("school_id", "starts", "ends"):
        closed.setdefault(school_id, []).append((starts, ends))
    return {pk: hours_by(school, policy_of(school), closed.get(pk, [])) for pk, school in known.items()}


def policy_of(school: School) -> SchoolPolicy | None:
    """What a school has settled, if it has."""
    return getattr(school, "delivery_policy", None)


def hours_by(
    school: School, policy: SchoolPolicy | None, closed: Collection[tuple[date, date]]
) -> SchoolHours:
    """The hours that a policy says; without one, the ordinary ones."""
    policy = policy or SchoolPolicy(school=school)
    return SchoolHours(
        zone=school.timezone,
        opens=policy.opens,
        closes=policy.closes,
        days=frozenset(policy.days),
        closed=tuple(closed) if policy.keeps_closures else (),
    )


def hours_of_people(people: Collection[int]) -> dict[int, PersonHours]:
    """The hours of those of these people who have some (one query)."""
    return {row.person_id: hours_in(row) for row in PersonPolicy.objects.filter(person__in=people)}


def hours_in(policy: PersonPolicy) -> PersonHours:
    """What a row says."""
    return PersonHours(
        quiet=tuple((starts, ends) for starts, ends in policy.quiet),
        days=WEEK if policy.days is None else frozenset(policy.days),
    )


@dataclass(frozen=True)
class Timetable:
    """The hours of some schools and people, read once."""

    schools: Mapping[int, SchoolHours]
    people: Mapping[int, PersonHours]
    waits: Mapping[int, Collection[str]] = field(default_factory=dict)
    # The schools that pay for text messages.
    texting: Collection[int] = frozenset()

    def school(self, school_id: int | None) -> SchoolHours:
        """Of a person's own account, no school: the ordinary hours, in France."""
        return self.schools.get(school_id or 0, SchoolHours())

    def person(self, person_id: int) -> PersonHours:
        return self.people.get(person_id, ANY_HOUR)

    def lets_pass(self, kind: NotificationKind, school_id: int | None) -> bool:
        """Is this kind urgent, for this school too?"""
        return kind.urgent and kind.key not in self.waits.get(school_id or 0, ())

    def departure(
        self, school_id: int | None, person_id: int, ready: datetime, *, urgent: bool = False
    ) -> datetime | None:
        """When something leaves for a person; what waited is spread over some minutes, person by person."""
        return rules.spread(self.school(school_id), self.person(person_id), ready, person_id, urgent=urgent)


def timetable(school_ids: Collection[int | None], people: Collection[int]) -> Timetable:
    """The hours by which things leave from these schools for these people (three queries at most)."""
    wanted = {pk for pk in school_ids if pk}
    schools = list(School.objects.filter(pk__in=wanted).select_related("delivery_policy")) if wanted else []
    policies = {school.pk: policy for school in schools if (policy := policy_of(school))}
    waits = {pk: policy.waits for pk, policy in policies.items()}
    texting = frozenset(pk for pk, policy in policies.items() if policy.offers_texts)
    return Timetable(hours_of_schools(schools), hours_of_people(people), waits, texting)


def departures(
    school: School, people: Collection[int], ready: datetime, *, urgent: bool = False
) -> dict[int, datetime | None]:
    """When something that is ready leaves from a school for each of these people; None where no hour is left (three queries at most).

    Urgent, it leaves at once: whoever sends it says why.
    """
    hours = Timetable({school.pk: hours_of_school(school)}, hours_of_people(people))
    return {pk: hours.departure(school.pk, pk, ready, urgent=urgent) for pk in people}


def opening_after(school: School | None, ready: datetime) -> datetime | None:
    """When what is ready at a moment begins to leave for those who keep no hours; None when it leaves at once (two queries)."""
    found = rules.departure(hours_of_school(school), ANY_HOUR, ready) if school else ready
    return None if found == ready else found


# By what each is reached


class Way(StrEnum):
    """How somebody learns that something waits for them. On the platform they answer there; else, on paper."""

    HERE = "here"
    TEXT = "text"
    MAIL = "mail"
    PAPER = "paper"


@dataclass(frozen=True)
class Reach:
    """How a school reaches one person and, where it is not on the platform, why their answer comes on paper. `missed`: the keys of the
    news that no text message could tell in time."""

    way: Way
    why: str = ""
    missed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Asked:
    """What a house asks of people, until a moment."""

    house: str
    until: datetime


@dataclass(frozen=True)
class _Facts:
    """Of some people, who has an account that they have opened and, of text messages, who wants none and at which numbers the last one
    did not arrive; of what is asked of them, what no message could tell in time."""

    opened: set[int] = field(default_factory=set)
    refuses: set[int] = field(default_factory=set)
    lost: set[tuple[int, str]] = field(default_factory=set)
    missed: dict[int, set[str]] = field(default_factory=dict)

    def is_lost(self, person_id: int, number: str) -> bool:
        """A number corrected since is another one: it is tried."""
        return not self.lost.isdisjoint({(person_id, number), (person_id, sms.digest_of(number))})


def _facts(people: Collection[int], *, texts: bool, asked: Asked | None = None) -> _Facts:
    """What is known of these people (one query)."""
    found = _Facts()
    if not people:
        return found
    opened = Account.objects.activated().filter(person__in=people, is_active=True).exclude(password="")
    rows = [_fact("opened", _without_number(opened.values_list("person_id")))]
    for sender in text_senders if texts else ():
        rows.append(_fact("lost", sender.lost(people)))
        if sender.refusing:
            rows.append(_fact("refuses", _without_number(sender.refusing(people))))
        if sender.missed and asked:
            rows.append(_fact("missed", sender.missed(people, asked.house, asked.until)))
    first, *others = rows
    for pk, word, fact in first.union(*others, all=True) if others else first:
        if fact == "lost":
            found.lost.add((pk, word))
        elif fact == "missed":
            found.missed.setdefault(pk, set()).add(word)
        else:
            (found.opened if fact == "opened" else found.refuses).add(pk)
    return found


def _without_number(keys: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    return keys.annotate(no_number=Value("", output_field=CharField()))


def _fact(fact: str, keys: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    return keys.order_by().annotate(fact=Value(fact, output_field=CharField()))


def unopened_numbers(people: Iterable[Person]) -> dict[int, str]:
    """The mobile numbers of those of these people who have opened no account and refuse no text message; none where no gateway is set
    (one query)."""
    found = _mobiles(people) if sms.is_offered() else {}
    facts = _facts(found, texts=True)
    without = facts.opened | facts.refuses
    return {pk: number for pk, number in found.items() if pk not in without}


def _mobiles(people: Iterable[Person]) -> dict[int, str]:
    written = {person.pk: sms.number_of(person.phone) for person in people if not person.is_institution}
    return {pk: number for pk, number in written.items() if number}


def reach_of(
    school: School,
    people: Iterable[Person],
    *,
    untexted: Collection[int] = (),
    asked: Asked | None = None,
) -> dict[int, Reach]:
    """How a school reaches each of these people (one query, two where the site has a gateway of text messages).

    `untexted`: those who are sent no text message, pupils under age and the staff. `asked`: of what the missed messages are said.
    """
    known = {person.pk: person for person in people}
    texts = bool(known) and offers_texts(school)
    facts = _facts(known, texts=texts, asked=asked)
    found = dict.fromkeys(known, Reach(Way.HERE))
    others = [person for pk, person in known.items() if pk not in facts.opened or person.is_institution]
    numbers = _mobiles(others)
    for person in others:
        is_texted = texts and person.pk not in untexted
        found[person.pk] = _reach(person, numbers if is_texted else None, facts)
    return found


def _reach(person: Person, numbers: Mapping[int, str] | None, facts: _Facts) -> Reach:
    """`numbers`: those of mobiles, None of whoever is texted nothing."""
    if person.is_institution:
        return Reach(Way.PAPER, _("organisme, sans compte"))
    if numbers is None:
        why = _("pas de compte ouvert")
    elif person.pk not in numbers:
        why = _("ni compte ouvert, ni numéro de mobile")
    elif person.pk in facts.refuses:
        why = _("pas de compte ouvert, ne veut pas de SMS")
    elif facts.is_lost(person.pk, numbers[person.pk]):
        why = _("pas de compte ouvert, le dernier SMS n’est pas arrivé")
    else:
        missed = frozenset(facts.missed.get(person.pk, ()))
        return Reach(Way.TEXT, _("prévenu par SMS, répond sur papier"), missed)
    return (
        Reach(Way.MAIL, _("prévenu par courriel, répond sur papier"))
        if person.email
        else Reach(Way.PAPER, why)
    )


def is_texted(school_id: int, person: str) -> Q:
    """Of rows of people (`person`: where they are in these, "" of people themselves), those whom a school may text: a condition of the
    statement that reads them."""
    path = f"{person}__" if person else ""
    offers = Exists(SchoolPolicy.objects.filter(school=school_id, offers_texts=True))
    texted = Q(offers, **{f"{path}phone__regex": sms.WRITTEN_MOBILE, f"{path}is_institution": False})
    for sender in text_senders:
        if sender.refusing:
            texted &= ~Q(**{f"{path}pk__in": sender.refusing(Person.objects.values("pk"))})
    return texted if sms.is_offered() else Q(pk__in=[])


def offers_texts(school: School) -> bool:
    """Does this school pay for text messages, where the site has a gateway (one query)?"""
    policy = policy_of(school) if sms.is_offered() else None
    return policy is not None and policy.offers_texts


def said_of_ways(ways: Iterable[str]) -> str:
    """« 38 sur Préau · 4 par SMS, réponse sur papier · 2 sur papier », of so many people."""
    counts = Counter(ways)
    labels = {
        Way.HERE: _("sur Préau"),
        Way.TEXT: _("par SMS, réponse sur papier"),
        Way.MAIL: _("par courriel, réponse sur papier"),
        Way.PAPER: _("sur papier"),
    }
    return " · ".join(f"{counts[way]} {label}" for way, label in labels.items() if counts[way])


def said_of_reach(school: School, people: Collection[int], *, untexted: Collection[int] = ()) -> str:
    """The same of these people, as a school reaches them today."""
    reached = reach_of(school, Person.objects.filter(pk__in=people), untexted=untexted) if people else {}
    return said_of_ways(reach.way for reach in reached.values())


def texts_left(zones: Mapping[int, str], now: datetime) -> dict[int, int]:
    """How many text messages each of these schools (with its time zone) may still pay today: those of every house since midnight on its
    clock, and those that are leaving, are taken off (one query a house)."""
    left = dict.fromkeys(zones, int(settings.SMS_PER_DAY))
    schools: dict[datetime, list[int]] = {}
    for pk, zone in zones.items():
        schools.setdefault(rules.day_began(zone, now), []).append(pk)
    for midnight, together in schools.items():
        for sender in text_senders:
            for pk, number in sender.spent(together, midnight).items():
                left[pk] -= number
    return {pk: max(0, number) for pk, number in left.items()}


# In words, and for whoever runs the platform


def said_of(school: School) -> str:
    """The hours of a school in words: « de 7 h à 20 h, du lundi au vendredi » (two queries)."""
    return words_for(hours_of_school(school))


def words_for(hours: SchoolHours) -> str:
    return said_of_hours(hours.opens, hours.closes, hours.days)


def closed_next(viewer: Viewer) -> Sequence[Closure]:
    """The next closed days of the viewer's school, as its calendar says them."""
    rows = Closure.objects.visible_to(viewer).filter(school=viewer.school_id, ends__gte=viewer.today)
    return list(rows.order_by("starts")[:CLOSED_SHOWN])


def carriers_at(now: datetime) -> list[tuple[Carrier, Load]]:
    """Each gateway with what it has to carry; what is not set here carries nothing."""
    return [
        (carrier, carrier.load(now) if carrier.is_set() else Load(0, 0, 0)) for carrier in boards.carriers
    ]


def carrier(key: str) -> Carrier:
    """A gateway of the board. Raises Http404."""
    found = boards.carriers.named(key)
    if found is None:
        raise Http404
    return found
