"""`manage.py import_marks --school UAI --by LOGIN FILE…`: marks that a school gave with another program.

Exit codes: 0 applied (or previewed), 1 wrong call, 2 a file cannot be trusted (nothing applied).
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.models import Holding, Person, School
from preau.directory.words import Role
from preau.domains.gradebook.actions import sealing
from preau.domains.gradebook.actions.past import write_past
from preau.domains.gradebook.imports.past import columns, matching, run
from preau.foundation.importers.tables import ColumnsWanted
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

UNREADABLE, SHOWN = 2, 20


class Command(BaseCommand):
    help = "Import the marks of one school from tables (CSV, XLSX, ODS) of PRONOTE, of École Directe or of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--school", metavar="UAI", required=True)
        parser.add_argument(
            "--by", metavar="LOGIN", required=True, help="a head of the school, who answers for it"
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="TITLE=FIELD",
            help=f"what a column holds, where its heading does not say it: {', '.join(key for key, _label in columns.FIELDS)}, or nothing",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be written and write nothing"
        )
        parser.add_argument("--json", type=Path, metavar="REPORT", help="write the whole report there")

    def handle(self, *args: Any, **options: Any) -> None:
        school = self._school(options["school"])
        by = self._head(school, options["by"])
        named = self._named(options["column"])
        for path in options["files"]:
            if not path.is_file():
                raise CommandError(f"{path} n’est pas un fichier.")
        today = timezone.localdate(timezone=ZoneInfo(school.timezone))
        try:
            brought = run.bring(options["files"], school.current_year, today, named)  # type: ignore[arg-type]
        except ColumnsWanted as wanted:
            message = f"Rien n’a été appliqué. {wanted} Dites-le par --column."
            raise CommandError(message, returncode=UNREADABLE) from None
        except Unreadable as refusal:
            raise CommandError(f"Rien n’a été appliqué. {refusal}", returncode=UNREADABLE) from None
        made = brought.plan
        report = {
            "created": made.created,
            "marks": made.marks,
            "unchanged": made.same,
            "columns_left": brought.left,
            "aside": [
                {"file": problem.file, "line": problem.line, "reason": problem.reason}
                for problem in made.problems
            ],
            "applied": not options["dry_run"],
        }
        if not options["dry_run"]:
            try:
                report |= write_past(school, by, matching.written(made, brought.ground, by.pk))
            except sealing.PeriodSealed:
                raise CommandError("Rien n’a été appliqué : une période vient d’être arrêtée.") from None
        if options["json"]:
            text = json.dumps(report, ensure_ascii=False, indent=1)
            options["json"].write_text(f"{text}\n", encoding="utf-8")
        self._tell(report)

    def _school(self, uai: str) -> School:
        found = School.objects.filter(uai=uai.upper()).select_related("current_year").first()
        if found is None or found.current_year is None:
            raise CommandError(f"Aucun établissement {uai} qui ait une année en cours.")
        return found

    def _head(self, school: School, login: str) -> Person:
        today = timezone.localdate(timezone=ZoneInfo(school.timezone))
        held = Holding.objects.active(today).filter(
            school=school, role=Role.HEAD, person__account__login=login
        )
        found = held.select_related("person").first()
        if found is None:
            raise CommandError(f"« {login} » ne dirige pas cet établissement.")
        person: Person = found.person
        return person

    def _named(self, pairs: list[str]) -> dict[str, str]:
        named = {fold(title): key for title, _sign, key in (one.rpartition("=") for one in pairs)}
        wrong = sorted(set(named.values()) - {"", *(key for key, _label in columns.FIELDS)})
        if wrong:
            raise CommandError(f"Champ inconnu : {', '.join(wrong)}.")
        return named

    def _tell(self, report: dict[str, Any]) -> None:
        verb = "repris" if report["applied"] else "à reprendre"
        self.stdout.write(
            f"{report['created']} devoirs et {report['marks']} notes {verb}, {report['unchanged']} déjà là."
        )
        if report["columns_left"]:
            self.stdout.write(f"Colonnes laissées : {', '.join(dict.fromkeys(report['columns_left']))}.")
        reasons = Counter(one["reason"] for one in report["aside"])
        for reason, count in reasons.most_common(SHOWN):
            lines = [str(one["line"]) for one in report["aside"] if one["reason"] == reason][:SHOWN]
            self.stdout.write(f"{count} lignes laissées : {reason} (lignes {', '.join(lines)})")
