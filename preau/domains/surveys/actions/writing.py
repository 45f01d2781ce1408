"""A survey is written, leaves, is told again, ends, is asked anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from preau.commons.asking import actions as asking
from preau.commons.delivery.queries import opening_after
from preau.commons.questions import actions as questions
from preau.commons.questions.models import Questionnaire
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.surveys.actions import telling as telling_of
from preau.domains.surveys.models import Reminder, Survey, Urn, Voter
from preau.domains.surveys.queries import surveys as queries
from preau.foundation import dates, journal
from preau.foundation.locks import lock

HOUSE = "surveys"
# Sent in the transaction: the keys of lines of the roll, and the reminder's, 0 for a survey that has just opened. A task tells them.
telling = Signal()
WRITTEN = (
    "audience",
    "each_guardian",
    "everyone",
    "title",
    "text",
    "is_anonymous",
    "quorum",
    "shows_results",
    "opens_at",
    "closes_at",
)


class NoQuestion(Exception):
    """It asks nothing yet."""


@dataclass(frozen=True)
class SurveyFacts:
    """What somebody wrote, clean."""

    audience: str
    title: str
    opens_at: datetime
    closes_at: datetime
    text: str = ""
    each_guardian: bool = False
    everyone: bool = False
    groups: Sequence[Group] = ()
    roles: Sequence[str] = ()
    is_anonymous: bool = False
    quorum: int = 0
    shows_results: bool = False


@transaction.atomic
def write(viewer: Viewer, facts: SurveyFacts, sent_as: str) -> Survey:
    """Keep a new draft; the same form sent twice is one."""
    return asking.keep(Survey, viewer, sent_as, partial(_fill, facts=facts))


@transaction.atomic
def change(viewer: Viewer, survey: Survey, facts: SurveyFacts) -> Survey:
    """Write a draft anew. Raises NotADraft."""
    survey = asking.draft(survey)
    _fill(survey, facts)
    return survey


def _fill(survey: Survey, facts: SurveyFacts) -> None:
    survey.roles = list(facts.roles)
    asking.write_on(survey, facts, WRITTEN, ["groups"])


@transaction.atomic
def add_question(viewer: Viewer, survey: Survey, facts: QuestionFacts) -> None:
    """One more question of a draft, which cannot leave meanwhile. Raises NotADraft."""
    questions.add_to(asking.draft(survey), HOUSE, viewer.person, facts)


@transaction.atomic
def remove_question(viewer: Viewer, survey: Survey, key: int) -> bool:
    """Take a question away from a draft, which cannot leave meanwhile; False when it is gone. Raises NotADraft."""
    return questions.remove_from(asking.draft(survey), key)


@transaction.atomic
def send(viewer: Viewer, survey: Survey) -> int:
    """It leaves: one line of the roll for each person and pupil; returns how many people. The version before it is over.

    Raises NotADraft for a second click, Late, NotYours, NoQuestion, Nobody.
    """
    survey = asking.draft(survey)
    now = timezone.now()
    if now >= survey.closes_at:
        raise asking.Late
    if not queries.are_ones_own(viewer, survey):
        raise asking.NotYours
    if survey.questionnaire is None or not survey.questionnaire.questions.exists():
        raise NoQuestion
    lines = queries.voters_meant(survey, viewer.today)
    if not lines:
        raise asking.Nobody
    survey.state, survey.sent_at, survey.written_at = Survey.State.SENT, now, now
    # Without a first day it opens as it leaves, whenever its draft was begun.
    survey.opens_at = max(survey.opens_at, now)
    survey.save(update_fields=["state", "sent_at", "written_at", "opens_at"])
    Questionnaire.objects.filter(pk=survey.questionnaire.pk).update(made_at=now)
    if survey.is_anonymous:
        Urn.objects.create(survey=survey)
    made = Voter.objects.bulk_create(lines, batch_size=500)
    journal.record(viewer, "surveys.sent", survey, recipients=len(made))
    if survey.former_id:
        former = lock(Survey, survey.former_id)
        if former.state == Survey.State.SENT:
            _end(former)
    telling.send(sender=Survey, survey_id=survey.pk, voters=[], reminder=0)
    return _people(made)


def _people(lines: Sequence[Voter]) -> int:
    """A parent of two pupils is one."""
    return len({line.person_id for line in lines})


@transaction.atomic
def send_to_newcomers(viewer: Viewer, survey: Survey) -> int:
    """A list has grown since: those who are not on the roll come on it; returns how many people. The second click finds nobody.

    Raises NotYours.
    """
    survey = lock(Survey, survey.pk)
    if not queries.are_ones_own(viewer, survey):
        raise asking.NotYours
    over = survey.is_draft or survey.is_over(timezone.now())
    lines = [] if over else queries.arrived_since(survey, viewer.today)
    made = Voter.objects.bulk_create(lines, batch_size=500)
    if made:
        journal.record(viewer, "surveys.sent_again", survey, recipients=len(made))
        keys = [one.pk for one in made]
        telling.send(sender=Survey, survey_id=survey.pk, voters=keys, reminder=0)
    return _people(made)


@transaction.atomic
def remind(viewer: Viewer, survey: Survey) -> Reminder:
    """Tell again those who are asked and have not answered, once a day. Raises Late, also where it would leave after the end (at night);
    TooSoon, Nobody."""
    survey, now = lock(Survey, survey.pk, "school"), timezone.now()
    leaves = opening_after(survey.school, now)
    if not survey.takes_answers(now) or (leaves is not None and leaves >= survey.closes_at):
        raise asking.Late
    missing = survey.voters.filter(answered=False).asked(viewer.today)
    found = list(missing.order_by("pk").values_list("pk", "person_id"))
    made: Reminder = asking.remind(viewer, survey, len({person for _key, person in found}))
    journal.record(viewer, "surveys.reminded", survey, recipients=made.number)
    keys = [key for key, _person in found]
    telling.send(sender=Survey, survey_id=survey.pk, voters=keys, reminder=made.pk)
    return made


@transaction.atomic
def close(viewer: Viewer, survey: Survey) -> bool:
    """No answer is awaited any more."""
    survey = lock(Survey, survey.pk)
    if survey.state != Survey.State.SENT:
        return False
    _end(survey)
    journal.record(viewer, "surveys.closed", survey)
    return True


def end_past() -> int:
    """End those whose last hour has passed; returns how many. Run twice, it ends each once."""
    past = Survey.objects.filter(state=Survey.State.SENT, closes_at__lte=timezone.now())
    return sum(_end_past(key) for key in list(past.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _end_past(survey_id: int) -> bool:
    survey = lock(Survey, survey_id)
    if survey.state != Survey.State.SENT:
        return False
    _end(survey)
    return True


def _end(survey: Survey) -> None:
    """Nothing is awaited any more; how many were asked that day, and had answered, stays: people leave, turn eighteen, change class."""
    ended = min(timezone.now(), survey.closes_at)
    found = queries.following(survey, dates.local(ended, survey.school.timezone).date())
    survey.on_roll, survey.answered = found.on_roll, found.answered
    survey.state = Survey.State.CLOSED
    survey.save(update_fields=["state", "on_roll", "answered"])
    telling_of.settle_all(survey)


@transaction.atomic
def ask_again(viewer: Viewer, survey: Survey) -> Survey:
    """A draft with the same questions, to be changed; answers already given stay with the version that asked them. A second click finds
    the same draft. Raises NoQuestion."""
    survey = lock(Survey, survey.pk)
    known: Survey | None = Survey.objects.filter(former=survey).first()
    if known is not None:
        return known
    if survey.questionnaire is None:
        raise NoQuestion
    lasts = survey.closes_at - survey.opens_at
    now = timezone.now()
    made = Survey(
        school_id=survey.school_id,
        author=viewer.person,
        written_at=now,
        former=survey,
        roles=survey.roles,
        search_title=survey.search_title,
        questionnaire=questions.new_version(survey.questionnaire, viewer.person),
    )
    for name in WRITTEN:
        setattr(made, name, getattr(survey, name))
    if survey.closes_at <= now:
        made.opens_at, made.closes_at = now, now + lasts
    made.save()
    made.groups.set(survey.groups.all())
    return made
