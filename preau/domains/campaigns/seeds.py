"""The demonstration's share: where some families live, and a campaign of last week that has been sent."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from preau.directory.models import Guardianship, Holding, Person, School
from preau.directory.words import STAFF, Role
from preau.domains.attendance.models import Entry, Explanation, Status
from preau.domains.campaigns.models import Campaign, Channel, PostalAddress, Sending, Target
from preau.domains.campaigns.queries.words import wording_of
from preau.domains.paperwork.models import Submission
from preau.foundation.sms import number_of
from preau.identity.actions.accounts import open_accounts
from preau.identity.models import Account

STREETS = ["rue des Lilas", "rue du Moulin", "allée des Tilleuls", "avenue de la Gare", "impasse du Verger"]
TOLD = 6
A_BATCH = 500


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


def open_the_others(world: Any) -> None:
    """In a year under way most have opened their account: whoever explained an absence or sent a document here, whoever makes
    rolls, five in six of the others of the staff, two families in three, three pupils in four past primary school. The rest are
    still to be called, written to or given a paper.

    After the accounts of visitors, whose logins are theirs. These have the password of the demonstration, hashed once, and
    their guide put away: a visitor's is still out.
    """
    if not world.imported:
        return
    school, today = world.school, world.today
    held = Holding.objects.active(today).filter(school=school)
    pupils = held.filter(role=Role.PUPIL).values("person_id")
    links = Guardianship.objects.informed(today).of_another().filter(pupil__in=pupils)
    families, came = _named(links.values("guardian_id")), _who_came(school)
    chosen = [
        *_named(held.filter(role=Role.TEACHER).values("person_id")),
        *_some(_named(held.filter(role__in=STAFF).exclude(role=Role.TEACHER).values("person_id")), 6, 5),
        *(_some(_named(pupils), 4, 3) if school.kind != School.Kind.ECOLE else ()),
        *(one for place, one in enumerate(families) if one.pk in came or place % 3 != 2),
    ]
    people = list({one.pk: one for one in chosen}.values())
    open_accounts(people)
    password = Account.objects.values_list("password", flat=True).get(person=world.people["cpe"])
    fields = {"password": password, "guides_read": ["staff", "guardian", "pupil"]}
    for first in range(0, len(people), A_BATCH):
        Account.objects.filter(person__in=people[first : first + A_BATCH]).update(**fields)


def _who_came(school: School) -> set[int]:
    """Those who explained an absence, or sent a document, on the site itself."""
    sent = Submission.objects.filter(dossier__collection__school=school, way=Submission.Way.HERE)
    explained = Explanation.objects.filter(school=school)
    return {*explained.values_list("given_by_id", flat=True), *sent.values_list("by_id", flat=True)}


def _named(keys: Any) -> list[Person]:
    return list(Person.objects.filter(pk__in=keys, account=None).order_by("search_name", "pk"))


def _some(people: Sequence[Person], out_of: int, many: int) -> list[Person]:
    """So many out of so many, the same at each planting."""
    return [one for place, one in enumerate(people) if place % out_of < many]
