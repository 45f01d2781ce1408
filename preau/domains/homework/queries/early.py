"""What homework has noted that may announce a drop-out: what was to be handed in here, and was not."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import ngettext

from preau.directory.boards import Happened
from preau.directory.models import School
from preau.domains.homework.models import HandIn, Homework
from preau.domains.homework.models.records import published
from preau.domains.homework.queries.concerned import pairs_of


def not_handed_in(school: School, first: date, last: date) -> Iterator[Happened]:
    """By pupil, the homework to hand in online whose day is over (four queries). On paper, nobody has told us."""
    works = Homework.objects.kept().filter(
        published(timezone.now(), "record__"),
        school=school,
        hand_in=Homework.HandIn.ONLINE,
        due_day__gte=first,
        due_day__lt=last,
    )
    days = dict(works.values_list("pk", "due_day"))
    given = set(HandIn.objects.filter(homework__in=works.values("pk")).values_list("homework_id", "pupil_id"))
    return (Happened(pupil, days[work]) for work, pupil in pairs_of(works) - given if work in days)


def not_handed_in_said(number: int, what: str) -> str:
    return ngettext("%(num)s travail non rendu", "%(num)s travaux non rendus", number) % {"num": number}
