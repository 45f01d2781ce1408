"""Signatures of others: checked by the keys that they publish, and read back from what was signed.

An XML signature says « the element of that name, transformed like this, has this digest ». Attacks live in the gap between
what is checked and what is read. So only one form is accepted: a signature that is a child of what it covers, one reference,
two transforms; xmlsec checks it; then we compute the same bytes ourselves, compare their digest with the one that was signed,
and the caller reads *these bytes*, parsed anew.
"""

import base64
import binascii
import copy
import hashlib
from collections.abc import Iterable
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote_plus

import xmlsec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree  # type: ignore[import-untyped]

from preau.foundation.assertions.reading import at_most_one, name_of, only, parsed, text_of
from preau.foundation.assertions.words import (
    DIGESTS,
    DS,
    ENVELOPED,
    EXCLUSIVE,
    SIGNATURES,
    SMALLEST_RSA,
    AssertionRefused,
    Reason,
)

HASHES: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
PREFIXES = f"{{{EXCLUSIVE}}}InclusiveNamespaces"
CURVES = (256, 384, 521)
MOST_PREFIXES = 20


def certificate(text: str) -> x509.Certificate:
    """What a provider publishes, in base64, with or without the lines of PEM. Its dates are not looked at: what makes a key good
    is that the provider's description holds it today."""
    kept = "".join(line for line in text.strip().splitlines() if not line.startswith("-----"))
    try:
        found = x509.load_der_x509_certificate(base64.b64decode("".join(kept.split()), validate=True))
        key = found.public_key()
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as failure:
        raise AssertionRefused(Reason.NO_KEY) from failure
    is_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA
    if not is_rsa and not (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size in CURVES):
        raise AssertionRefused(Reason.WEAK_ALGORITHM)
    return found


def pem(found: x509.Certificate) -> str:
    return found.public_bytes(Encoding.PEM).decode()


def mark_of(text: str) -> tuple[str, datetime]:
    """By what people compare a certificate (SHA-256, pairs of digits), and the day that is written in it."""
    found = certificate(text)
    return found.fingerprint(hashes.SHA256()).hex(":").upper(), found.not_valid_after_utc


def is_signed(element: Any) -> bool:
    return element.find(f"{{{DS}}}Signature") is not None


def verified(element: Any, certificates: Iterable[str], longest: int) -> Any:
    """This element as it was signed, without its signature, read again from the bytes that were signed.

    Raises AssertionRefused when it bears no signature of one of these certificates.
    """
    signature = only(element, f"{{{DS}}}Signature")
    method, digest, prefixes = _sound(signature, name_of(element))
    _covered_by_one(element, certificates, method)
    signed = _bytes_of(element, prefixes)
    digest_value = at_most_one(_reference(signature), f"{{{DS}}}DigestValue")
    if not compare_digest(hashlib.new(digest, signed).digest(), _base64(text_of(digest_value))):
        raise AssertionRefused(Reason.WRONG_SIGNATURE)
    return parsed(signed, longest)


def _reference(signature: Any) -> Any:
    return only(only(signature, f"{{{DS}}}SignedInfo"), f"{{{DS}}}Reference")


def _sound(signature: Any, name: str) -> tuple[tuple[str, str], str, list[str]]:
    """How it was signed (kind of key and hash), by which digest, with which prefixes; Refused for every unusual form."""
    _children(signature, ["SignedInfo", "SignatureValue", "KeyInfo"], least=2)
    info = signature[0]
    _children(info, ["CanonicalizationMethod", "SignatureMethod", "Reference"], least=3)
    reference = info[2]
    _children(reference, ["Transforms", "DigestMethod", "DigestValue"], least=3)
    if reference.get("URI") != f"#{name}":
        raise AssertionRefused(Reason.ODD_SIGNATURE)
    _children(reference[0], ["Transform", "Transform"], least=2)
    first, second = reference[0]
    if (first.get("Algorithm"), second.get("Algorithm")) != (ENVELOPED, EXCLUSIVE) or len(first):
        raise AssertionRefused(Reason.ODD_SIGNATURE)
    _prefixes(info[0])
    if info[0].get("Algorithm") != EXCLUSIVE or len(info[1]) or len(reference[1]):
        raise AssertionRefused(Reason.ODD_SIGNATURE)
    method, digest = SIGNATURES.get(info[1].get("Algorithm")), DIGESTS.get(reference[1].get("Algorithm"))
    if method is None or digest is None:
        raise AssertionRefused(Reason.WEAK_ALGORITHM)
    return method, digest, _prefixes(second)


def _children(element: Any, names: list[str], least: int) -> None:
    found = [child.tag for child in element]
    if len(found) < least or found != [f"{{{DS}}}{name}" for name in names][: len(found)]:
        raise AssertionRefused(Reason.ODD_SIGNATURE)


def _prefixes(transform: Any) -> list[str]:
    """Namespaces that are signed although no name uses them."""
    found = list(transform)
    if not found:
        return []
    if len(found) > 1 or found[0].tag != PREFIXES or len(found[0]):
        raise AssertionRefused(Reason.ODD_SIGNATURE)
    prefixes: list[str] = (found[0].get("PrefixList") or "").split()
    if len(prefixes) > MOST_PREFIXES:
        raise AssertionRefused(Reason.ODD_SIGNATURE)
    return prefixes


def _bytes_of(element: Any, prefixes: list[str]) -> bytes:
    """What was digested: this element without its signature, in exclusive canonical form."""
    there = _copied(element)
    signature = there.find(f"{{{DS}}}Signature")
    before, tail = signature.getprevious(), signature.tail or ""
    if before is None:
        there.text = (there.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    there.remove(signature)
    signed: bytes = etree.tostring(
        there, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes or None
    )
    return signed


def _copied(element: Any) -> Any:
    """The same element in a copy of its whole document: namespaces come from above."""
    tree = element.getroottree()
    return copy.deepcopy(tree).find(tree.getelementpath(element))


def _covered_by_one(element: Any, certificates: Iterable[str], method: tuple[str, str]) -> None:
    for one in certificates:
        found = certificate(one)
        if _kind(found) == method[0] and _is_covered(element, found):
            return
    raise AssertionRefused(Reason.WRONG_SIGNATURE)


def _kind(found: x509.Certificate) -> str:
    return "rsa" if isinstance(found.public_key(), rsa.RSAPublicKey) else "ec"


def _is_covered(element: Any, found: x509.Certificate) -> bool:
    there = _copied(element)
    xmlsec.tree.add_ids(there.getroottree().getroot(), ["ID"])
    context = xmlsec.SignatureContext()
    # Our key for this provider, never the one that the signature proposes.
    context.key = xmlsec.Key.from_memory(pem(found), xmlsec.constants.KeyDataFormatCertPem)
    try:
        context.verify(there.find(f"{{{DS}}}Signature"))
    except (xmlsec.Error, etree.LxmlError, ValueError):
        return False
    return True


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error) as failure:
        raise AssertionRefused(Reason.ODD_SIGNATURE) from failure


def signed_query(raw: str, message: str, certificates: Iterable[str]) -> dict[str, str]:
    """The parameters of the redirect binding, once their signature is checked on the address exactly as it came.

    `raw`: the query as the browser sent it; `message`: SAMLRequest or SAMLResponse.
    """
    came: dict[str, str] = {}
    for part in raw.split("&"):
        name, _, value = part.partition("=")
        if name in came:
            raise AssertionRefused(Reason.ODD_SHAPE)
        came[name] = value
    if message not in came:
        raise AssertionRefused(Reason.ODD_SHAPE)
    if not came.get("Signature"):
        raise AssertionRefused(Reason.UNSIGNED)
    order = [message, "RelayState", "SigAlg"] if "RelayState" in came else [message, "SigAlg"]
    signed = "&".join(f"{name}={came.get(name, '')}" for name in order).encode()
    method = SIGNATURES.get(unquote_plus(came.get("SigAlg", "")))
    if method is None:
        raise AssertionRefused(Reason.WEAK_ALGORITHM)
    signature = _base64(unquote_plus(came["Signature"]))
    if not any(_signs(certificate(one), method, signature, signed) for one in certificates):
        raise AssertionRefused(Reason.WRONG_SIGNATURE)
    return {name: unquote_plus(came[name]) for name in order}


def _signs(found: x509.Certificate, method: tuple[str, str], signature: bytes, signed: bytes) -> bool:
    key, (kind, name) = found.public_key(), method
    try:
        if isinstance(key, rsa.RSAPublicKey) and kind == "rsa":
            key.verify(signature, signed, padding.PKCS1v15(), HASHES[name]())
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "ec":
            key.verify(signature, signed, ec.ECDSA(HASHES[name]()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
