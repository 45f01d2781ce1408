"""`manage.py export_lsl --school UAI --out FILE [--period N] [--check]`: the evaluations of a lycée for the LSL, until a period of the year.

The one published version of the format is older than the baccalauréat of 2021, and the command says so. `--check` prints the pre-flight
list, a line of JSON each, and writes nothing. Exit codes: 0 written (or nothing refuses it), 1 wrong call, 2 the file does not leave.
"""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.models import Period, Person, School
from preau.directory.viewer import Seat, Viewer
from preau.directory.words import Profile, Role
from preau.domains.report_cards.livret import versions, write
from preau.domains.report_cards.livret.check import errors
from preau.domains.report_cards.livret.check_lycee import check_lycee
from preau.domains.report_cards.queries.livret.lycee import gathered_of_lycee

REFUSED, SHOWN = 2, 20


class Command(BaseCommand):
    help = "Write the evaluations of the première and terminale of a lycée for the livret scolaire (LSL), in its version 1.0."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", metavar="UAI", required=True)
        parser.add_argument(
            "--period", metavar="N", type=int, help="until this one of the year; else the last"
        )
        parser.add_argument("--out", metavar="FILE", type=Path)
        parser.add_argument("--check", action="store_true", help="say what is wrong and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"] and options["out"] is None:
            raise CommandError(
                "Où écrire le fichier\u202f? Dites --out FILE, ou --check pour le vérifier seulement."
            )
        school = self._school(options["school"])
        period = self._period(school, options["period"])
        version = versions.version_of("lsl")
        with timezone.override(ZoneInfo(school.timezone)):
            seat = Seat(Profile.STAFF, school, frozenset({Role.HEAD}))
            viewer = Viewer(Person(pk=0), 0, seat, timezone.now(), (seat,))
            made = gathered_of_lycee(viewer, school, period, version)
            found = check_lycee(made.livret, version, made.people, made.subjects, sealed=made.sealed)
        wrong = errors(found)
        if options["check"]:
            for one in found:
                line = {"code": one.code, "severity": one.severity.value, "sentence": one.sentence}
                line |= {
                    "pupil": one.pupil,
                    "class": one.division,
                    "subject": one.subject,
                    "mend": one.mend.value,
                }
                self.stdout.write(json.dumps(line, ensure_ascii=False))
            if wrong:
                raise SystemExit(REFUSED)
            return
        if wrong:
            lines = [one.sentence for one in wrong[:SHOWN]]
            raise CommandError("\n".join(["Rien n’est écrit.", *lines]), returncode=REFUSED)
        options["out"].write_bytes(write.written(made.livret, version))
        self.stdout.write(
            f"Écrit\u202f: {options['out']} (LSL {version.version}), {len(made.livret.pupils)} élèves. Cette version du format date "
            "d’avant le baccalauréat de 2021\u202f: vérifiez que votre académie la prend encore."
        )

    def _school(self, uai: str) -> School:
        found = School.objects.filter(uai=uai.upper()).select_related("current_year").first()
        if found is None or found.current_year is None:
            raise CommandError(f"Aucun établissement {uai} qui ait une année en cours.")
        if found.kind != School.Kind.LYCEE:
            raise CommandError(f"{found.name} n’est pas un lycée\u202f: le LSL ne le connaît pas.")
        return found

    def _period(self, school: School, number: int | None) -> Period:
        rows = Period.objects.filter(year=school.current_year).select_related("year").order_by("starts", "pk")
        periods = list(rows)
        rank = len(periods) if number is None else number
        if not 1 <= rank <= len(periods):
            raise CommandError(f"Il n’y a pas de période {rank} cette année ({len(periods)} périodes).")
        return periods[rank - 1]
