"""`manage.py export_directory`: pupils, guardians, staff and classes of some schools, for a spreadsheet."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from preau.directory.exports.scope import Scope
from preau.directory.exports.tables import TABLES, csv_of, file_name
from preau.directory.management.exporting import ExportCommand, put


class Command(ExportCommand):
    help = "Write the directory of some schools as tables: pupils, guardians, staff, classes."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=["csv", "xlsx"], default="csv")

    def export(self, scope: Scope, out: Path, options: dict[str, Any]) -> None:
        if options["format"] == "xlsx":
            # No library that writes them is among what Préau installs (docs/exports.md).
            raise CommandError(
                "Le format XLSX n’est pas encore écrit : prenez --format csv, qu’un tableur ouvre."
            )
        for table in TABLES.values():
            name = file_name(table, scope.day)
            put(out / name, csv_of(table, table.rows(scope)))
            self.stdout.write(name)
