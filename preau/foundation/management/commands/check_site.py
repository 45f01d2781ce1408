"""`manage.py check_site`: what only a site that runs can say: clock, certificate, mail server, disk, backups."""

from argparse import ArgumentParser
from collections import Counter
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.foundation import looking, metrics


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
        if not options["only"]:
            ends = None
            with suppress(OSError):
                ends = looking.certificate_end()
            seen = Counter(name for name, _fault in faults)
            metrics.keep_looked({name: seen[name] for name in looking.LOOKS}, ends)
        for name, fault in faults:
            self.stderr.write(f"{name}: {fault}")
        if faults:
            raise CommandError(f"{len(faults)} faults.")
        self.stdout.write("All is well.")
