"""`manage.py erasures_export FILE`: who and what was erased so far, to lie beside the backups."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from preau.commons.privacy.actions import replay


class Command(BaseCommand):
    help = "Write the signed ledger of what was erased, without a name; an earlier file of that name is replaced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["file"]
        passing = out.with_name(f"{out.name}.part")
        passing.touch(mode=0o600)
        passing.write_bytes(replay.ledger())
        passing.replace(out)
        self.stdout.write(f"{out}")
