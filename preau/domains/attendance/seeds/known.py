"""What is known in advance in the demonstration: absences that families announce, a departure, who is where this morning."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Guardianship
from preau.domains.attendance.models import Announcement, Reason, Visit

ANNOUNCED = [
    # in so many days, for so many days, reason, words
    (1, 1, "Rendez-vous médical", "Chez l’orthodontiste, toute la matinée."),
    (2, 3, "Raison familiale", "Mariage dans la famille."),
    (1, 1, "Compétition ou activité", ""),
]
PLACES = [("infirmary", 12), ("library", 25), ("library", 24), ("study", 30), ("office", 4)]


def plant(world: Any) -> None:
    """Of pupils who are not of the cast, so that theirs stays as their scenes say."""
    zone, now = ZoneInfo(world.school.timezone), timezone.now()
    cast = [person.pk for person in world.people.values()]
    links = Guardianship.objects.informed(world.today).filter(
        pupil__holdings__school=world.school, guardian__is_institution=False
    )
    links = (
        links.exclude(pupil__in=cast)
        .exclude(guardian__in=cast)
        .select_related("pupil")
        .order_by("pupil__search_name", "pk")
    )
    guardians = {link.pupil_id: link for link in links}
    chosen = list(guardians.values())[:: max(1, len(guardians) // 9)][:9]
    reasons = {reason.label: reason for reason in Reason.objects.in_use(world.school.pk)}
    Announcement.objects.bulk_create(
        Announcement(
            school=world.school,
            pupil=link.pupil,
            kind=Announcement.Kind.ABSENCE,
            reason=reasons[reason],
            comment=words,
            starts=_at(world, ahead, time(0, 0), zone),
            ends=_at(world, ahead + days - 1, time(23, 59), zone),
            given_by_id=link.guardian_id,
            given_at=now - timedelta(hours=2),
        )
        for link, (ahead, days, reason, words) in zip(chosen[:3], ANNOUNCED, strict=False)
        if reason in reasons
    )
    cpe = world.people.get("cpe")
    if cpe is None:
        return
    Visit.objects.bulk_create(
        Visit(
            school=world.school,
            pupil=link.pupil,
            place=place,
            starts=now - timedelta(minutes=ago),
            noted_by=cpe,
        )
        for link, (place, ago) in zip(chosen[4:], PLACES, strict=False)
    )


def _at(world: Any, ahead: int, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(world.today + timedelta(days=ahead), hour, zone)
