"""What the gradebook shows to the rest of the platform: its pages, what it tells, what it holds of people."""

from preau.domains.gradebook.manifest import held, reading, record, shown, told

__all__ = ["held", "reading", "record", "shown", "told"]
