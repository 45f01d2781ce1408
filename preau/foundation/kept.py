"""What a person was sending when their session ended, put aside until they sign in again.

It waits in the anonymous session on the server, never in the page: on a shared computer the next person must not
find it. Files cannot be kept; texts over 100 kB are not.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, QueryDict

from preau.foundation import stamp, throttle

KEY = "kept_form"
LIMIT = 100_000
# Passwords and codes are typed or drawn again: they are neither stored nor shown on another page.
SECRETS = {"password", "former", "new_password", "again", "code", "lettre"}
# Whoever has one stamp must not fill the disk with it.
MOST, WINDOW = 10, timedelta(hours=1)


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, in order, without the tokens and the secrets."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", stamp.FIELD} | SECRETS
    ]


def put_aside(request: HttpRequest) -> None:
    """Keep the form of an account whose session has ended; do nothing for a form without a stamp, or with a secret."""
    mark = stamp.of(request)
    if mark is None or not SECRETS.isdisjoint(request.POST):
        return
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    fields.pop(stamp.FIELD, None)
    if len(fields.urlencode()) > LIMIT or throttle.hit("kept", str(mark.account_id), window=WINDOW) > MOST:
        return
    request.session[KEY] = {
        "account": mark.account_id,
        "seat": mark.seat,
        "address": request.get_full_path(),
        "fields": fields.urlencode(),
    }


def take_back(session: Any, account_id: int) -> dict[str, Any] | None:
    """The form that this account left, until it is sent; another account's is dropped unread."""
    left = session.get(KEY)
    if left is None or left["account"] != account_id:
        session.pop(KEY, None)
        return None
    pairs = [(name, value) for name, values in QueryDict(left["fields"]).lists() for value in values]
    return left | {"fields": pairs}
