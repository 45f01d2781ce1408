"""What every `manage.py export_…` does: find the schools, wait for no import, write, say what was written.

Exit codes: 0 written, 1 wrong call, 2 what would leave breaks a rule (nothing is written).
"""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from preau.directory.exports.scope import Scope
from preau.directory.models import School
from preau.foundation.db import only_one

REFUSED = 2


def put(path: Path, lines: Iterable[str | bytes]) -> None:
    """Write a file, texts in UTF-8, that its owner alone reads. It has its name once it is whole: a killed export leaves none by halves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=".export-") as working:
        whole = Path(working) / path.name
        with whole.open("wb") as file:
            file.writelines(line.encode() if isinstance(line, str) else line for line in lines)
        whole.chmod(0o600)
        whole.replace(path)


class ExportCommand(BaseCommand):
    """A child class writes a scope into a folder."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--school",
            metavar="UAI",
            action="extend",
            nargs="+",
            required=True,
            dest="schools",
            help="one or several, and may be repeated",
        )
        parser.add_argument("--out", metavar="DIR", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        schools = self._schools(options["schools"])
        out: Path = options["out"]
        if out.exists() and not out.is_dir():
            raise CommandError(f"{out} n’est pas un dossier.")
        # An import changes people between two files of one export.
        with only_one("delivery") as alone:
            if not alone:
                raise CommandError("Une livraison est en cours d’import : attendez qu’elle soit terminée.")
            self.export(Scope(schools, timezone.localdate()), out, options)

    def export(self, scope: Scope, out: Path, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def _schools(self, named: list[str]) -> list[School]:
        wanted = {uai.strip().upper() for uai in named}
        found = list(School.objects.filter(uai__in=wanted))
        missing = sorted(wanted - {school.uai for school in found})
        if missing:
            raise CommandError(f"Aucun établissement {', '.join(missing)}.")
        return found
