"""`manage.py stand_in_provider`: « EduConnect de démonstration », to come in by a provider without one. Demonstration and development alone."""

import secrets
import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from preau.commons.federation.actions import oidc, settling
from preau.commons.federation.queries import trying
from preau.commons.federation.standin import Relying, StandIn, StandInPerson, is_allowed


class Command(BaseCommand):
    help = "Serve a provider whose people are those of the demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8001)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if not is_allowed():
            raise CommandError("The stand-in provider needs DEMO=1 or DEBUG=1.")
        people = [StandInPerson(*person) for person in trying.people_to_try()]
        provider = StandIn(people, port, name="localhost")
        secret = secrets.token_urlsafe(24)
        row = settling.keep_stand_in(provider.issuer, secret, provider.title)
        site = settings.PUBLIC_URL
        provider.rely(
            Relying(
                row.client_id,
                secret,
                [oidc.address_back(row)],
                [f"{site}{reverse('identity:sign_in')}"],
                f"{site}{reverse('federation:ended', args=[row.public_id])}",
            )
        )
        self.stdout.write(f"{provider.title}\u202f: {provider.issuer}, {len(people)} personnes.")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            provider.server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("À bientôt.")
        finally:
            provider.server.server_close()
