"""A desk to try it all: « Guichet de démonstration ». It speaks SAML 2.0 truly, and asks nobody for a password.

It exists in a demonstration and in development alone: elsewhere it refuses to start. What it signs is signed by xmlsec's own
templates, and not by the code that reads it.
"""

import base64
import html
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import xmlsec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from lxml import etree  # type: ignore[import-untyped]

from preau.foundation.assertions import keys, leaving, words
from preau.foundation.assertions.reading import decoded, inflated, parsed, written
from preau.foundation.assertions.signatures import signed_query
from preau.foundation.assertions.words import (
    BEARER,
    DS,
    MD,
    PERSISTENT,
    REDIRECT,
    SAML,
    SAMLP,
    SUCCESS,
)
from preau.foundation.assertions.writing import add, bytes_of, new_id, root

COOKIE, LONGEST = "guichet_saml", 20_000
LIFE = timedelta(minutes=5)
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"  # noqa: S105 - a name of the standard
PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body{{font:1.1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1b1b35}}
button{{font:inherit;display:block;width:100%;text-align:left;padding:.75rem 1rem;margin:.5rem 0;border:1px solid #18753c;border-radius:.4rem;
background:#fff;cursor:pointer}}button:hover{{background:#efe}}small{{color:#555}}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""


@dataclass(frozen=True)
class StandInPerson:
    """Somebody whom the desk knows: by which stable name, and what it says of them."""

    subject: str
    name: str
    note: str
    facts: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Relying:
    """A site that relies on it. `certificates`: PEM, of what it signs."""

    entity_id: str
    acs: str
    logout: str
    certificates: Sequence[str]


@dataclass(frozen=True)
class StandInSession:
    """A session there."""

    subject: str
    index: str
    at: datetime


class SamlStandIn:
    """The desk: people, one site, sessions, and a key made at the start."""

    title = "Guichet de démonstration"

    def __init__(
        self, people: Sequence[StandInPerson], port: int = 0, host: str = "127.0.0.1", name: str = ""
    ) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise ImproperlyConfigured(
                "The stand-in desk is for a demonstration or development: DEMO or DEBUG."
            )
        self.people = {person.subject: person for person in people}
        self.relying: Relying | None = None
        self.sessions: dict[str, StandInSession] = {}
        self.key = keys.make_key(self.title, timezone.now())
        desk = self

        class Handler(_Handler):
            provider = desk

        self.server = ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        self.address = f"http://{name or host}:{self.server.server_address[1]}"
        self.entity_id = f"{self.address}/metadata"

    def start(self) -> None:
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def metadata(self) -> bytes:
        top = root(MD, "EntityDescriptor", {"entityID": self.entity_id})
        role = add(
            top, MD, "IDPSSODescriptor", protocolSupportEnumeration=SAMLP, WantAuthnRequestsSigned="true"
        )
        data = add(add(add(role, MD, "KeyDescriptor", use="signing"), DS, "KeyInfo"), DS, "X509Data")
        add(data, DS, "X509Certificate", "".join(self.key.certificate.splitlines()[1:-1]))
        add(role, MD, "SingleLogoutService", Binding=REDIRECT, Location=f"{self.address}/slo")
        add(role, MD, "NameIDFormat", PERSISTENT)
        add(role, MD, "SingleSignOnService", Binding=REDIRECT, Location=f"{self.address}/sso")
        return bytes_of(top)

    def open_session(self, subject: str) -> tuple[str, StandInSession]:
        key = secrets.token_urlsafe(24)
        self.sessions[key] = StandInSession(subject, new_id(), timezone.now())
        return key, self.sessions[key]

    def question(self, query: str) -> Any:
        """The question of the site that is known, signed by it. Raises AssertionRefused."""
        certificates = self.relying.certificates if self.relying else []
        return parsed(inflated(decoded(signed_query(query, "SAMLRequest", certificates)["SAMLRequest"])))

    def answer(self, question: Any, opened: StandInSession) -> str:
        """Who is there, as the field SAMLResponse holds it."""
        if self.relying is None:
            raise ImproperlyConfigured("No site relies on this desk yet.")
        now, number, there = timezone.now(), question.get("ID"), self.relying
        top = root(
            SAMLP,
            "Response",
            {
                "ID": new_id(),
                "Version": "2.0",
                "IssueInstant": written(now),
                "Destination": there.acs,
                "InResponseTo": number,
            },
        )
        add(top, SAML, "Issuer", self.entity_id)
        add(add(top, SAMLP, "Status"), SAMLP, "StatusCode", Value=SUCCESS)
        assertion = add(top, SAML, "Assertion", ID=new_id(), Version="2.0", IssueInstant=written(now))
        add(assertion, SAML, "Issuer", self.entity_id)
        subject = add(assertion, SAML, "Subject")
        add(subject, SAML, "NameID", opened.subject, Format=PERSISTENT)
        bearer = add(subject, SAML, "SubjectConfirmation", Method=BEARER)
        ends = written(now + LIFE)
        add(
            bearer,
            SAML,
            "SubjectConfirmationData",
            InResponseTo=number,
            Recipient=there.acs,
            NotOnOrAfter=ends,
        )
        conditions = add(assertion, SAML, "Conditions", NotBefore=written(now), NotOnOrAfter=ends)
        add(add(conditions, SAML, "AudienceRestriction"), SAML, "Audience", there.entity_id)
        statement = add(
            assertion, SAML, "AuthnStatement", AuthnInstant=written(opened.at), SessionIndex=opened.index
        )
        add(add(statement, SAML, "AuthnContext"), SAML, "AuthnContextClassRef", PASSWORD)
        attributes = add(assertion, SAML, "AttributeStatement")
        for name, values in self.people[opened.subject].facts.items():
            attribute = add(attributes, SAML, "Attribute", Name=name)
            for value in values:
                add(attribute, SAML, "AttributeValue", value)
        return base64.b64encode(etree.tostring(_signed(assertion, self.key).getroottree())).decode()

    def ended(self, query: str, cookie: str) -> str:
        """A site ends a session; returns where to say that it is done. Raises AssertionRefused."""
        if self.relying is None:
            raise ImproperlyConfigured("No site relies on this desk yet.")
        there, now = self.relying, timezone.now()
        between = leaving.Between(self.entity_id, f"{self.address}/slo", there.entity_id, there.certificates)
        asked = leaving.read_end(between, now, query=query)
        self.sessions.pop(cookie, None)
        return leaving.make_ended(
            self.entity_id, there.logout, asked.number, self.key, now, relay=asked.relay
        )

    def end(self, cookie: str) -> str:
        """Somebody signs out at the desk; returns where the site is told so, empty when nobody was there."""
        opened = self.sessions.pop(cookie, None)
        if opened is None or self.relying is None:
            return ""
        name = (opened.subject, PERSISTENT, "")
        return leaving.make_end(
            self.entity_id, self.relying.logout, name, self.key, timezone.now(), session=opened.index
        )[1]


def _signed(assertion: Any, key: keys.KeyPair) -> Any:
    constants = xmlsec.constants
    signature = xmlsec.template.create(
        assertion, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds"
    )
    assertion.insert(1, signature)
    reference = xmlsec.template.add_reference(
        signature, constants.TransformSha256, uri=f"#{assertion.get('ID')}"
    )
    for one in (constants.TransformEnveloped, constants.TransformExclC14N):
        xmlsec.template.add_transform(reference, one)
    xmlsec.tree.add_ids(assertion, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key.private, constants.KeyDataFormatPem)
    context.sign(signature)
    return assertion


class _Handler(BaseHTTPRequestHandler):
    provider: SamlStandIn
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: Any) -> None:
        """Nothing of who came stays on the screen."""

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        try:
            if path == "/metadata":
                self._send(200, "application/samlmetadata+xml", self.provider.metadata())
            elif path == "/sso":
                self._choose(query)
            elif path == "/slo" and "SAMLResponse=" in query:
                self._page(200, "Vous êtes déconnecté", "<p>La session est fermée des deux côtés.</p>")
            elif path == "/slo":
                self._redirect(self.provider.ended(query, self._cookie()))
            elif path == "/deconnexion":
                self._redirect(self.provider.end(self._cookie()) or "/")
            else:
                self._page(404, "Rien ici", "")
        except words.AssertionRefused as refusal:
            self._page(400, "Ce site n’est pas connu ici", f"<p>{html.escape(refusal.reason)}</p>")

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST)
        form = parse_qs(self.rfile.read(length).decode(errors="replace"))
        who = form.get("qui", [""])[0]
        if urlsplit(self.path).path != "/sso" or who not in self.provider.people:
            self._page(404, "Rien ici", "")
            return
        try:
            question = self.provider.question(urlsplit(self.path).query)
        except words.AssertionRefused as refusal:
            self._page(400, "Ce site n’est pas connu ici", f"<p>{html.escape(refusal.reason)}</p>")
            return
        key, opened = self.provider.open_session(who)
        self._answer(question, opened, f"{COOKIE}={key}; HttpOnly; SameSite=Lax; Path=/")

    def _choose(self, query: str) -> None:
        question = self.provider.question(query)
        opened = self.provider.sessions.get(self._cookie())
        if opened and question.get("ForceAuthn") != "true":
            self._answer(question, opened)
            return
        buttons = "".join(
            f'<button name="qui" value="{html.escape(person.subject)}">{html.escape(person.name)}<br><small>{html.escape(person.note)}</small></button>'
            for person in self.provider.people.values()
        )
        body = f'<p>Personne n’est réel ici, et aucun mot de passe n’est demandé. Qui êtes-vous ?</p><form method="post" action="{html.escape(self.path)}">{buttons}</form>'
        self._page(200, self.provider.title, body)

    def _answer(self, question: Any, opened: StandInSession, cookie: str = "") -> None:
        """The form that brings the answer: by itself, or by its button."""
        relay = parse_qs(urlsplit(self.path).query).get("RelayState", [""])[0]
        acs = self.provider.relying.acs if self.provider.relying else ""
        fields = {"SAMLResponse": self.provider.answer(question, opened), "RelayState": relay}
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in fields.items()
        )
        body = (
            f'<form id="f" method="post" action="{html.escape(acs)}">{hidden}<button>Continuer vers Préau</button></form>'
            '<script>document.getElementById("f").submit()</script>'
        )
        self._page(200, self.provider.title, body, cookie)

    def _cookie(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return found.value if found else ""

    def _page(self, status: int, title: str, body: str, cookie: str = "") -> None:
        page = PAGE.format(title=html.escape(title), body=body).encode()
        self._send(status, "text/html; charset=utf-8", page, cookie)

    def _redirect(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes, cookie: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)
