"""`manage.py verify_files`: each row has its file, of its weight and digest; each file its row."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.foundation.backups import media

SHOWN = 20


class Command(BaseCommand):
    help = "Match the files below VAR_DIR/media with the rows that name them; exits with 1 when something is missing, changed or unknown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="weights only: no file is read")

    def handle(self, *args: Any, **options: Any) -> None:
        found = media.verify(time.time(), quick=options["quick"])
        for word, paths in (
            ("missing", found.missing),
            ("changed", found.changed),
            ("unknown", found.unknown),
        ):
            for path in paths[:SHOWN]:
                self.stderr.write(f"{word}: {path}")
        self.stdout.write(
            f"{found.right} files right, {len(found.missing)} missing, {len(found.changed)} changed, {len(found.unknown)} of no row,"
            f" {found.young} of no row yet (younger than two days)."
        )
        if not found.is_well:
            raise CommandError("Rows and files do not match: docs/operations.md, 'Back up'.")
