"""What every `manage.py import_…` does: find the files, read, compare, apply, report.

Exit codes: 0 applied (or previewed), 1 wrong call, 2 a file cannot be trusted (nothing applied), 3 a school would lose
too many people (nothing applied until `--approved-by` names a second person).
"""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.imports import operator
from preau.directory.imports.formats import Format
from preau.directory.imports.run import Result
from preau.directory.models import Person
from preau.foundation.db import only_one
from preau.foundation.reading import Unreadable

UNREADABLE, BLOCKED, PARTLY = 2, 3, 4
SHOWN = 20


class ImportCommand(BaseCommand):
    """A child class says which format it reads."""

    format: Format

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="DIR|FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
        parser.add_argument("--json", type=Path, metavar="REPORT", help="write the whole report there")
        parser.add_argument("--approved-by", metavar="LOGIN", help="who agrees to a large departure")
        parser.add_argument(
            "--year", type=int, help="the first year of a school year that is over, when its files are meant"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report, paths = options["json"], self._files(options["paths"])
        if report:
            self._try(report)
        approver = self._approver(options["approved_by"])
        with only_one("delivery") as alone:
            if not alone:
                raise CommandError("Une autre livraison est en cours : attendez qu’elle soit terminée.")
            self._bring(paths, report, approver, options)

    def _try(self, report: Path) -> None:
        """A report that cannot be written is said before anything is applied."""
        try:
            report.open("a").close()
        except OSError as error:
            raise CommandError(
                f"Rien n’a été lu. Le rapport {report} ne peut pas être écrit ({error.strerror})."
            ) from None

    def _files(self, named: list[Path]) -> list[Path]:
        """The files named, and those of the format in the folders named; sub-folders are other deliveries."""
        found: list[Path] = []
        for path in named:
            if path.is_dir():
                inside = self.format.files_in(path)
                if not inside:
                    kinds = ", ".join(self.format.suffixes)
                    raise CommandError(
                        f"{path} ne contient aucun fichier {kinds} (les sous-dossiers ne sont pas lus)."
                    )
                found += inside
            elif path.is_file():
                found.append(path)
            else:
                raise CommandError(f"{path} n’est pas un dossier ni un fichier.")
        return found

    def _approver(self, login: str | None) -> Person | None:
        if not login:
            return None
        account = get_user_model().objects.filter(login=login.lower(), is_active=True).first()
        if account is None:
            raise CommandError(f"Aucun compte « {login} ».")
        person: Person = account.person
        return person

    def _bring(
        self, paths: list[Path], report: Path | None, approver: Person | None, options: dict[str, Any]
    ) -> None:
        try:
            result = operator.bring(
                paths,
                self._format(options),
                timezone.localdate(),
                approver=approver,
                dry=options["dry_run"],
                tell=self._progress,
            )
        except Unreadable as refusal:
            self._refuse(refusal, report)
        refused = result.refused
        with closing(result):
            self._tell(result)
            if report:
                with report.open("w", encoding="utf-8") as file:
                    result.write(file)
        if result.blocked:
            raise CommandError("\n".join(map(str, result.blocked)), returncode=BLOCKED)
        if refused:
            raise CommandError(
                f"Lu sans {', '.join(refused)} : personne ne part pour cela.", returncode=PARTLY
            )

    def _format(self, options: dict[str, Any]) -> Format:
        opens = (options.get("school") or "").upper()
        goes_on = options.get("others_go_on") or False
        return replace(self.format, year=options["year"], opens=opens, goes_on=goes_on)

    def _refuse(self, refusal: Unreadable, report: Path | None) -> NoReturn:
        if report:
            text = json.dumps(operator.report_of(refusal), ensure_ascii=False, indent=1)
            report.write_text(text + "\n", encoding="utf-8")
        raise CommandError(f"Rien n’a été appliqué. {refusal}", returncode=UNREADABLE) from None

    def _progress(self, step: str, done: int, total: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{step} {done}/{total}   ", ending="")
            self.stdout.flush()

    def _tell(self, result: Result) -> None:
        for error in result.errors:
            place = f"{error['file']}:{error['line'] or ''} " if error["file"] else ""
            self.stdout.write(f"Refusé : {place}{error['reason']}")
        figures = result.figures()
        read = ", ".join(f"{name} {count}" for name, count in figures["read"].items())
        self.stdout.write(f"Lu : {read}.")
        verb = "Appliqué" if result.applied else "Aperçu, rien n’est écrit"
        self.stdout.write(
            f"{verb} : {figures['created']} créés, {figures['changed']} modifiés, {figures['unchanged']} inchangés, "
            f"{figures['ended']} partis."
        )
        for grade, label in (("quarantined", "En quarantaine"), ("warning", "À vérifier")):
            notes = list(result.spool.notes(grade))
            if notes:
                self.stdout.write(f"{label} : {len(notes)}")
            for note in notes[:SHOWN]:
                self.stdout.write(f"  {note.file}:{note.line or ''} {note.key} {note.reason}")
            if len(notes) > SHOWN:
                self.stdout.write(f"  … et {len(notes) - SHOWN} autres (voir le rapport)")
