"""Is a question open, given what else was answered? Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from preau.commons.questions.models import Question

YES = "yes"


def answers_in(value: Any) -> set[str]:
    """The answers that a value holds, as conditions name them."""
    if value is True:
        return {YES}
    if value is False:
        return {"no"}
    if isinstance(value, list):
        return set(value)
    return set() if value in (None, "") else {str(value)}


def open_questions(questions: Iterable[Question], answers: Mapping[str, Any]) -> list[Question]:
    """Those that are to be answered: without condition, or whose condition is itself open and met. Questions come in their order."""
    opened: dict[int, Question] = {}
    for question in questions:
        if question.only_if_id is None:
            opened[question.pk] = question
        elif question.only_if_id in opened:
            before = opened[question.only_if_id]
            if question.only_if_answer in answers_in(answers.get(before.name)):
                opened[question.pk] = question
    return list(opened.values())
