"""Telling pupils and families of the levels that they may read."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Guardianship
from preau.domains.competences.models import Level, Sheet
from preau.foundation import dates, notices

PUBLISHED = "competences.published"
AT_ONCE = 100


@transaction.atomic
def tell_published(now: datetime) -> int:
    """Tell of the levels that families have come to read; returns of how many sheets. One piece of news a day and a pupil."""
    alone = Q(assessment=None, guardians_at__lte=now)
    beside = Q(assessment__deleted_at=None, assessment__guardians_at__lte=now)
    waiting = Sheet.objects.filter(alone | beside, told_at=None).select_for_update(
        of=("self",), skip_locked=True
    )
    found = list(waiting.select_related("school").order_by("pk")[:AT_ONCE])
    for sheet in found:
        pupils = set(Level.objects.filter(column__sheet=sheet).values_list("pupil_id", flat=True))
        notices.publish(*_news(sheet, pupils, now))
        sheet.told_at = now
    Sheet.objects.bulk_update(found, ["told_at"])
    return len(found)


def _news(sheet: Sheet, pupils: set[int], now: datetime) -> list[notices.News]:
    today = timezone.localdate(now, ZoneInfo(sheet.school.timezone))
    facts = {"day": dates.day(today), "school": sheet.school.name}
    informed = Guardianship.objects.informed(today).of_another().filter(pupil__in=pupils)
    pairs = [(pupil, pupil) for pupil in sorted(pupils)]
    pairs += informed.order_by("pk").values_list("pupil_id", "guardian_id")
    return [
        notices.News(
            kind=PUBLISHED,
            person_id=person,
            key=f"{pupil}-{today}",
            url=reverse("competences:own"),
            school_id=sheet.school_id,
            about_id=pupil,
            facts=facts,
        )
        for pupil, person in pairs
    ]
