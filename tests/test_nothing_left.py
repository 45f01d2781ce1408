"""When a family and a teacher are erased, their name stands in no table, and no file."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from conftest import NOW, SchoolClient
from preau.commons.agenda.models import Feed
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Device, Preference, Rhythm, StopLink
from preau.commons.works.models import Work
from preau.directory.models import (
    Distinction,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Hold,
    Holding,
    Person,
)
from preau.directory.seeds import World
from preau.directory.tests.test_departures import DAY, TODAY, hold, link, new, pass_days
from preau.directory.words import Role
from preau.domains.attendance.models import Decision, Entry, Explanation, Reason
from preau.foundation import boards, notices
from preau.foundation.text import fold
from preau.identity.models import Account, Activation

pytestmark = pytest.mark.django_db


def traces_of(name: str) -> set[str]:
    """The tables and columns where a name still stands, whatever the type of the column."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        fields = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values(*fields):
            found |= {f"{model._meta.label}.{key}" for key, value in row.items() if name in fold(str(value))}
    return found


def test_no_trace_of_a_family_is_left_in_any_table(
    college: World, client: SchoolClient, clock: Any, django_capture_on_commit_callbacks: Any
) -> None:
    pupil, mother, teacher = people = [new(given=given) for given in ("Ada", "Ida", "Eva")]
    settled(college, people)
    for person in people:
        client.sit(person)
        client.get("/")
    busy(college, pupil, mother, teacher)
    Distinction.objects.create(
        school=college.school, one=mother, other=teacher, by=college.people["head"], at=timezone.now()
    )
    assert {
        "directory.Person.family_name", "directory.Person.search_name", "directory.Person.birth_name",
        "directory.Person.email", "identity.Account.login", "attendance.Explanation.comment",
        "attendance.Decision.comment", "notifications.Item.facts", "works.Work.label", "directory.Hold.reason",
        "notifications.Device.endpoint",
    } <= traces_of("zephyrin")  # fmt: skip
    left = date(2026, 12, 1)
    Holding.objects.filter(person__in=people).update(ends=left)
    Hold.objects.update(last_day=date(2027, 1, 1))
    pictures = [one.picture.name for one in Account.objects.filter(person__in=people)]
    clock.shift(100 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        pass_days(clock, 8)
    assert traces_of("zephyrin") == set()
    assert traces_of("1234567890z") == set()
    assert not any(default_storage.exists(name) for name in pictures)
    # What the decision record keeps: facts, of a person without a name.
    assert Entry.objects.filter(pupil=pupil).exists()
    assert Line.objects.filter(subject=pupil, actor=college.people["cpe"]).exists()
    assert pupil.enrolments.exists() and teacher.holdings.exists()
    assert not Guardianship.objects.filter(guardian=mother).exists()
    for entry in boards.personal_data:
        if entry.keep == boards.Retention.ACCOUNT and entry.model not in KEPT_WITHOUT_A_NAME:
            rows = apps.get_model(entry.model)._base_manager
            for link in [entry.person] if entry.person else ["one", "other"]:
                assert not rows.filter(**{f"{link}__in": people}).exists(), entry.model


# Their rows stay, and say nothing of who it was.
KEPT_WITHOUT_A_NAME = {
    "directory.Person", "directory.Holding", "directory.Enrolment", "directory.Assignment", "identity.Account",
    # Counts of a school: about nobody.
    "platform.Figures",
}  # fmt: skip


def settled(college: World, people: list[Person]) -> None:
    """A pupil, a mother and a teacher of one name, as a year leaves them."""
    pupil, mother, teacher = people
    for person in people:
        person.birth_name, person.birth_date = "Zéphyrin", date(2014, 1, 1)
        person.email = f"{person.given_name}@zephyrin.example"
        person.save()
        login = f"{person.given_name}.zephyrin".lower()
        account = Account.objects.create_account(login, person, "six chevaux bleus au galop")
        account.picture.save("zephyrin.png", ContentFile(b"image"))
        hold(person, college.school, Role.PUPIL if person == pupil else Role.TEACHER)
        key = {"source": "aaf", "authority": "14", "kind": "person", "value": f"1234567890Z{person.pk}"}
        ExternalId.objects.create(person=person, **key)
    Holding.objects.filter(person=mother).delete()
    Holding.objects.filter(person=teacher).update(
        title="Projet Zéphyrin", scope={"settings": {"until": "2026-12-24", "by": "zephyrin"}}
    )
    link(pupil, mother, lives_with=True, ruled_on=date(2026, 1, 1))
    group = Group.objects.filter(year=college.year)[0]
    Enrolment.objects.create(school=college.school, group=group, pupil=pupil, starts=date(2026, 9, 1))


def busy(college: World, pupil: Person, mother: Person, teacher: Person) -> None:
    """What each room of the building may hold of them."""
    lesson = Entry.objects.filter(school=college.school)[0].lesson
    explanation = Explanation.objects.create(
        school=college.school, pupil=pupil, day=lesson.day, reason=Reason.objects.all()[0], given_by=mother,
        given_at=NOW, comment="La petite Zéphyrin toussait",
    )  # fmt: skip
    Entry.objects.create(
        school=college.school, lesson=lesson, pupil=pupil, day=lesson.day, status="absent",
        explanation=explanation,
    )  # fmt: skip
    Decision.objects.create(
        school=college.school, explanation=explanation, state="accepted", comment="Bien, Mme Zéphyrin",
        decided_by=college.people["cpe"], decided_at=NOW,
    )  # fmt: skip
    for person, about in ((mother, pupil), (teacher, None), (college.people["cpe"], pupil)):
        notices.publish(
            notices.News(
                "attendance.refused", person.pk, f"zephyrin-{person.pk}", "/", about_id=about and about.pk,
                facts={"comment": "Zéphyrin", "day": "lundi", "school": "x"},
            )
        )  # fmt: skip
    for person in (mother, teacher):
        Preference.objects.create(person=person, kind="attendance.absence", pace="never")
        Rhythm.objects.create(person=person)
        StopLink.objects.create(person=person, kind="attendance.absence", made_at=NOW)
        Device.objects.create(
            person=person, endpoint=f"https://push.example/zephyrin/{person.pk}", p256dh="x", auth="x", label="Firefox",
            opened_in="x", added_at=NOW,
        )  # fmt: skip
        Feed.objects.create(account=person.account, digest=f"{person.pk:064}", opened_at=NOW)
        Work.objects.create(
            key=f"w-{person.pk}",
            label="Lettres Zéphyrin",
            person=person,
            url="/",
            can_stop=True,
            asked_at=NOW,
        )
        Activation.objects.create(
            account=person.account, kind="first_letter", digest=f"{person.pk:064}", issued_at=NOW,
            issued_by=teacher, expires_at=NOW + 600 * DAY,
        )  # fmt: skip
    Hold.objects.create(
        person=mother, school=college.school, last_day=TODAY, reason="Recours Zéphyrin", held_at=NOW
    )
    Line.objects.create(
        verb="directory.person_read", actor=college.people["cpe"], subject=pupil, is_read=True,
        acting_as=f"staff-{college.school.pk}", school=college.school,
    )  # fmt: skip


def test_a_name_that_is_left_somewhere_is_found(college: World) -> None:
    college.school.privacy_contact = "Mme Zéphyrin"
    college.school.save()
    assert traces_of("zephyrin") == {"directory.School.privacy_contact"}
