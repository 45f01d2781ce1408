"""`manage.py roll_signing_keys`: another key for what services read by OpenID Connect, at once; or by SAML, in its time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from preau.commons.signon.actions import keys
from preau.commons.signon.words import KeyUse


class Command(BaseCommand):
    help = "Sign with another key from now on. The former ones stay published a week, unless somebody has seen them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--withdraw", action="store_true", help="a key was stolen: withdraw the former ones at once"
        )

        parser.add_argument(
            "--saml",
            action="store_true",
            help="the key of SAML services: published now, it signs in three months, once they have its certificate",
        )
        parser.add_argument("--now", action="store_true", help="with --saml: sign with it at once")

    def handle(self, *args: Any, **options: Any) -> None:
        use = KeyUse.SAML if options["saml"] else KeyUse.JWT
        if options["saml"] and not (options["now"] or options["withdraw"]):
            day = timezone.localtime(keys.prepare_saml_key(timezone.now())).date()
            self.stdout.write(f"Nouveau certificat SAML publié. Sa clé signe à partir du {day:%d/%m/%Y}.")
            return
        left = keys.roll_keys(timezone.now(), use, drop=options["withdraw"])
        self.stdout.write(f"Nouvelle clé de signature. Anciennes clés encore publiées : {left}.")
