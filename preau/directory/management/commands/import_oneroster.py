"""`manage.py import_oneroster DIR|FILE…`: a OneRoster delivery (1.1 or 1.2, as CSV or zipped) into the directory."""

from typing import Any

from django.core.management.base import CommandParser

from preau.directory.imports.formats import oneroster
from preau.directory.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Import a OneRoster delivery, complete or delta: read, compare, apply one school after the other, report."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--parental-authority",
            action="store_true",
            help="who delivers certifies that parents and guardians of these files hold parental authority",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.format = oneroster(certified=options["parental_authority"])
        super().handle(*args, **options)
