"""The secret of a key of access (docs/decisions/0119): drawn by us, shown once, found by its first eight signs.

A key is forty signs of an alphabet of thirty-two: eight that name its row, and that anybody may see; thirty-two that nobody
keeps, 160 bits. What is drawn like that is not guessed, so its digest is a fast one, keyed by SECRET_KEY: a slow hash is for
passwords that people choose, and a calendar asks every quarter of an hour.
"""

import re
import secrets
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac

# Without l and 1, o and 0: an application password is typed on a telephone.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
PREFIX, SECRET, GROUP = 8, 32, 4
# Before a token, so that those who look for secrets in published programs know one of ours.
MARK = "preau_"
NOBODY = "0" * 64


@dataclass(frozen=True)
class KeyParts:
    """What somebody shows at a door: the signs that name a row, and all of them. Both empty when it is no key of ours."""

    prefix: str = ""
    whole: str = ""

    def is_of(self, digest: str) -> bool:
        """Is it the key of this digest? The same work whatever was shown."""
        return constant_time_compare(digest_of(self.whole), digest or NOBODY) and bool(self.whole)


def new_key() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(PREFIX + SECRET))


def prefix_of(key: str) -> str:
    return key[:PREFIX]


def digest_of(key: str) -> str:
    return salted_hmac("preau.access", key, algorithm="sha256").hexdigest()


def in_groups(key: str) -> str:
    """« k7mx-q2dw-… »: what is typed on a telephone."""
    return "-".join(key[start : start + GROUP] for start in range(0, len(key), GROUP))


def as_token(key: str) -> str:
    """« preau_k7mxq2dw… »: what is pasted into a program."""
    return f"{MARK}{key}"


def read(shown: str) -> KeyParts:
    """The key as people type it: capitals, spaces and hyphens do not count."""
    bare = re.sub(r"[\s-]", "", shown[:200].lower()).removeprefix(MARK)
    if len(bare) != PREFIX + SECRET or not set(bare) <= set(ALPHABET):
        return KeyParts()
    return KeyParts(prefix_of(bare), bare)
