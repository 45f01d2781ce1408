"""The board of those that send text messages: who wants none, at which number the last one did not arrive, what was spent."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from preau.foundation.registry import Registry

# People (their keys, or a QuerySet of these) → a QuerySet of the keys of some, one column: read with others in one statement.
Keys = Callable[[Any], Any]


@dataclass(frozen=True)
class TextSender:
    """A house that sends text messages. Of these people, `refusing`: who wants none; `lost`: who, and at which number (or its digest, as
    the house keeps it), the last one did not arrive.

    `spent(schools, since)`: what each of these schools has paid since then, in messages, with what is leaving now.
    `missed(people, house, until)`: who, and which news of a house (by its key), a message could not reach before that moment.
    """

    key: str
    lost: Keys
    spent: Callable[[Collection[int], datetime], Mapping[int, int]]
    refusing: Keys | None = None
    missed: Callable[[Any, str, datetime], Any] | None = None


text_senders: Registry[TextSender] = Registry(TextSender)
