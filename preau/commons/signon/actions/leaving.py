"""What ends: sessions at services when ours ends, what has served, and what is kept about somebody who is erased."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal

from preau.commons.signon.actions.tickets import digest_of
from preau.commons.signon.models import Alias, Connection, Grant, Ticket, Token, Usage
from preau.commons.signon.rules import CONNECTED, COUNTS_KEPT

# Sent inside the transaction: `connections`, the numbers of those to be ended.
connections_ending = Signal()
MOST = 50


def leave_with_sessions(account_id: int, only: str, but: str) -> int:
    """Whoever ends a session on purpose leaves the services that it opened; returns how many are told."""
    every = [model.objects.filter(account_id=account_id) for model in (Ticket, Grant, Connection)]
    if only:
        every = [rows.filter(session=digest_of(only)) for rows in every]
    elif but:
        every = [rows.exclude(session=digest_of(but)) for rows in every]
    tickets, grants, found = every
    tickets.delete()
    grants.delete()
    ending = list(found.order_by("-opened_at").values_list("pk", flat=True)[:MOST])
    found.exclude(pk__in=ending).delete()
    if ending:
        connections_ending.send(sender=Connection, connections=ending)
    return len(ending)


@transaction.atomic
def purge(now: datetime) -> int:
    """Drop what has served: tickets and tokens past their time, codes that nobody used, sessions older than ours may be,
    counts of past years."""
    return (
        Ticket.objects.filter(ends_at__lte=now).delete()[0]
        + Grant.objects.filter(Q(ends_at__lte=now) | Q(used_at=None, code_ends_at__lte=now)).delete()[0]
        + Token.objects.filter(ends_at__lte=now).delete()[0]
        + Connection.objects.filter(opened_at__lte=now - CONNECTED).delete()[0]
        + Usage.objects.filter(day__lt=(now - COUNTS_KEPT).date()).delete()[0]
    )


def forget_aliases(person_id: int) -> int:
    """Erasure: nothing links the name that a service knows to anybody any more."""
    return Alias.objects.filter(person=person_id).delete()[0]


def forget_passing(person_id: int) -> int:
    """Erasure: tickets, what services were granted, and sessions there."""
    models = (Ticket, Grant, Connection)
    return sum(model.objects.filter(account__person=person_id).delete()[0] for model in models)
