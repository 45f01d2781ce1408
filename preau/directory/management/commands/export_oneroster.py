"""`manage.py export_oneroster`: some schools in OneRoster 1.1 CSV, for the tools that read it (docs/exports.md)."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from preau.directory.exports import oneroster
from preau.directory.exports.scope import Scope
from preau.directory.management.exporting import ExportCommand


class Command(ExportCommand):
    help = "Write one OneRoster 1.1 zip (CSV, bulk): schools, years, courses, classes, pupils and staff."

    def export(self, scope: Scope, out: Path, options: dict[str, Any]) -> None:
        self.stdout.write(oneroster.write(scope, out, timezone.localtime()).name)
