"""Web Push: a short text to a device through the push service of its browser, which cannot read it.

RFC 8030 (sending), 8188 and 8291 (encryption), 8292 (who sends). Written here rather than taken: docs/decisions/0071.
"""

import http.client
import json
import socket
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from secrets import token_bytes
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone

from preau.foundation.outward import is_public

TIMEOUT = 10
# How long a service keeps a notice for a device that is off.
KEPT = timedelta(days=1)
# What a service may see of a notice is its length: all have the same.
LENGTH = 512
RECORD = 4096
CURVE = ec.SECP256R1()


class PushRefused(OSError):
    """The address is not one to which this site sends."""


@dataclass(frozen=True)
class Answer:
    """What a push service said."""

    status: int
    retry_after: timedelta = timedelta(0)

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The device does not want it any more, or has another address."""
        return self.status in (404, 410)

    @property
    def later(self) -> bool:
        return self.status == 429 or self.status >= 500


# Keys


def encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Raises ValueError for what is not base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The key written as 32 bytes in base64url. Raises ValueError for anything else."""
    raw = decode(text)
    if len(raw) != 32:
        raise ValueError("a private key has 32 bytes")
    return ec.derive_private_key(int.from_bytes(raw), CURVE)


def new_private_key() -> str:
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return encode(number.to_bytes(32))


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_point(raw: bytes) -> bool:
    """Whether these bytes are a public key on the curve."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw)
    except ValueError:
        return False
    return len(raw) == 65


@lru_cache(maxsize=4)
def _pair(text: str) -> tuple[ec.EllipticCurvePrivateKey, str]:
    key = private_key(text)
    return key, encode(point_of(key))


def is_offered() -> bool:
    """Whether this site pushes notices: it has a key, and devices may have its service worker."""
    return bool(settings.VAPID_PRIVATE_KEY and settings.INSTALLABLE)


def public_key() -> str:
    """What a browser is told when it subscribes."""
    return _pair(settings.VAPID_PRIVATE_KEY)[1]


# The message


def encrypt(
    text: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """`text` for the device that has these keys, in one record (RFC 8291); `salt` and `key` are new for each message."""
    salt, key = salt or token_bytes(16), key or ec.generate_private_key(CURVE)
    ours = point_of(key)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh))
    secret = _derive(shared, auth, b"WebPush: info\0" + p256dh + ours, 32)
    content_key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4) + bytes([len(ours)]) + ours
    return header + AESGCM(content_key).encrypt(nonce, text + b"\x02", None)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def authorization(endpoint: str) -> str:
    """This site's signature for one push service, good for twelve hours (RFC 8292)."""
    key, public = _pair(settings.VAPID_PRIVATE_KEY)
    address = urlsplit(endpoint)
    claims = {
        "aud": f"{address.scheme}://{address.netloc}",
        "exp": int((timezone.now() + timedelta(hours=12)).timestamp()),
        "sub": settings.VAPID_SUBJECT,
    }
    signed = ".".join(encode(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    numbers = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = b"".join(number.to_bytes(32) for number in numbers)
    return f"vapid t={signed}.{encode(signature)}, k={public}"


# The way


def is_known(endpoint: str) -> bool:
    """Whether an address given by a browser is that of a push service of the site's list, over HTTPS."""
    try:
        address = urlsplit(endpoint)
        host, port = address.hostname or "", address.port
    except ValueError:
        return False
    plain = not address.username and not address.password and port in (None, 443)
    return (
        address.scheme == "https" and plain and any(_is_under(host, known) for known in settings.PUSH_HOSTS)
    )


def _is_under(host: str, known: str) -> bool:
    return host.endswith(known[1:]) if known.startswith("*.") else host == known


def addresses_of(host: str) -> list[tuple[str, int]]:
    """The public addresses of a host. Raises PushRefused when one is not: a name must not lead into our own network."""
    found = [place[4] for place in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    if not found or not all(is_public(str(place[0])) for place in found):
        raise PushRefused(f"{host} leads elsewhere than to public addresses")
    return [(str(place[0]), 443) for place in found]


class Connection(http.client.HTTPSConnection):
    """To the very addresses that were looked at: a second look-up could answer otherwise."""

    def connect(self) -> None:
        plain = _reach(addresses_of(self.host))
        self.sock = tls().wrap_socket(plain, server_hostname=self.host)


def _reach(places: list[tuple[str, int]]) -> socket.socket:
    """The first that answers."""
    for place in places[:-1]:
        try:
            return socket.create_connection(place, TIMEOUT)
        except OSError:
            continue
    return socket.create_connection(places[-1], TIMEOUT)


def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def send(
    endpoint: str, p256dh: str, auth: str, payload: dict[str, str], *, topic: str, urgent: bool
) -> Answer:
    """Give one notice to a push service. A second one of the same topic replaces a first that has not arrived.

    Redirections are not followed. Raises OSError when the service cannot be reached, Refused when it may not be.
    """
    if not is_known(endpoint):
        raise PushRefused("not a push service of PUSH_HOSTS")
    address = urlsplit(endpoint)
    text = json.dumps(payload, ensure_ascii=False).encode().ljust(LENGTH)
    headers = {
        "Authorization": authorization(endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT.total_seconds())),
        "Topic": topic,
        "Urgency": "high" if urgent else "normal",
    }
    connection = Connection(str(address.hostname), timeout=TIMEOUT)
    try:
        path = address.path + (f"?{address.query}" if address.query else "")
        connection.request("POST", path or "/", encrypt(text, decode(p256dh), decode(auth)), headers)
        answer = connection.getresponse()
        return Answer(answer.status, _wait(answer.headers.get("Retry-After", "")))
    except http.client.HTTPException as failure:
        raise ConnectionError(str(failure)) from failure
    finally:
        connection.close()


def _wait(text: str) -> timedelta:
    """Seconds only, and never more than six hours: a date is not worth its reading."""
    return timedelta(seconds=min(int(text), 6 * 3600) if text.isascii() and text.isdecimal() else 0)
