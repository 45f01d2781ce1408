"""A command that reads files of JSON and prints one line of JSON for each, in their order; without a database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from preau.foundation.jsonfiles import Malformed

MALFORMED = 2


class FilesCommand(BaseCommand):
    """`answer` gives what to print for one file. One that says wrong things ends the command, with 2 and one sentence."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)

    def answer(self, content: bytes) -> Any:
        """What is computed from the content of a file, ready for JSON. Raises Malformed."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        for file in options["files"]:
            try:
                answered = self.answer(file.read_bytes())
            except Malformed as malformed:
                self._refuse(f"{file}, {malformed}" if malformed.path else f"{file}{_(' : ')}{malformed}")
            except OSError:
                self._refuse(f"{file}{_(' : ')}{_('Ce fichier ne peut pas être lu.')}")
            self.stdout.write(json.dumps(answered))

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        raise SystemExit(MALFORMED)
