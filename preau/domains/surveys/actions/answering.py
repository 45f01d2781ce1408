"""Somebody answers a survey: the roll says that it is done; of an anonymous one, the urn alone holds what was said."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.commons.questions import actions as questions
from preau.commons.questions.models import Response
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.surveys.actions import telling, urns
from preau.domains.surveys.models import Survey, Urn, Voter
from preau.foundation import journal
from preau.foundation.locks import lock


class NotAwaited(Exception):
    """This person's answer does not count (any more): authority has ended, the pupil is of age, or has left the class."""


class TooLate(Exception):
    """It is closed, or not open yet."""


class AnsweredAlready(Exception):
    """Of a family that has one answer, the other guardian has given it."""


@transaction.atomic
def answer(viewer: Viewer, voter: Voter, answers: Mapping[str, Any]) -> bool:
    """Answer, or change before the end what one signed; a ballot is not changed. False when nothing is.

    Raises TooLate, NotAwaited, AnsweredAlready.
    """
    survey, voter = _held(viewer, voter)
    if survey.is_anonymous:
        made = not voter.answered
        if made:
            urns.put(Urn.objects.get(survey=survey), dict(answers))
    else:
        made = _signed(survey, voter, answers)
    if made:
        _tick(survey, voter)
        journal.record(viewer, "surveys.answered", survey, subject_id=voter.pupil_id)
    return made


@transaction.atomic
def enter(viewer: Viewer, voter: Voter, answers: Mapping[str, Any]) -> bool:
    """Type in what a sheet of paper says, of the guardian, or pupil of age, whose it is. Raises as `answer`, NotAwaited also of a ballot: it
    is secret."""
    survey, voter = _held(viewer, voter)
    of_families = survey.audience == Survey.Audience.FAMILIES
    if survey.is_anonymous or not of_families or voter.person_id == viewer.person.pk:
        raise NotAwaited
    if _has_signed(survey, voter):
        raise AnsweredAlready
    made = _signed(survey, voter, answers, noted_by=viewer.person)
    if made:
        _tick(survey, voter)
        journal.record(viewer, "surveys.entered", survey, subject_id=voter.pupil_id)
    return made


def _has_signed(survey: Survey, voter: Voter) -> bool:
    """Have they answered here themselves? A sheet of paper that comes later does not replace it."""
    if survey.questionnaire is None:
        return False
    own = survey.questionnaire.responses.sent().filter(respondent=voter.person, noted_by=None)
    return own.filter(subject=_subject(survey, voter)).exists()


def _signed(
    survey: Survey, voter: Voter, answers: Mapping[str, Any], *, noted_by: Person | None = None
) -> bool:
    if survey.questionnaire is None:
        raise NotAwaited
    subject = _subject(survey, voter)
    own = survey.questionnaire.responses.filter(respondent=voter.person)
    if survey.counts_by == "pupil_id" and voter.answered and not own.sent().filter(subject=subject).exists():
        raise AnsweredAlready
    _response, made = questions.send(
        survey.questionnaire,
        subject,
        voter.person,
        answers,
        closes_at=survey.closes_at,
        noted_by=noted_by,
    )
    return made


def _subject(survey: Survey, voter: Voter) -> Person:
    """About whom the answer is. Of two children in the same survey, where each person answers once: the second page changes the first."""
    if survey.counts_by == "person_id" and survey.questionnaire is not None:
        own = survey.questionnaire.responses.filter(respondent=voter.person)
        known = own.exclude(state=Response.State.REPLACED).select_related("subject").order_by("pk").first()
        if known is not None:
            return known.subject
    return voter.pupil or voter.person


@transaction.atomic
def keep_draft(viewer: Viewer, voter: Voter, answers: Mapping[str, Any]) -> None:
    """What is not sent yet; of an anonymous survey nothing is kept under a name. Raises TooLate, NotAwaited, AnsweredAlready."""
    survey, voter = _held(viewer, voter)
    if survey.is_anonymous or survey.questionnaire is None:
        raise NotAwaited
    subject = _subject(survey, voter)
    own = survey.questionnaire.responses.sent().filter(respondent=voter.person, subject=subject)
    if voter.answered and not own.exists():
        raise AnsweredAlready
    questions.keep_draft(survey.questionnaire, subject, voter.person, answers)


def _held(viewer: Viewer, voter: Voter) -> tuple[Survey, Voter]:
    """The survey, locked: two devices of one person, and two parents at once, wait for each other."""
    survey = lock(Survey, voter.survey_id, "questionnaire")
    if not survey.takes_answers(timezone.now()):
        raise TooLate
    asked = Voter.objects.filter(pk=voter.pk, survey=survey).asked(viewer.today)
    found = asked.select_related("pupil", "person").first()
    if found is None:
        raise NotAwaited
    return survey, found


def _tick(survey: Survey, voter: Voter) -> None:
    """The one answer is given: of the person, or of all who answer for the pupil."""
    lines = survey.voters.filter(**{survey.counts_by: getattr(voter, survey.counts_by)})
    keys = list(lines.order_by("pk").values_list("pk", flat=True))
    lines.filter(answered=False).update(answered=True)
    telling.settle(survey, keys)
