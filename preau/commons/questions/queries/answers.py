"""What people answered, in words and in numbers."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from preau.commons.questions.models import Question, Questionnaire, Response
from preau.commons.questions.rules import open_questions
from preau.directory.models import Person
from preau.foundation import csvtext, dates, text

Kind = Question.Kind
# A free text is read, not counted: so many of them on a page, all of them in the file.
TEXTS_SHOWN = 50


def questions_of(questionnaire: Questionnaire | None) -> list[Question]:
    """Its questions in their order, each with the one that opens it (one query); none of what asks nothing."""
    if questionnaire is None:
        return []
    return list(questionnaire.questions.select_related("only_if").order_by("place"))


def own_response(questionnaire: Questionnaire, subject: Person, respondent: Person) -> Response | None:
    """What somebody has begun, else what they have sent (one query)."""
    found = {
        row.state: row
        for row in questionnaire.responses.filter(subject=subject, respondent=respondent).exclude(
            state=Response.State.REPLACED
        )
    }
    return found.get(Response.State.DRAFT) or found.get(Response.State.SENT)


def in_words(question: Question, value: Any) -> str:
    """An answer as it is read: « Oui », « mardi 24 novembre », « Anglais, Latin »; nothing when there is none."""
    if value is True:
        return _("Oui")
    if value is False:
        return _("Non")
    if isinstance(value, list):
        return ", ".join(value)
    if question.kind == Kind.DATE and value:
        return dates.day(date.fromisoformat(value), year=True)
    return "" if value is None else str(value)


def answered(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each question that was open with its answer in words."""
    return [
        (question.label, in_words(question, answers.get(question.name)) or "—")
        for question in open_questions(questions, answers)
    ]


@dataclass(frozen=True)
class QuestionResult:
    """What was answered to one question. `points`: each answer and how often, as `ui.chart` draws them; `texts`: free words.

    `more`: how many free words are left out. `is_hidden`: too few answered for anything to be shown of it, not even how many.
    """

    label: str
    number: int
    points: tuple[tuple[str, int], ...] = ()
    texts: tuple[str, ...] = ()
    said: str = ""
    more: int = 0
    is_hidden: bool = False


def results_of(
    questionnaire: Questionnaire, counted: Iterable[int] | None = None, at_least: int = 0
) -> list[QuestionResult]:
    """Question by question, of the last answer of each person, or of these responses alone (two queries)."""
    questions = questions_of(questionnaire)
    rows = questionnaire.responses.sent()
    if counted is not None:
        rows = rows.filter(pk__in=list(counted))
    return results_from(questions, list(rows.order_by("pk").values_list("answers", flat=True)), at_least)


def results_from(
    questions: Iterable[Question],
    sent: Sequence[Mapping[str, Any]],
    at_least: int = 0,
    most: int | None = TEXTS_SHOWN,
) -> list[QuestionResult]:
    """The same of answers that are at hand, whoever gave them; hidden where fewer than `at_least` answered a question.

    Where some is hidden, the free words of each question are put in the order of the alphabet: the third of one and the third of another
    are not the same person's. `most`: of each question, so many; None for all.
    """
    found = [
        _result(question, [answers.get(question.name) for answers in sent], most, apart=at_least > 0)
        for question in questions
    ]
    return [
        result if result.number >= at_least else QuestionResult(result.label, 0, is_hidden=True)
        for result in found
    ]


def _result(question: Question, values: list[Any], most: int | None, *, apart: bool) -> QuestionResult:
    given = [value for value in values if value not in (None, "", [])]
    if question.kind in {Kind.SHORT, Kind.LONG, Kind.DATE}:
        # Dates as they are written in the answer: in the order of the days.
        answers = sorted(given, key=lambda value: (text.fold(str(value)), str(value))) if apart else given
        texts = tuple(in_words(question, value) for value in answers[:most])
        return QuestionResult(question.label, len(given), texts=texts, more=len(given) - len(texts))
    if question.kind == Kind.NUMBER:
        words = _("en tout %(sum)s") % {"sum": sum(given)} if given else ""
        counts = Counter(given)
        return QuestionResult(
            question.label, len(given), tuple((str(one), counts[one]) for one in sorted(counts)), said=words
        )
    counts = Counter(one for value in given for one in (value if isinstance(value, list) else [value]))
    points = tuple((in_words(question, one), counts[one]) for one in _possible(question))
    return QuestionResult(question.label, len(given), points)


def _possible(question: Question) -> list[Any]:
    if question.kind in {Kind.YES_NO, Kind.AGREEMENT}:
        return [True, False]
    if question.kind == Kind.SCALE:
        return [one for one, _said in question.degrees]
    return list(question.choices)


def lines_of(questionnaire: Questionnaire) -> tuple[list[str], Iterator[list[str]]]:
    """The head and the lines of a table of all that was answered: whom it is about, who answered, when, each question."""
    questions = questions_of(questionnaire)
    header = [_("Nom"), _("Prénom"), _("Réponse de"), _("Reçue"), *(question.label for question in questions)]
    rows = questionnaire.responses.sent().select_related("subject", "respondent").order_by("pk")
    return header, (
        [
            row.subject.family_name,
            row.subject.given_name,
            row.respondent.full_name,
            row.written_at,
            *(in_words(question, row.answers.get(question.name)) for question in questions),
        ]
        for row in rows.iterator(chunk_size=500)
    )


def counts_csv(results: Iterable[QuestionResult]) -> Iterator[str]:
    """How often each answer was given, without anybody's line."""
    header = [_("Question"), _("Réponse"), _("Nombre")]
    rows = (
        [result.label, answer, number]
        for result in results
        for answer, number in (*result.points, *((words, 1) for words in result.texts))
    )
    return csvtext.lines(header, rows)


def csv_of(questionnaire: Questionnaire) -> Iterator[str]:
    """The same as a file for a spreadsheet; formulas are neutralised."""
    header, rows = lines_of(questionnaire)
    return csvtext.lines(header, rows)
