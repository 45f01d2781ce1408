"""Browsers that have signed in before, so that a lockout cannot be turned against someone else.

Ten wrong passwords close the door for a quarter of an hour. If the door were the account, a pupil could close it to a
teacher; if it were the account at this address, the same pupil could from the same school. So a browser that has
already signed in to the account carries a sealed cookie and has a door of its own (OWASP: device cookies).
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from preau.foundation import throttle
from preau.foundation.http import client_address

COOKIE = "appareil"
SALT = "preau.device"
LIFE = timedelta(days=180)
LIMIT = 10
LIMIT_FROM_ONE_ADDRESS = 600
WINDOW = timedelta(minutes=15)


def door(request: HttpRequest, login: str) -> tuple[str, ...]:
    """The parts of the throttle key for this login from this browser."""
    device = _device(request, login)
    return ("device", device) if device else ("address", login, client_address(request))


def knock(request: HttpRequest, login: str, what: str = "sign_in") -> bool:
    """Count a try, before the secret is looked at; returns whether the door is open.

    Each kind of secret (`what`) has its doors. A wider one counts by address alone: it stops whoever tries one
    password on every login, and is wide enough for a school whose people share one address.
    """
    here = throttle.hit(what, *door(request, login), window=WINDOW)
    all_from_there = throttle.hit(f"{what}_from", client_address(request), window=WINDOW)
    return here <= LIMIT and all_from_there <= LIMIT_FROM_ONE_ADDRESS


def reopen(request: HttpRequest, login: str, what: str = "sign_in") -> None:
    """After a success: only failures count. At eight o'clock a thousand people sign in from one school's address."""
    throttle.forget(what, *door(request, login))
    throttle.give_back(f"{what}_from", client_address(request))


def welcome(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Once signed in: open the door again and remember the browser."""
    reopen(request, login)
    sealed = signing.dumps([login, get_random_string(16)], salt=SALT)
    response.set_cookie(
        f"{settings.PREFIX}{COOKIE}",
        sealed,
        max_age=LIFE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _device(request: HttpRequest, login: str) -> str:
    try:
        owner, device = signing.loads(
            request.COOKIES.get(f"{settings.PREFIX}{COOKIE}", ""), salt=SALT, max_age=LIFE
        )
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if owner == login else ""
