"""A provider to try it all: « EduConnect de démonstration ». It speaks OpenID Connect truly, and asks nobody for a password.

It exists in a demonstration and in development alone: elsewhere it refuses to start.
"""

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from joserfc import jwt
from joserfc.jwk import RSAKey

from preau.foundation import outward

CODE_LIFE, TOKEN_LIFE = 60, 600
COOKIE = "guichet"
LONGEST = 20_000
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body{{font:1.1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1b1b35}}
button{{font:inherit;display:block;width:100%;text-align:left;padding:.75rem 1rem;margin:.5rem 0;border:1px solid #6a6af4;border-radius:.4rem;
background:#fff;cursor:pointer}}button:hover{{background:#eef}}small{{color:#555}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""


@dataclass(frozen=True)
class StandInPerson:
    """Somebody whom the provider knows: by which stable name, and what it says of them."""

    subject: str
    name: str
    note: str
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Relying:
    """A site that relies on it."""

    client_id: str
    secret: str
    redirects: Sequence[str]
    after_logout: Sequence[str] = ()
    told_at: str = ""


@dataclass
class StandInSession:
    """A session there."""

    subject: str
    sid: str
    at: int


@dataclass(frozen=True)
class Code:
    relying: Relying
    redirect: str
    challenge: str
    nonce: str
    opened: StandInSession
    ends: float


def is_allowed() -> bool:
    return bool(settings.DEMO or settings.DEBUG)


class StandIn:
    """The provider: people, sites, sessions, codes and a key made at the start."""

    title = "EduConnect de démonstration"

    def __init__(
        self, people: Sequence[StandInPerson], port: int = 0, host: str = "127.0.0.1", name: str = ""
    ) -> None:
        if not is_allowed():
            raise ImproperlyConfigured(
                "The stand-in provider is for a demonstration or development: DEMO or DEBUG."
            )
        self.people = {person.subject: person for person in people}
        self.relying: dict[str, Relying] = {}
        self.sessions: dict[str, StandInSession] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, str] = {}
        self.lock = threading.Lock()
        self.roll()
        standin = self

        class Handler(_Handler):
            provider = standin

        self.server = ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        self.issuer = f"http://{name or host}:{self.server.server_address[1]}"

    def roll(self) -> None:
        """Another key; the former one is forgotten."""
        self.key = RSAKey.generate_key(
            2048, {"use": "sig", "alg": "RS256", "kid": secrets.token_hex(8)}, private=True
        )

    def rely(self, relying: Relying) -> None:
        self.relying[relying.client_id] = relying

    def start(self) -> None:
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # What it says

    def sheet(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            **{
                f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token", "userinfo")
            },
            "end_session_endpoint": f"{self.issuer}/logout",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def sign(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, dict(claims), self.key)

    def id_claims(self, code: Code) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": code.opened.subject,
            "aud": code.relying.client_id,
            "iat": now,
            "exp": now + TOKEN_LIFE,
            "nonce": code.nonce,
            "auth_time": code.opened.at,
            "sid": code.opened.sid,
            "acr": "eidas1",
        }

    def about(self, subject: str) -> dict[str, Any]:
        return {"sub": subject, "name": self.people[subject].name, **self.people[subject].claims}

    # What it does

    def open_session(self, subject: str) -> tuple[str, StandInSession]:
        key = secrets.token_urlsafe(24)
        self.sessions[key] = StandInSession(subject, secrets.token_hex(12), int(time.time()))
        return key, self.sessions[key]

    def give_code(self, asked: Mapping[str, str], opened: StandInSession) -> str:
        code = secrets.token_urlsafe(24)
        self.codes[code] = Code(
            self.relying[asked["client_id"]],
            asked["redirect_uri"],
            asked["code_challenge"],
            asked.get("nonce", ""),
            opened,
            time.time() + CODE_LIFE,
        )
        parameters = {"code": code, "state": asked.get("state", ""), "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(parameters)}"

    def redeem(self, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        with self.lock:
            code = self.codes.pop(form.get("code", ""), None)
        if code is None or time.time() > code.ends:
            return 400, {"error": "invalid_grant"}
        if not self._is(code.relying, authorization):
            return 401, {"error": "invalid_client"}
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("redirect_uri") != code.redirect or challenge != code.challenge:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(24)
        self.tokens[access] = code.opened.subject
        return 200, {
            "token_type": "Bearer",
            "access_token": access,
            "expires_in": TOKEN_LIFE,
            "id_token": self.sign(self.id_claims(code)),
        }

    def _is(self, relying: Relying, authorization: str) -> bool:
        try:
            pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        except ValueError:
            return False
        name, _, secret = pair.partition(":")
        return secrets.compare_digest(
            f"{unquote(name)}:{unquote(secret)}", f"{relying.client_id}:{relying.secret}"
        )

    def end_session(self, key: str) -> None:
        """Close a session, and tell the sites that asked to be told."""
        opened = self.sessions.pop(key, None)
        for relying in self.relying.values() if opened else ():
            if relying.told_at:
                self.tell(relying, self.logout_claims(relying, opened))

    def logout_claims(self, relying: Relying, opened: StandInSession | None) -> dict[str, Any]:
        now = int(time.time())
        claims = {"sub": opened.subject, "sid": opened.sid} if opened else {}
        return claims | {
            "iss": self.issuer,
            "aud": relying.client_id,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(12),
            "events": {LOGOUT_EVENT: {}},
        }

    def tell(self, relying: Relying, claims: Mapping[str, Any]) -> int:
        body = urlencode({"logout_token": self.sign(claims)}).encode()
        return outward.send(
            "POST", relying.told_at, body, {"Content-Type": "application/x-www-form-urlencoded"}
        )


class _Handler(BaseHTTPRequestHandler):
    provider: StandIn
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: Any) -> None:
        """Nothing of who came stays on the screen."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/.well-known/openid-configuration":
            self._json(200, self.provider.sheet())
        elif path == "/jwks":
            self._json(200, self.provider.keys())
        elif path == "/userinfo":
            subject = self.provider.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
            self._json(
                *((200, self.provider.about(subject)) if subject else (401, {"error": "invalid_token"}))
            )
        elif path == "/authorization":
            self._authorize(self._query())
        elif path == "/logout":
            self._logout(self._query())
        else:
            self._page(404, "Rien ici", "")

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST)
        form = _flat(self.rfile.read(length).decode(errors="replace"))
        path = urlsplit(self.path).path
        if path == "/token":
            self._json(*self.provider.redeem(form, self.headers.get("Authorization", "")))
        elif path == "/authorization" and form.get("qui") in self.provider.people:
            key, opened = self.provider.open_session(form["qui"])
            asked = self._asked(self._query())
            if asked:
                cookie = f"{COOKIE}={key}; HttpOnly; SameSite=Lax; Path=/"
                self._redirect(self.provider.give_code(asked, opened), cookie)
        else:
            self._page(404, "Rien ici", "")

    def _authorize(self, query: dict[str, str]) -> None:
        asked = self._asked(query)
        if asked is None:
            return
        opened = self.provider.sessions.get(self._cookie())
        anew = asked.get("prompt") == "login" or asked.get("max_age") == "0"
        if opened and not anew:
            self._redirect(self.provider.give_code(asked, opened))
            return
        buttons = "".join(
            f'<button name="qui" value="{html.escape(person.subject)}">{html.escape(person.name)}<br><small>{html.escape(person.note)}</small></button>'
            for person in self.provider.people.values()
        )
        body = f'<p>Personne n’est réel ici, et aucun mot de passe n’est demandé. Qui êtes-vous\u202f?</p><form method="post" action="{html.escape(self.path)}">{buttons}</form>'
        self._page(200, self.provider.title, body)

    def _asked(self, query: dict[str, str]) -> dict[str, str] | None:
        """The question, if it comes from a site that is known, to go back to an address that it has given; else a page says no."""
        relying = self.provider.relying.get(query.get("client_id", ""))
        fits = relying is not None and query.get("redirect_uri") in relying.redirects
        if not fits or query.get("response_type") != "code" or query.get("code_challenge_method") != "S256":
            self._page(400, "Ce site n’est pas connu ici", "<p>Rien ne lui est dit.</p>")
            return None
        return query

    def _logout(self, query: dict[str, str]) -> None:
        self.provider.end_session(self._cookie())
        relying = self.provider.relying.get(query.get("client_id", ""))
        after = query.get("post_logout_redirect_uri", "")
        if relying and after in relying.after_logout:
            self._redirect(after, f"{COOKIE}=; Max-Age=0; Path=/")
        else:
            self._page(200, "Vous êtes déconnecté", "<p>La session est fermée ici.</p>")

    def _query(self) -> dict[str, str]:
        return _flat(urlsplit(self.path).query)

    def _cookie(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return found.value if found else ""

    def _json(self, status: int, payload: Mapping[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(payload).encode())

    def _page(self, status: int, title: str, body: str) -> None:
        self._send(
            status, "text/html; charset=utf-8", PAGE.format(title=html.escape(title), body=body).encode()
        )

    def _redirect(self, address: str, cookie: str = "") -> None:
        self.send_response(303)
        self.send_header("Location", address)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
