"""What a service asks of OpenID Connect, read strictly. Nothing goes back to an address that the register does not hold."""

import re
from dataclasses import dataclass

from django.http import QueryDict

from preau.commons.signon import rules
from preau.commons.signon.actions.granting import AuthorizationRequest
from preau.commons.signon.models import Client
from preau.commons.signon.queries import claims, clients

# What services may send of their own (RFC 6749, VSCHAR), and the digest of a verifier (RFC 7636).
WORD = re.compile(r"[\x20-\x7e]*")
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST_STATE = 2_000
# « consent » and « select_account » are no pages of ours: the school has agreed, and a browser has one account.
PROMPTS = {"none", "login", "consent", "select_account"}
ONCE = (
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "request",
    "request_uri",
)


class Unknown(Exception):
    """No service of this number."""


class Misdirected(Exception):
    """A known service, with an address of return that is not one of its own: nobody is sent there."""


class Wrong(Exception):
    """A known service and address: the mistake is told to it. `code` is the protocol's, `said` for whoever develops it."""

    def __init__(self, back: "Back", code: str, description: str = "") -> None:
        super().__init__(code)
        self.back, self.code, self.said = back, code, description


@dataclass(frozen=True)
class Back:
    """Where an answer goes, with the word that the service wants to find again."""

    address: str
    state: str


@dataclass(frozen=True)
class AuthorizationQuery:
    """`asked`, and how: `silent`, without any page; `again`, whoever is signed in proves it again; `max_age`, in seconds."""

    asked: AuthorizationRequest
    back: Back
    silent: bool
    again: bool
    max_age: int | None


def once(typed: QueryDict, name: str) -> str:
    """A parameter given once; given twice, it is as if it were not there."""
    values = typed.getlist(name)
    return values[0] if len(values) == 1 else ""


def read_wanted(typed: QueryDict) -> AuthorizationQuery:
    """What is asked. Raises Unknown, Misdirected, or Wrong."""
    client = clients.client_of(once(typed, "client_id"))
    if client is None:
        raise Unknown
    redirect = once(typed, "redirect_uri")
    if not redirect or redirect not in client.redirects:
        raise Misdirected
    back = _back(typed, redirect)
    _check_kind(typed, back)
    _check_words(typed, back)
    prompts = set(once(typed, "prompt").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise Wrong(back, "invalid_request", "prompt")
    return AuthorizationQuery(
        _asked(typed, client, back),
        back,
        silent="none" in prompts,
        again="login" in prompts,
        max_age=_max_age(typed, back),
    )


def _back(typed: QueryDict, redirect: str) -> Back:
    state = once(typed, "state")
    if len(state) > LONGEST_STATE or not WORD.fullmatch(state):
        raise Wrong(Back(redirect, ""), "invalid_request", "state")
    return Back(redirect, state)


def _check_kind(typed: QueryDict, back: Back) -> None:
    """One flow: a code, in the query of the address of return."""
    twice = next((name for name in ONCE if len(typed.getlist(name)) > 1), "")
    if twice:
        raise Wrong(back, "invalid_request", f"{twice} is given twice")
    for name in ("request", "request_uri"):
        if name in typed:
            raise Wrong(back, f"{name}_not_supported")
    if once(typed, "response_type") != "code":
        kind = "unsupported_response_type" if once(typed, "response_type") else "invalid_request"
        raise Wrong(back, kind, "response_type")
    if once(typed, "response_mode") not in {"", "query"}:
        raise Wrong(back, "invalid_request", "response_mode")


def _check_words(typed: QueryDict, back: Back) -> None:
    if once(typed, "code_challenge_method") != "S256" or not CHALLENGE.fullmatch(
        once(typed, "code_challenge")
    ):
        raise Wrong(back, "invalid_request", "PKCE with S256 is required")
    nonce = once(typed, "nonce")
    if len(nonce) > rules.LONGEST_WORD or not WORD.fullmatch(nonce):
        raise Wrong(back, "invalid_request", "nonce")


def _asked(typed: QueryDict, client: Client, back: Back) -> AuthorizationRequest:
    """Scopes that we do not know are left out, as the standard says; « openid » is what makes it OpenID Connect."""
    scopes = once(typed, "scope").split()
    if "openid" not in scopes:
        raise Wrong(back, "invalid_scope", "openid")
    known = [one for one in claims.scopes_offered() if one in scopes]
    return AuthorizationRequest(
        client, back.address, known, once(typed, "nonce"), once(typed, "code_challenge")
    )


def _max_age(typed: QueryDict, back: Back) -> int | None:
    text = once(typed, "max_age")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Wrong(back, "invalid_request", "max_age")
    return int(text)
