"""Services that speak OpenID Connect, as they make themselves known."""

import hashlib
import re

from django.utils.crypto import constant_time_compare

from preau.commons.signon.models import Client, Service
from preau.commons.signon.words import Protocol
from preau.directory.viewer import Viewer

SHAPE = re.compile(r"preau-[0-9a-f]{24}")


def client_of(client_id: str) -> Client | None:
    """The service of this number, while it is on and speaks OpenID Connect."""
    if not SHAPE.fullmatch(client_id):
        return None
    known = Client.objects.select_related("service").filter(
        client_id=client_id, service__protocol=Protocol.OIDC, service__is_on=True
    )
    return known.first()


def client_told(viewer: Viewer, service: Service) -> Client | None:
    """What the register shows of it."""
    if service.protocol != Protocol.OIDC:
        return None
    return Client.objects.visible_to(viewer).filter(service=service).first()


def secret_digest(secret: str) -> str:
    """A secret is as long as a key and drawn at random: a plain digest says nothing of it, and outlives SECRET_KEY."""
    return hashlib.sha256(secret.encode()).hexdigest()


def knows_secret(client: Client, typed: str) -> bool:
    return bool(client.secret) and constant_time_compare(secret_digest(typed), client.secret)
