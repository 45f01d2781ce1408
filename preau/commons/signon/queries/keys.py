"""Keys that sign: which one signs now, which are published, and whether something was signed here."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from preau.commons.signon.models import SigningKey
from preau.commons.signon.saml import signing
from preau.commons.signon.words import KeyUse
from preau.foundation.sealed import unseal

PURPOSE, ALGORITHM = "signon.keys", "RS256"
LONGEST = 4_000


def published() -> list[dict[str, Any]]:
    """The public parts, as services read them: of the key that signs, of those that did lately, of the one to come."""
    return list(SigningKey.objects.filter(use=KeyUse.JWT).values_list("public", flat=True))


def signing_key(now: datetime, use: KeyUse = KeyUse.JWT) -> RSAKey | None:
    """The last key whose time has come. One that SECRET_KEY does not open any more is as if it were not there."""
    found = _opened(now, use)
    return _read(found[1]) if found else None


@lru_cache(maxsize=8)
def _read(words: bytes) -> RSAKey:
    """Once a process: reading a private key checks its primes, which takes as long as thirty signatures."""
    return RSAKey.import_key(json.loads(words))


def _opened(now: datetime, use: KeyUse) -> tuple[SigningKey, bytes] | None:
    for row in SigningKey.objects.filter(use=use, signs_from__lte=now).order_by("-signs_from", "-pk"):
        opened = unseal(PURPOSE, row.sealed)
        if opened is not None:
            return row, opened
    return None


def saml_signer(now: datetime) -> signing.Signer | None:
    """The key that signs for services of SAML, with its certificate."""
    found = _opened(now, KeyUse.SAML)
    return _signer(found[1], found[0].certificate) if found else None


def private_part(key: RSAKey) -> RSAPrivateKey:
    """As what signs XML takes it; a key that has none is not one of ours."""
    held = key.raw_value
    if not isinstance(held, RSAPrivateKey):
        raise TypeError("a public key signs nothing")
    return held


@lru_cache(maxsize=4)
def _signer(words: bytes, certificate: str) -> signing.Signer:
    return signing.signer(private_part(_read(words)), certificate)


def saml_keys() -> Sequence[SigningKey]:
    """Those whose certificates are published: that which signs first, then the next one, then former ones."""
    return list(SigningKey.objects.filter(use=KeyUse.SAML).order_by("-signs_from", "-pk"))


def read_signed(value: str) -> dict[str, Any] | None:
    """What we signed, whatever its time; None for anything else. One algorithm: a public key never serves as a secret."""
    if not 0 < len(value) <= LONGEST:
        return None
    keys = KeySet([RSAKey.import_key(one) for one in published()])
    try:
        return jwt.decode(value, keys, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, TypeError):
        return None
