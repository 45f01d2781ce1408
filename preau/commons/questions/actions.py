"""Questions are written and answered: each in one transaction. The house that asks writes the journal of its own gestures."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.commons.questions.models import Question, Questionnaire, Response
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Person, School
from preau.foundation.locks import lock


class HasResponses(Exception):
    """Somebody has answered: these questions stay, others are another version."""


class TooLate(Exception):
    """The deadline has passed."""


@transaction.atomic
def make(house: str, school: School, by: Person, title: str) -> Questionnaire:
    """An empty questionnaire of a house."""
    made: Questionnaire = Questionnaire.objects.create(
        school=school, house=house, title=title, made_by=by, made_at=timezone.now()
    )
    return made


@transaction.atomic
def add(questionnaire: Questionnaire, facts: QuestionFacts) -> Question:
    """One more question, at the end; the same one twice in a row is one. Raises HasResponses."""
    questionnaire = _open(questionnaire)
    last = questionnaire.questions.order_by("place").last()
    values = {
        "kind": facts.kind,
        "label": facts.label,
        "hint": facts.hint,
        "is_required": facts.is_required,
        "choices": list(facts.choices),
        "lowest": facts.lowest,
        "highest": facts.highest,
        "only_if_id": facts.only_if,
        "only_if_answer": facts.only_if_answer if facts.only_if else "",
    }
    if last is not None and all(getattr(last, name) == value for name, value in values.items()):
        return last
    made: Question = Question.objects.create(
        questionnaire=questionnaire, place=last.place + 1 if last else 1, **values
    )
    return made


@transaction.atomic
def remove(questionnaire: Questionnaire, key: int) -> bool:
    """Take a question away, with those that it opens. False when it is gone already. Raises HasResponses."""
    questionnaire = _open(questionnaire)
    deleted, _rows = questionnaire.questions.filter(pk=key).delete()
    return deleted > 0


@transaction.atomic
def add_to(asker: Any, house: str, by: Person, facts: QuestionFacts) -> None:
    """One more question of a draft (`questionnaire`, `school`, `title`) that its house has locked; its list is begun where it has none."""
    if asker.questionnaire is None:
        asker.questionnaire = make(house, asker.school, by, asker.title)
        asker.save(update_fields=["questionnaire"])
    add(asker.questionnaire, facts)


def remove_from(asker: Any, key: int) -> bool:
    """Take a question away from such a draft; False when it is gone."""
    return asker.questionnaire is not None and remove(asker.questionnaire, key)


@transaction.atomic
def new_version(questionnaire: Questionnaire, by: Person) -> Questionnaire:
    """The same questions, to be changed; the one that was answered stays as it is. A second click finds the same version."""
    questionnaire = lock(Questionnaire, questionnaire.pk)
    known: Questionnaire | None = Questionnaire.objects.filter(former=questionnaire).first()
    if known is not None:
        return known
    made: Questionnaire = Questionnaire.objects.create(
        school_id=questionnaire.school_id,
        house=questionnaire.house,
        title=questionnaire.title,
        number=questionnaire.number + 1,
        former=questionnaire,
        made_by=by,
        made_at=timezone.now(),
    )
    copies: dict[int, Question] = {}
    for question in questionnaire.questions.order_by("place"):
        former = question.pk
        question.pk, question.questionnaire = None, made
        question.only_if = copies.get(question.only_if_id)
        question.save(force_insert=True)
        copies[former] = question
    return made


def _open(questionnaire: Questionnaire) -> Questionnaire:
    """The row, locked, to which nobody has answered."""
    questionnaire = lock(Questionnaire, questionnaire.pk)
    if questionnaire.responses.exclude(state=Response.State.DRAFT).exists():
        raise HasResponses
    # What was begun was begun of other questions.
    questionnaire.responses.all().delete()
    return questionnaire


@transaction.atomic
def keep_draft(
    questionnaire: Questionnaire, subject: Person, respondent: Person, answers: Mapping[str, Any]
) -> None:
    """What is not sent yet, in the place of the draft before."""
    lock(Person, respondent.pk)
    Response.objects.update_or_create(
        questionnaire=questionnaire,
        subject=subject,
        respondent=respondent,
        state=Response.State.DRAFT,
        defaults={"answers": dict(answers), "written_at": timezone.now()},
    )


@transaction.atomic
def send(
    questionnaire: Questionnaire,
    subject: Person,
    respondent: Person,
    answers: Mapping[str, Any],
    *,
    closes_at: datetime | None = None,
    noted_by: Person | None = None,
) -> tuple[Response, bool]:
    """Send what somebody answers: it takes the place of what they sent before, which is kept. The same again changes nothing, and the
    second of the pair is False. Raises TooLate."""
    # Two devices of one person wait for each other.
    lock(Person, respondent.pk)
    lock(Questionnaire, questionnaire.pk)
    if closes_at is not None and timezone.now() > closes_at:
        raise TooLate
    digest = digest_of(questionnaire, answers)
    whose = questionnaire.responses.filter(subject=subject, respondent=respondent)
    whose.filter(state=Response.State.DRAFT).delete()
    known = whose.sent().first()
    if known is not None and known.digest == digest:
        return known, False
    whose.sent().update(state=Response.State.REPLACED)
    made: Response = Response.objects.create(
        questionnaire=questionnaire,
        subject=subject,
        respondent=respondent,
        noted_by=noted_by,
        state=Response.State.SENT,
        answers=dict(answers),
        digest=digest,
        written_at=timezone.now(),
    )
    return made, True


def digest_of(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> str:
    """SHA-256 of the version and of what was answered to it."""
    content = json.dumps([questionnaire.pk, dict(answers)], ensure_ascii=False, sort_keys=True)
    return sha256(content.encode()).hexdigest()


@transaction.atomic
def forget(person_id: int) -> int:
    """What somebody answered, and what was answered about them, goes with them."""
    whose = Q(respondent=person_id) | Q(subject=person_id)
    return Response.objects.filter(whose).delete()[0]
