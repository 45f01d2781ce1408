"""Providers, links and sessions that they opened."""

from preau.commons.federation.models.links import Coming, Link
from preau.commons.federation.models.providers import LocalDoor, OnlyWay, Provider
from preau.commons.federation.models.saml import SamlAnswer, SamlKey

__all__ = ["Coming", "Link", "LocalDoor", "OnlyWay", "Provider", "SamlAnswer", "SamlKey"]
