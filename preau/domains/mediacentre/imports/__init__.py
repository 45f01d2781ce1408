"""Lists of the GAR: read from a file, whole or refused; and where files come from."""

from preau.domains.mediacentre.imports.reading import read
from preau.domains.mediacentre.imports.sources import FolderSource, ListSource

__all__ = ["FolderSource", "ListSource", "read"]
