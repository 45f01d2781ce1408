"""Certificates: theirs, as they paste them, and one of ours for each key. Kept as base64 of DER, without its two lines."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding

BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
LONGEST, SHORTEST_KEY = 10_000, 2_048


class InvalidCertificate(Exception):
    """It is no certificate (`why` is « unread »), or none that we can use (« kind », « short »)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class CertificateSummary:
    """What people compare: the SHA-256 fingerprint in pairs, and between which days it holds."""

    fingerprint: str
    since: datetime
    until: datetime


def read(typed: str) -> str:
    """One certificate, as base64 on one line. Raises InvalidCertificate."""
    words = "".join(typed.split())
    if not 0 < len(words) <= LONGEST:
        raise InvalidCertificate("unread")
    try:
        found = x509.load_der_x509_certificate(base64.b64decode(words, validate=True))
        key = found.public_key()
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as failure:
        raise InvalidCertificate("unread") from failure
    if not isinstance(key, RSAPublicKey):
        raise InvalidCertificate("kind")
    if key.key_size < SHORTEST_KEY:
        raise InvalidCertificate("short")
    return base64.b64encode(found.public_bytes(Encoding.DER)).decode()


def read_all(typed: str) -> list[str]:
    """Every certificate of a text: PEM blocks one after the other, or one base64 alone. Raises InvalidCertificate."""
    if not typed.strip():
        return []
    blocks = BLOCK.findall(typed)
    if not blocks:
        return [read(typed)]
    if BLOCK.sub("", typed).strip():
        raise InvalidCertificate("unread")
    return list(dict.fromkeys(read(block) for block in blocks))


def pem(kept: str) -> str:
    lines = [kept[start : start + 64] for start in range(0, len(kept), 64)]
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def _loaded(kept: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(kept))


def public_key(kept: str) -> RSAPublicKey:
    """Raises InvalidCertificate for another kind of key, which `read` never lets in."""
    key = _loaded(kept).public_key()
    if not isinstance(key, RSAPublicKey):
        raise InvalidCertificate("kind")
    return key


def shown(kept: str) -> CertificateSummary:
    found = _loaded(kept)
    digest = found.fingerprint(hashes.SHA256()).hex(":").upper()
    return CertificateSummary(digest, found.not_valid_before_utc, found.not_valid_after_utc)


def vouches(kept: str, signature: bytes, content: bytes, size: int) -> bool:
    """Did the holder of this certificate sign these bytes (RSA, SHA-2 of this size)?"""
    digest = {256: hashes.SHA256(), 384: hashes.SHA384(), 512: hashes.SHA512()}[size]
    try:
        public_key(kept).verify(signature, content, padding.PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True


def self_signed(key: RSAPrivateKey, name: str, since: datetime, until: datetime) -> str:
    """A certificate of this key by itself: services compare it whole, and nobody else vouches for it."""
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64] or "Preau")])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since.astimezone(UTC))
        .not_valid_after(until.astimezone(UTC))
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()
