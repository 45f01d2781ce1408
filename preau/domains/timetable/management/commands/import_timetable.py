"""`manage.py import_timetable --school UAI FILE…`: the weekly lessons of a year from what another program wrote.

Exit codes: 0 applied (or previewed), 1 wrong call, 2 a file cannot be trusted (nothing applied).
"""

import json
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.models import School, SchoolYear
from preau.domains.timetable.actions import imported
from preau.domains.timetable.imports import run
from preau.domains.timetable.models import TimetableImport
from preau.foundation.importers.stages import refusal_of
from preau.foundation.reading import Unreadable

UNREADABLE = 2
SHOWN = 20


class Command(BaseCommand):
    help = "Import the timetable of one school (EDT, STSWEB, ICS, CSV or XLSX): read, compare, apply, report."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--school", metavar="UAI", required=True)
        parser.add_argument(
            "--format",
            choices=TimetableImport.Source.values,
            default="",
            help="recognised by what the files hold when it is not told",
        )
        parser.add_argument(
            "--scope",
            choices=TimetableImport.Scope.values,
            default="",
            help="which courses the files tell whole, so that those they leave out stop: of the school (edt, sts), of the "
            "classes that they name (ics, csv), or none",
        )
        parser.add_argument(
            "--from", dest="since", type=date.fromisoformat, metavar="DAY", help="first day of what arrives"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
        parser.add_argument("--json", type=Path, metavar="REPORT", help="write the whole report there")

    def handle(self, *args: Any, **options: Any) -> None:
        year, files = self._year(options["school"]), options["files"]
        for path in files:
            if not path.is_file():
                raise CommandError(f"{path} n’est pas un fichier.")
        asked = run.ImportOptions(options["format"], options["scope"], options["since"])
        how = {"today": timezone.localdate(timezone=ZoneInfo(year.school.timezone)), "asked": asked}
        try:
            result = self._run(files, year, how, dry=options["dry_run"])
        except Unreadable as refusal:
            self._write(options["json"], refusal_of(refusal))
            raise CommandError(f"Rien n’a été appliqué. {refusal}", returncode=UNREADABLE) from None
        report = run.report_of(result)
        self._write(options["json"], report)
        self._tell(report)

    def _year(self, uai: str) -> SchoolYear:
        school = School.objects.filter(uai=uai.upper()).select_related("current_year").first()
        if school is None:
            raise CommandError(f"Aucun établissement {uai}.")
        if school.current_year is None:
            raise CommandError(f"L’établissement {uai} n’a pas d’année en cours.")
        school.current_year.school = school
        return school.current_year

    def _run(self, files: list[Path], year: SchoolYear, how: dict[str, Any], *, dry: bool) -> run.Result:
        if dry:
            return run.bring(files, year, **how)
        names = [path.name for path in files]
        return run.apply(
            files, year, keep=lambda result: imported.keep(year, names, run.report_of(result)), **how
        )

    def _write(self, target: Path | None, report: dict[str, Any]) -> None:
        if target:
            target.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _tell(self, report: dict[str, Any]) -> None:
        verb = "Appliqué" if report["applied"] else "Aperçu, rien n’est écrit"
        self.stdout.write(f"Lu : {report['read']} cours.")
        self.stdout.write(
            f"{verb} : {report['created']} créés, {report['changed']} modifiés, {report['unchanged']} inchangés, "
            f"{report['stopped']} arrêtés, {report['aside']} mis de côté."
        )
        if report["kept"]:
            self.stdout.write(f"Décidés ici, et gardés ainsi : {report['kept']}.")
        for name, label in (
            ("put_aside", "Mis de côté"),
            ("clashes", "En même temps"),
            ("notes", "À vérifier"),
        ):
            for row in report[name][:SHOWN]:
                self.stdout.write(f"  {label} : {row['file']}:{row['line']} {row['reason']}")
            if len(report[name]) > SHOWN:
                self.stdout.write(f"  … et {len(report[name]) - SHOWN} autres (voir le rapport)")
