"""Text messages: what a gateway must do, whoever sells it, and the one this site was given (docs/sms.md).

A gateway takes messages and says of each whether it has it; later it says what became of them. `ref` names a message for
ever: a gateway that is given the same one twice (a worker has died between its yes and our note of it) sends it once.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

# A French number as people write it; what an operator takes is « +33612345678 ».
WRITTEN = re.compile(r"(?:\+|00)[1-9][0-9]{6,14}|0[1-9][0-9]{8}")
MOBILE = re.compile(r"\+33[67][0-9]{8}|\+(?!33)[0-9]{7,15}")
# What people write between the figures: spaces of every width, that a text processor or a telephone puts there, and signs.
BETWEEN = "[ \t\u00a0\u2007\u2009\u202f.()/-]"
# The same as `number_of` accepts, for a database to look at what people wrote.
WRITTEN_MOBILE = (
    rf"^{BETWEEN}*((\+|00){BETWEEN}*33{BETWEEN}*0?|0){BETWEEN}*[67]({BETWEEN}*[0-9]){{8}}{BETWEEN}*$"
    rf"|^{BETWEEN}*(\+|00){BETWEEN}*(?!33)[1-9]({BETWEEN}*[0-9]){{6,14}}{BETWEEN}*$"
)
# So many messages are asked about in a call; a gateway that has not told of one in this time will not tell any more.
ASKED_AT_ONCE, REPORTED = 100, timedelta(days=3)


class Fate(StrEnum):
    """What became of a message that a gateway has taken."""

    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Message:
    """`to` is an international number (`number_of`)."""

    ref: str
    to: str
    text: str


@dataclass(frozen=True)
class GatewayAnswer:
    """What a gateway says of one message: its own `number` for it, or "" with `refused`, why it will never take it."""

    ref: str
    number: str = ""
    refused: str = ""


class Unreachable(OSError):
    """The gateway does not answer, or asks for patience: all of what it was given is to be given again, under the same `ref`."""


class Gateway(Protocol):
    """What sends text messages. Named by SMS_GATEWAY, built without arguments, kept by nobody between two calls."""

    def send(self, messages: Sequence[Message]) -> list[GatewayAnswer]:
        """Take these messages, a hundred at most. Raises Unreachable when nothing can be said of them."""
        ...

    def reports(self, numbers: Sequence[str]) -> Mapping[str, Fate]:
        """What became of those of which something is known. Raises Unreachable."""
        ...


def is_offered() -> bool:
    """Has this site a gateway?"""
    return bool(settings.SMS_GATEWAY)


def gateway() -> Gateway:
    """The one that SMS_GATEWAY names. Raises LookupError when none is."""
    if not settings.SMS_GATEWAY:
        raise LookupError("No text message leaves: SMS_GATEWAY is empty.")
    built: Gateway = _class_of(settings.SMS_GATEWAY)()
    return built


def fates_of(numbers: Sequence[str]) -> dict[str, Fate]:
    """What became of the messages that the gateway calls so, as far as it answers; nothing where none is set."""
    found: dict[str, Fate] = {}
    for first in range(0, len(numbers) if is_offered() else 0, ASKED_AT_ONCE):
        try:
            found.update(gateway().reports(numbers[first : first + ASKED_AT_ONCE]))
        except OSError:
            break
    return found


@cache
def _class_of(path: str) -> type[Gateway]:
    found: type[Gateway] = import_string(path)
    return found


def number_of(phone: str) -> str:
    """The international form of a mobile number that somebody typed; "" for what receives no text message (a landline too)."""
    bare = re.sub(BETWEEN, "", phone)
    if not WRITTEN.fullmatch(bare):
        return ""
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif bare.startswith("0"):
        bare = f"+33{bare[1:]}"
    # « +33 (0)6 12… », as people write it.
    bare = re.sub(r"^\+330", "+33", bare)
    return bare if MOBILE.fullmatch(bare) else ""


def digest_of(number: str) -> str:
    """What is kept of a number by those that need no more than to know it again."""
    return str(salted_hmac("preau.notifications.texts", number, algorithm="sha256").hexdigest())
