"""Services, and what each protocol keeps: `register` (and CAS), `oidc`, `saml`."""

from preau.commons.signon.models.oidc import Client, Grant, SigningKey, Token
from preau.commons.signon.models.register import (
    Address,
    Alias,
    Connection,
    Opening,
    Service,
    Ticket,
    Usage,
    every_profile,
)
from preau.commons.signon.models.saml import Party

__all__ = [
    "Address",
    "Alias",
    "Client",
    "Connection",
    "Grant",
    "Opening",
    "Party",
    "Service",
    "SigningKey",
    "Ticket",
    "Token",
    "Usage",
    "every_profile",
]
