"""What a threshold keeps (a finding), and what people make of it: a review, its decisions, its steps, the words of a family."""

from preau.domains.attention.models.findings import EARLY, WATCHERS, Finding, Threshold
from preau.domains.attention.models.reviews import Decision, Review, Step, Word

__all__ = ["EARLY", "WATCHERS", "Decision", "Finding", "Review", "Step", "Threshold", "Word"]
