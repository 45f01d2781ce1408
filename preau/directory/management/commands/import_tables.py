"""`manage.py import_tables DIR --school UAI`: tables of a school whose headings say by themselves what they hold."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from preau.directory.imports.formats import tables
from preau.directory.imports.tables.delivery import Matching, table_of
from preau.directory.imports.tables.fields import TABLES
from preau.directory.management.importing import ImportCommand
from preau.directory.models import School
from preau.foundation.grids import open_grid
from preau.foundation.reading import Unreadable


class Command(ImportCommand):
    help = (
        "Import tables (.csv, .xlsx) of one school: files whose names hold « eleves », « responsables » or « personnels »; "
        "those that `export_directory` writes, for instance. Headings that are not known are left aside."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--school", metavar="UAI", required=True)
        parser.add_argument("--complete", action="store_true", help="whoever is not in these tables has left")
        parser.add_argument(
            "--parental-authority",
            action="store_true",
            help="guardians whose level the tables do not tell hold parental authority",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        school = School.objects.filter(uai=options["school"].upper()).first()
        if school is None:
            raise CommandError(f"Aucun établissement {options['school']}.")
        matching = Matching({}, options["complete"], options["parental_authority"])
        self.format = tables(school, matching, timezone.localdate())
        paths = [path for path in self._files(options["paths"]) if table_of(path)]
        if not paths:
            raise CommandError(
                "Aucun de ces fichiers n’est un tableau d’élèves, de responsables ou de personnels."
            )
        try:
            columns = {table_of(path): self._columns(path) for path in paths}
        except Unreadable as refusal:
            self._refuse(refusal, options["json"])
        matching = Matching(columns, options["complete"], options["parental_authority"])
        self.format = tables(school, matching, timezone.localdate())
        super().handle(*args, **options | {"paths": paths})

    def _columns(self, path: Path) -> list[str]:
        table, grid = TABLES[table_of(path)], open_grid(path, path.name)
        found = table.guess(grid.titles, {})
        for wanted in table.needs:
            if not set(wanted) & set(found):
                reason = f"Aucun titre ne dit « {table.label_of(wanted[0])} »."
                raise Unreadable(path.name, 1, reason)
        return found
