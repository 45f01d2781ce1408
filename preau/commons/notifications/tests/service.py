"""A push service on this machine, over TLS: it checks who sends (RFC 8292) and reads as the device would (RFC 8291)."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from preau.foundation.webpush import decode, encode

HOST = "fcm.googleapis.com"


@dataclass
class Browser:
    """The device's side: its keys, and how it reads."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen secrets!"

    @property
    def point(self) -> bytes:
        kind, form = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        return self.key.public_key().public_bytes(kind, form)

    def subscription(self) -> dict[str, str]:
        return {
            "endpoint": f"https://{HOST}/{self.name}",
            "p256dh": encode(self.point),
            "auth": encode(self.secret),
        }

    def read(self, body: bytes) -> Any:
        salt, sender, sealed = body[:16], body[21:86], body[86:]
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.key.exchange(ec.ECDH(), public)
        secret = _derive(shared, self.secret, b"WebPush: info\0" + self.point + sender, 32)
        content_key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        opened = AESGCM(content_key).decrypt(
            _derive(secret, salt, b"Content-Encoding: nonce\0", 12), sealed, None
        )
        assert opened.endswith(b"\x02")
        return json.loads(opened[:-1])


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


@dataclass
class Service:
    """`answers`: what it says next, by status; 201 when the list is empty. `got`: (device, headers, body)."""

    port: int = 0
    certificate: Path = Path()
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def arrived(self, browser: Browser) -> list[Any]:
        return [browser.read(body) for name, _, body in self.got if name == f"/{browser.name}"]


def signer_of(authorization: str) -> tuple[str, dict[str, Any]]:
    """The public key and the claims of a signature that is good. Raises InvalidSignature."""
    token, public = authorization.removeprefix("vapid t=").split(", k=")
    signed, _, signature = token.rpartition(".")
    raw = decode(signature)
    numbers = (int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(public))
    key.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(hashes.SHA256()))
    assert json.loads(decode(signed.split(".")[0])) == {"typ": "JWT", "alg": "ES256"}
    return public, json.loads(decode(signed.split(".")[1]))


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    service = Service(certificate=folder / "certificate.pem")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.got.append((self.path, dict(self.headers), body))
            status, headers = service.answers.pop(0) if service.answers else (201, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certify(service.certificate))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certify(path: Path) -> Path:
    """A certificate of the host's name and its key, in one file; good whatever the clock of the tests says."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path
