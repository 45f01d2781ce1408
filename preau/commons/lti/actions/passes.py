"""Tokens of services: given for a word that they signed, for what schools agreed to, an hour."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from preau.commons.lti.actions.reading import digest_of, is_for, is_timely, read_word, show_once
from preau.commons.lti.models import Pass, Tool
from preau.commons.lti.queries import keys, tools
from preau.commons.lti.rules import ASSERTION_LIFE, CLOCKS_DIFFER, PASS_LIFE
from preau.commons.signon.words import Protocol

LONGEST = 200


class Refusal(Exception):
    """`code` is the protocol's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class AccessToken:
    """What a service receives, once."""

    value: str
    scopes: list[str]


def give_pass(word: str, wanted: Sequence[str], at: str) -> AccessToken:
    """A token for a service that signed `word` for our address `at`, of those scopes that were agreed to. Raises Refusal."""
    tool = tools.tool_of(keys.signer_in(word))
    claims = read_word(tool, word) if tool else None
    if tool is None or claims is None or not _is_sound(tool, claims, at):
        raise Refusal("invalid_client")
    now = timezone.now()
    if not show_once(tool, "jti", claims.get("jti"), now + ASSERTION_LIFE + 2 * CLOCKS_DIFFER):
        raise Refusal("invalid_client")
    agreed = tools.scopes_of(tool)
    scopes = [one for one in dict.fromkeys(wanted) if one in agreed]
    if not scopes:
        raise Refusal("invalid_scope")
    value = secrets.token_urlsafe(32)
    Pass.objects.create(
        service_id=tool.service_id, digest=digest_of(value), scopes=scopes, ends_at=now + PASS_LIFE
    )
    return AccessToken(value, scopes)


def _is_sound(tool: Tool, claims: dict[str, Any], at: str) -> bool:
    return (
        claims.get("iss") == tool.client_id
        and claims.get("sub") == tool.client_id
        and is_for(claims, at)
        and is_timely(claims, timezone.now(), ASSERTION_LIFE)
    )


def read_pass(value: str) -> Pass | None:
    """The token of this value, while it holds and its service is on."""
    known = Pass.objects.select_related("service").filter(
        digest=digest_of(value[:LONGEST]),
        ends_at__gt=timezone.now(),
        service__is_on=True,
        service__protocol=Protocol.LTI,
    )
    return known.first()
