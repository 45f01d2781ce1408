"""Addresses of services, strictly: what a register accepts, and whether an address falls under one that it holds.

An address that is read otherwise by a browser than by us is an open redirect: everything unusual is refused, not repaired.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

LONGEST = 2_000
PORTS = {"https": 443, "http": 80}
# RFC 3986, without what browsers repair (spaces, backslashes, quotes) and what is not ASCII.
PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})+")
# An encoded slash, backslash, dot or control sign, or a percent sign that encodes nothing.
TRICK = re.compile(r"%(?:2[efEF]|5[cC]|[01][0-9a-fA-F]|7[fF]|(?![0-9a-fA-F]{2}))")
LOOPBACK = {"localhost", "127.0.0.1"}


class InvalidAddress(Exception):
    """This is no address of a service."""


@dataclass(frozen=True)
class Place:
    """`origin`: « https://moodle.example », with a port when it is not the usual one; `path` begins with a slash."""

    origin: str
    path: str

    def holds(self, path: str) -> bool:
        """Is `path` this one, or below it? « /cas » holds « /cas » and « /cas/x », never « /castor »."""
        return path == self.path or path.startswith(self.path if self.path.endswith("/") else f"{self.path}/")


def read(address: str, *, whole: bool = False) -> Place:
    """The place that an address names. `whole`: what a register holds, hence without a query. Raises InvalidAddress."""
    if not 0 < len(address) <= LONGEST or not PLAIN.fullmatch(address):
        raise InvalidAddress(address[:40])
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as failure:
        raise InvalidAddress(address[:40]) from failure
    if parts.scheme not in PORTS or not address.startswith(f"{parts.scheme}://{parts.netloc}"):
        raise InvalidAddress(parts.scheme)
    host = _host(parts.netloc, parts.scheme)
    path = parts.path or "/"
    if "//" in path or {".", ".."} & set(path.split("/")) or TRICK.search(path) or (whole and "?" in address):
        raise InvalidAddress(path[:40])
    usual = port in (None, PORTS[parts.scheme])
    return Place(f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}", path)


def _host(netloc: str, scheme: str) -> str:
    """The host alone: no name of a person before it, no number, no capital. In development, this machine too."""
    host, colon, port = netloc.partition(":")
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536 and port[0] != "0"):
        raise InvalidAddress(netloc[:40])
    if host in LOOPBACK and settings.SIGNON_LOOPBACK:
        return host
    if scheme != "https" or len(host) > 253 or not HOST.fullmatch(host) or _is_number(host):
        raise InvalidAddress(host[:40])
    return host


def _is_number(host: str) -> bool:
    """An address of the network, in whatever way browsers write one: its last label is a number."""
    last = host.rsplit(".", 1)[-1]
    if last.isdigit() or last.startswith("0x"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
