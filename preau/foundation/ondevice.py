"""The name under which a browser keeps something for whoever is signed in: the account, then the session.

Neither can be found again from it. What is kept for a session is unreadable in the next one; what waits to be sent is kept for
the account (docs/decisions/0086).
"""

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

LENGTH = 22


def account_said(account_id: int) -> str:
    """The account, opaque: what is kept in a tab is put back for the same person alone."""
    digest = salted_hmac("preau.ondevice.account", str(account_id), algorithm="sha256")
    return digest.hexdigest()[:LENGTH]


def kept_for(request: HttpRequest, account_id: int) -> str:
    """« account.session », each opaque."""
    parts = ("account", str(account_id)), ("session", request.session.session_key or "")
    return ".".join(
        salted_hmac(f"preau.ondevice.{kind}", value, algorithm="sha256").hexdigest()[:LENGTH]
        for kind, value in parts
    )
