"""`manage.py replay_erasures FILE…`: after a backup is restored, erase again what was erased since."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.commons.privacy.actions import replay


class Command(BaseCommand):
    help = "Erase again whoever and whatever these ledgers name. Run it after a restore, before the site is opened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            known = replay.read(file.read_bytes() for file in options["files"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        except replay.NotOurs as error:
            raise CommandError(
                "This site did not sign that file, or it was changed: nothing was erased."
            ) from error
        except replay.OtherVersion as error:
            raise CommandError(
                "This site signed that file, but another version of Préau wrote it: nothing was erased."
            ) from error
        done = replay.replay(known, dry_run=options["dry_run"])
        label = "To erase again" if options["dry_run"] else "Erased again"
        self.stdout.write(f"{label}: {replay.counts_in_words(done)}")
