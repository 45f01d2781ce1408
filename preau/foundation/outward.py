"""Short requests from this site to another: to public addresses only, looked up once, never redirected.

A name that somebody typed must not lead into our own network. In development, a setting lets services of this machine in.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT = 5
LONGEST_ANSWER = 65_536
# Behind NAT64 every address of IPv4 is written so: the last 32 bits say where it leads.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Other ways of carrying an address of IPv4, which is then that of a tunnel or of a network's own: nothing public answers there.
# Python took some of them for public until 3.13.
CARRIERS = [
    ipaddress.IPv6Network(one)
    for one in (
        "::/96",  # compatible (RFC 4291)
        "::ffff:0:0:0/96",  # translated (RFC 2765)
        "64:ff9b:1::/48",  # NAT64 within a network (RFC 8215)
        "2001::/32",  # Teredo (RFC 4380)
        "2002::/16",  # 6to4 (RFC 3056)
    )
]


class ForbiddenAddress(OSError):
    """The address is not one to which this site sends."""


def places_of(host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a host, all of them public. Raises ForbiddenAddress, or OSError when nobody knows it."""
    try:
        found = {str(place[4][0]) for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except UnicodeError as failure:
        raise ForbiddenAddress(host) from failure
    if not found or not all(_may_be_reached(one) for one in found):
        raise ForbiddenAddress(f"{host} leads elsewhere than to public addresses")
    return [(one, port) for one in sorted(found)]


def _may_be_reached(address: str) -> bool:
    return is_public(address) or (settings.SIGNON_LOOPBACK and _unmapped(address).is_loopback)


def is_public(address: str) -> bool:
    """Whether an address leads outside of every network of somebody's own, in whatever form it is written."""
    there = _unmapped(address)
    if isinstance(there, ipaddress.IPv6Address):
        if there in NAT64:
            there = ipaddress.IPv4Address(int(there) & 0xFFFF_FFFF)
        elif any(there in network for network in CARRIERS):
            return False
    return there.is_global


def _unmapped(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    there = ipaddress.ip_address(address.partition("%")[0])
    return getattr(there, "ipv4_mapped", None) or there


def reached(host: str, port: int) -> socket.socket:
    """A connection to the very addresses that were looked at: a second look-up could answer otherwise."""
    failure: OSError = ForbiddenAddress(host)
    for place in places_of(host, port):
        try:
            return socket.create_connection(place, TIMEOUT)
        except OSError as refused:
            failure = refused
    raise failure


class Open(http.client.HTTPConnection):
    """Without a certificate: this machine alone, in development."""

    def connect(self) -> None:
        if not settings.SIGNON_LOOPBACK:
            raise ForbiddenAddress(self.host)
        self.sock = reached(self.host, self.port)


class Sealed(http.client.HTTPSConnection):
    def connect(self) -> None:
        plain = reached(self.host, self.port)
        self.sock = tls().wrap_socket(plain, server_hostname=self.host)


def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True)
class Answer:
    """What another site said: its status, the sort of its words, and the first of them, in bytes."""

    status: int
    kind: str
    body: bytes


class TooLong(OSError):
    """The answer is longer than anybody should send."""


def ask(
    method: str,
    address: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    longest: int = LONGEST_ANSWER,
) -> Answer:
    """Ask once and read the answer, within the time and the length that are given to it. Raises OSError when it cannot be reached,
    TimeoutError when it is too slow, Refused when it may not be asked, TooLong when it does not end."""
    answer = _asked(method, address, body, headers, longest)
    if len(answer.body) > longest:
        raise TooLong(f"more than {longest} bytes")
    return answer


def send(
    method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> int:
    """Ask once; returns the status of the answer, whose words nobody reads. Raises as `ask` does, but for their length."""
    return _asked(method, address, body, headers, LONGEST_ANSWER).status


def words_at(address: str, *, kind: str) -> bytes:
    """What is read at an address, of this kind (« application/json »). Raises OSError when it does not answer 200, or at
    greater length than 64 KiB."""
    answer = ask("GET", address, None, {"Accept": kind})
    if answer.status != HTTPStatus.OK:
        raise ConnectionError(f"{answer.status} at an address that was to be read")
    return answer.body


def _asked(
    method: str, address: str, body: bytes | None, headers: Mapping[str, str] | None, longest: int
) -> Answer:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ForbiddenAddress("not an address of the web")
    kind = Sealed if parts.scheme == "https" else Open
    try:
        connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
    except (http.client.HTTPException, ValueError) as failure:
        raise ForbiddenAddress("not an address of the web") from failure
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    late = threading.Event()
    held: list[socket.socket] = []
    # Each byte has its time; all of them together have one too.
    watch = threading.Timer(TIMEOUT, hang_up, (held, late))
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        # A connection forgets its socket as soon as the answer says that it is the last one.
        held.append(connection.sock)
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        read = answer.read(longest + 1)
        reply = Answer(answer.status, answer.headers.get_content_type(), read)
    except (http.client.HTTPException, OSError, ValueError) as failure:
        if late.is_set() or isinstance(failure, TimeoutError):
            raise TimeoutError(f"no answer within {TIMEOUT} seconds") from failure
        if isinstance(failure, OSError):
            raise
        raise ConnectionError(str(type(failure))) from failure
    finally:
        watch.cancel()
        connection.close()
    if late.is_set():
        raise TimeoutError(f"no answer within {TIMEOUT} seconds")
    return reply


def hang_up(held: list[socket.socket], late: threading.Event) -> None:
    """It has lasted long enough: whoever is reading finds the end."""
    late.set()
    for one in held:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
