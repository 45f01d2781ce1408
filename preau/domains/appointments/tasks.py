"""Work for later: a plan is computed, hundreds of people are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.domains.appointments.actions import planning, telling
from preau.domains.appointments.models import Evening, Meeting, Wish
from preau.domains.appointments.queries import around
from preau.foundation import dates, works
from preau.foundation.tasks import job

TOMORROW = timedelta(days=1)


def _teller(key: str) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        works.tell(key, _("Recherche du meilleur planning"), done, total)

    return tell


@job()
def compute(evening_id: int, by: int, asked: str) -> bool:
    """Compute the plan of an evening; returns whether it was laid down."""
    key = planning.work_of(evening_id, asked)
    works.begin(key)
    try:
        done = planning.compute(evening_id, by, asked, _teller(key))
    except Exception:
        # Whoever asked hears of it and may ask again: an hour and a half of tries would leave the page waiting.
        planning.give_up(evening_id, asked)
        works.end(key, ending=works.Ending.FAILED)
        raise
    works.end(key, ending=works.Ending.DONE)
    return done


def enqueue_computing(evening_id: int, by: int, asked: str, **_more: Any) -> None:
    compute.enqueue(evening_id, by, asked)


@job()
def tell_plan(evening_id: int, by: int) -> int:
    """Everybody who has a meeting hears of their own, and each family of which no wish was met; returns how many. Run twice, it tells once."""
    evening = Evening.objects.live().select_related("school").filter(pk=evening_id).first()
    if evening is None:
        return 0
    told = set[int]()
    left = _("Vous pouvez réserver les heures qui restent.") if evening.takes_bookings(timezone.now()) else ""
    for person, meetings in planning.people_of_plan(evening).items():
        if person.pk == by:
            continue
        number = len(meetings)
        said = ngettext(
            "%(num)s rendez-vous, le premier à %(hour)s.",
            "%(num)s rendez-vous, le premier à %(hour)s.",
            number,
        )
        first = dates.hour(meetings[0].starts, evening.school.timezone) if meetings[0].starts else ""
        about = meetings[0].pupil_id if meetings[0].guardian_id == person.pk else None
        words = said % {"num": number, "hour": first}
        telling.tell_evening(
            evening,
            telling.PUBLISHED,
            person.pk,
            about,
            what=" ".join(filter(None, [words, left if about else ""])),
        )
        told.add(person.pk)
    return len(told | _without_meeting(evening, told | {by}, left))


def _without_meeting(evening: Evening, told: set[int], left: str) -> set[int]:
    """The families of whom no wish could be met; where families then book, those who had said nothing too."""
    wishing = set(
        Wish.objects.filter(party__evening=evening, by_host=False).values_list("party__person_id", flat=True)
    )
    pupils = list(around.enrolled(evening).order_by().values_list("pupil_id", flat=True).distinct())
    found = dict[int, int]()
    for pupil, links in around.guardians_of(evening.day, pupils).items():
        for link in links:
            if link.guardian_id not in told and (left or link.guardian_id in wishing):
                found.setdefault(link.guardian_id, pupil)
    for person, pupil in found.items():
        missed = _("Aucun de vos souhaits n’a trouvé d’heure.") if person in wishing else ""
        words = " ".join(filter(None, [missed, left]))
        telling.tell_evening(evening, telling.PUBLISHED, person, pupil, what=words)
    return set(found)


def enqueue_publishing(evening_id: int, by: int, **_more: Any) -> None:
    tell_plan.enqueue(evening_id, by)


@job()
def tell_evening(evening_id: int, kind: str, by: int, what: str) -> int:
    """Those who receive, and each guardian of the pupils of its classes; returns how many. Run twice, it tells once."""
    evening = Evening.objects.select_related("school").filter(pk=evening_id).first()
    if evening is None or not evening.is_out:
        return 0
    pupils = list(around.enrolled(evening).order_by().values_list("pupil_id", flat=True).distinct())
    told = set[int]()
    for pupil, links in around.guardians_of(evening.day, pupils).items():
        for link in links:
            if link.guardian_id not in told | {by}:
                told.add(link.guardian_id)
                telling.tell_evening(evening, kind, link.guardian_id, pupil, what)
    for person in evening.hosts.order_by("pk").values_list("person_id", flat=True):
        if person != by:
            telling.tell_evening(evening, kind, person, None, what)
            told.add(person)
    return len(told)


def enqueue_telling(evening_id: int, kind: str, by: int, what: str, **_more: Any) -> None:
    tell_evening.enqueue(evening_id, kind, by, what)


@job()
def remind() -> int:
    """The day before, both of a single appointment hear of it again; returns how many appointments. Once each: a key is told once."""
    now = timezone.now()
    found = Meeting.objects.filter(
        evening=None, state=Meeting.State.BOOKED, starts__gt=now, starts__lte=now + TOMORROW
    )
    count = 0
    for meeting in found.select_related("school", "host", "guardian", "pupil").order_by("pk"):
        telling.tell(meeting, telling.SOON, by=0)
        count += 1
    return count
