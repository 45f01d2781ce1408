"""What campaigns show to the rest of the platform: their links, what is told and when, what they hold of people."""

from preau.domains.campaigns.manifest import held, in_words, shown, terms

__all__ = ["held", "in_words", "shown", "terms"]
