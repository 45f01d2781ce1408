"""The tables of the drive."""

from preau.commons.drive.models.items import Item, Nesting, Version
from preau.commons.drive.models.sharing import Opening, Share

__all__ = ["Item", "Nesting", "Opening", "Share", "Version"]
