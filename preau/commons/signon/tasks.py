"""Work for later: telling services that a session is over, and dropping what has served."""

import secrets
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from preau.commons.signon import actions, answers
from preau.commons.signon.models import Alias, Connection
from preau.foundation import outward
from preau.foundation.tasks import job


@job(priority=20, retries=3)
def end_connection(pk: int) -> bool:
    """Tell one service that a session of ours is over; whatever it answers, it was told.

    A service that is away is told again, three times over twenty minutes; then its own limit ends the session. One whose
    name leads into our network is never asked.
    """
    found = Connection.objects.select_related("service", "account").filter(pk=pk).first()
    if found is None:
        return False
    known = Alias.objects.filter(service=found.service_id, person=found.account.person_id)
    user = known.values_list("value", flat=True).first() or ""
    said = answers.logout_request(
        f"LR-{secrets.token_hex(16)}", timezone.now().astimezone(UTC), user, found.index
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        outward.send("POST", found.url, urlencode({"logoutRequest": said}).encode(), headers)
    except outward.Refused:
        found.delete()
        return False
    found.delete()
    return True


def enqueue_endings(sender: Any, connections: Sequence[int], **_: Any) -> None:
    for pk in connections:
        end_connection.enqueue(pk)


@job()
def purge() -> int:
    return actions.purge(timezone.now())
