"""Telling people of what happens to their links, and offices of what they alone can mend."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format

from preau.commons.federation.models import Link, LocalDoor, Provider
from preau.directory.models import Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.foundation import dates, notices
from preau.identity.standing import standings_of


def tell_linked(link: Link) -> None:
    """An account of elsewhere opens theirs from now on."""
    now = timezone.now()
    notices.publish(
        notices.News(
            kind="federation.linked",
            person_id=link.person_id,
            key=f"{link.pk}-{now:%Y%m%d%H%M%S}",
            url=reverse("federation:links"),
            facts={"provider": link.provider.name, "at": dates.day_and_hour(now)},
        )
    )


def tell_several(provider: Provider, subject: str, people: Iterable[int]) -> None:
    """The heads of the schools of several people whom a provider takes for one: told once a day, without a name."""
    now = timezone.now()
    today = timezone.localdate(now)
    standings = standings_of(people, today).values()
    schools = {school for standing in standings for _, school in standing.held if school} | {
        school for standing in standings for school in standing.wards
    }
    if provider.school_id:
        schools &= {provider.school_id}
    mark = salted_hmac("federation.several", f"{provider.pk}.{subject}", algorithm="sha256").hexdigest()[:16]
    heads = Holding.objects.filter(
        active_on(today), role=Role.HEAD, school__in=schools, person__erased_at=None
    )
    notices.publish(
        *(
            notices.News(
                kind="federation.several",
                person_id=person,
                key=f"{mark}-{school}-{today:%Y%m%d}",
                url=reverse("directory:duplicates"),
                school_id=school,
                seat=f"staff-{school}",
                facts={"provider": provider.name},
            )
            for person, school in heads.values_list("person_id", "school_id").distinct()
        )
    )


def tell_door(door: LocalDoor) -> None:
    """The operators of the platform, and the other heads of the school: passwords open it for the moment."""
    now = timezone.now()
    today = timezone.localdate(now, ZoneInfo(door.school.timezone))
    operators = Holding.objects.filter(active_on(today), role=Role.OPERATOR, territory=None, school=None)
    heads = Holding.objects.filter(active_on(today), role=Role.HEAD, school=door.school_id)
    seat_by_person = dict.fromkeys(operators.values_list("person_id", flat=True), "")
    seat_by_person |= dict.fromkeys(heads.values_list("person_id", flat=True), f"staff-{door.school_id}")
    known = Person.objects.filter(pk__in=seat_by_person, erased_at=None).exclude(pk=door.opened_by_id or 0)
    until = timezone.localtime(door.ends_at, ZoneInfo(door.school.timezone))
    notices.publish(
        *(
            notices.News(
                kind="federation.door_opened",
                person_id=pk,
                key=f"door-{door.pk}",
                url=reverse("federation:providers"),
                school_id=door.school_id,
                seat=seat_by_person[pk],
                facts={"school": door.school.name, "until": date_format(until, "j F Y H:i")},
            )
            for pk in known.values_list("pk", flat=True)
        )
    )
