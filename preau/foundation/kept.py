"""What a person was sending when their session ended, put aside until they sign in again; or when they were asked who they are.

It waits in the session on the server, never in the page: on a shared computer the next person must not
find it. It is sealed there: some of it is kept sealed everywhere else. Files cannot be kept; texts over 100 kB are not.
"""

from datetime import timedelta
from html import unescape
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.html import strip_tags

from preau.foundation import sealed, stamp, throttle

KEY = "kept_form"
LIMIT = 100_000
# Passwords and codes are typed or drawn again: they are neither stored nor shown on another page.
SECRETS = {
    "password",
    "former",
    "new_password",
    "again",
    "code",
    "recovery",
    "sealed",
    "lettre",
    "credential",
    "secret",
}
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


def words_of(fields: list[tuple[str, str]]) -> list[str]:
    """Of what was typed, the sentences, as plain text: what a person wants to see again before it leaves."""
    plain = [unescape(strip_tags(value)).strip() for _name, value in fields]
    return [value for value in plain if " " in value]


def put_aside(request: HttpRequest, *, asked: bool = False) -> bool:
    """Keep the form of an account whose session has ended; a form without a stamp, or with a secret, is not kept: False.

    `asked`: the session is open, and its person is asked to prove again who they are.
    """
    mark = stamp.of(request)
    if mark is None or not SECRETS.isdisjoint(request.POST):
        return False
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    fields.pop(stamp.FIELD, None)
    if len(fields.urlencode()) > LIMIT:
        return False
    if not asked and throttle.hit("kept", str(mark.account_id), window=WINDOW) > MOST:
        return False
    request.session[KEY] = {
        "account": mark.account_id,
        "seat": mark.seat,
        "address": request.get_full_path(),
        "fields": sealed.seal(KEY, fields.urlencode().encode()),
        "asked": asked,
    }
    return True


def take_back(session: Any, account_id: int) -> dict[str, Any] | None:
    """The form that this account left, until it is sent; another account's is dropped unread."""
    left = session.get(KEY)
    if left is None or left["account"] != account_id:
        session.pop(KEY, None)
        return None
    fields = sealed.unseal(KEY, left["fields"])
    if fields is None:
        # Put aside under a key that is gone.
        session.pop(KEY)
        return None
    pairs = [(name, value) for name, values in QueryDict(fields).lists() for value in values]
    return left | {"fields": pairs}
