"""`manage.py roll_saml_keys`: another key for what we ask SAML providers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from preau.commons.federation.actions import saml


class Command(BaseCommand):
    help = "Publish another SAML key. It signs in thirty days, so that providers have time to read it, or at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--withdraw",
            action="store_true",
            help="a key was stolen: sign with the new one at once and withdraw the others; every provider must read our description again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        signs_from = saml.roll_saml_keys(timezone.now(), at_once=options["withdraw"])
        self.stdout.write(
            f"Nouvelle clé SAML, publiée. Elle signe à partir du {timezone.localtime(signs_from):%d/%m/%Y}."
        )
