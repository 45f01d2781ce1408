"""News of surveys and of elections: each person once of each, at the hours of the delivery policy (docs/decisions/0141)."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.domains.surveys.models import Candidate, Elector, Round, Survey, Voter
from preau.domains.surveys.queries.elections import reading_of
from preau.foundation import notices
from preau.foundation.locks import lock

TOLD, REMINDED, VOTE = "surveys.told", "surveys.reminded", "surveys.vote"
SUBSTITUTE, REVISE = "surveys.substitute", "surveys.revise"
CHUNK = 500


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
    told = 0
    seen: set[int] = set()
    for voter in found.order_by("pk").iterator(CHUNK):
        if survey.counts_by == "person_id" and voter.person_id in seen:
            continue
        seen.add(voter.person_id)
        notices.publish(_news(survey, voter, reminder))
        told += 1
    return told


def _news(survey: Survey, voter: Voter, reminder: int) -> notices.News:
    return notices.News(
        kind=REMINDED if reminder else TOLD,
        person_id=voter.person_id,
        key=f"{voter.pk}-{reminder}" if reminder else str(voter.pk),
        url=reverse("surveys:answer", kwargs={"pk": voter.pk}),
        facts={"title": survey.title, "school": survey.school.name},
        school_id=survey.school_id,
        about_id=voter.pupil_id,
        seat="" if voter.pupil_id else f"staff-{survey.school_id}",
    )


def settle(survey: Survey, voters: Sequence[int]) -> None:
    """Nothing more is awaited of these people: what has not left does not leave."""
    keys = [str(voter) for voter in voters]
    if not keys:
        return
    notices.settle(TOLD, *keys)
    reminders = list(survey.reminders.order_by("pk").values_list("pk", flat=True))
    if reminders:
        notices.settle(REMINDED, *(f"{key}-{reminder}" for reminder in reminders for key in keys))


def settle_all(survey: Survey) -> None:
    """It is over: nothing of it is awaited of anybody."""
    keys = list(survey.voters.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        settle(survey, keys[start : start + CHUNK])


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
