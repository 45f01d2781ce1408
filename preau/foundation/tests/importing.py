"""The tasks of an import, done at once."""

from preau.foundation.importers import tasks
from preau.foundation.importers.importer import Importer


def read(importer: Importer, pk: int) -> str:
    return tasks.read_import.func(importer.key, pk)


def apply(importer: Importer, pk: int) -> str:
    return tasks.apply_import.func(importer.key, pk)
