"""The boards of the register: what a house above adds for the services of its protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from preau.foundation.registry import Registry


@dataclass(frozen=True)
class ProtocolPage:
    """A page of the record of a service that speaks `protocol`: `address(public_id)`; `open_to(viewer, service)`."""

    protocol: str
    label: str
    address: Callable[[str], str]
    icon: str
    open_to: Callable[..., bool]
    order: int = 50


@dataclass(frozen=True)
class Opener:
    """What « Applications » leads to for the services that speak `protocol`, instead of their own first page."""

    protocol: str
    label: str
    url_name: str
    icon: str


protocol_pages: Registry[ProtocolPage] = Registry(ProtocolPage)
openers: Registry[Opener] = Registry(Opener)


def pages_for(viewer: Any, service: Any) -> list[tuple[str, str, str]]:
    """The pages that this viewer may open of the record of this service: label, address, icon."""
    return [
        (protocol_page.label, protocol_page.address(service.public_id), protocol_page.icon)
        for protocol_page in protocol_pages
        if protocol_page.protocol == service.protocol and protocol_page.open_to(viewer, service)
    ]


def opener_of(protocol: str) -> Opener | None:
    return openers.named(protocol, "protocol")
