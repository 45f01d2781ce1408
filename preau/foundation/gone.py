"""What a form took away is not there at its second click: the person is told so, and sent where the first one led.

Kept in the session, by the address of the form: whoever never sent it still meets « not found », so that nobody learns
from the answer what exists elsewhere.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

KEY = "gone"
MOST = 10


def removes(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Above `@opens`, on a view that takes its object away and leads elsewhere."""

    @wraps(view)
    def once(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, **kwargs)
        except Http404:
            led = dict(request.session.get(KEY, [])).get(request.path)
            if led is None:
                raise
            messages.info(request, _("C’était déjà fait."))
            return HttpResponseRedirect(led)
        # A session that has just ended keeps nothing.
        if isinstance(response, HttpResponseRedirect) and request.session.session_key:
            before = request.session.get(KEY, [])
            request.session[KEY] = [*before, (request.path, response.url)][-MOST:]
        return response

    return once
