"""The context stamp: which account and which seat a form was made for.

Two tabs, a shared computer, a profile changed in between: without a stamp, what one person typed could be sent as
another (docs/decisions/0008). Every form carries one beside its CSRF token.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

FIELD = "contexte"
SALT = "preau.stamp"


class Stamp(NamedTuple):
    """`confirmed`: the person was shown the change and chose to send as that seat all the same."""

    account_id: int
    seat: str
    confirmed: bool = False


def seal(account_id: int, seat: str, *, confirmed: bool = False) -> str:
    return signing.dumps([account_id, seat, confirmed], salt=SALT)


def of(request: HttpRequest) -> Stamp | None:
    """The stamp that a request carries; None when there is none or when it was not sealed here."""
    sealed = request.POST.get(FIELD) if request.method == "POST" else None
    if not sealed:
        return None
    try:
        return Stamp(*signing.loads(sealed, salt=SALT))
    except (signing.BadSignature, TypeError):
        return None


def hidden_field(viewer: Any) -> SafeString:
    return _field(viewer.account_id, viewer.key, settings.SECRET_KEY)


@lru_cache(4096)
def _field(account_id: int, seat: str, _secret: str) -> SafeString:
    """The same for each page of a seat, until the site has another secret."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, seal(account_id, seat))
