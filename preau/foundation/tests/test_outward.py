"""Where this site may send: to public addresses, in whatever form they are written."""

from typing import Any

import pytest

from preau.foundation import outward, webpush


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name is known by these addresses."""
    found: list[Any] = [(0, 0, 0, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: found)


THIS_MACHINE = ["127.0.0.1", "::1", "::ffff:127.0.0.1"]
OURS = [
    "10.0.0.7",
    "169.254.169.254",
    "fe80::1%eth0",
    "fd00::7",
    "::ffff:10.0.0.7",
    # Carried by an address of IPv6: translated, compatible, NAT64, NAT64 within a network, 6to4, Teredo.
    "::ffff:0:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:7",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a00:7::1",
    "2001:0:7f00:1::",
    "2001:0:808:808::80ff:fffe",
    # Whatever they carry, nothing public answers there any more.
    "2002:808:808::1",
    "64:ff9b:1::808:808",
]
PUBLIC = ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", [*THIS_MACHINE, *OURS])
def test_our_own_network_is_refused_in_every_form(
    monkeypatch: pytest.MonkeyPatch, settings: Any, address: str
) -> None:
    settings.SIGNON_LOOPBACK = False
    leads_to(monkeypatch, "8.8.8.8", address)
    with pytest.raises(outward.ForbiddenAddress):
        outward.places_of("example.org", 443)


@pytest.mark.parametrize("address", OURS)
def test_development_reaches_nothing_but_this_machine(
    monkeypatch: pytest.MonkeyPatch, settings: Any, address: str
) -> None:
    settings.SIGNON_LOOPBACK = True
    leads_to(monkeypatch, address)
    with pytest.raises(outward.ForbiddenAddress):
        outward.places_of("example.org", 443)


@pytest.mark.parametrize("address", [*THIS_MACHINE, *OURS])
def test_a_push_service_is_public_in_every_form(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    leads_to(monkeypatch, "8.8.8.8", address)
    with pytest.raises(webpush.PushRefused):
        webpush.addresses_of("push.example.org")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_reached(monkeypatch: pytest.MonkeyPatch, settings: Any, address: str) -> None:
    """Behind NAT64, every address of IPv4 has such a form."""
    settings.SIGNON_LOOPBACK = False
    leads_to(monkeypatch, address)
    assert outward.places_of("example.org", 443) == [(address, 443)]
    assert webpush.addresses_of("push.example.org") == [(address, 443)]


@pytest.mark.parametrize("address", THIS_MACHINE)
def test_development_reaches_this_machine(
    monkeypatch: pytest.MonkeyPatch, settings: Any, address: str
) -> None:
    settings.SIGNON_LOOPBACK = True
    leads_to(monkeypatch, address)
    assert outward.places_of("localhost", 443) == [(address, 443)]
