"""Public keys of a service: those that were typed or read, strictly, and the one that a word names."""

import json
import re
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from preau.commons.lti.queries.items import is_clean

ALGORITHM = "RS256"
FEWEST_BITS, MOST_KEYS, LONGEST_WORD = 2_048, 10, 60_000
PEM = re.compile(r"-----BEGIN (?P<what>[A-Z ]+)-----.+?-----END (?P=what)-----", re.DOTALL)
PUBLIC = {"kty", "n", "e", "kid", "use", "alg"}


class Unreadable(Exception):
    """These are no public keys. `secret`: one of them is a private key, which must never come here."""

    def __init__(self, *, secret: bool = False) -> None:
        super().__init__()
        self.secret = secret


def keys_in(words: str) -> list[dict[str, Any]]:
    """The public keys of a text: PEM blocks, a JWK, or a set of them. Raises Unreadable."""
    found = [match[0] for match in PEM.finditer(words)]
    try:
        entries: Any = [{"pem": one} for one in found] if found else json.loads(words)
    except (ValueError, RecursionError) as failure:
        raise Unreadable from failure
    if isinstance(entries, dict):
        entries = entries.get("keys", [entries])
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_KEYS:
        raise Unreadable
    return [_public(one) for one in entries if not _is_of_other_use(one)]


def _is_of_other_use(entry: Any) -> bool:
    """A set may hold keys that are not ours to read: of another kind, or that seal instead of signing."""
    return (
        isinstance(entry, dict)
        and "pem" not in entry
        and (entry.get("kty") != "RSA" or entry.get("use") == "enc")
    )


def _public(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise Unreadable
    pem = entry.get("pem", "")
    if not isinstance(pem, str):
        raise Unreadable
    if "PRIVATE" in pem or "d" in entry:
        raise Unreadable(secret=True)
    try:
        key = RSAKey.import_key(pem or {name: entry[name] for name in PUBLIC & set(entry)})
        members = {str(name): value for name, value in key.as_dict(private=False).items() if name in PUBLIC}
        bits = key.raw_value.key_size
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError) as failure:
        raise Unreadable from failure
    if bits < FEWEST_BITS or not all(is_clean(str(value)) for value in members.values()):
        raise Unreadable
    return members


def number_in(word: str) -> str | None:
    """The number of the key that signed this word, empty when it says none; None when it is no signed word of ours to read."""
    if not 0 < len(word) <= LONGEST_WORD or not word.isascii():
        return None
    try:
        header = jws.extract_compact(word.encode()).headers()
    except (JoseError, ValueError, TypeError):
        return None
    if not isinstance(header, dict):
        return None
    number = header.get("kid", "")
    return number if header.get("alg") == ALGORITHM and isinstance(number, str) else None


def key_named(keys: list[dict[str, Any]], number: str) -> RSAKey | None:
    """The key of this number; the only one there is, where a word names none or a pasted key has none."""
    named = [one for one in keys if number and one.get("kid") == number]
    alone = keys if len(keys) == 1 and not (number and keys[0].get("kid")) else []
    found = named or alone
    return RSAKey.import_key(found[0]) if found else None


def signer_in(word: str) -> str:
    """The number of the service that a word says it comes from, before anything of it is believed; else empty."""
    if number_in(word) is None:
        return ""
    try:
        claims = json.loads(jws.extract_compact(word.encode()).payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        return ""
    signer = claims.get("iss") if isinstance(claims, dict) else None
    return signer if isinstance(signer, str) and signer.isascii() else ""
