"""`manage.py export_oneroster`: some schools in OneRoster 1.1 CSV, for the tools that read it (docs/exports.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from preau.directory.exports import oneroster
from preau.directory.exports.scope import Scope
from preau.directory.management.exporting import ExportCommand


class Command(ExportCommand):
    help = "Write one OneRoster 1.1 zip (CSV, bulk): schools, years, courses, classes, pupils and staff."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--results", action="store_true", help="with the assessments that pupils read, and their results"
        )

    def export(self, scope: Scope, out: Path, options: dict[str, Any]) -> None:
        self.stdout.write(oneroster.write(scope, out, timezone.localtime(), results=options["results"]).name)
