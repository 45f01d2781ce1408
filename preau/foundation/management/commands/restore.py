"""`manage.py restore --identity FILE`: a backup brought back on an empty machine (docs/operations.md)."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from preau.foundation.backups import bringing, sealing
from preau.foundation.backups.faults import BackupRefused, stopped_as_an_error


class Command(BaseCommand):
    help = "Bring a backup back, erase again what was erased since, end sessions, build indexes again, and compare counts and digests."
    # Tables may not be there yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", nargs="?", default="", help="its name; the last whole one by default")
        parser.add_argument(
            "--from", dest="root", type=Path, default=settings.BACKUP_DIR, help="instead of BACKUP_DIR"
        )
        parser.add_argument("--identity", type=Path, required=True, help="the file of the secret key of age")
        parser.add_argument(
            "--ledger",
            type=Path,
            nargs="*",
            default=[],
            help="ledgers of erasures besides those of the folder",
        )
        parser.add_argument(
            "--replace", action="store_true", help="what this machine holds is lost: database and files"
        )

        parser.add_argument(
            "--lose-ledger",
            action="store_true",
            help="with --replace: a database so damaged that what was erased since the last ledger cannot be read in it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        if options["root"] is None:
            raise CommandError("BACKUP_DIR is not set: name the folder of backups by --from.")
        try:
            identities = sealing.identities_in(options["identity"])
            folder = bringing.choose(options["root"], options["backup"], self.stdout.write)
            self.stdout.write(f"{folder.name}…")
            with stopped_as_an_error():
                is_whole = bringing.bring(
                    folder,
                    identities,
                    options["ledger"],
                    replace=options["replace"],
                    lose_ledger=options["lose_ledger"],
                    tell=self.stdout.write,
                )
        except BackupRefused as error:
            raise CommandError(f"Not restored: {error}") from error
        self.stdout.write(f"{(time.monotonic() - began) / 60:.1f} minutes.")
        if not is_whole:
            raise CommandError(
                "What came back is not what was kept: read the lines above before you open the site."
            )
