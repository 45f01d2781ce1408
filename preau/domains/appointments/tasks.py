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
    recipients, lacking, asked = set[int](), _lacking(evening), _asked_in_vain(evening)
    left = _("Vous pouvez réserver les heures qui restent.") if evening.takes_bookings(timezone.now()) else ""
    for person, meetings in planning.people_of_plan(evening).items():
        if person.pk == by:
            continue
        number = len(meetings)
        sentence = ngettext(
            "%(num)s rendez-vous, le premier à %(hour)s.",
            "%(num)s rendez-vous, le premier à %(hour)s.",
            number,
        )
        first = dates.hour(meetings[0].starts, evening.school.timezone) if meetings[0].starts else ""
        about = meetings[0].pupil_id if meetings[0].guardian_id == person.pk else None
        words = [sentence % {"num": number, "hour": first}]
        words += [_waits(lacking.get(person.pk, [])), left] if about else [_vain(asked.get(person.pk, 0))]
        telling.tell_evening(evening, telling.PUBLISHED, person.pk, about, what=" ".join(filter(None, words)))
        recipients.add(person.pk)
    for host, number in asked.items():
        if host not in recipients | {by}:
            telling.tell_evening(evening, telling.PUBLISHED, host, None, what=_vain(number))
            recipients.add(host)
    return len(recipients | _without_meeting(evening, recipients | {by}, left))


def _lacking(evening: Evening) -> dict[int, list[str]]:
    """For each family, whom it waits for, in its order; never why: it may be that the other parent comes then."""
    found: dict[int, list[str]] = {}
    rows = Wish.objects.filter(party__evening=evening, by_host=False, waits_since__isnull=False)
    for wish in rows.select_related("party", "host__person").order_by("rank", "pk"):
        found.setdefault(wish.party.person_id, []).append(wish.host.person.formal_name)
    return found


def _waits(names: list[str]) -> str:
    sentence = _("Pas d’heure trouvée avec %(names)s : vous êtes sur la liste d’attente.")
    return sentence % {"names": ", ".join(names)} if names else ""


def _asked_in_vain(evening: Evening) -> dict[int, int]:
    """For each who receives, how many families they asked to see have no hour."""
    met = set(Meeting.objects.live().filter(evening=evening).values_list("guardian_id", "host_id"))
    rows = Wish.objects.filter(party__evening=evening, asked_about__isnull=False).order_by("host_id", "pk")
    found: dict[int, int] = {}
    for guardian, host in rows.values_list("party__person_id", "host__person_id"):
        if (guardian, host) not in met:
            found[host] = found.get(host, 0) + 1
    return found


def _vain(number: int) -> str:
    sentence = ngettext(
        "%(num)s famille que vous demandiez à voir n’a pas d’heure.",
        "%(num)s familles que vous demandiez à voir n’ont pas d’heure.",
        number,
    )
    return sentence % {"num": number} if number else ""


def _without_meeting(evening: Evening, recipients: set[int], left: str) -> set[int]:
    """The families of whom no wish could be met; where families then book, those who had said nothing too."""
    wishing = set(
        Wish.objects.filter(party__evening=evening, by_host=False).values_list("party__person_id", flat=True)
    )
    pupils = list(around.enrolled(evening).order_by().values_list("pupil_id", flat=True).distinct())
    found = dict[int, int]()
    for pupil, links in around.guardians_of(evening.day, pupils).items():
        for link in links:
            if link.guardian_id not in recipients and (left or link.guardian_id in wishing):
                found.setdefault(link.guardian_id, pupil)
    for person, pupil in found.items():
        missed = _("Aucun de vos souhaits n’a trouvé d’heure : vous êtes sur la liste d’attente.")
        words = " ".join(filter(None, [missed if person in wishing else "", left]))
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
    recipients = set[int]()
    for pupil, links in around.guardians_of(evening.day, pupils).items():
        for link in links:
            if link.guardian_id not in recipients | {by}:
                recipients.add(link.guardian_id)
                telling.tell_evening(evening, kind, link.guardian_id, pupil, what)
    for person in evening.hosts.order_by("pk").values_list("person_id", flat=True):
        if person != by:
            telling.tell_evening(evening, kind, person, None, what)
            recipients.add(person)
    return len(recipients)


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
