"""The doors: what a calendar, a file manager or a program opens with a key of access, without a session (docs/decisions/0119).

`@door("agenda")` stands where `@opens` does. The key is shown with each request, and each request asks everything again: is the
account open, does its person still have the seat from which the key was made, does the school still allow it?
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables

from preau.directory.viewer import Seat, Viewer, viewer_for
from preau.foundation import basic, boards, throttle
from preau.foundation.access import View, by_key
from preau.foundation.http import client_address
from preau.identity import keys, rules
from preau.identity.actions.keys import note_use
from preau.identity.boards import refused_here
from preau.identity.devices import WIDE, network_of
from preau.identity.models import AccessKey, Account
from preau.identity.sessions import program_of

HOUR, WINDOW = timedelta(hours=1), timedelta(minutes=15)
# A right key opens whatever was tried before it, so that nobody closes a door to somebody else; these only quieten who has none.
WRONG, WRONG_FROM_ONE_NETWORK = 20, 300
BASIC, BEARER = "password", "token"


@dataclass(frozen=True)
class Refusal:
    """Why a door stays closed, to whoever reads the answer; `wait`: how many seconds, when it opens again by itself."""

    status: HTTPStatus
    why: str
    wait: int = 0


@dataclass(frozen=True)
class Credentials:
    """What came in the header: by which way, for which login, which key."""

    by: str = ""
    login: str = ""
    key: keys.KeyParts = field(default_factory=keys.KeyParts)


Answer = Callable[[HttpRequest, Refusal], HttpResponse]


def viewer_at_door(request: HttpRequest, door: str) -> Viewer | None:
    """Who shows a key that opens this door, in the one seat of that key; None when it stays closed."""
    found = at_door(request, door)
    return found if isinstance(found, Viewer) else None


@sensitive_variables("shown")
def at_door(request: HttpRequest, name: str) -> Viewer | Refusal:
    """The same, or why not. One query for whoever shows no right key, whether what they name exists or not."""
    known = boards.doors.named(name)
    if known is None:
        raise LookupError(f"No such door: {name}")
    shown = _shown(request)
    key = _key_of(shown)
    if key is None or shown.by not in known.by:
        return _wrong(request, shown)
    now = timezone.now()
    count = throttle.hit("door", name, str(key.account_id), window=HOUR)
    request.door_left = max(0, known.most - count)  # type: ignore[attr-defined]
    if count > known.most:
        return Refusal(
            HTTPStatus.TOO_MANY_REQUESTS,
            _("Trop de demandes."),
            throttle.ends_in("door", name, str(key.account_id)),
        )
    closed = _closed(request, key, now)
    if closed:
        return Refusal(HTTPStatus.UNAUTHORIZED, closed)
    viewer = _seated(key, now)
    if viewer is None:
        return Refusal(
            HTTPStatus.UNAUTHORIZED, _("Le profil pour lequel cet accès a été créé n’existe plus.")
        )
    if name not in key.scopes or not rules.passes(viewer, known):
        return Refusal(HTTPStatus.FORBIDDEN, _("Cet accès n’ouvre pas cela."))
    note_use(key, program_of(request.headers.get("User-Agent", "")), timezone.localdate(now))
    return viewer.within(known.service)


def _shown(request: HttpRequest) -> Credentials:
    header = request.headers.get("Authorization", "")
    way, _space, rest = header.partition(" ")
    if way.lower() == "bearer":
        return Credentials(BEARER, "", keys.read(rest))
    read = basic.read(header)
    if read is None:
        return Credentials()
    return Credentials(BASIC, read[0].strip().lower()[:60], keys.read(read[1]))


def _key_of(shown: Credentials) -> AccessKey | None:
    """The key that was shown, if it is one, whatever became of it. The same query and the same digest in every case."""
    held = AccessKey.objects.select_related("account__person").filter(prefix=shown.key.prefix, kind=shown.by)
    key = held.first()
    is_right = shown.key.is_of(key.digest if key else "")
    is_its = shown.by == BEARER or constant_time_compare(key.account.login if key else "", shown.login)
    return key if key and is_right and is_its else None


def _wrong(request: HttpRequest, shown: Credentials) -> Refusal:
    """Nothing shown, or no key: said in the same words, and counted by login and network."""
    if not shown.by:
        return Refusal(HTTPStatus.UNAUTHORIZED, _("Cette adresse demande un accès d’application."))
    address = client_address(request)
    near = ("door_wrong", shown.login, network_of(address))
    wide = ("door_wrong_from", network_of(address, WIDE))
    for counted, most in ((near, WRONG), (wide, WRONG_FROM_ONE_NETWORK)):
        if throttle.hit(*counted, window=WINDOW) > most:
            return Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                _("Trop d’essais avec un accès qui ne convient pas."),
                throttle.ends_in(*counted),
            )
    return Refusal(
        HTTPStatus.UNAUTHORIZED,
        _(
            "Cet accès ne convient pas. Ici, le mot de passe de votre compte n’ouvre rien : créez un accès d’application."
        ),
    )


def _closed(request: HttpRequest, key: AccessKey, now: datetime) -> str:
    """Why this right key opens nothing at this moment; empty when it does."""
    account = key.account
    if key.revoked_at:
        return _("Cet accès a été révoqué.")
    if key.expires_at <= now:
        return _("Cet accès n’est plus valable.")
    if not account.is_active or not account.has_usable_password():
        return _("Ce compte est fermé.")
    return refused_here(request, account)


def _seated(key: AccessKey, now: datetime) -> Viewer | None:
    """Its person in the one seat of the key, if they still have it and may have keys; no other seat is within reach."""
    account = key.account
    viewer = viewer_for(account.person, account.pk, now, key.seat)
    if viewer is None or viewer.key != key.seat or _must_prove(account, viewer):
        return None
    seat = _where_allowed(viewer)
    viewer = replace(viewer, seat=seat, seats=(seat,))
    return viewer if rules.holds_keys(viewer) else None


def _must_prove(account: Account, viewer: Viewer) -> bool:
    """Has the day come from which this account opens nothing without a second proof, and it has none?"""
    due = account.proves_from
    return due is not None and due <= viewer.today and rules.works_somewhere(viewer)


def _where_allowed(viewer: Viewer) -> Seat:
    """The seat without the children of the schools that forbid keys."""
    if not viewer.is_guardian:
        return viewer.seat
    places = tuple(place for place in viewer.places if place.offers(rules.KEYS))
    allowed = {place.pupil_id for place in places}
    pupils = tuple(pupil for pupil in viewer.seat.pupils if pupil in allowed)
    return replace(viewer.seat, pupils=pupils, places=places) if pupils else viewer.seat


def plainly(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal that a telephone shows, or does not."""
    return HttpResponse(refusal.why, status=refusal.status, content_type="text/plain; charset=utf-8")


def door(name: str, *, refused: Answer = plainly) -> Callable[[View], View]:
    """Open a view to whoever shows a key of this door: `request.viewer` is then its person, in its seat. No session, no cookie, no form.

    Without one: 401 and what to show, 403 when the key opens other doors, 429 and how long to wait. `refused` writes that answer.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = at_door(request, name)
            if isinstance(found, Refusal):
                response: HttpResponseBase = _refuse(request, name, found, refused)
            else:
                request.viewer = found
                found.enter()
                try:
                    response = view(request, *args, **kwargs)
                finally:
                    # An error page has the frame of the site, which is that of a session: here nobody has one.
                    request.viewer = None
            return _told(request, name, response)

        # What the tests of the building ask of every route.
        opened.opening, opened.model, opened.by, opened.door = by_key, None, "pk", name  # type: ignore[attr-defined]
        return opened

    return decorate


def _told(request: HttpRequest, name: str, response: HttpResponseBase) -> HttpResponseBase:
    """What a client reads of every answer: that it is its own, and how many requests are left (draft-ietf-httpapi-ratelimit-headers)."""
    patch_vary_headers(response, ["Authorization"])
    response.headers.setdefault("Cache-Control", "no-store")
    known, left = boards.doors.named(name), getattr(request, "door_left", None)
    if known and left is not None:
        response.headers["RateLimit-Policy"] = f'"heure";q={known.most};w={int(HOUR.total_seconds())}'
        response.headers["RateLimit"] = f'"heure";r={left}'
    return response


def _refuse(request: HttpRequest, name: str, refusal: Refusal, refused: Answer) -> HttpResponse:
    response = refused(request, refusal)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        known = boards.doors.named(name)
        basic_too = known is not None and BASIC in known.by
        response.headers["WWW-Authenticate"] = (
            'Basic realm="Preau", charset="UTF-8"' if basic_too else 'Bearer realm="Preau"'
        )
    if refusal.wait:
        response.headers["Retry-After"] = str(refusal.wait)
    return response
