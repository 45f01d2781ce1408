"""What the gradebook shows to the rest of the platform: what it holds of people, for how long, and what readers find elsewhere."""

from preau.domains.gradebook.manifest import held, reading

__all__ = ["held", "reading"]
