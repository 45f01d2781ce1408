"""Work for later: telling services that a session is over, and dropping what has served."""

import secrets
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from preau.commons.signon import answers
from preau.commons.signon.actions import asserting, keys, leaving, tokens
from preau.commons.signon.models import Alias, Connection, Party, SigningKey
from preau.commons.signon.queries import parties
from preau.commons.signon.words import KeyUse, Protocol
from preau.foundation import outward
from preau.foundation.tasks import job


@job(priority=20, retries=3)
def end_connection(pk: int) -> bool:
    """Tell one service that a session of ours is over; whatever it answers, it was told.

    A service that is away is told again, three times over twenty minutes; then its own limit ends the session. One whose
    name leads into our network is never asked.
    """
    found = Connection.objects.select_related("service__client", "account").filter(pk=pk).first()
    if found is None:
        return False
    if found.service.protocol == Protocol.SAML:
        return _tell_party(found)
    known = Alias.objects.filter(service=found.service_id, person=found.account.person_id)
    user = known.values_list("value", flat=True).first() or ""
    body = urlencode(_said_to(found, user)).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        outward.send("POST", found.url, body, headers)
    except outward.ForbiddenAddress:
        found.delete()
        return False
    found.delete()
    return True


def _tell_party(found: Connection) -> bool:
    """By SAML, which signs what it sends; a service that has no name for its person any more is told nothing."""
    party = Party.objects.select_related("service").filter(service=found.service_id).first()
    name = parties.name_at(party, found.account.person_id, found.session) if party and party.told_at else ""
    if party is None or not name:
        found.delete()
        return False
    telling = asserting.say_over(party, found, name)
    try:
        outward.send(telling.method, telling.address, telling.body, telling.headers)
    except outward.ForbiddenAddress:
        found.delete()
        return False
    found.delete()
    return True


def _said_to(found: Connection, user: str) -> dict[str, str]:
    """The word of the service's protocol, for the session that it knows."""
    now = timezone.now()
    if found.service.protocol == Protocol.OIDC:
        return {"logout_token": tokens.logout_token(found, user, now)}
    number = f"LR-{secrets.token_hex(16)}"
    return {"logoutRequest": answers.logout_request(number, now.astimezone(UTC), user, found.index)}


def enqueue_endings(sender: Any, connections: Sequence[int], **_: Any) -> None:
    for pk in connections:
        end_connection.enqueue(pk)


@job()
def purge() -> int:
    return leaving.purge(timezone.now())


@job()
def keep_keys() -> int:
    return keys.keep_keys(timezone.now())


@job()
def keep_saml_keys() -> int:
    """Once a service of SAML was linked: before, there is nobody to show a certificate to."""
    if not (Party.objects.exists() or SigningKey.objects.filter(use=KeyUse.SAML).exists()):
        return 0
    return keys.keep_keys(timezone.now(), KeyUse.SAML)
