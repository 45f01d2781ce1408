"""Two absences of the cast's pupil, whose parents are reached in every way, and a draft about them."""

from typing import Any

import pytest

from conftest import NOW
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.words import Authority
from preau.domains.attendance.models import Entry, Notice, Status
from preau.domains.campaigns.actions import drafts
from preau.domains.campaigns.models import Campaign, PostalAddress, Sending, SmsRefusal
from preau.domains.timetable.models import Lesson

OUTBOX = "preau.commons.outbox.sms.OutboxGateway"


def live_at(world: World, person: Person, street: str) -> None:
    PostalAddress.objects.update_or_create(
        school=world.school,
        person=person,
        defaults={
            "street": street,
            "postcode": "35000",
            "city": "Rennes",
            "noted_by": person,
            "noted_at": NOW,
        },
    )


@pytest.fixture(autouse=True)
def sms_offered(settings: Any) -> None:
    settings.SMS_GATEWAY = OUTBOX


@pytest.fixture
def parents(college: World) -> list[Person]:
    """The two guardians of the cast's pupil, and nobody else; reached by post, mail and telephone, apart from each other."""
    pupil = college.people["pupil"]
    found = [college.people["guardian"], college.people["other_guardian"]]
    Guardianship.objects.filter(pupil=pupil).exclude(guardian__in=found).delete()
    Guardianship.objects.filter(pupil=pupil).update(
        authority=Authority.LEGAL, may_not_be_informed=False, starts=None, ends=None
    )
    for number, person in enumerate(found):
        person.email, person.phone = f"parent{number}@famille.example", f"06 12 34 56 7{number}"
        person.save()
        live_at(college, person, f"{number + 1} rue des Lilas")
    return found


@pytest.fixture
def absences(college: World, parents: list[Person]) -> list[Entry]:
    """Two lessons missed last week, of which nobody has said anything; nothing else, and nobody was told."""
    pupil = college.people["pupil"]
    Sending.objects.all().delete()
    SmsRefusal.objects.all().delete()
    Notice.objects.filter(pupil=pupil).delete()
    Entry.objects.filter(school=college.school).update(status=Status.PRESENT, minutes_late=None)
    lessons = Lesson.objects.of_pupils([pupil.pk]).filter(starts__lt=NOW).order_by("-starts")[4:6]
    found = []
    for lesson in lessons:
        entry, _made = Entry.objects.update_or_create(
            lesson=lesson,
            pupil=pupil,
            defaults={
                "school": college.school,
                "day": lesson.day,
                "status": Status.ABSENT,
                "minutes_late": None,
                "explanation": None,
                "handling": None,
            },
        )
        found.append(entry)
    return found


@pytest.fixture
def draft(college: World, absences: list[Entry], seat_of: Any) -> Campaign:
    """About these two absences, by every way."""
    pupil = college.people["pupil"].pk
    campaign = drafts.make_draft(seat_of("cpe"), {pupil: [absence.pk for absence in absences]})
    fields = {
        "by_letter": True,
        "by_mail": True,
        "by_sms": True,
        "body": "{eleve} ({classe}) : {demi_journees}, {dates}.",
        "sms": "{prenom}, {nombre} absences",
    }
    drafts.say_words(seat_of("cpe"), campaign, fields)
    return Campaign.objects.get(pk=campaign.pk)
