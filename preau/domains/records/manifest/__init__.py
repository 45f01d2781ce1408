"""What confidential records show to the rest of the platform: their pages, the powers, what they tell and hold. No search finds them."""

from preau.domains.records.manifest import held, in_words, shown, told

__all__ = ["held", "in_words", "shown", "told"]
