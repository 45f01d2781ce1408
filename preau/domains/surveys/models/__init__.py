"""What the house keeps, and who sees it."""

from preau.domains.surveys.models.elections import Candidate, Delegate, Election, Elector, Round
from preau.domains.surveys.models.surveys import OPENERS, Reminder, Survey, Urn, Voter

__all__ = [
    "OPENERS",
    "Candidate",
    "Delegate",
    "Election",
    "Elector",
    "Reminder",
    "Round",
    "Survey",
    "Urn",
    "Voter",
]
