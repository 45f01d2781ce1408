"""Documents that leave with a signature which anybody can check: Ed25519, by a key drawn from SECRET_KEY.

The public key says nothing of the secret one. A key that has changed still vouches for what it signed while it is among
SECRET_KEY_FALLBACKS (docs/operations.md).
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def sign(purpose: str, content: bytes) -> bytes:
    """The signature of these bytes, for this purpose alone: sixty-four bytes."""
    return _private(purpose, str(settings.SECRET_KEY)).sign(content)


def is_signed(purpose: str, content: bytes, signature: bytes) -> bool:
    """Did this site sign these bytes, for this purpose, with its key or a former one?"""
    return any(_vouches(key, content, signature) for key in _public_keys(purpose))


def public_key(purpose: str) -> bytes:
    """What others check a signature with, as PEM."""
    return _public_keys(purpose)[0].public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(purpose: str) -> str:
    """SHA-256 of the file of the public key: what people compare."""
    return hashlib.sha256(public_key(purpose)).hexdigest()


def _vouches(key: Ed25519PublicKey, content: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _public_keys(purpose: str) -> list[Ed25519PublicKey]:
    secrets = map(str, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return [_private(purpose, secret).public_key() for secret in secrets]


def _private(purpose: str, secret: str) -> Ed25519PrivateKey:
    drawn = HKDF(SHA256(), length=32, salt=None, info=f"preau.signed.{purpose}".encode())
    return Ed25519PrivateKey.from_private_bytes(drawn.derive(secret.encode()))
