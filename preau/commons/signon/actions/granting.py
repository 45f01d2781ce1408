"""OpenID Connect, in the browser: a code for one person, one service and one address, used once within a minute."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from preau.commons.signon.actions.tickets import come, digest_of, soon
from preau.commons.signon.models import Client, Grant, Opening
from preau.commons.signon.rules import CONNECTED
from preau.directory.viewer import Viewer


@dataclass(frozen=True)
class AuthorizationRequest:
    """What a service asks. `redirect`: one of the addresses that the register holds, exactly."""

    client: Client
    redirect: str
    scopes: Sequence[str]
    nonce: str
    challenge: str


@dataclass(frozen=True)
class Session:
    """The session from which somebody comes: its key, since when they are signed in, and whether with a second proof."""

    key: str
    signed_in_at: datetime
    is_strong: bool


@transaction.atomic
def give_code(
    viewer: Viewer, openings: Sequence[Opening], asked: AuthorizationRequest, session: Session
) -> str:
    """A code for whoever goes to a service; counted, without their name. Returns it: it is never shown again."""
    come(viewer, openings)
    code = secrets.token_urlsafe(32)
    service = asked.client.service
    Grant.objects.create(
        service=service,
        account_id=viewer.account_id,
        seat=viewer.key,
        session=digest_of(session.key),
        sid=sid_of(session.key, service.pk),
        code=digest_of(code),
        redirect=asked.redirect,
        challenge=asked.challenge,
        nonce=asked.nonce,
        scopes=list(asked.scopes),
        signed_in_at=session.signed_in_at,
        is_strong=session.is_strong,
        code_ends_at=soon(),
        ends_at=timezone.now() + CONNECTED,
    )
    return code


def sid_of(key: str, service_id: int) -> str:
    """The name of a session at one service: the same each time, another one elsewhere, and nothing that opens it."""
    return salted_hmac("preau.signon.sid", f"{key}\0{service_id}", algorithm="sha256").hexdigest()[:32]
