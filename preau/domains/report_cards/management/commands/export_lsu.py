"""`manage.py export_lsu --school UAI --period N --out FILE [--check]`: the bilans of a collège for the LSU.

`--check` prints the pre-flight list, a line of JSON each, and writes nothing. Exit codes: 0 written (or nothing refuses it),
1 wrong call, 2 the file does not leave: its lines say why.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.models import Period, Person, School
from preau.directory.viewer import Seat, Viewer
from preau.directory.words import Profile, Role
from preau.domains.report_cards.livret import versions, write
from preau.domains.report_cards.livret.check import Finding, check, errors
from preau.domains.report_cards.queries.livret.gathering import gathered
from preau.domains.report_cards.queries.livret.mending import Screens, json_lines

REFUSED, SHOWN = 2, 20


class Command(BaseCommand):
    help = "Write the bilans of one period of a collège for the livret scolaire unique (LSU)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", metavar="UAI", required=True)
        parser.add_argument("--period", metavar="N", type=int, required=True, help="its number in the year")
        parser.add_argument("--out", metavar="FILE", type=Path)
        parser.add_argument("--version-of-format", metavar="N", default="", help="else the newest known here")
        parser.add_argument("--check", action="store_true", help="say what is wrong and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"] and options["out"] is None:
            raise CommandError(
                "Où écrire le fichier\u202f? Dites --out FILE, ou --check pour le vérifier seulement."
            )
        school = self._school(options["school"])
        period = self._period(school, options["period"])
        version = self._version(options["version_of_format"])
        with timezone.override(ZoneInfo(school.timezone)):
            made = gathered(_head(school), school, period, version)
            found = check(made.livret, version, made.beside)
        if options["check"]:
            for line in json_lines(found, Screens(made)):
                self.stdout.write(json.dumps(line, ensure_ascii=False))
            if errors(found):
                raise SystemExit(REFUSED)
            return
        if errors(found):
            self._refuse(errors(found))
        options["out"].write_bytes(write.written(made.livret, version))
        livret = made.livret
        self.stdout.write(
            f"Écrit\u202f: {options['out']} (LSU {version.version}), {len(livret.period_reports)} bilans périodiques, "
            f"{len(livret.cycle_reports)} bilans de fin de cycle, {len(found)} remarques."
        )
        if version.current and version.current != version.version:
            self.stdout.write(
                f"Le ministère en est à la version {version.current}\u202f: cette version-ci peut ne plus être prise."
            )

    def _school(self, uai: str) -> School:
        found = School.objects.filter(uai=uai.upper()).select_related("current_year").first()
        if found is None or found.current_year is None:
            raise CommandError(f"Aucun établissement {uai} qui ait une année en cours.")
        if found.kind != School.Kind.COLLEGE:
            raise CommandError(f"{found.name} n’est pas un collège\u202f: le LSU ne le connaît pas.")
        return found

    def _period(self, school: School, number: int) -> Period:
        rows = Period.objects.filter(year=school.current_year).select_related("year").order_by("starts", "pk")
        periods = list(rows)
        if not 1 <= number <= len(periods):
            raise CommandError(f"Il n’y a pas de période {number} cette année ({len(periods)} périodes).")
        return periods[number - 1]

    def _version(self, number: str) -> versions.Version:
        try:
            return versions.version_of("lsu", number)
        except versions.UnknownVersion:
            raise CommandError(f"La version {number} du LSU n’est pas connue ici.") from None

    def _refuse(self, found: Sequence[Finding]) -> None:
        lines = [one.sentence for one in found[:SHOWN]]
        if len(found) > SHOWN:
            lines.append(f"… et {len(found) - SHOWN} autres\u202f: --check les dit toutes.")
        raise CommandError("\n".join(["Rien n’est écrit.", *lines]), returncode=REFUSED)


def _head(school: School) -> Viewer:
    """Whoever runs the server reads as the head does, as nobody in particular."""
    seat = Seat(Profile.STAFF, school, frozenset({Role.HEAD}))
    return Viewer(Person(pk=0), 0, seat, timezone.now(), (seat,))
