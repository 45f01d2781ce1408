"""`manage.py export_directory`: pupils, guardians, staff and classes of some schools, for a spreadsheet."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from preau.directory.exports.scope import Scope
from preau.directory.exports.tables import TABLES, book_of, csv_of, file_name
from preau.directory.management.exporting import ExportCommand, put
from preau.foundation import workbooks


class Command(ExportCommand):
    help = "Write the directory of some schools as tables: pupils, guardians, staff, classes."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=["csv", "xlsx"], default="csv")

    def export(self, scope: Scope, out: Path, options: dict[str, Any]) -> None:
        kind = options["format"]
        write = book_of if kind == "xlsx" else csv_of
        for table in TABLES.values():
            name = file_name(table, scope.day, kind)
            try:
                put(out / name, write(table, table.rows(scope)))
            except workbooks.TooLong:
                raise CommandError(
                    f"{name} : plus de lignes qu’une feuille n’en a ; prenez --format csv."
                ) from None
            self.stdout.write(name)
