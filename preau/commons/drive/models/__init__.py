"""The tables of the drive."""

from preau.commons.drive.models.contents import Content
from preau.commons.drive.models.items import Item, Nesting, Version
from preau.commons.drive.models.sharing import Opening, Share
from preau.commons.drive.models.volume import Lock, Property, Sidecar

__all__ = ["Content", "Item", "Lock", "Nesting", "Opening", "Property", "Share", "Sidecar", "Version"]
