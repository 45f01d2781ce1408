"""`manage.py import_onde DIR --school UAI`: the CSV files of a primary school (ONDE, BE1D, templates of the ENT)."""

import re
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from preau.directory.imports.formats import onde
from preau.directory.imports.onde.delivery import Place
from preau.directory.management.importing import ImportCommand
from preau.directory.models import School

UAI = re.compile(r"(?<![0-9A-Z])[0-9]{7}[A-Z](?![0-9A-Z])")


class Command(ImportCommand):
    help = "Import the CSV files of one primary school, whose UAI is told here: the files do not say it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--school",
            metavar="UAI",
            default="",
            help="the school of these files; without it, the UAI in their path, else the only primary school there is",
        )
        parser.add_argument("--name", default="", help="its name, when it is not here yet")
        parser.add_argument(
            "--parental-authority",
            action="store_true",
            help="the school certifies that its parents' file lists those who hold parental authority, and nobody else",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        uai = options["school"].upper() or self._uai_of(options["paths"])
        self.format = onde(self._place(uai, options["name"], options["parental_authority"]))
        super().handle(*args, **options)

    def _uai_of(self, paths: list[Path]) -> str:
        """The one UAI that the path of these files holds, else that of the only primary school."""
        uais = {found.upper() for path in paths for found in UAI.findall(str(path.absolute()).upper())}
        uais = uais or set(School.objects.filter(kind=School.Kind.ECOLE).values_list("uai", flat=True)[:2])
        if len(uais) != 1:
            raise CommandError("Ces fichiers ne disent pas de quelle école ils sont : donnez --school UAI.")
        return uais.pop()

    def _place(self, uai: str, name: str, certified: bool) -> Place:
        school = School.objects.filter(uai=uai).first()
        if school is None and not name:
            raise CommandError(f"Aucun établissement {uai} : donnez aussi --name pour l’ouvrir.")
        if school is None and not UAI.fullmatch(uai):
            raise CommandError(f"« {uai} » n’a pas la forme d’un UAI.")
        if school and school.kind not in {School.Kind.ECOLE, School.Kind.OTHER}:
            raise CommandError(f"{school.name} n’est pas une école.")
        if school is None:
            return Place(uai, name, certified=certified)
        type_ = "ECOLE" if school.kind == School.Kind.ECOLE else ""
        return Place(uai, school.name, type_, certified)
