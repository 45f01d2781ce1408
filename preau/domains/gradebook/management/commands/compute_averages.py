"""`manage.py compute_averages FILE…`: the averages of gradebooks written as JSON, on the functions of the pages (docs/gradebook-averages.md)."""

from typing import Any

from preau.domains.gradebook.imports import books
from preau.foundation.jsoncommands import FilesCommand


class Command(FilesCommand):
    help = "Print the averages of each gradebook as one line of JSON. Reads files only: no database."

    def answer(self, content: bytes) -> Any:
        return books.written(books.read(content))
