"""Messages that we write, and how they travel in an address (HTTP-Redirect): packed, in base64, signed."""

import base64
import secrets
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from lxml import etree  # type: ignore[import-untyped]

from preau.foundation.assertions.keys import KeyPair
from preau.foundation.assertions.words import DS, MD, OURS, SAML, SAMLP

SPACES = {"md": MD, "saml": SAML, "samlp": SAMLP, "ds": DS}


def new_id() -> str:
    """A name that nobody guesses (256 bits), and that may stand in XML: it begins with a letter."""
    return f"_{secrets.token_hex(32)}"


def root(space: str, name: str, attributes: Mapping[str, str]) -> Any:
    return etree.Element(
        f"{{{space}}}{name}", dict(attributes), nsmap={k: v for k, v in SPACES.items() if v != DS}
    )


def add(parent: Any, space: str, name: str, text: str = "", **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{space}}}{name}", attributes)
    if text:
        element.text = text
    return element


def bytes_of(element: Any) -> bytes:
    written: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8")
    return written


def redirected(address: str, field: str, message: bytes, relay: str, key: KeyPair) -> str:
    """The address that carries this message, signed as the standard wants: over the very text of the query."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = base64.b64encode(packing.compress(message) + packing.flush()).decode()
    parameters = {field: packed} | ({"RelayState": relay} if relay else {}) | {"SigAlg": OURS}
    query = "&".join(f"{name}={quote_plus(value)}" for name, value in parameters.items())
    signature = quote_plus(base64.b64encode(key.sign(query.encode())).decode())
    return f"{address}{'&' if '?' in address else '?'}{query}&Signature={signature}"
