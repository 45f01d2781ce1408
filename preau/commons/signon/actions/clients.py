"""Writing what OpenID Connect needs to know of a service, and giving it a secret."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.commons.signon.models import Client, Service
from preau.commons.signon.queries import clients
from preau.directory.viewer import Viewer
from preau.foundation import journal


def write_client(service: Service, facts: Mapping[str, Any]) -> bool:
    """Put what was said on the row; returns whether it changed. A service that can keep no secret loses its own."""
    client = Client.objects.filter(service=service).first() or Client(service=service)
    changed = client.pk is None or any(getattr(client, name) != value for name, value in facts.items())
    if not changed:
        return False
    for name, value in facts.items():
        setattr(client, name, value)
    if client.is_public:
        client.secret, client.secret_since = "", None
    client.save()
    return True


def is_client_as_said(service: Service, facts: Mapping[str, Any]) -> bool:
    client = Client.objects.filter(service=service).first()
    return client is not None and all(getattr(client, name) == value for name, value in facts.items())


def mark_of(client: Client) -> str:
    """Which secret a page knew: a page that waited gives no other."""
    return client.secret_since.isoformat() if client.secret_since else ""


@transaction.atomic
def renew_secret(viewer: Viewer, service: Service, *, seen: str) -> str | None:
    """Another secret, returned once; the former one opens nothing any more. None when the page was old."""
    client = Client.objects.select_for_update().get(service=service)
    if client.is_public or seen != mark_of(client):
        return None
    secret = secrets.token_urlsafe(32)
    client.secret, client.secret_since = clients.secret_digest(secret), timezone.now()
    client.save()
    journal.record(viewer, "signon.secret_renewed", service)
    return secret
