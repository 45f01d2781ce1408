"""Words that a service signed: read with its own keys, one algorithm, each shown once."""

import logging
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from preau.commons.lti.models import Shown, Tool
from preau.commons.lti.queries import items, keys
from preau.commons.lti.rules import CLOCKS_DIFFER, KEYS_AGAIN, KEYS_LIFE
from preau.foundation import outward

logger = logging.getLogger(__name__)
LONGEST_ONCE = 500


def digest_of(value: str) -> str:
    return salted_hmac("preau.lti", value, algorithm="sha256").hexdigest()


def read_word(tool: Tool, word: str) -> dict[str, Any] | None:
    """The claims of a word that this service signed, whatever they say; None for anything else."""
    number = keys.number_in(word)
    key = _key(tool, number) if number is not None else None
    if key is None:
        return None
    try:
        claims = jwt.decode(word, key, algorithms=[keys.ALGORITHM]).claims
    except (JoseError, ValueError, TypeError):
        return None
    return claims if isinstance(claims, dict) else None


def _key(tool: Tool, number: str) -> RSAKey | None:
    """Typed keys, or those of the service's address: read again after an hour, or at once for a number that we do not know."""
    if not tool.keys_url:
        return keys.key_named(tool.keys, number)
    age = timezone.now() - tool.keys_read_at if tool.keys_read_at else None
    found = keys.key_named(tool.read_keys, number)
    if age is not None and (age < KEYS_AGAIN or (found and age < KEYS_LIFE)):
        return found
    _read_again(tool)
    return keys.key_named(tool.read_keys, number)


def _read_again(tool: Tool) -> None:
    """The keys at the service's address. One that does not answer keeps those that we know, until the next minute."""
    try:
        words = outward.words_at(tool.keys_url, kind="application/json")
        tool.read_keys = keys.keys_in(words.decode())
    except (OSError, UnicodeError, keys.Unreadable):
        logger.warning("the keys of a service were not read", extra={"service": tool.service_id})
    tool.keys_read_at = timezone.now()
    Tool.objects.filter(pk=tool.pk).update(read_keys=tool.read_keys, keys_read_at=tool.keys_read_at)


def is_timely(claims: dict[str, Any], now: datetime, life: timedelta) -> bool:
    """Does it still hold, and not for longer than it may? Clocks differ by a minute at most."""
    ends, since = claims.get("exp"), claims.get("iat")
    if not _is_moment(ends) or (since is not None and not _is_moment(since)):
        return False
    at, leeway = now.timestamp(), CLOCKS_DIFFER.total_seconds()
    if not at - leeway < ends <= at + life.total_seconds() + leeway:
        return False
    return since is None or since <= at + leeway


def _is_moment(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def is_for(claims: dict[str, Any], address: str) -> bool:
    audience = claims.get("aud")
    return audience in (address, [address])


def show_once(tool: Tool, what: str, word: Any, until: datetime) -> bool:
    """Note that the service showed this word; False when it already had, or shows none."""
    if not isinstance(word, str) or not 0 < len(word) <= LONGEST_ONCE or not items.is_clean(word):
        return False
    try:
        with transaction.atomic():
            Shown.objects.create(
                service_id=tool.service_id, digest=digest_of(f"{what}\0{word}"), ends_at=until
            )
    except IntegrityError:
        return False
    return True
