"""What the house shows to the rest of the platform."""

from preau.domains.competences.manifest import files, held, measures, shown

__all__ = ["files", "held", "measures", "shown"]
