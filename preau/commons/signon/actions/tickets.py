"""Tickets: made for one person, one service and one address; shown once; gone."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from preau.commons.signon.models import Alias, Connection, Opening, Service, Ticket, Usage
from preau.commons.signon.queries import access
from preau.commons.signon.queries.facts import facts_of
from preau.commons.signon.rules import GRANTED
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import outward

Kind = Ticket.Kind
PREFIXES = {Kind.SERVICE: "ST", Kind.PROXY: "PT", Kind.GRANTING: "PGT"}
LONGEST = 100
OK = range(200, 300)


class Invalid(Exception):
    """The ticket says nothing. `code` is the protocol's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Validated:
    """Who came, as the service may know them. `chain`: the addresses of those who passed the ticket on."""

    ticket: Ticket
    user: str
    facts: dict[str, list[str]]
    chain: list[str] = field(default_factory=list)

    @property
    def service(self) -> Service:
        return self.ticket.service


def digest_of(value: str) -> str:
    return salted_hmac("preau.signon", value, algorithm="sha256").hexdigest()


def new_value(prefix: str) -> str:
    """« ST- » and sixty-four signs that nobody guesses, of those that every client reads."""
    return f"{prefix}-{secrets.token_hex(32)}"


# Made


@transaction.atomic
def issue(
    viewer: Viewer, openings: Sequence[Opening], url: str, *, session: str, is_new: bool = False
) -> str:
    """A ticket for whoever goes to a service; counted, without their name. Returns it: it is never shown again."""
    service = openings[0].service
    come(viewer, openings)
    value = new_value(PREFIXES[Kind.SERVICE])
    Ticket.objects.create(
        kind=Kind.SERVICE,
        digest=digest_of(value),
        service=service,
        account_id=viewer.account_id,
        seat=viewer.key,
        session=digest_of(session),
        url=url,
        is_new=is_new,
        ends_at=soon(),
    )
    return value


def come(viewer: Viewer, openings: Sequence[Opening]) -> None:
    """Note that somebody goes to a service: their name there, the day, and one more, without their name."""
    service, today = openings[0].service, viewer.today
    _alias_of(viewer, service)
    _count(openings[0], viewer)
    known = Alias.objects.filter(service=service, person=viewer.person.pk)
    known.filter(Q(used_on=None) | ~Q(used_on=today)).update(used_on=today)


def name_people(service_id: int, people: Iterable[int]) -> int:
    """A name at this service for each of these people who has none yet: the list of a class names whoever has not come
    there. Returns how many were made."""
    wanted = set(people)
    known = Alias.objects.filter(service=service_id, person__in=wanted).values_list("person", flat=True)
    now = timezone.now()
    made = [
        Alias(service_id=service_id, person_id=person, value=new_name(), made_at=now)
        for person in sorted(wanted - set(known))
    ]
    Alias.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def new_name() -> str:
    return f"p{secrets.token_hex(16)}"


def soon() -> datetime:
    return timezone.now() + timedelta(seconds=settings.SIGNON_TICKET_SECONDS)


def _alias_of(viewer: Viewer, service: Service) -> Alias:
    """The name of this person at this service, made at the first visit."""
    facts = {"value": new_name(), "made_at": timezone.now(), "used_on": viewer.today}
    return Alias.objects.get_or_create(service=service, person_id=viewer.person.pk, defaults=facts)[0]


def _count(opening: Opening, viewer: Viewer) -> None:
    """One more that day, of that profile."""
    where = {
        "service_id": opening.service_id,
        "school_id": opening.school_id,
        "day": viewer.today,
        "profile": viewer.profile.value,
    }
    if Usage.objects.filter(**where).update(count=F("count") + 1):
        return
    _row, made = Usage.objects.get_or_create(**where, defaults={"count": 1})
    if not made:
        Usage.objects.filter(**where).update(count=F("count") + 1)


# Shown


def consume(value: str, url: str, *, kinds: Sequence[str], renew: bool = False) -> Validated:
    """Who came with this ticket, at this address. Whatever the answer, the ticket is used. Raises Invalid."""
    if not value or not url:
        raise Invalid("INVALID_REQUEST")
    ticket = _taken(value)
    if ticket is None or ticket.kind == Kind.GRANTING:
        raise Invalid("INVALID_TICKET")
    if ticket.kind not in kinds or (renew and not ticket.is_new):
        raise Invalid("INVALID_TICKET_SPEC")
    if ticket.url != url:
        raise Invalid("INVALID_SERVICE")
    viewer, openings = _standing(ticket, ticket.url)
    if openings[0].service_id != ticket.service_id:
        raise Invalid("INVALID_TICKET")
    alias = Alias.objects.filter(service=ticket.service_id, person=viewer.person.pk).first()
    if alias is None:
        raise Invalid("INVALID_TICKET")
    if ticket.kind == Kind.SERVICE:
        Connection.objects.create(
            service=ticket.service,
            account_id=ticket.account_id,
            session=ticket.session,
            url=url,
            index=value,
            opened_at=timezone.now(),
        )
    return Validated(ticket, alias.value, facts_of(viewer, openings), list(ticket.chain))


def _taken(value: str) -> Ticket | None:
    """The live ticket of this value, which is removed: of two who show it at once, one alone removes a row."""
    if len(value) > LONGEST:
        return None
    known = Ticket.objects.select_related("service", "account__person").filter(
        digest=digest_of(value), ends_at__gt=timezone.now()
    )
    found = known.exclude(kind=Kind.GRANTING).first()
    if found is None or not Ticket.objects.filter(pk=found.pk).delete()[0]:
        return None
    return found


def _standing(ticket: Ticket, url: str) -> tuple[Viewer, list[Opening]]:
    """Its person as they stand now, and by which openings they may go there: rights end at the next request."""
    account = ticket.account
    viewer = viewer_for(account.person, account.pk, timezone.now(), ticket.seat)
    if viewer is None or viewer.key != ticket.seat or not account.is_active:
        raise Invalid("INVALID_TICKET")
    place = access.place_of(url)
    openings = access.openings_to(viewer, place) if place else []
    if not openings:
        raise Invalid("INVALID_TICKET")
    return viewer, openings


# Passed on


def grant(validated: Validated, callback: str) -> str:
    """Give the service a ticket by which it may ask for others, at its own address; returns the word that names it there.

    Raises Invalid when the address is not the service's, or does not answer.
    """
    service, place = validated.service, access.place_of(callback)
    if not service.may_proxy:
        raise Invalid("UNAUTHORIZED_SERVICE_PROXY")
    if place is None or not access.is_of(service, place):
        raise Invalid("INVALID_PROXY_CALLBACK")
    value, word = new_value(PREFIXES[Kind.GRANTING]), new_value("PGTIOU")
    try:
        status = outward.send("GET", with_parameters(callback, pgtIou=word, pgtId=value))
    except OSError as failure:
        raise Invalid("INVALID_PROXY_CALLBACK") from failure
    if status not in OK:
        raise Invalid("INVALID_PROXY_CALLBACK")
    former = validated.ticket
    Ticket.objects.create(
        kind=Kind.GRANTING,
        digest=digest_of(value),
        service=service,
        account=former.account,
        seat=former.seat,
        session=former.session,
        url=callback,
        chain=former.chain,
        ends_at=timezone.now() + GRANTED,
    )
    return word


@transaction.atomic
def issue_for_proxy(granting: str, target: str) -> str:
    """A ticket for another service, in the name of whoever the granting ticket is about. Raises Invalid."""
    if not granting or not target:
        raise Invalid("INVALID_REQUEST")
    known = Ticket.objects.select_related("service", "account__person").filter(
        kind=Kind.GRANTING, digest=digest_of(granting[: LONGEST + 1]), ends_at__gt=timezone.now()
    )
    held = known.first()
    if held is None:
        raise Invalid("INVALID_TICKET")
    if not held.service.may_proxy or not held.service.is_on:
        raise Invalid("UNAUTHORIZED_SERVICE")
    try:
        viewer, openings = _standing(held, target)
    except Invalid as refusal:
        raise Invalid("UNAUTHORIZED_SERVICE") from refusal
    _alias_of(viewer, openings[0].service)
    value = new_value(PREFIXES[Kind.PROXY])
    Ticket.objects.create(
        kind=Kind.PROXY,
        digest=digest_of(value),
        service=openings[0].service,
        account=held.account,
        seat=held.seat,
        session=held.session,
        url=target,
        chain=[held.url, *held.chain],
        ends_at=soon(),
    )
    return value


def with_parameters(address: str, **more: str) -> str:
    """The same address with these parameters more. One of the same name would be read in their place: it leaves."""
    parts = urlsplit(address)
    known = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in known if name not in more]
    query = parts.query if len(kept) == len(known) else urlencode(kept)
    return urlunsplit(parts._replace(query="&".join(filter(None, (query, urlencode(more))))))
