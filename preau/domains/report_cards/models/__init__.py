"""What is written of pupils for a period, what a council decides, and in which words a school says it."""

from preau.domains.report_cards.models.appreciations import Appreciation, Phrase
from preau.domains.report_cards.models.cards import CardBatch, ReportCard
from preau.domains.report_cards.models.classes import CouncilClass
from preau.domains.report_cards.models.councils import Council, Decision
from preau.domains.report_cards.models.livret_files import LivretFile
from preau.domains.report_cards.models.reminders import TextReminder
from preau.domains.report_cards.models.settings import CardPolicy, policy_of
from preau.domains.report_cards.models.suggestions import Suggestion

__all__ = [
    "Appreciation",
    "CardBatch",
    "CardPolicy",
    "Council",
    "CouncilClass",
    "Decision",
    "LivretFile",
    "Phrase",
    "ReportCard",
    "Suggestion",
    "TextReminder",
    "policy_of",
]
