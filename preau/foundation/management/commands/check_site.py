"""`manage.py check_site`: what only a site that runs can say: clock, certificate, mail server, disk, backups."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.foundation import looking


class Command(BaseCommand):
    help = "Look at the clock, the certificate of PUBLIC_URL, the mail server, the disks and the last backup; exits with 1 when one is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("only", nargs="*", choices=[*looking.LOOKS, []], default=[])

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [
            (name, fault)
            for name, look in looking.LOOKS.items()
            if not options["only"] or name in options["only"]
            for fault in look()
        ]
        for name, fault in faults:
            self.stderr.write(f"{name}: {fault}")
        if faults:
            raise CommandError(f"{len(faults)} faults.")
        self.stdout.write("All is well.")
