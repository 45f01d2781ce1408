"""Six digits from the clock, as authenticator applications show them (RFC 6238: SHA-1, 30 seconds, 6 digits)."""

import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.utils.crypto import constant_time_compare

DIGITS, PERIOD, SECRET_SIZE = 6, 30, 20
# A telephone's clock may be half a minute off.
AROUND = (0, -1, 1)


def new_secret() -> bytes:
    """160 random bits, as RFC 4226 recommends."""
    return secrets.token_bytes(SECRET_SIZE)


def step_of(now: datetime) -> int:
    """How many half-minutes since 1970."""
    return int(now.timestamp()) // PERIOD


def code_at(secret: bytes, step: int) -> str:
    # SHA-1 is what applications know; nothing here leans on its collisions (RFC 6238, section 1.2).
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()  # noqa: S303 # nosec B303


def step_that_fits(secret: bytes, typed: str, now: datetime, *, after: int) -> int | None:
    """The half-minute whose code was typed, around now and later than `after`: no code is taken twice. None if none fits."""
    here = step_of(now)
    fitting = [
        here + shift for shift in AROUND if constant_time_compare(code_at(secret, here + shift), typed)
    ]
    return next((step for step in fitting if step > after), None)


def spelled(secret: bytes) -> str:
    """To type by hand: « JBSW Y3DP EHPK 3PXP … »."""
    plain = b32encode(secret).decode()
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def address(secret: bytes, *, issuer: str, login: str) -> str:
    """What the square says to the application: the key, whose it is, and of which site."""
    label = quote(f"{issuer}:{login}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': b32encode(secret).decode(), 'issuer': issuer}, quote_via=quote)}"
