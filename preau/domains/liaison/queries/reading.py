"""The exact words that somebody reads and signs, and their digest: what a proof holds, and what anybody computes again from it."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from preau.commons.questions.models import Question
from preau.commons.questions.queries.answers import questions_of
from preau.commons.questions.rules import open_questions
from preau.domains.liaison.models import Answer, Precision, Word

# Not translated, nor taken from labels: what was signed must be computed again years later, whatever the labels have become.
YES, NO = "oui", "non"
KINDS = {
    Word.Kind.INFORMATION: "Information",
    Word.Kind.AUTHORISATION: "Autorisation",
    Word.Kind.REQUEST: "Demande",
}
CHOICES = {
    Question.Kind.YES_NO: ["Oui", "Non"],
    Question.Kind.AGREEMENT: ["D’accord", "Pas d’accord"],
}


def digest_of_lines(lines: Iterable[str]) -> str:
    """SHA-256 of the words of these lines, in order, one space between two: as they are copied from a page or a PDF."""
    return sha256(" ".join(" ".join(lines).split()).encode()).hexdigest()


def asked_of_word(word: Word) -> list[Question]:
    return questions_of(word.questionnaire)


def lines_shown(word: Word, questions: Sequence[Question], precisions: Iterable[Precision]) -> list[str]:
    """A word as it is shown: who answers, the texts, each question with its hint, its choices, ends and condition, each precision."""
    phrases = [one["text"] for one in word.phrases]
    lines = [word.title, f"{KINDS[Word.Kind(word.kind)]} ({word.nature})", *phrases, word.easy, word.text]
    for question in questions:
        lines.append(f"Question {question.place}. {question.label}")
        ends = [str(end) for end in (question.lowest, question.highest) if end is not None]
        lines += [
            question.hint,
            *CHOICES.get(Question.Kind(question.kind), question.choices),
            " – ".join(ends),
        ]
        if question.only_if is not None:
            lines.append(f"[{question.only_if.place} = {question.only_if_answer}]")
    lines += [f"[{one.at:%Y-%m-%d %H:%M} UTC] {one.text}" for one in precisions]
    return [line for line in lines if line]


def digest_shown(word: Word) -> str:
    """Of a word as it is shown now: the page that one signs bears it, so that nobody signs what they have not been shown."""
    precisions = word.precisions.order_by("pk")
    return digest_of_lines(lines_shown(word, asked_of_word(word), precisions))


def short(digest: str) -> str:
    """« 3f8a-1c20 », printed on a coupon."""
    return f"{digest[:4]}-{digest[4:8]}"


def lines_signed(
    word: Word,
    questions: Sequence[Question],
    precisions: Sequence[Precision],
    *,
    is_yes: bool,
    answers: Mapping[str, Any],
) -> list[str]:
    """What somebody signed: the word with the precisions that they were shown, and what they answered."""
    lines = lines_shown(word, questions, precisions)
    for question in open_questions(questions, answers):
        lines.append(f"{question.place}. {_said(answers.get(question.name))}")
    return [*lines, f"Signature. {YES if is_yes else NO}"]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


def lines_of_answer(
    answer: Answer, word: Word, questions: Sequence[Question], precisions: Sequence[Precision]
) -> list[str]:
    """The same of an answer that is kept."""
    return lines_signed(
        word,
        questions,
        precisions[: answer.precisions_shown],
        is_yes=answer.is_yes,
        answers=answer.response.answers if answer.response else {},
    )
