"""Exemptions and adjustments of a school, written in bulk."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from preau.directory.models import Enrolment, Group, Subject
from preau.domains.attendance.models import Arrangement
from preau.foundation.db import insert

# What schools write most; never why.
WORDS = [
    "Tiers-temps",
    "Placé devant",
    "Textes agrandis, Arial 16",
    "Peut sortir sans demander",
    "Ordinateur en cours",
    "Consignes lues à voix haute",
    "Ascenseur\u202f: peut arriver cinq minutes après",
]
ADJUSTED, EXEMPTED = 14, 37


def plant(world: Any) -> None:
    """About one pupil in fourteen has an adjustment, one in forty an exemption from sport; some are over."""
    insert(list(_arrangements(world)))


def _arrangements(world: Any) -> Iterator[Arrangement]:
    sport = Subject.objects.filter(school=world.school, name__istartswith="éducation physique").first()
    sport = sport or Subject.objects.filter(school=world.school, name__istartswith="eps").first()
    learning = Enrolment.objects.active(world.today).filter(
        group__year=world.year, group__kind=Group.Kind.CLASS
    )
    cast = world.people["pupil"].pk
    said_by = world.people.get("nurse") or world.people.get("cpe") or world.people["head"]
    for number, pupil in enumerate(
        learning.order_by("pupil_id").values_list("pupil_id", flat=True).distinct()
    ):
        first = world.today - timedelta(days=7 + number % 40)
        noted = {
            "school": world.school,
            "pupil_id": pupil,
            "first_day": first,
            "said_by": said_by,
            "said_at": timezone.make_aware(datetime.combine(first, time(9, 30))),
        }
        if number % ADJUSTED == 3 or pupil == cast:
            words = "Placée devant" if pupil == cast else WORDS[number // ADJUSTED % len(WORDS)]
            yield Arrangement(kind=Arrangement.Kind.ADJUSTMENT, words=words, **noted)
        if sport and number % EXEMPTED == 5:
            last = first + timedelta(days=21 + number % 30)
            yield Arrangement(
                kind=Arrangement.Kind.EXEMPTION,
                subject=sport,
                last_day=last,
                must_attend=number % 2 == 0,
                **noted,
            )
