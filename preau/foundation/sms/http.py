"""A gateway over HTTPS, in JSON: what docs/sms.md asks of an operator, or of the few lines that stand before one.

Nothing is followed, nothing is guessed: an answer that is not the one expected is no answer, and what was given is given
again later under the same `ref`.
"""

import http.client
import json
import ssl
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from preau.foundation.sms import Fate, GatewayAnswer, Message, Unreachable

TRIES = 3
BIGGEST = 1_000_000
AT_HOME = {"localhost", "127.0.0.1", "::1"}


class HttpGateway:
    """POST <SMS_URL>/messages and /reports, with the token of SMS_TOKEN."""

    def send(self, messages: Sequence[Message]) -> list[GatewayAnswer]:
        """Everything of one call is refused together, or each by itself (docs/sms.md)."""
        given = [{"ref": message.ref, "to": message.to, "text": message.text} for message in messages]
        answer = self._ask("messages", {"sender": settings.SMS_SENDER, "messages": given})
        asked = {message.ref for message in messages}
        found = [_taken(row) for row in _rows(answer, "messages")]
        # Of what it says nothing, nothing is known: it comes again.
        return [one for one in found if one.ref in asked and (one.number or one.refused)]

    def reports(self, numbers: Sequence[str]) -> Mapping[str, Fate]:
        answer = self._ask("reports", {"ids": list(numbers)})
        fates: dict[str, Fate] = {}
        for row in _rows(answer, "reports"):
            if row.get("status") in set(Fate) and row.get("id") in numbers:
                fates[str(row["id"])] = Fate(row["status"])
        return fates

    def _ask(self, what: str, body: Mapping[str, object]) -> Any:
        """The JSON of an answer. A network that fails, or a server that does, is tried again at once, thrice in all."""
        failure: Exception = Unreachable("no try")
        for _try in range(TRIES):
            try:
                return self._once(what, body)
            except (OSError, http.client.HTTPException, ValueError) as error:
                failure = error
        raise Unreachable(str(failure)) from failure

    def _once(self, what: str, body: Mapping[str, object]) -> Any:
        address = urlsplit(settings.SMS_URL)
        connection = _connection(address.scheme, address.hostname or "", address.port)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_TOKEN}"}
        try:
            connection.request("POST", f"{address.path.rstrip('/')}/{what}", json.dumps(body), headers)
            answer = connection.getresponse()
            read = answer.read(BIGGEST + 1)
        finally:
            connection.close()
        if answer.status != 200 or len(read) > BIGGEST:
            raise Unreachable(f"the gateway answered {answer.status}")
        return json.loads(read)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    """HTTPS, or plain HTTP to this very machine. Raises Unreachable for anything else."""
    if scheme == "https" and host:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=settings.SMS_TIMEOUT, context=context)
    if scheme == "http" and host in AT_HOME:
        return http.client.HTTPConnection(host, port, timeout=settings.SMS_TIMEOUT)
    raise Unreachable("SMS_URL is not an address over HTTPS")


def _rows(answer: Any, name: str) -> list[dict[str, Any]]:
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise Unreachable("the gateway answered something else")
    return [row for row in rows if isinstance(row, dict)]


def _taken(row: Mapping[str, Any]) -> GatewayAnswer:
    text = {name: str(row.get(name) or "")[:120] for name in ("ref", "id", "error")}
    return GatewayAnswer(text["ref"], text["id"], "" if text["id"] else text["error"])
