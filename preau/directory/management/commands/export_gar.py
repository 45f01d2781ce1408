"""`manage.py export_gar`: what the GAR is told of some schools (docs/exports.md)."""

import re
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from preau.directory.exports.gar.checking import ExportRefused
from preau.directory.exports.gar.delivery import deliver
from preau.directory.exports.gar.words import Degree, degree_of
from preau.directory.exports.scope import Scope
from preau.directory.management.exporting import REFUSED, ExportCommand

ENT = re.compile(r"[A-Za-z0-9-]{1,20}")


class Command(ExportCommand):
    help = "Write the complete GAR-ENT delivery of some schools of one degree: XML files, checked, in a tar.gz with its md5."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--ent", metavar="ID", default="PREAU", help="the name that the GAR gave this ENT"
        )
        parser.add_argument("--degree", choices=Degree.values, help="that of the schools, unless told")

    def export(self, scope: Scope, out: Path, options: dict[str, Any]) -> None:
        degree, ent = self._degree(scope, options["degree"]), options["ent"]
        if not ENT.fullmatch(ent):
            raise CommandError("--ent : des lettres sans accent, des chiffres et des tirets, vingt au plus.")
        try:
            done = deliver(scope, degree, out, ent=ent, now=timezone.localtime())
        except ExportRefused as refusal:
            raise CommandError(f"Rien n’est écrit.\n{refusal}", returncode=REFUSED) from None
        for school in done.silent:
            self.stderr.write(
                f"{school} : ni direction ni référent numérique avec un courriel, donc aucun responsable d’affectation."
            )
        written = ", ".join(f"{kind} {count}" for kind, count in done.counts.items())
        self.stdout.write(f"{done.archive.name} : {written}.")

    def _degree(self, scope: Scope, option: str | None) -> Degree:
        """The GAR takes each degree apart."""
        found = {degree_of(school) for school in scope.schools.values()}
        if len(found) > 1 or (option and found != {option}):
            degree = Degree(option) if option else Degree.SECOND
            others = [school.uai for school in scope.schools.values() if degree_of(school) != degree]
            raise CommandError(
                f"Une livraison ne porte que sur un degré : {', '.join(others)} n’est pas du {degree.label}."
            )
        return found.pop()
