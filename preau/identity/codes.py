"""One-time codes: twelve characters that nobody confuses, kept only as a keyed digest.

31 characters, 12 times: 59 bits. The digest is keyed by SECRET_KEY, so that a stolen copy of the database opens nothing.
"""

import re
import secrets

from django.utils.crypto import salted_hmac

# Without 0 and O, 1, I and L: read on paper, typed on a phone.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 12
GROUP = 4


def new_code() -> str:
    """KQ7M-3XWD-9RTA."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(drawn[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def digest_of(code: str) -> str:
    """The digest of a code as people type it: capitals, spaces and hyphens do not count."""
    bare = re.sub(r"[^A-Z0-9]", "", code.upper())
    return salted_hmac("preau.activation", bare, algorithm="sha256").hexdigest()
