"""What conduct shows to the rest of the platform: its pages, what it tells, what it holds of people."""

from preau.domains.conduct.manifest import held, in_words, record, shown, told

__all__ = ["held", "in_words", "record", "shown", "told"]
