"""Keys that sign what services read: made here, sealed, replaced every three months, or at once."""

import json
from datetime import datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import RSAKey

from preau.commons.signon.models import SigningKey
from preau.commons.signon.queries import keys
from preau.commons.signon.queries.keys import ALGORITHM, PURPOSE, private_part
from preau.commons.signon.rules import KEY_KEPT, KEY_TIMES
from preau.commons.signon.saml import certificates, signing
from preau.commons.signon.words import KeyUse
from preau.foundation import journal
from preau.foundation.sealed import seal

BITS = 2_048


def sign(claims: dict[str, Any], kind: str = "JWT") -> str:
    """These claims, signed by the key of the moment. `kind`: what the word is, so that none passes for another."""
    now = timezone.now()
    key = keys.signing_key(now) or _make(now, signs_from=now)
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": kind}, claims, key, algorithms=[ALGORITHM])


def saml_signer() -> signing.Signer:
    """The key of the moment for services of SAML, made when there is none."""
    now = timezone.now()
    found = keys.saml_signer(now)
    if found is not None:
        return found
    key = _make(now, signs_from=now, use=KeyUse.SAML)
    made = SigningKey.objects.get(kid=key.kid, use=KeyUse.SAML)
    return signing.signer(private_part(key), made.certificate)


@transaction.atomic
def keep_keys(now: datetime, use: KeyUse = KeyUse.JWT) -> int:
    """A key when there is none that opens, the next one before its time, and no former one past its week; returns how
    many were made."""
    made, (life, ahead) = 0, KEY_TIMES[use]
    if keys.signing_key(now, use) is None:
        _make(now, signs_from=now, use=use)
        made = 1
    elif not SigningKey.objects.filter(use=use, signs_from__gt=now + ahead - life).exists():
        _make(now, signs_from=now + ahead, use=use)
        made = 1
    _drop_former(now, use)
    return made


@transaction.atomic
def prepare_saml_key(now: datetime) -> datetime:
    """Another key for SAML, published now, which signs once services have had the time to copy its certificate; returns
    from when it does. One that waits already is kept: its certificate may have been copied."""
    ahead = KEY_TIMES[KeyUse.SAML][1]
    waits = SigningKey.objects.filter(use=KeyUse.SAML, signs_from__gt=now).first()
    if waits is None:
        saml_signer()
        _make(now, signs_from=now + ahead, use=KeyUse.SAML)
    return waits.signs_from if waits else now + ahead


@transaction.atomic
def roll_keys(now: datetime, use: KeyUse = KeyUse.JWT, *, drop: bool = False) -> int:
    """Another key, which signs at once; returns how many former ones are still published.

    `drop`: a key was seen by somebody: the others are withdrawn, and nothing that they signed proves anything any more.
    """
    known = SigningKey.objects.filter(
        pk__in=list(SigningKey.objects.filter(use=use).values_list("pk", flat=True))
    )
    if drop:
        known.delete()
    else:
        # One that waited for its day would take the place of this one.
        known.filter(signs_from__gt=now).delete()
    left = known.count()
    _make(now, signs_from=now, use=use)
    return left


def _make(now: datetime, *, signs_from: datetime, use: KeyUse = KeyUse.JWT) -> RSAKey:
    key = RSAKey.generate_key(BITS, {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    row = SigningKey.objects.create(
        use=use,
        certificate=_certificate(key, now, signs_from) if use == KeyUse.SAML else "",
        kid=str(key.kid),
        sealed=seal(PURPOSE, json.dumps(key.as_dict(private=True)).encode()),
        public=key.as_dict(private=False),
        made_at=now,
        signs_from=signs_from,
    )
    journal.write(journal.Line(verb="signon.keys_rolled", target=row._meta.label_lower, target_id=row.pk))
    return key


def _certificate(key: RSAKey, now: datetime, signs_from: datetime) -> str:
    """Of a key of SAML: it holds as long as the key signs, and until the next one was copied everywhere."""
    life, ahead = KEY_TIMES[KeyUse.SAML]
    name = urlsplit(settings.PUBLIC_URL).hostname or ""
    return certificates.self_signed(private_part(key), name, now, signs_from + life + ahead)


def _drop_former(now: datetime, use: KeyUse) -> None:
    rows = list(
        SigningKey.objects.filter(use=use).order_by("signs_from", "pk").values_list("pk", "signs_from")
    )
    replaced = [pk for (pk, _), (_, since) in pairwise(rows) if since + KEY_KEPT <= now]
    SigningKey.objects.filter(pk__in=replaced).delete()
