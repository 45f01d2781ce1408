"""Puts the Viewer on the request: the account of the session, in the seat of the session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from preau.directory.viewer import Viewer, viewer_for

SEAT = "seat"


class ViewerMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = viewer_of(request)
        if request.viewer:
            request.viewer.enter()
        try:
            return self.get_response(request)
        finally:
            # A thread serves many schools one after the other: the clock must not stay on the last one's wall.
            timezone.deactivate()


def viewer_of(request: HttpRequest) -> Viewer | None:
    """None for a visitor, and for a person whose last role has ended: access is cut the same day."""
    if not request.user.is_authenticated:
        return None
    return viewer_for(request.user.person, request.user.pk, timezone.now(), request.session.get(SEAT, ""))
