"""`manage.py compute_averages FILE…`: the averages of gradebooks written as JSON, on the functions of the pages (docs/gradebook-averages.md)."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from preau.domains.gradebook.imports import books

MALFORMED = 2


class Command(BaseCommand):
    help = "Print the averages of each gradebook as one line of JSON. Reads files only: no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        for file in options["files"]:
            try:
                book = books.read(file.read_bytes())
            except books.Malformed as malformed:
                self._refuse(f"{file}, {malformed}" if malformed.path else f"{file}{_(' : ')}{malformed}")
            except OSError:
                self._refuse(f"{file}{_(' : ')}{_('Ce fichier ne peut pas être lu.')}")
            self.stdout.write(json.dumps(books.written(book)))

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        raise SystemExit(MALFORMED)
