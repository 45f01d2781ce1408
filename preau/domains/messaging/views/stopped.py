"""A frozen account meets one page: asked at each request, so that it is stopped at once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from preau.domains.messaging.queries import conversation
from preau.foundation.access import Request


def unfrozen(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Below `@opens`."""

    @wraps(view)
    def seen(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if conversation.is_frozen(request.viewer):
            return stopped(request)
        return view(request, *args, **kwargs)

    return seen


def stopped(request: Request) -> HttpResponse:
    return render(request, "messaging/stopped.html", status=403)
