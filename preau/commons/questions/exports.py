"""What people answered, for a spreadsheet."""

from collections.abc import Iterator

from preau.commons.questions.models import Questionnaire
from preau.commons.questions.queries import lines_of
from preau.foundation.csvtext import lines


def responses_csv(questionnaire: Questionnaire) -> Iterator[str]:
    """One line an answer that counts; formulas are neutralised."""
    header, rows = lines_of(questionnaire)
    return lines(header, rows)
