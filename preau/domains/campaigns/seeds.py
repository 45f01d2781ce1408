"""The demonstration's share: where some families live, and a campaign of last week that has been sent."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from preau.directory.models import Guardianship, Person
from preau.domains.attendance.models import Entry, Status
from preau.domains.campaigns.models import Campaign, Channel, PostalAddress, Sending, Target
from preau.domains.campaigns.queries.words import wording_of
from preau.foundation.sms import number_of

STREETS = ["rue des Lilas", "rue du Moulin", "allée des Tilleuls", "avenue de la Gare", "impasse du Verger"]
TOLD = 6


def plant(world: Any) -> None:
    """Two families in three have an address; a few were written to last week."""
    school, today = world.school, world.today
    noted_by = world.people["cpe"]
    at = datetime.combine(today - timedelta(days=6), time(9, 12), ZoneInfo(school.timezone))
    pupils = Entry.objects.filter(school=school, status=Status.ABSENT).values("pupil_id")
    links = (
        Guardianship.objects.informed(today)
        .of_another()
        .filter(pupil__in=pupils)
        .select_related("guardian", "pupil")
    )
    links = list(links.order_by("pupil_id", "contact_priority", "pk"))
    people = {link.guardian_id: link.guardian for link in links}
    PostalAddress.objects.bulk_create(
        _address(school, person, count, noted_by, at)
        for count, person in enumerate(people.values())
        if count % 3 != 2
    )
    _campaign(school, links[:TOLD], noted_by, at)


def _address(school: Any, person: Person, count: int, noted_by: Person, at: datetime) -> PostalAddress:
    street = f"{3 + count * 7 % 90} {STREETS[count % len(STREETS)]}"
    return PostalAddress(
        school=school,
        person=person,
        street=street,
        postcode="35000",
        city="Rennes",
        noted_by=noted_by,
        noted_at=at,
    )


def _campaign(school: Any, links: list[Any], by: Person, at: datetime) -> None:
    words = wording_of(school.pk, Campaign.Kind.LATENESS)
    campaign = Campaign.objects.create(
        school=school,
        kind=Campaign.Kind.LATENESS,
        since=at.date() - timedelta(days=14),
        until=at.date(),
        at_least=1,
        by_mail=True,
        by_sms=True,
        body=words.body,
        sms=words.sms,
        key="seed",
        made_by=by,
        made_at=at,
        confirmed_by=by,
        confirmed_at=at + timedelta(minutes=4),
    )
    targets = {
        pupil: Target.objects.create(school=school, campaign=campaign, pupil_id=pupil)
        for pupil in dict.fromkeys(link.pupil_id for link in links)
    }
    state = Sending.State
    for count, link in enumerate(links):
        text = f"{school.name}\u202f: {link.pupil.given_name} a plusieurs retards notés. Détail sur Préau."
        phone = number_of(link.guardian.phone)
        failed = count % 4 == 3
        Sending.objects.create(
            school=school,
            target=targets[link.pupil_id],
            pupil=link.pupil,
            person=link.guardian,
            channel=Channel.SMS if phone else Channel.MAIL,
            to=phone or link.guardian.email or "—",
            text=text,
            parts=1 if phone else 0,
            state=state.FAILED if failed else state.DELIVERED if phone else state.SENT,
            reason="lost" if failed else "",
            made_at=at,
            due_at=at,
            sent_at=at + timedelta(minutes=5),
            ended_at=at,
        )
