"""What the floors above add to signing in: other ways in, who may not use a password here, how else to confirm, where to go after."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from preau.foundation.registry import Registry


@dataclass(frozen=True)
class Way:
    """A link of the sign-in page, or of « Confirmez que c’est bien vous »: what it says, where it leads."""

    label: str
    address: str
    icon: str = "login"
    note: str = ""


@dataclass(frozen=True)
class WaysIn:
    """`ways(request, suite)`: other ways to sign in than a password of ours, the ones that concern this browser first; `more`: the
    address of the page with the others, or empty."""

    key: str
    ways: Callable[[HttpRequest, str], list[Way]]
    more: Callable[[HttpRequest, str], str]


@dataclass(frozen=True)
class LocalRule:
    """`refuses(request, account)`: the sentence that says why the password of this account opens nothing here today, or empty."""

    key: str
    refuses: Callable[[HttpRequest, Any], str]


@dataclass(frozen=True)
class Again:
    """`way(request, after)`: how whoever sits here proves again that it is they otherwise than by a password; None when they cannot."""

    key: str
    way: Callable[[HttpRequest, str], Way | None]


@dataclass(frozen=True)
class Farewell:
    """`prepare(request)`: asked before a session is closed on purpose; returns what gives, once it is, the address of the page that
    says goodbye, or None."""

    key: str
    prepare: Callable[[HttpRequest], Callable[[], str] | None]


@dataclass(frozen=True)
class AccountLink:
    """A link of one's profile (`address()`), or of the page of somebody's account (`address(public_id)`).

    `open_to(viewer)`: for whom it stands on a profile; None for everybody.
    """

    label: str
    address: Callable[..., str]
    icon: str
    order: int = 50
    open_to: Callable[[Any], bool] | None = None


ways_in = Registry(WaysIn)
local_rules = Registry(LocalRule)
agains = Registry(Again)
farewells = Registry(Farewell)
profile_links = Registry(AccountLink)
person_links = Registry(AccountLink)


def refused_here(request: HttpRequest, account: Any) -> str:
    """Why the password, or a code, of this account opens nothing here today; empty when it does."""
    return next(filter(None, (rule.refuses(request, account) for rule in local_rules)), "")
