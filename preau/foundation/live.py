"""The port of what moves on open pages: whoever changes something says where, and pages that show it ask again.

A hint and nothing more: no name, no value, not even what changed. What it is about travels as a digest, so that the bus
between our processes says nothing either. A hint that is lost costs nothing: the next load of the page shows the same.
"""

import socket
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

BUS = "preau_live"
# PostgreSQL carries 8 000 bytes at a time.
AT_ONCE = 400


def channel(topic: str) -> str:
    """How a topic (« roll:12 ») is called on the bus."""
    return salted_hmac("preau.live", topic, algorithm="sha256").hexdigest()[:16]


def is_on() -> bool:
    """Does somebody listen on this platform?"""
    return bool(settings.LIVE)


def touch(*topics: str) -> None:
    """What these topics show is another once this transaction is kept; open pages ask again. Nothing where nobody listens."""
    if is_on() and topics:
        transaction.on_commit(
            partial(_send, [channel(topic) for topic in dict.fromkeys(topics)]), robust=True
        )


def _send(channels: list[str]) -> None:
    for start in range(0, len(channels), AT_ONCE):
        _carry(" ".join(channels[start : start + AT_ONCE]))


def _carry(words: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [BUS, words])
        return
    # One machine: the live process listens beside the database file. It may be away: nobody waits for it.
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local:
        local.settimeout(0)
        try:
            local.sendto(words.encode(), str(address()))
        except OSError:
            return


def address() -> Path:
    """Where the live process listens on this machine, for a database that carries nothing."""
    return Path(settings.VAR_DIR) / "live-socket"


def person(person_id: int) -> str:
    """The topic of what a person may do: when it moves, their streams are looked at again."""
    return f"person:{person_id}"


def pupil(person_id: int) -> str:
    """The same of those who follow a pupil."""
    return f"pupil:{person_id}"


def school(school_id: int) -> str:
    """The same of everyone in a school."""
    return f"school:{school_id}"


def account(account_id: int) -> str:
    """The same of the sessions of an account."""
    return f"account:{account_id}"


def all_of(kind: str, ids: Iterable[int]) -> list[str]:
    return [f"{kind}:{id_}" for id_ in ids]
