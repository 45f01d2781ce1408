"""The board of importers: what each house takes in."""

from preau.foundation.importers.importer import Importer
from preau.foundation.registry import Registry

importers: Registry[Importer] = Registry(Importer)
