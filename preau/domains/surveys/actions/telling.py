"""News of surveys and of elections: each person once of each, at the hours of the delivery policy (docs/decisions/0141)."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.asking import actions as asking
from preau.domains.surveys.models import Candidate, Elector, Round, Survey, Voter
from preau.domains.surveys.queries.elections import reading_of
from preau.foundation import dates, notices
from preau.foundation.locks import lock

TOLD, REMINDED, VOTE = "surveys.told", "surveys.reminded", "surveys.vote"
SUBSTITUTE, REVISE = "surveys.substitute", "surveys.revise"


def tell_of_opened() -> int:
    """Announce the surveys whose moment has come; returns how many. Run twice, it announces once."""
    now = timezone.now()
    due = Survey.objects.filter(state=Survey.State.SENT, told_at=None, opens_at__lte=now, closes_at__gt=now)
    found = list(due.order_by("pk").values_list("pk", flat=True))
    for key in found:
        _open(key)
    return len(found)


@transaction.atomic
def _open(survey_id: int) -> None:
    survey = lock(Survey, survey_id, "school")
    if survey.told_at is not None or survey.state != Survey.State.SENT:
        return
    survey.told_at = timezone.now()
    survey.save(update_fields=["told_at"])
    tell(survey_id, list(survey.voters.order_by("pk").values_list("pk", flat=True)), 0)


@transaction.atomic
def tell(survey_id: int, voters: Sequence[int], reminder: int) -> int:
    """Tell these people of the roll, or tell them again: whoever has answered meanwhile, or is asked no more, is not."""
    survey = Survey.objects.select_related("school").filter(pk=survey_id).first()
    if survey is None or not survey.takes_answers(timezone.now()):
        return 0
    today = timezone.localdate(timezone=ZoneInfo(survey.school.timezone))
    found = Voter.objects.filter(survey=survey, pk__in=voters, answered=False).asked(today)
    lines = list(found.order_by("pk"))
    if survey.counts_by == "person_id":
        # Of what has one answer of a person, the first line is told.
        lines = list({voter.person_id: voter for voter in reversed(lines)}.values())[::-1]
    for start in range(0, len(lines), asking.CHUNK):
        notices.publish(*(_news(survey, voter, reminder) for voter in lines[start : start + asking.CHUNK]))
    return len(lines)


def _news(survey: Survey, voter: Voter, reminder: int) -> notices.News:
    return notices.News(
        kind=REMINDED if reminder else TOLD,
        person_id=voter.person_id,
        key=asking.key_of(voter.pk, reminder),
        url=reverse("surveys:answer", kwargs={"pk": voter.pk}),
        facts={"title": survey.title, "school": survey.school.name, "waits": _waits(survey)},
        school_id=survey.school_id,
        about_id=voter.pupil_id,
        seat="" if voter.pupil_id else f"staff-{survey.school_id}",
        until=survey.closes_at,
    )


def _waits(survey: Survey) -> str:
    """What a text message says of it to whoever answers for a pupil and has no account: never its title, nor of a ballot, which is on no
    paper."""
    if survey.is_anonymous or survey.audience != Survey.Audience.FAMILIES:
        return ""
    day = dates.day(dates.local(survey.closes_at, survey.school.timezone).date())
    return _("un questionnaire à remplir avant le %(day)s") % {"day": day}


def settle(survey: Survey, voters: Sequence[int]) -> None:
    """Nothing more is awaited of these people: what has not left does not leave."""
    asking.settle(voters, {TOLD: [""], REMINDED: asking.reminders_of(survey)})


def settle_all(survey: Survey) -> None:
    """It is over: nothing of it is awaited of anybody."""
    settle(survey, list(survey.voters.order_by("pk").values_list("pk", flat=True)))


def tell_of_round(round_: Round) -> None:
    """The pupils of the class read that voting is open."""
    election = round_.election
    notices.publish(
        *(
            notices.News(
                kind=VOTE,
                person_id=elector.pupil_id,
                key=str(elector.pk),
                url=reverse("surveys:vote", kwargs={"pk": elector.pk}),
                facts={"group": election.group.name, "school": election.school.name},
                school_id=election.school_id,
                about_id=elector.pupil_id,
            )
            for elector in Elector.objects.filter(round=round_).order_by("pk")
        )
    )


def tell_substitute(candidate: Candidate) -> None:
    """A pupil reads that another names them as substitute: they say yes, or no."""
    _publish(SUBSTITUTE, candidate, candidate.substitute_id)


def tell_to_revise(candidate: Candidate) -> None:
    """A pupil reads that their candidacy is to be written anew."""
    _publish(REVISE, candidate, candidate.pupil_id)


def _publish(kind: str, candidate: Candidate, person_id: int) -> None:
    election = candidate.election
    notices.publish(
        notices.News(
            kind=kind,
            person_id=person_id,
            key=_mark(candidate),
            url=reverse("surveys:election", kwargs={"pk": election.pk}),
            facts={
                "group": election.group.name,
                "school": election.school.name,
                "pupil": candidate.pupil.full_name,
            },
            school_id=election.school_id,
            about_id=person_id,
        )
    )


def _mark(candidate: Candidate) -> str:
    """A candidacy as it is written: another one is told anew."""
    return f"{candidate.pk}-{reading_of(candidate)[:12]}"


def settle_substitute(candidate: Candidate) -> None:
    notices.settle(SUBSTITUTE, _mark(candidate))


def settle_revising(candidate: Candidate) -> None:
    notices.settle(REVISE, _mark(candidate))


def settle_candidacy(candidate: Candidate) -> None:
    """It is written anew, or withdrawn: nothing is awaited about what it was."""
    if candidate.pk:
        settle_substitute(candidate)
        settle_revising(candidate)


def settle_electors(electors: Sequence[int]) -> None:
    if electors:
        notices.settle(VOTE, *(str(elector) for elector in electors))
