"""Our keys: one pair signs what we ask, and opens what was closed for us."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from preau.foundation.assertions.words import AssertionRefused, Reason

BITS = 3_072
# Providers compare the key with the one that they hold: the certificate around it is an envelope.
LIFE = timedelta(days=3_650)


@dataclass(frozen=True)
class KeyPair:
    """`private`: PEM (PKCS 8), unsealed; `certificate`: PEM, as published."""

    private: str
    certificate: str

    def opened(self) -> rsa.RSAPrivateKey:
        # Made and sealed here: looking whether it is a sound key takes longer than to use it.
        key = load_pem_private_key(self.private.encode(), None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise AssertionRefused(Reason.NO_KEY)
        return key

    def sign(self, words: bytes) -> bytes:
        """RSA with SHA-256, as OURS names it."""
        return self.opened().sign(words, padding.PKCS1v15(), hashes.SHA256())


def make_key(name: str, now: datetime) -> KeyPair:
    """A new pair. `name`: who we are, at most 64 characters."""
    key = rsa.generate_private_key(65_537, BITS)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return KeyPair(private, certificate.public_bytes(Encoding.PEM).decode())
