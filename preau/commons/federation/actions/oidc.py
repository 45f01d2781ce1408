"""OpenID Connect, on the side that relies on a provider: what is asked of it, and what is believed of its answers."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from preau.commons.federation import asking
from preau.commons.federation.asking import Failed
from preau.commons.federation.models import Provider
from preau.commons.federation.rules import ASKED_LIFE, KEYS_AGAIN, KEYS_LIFE
from preau.commons.federation.words import Arrival, Trouble
from preau.foundation import throttle
from preau.foundation.sealed import unseal

ASKED = "federation_asked"
SECRET = "federation.secret"  # noqa: S105 - the purpose of a seal
# Tabs of one browser that wait at the same time.
MOST_ASKED = 5
# « none » and the algorithms of a shared secret are not tried, whatever a token says of itself.
KINDS: dict[str, Any] = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey}
SKEW, JUST_NOW, OLDEST = timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=10)
PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MORE_PLACES = ("userinfo_endpoint", "end_session_endpoint")
FEWEST_BITS = 2048
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST_NAME = 255
# What a token says of itself, and not of a person.
OF_THE_PROTOCOL = frozenset(
    [
        "iss",
        "aud",
        "exp",
        "iat",
        "nbf",
        "nonce",
        "azp",
        "at_hash",
        "c_hash",
        "s_hash",
        "jti",
        "sid",
        "auth_time",
        "acr",
        "amr",
        "sub",
    ]
)
UNAUTHORIZED, WRONG = 401, 400


class Stale(Exception):
    """Nobody waits for this answer in this browser: it is too old, was used, or was meant for another."""


class Untrue(Exception):
    """A token that is not to be believed."""


class Turned(Exception):
    """The provider answered that it does not say who comes: its word is the argument."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """What this browser asked of a provider. `account`: who proves again that it is they; 0 for whoever comes in."""

    provider: int
    nonce: str
    verifier: str
    after: str
    at: int
    account: int = 0


def address_back(provider: Provider) -> str:
    """The one address to which a provider answers: one a provider, so that none can be taken for another (RFC 9700, 4.4.2)."""
    return f"{settings.PUBLIC_URL}{reverse('federation:back', args=[provider.public_id])}"


# What is asked


def ask(request: HttpRequest, provider: Provider, after: str, *, again: int = 0) -> str:
    """The address of the provider where this browser is sent; what it must bring back waits in the session. Raises Failed."""
    places = places_of(provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    now = int(timezone.now().timestamp())
    waiting = dict(list(request.session.get(ASKED, {}).items())[-MOST_ASKED + 1 :])
    waiting[state] = {
        "provider": provider.pk,
        "nonce": nonce,
        "verifier": verifier,
        "after": after,
        "at": now,
        "account": again,
    }
    request.session[ASKED] = waiting
    digest = hashlib.sha256(verifier.encode()).digest()
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": address_back(provider),
        "scope": provider.scopes or "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if provider.acr:
        parameters["acr_values"] = provider.acr
    if again:
        parameters |= {"prompt": "login", "max_age": "0"}
    return _with(places["authorization_endpoint"], parameters)


def _with(address: str, parameters: Mapping[str, str]) -> str:
    mark = "&" if urlsplit(address).query else "?"
    return f"{address}{mark}{urlencode(parameters)}"


def places_of(provider: Provider, *, anew: bool = False) -> dict[str, Any]:
    """The addresses of the provider, from its own sheet, read once a day. One that does not answer today is known since yesterday.

    Raises Failed.
    """
    now = timezone.now()
    known = provider.discovered
    is_new = bool(provider.discovered_at and now - provider.discovered_at < KEYS_LIFE)
    if known and is_new and not anew:
        return known
    try:
        found = discover(provider.issuer)
    except Failed:
        if known and not anew:
            return known
        raise
    provider.discovered, provider.discovered_at = found, now
    Provider.objects.filter(pk=provider.pk).update(discovered=found, discovered_at=now)
    return found


def discover(issuer: str) -> dict[str, Any]:
    """What the sheet of a provider says of itself. Raises Failed."""
    document = asking.read_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise Failed(Trouble.MISMATCH)
    if not all(document.get(name) for name in PLACES):
        raise Failed(Trouble.INCOMPLETE)
    found: dict[str, Any] = {name: document[name] for name in (*PLACES, *MORE_PLACES) if document.get(name)}
    if not all(asking.is_place(address) for address in found.values()):
        raise Failed(Trouble.REFUSED)
    if "code" not in _list(document.get("response_types_supported", ["code"])):
        raise Failed(Trouble.INCOMPLETE)
    ways = _list(document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]))
    found["posts_secret"] = "client_secret_basic" not in ways and "client_secret_post" in ways
    found["says_iss"] = document.get("authorization_response_iss_parameter_supported") is True
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


# What is answered


def come_back(
    request: HttpRequest, provider: Provider, parameters: Mapping[str, str]
) -> tuple[AuthorizationRequest, Arrival]:
    """Who has come, once everything that the provider says was looked at. Raises Stale, Turned, Untrue, Failed."""
    asked = take_asked(request, provider, parameters.get("state", ""))
    places = places_of(provider)
    iss = parameters.get("iss", "")
    if (iss or places.get("says_iss")) and iss != provider.issuer:
        raise Untrue("iss")
    if parameters.get("error"):
        raise Turned(parameters["error"])
    if not parameters.get("code"):
        raise Untrue("code")
    tokens = _redeem(provider, places, parameters["code"], asked)
    claims = read_token(provider, tokens.get("id_token"))
    _check(provider, claims, asked)
    userinfo = _userinfo(provider, places, claims["sub"], tokens)
    return asked, _arrival(provider, claims, userinfo, tokens["id_token"])


def take_asked(request: HttpRequest, provider: Provider, state: str) -> AuthorizationRequest:
    """What this browser asked, once, within ten minutes. Raises Stale."""
    waiting = dict(request.session.get(ASKED, {}))
    left = waiting.pop(state, None)
    if left is None:
        raise Stale
    request.session[ASKED] = waiting
    asked = AuthorizationRequest(**left)
    age = timezone.now().timestamp() - asked.at
    # Two answers at the same moment read the same session: one alone counts first.
    first = throttle.hit("federation.state", state, window=ASKED_LIFE) == 1
    if not first or not 0 <= age <= ASKED_LIFE.total_seconds() or asked.provider != provider.pk:
        raise Stale
    return asked


def going_to(request: HttpRequest, state: str) -> str:
    """Where whoever asked this was going; the home when nobody did."""
    return str(request.session.get(ASKED, {}).get(state, {}).get("after", "/"))


def _redeem(
    provider: Provider, places: Mapping[str, Any], code: str, asked: AuthorizationRequest
) -> dict[str, Any]:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": address_back(provider),
        "code_verifier": asked.verifier,
        "client_id": provider.client_id,
    }
    headers = {}
    secret = (unseal(SECRET, provider.secret) or b"").decode()
    if places.get("posts_secret"):
        fields["client_secret"] = secret
    elif secret:
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    status, answer = asking.send_form(places["token_endpoint"], fields, headers)
    if status == UNAUTHORIZED or answer.get("error") in {"invalid_client", "unauthorized_client"}:
        raise Failed(Trouble.SECRET)
    if status >= WRONG or answer.get("error"):
        # A code that does not fit is whoever sent it: no trouble of the provider.
        raise Untrue("code")
    if not isinstance(answer.get("id_token"), str):
        raise Failed(Trouble.GARBLED)
    return answer


def read_token(provider: Provider, token: Any) -> dict[str, Any]:
    """The claims of a token that this provider signed for us. Raises Untrue, Failed."""
    if not isinstance(token, str) or len(token) > asking.LONGEST:
        raise Untrue("token")
    try:
        padded = token.split(".")[0] + "=="
        header = json.loads(base64.urlsafe_b64decode(padded))
        kind, kid = KINDS[header["alg"]], header.get("kid", "")
    except (ValueError, KeyError, TypeError, RecursionError) as failure:
        raise Untrue("alg") from failure
    key = _key(provider, header["alg"], kid)
    try:
        claims = jwt.decode(token, kind.import_key(key), algorithms=[header["alg"]]).claims
    except (JoseError, ValueError, TypeError, KeyError) as failure:
        raise Untrue("signature") from failure
    _check_meant_for_us(provider, claims)
    return claims


def _key(provider: Provider, alg: str, kid: Any) -> dict[str, Any]:
    """The key of this name that serves this algorithm; for one that is not known, the list is read again, seldom. Raises Untrue, Failed."""
    now = timezone.now()
    is_old = provider.jwks_at is None or now - provider.jwks_at > KEYS_LIFE
    found = (
        None
        if is_old and _may_read_keys(provider) and _read_keys(provider, now)
        else _fit(provider.jwks, alg, kid)
    )
    found = found or _fit(provider.jwks, alg, kid)
    if found is None and _may_read_keys(provider):
        _read_keys(provider, now, must=True)
        found = _fit(provider.jwks, alg, kid)
    if found is None:
        raise Untrue("kid")
    return found


def read_keys(provider: Provider) -> None:
    """Read its keys now. Raises Failed."""
    _read_keys(provider, timezone.now(), must=True)
    if not any(_fit_any(one) for one in provider.jwks["keys"]):
        raise Failed(Trouble.INCOMPLETE)


def _fit_any(key: Any) -> bool:
    return any(_fit({"keys": [key]}, alg, "") for alg in KINDS)


def _may_read_keys(provider: Provider) -> bool:
    return throttle.hit("federation.keys", str(provider.pk), window=KEYS_AGAIN) <= 2


def _read_keys(provider: Provider, now: datetime, *, must: bool = False) -> bool:
    """Read its keys; those of before are kept when it does not answer. Raises Failed when there are none, or they `must` be new."""
    try:
        key_set = asking.read_json(places_of(provider)["jwks_uri"])
    except Failed:
        if must or not provider.jwks:
            raise
        return False
    if not isinstance(key_set.get("keys"), list):
        raise Failed(Trouble.GARBLED)
    provider.jwks, provider.jwks_at = {"keys": key_set["keys"][:50]}, now
    Provider.objects.filter(pk=provider.pk).update(jwks=provider.jwks, jwks_at=now)
    return True


def _fit(jwks: Mapping[str, Any], alg: str, kid: Any) -> dict[str, Any] | None:
    """The one key of this name, or the only one where a token names none, public and of the right sort."""
    wanted = "EC" if alg == "ES256" else "RSA"
    fitting = [
        jwk
        for jwk in jwks.get("keys", [])
        if isinstance(jwk, dict)
        and jwk.get("kty") == wanted
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", alg) == alg
        and (not kid or jwk.get("kid") == kid)
        and _is_strong_enough(jwk)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _is_strong_enough(key: Mapping[str, Any]) -> bool:
    if key.get("kty") == "EC":
        return key.get("crv") == "P-256"
    return isinstance(key.get("n"), str) and len(key["n"]) * 6 >= FEWEST_BITS


def _check_meant_for_us(provider: Provider, claims: Mapping[str, Any]) -> None:
    """Whose word it is, for whom, and when: what every token says. Raises Untrue."""
    now = timezone.now()
    audience = _list(claims.get("aud"))
    if claims.get("iss") != provider.issuer:
        raise Untrue("iss")
    if provider.client_id not in audience or not provider.client_id:
        raise Untrue("aud")
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise Untrue("azp")
    issued = _moment(claims, "iat")
    if issued is None or issued > now + SKEW or issued < now - OLDEST:
        raise Untrue("iat")
    ends = _moment(claims, "exp")
    if "exp" in claims and (ends is None or ends <= now - SKEW):
        raise Untrue("exp")


def _moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, tz=timezone.get_current_timezone())
    except (OverflowError, ValueError, OSError):
        return None


def _check(provider: Provider, claims: Mapping[str, Any], asked: AuthorizationRequest) -> None:
    """What an ID token says besides: of whom, until when, for which question. Raises Untrue."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_NAME:
        raise Untrue("sub")
    if "\0" in subject + str(claims.get("sid", "")):
        raise Untrue("sub")
    if "exp" not in claims:
        raise Untrue("exp")
    if not constant_time_compare(str(claims.get("nonce", "")), asked.nonce):
        raise Untrue("nonce")
    proved = _moment(claims, "auth_time")
    if asked.account and (proved is None or proved.timestamp() < asked.at - SKEW.total_seconds()):
        raise Untrue("auth_time")


def _userinfo(
    provider: Provider, places: Mapping[str, Any], subject: str, tokens: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What the provider says of them beside the token, as an object or signed. Raises Untrue, Failed."""
    access = tokens.get("access_token")
    if "userinfo_endpoint" not in places or not isinstance(access, str) or not access.isprintable():
        return {}
    body = asking.read(places["userinfo_endpoint"], {"Authorization": f"Bearer {access}"})
    userinfo: Mapping[str, Any]
    if body.count(b".") == 2 and not body.lstrip().startswith(b"{"):
        userinfo = read_token(provider, body.decode(errors="replace").strip())
    else:
        userinfo = asking.object_in(body)
    if userinfo.get("sub") != subject:
        raise Untrue("userinfo")
    return userinfo


def _arrival(
    provider: Provider, claims: Mapping[str, Any], userinfo: Mapping[str, Any], token: str
) -> Arrival:
    attributes = {**claims, **userinfo}
    facts = {name: _texts(value) for name, value in attributes.items() if name not in OF_THE_PROTOCOL}
    levels = {str(one) for one in [claims.get("acr", ""), *_list(claims.get("amr", []))]}
    proved = _moment(claims, "auth_time")
    now = timezone.now()
    return Arrival(
        subject=claims["sub"],
        facts=facts,
        session=str(claims.get("sid", ""))[:LONGEST_NAME],
        hint=token,
        is_strong=bool(levels & set(provider.strong)),
        is_fresh=bool(proved and now - JUST_NOW <= proved <= now + SKEW),
    )


def _texts(value: Any) -> list[str]:
    return [str(one) for one in _list(value) if isinstance(one, str | int) and not isinstance(one, bool)][
        :200
    ]


# What ends


@dataclass(frozen=True)
class Ended:
    """Whose session, or which one, a provider says is over there."""

    subject: str
    session: str
    mark: str


def read_logout(provider: Provider, token: Any) -> Ended:
    """A word of logout (OpenID Connect Back-Channel Logout 1.0). Raises Untrue, Failed."""
    claims = read_token(provider, token)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
        raise Untrue("events")
    subject, session, mark = (claims.get(name, "") for name in ("sub", "sid", "jti"))
    if not all(
        isinstance(one, str) and len(one) <= LONGEST_NAME and "\0" not in one
        for one in (subject, session, mark)
    ):
        raise Untrue("sub")
    if not mark or not (subject or session):
        raise Untrue("jti")
    if throttle.hit("federation.logout", str(provider.pk), mark, window=OLDEST * 2) > 1:
        raise Untrue("jti")
    return Ended(subject, session, mark)


def logout_address(provider: Provider, hint: str) -> str:
    """Where one signs out there too; empty when it offers no such page."""
    place = provider.discovered.get("end_session_endpoint", "")
    if not place:
        return ""
    parameters = {
        "client_id": provider.client_id,
        "post_logout_redirect_uri": f"{settings.PUBLIC_URL}{reverse('identity:sign_in')}",
    }
    return _with(place, parameters | ({"id_token_hint": hint} if hint else {}))
