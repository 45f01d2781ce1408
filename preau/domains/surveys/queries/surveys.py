"""Surveys in lists, whom they ask, their following, their results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.commons.asking.queries import arrivals, audience, finding
from preau.commons.questions.models import Question, Questionnaire, Response
from preau.commons.questions.queries.answers import (
    TEXTS_SHOWN,
    QuestionResult,
    questions_of,
    results_from,
    results_of,
)
from preau.directory.models import Group, Guardianship, Person
from preau.directory.rules.authority import eighteen_years_before
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Role
from preau.domains.surveys import rules
from preau.domains.surveys.models import Survey, Urn, Voter
from preau.foundation import dates
from preau.foundation.awaited import Row, row_of
from preau.foundation.boards import Awaited, Hit
from preau.foundation.lookup import LookupTerms, TitledRow

SOURCE = "surveys"
# So many classes and functions said by their names.
NAMED = 4
Part, Audience = Voter.Part, Survey.Audience


def groups_for(viewer: Viewer) -> "QuerySet[Group]":
    """Those whom this viewer asks."""
    return audience.groups_for(viewer, everybody=rules.asks_all(viewer))


def are_ones_own(viewer: Viewer, survey: Survey) -> bool:
    """Does this person ask today all whom the survey names?"""
    if (survey.everyone or survey.audience == Audience.STAFF) and not rules.asks_all(viewer):
        return False
    return not survey.groups.exclude(pk__in=groups_for(viewer).order_by().values("pk")).exists()


def whole(pk: int) -> Survey:
    return Survey.objects.select_related("school", "author", "questionnaire", "former", "following").get(
        pk=pk
    )


# Whom it asks


def pupils_meant(survey: Survey, today: date) -> "QuerySet[Person]":
    """Who learns today in the classes and groups of a survey, or in the school."""
    found = audience.pupils_here(survey.school_id, today)
    if survey.everyone:
        return found
    return found.filter(pk__in=audience.learning_in(survey, today).values("pupil_id"))


def voters_meant(survey: Survey, today: date) -> list[Voter]:
    """Whom a survey asks, one line a pupil and a person, as the file is today (two or three queries). Not saved.

    Of a family, those who hold parental authority; of a pupil of age, themselves.
    """
    if survey.audience == Audience.STAFF:
        staff = audience.staff_meant(survey, today).order_by("pk")
        return [Voter(survey=survey, person=person, part=Part.STAFF) for person in staff]
    pupils = pupils_meant(survey, today).order_by("pk")
    if survey.audience == Audience.FAMILIES:
        of_age = pupils.filter(birth_date__lte=eighteen_years_before(today))
        links = (
            Guardianship.objects.informed(today)
            .of_another()
            .filter(pupil__in=pupils.order_by().values("pk"), authority=Authority.LEGAL)
            .filter(guardian__is_institution=False)
            .exclude(pupil__birth_date__lte=eighteen_years_before(today))
            .order_by("pupil_id", "contact_priority", "pk")
        )
        guardians = [
            Voter(survey=survey, pupil_id=link.pupil_id, person_id=link.guardian_id, part=Part.GUARDIAN)
            for link in links
        ]
    else:
        of_age, guardians = pupils, []
    own = [Voter(survey=survey, pupil=pupil, person=pupil, part=Part.OWN) for pupil in of_age]
    return own + guardians


def arrived_since(survey: Survey, today: date) -> list[Voter]:
    """Whom a list has gained since it left, new guardians, pupils come of age: they are not on the roll yet.

    Whoever shares an answer that was given comes with it.
    """
    lines = list(survey.voters.order_by("pk"))
    known = {(line.pupil_id, line.person_id) for line in lines}
    answered = {getattr(line, survey.counts_by) for line in lines if line.answered}
    found = arrivals.arrived(voters_meant(survey, today), known)
    for one in found:
        one.answered = getattr(one, survey.counts_by) in answered
    return found


# The following


@dataclass(frozen=True)
class RollRow:
    """One answer that is awaited: of whom, and whether it came."""

    name: str
    detail: str
    answered: bool


@dataclass(frozen=True)
class Following:
    """How many are asked, how many have answered, and is the quorum met?"""

    survey: Survey
    on_roll: int
    answered: int
    newcomers: int = 0
    arrived: str = ""
    """Who came since, in words: pupils, else people."""

    @property
    def missing(self) -> int:
        return self.on_roll - self.answered

    @property
    def share(self) -> int:
        """Hundredths of those asked."""
        return 100 * self.answered // self.on_roll if self.on_roll else 0

    @property
    def is_valid(self) -> bool:
        return self.survey.is_met(self.answered, self.on_roll)


def following(survey: Survey, today: date, *, with_newcomers: bool = False) -> Following:
    """Those whose answer counts today, and those who have answered (one query). Whoever left after they answered still counts.

    Of what has ended, as it was that day: who leaves later changes no quorum.
    """
    if survey.on_roll is not None and survey.answered is not None:
        return Following(survey, survey.on_roll, survey.answered)
    counted = survey.voters.filter(
        Q(answered=True) | Q(pk__in=survey.voters.all().asked(today).order_by().values("pk"))
    )
    by = survey.counts_by
    numbers = counted.order_by().aggregate(
        on_roll=Count(by, distinct=True), answered=Count(by, distinct=True, filter=Q(answered=True))
    )
    arrived = arrived_since(survey, today) if with_newcomers else []
    newcomers = len({one.person_id for one in arrived})
    pupils = {one.pupil_id for one in arrived if one.pupil_id}
    if pupils:
        pupils -= set(survey.voters.filter(pupil__in=pupils).values_list("pupil_id", flat=True))
    sentence = arrivals.arrived_said(len(pupils), newcomers)
    return Following(survey, numbers["on_roll"], numbers["answered"], newcomers, sentence)


def roll_of(survey: Survey, today: date, *, answered: bool) -> "QuerySet[Voter]":
    """Who has answered, or who has not: never what. Of a family, its pupil stands for it: one line."""
    found = survey.voters.filter(answered=answered)
    if not answered:
        found = found.asked(today)
    first = Voter.objects.filter(
        survey=survey, answered=answered, **{survey.counts_by: OuterRef(survey.counts_by)}
    )
    if not answered:
        first = first.asked(today)
    order = "pupil__search_name" if survey.counts_by == "pupil_id" else "person__search_name"
    return (
        found.filter(pk=Subquery(first.order_by("pk").values("pk")[:1]))
        .select_related("pupil", "person")
        .order_by(order, "pk")
    )


def rows_of_roll(survey: Survey, voters: Sequence[Voter]) -> list[RollRow]:
    by_pupil = survey.counts_by == "pupil_id"
    rows = []
    for voter in voters:
        if by_pupil and voter.pupil is not None:
            name, detail = (
                voter.pupil.list_name,
                _("Famille") if voter.part == Part.GUARDIAN else _("Élève majeur"),
            )
        else:
            name = voter.person.list_name
            detail = voter.pupil.full_name if voter.part == Part.GUARDIAN and voter.pupil else ""
        rows.append(RollRow(name, str(detail), voter.answered))
    return rows


# Results


def results(survey: Survey, *, whole: bool = False) -> list[QuestionResult]:
    """Question by question; of an anonymous survey nothing below the threshold. `whole`: every free text, for a file."""
    if survey.questionnaire is None:
        return []
    if survey.is_anonymous:
        return anonymous_results(survey, whole=whole)
    return results_of(survey.questionnaire)


def shared_results(survey: Survey) -> list[QuestionResult]:
    """For those who answered: no free text and, signed or not, nothing below the threshold, which would say what the other one answered."""
    return shared_results_of([survey]).get(survey.pk, [])


def shared_results_of(surveys: Sequence[Survey]) -> dict[int, list[QuestionResult]]:
    """The same of several (three queries, whatever their number)."""
    asking = {one.pk: one for one in surveys if one.questionnaire_id is not None}
    if not asking:
        return {}
    asked: dict[int, list[Question]] = {}
    papers = [one.questionnaire_id for one in asking.values()]
    for question in Question.objects.filter(questionnaire__in=papers).order_by("place"):
        asked.setdefault(question.questionnaire_id, []).append(question)
    signed = {one.questionnaire_id: pk for pk, one in asking.items() if not one.is_anonymous}
    given: dict[int, list[Any]] = {pk: [] for pk in asking}
    responses = Response.objects.filter(questionnaire__in=list(signed)).sent().order_by("pk")
    for paper, answers in responses.values_list("questionnaire_id", "answers"):
        given[signed[paper]].append(answers)
    secret = [pk for pk, one in asking.items() if one.is_anonymous]
    given |= dict(Urn.objects.filter(survey__in=secret).values_list("survey_id", "ballots"))
    found = {
        pk: _counted(asked.get(one.questionnaire_id or 0, []), given[pk], one) for pk, one in asking.items()
    }
    return {pk: [one for one in results if one.points or one.is_hidden] for pk, results in found.items()}


def _counted(questions: Sequence[Question], given: Sequence[Any], survey: Survey) -> list[QuestionResult]:
    if survey.is_anonymous and len(given) < rules.THRESHOLD:
        return [QuestionResult(question.label, 0, is_hidden=True) for question in questions]
    return results_from(questions, given, rules.THRESHOLD)


def anonymous_results(survey: Survey, *, whole: bool = False) -> list[QuestionResult]:
    questions = questions_of(survey.questionnaire)
    ballots = Urn.objects.filter(survey=survey).values_list("ballots", flat=True).first() or []
    if len(ballots) < rules.THRESHOLD:
        return [QuestionResult(question.label, 0, is_hidden=True) for question in questions]
    return results_from(questions, ballots, rules.THRESHOLD, most=None if whole else TEXTS_SHOWN)


@dataclass(frozen=True)
class OwnAnswer:
    """What somebody has sent, and what they have begun since."""

    sent: Response | None = None
    begun: Response | None = None


def own_answer(survey: Survey, voter: Voter) -> OwnAnswer:
    """That of this person; nothing of an anonymous survey (one query)."""
    if survey.is_anonymous or survey.questionnaire is None:
        return OwnAnswer()
    own = survey.questionnaire.responses.filter(respondent=voter.person).exclude(
        state=Response.State.REPLACED
    )
    if survey.counts_by == "pupil_id":
        own = own.filter(subject=voter.pupil)
    found = {row.state: row for row in own}
    sent, begun = found.get(Response.State.SENT), found.get(Response.State.DRAFT)
    if sent is not None and begun is not None and begun.written_at < sent.written_at:
        begun = None
    return OwnAnswer(sent, begun)


def may_see_results(survey: Survey, voter: Voter, now: datetime) -> bool:
    """Where the author chose it: those who answered, once it is closed."""
    return survey.shows_results and voter.answered and survey.is_over(now)


# Lists


def surveys_of(viewer: Viewer) -> "QuerySet[Survey]":
    """What this member of the staff follows, the latest first."""
    return (
        Survey.objects.followed_by(viewer)
        .select_related("author")
        .prefetch_related("groups")
        .order_by("-written_at", "-pk")
    )


@dataclass(frozen=True)
class SurveyRow:
    """A survey as the list of those who follow it shows it."""

    pk: int
    title: str
    whom: str
    author: str
    when: str
    tag: tuple[str, str]


def rows_of_surveys(surveys: Sequence[Survey], now: datetime) -> list[SurveyRow]:
    return [
        SurveyRow(
            survey.pk,
            survey.title,
            whom(survey),
            survey.author.full_name,
            dates.day(survey.closes_at),
            state_of(survey, now),
        )
        for survey in surveys
    ]


def whom(survey: Survey) -> str:
    """« Les familles, 5e B » ; « Les personnels, Professeur ; 5e B » : of many, how many more."""
    names = [str(Role(role).label) for role in survey.roles if role in Role.values]
    names += [group.name for group in survey.groups.all()]
    if survey.everyone:
        names = [_("tout l’établissement")]
    more = len(names) - NAMED
    if more > 0:
        names = [*names[:NAMED], ngettext("et %(num)s autre", "et %(num)s autres", more) % {"num": more}]
    return ", ".join([str(survey.get_audience_display()), *names])


def state_of(survey: Survey, now: datetime) -> tuple[str, str]:
    if survey.is_draft:
        return _("Brouillon"), "todo"
    if survey.is_over(now):
        return _("Terminé"), "neutral"
    return (_("Ouvert"), "done") if survey.opens_at <= now else (_("Pas encore ouvert"), "neutral")


def received(viewer: Viewer) -> "QuerySet[Voter]":
    """What one is asked, what waits first: one line a survey and a pupil."""
    found = Voter.objects.received_by(viewer).select_related(
        "survey", "survey__author", "survey__school", "pupil"
    )
    waits = found.filter(answered=False, survey__state=Survey.State.SENT, survey__closes_at__gt=viewer.moment)
    rank = Case(When(pk__in=waits.order_by().values("pk"), then=Value(0)), default=Value(1))
    return found.annotate(rank=rank).order_by("rank", "-survey__closes_at", "-pk")


def awaited_lines(viewer: Viewer) -> "QuerySet[Voter]":
    """What waits for an answer: of a survey with one answer a person, the first line that still waits."""
    found = Voter.objects.to_answer(viewer)
    others = found.filter(survey=OuterRef("survey_id"), person=OuterRef("person_id"), pk__lt=OuterRef("pk"))
    once = Q(survey__audience=Audience.FAMILIES, survey__each_guardian=True)
    return found.exclude(once & Exists(others))


def rows_to_answer(viewer: Viewer) -> "QuerySet[Voter, Any]":
    """The same for « À répondre »."""
    return row_of(
        awaited_lines(viewer),
        SOURCE,
        about="pupil_id",
        whose="pupil__given_name",
        text="survey__title",
        ends="survey__closes_at",
        starts="survey__opens_at",
        more="survey__school__timezone",
        word="part",
    )


def surveys_to_answer(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """Those that close first before the others."""
    found = []
    for row in sorted(rows, key=lambda row: (row.ends or viewer.moment, row.key)):
        ends = row.ends or viewer.moment
        found.append(
            Awaited(
                title=row.text,
                url=reverse("surveys:answer", kwargs={"pk": row.key}),
                gesture=_("Répondre"),
                about=row.about or 0,
                whose=row.whose if row.word == Part.GUARDIAN else "",
                when=_("avant %(when)s") % {"when": dates.day_and_hour(ends)},
                day=dates.local(ends, row.more).date(),
                icon="chart-bar",
            )
        )
    return found


RUNNING = "surveys.running"


def rows_running(viewer: Viewer) -> "QuerySet[Survey, Any]":
    """For « À répondre » of the head: what takes answers now, of the whole school."""
    now = viewer.moment
    found = Survey.objects.followed_by(viewer).filter(
        state=Survey.State.SENT, opens_at__lte=now, closes_at__gt=now
    )
    return row_of(found, RUNNING, text="title", ends="closes_at", more="school__timezone")


def surveys_running(viewer: Viewer, rows: Sequence[Row]) -> list[Awaited]:
    """Those that close first before the others."""
    found = []
    for row in sorted(rows, key=lambda row: (row.ends or viewer.moment, row.key)):
        ends = row.ends or viewer.moment
        found.append(
            Awaited(
                title=row.text,
                url=reverse("surveys:survey", kwargs={"pk": row.key}),
                gesture=_("Suivre"),
                when=_("ouvert jusqu’au %(when)s") % {"when": dates.day_and_hour(ends)},
                day=dates.local(ends, row.more).date(),
                icon="chart-bar",
            )
        )
    return found


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Survey]":
    """The surveys that one follows or is asked, by their title; of those asked, the word is the line of the roll."""
    received = Voter.objects.received_by(viewer).filter(survey=OuterRef("pk"))
    followed = Survey.objects.followed_by(viewer).filter(pk=OuterRef("pk"))
    return finding.titles(Survey.objects.visible_to(viewer), wanted, followed, received, at="closes_at")


def surveys_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> Sequence[Hit]:
    return finding.hits(wanted, rows, "surveys:answer", "surveys:survey", _until)


def _until(row: TitledRow) -> str:
    return _("jusqu’au %(day)s") % {"day": dates.day(row.at)} if row.at else ""


def questionnaires_shown(viewer: Viewer) -> Any:
    """For the board of questions: those of the surveys that this viewer sees."""
    seen = Survey.objects.visible_to(viewer).values("questionnaire_id")
    return Questionnaire.objects.filter(pk__in=seen).values("pk")


def questionnaires_read(viewer: Viewer) -> Any:
    seen = Survey.objects.followed_by(viewer).values("questionnaire_id")
    return Questionnaire.objects.filter(pk__in=seen).values("pk")


def number_said(found: Following) -> str:
    """« 12 réponses sur 26 »."""
    return ngettext("%(done)s réponse sur %(all)s", "%(done)s réponses sur %(all)s", found.answered) % {
        "done": found.answered,
        "all": found.on_roll,
    }
