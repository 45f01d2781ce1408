"""A device that keeps passkeys, in a few lines: P-256 keys, as telephones make them, and every mistake that a test asks for."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url, encode_cbor

ORIGIN, HOST = "http://localhost:8000", "localhost"
PRESENT, VERIFIED, MAY_SYNC, SYNCED, HAS_KEY = 0x01, 0x04, 0x08, 0x10, 0x40


def client_data(kind: str, asked: str, **more: Any) -> bytes:
    """What a browser writes around a challenge."""
    facts = {"type": f"webauthn.{kind}", "challenge": asked, "origin": ORIGIN, "crossOrigin": False}
    return json.dumps(facts | more).encode()


@dataclass
class Device:
    """One key. `count`: what it counts, None for those that count nothing."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    number: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: str = ""
    count: int | None = 0
    flags: int = PRESENT | VERIFIED
    host: str = HOST

    def _counted(self) -> bytes:
        if self.count is not None:
            self.count += 1
        return (self.count or 0).to_bytes(4, "big")

    def _facts(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([self.flags | flags]) + self._counted()

    def _public(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return bytes(encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y}))

    def make(self, options: dict[str, Any], **more: Any) -> str:
        """What `navigator.credentials.create` answers, written as our script does."""
        self.handle = options["user"]["id"]
        size = len(self.number).to_bytes(2, "big")
        facts = self._facts(HAS_KEY) + bytes(16) + size + self.number + self._public()
        attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": facts})
        response = {
            "clientDataJSON": bytes_to_base64url(client_data("create", options["challenge"], **more)),
            "attestationObject": bytes_to_base64url(attested),
            "transports": ["internal", "hybrid", "telepathy"],
        }
        return self._sent(response)

    def prove(self, options: dict[str, Any], **more: Any) -> str:
        """What `navigator.credentials.get` answers."""
        facts, around = self._facts(0), client_data("get", options["challenge"], **more)
        signature = self.key.sign(facts + hashlib.sha256(around).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": bytes_to_base64url(around),
            "authenticatorData": bytes_to_base64url(facts),
            "signature": bytes_to_base64url(signature),
            "userHandle": self.handle or None,
        }
        return self._sent(response)

    def _sent(self, response: dict[str, Any]) -> str:
        number = bytes_to_base64url(self.number)
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": response})


def changed(sent: str, **more: Any) -> str:
    """The same answer, with other values inside."""
    credential = json.loads(sent)
    credential["response"] |= more
    return json.dumps(credential)
