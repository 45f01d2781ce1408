"""`manage.py import_gar_lists FOLDER [--school UAI]…`: apply the answers of the GAR that lie in a folder, school by school.

Exit codes: 0 applied (or previewed), 1 wrong call, 2 an answer cannot be trusted: nothing of it was applied, the others were.
3: a list would close more than half of a school's resources; look, then run again with --close-many.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.directory.models import School
from preau.domains.mediacentre.actions import bringing
from preau.domains.mediacentre.imports import reading, sources
from preau.domains.mediacentre.models import BroughtList, Resource
from preau.foundation.reading import Unreadable

UNREADABLE, TOO_MANY = 2, 3
FEWEST = 4


class Command(BaseCommand):
    help = "Apply the answers of the GAR (ListeRessources, subscriptions) that lie in a folder: <UAI>.json, <UAI>-abonnements.xml…"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument(
            "--school", metavar="UAI", action="append", default=[], help="these schools alone"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
        parser.add_argument(
            "--close-many",
            action="store_true",
            help="let a list close more than half of a school's resources",
        )
        parser.add_argument("--json", type=Path, metavar="REPORT", help="write the whole report there")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} n’est pas un dossier.")
        source = sources.FolderSource(options["folder"])
        report = [
            self._one(school, name, content, options)
            for school in self._schools(options["school"]).iterator()
            for name, content in source.answers(school.uai)
        ]
        if not report:
            raise CommandError("Aucune réponse du GAR dans ce dossier pour ces établissements.")
        if options["json"]:
            text = json.dumps(report, ensure_ascii=False, indent=1)
            options["json"].write_text(f"{text}\n", encoding="utf-8")
        codes = {one.get("code") for one in report} & {UNREADABLE, TOO_MANY}
        if codes:
            raise CommandError("Toutes les réponses n’ont pas été appliquées.", returncode=min(codes))

    def _schools(self, named: list[str]) -> Any:
        schools = School.objects.order_by("uai")
        return schools.filter(uai__in=[one.upper() for one in named]) if named else schools

    def _one(self, school: School, name: str, content: bytes, options: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {"school": school.uai, "file": name, "applied": False}
        try:
            kind, facts = reading.read(content, name, school.uai)
        except Unreadable as refusal:
            if not options["dry_run"]:
                bringing.refuse_answer(school, name, refusal.reason)
            self.stderr.write(f"{school.uai} : {refusal}")
            return result | {"code": UNREADABLE, "line": refusal.line, "reason": refusal.reason}
        report = bringing.preview(school, kind, facts)
        result |= report
        if (
            kind == BroughtList.Kind.RESOURCES
            and not options["close_many"]
            and self._closes_many(school, report)
        ):
            self.stderr.write(
                f"{school.uai} : {name} fermerait {report['closed']} ressources. Rien n’a été appliqué."
            )
            return result | {"code": TOO_MANY}
        if not options["dry_run"]:
            brought = bringing.apply_answer(school, kind, facts, name, sha256(content).hexdigest())
            result["applied"] = brought is not None
        self._say(school, name, result)
        return result

    def _closes_many(self, school: School, report: dict[str, Any]) -> bool:
        there = Resource.objects.filter(school=school, is_open=True).count()
        closed: int = report["closed"]
        return closed >= FEWEST and closed * 2 > there

    def _say(self, school: School, name: str, result: dict[str, Any]) -> None:
        self.stdout.write(
            f"{school.uai} : {name} : {result['created']} arrivent, {result['changed']} changent, {result['back']} reviennent, "
            f"{result['closed']} sortent, {result['same']} inchangées, {len(result['aside'])} laissées de côté."
        )
        for one in result["aside"][:20]:
            self.stdout.write(f"  {name}:{one['line'] or '?'} {one['what']} {one['reason']}")
