"""Short requests from this site to another: to public addresses only, looked up once, never redirected.

A name that somebody typed must not lead into our own network. In development, a setting lets services of this machine in.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT = 5
LONGEST_ANSWER = 65_536


class Refused(OSError):
    """The address is not one to which this site sends."""


def places_of(host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a host, all of them public. Raises Refused, or OSError when nobody knows it."""
    try:
        found = {str(place[4][0]) for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except UnicodeError as failure:
        raise Refused(host) from failure
    if not found or not all(_may_be_reached(one) for one in found):
        raise Refused(f"{host} leads elsewhere than to public addresses")
    return [(one, port) for one in sorted(found)]


def _may_be_reached(address: str) -> bool:
    there = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(there, "ipv4_mapped", None) or there
    return inner.is_global or (settings.SIGNON_LOOPBACK and inner.is_loopback)


def _reached(host: str, port: int) -> socket.socket:
    """A connection to the very addresses that were looked at: a second look-up could answer otherwise."""
    failure: OSError = Refused(host)
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
            raise Refused(self.host)
        self.sock = _reached(self.host, self.port)


class Sealed(http.client.HTTPSConnection):
    def connect(self) -> None:
        plain = _reached(self.host, self.port)
        self.sock = tls().wrap_socket(plain, server_hostname=self.host)


def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def send(
    method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> int:
    """Ask once; returns the status of the answer, whose words nobody reads. Raises OSError when it cannot be reached,
    Refused when it may not be."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise Refused("not an address of the web")
    kind = Sealed if parts.scheme == "https" else Open
    connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        answer.read(LONGEST_ANSWER)
    except http.client.HTTPException as failure:
        raise ConnectionError(str(type(failure))) from failure
    finally:
        connection.close()
    return answer.status
