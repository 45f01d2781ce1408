"""What we ask a provider: to say who is there (AuthnRequest, HTTP-Redirect, always signed)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from preau.foundation.assertions.keys import KeyPair
from preau.foundation.assertions.reading import written
from preau.foundation.assertions.words import POST, SAML, SAMLP
from preau.foundation.assertions.writing import add, bytes_of, redirected, root


@dataclass(frozen=True)
class Question:
    """Who is there? `number`: its name (an XML name), to which the answer must answer; `relay`: an opaque word that comes back
    with it. `again`: they sign in there even if they did already; `contexts`: ways, one of which we want; `name_format`: the
    kind of name by which we want to know them."""

    number: str
    relay: str
    again: bool = False
    contexts: Sequence[str] = ()
    name_format: str = ""


def make_request(us: str, acs: str, address: str, key: KeyPair, now: datetime, question: Question) -> str:
    """Ask the provider at `address`: where to send the browser. The answer is to come to `acs`."""
    attributes = {
        "ID": question.number,
        "Version": "2.0",
        "IssueInstant": written(now),
        "Destination": address,
        "AssertionConsumerServiceURL": acs,
        "ProtocolBinding": POST,
    }
    top = root(SAMLP, "AuthnRequest", attributes | ({"ForceAuthn": "true"} if question.again else {}))
    add(top, SAML, "Issuer", us)
    policy = {"Format": question.name_format} if question.name_format else {}
    add(top, SAMLP, "NameIDPolicy", AllowCreate="true", **policy)
    if question.contexts:
        wanted = add(top, SAMLP, "RequestedAuthnContext", Comparison="exact")
        for context in question.contexts:
            add(wanted, SAML, "AuthnContextClassRef", context)
    return redirected(address, "SAMLRequest", bytes_of(top), question.relay, key)
