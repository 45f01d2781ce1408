"""`manage.py plan_meetings FILE…`: the plans of evenings written as JSON, on the function of the pages (docs/decisions/0165)."""

from typing import Any

from preau.domains.appointments import imports
from preau.foundation.jsoncommands import FilesCommand


class Command(FilesCommand):
    help = "Print the plan of each evening as one line of JSON. Reads files only: no database."

    def answer(self, content: bytes) -> Any:
        return imports.written(imports.read(content))
