"""What the gradebook shows to the rest of the platform: what it holds of people, and for how long."""

from preau.domains.gradebook.manifest import held

__all__ = ["held"]
