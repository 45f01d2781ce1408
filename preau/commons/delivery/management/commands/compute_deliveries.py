"""`manage.py compute_deliveries FILE…`: when items written as JSON leave, on the function of the pages (docs/deliveries.md)."""

from typing import Any

from preau.commons.delivery import imports
from preau.foundation.jsoncommands import FilesCommand


class Command(FilesCommand):
    help = "Print when the items of each file leave, as one line of JSON. Reads files only: no database."

    def answer(self, content: bytes) -> Any:
        return imports.written(imports.read(content))
