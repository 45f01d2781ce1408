"""Words that the database holds and cannot read: sealed (Fernet: AES and a signature) by a key drawn from SECRET_KEY.

A stolen copy of the database opens nothing. A key that has changed still opens what it sealed while it is among
SECRET_KEY_FALLBACKS (docs/operations.md).
"""

import re
from base64 import urlsafe_b64encode
from datetime import timedelta

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

log = structlog.get_logger(__name__)
TODAY, FORMER, LOST = "today", "former", "lost"
# The purpose of a row ends with its number, which the log has no use for.
NUMBER = re.compile(r"\.\d.*$")


def seal(purpose: str, words: bytes) -> str:
    """These bytes, readable again by `unseal` for the same purpose alone."""
    return _box(purpose).encrypt(words).decode()


def unseal(purpose: str, sealed: str, *, within: timedelta | None = None) -> bytes | None:
    """What was sealed; None when it was not sealed here for this purpose, or longer ago than `within`."""
    try:
        return _box(purpose).decrypt(sealed.encode(), ttl=int(within.total_seconds()) if within else None)
    except (InvalidToken, ValueError):
        if sealed and within is None:
            # What is kept and opens no more is an operator's business: a key that was taken away too early.
            log.warning("seal_not_opened", outcome=NUMBER.sub("", purpose))
        return None


def standing_of(purpose: str, sealed: str) -> str:
    """Under which key this stands: TODAY, FORMER, or LOST when none opens it."""
    if _opens(_key(purpose, str(settings.SECRET_KEY)), sealed):
        return TODAY
    return FORMER if _opens(_box(purpose), sealed) else LOST


def _opens(box: Fernet | MultiFernet, sealed: str) -> bool:
    try:
        box.decrypt(sealed.encode())
    except (InvalidToken, ValueError):
        return False
    return True


def reseal(purpose: str, sealed: str) -> str | None:
    """The same words under the key of today; None when there is nothing to do: it seals them already, or no key opens them."""
    if _opens(_key(purpose, str(settings.SECRET_KEY)), sealed):
        return None
    opened = unseal(purpose, sealed)
    return None if opened is None else seal(purpose, opened)


def _box(purpose: str) -> MultiFernet:
    return MultiFernet(
        [_key(purpose, secret) for secret in map(str, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))]
    )


def _key(purpose: str, secret: str) -> Fernet:
    drawn = HKDF(SHA256(), length=32, salt=None, info=f"preau.sealed.{purpose}".encode())
    return Fernet(urlsafe_b64encode(drawn.derive(secret.encode())))
