"""`manage.py import_lsu FILE [--json REPORT] [--out COPY]`: read back a file of the LSU, whoever wrote it, and say what it holds.

`--out` writes it back, and the report says whether the copy tells the same. Nothing is kept, and no database is asked. Exit codes: 0 read,
1 wrong call, 2 it cannot be read, 3 it is read and the ministry would refuse it.
"""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from preau.domains.report_cards.livret import read, versions, write
from preau.domains.report_cards.livret.check import check_elements, errors
from preau.domains.report_cards.livret.model import Livret
from preau.foundation.reading import Unreadable

UNREADABLE, REFUSED, SHOWN = 2, 3, 20


class Command(BaseCommand):
    help = "Read a file of the livret scolaire unique (LSU) and report what it holds."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", type=Path, metavar="REPORT", help="write the whole report there")
        parser.add_argument("--out", type=Path, metavar="COPY", help="write it back there")

    def handle(self, *args: Any, **options: Any) -> None:
        path, version = options["file"], versions.version_of("lsu")
        if not path.is_file():
            raise CommandError(f"{path} n’est pas un fichier.")
        try:
            with path.open("rb") as file:
                root = read.elements_of(file, path.name, version)
            livret = read.livret_of(root, path.name)
        except Unreadable as refusal:
            raise CommandError(str(refusal), returncode=UNREADABLE) from None
        found = check_elements(root, version, livret)
        report = {
            "version": livret.version,
            "school": livret.uai,
            "editor": livret.editor,
            "application": livret.application,
            **counts(livret),
            "findings": [
                {"code": one.code, "severity": one.severity.value, "sentence": one.sentence} for one in found
            ],
        }
        wrong = errors(found)
        if options["out"] and not wrong:
            content = write.written(livret, version)
            options["out"].write_bytes(content)
            copy = read.elements_of(io.BytesIO(content), options["out"].name, version)
            report["same"] = read.same(root, copy, version)
        if options["json"]:
            text = json.dumps(report, ensure_ascii=False, indent=1)
            options["json"].write_text(f"{text}\n", encoding="utf-8")
        self._tell(livret, report)
        if wrong:
            lines = [one.sentence for one in wrong[:SHOWN]]
            raise CommandError("\n".join(["Le LSU refuserait ce fichier.", *lines]), returncode=REFUSED)

    def _tell(self, livret: Livret, report: dict[str, Any]) -> None:
        held = counts(livret)
        self.stdout.write(
            f"LSU {livret.version}, {livret.uai} ({livret.editor}, {livret.application})\u202f: {held['pupils']} élèves, "
            f"{held['disciplines']} matières, {held['teachers']} enseignants, {held['period_reports']} bilans périodiques, "
            f"{held['cycle_reports']} bilans de fin de cycle."
        )
        if "same" in report:
            self.stdout.write(
                "La copie dit la même chose." if report["same"] else "La copie ne dit pas la même chose."
            )


def counts(livret: Livret) -> dict[str, int]:
    """How many there are of each."""
    return {
        name: len(getattr(livret, name))
        for name in (
            "pupils",
            "periods",
            "disciplines",
            "teachers",
            "items",
            "projects",
            "supports",
            "period_reports",
            "cycle_reports",
        )
    }
