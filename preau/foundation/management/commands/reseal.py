"""`manage.py reseal`: seal again, under the SECRET_KEY of today, whatever a former one sealed (docs/operations.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.foundation import boards
from preau.foundation.sealed import FORMER, LOST, TODAY


class Command(BaseCommand):
    help = "Seal again under the present SECRET_KEY whatever one of SECRET_KEY_FALLBACKS sealed, and count what no key opens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="count what only a former key opens, and write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lost = 0
        verb = "only a former key opens" if options["dry_run"] else "sealed again"
        for entry in sorted(boards.seals, key=lambda entry: entry.key):
            counts = entry.reseal(options["dry_run"])
            lost += counts[LOST]
            self.stdout.write(
                f"{entry.key}: {counts[TODAY]} under today's key, {counts[FORMER]} {verb}, {counts[LOST]} that no key opens."
            )
        if lost:
            raise CommandError(
                f"{lost} seals that no key opens: add the key of their day to SECRET_KEY_FALLBACKS, and run this again."
            )
