"""What services say of pupils' work (Assignment and Grade Services 2.0). Between servers: no person, no journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from preau.commons.lti.models import Activity, Column, Context, Score
from preau.commons.lti.rules import MOST_COLUMNS
from preau.foundation.locks import lock


class Clash(Exception):
    """Something later is known already, or the class has too much."""


@dataclass(frozen=True)
class ScoreReport:
    """A score. `given` and `maximum` are both there, or neither."""

    pupil: int
    given: float | None
    maximum: float | None
    comment: str
    activity: str
    grading: str
    said_at: datetime

    def facts(self) -> dict[str, Any]:
        return {
            name: getattr(self, name)
            for name in ("given", "maximum", "comment", "activity", "grading", "said_at")
        }


@transaction.atomic
def score(column: Column, said: ScoreReport) -> bool:
    """Keep what a service says of a pupil. The same again changes nothing (False); what is older than what is known is
    refused. Raises Clash."""
    lock(Column, column.pk)
    known = Score.objects.filter(column=column, pupil=said.pupil).first()
    facts = said.facts()
    if known is None:
        Score.objects.create(column=column, pupil_id=said.pupil, **facts)
        return True
    if all(getattr(known, name) == value for name, value in facts.items()):
        return False
    if said.said_at <= known.said_at:
        raise Clash
    for name, value in facts.items():
        setattr(known, name, value)
    known.save()
    return True


@transaction.atomic
def write_line(
    context: Context, facts: dict[str, Any], activity: Activity | None, line: Column | None = None
) -> Column:
    """A line more, or what is said of a known one. Raises Clash when the class has too many."""
    lock(Context, context.pk)
    if line is None:
        if Column.objects.filter(context=context).count() >= MOST_COLUMNS:
            raise Clash
        line = Column(context=context, activity=activity)
    for name, value in facts.items():
        setattr(line, name, value)
    line.save()
    return line


@transaction.atomic
def drop_line(line: Column) -> None:
    """A line less, with what was said under it: it is the service's own."""
    line.delete()
