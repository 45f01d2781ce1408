"""Puts the Viewer on the request: the account of the session, in the seat of the session, while the session is open."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth import logout as close_session
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import kept
from preau.foundation.access import HINTED, anyone, ask_to_sign_in, lead_to
from preau.foundation.readonly import SAFE
from preau.identity import sessions
from preau.identity.backends import AT_HAND
from preau.identity.models import AccountSession
from preau.identity.rules import limits_of, works_somewhere

SEAT = "seat"


class AccountMiddleware(AuthenticationMiddleware):
    """Django's, which asks nothing more of the database when the session came with its account."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))


def _user_of(request: HttpRequest) -> Any:
    request.session.get(SESSION_KEY)  # read now, if it was not
    known = AT_HAND.set(getattr(request.session, "account", None))
    try:
        return get_user(request)
    finally:
        AT_HAND.reset(known)


class ViewerMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.has_ended = False
        request.viewer = self._while_open(request, viewer_of(request), timezone.now())
        if request.viewer:
            request.viewer.enter()
        try:
            return self.get_response(request)
        finally:
            # A thread serves many schools one after the other: the clock must not stay on the last one's wall.
            timezone.deactivate()

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """The home is open to anyone: whoever was signed in a moment ago is told why they no longer are.

        Whoever must have a second proof today, and has none, sets it up: nothing else opens.
        """
        if request.viewer and must_set_up(request) and not getattr(view, "before_proof", False):
            if request.method not in SAFE:
                kept.put_aside(request, asked=True)
            return lead_to(request, reverse("identity:install_second_proof"))
        if (
            not request.has_ended
            or request.method not in SAFE
            or getattr(view, "opening", None) is not anyone
        ):
            return None
        return ask_to_sign_in(request) if request.path == resolve_url(settings.LOGIN_REDIRECT_URL) else None

    def _while_open(self, request: HttpRequest, viewer: Viewer | None, now: datetime) -> Viewer | None:
        """The viewer, or None once the session has passed a limit of the person's profiles."""
        if viewer is None:
            return None
        limits = limits_of(seat.profile for seat in viewer.seats)
        limit = sessions.ended_by(request.session, limits, now)
        if limit is not None:
            _end(request, limit, idle=limit == limits.idle)
            return None
        # What a page asks by itself keeps no session open: its person may have left.
        if HINTED not in request.headers and sessions.touch(request.session, now):
            AccountSession.objects.filter(pk=request.session.session_key).update(seen_at=now)
        return viewer


def _end(request: HttpRequest, limit: timedelta, *, idle: bool) -> None:
    close_session(request)
    request.session[sessions.OVER] = {"minutes": int(limit.total_seconds() // 60), "idle": idle}
    request.has_ended = True


def must_set_up(request: HttpRequest) -> bool:
    """Has the day come from which this account opens nothing without a second proof? It says so itself: no query."""
    if not request.user.proves_from or request.user.proves_from > request.viewer.today:
        return False
    if not works_somewhere(request.viewer):
        # A session of the family alone may not set it up, and opens nothing of what it protects.
        return False
    # Whoever came by a provider that asked two proofs has given them.
    return not request.session.get(sessions.PROVED_THERE)


def viewer_of(request: HttpRequest) -> Viewer | None:
    """None for a visitor, and for a person whose last role has ended: access is cut the same day."""
    if not request.user.is_authenticated:
        return None
    viewer = viewer_for(request.user.person, request.user.pk, timezone.now(), request.session.get(SEAT, ""))
    profiles = request.session.get(sessions.PROFILES)
    return narrowed(viewer, profiles) if viewer and profiles else viewer


def is_narrowed(request: HttpRequest) -> bool:
    """Does this session open less than the account does? What bears on the whole account is not done from there."""
    profiles = request.session.get(sessions.PROFILES)
    whole = viewer_for(request.user.person, request.user.pk, timezone.now()) if profiles else None
    return whole is not None and any(seat.profile not in profiles for seat in whole.seats)


def narrowed(viewer: Viewer, profiles: Collection[str]) -> Viewer | None:
    """The same person in the seats of these profiles alone; None when none is left."""
    seats = tuple(seat for seat in viewer.seats if seat.profile in profiles)
    if not seats:
        return None
    return replace(viewer, seat=viewer.seat if viewer.seat in seats else seats[0], seats=seats)
