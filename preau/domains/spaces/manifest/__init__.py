"""What the house shows to the rest of the platform."""

from preau.domains.spaces.manifest import held, shown

__all__ = ["held", "shown"]
