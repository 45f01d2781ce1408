"""`manage.py stand_in_desk`: « Guichet de démonstration », to come in by SAML without one. Demonstration and development alone."""

import signal
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preau.commons.federation.actions import saml
from preau.commons.federation.queries import trying
from preau.commons.federation.queries.saml import key_pairs, places
from preau.commons.federation.saml_standin import Relying, SamlStandIn, StandInPerson


def _domain(known: tuple[str, str, str, dict[str, list[str]]]) -> str:
    return known[3]["ctemail"][0].rpartition("@")[2]


class Command(BaseCommand):
    help = "Serve a SAML desk whose people are the staff of the demonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8002)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("The stand-in desk needs DEMO=1 or DEBUG=1.")
        staff = trying.staff_to_try()
        desk = SamlStandIn([StandInPerson(*one) for one in staff], port, name="localhost")
        provider = saml.keep_stand_in(desk.title, desk.metadata(), sorted({_domain(one) for one in staff}))
        here = places(provider)
        certificates = [key_pair.certificate for key_pair in key_pairs(timezone.now())]
        desk.relying = Relying(here.entity_id, here.acs, here.logout, certificates)
        self.stdout.write(f"{desk.title}\u202f: {desk.address}, {len(staff)} personnes.")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            desk.server.serve_forever()
        except KeyboardInterrupt:
            self.stdout.write("À bientôt.")
        finally:
            desk.server.server_close()
