"""Who answers a survey on paper, and why; how those whom it asks are reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from preau.commons.asking.queries.reaching import reasons
from preau.commons.delivery.queries import said_of_reach
from preau.domains.surveys.models import Survey, Voter


@dataclass(frozen=True)
class PaperRow:
    """A line of the roll that is answered on paper, and why."""

    voter: Voter
    why: str


def is_on_paper(survey: Survey, now: datetime) -> bool:
    """Are sheets printed and typed in? Of families, signed, and in time: a ballot that somebody types in is secret no more."""
    families = survey.audience == Survey.Audience.FAMILIES
    return families and not survey.is_anonymous and survey.takes_answers(now)


def on_paper(survey: Survey, today: date) -> list[PaperRow]:
    """Of a survey of families, guardians and pupils of age of whom an answer is awaited and who have opened no account, one line for what
    has one answer of them (three
    queries)."""
    found = survey.voters.filter(answered=False).asked(today)
    lines = list(found.select_related("pupil", "person").order_by("pk"))
    if survey.counts_by == "person_id":
        # The first line is the one of which they were told.
        lines = list({line.person_id: line for line in reversed(lines)}.values())
    lines.sort(key=lambda line: (line.pupil.search_name if line.pupil else "", line.pk))
    why = reasons("surveys", survey.school, [(line.pk, line.person) for line in lines], survey.closes_at)
    return [PaperRow(line, reason) for line in lines if (reason := why[line.pk, line.person_id])]


def ways_said(survey: Survey, lines: Iterable[Voter]) -> str:
    """How many of those who answer for pupils are reached by what."""
    families = survey.audience == Survey.Audience.FAMILIES
    return said_of_reach(survey.school, {line.person_id for line in lines} if families else set())
