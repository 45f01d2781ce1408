"""OpenID Connect, between servers: a code for tokens, a token for others, and who a token is about.

Whatever is wrong with a code or with a renewal takes the whole grant away: two hold what one was given.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from preau.commons.signon.actions.keys import sign
from preau.commons.signon.actions.tickets import digest_of
from preau.commons.signon.models import Alias, Client, Connection, Grant, Opening, Token
from preau.commons.signon.queries.access import openings_of
from preau.commons.signon.rules import ACCESS_LIFE, SIGNED_LIFE
from preau.commons.signon.words import Protocol
from preau.directory.viewer import Viewer, viewer_for
from preau.identity import sessions
from preau.identity.models import AccountSession
from preau.identity.rules import limits_of

Kind = Token.Kind
LONGEST = 200
# What a service may be told of how somebody signed in (docs/services.md).
WITH_PASSWORD, WITH_TWO_PROOFS = "urn:preau:acr:1", "urn:preau:acr:2"


@dataclass(frozen=True)
class TokenSet:
    """What a service receives, once."""

    access: str
    refresh: str
    id_token: str
    scope: str


@dataclass(frozen=True)
class Standing:
    """Whom a grant is about, as they stand now: `user` is their name at the service."""

    grant: Grant
    user: str
    viewer: Viewer
    openings: Sequence[Opening]


@transaction.atomic
def redeem(client: Client, code: str, redirect: str, verifier: str) -> TokenSet | None:
    """Tokens for a code, once; None, and nothing is left of it, when anything does not fit."""
    grant = _locked(Grant.objects.filter(code=digest_of(code[:LONGEST])))
    if grant is None:
        return None
    now = timezone.now()
    fits = (
        grant.service_id == client.service_id
        and grant.used_at is None
        and grant.code_ends_at > now
        and grant.redirect == redirect
        and constant_time_compare(grant.challenge, challenge_of(verifier))
    )
    standing = standing_of(grant, now) if fits else None
    if standing is None:
        grant.delete()
        return None
    Grant.objects.filter(pk=grant.pk).update(used_at=now)
    _connect(grant, client, now)
    return _give(standing, now, nonce=grant.nonce)


@transaction.atomic
def refresh(client: Client, value: str) -> TokenSet | None:
    """Other tokens for a token of renewal, once; None when it does not fit. Shown twice, it takes the whole grant away."""
    digest = digest_of(value[:LONGEST])
    grant = _locked(Grant.objects.filter(tokens__digest=digest, tokens__kind=Kind.REFRESH))
    if grant is None:
        return None
    now = timezone.now()
    fits = (
        grant.service_id == client.service_id
        and Token.objects.filter(digest=digest, used_at=None, ends_at__gt=now).update(used_at=now) == 1
    )
    standing = standing_of(grant, now) if fits else None
    if standing is None:
        grant.delete()
        return None
    return _give(standing, now)


def read(value: str) -> Standing | None:
    """Whom this token is about; None when it opens nothing."""
    now = timezone.now()
    known = Token.objects.select_related("grant__account__person", "grant__service").filter(
        digest=digest_of(value[:LONGEST]), kind=Kind.ACCESS, ends_at__gt=now
    )
    token = known.first()
    return standing_of(token.grant, now) if token else None


def _locked(found: "QuerySet[Grant]") -> Grant | None:
    """The grant, held until the end: of two who come with one code, the second sees that it was used."""
    rows = found.select_related("account__person", "service").select_for_update(of=("self",))
    return rows.first()


def standing_of(grant: Grant, now: datetime) -> Standing | None:
    """Its person as they stand now, and by which openings they may go there; None when a role, the session here, the
    service or its opening has ended."""
    account = grant.account
    if grant.ends_at <= now or not account.is_active or grant.service.protocol != Protocol.OIDC:
        return None
    viewer = viewer_for(account.person, account.pk, now, grant.seat)
    if viewer is None or viewer.key != grant.seat or not _is_session_open(grant, viewer, now):
        return None
    openings = openings_of(viewer, grant.service_id)
    known = Alias.objects.filter(service=grant.service_id, person=viewer.person.pk)
    user = known.values_list("value", flat=True).first()
    return Standing(grant, user, viewer, openings) if openings and user else None


def _is_session_open(grant: Grant, viewer: Viewer, now: datetime) -> bool:
    """Is the session from which they came still open here? Sessions that ended by time are only noticed by being looked at."""
    rows = AccountSession.objects.filter(account=grant.account_id).values_list("pk", "opened_at", "seen_at")
    found = next((row for row in rows if digest_of(row[0]) == grant.session), None)
    if found is None:
        return False
    stamps = {sessions.OPENED: found[1].timestamp(), sessions.SEEN: found[2].timestamp()}
    return sessions.ended_by(stamps, limits_of(seat.profile for seat in viewer.seats), now) is None


def _connect(grant: Grant, client: Client, now: datetime) -> None:
    """The service has a session now, to be ended with ours, if it told where."""
    here = {"service": grant.service, "account": grant.account, "session": grant.session, "index": grant.sid}
    if client.back_channel and not Connection.objects.filter(**here).exists():
        Connection.objects.create(**here, url=client.back_channel, opened_at=now)


def _give(standing: Standing, now: datetime, *, nonce: str = "") -> TokenSet:
    grant = standing.grant
    access, renewal = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    Token.objects.bulk_create(
        [
            Token(grant=grant, kind=Kind.ACCESS, digest=digest_of(access), ends_at=now + ACCESS_LIFE),
            Token(grant=grant, kind=Kind.REFRESH, digest=digest_of(renewal), ends_at=grant.ends_at),
        ]
    )
    return TokenSet(access, renewal, _id_token(standing, now, access, nonce), " ".join(grant.scopes))


def _id_token(standing: Standing, now: datetime, access: str, nonce: str) -> str:
    """Who came, and when; never a name: services show it again in an address, when somebody leaves."""
    grant = standing.grant
    claims = {
        "iss": settings.PUBLIC_URL,
        "sub": standing.user,
        "aud": grant.service.client.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + SIGNED_LIFE).timestamp()),
        "auth_time": int(grant.signed_in_at.timestamp()),
        "acr": WITH_TWO_PROOFS if grant.is_strong else WITH_PASSWORD,
        "sid": grant.sid,
        "at_hash": _half(access),
    }
    return sign(claims | ({"nonce": nonce} if nonce else {}))


def logout_token(connection: Connection, user: str, now: datetime) -> str:
    """What tells a service that a session is over (OpenID Connect Back-Channel Logout 1.0)."""
    claims = {
        "iss": settings.PUBLIC_URL,
        "sub": user,
        "aud": connection.service.client.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=2)).timestamp()),
        "jti": secrets.token_hex(16),
        "sid": connection.index,
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }
    return sign({name: value for name, value in claims.items() if value}, "logout+jwt")


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636."""
    return _plain(hashlib.sha256(verifier.encode()).digest())


def _half(access: str) -> str:
    """at_hash: the left half of the digest."""
    return _plain(hashlib.sha256(access.encode()).digest()[:16])


def _plain(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
