"""A message of a service: by which binding it came, what it says, and whether it is signed by whom it names.

What is read is the root of the document, and a signature must be of that very root: nothing that is signed elsewhere in
it counts.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

import xmlsec

from preau.commons.signon.saml import certificates
from preau.commons.signon.saml.names import (
    DIGESTED_BY,
    DS,
    ENTITY,
    ENVELOPED,
    EXCLUSIVE,
    SAML,
    SAMLP,
    SIGNED_BY,
    tag,
)
from preau.commons.signon.saml.xml import LONGEST, NAME, Malformed, parse, text_of

# Packed, in an address or in a form.
LONGEST_PACKED = {"redirect": 32_000, "post": 100_000}
LONGEST_ISSUER = 1_024
PARTS = ("SAMLRequest", "RelayState", "SigAlg")


class Unproved(Exception):
    """Nobody knows who wrote it: not signed, signed otherwise than we accept, or by another key."""


@dataclass(frozen=True)
class Message:
    """`root`: what was said. `relay`: the service's own word. `query`: of a signature in the address, what was signed,
    the signature and its algorithm."""

    root: Any
    relay: str
    query: tuple[bytes, bytes, str] | None = None

    @property
    def id(self) -> str:
        return str(self.root.get("ID"))

    @property
    def issuer(self) -> str:
        return text_of(self.root.find(tag(SAML, "Issuer")))

    @property
    def is_signed(self) -> bool:
        return self.query is not None or self.root.find(f".//{tag(DS, 'Signature')}") is not None


def from_query(raw: str, kind: str) -> Message:
    """By the Redirect binding: `raw` is the query as it came, since its signature is of its very letters. Raises Malformed."""
    given: dict[str, str] = {}
    for part in raw.split("&"):
        name, _equal, value = part.partition("=")
        if name in given and name in {*PARTS, "Signature", "SAMLEncoding"}:
            raise Malformed("a parameter twice")
        given[name] = value
    if given.get("SAMLEncoding", "").strip() and not given["SAMLEncoding"].endswith("DEFLATE"):
        raise Malformed("encoding")
    root = _read(_inflated(_unpacked(unquote_plus(given.get("SAMLRequest", "")), "redirect")), kind)
    if root.find(f".//{tag(DS, 'Signature')}") is not None:
        raise Malformed("signed inside")
    relay = unquote_plus(given.get("RelayState", ""))
    if "Signature" not in given and "SigAlg" not in given:
        return Message(root, relay)
    content = "&".join(f"{name}={given[name]}" for name in PARTS if name in given).encode()
    signature = _unpacked(unquote_plus(given.get("Signature", "")), "redirect")
    return Message(root, relay, (content, signature, unquote_plus(given.get("SigAlg", ""))))


def from_form(typed: Mapping[str, str], kind: str) -> Message:
    """By the POST binding. Raises Malformed."""
    root = _read(_unpacked("".join(typed.get("SAMLRequest", "").split()), "post"), kind)
    return Message(root, typed.get("RelayState", ""))


def _unpacked(packed: str, binding: str) -> bytes:
    if not 0 < len(packed) <= LONGEST_PACKED[binding]:
        raise Malformed("size")
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError) as failure:
        raise Malformed("base64") from failure


def _inflated(packed: bytes) -> bytes:
    """What was deflated, and no more of it than a message may be."""
    pump = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        raw = pump.decompress(packed, LONGEST + 1)
    except zlib.error as failure:
        raise Malformed("deflate") from failure
    if len(raw) > LONGEST or not pump.eof or pump.unused_data:
        raise Malformed("deflate")
    return raw


def _read(raw: bytes, kind: str) -> Any:
    root = parse(raw)
    issuer = root.find(tag(SAML, "Issuer"))
    if root.tag != tag(SAMLP, kind) or issuer is None or root[0] is not issuer:
        raise Malformed("another message")
    if not NAME.fullmatch(root.get("ID", "")) or issuer.get("Format", ENTITY) != ENTITY:
        raise Malformed("identifier or issuer")
    if not 0 < len(text_of(issuer)) <= LONGEST_ISSUER:
        raise Malformed("issuer")
    return root


def check_signed(message: Message, known: Sequence[str]) -> None:
    """Was it signed by the holder of one of these certificates? Raises Unproved."""
    if message.query is not None:
        content, signature, by = message.query
        size = SIGNED_BY.get(by)
        if size is None or not any(certificates.vouches(one, signature, content, size) for one in known):
            raise Unproved("query")
        return
    signature = _signature_of(message.root)
    xmlsec.tree.add_ids(message.root, ["ID"])
    if not any(_verifies(signature, one) for one in known):
        raise Unproved("document")


def _signature_of(root: Any) -> Any:
    """The one signature of a document, if it is of its root, and made as we accept. Raises Unproved."""
    every = root.findall(f".//{tag(DS, 'Signature')}")
    if len(every) != 1 or len(root) < 2 or root[1] is not every[0]:
        raise Unproved("place")
    info = every[0].find(tag(DS, "SignedInfo"))
    references = [] if info is None else info.findall(tag(DS, "Reference"))
    if len(references) != 1 or every[0].find(f".//{tag(DS, 'Object')}") is not None:
        raise Unproved("references")
    reference = references[0]
    transforms = [
        one.get("Algorithm") for one in reference.findall(f"{tag(DS, 'Transforms')}/{tag(DS, 'Transform')}")
    ]
    fits = (
        reference.get("URI") == f"#{root.get('ID')}"
        and transforms == [ENVELOPED, EXCLUSIVE]
        and _algorithm(info, "CanonicalizationMethod") == EXCLUSIVE
        and _algorithm(info, "SignatureMethod") in SIGNED_BY
        and _algorithm(reference, "DigestMethod") in DIGESTED_BY
    )
    if not fits:
        raise Unproved("kind")
    return every[0]


def _algorithm(parent: Any, name: str) -> str:
    found = parent.findall(tag(DS, name))
    return str(found[0].get("Algorithm", "")) if len(found) == 1 else ""


def _verifies(signature: Any, certificate: str) -> bool:
    context = xmlsec.SignatureContext()
    context.key = _key_of(certificate)
    try:
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


@lru_cache(maxsize=256)
def _key_of(certificate: str) -> Any:
    """Read once in a process."""
    return xmlsec.Key.from_memory(certificates.pem(certificate), xmlsec.KeyFormat.CERT_PEM, None)
