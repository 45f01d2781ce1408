"""What conduct has noted that may announce a drop-out: punitions and lessons left, by day. Never a sanction (decision 90)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import ngettext

from preau.directory.boards import Happened
from preau.directory.models import School
from preau.domains.conduct.models import Punition

Kind = Punition.Kind


def punitions(school: School, first: date, last: date) -> Iterator[Happened]:
    """The punitions that stand, but for being sent out of a lesson (one query)."""
    return _given(school, first, last, [kind for kind in Kind if kind != Kind.OUT])


def punitions_said(number: int, what: str) -> str:
    return ngettext("%(num)s punition", "%(num)s punitions", number) % {"num": number}


def sent_out(school: School, first: date, last: date) -> Iterator[Happened]:
    """Each time sent out of a lesson (one query)."""
    return _given(school, first, last, [Kind.OUT])


def sent_out_said(number: int, what: str) -> str:
    return ngettext(
        "%(num)s exclusion ponctuelle d’un cours", "%(num)s exclusions ponctuelles d’un cours", number
    ) % {"num": number}


def _given(school: School, first: date, last: date, kinds: list[Kind]) -> Iterator[Happened]:
    given = Punition.objects.filter(school=school, day__range=(first, last), kind__in=kinds)
    given = given.exclude(state=Punition.State.CANCELLED)
    return (Happened(pupil, day) for pupil, day in given.values_list("pupil_id", "day"))
