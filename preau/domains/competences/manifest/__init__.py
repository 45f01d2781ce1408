"""What the house shows to the rest of the platform."""

from preau.domains.competences.manifest import files, held, shown

__all__ = ["files", "held", "shown"]
