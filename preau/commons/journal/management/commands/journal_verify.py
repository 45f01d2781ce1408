"""`manage.py journal_verify FILE`: is a bundle of the journal as this site made it, and does the database say the same?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.commons.journal import exports
from preau.foundation import signed


class Command(BaseCommand):
    help = "Check a bundle: its manifest, its signature, its seals, and the database; exit code 1 when something differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--alone",
            action="store_true",
            help="do not compare with the database (a copy restored elsewhere)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["file"].is_file():
            raise CommandError(f"No file {options['file']}.")
        with options["file"].open("rb") as file:
            checked = exports.check(file, with_database=not options["alone"])
        for fault in checked.faults:
            self.stderr.write(fault)
        if checked.faults:
            raise CommandError(f"{len(checked.faults)} faults.")
        self.stdout.write(
            f"Whole: {checked.lines} lines, {checked.compared} compared with the database; {checked.seals} seals, "
            f"{checked.whole_seals} of them recomputed from their lines."
        )
        self.stdout.write(f"Public key, SHA-256: {signed.fingerprint(exports.PURPOSE)}")
