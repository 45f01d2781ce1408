"""A guardian asks for another telephone, e-mail or address of their own; the office answers."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.actions import corrections
from preau.directory.models import Address, ContactRequest, Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import journal, notices
from preau.foundation.locks import lock

Kind, State = ContactRequest.Kind, ContactRequest.State
ASKED, ANSWERED = "directory.contact_asked", "directory.contact_answered"


@transaction.atomic
def ask(viewer: Viewer, wanted: Mapping[str, str]) -> int:
    """Ask each school of the children for what differs from what it knows; returns how many requests are new or changed."""
    person = lock(Person, viewer.person.pk)
    address = Address.objects.filter(person=person).first()
    known = {"phone": person.phone, "email": person.email, "lines": address.lines if address else ""}
    schools = {place.school.pk: place.school for place in viewer.places}
    asked = 0
    for field, value in wanted.items():
        if not value or value == known[field]:
            continue
        for school_id in schools:
            waiting: dict[str, Any] = {
                "school_id": school_id,
                "person": person,
                "field": field,
                "state": State.ASKED,
            }
            if ContactRequest.objects.filter(**waiting, value=value).exists():
                continue
            row, _made = ContactRequest.objects.update_or_create(
                **waiting, defaults={"value": value, "asked_at": timezone.now()}
            )
            _tell_office(row)
            asked += 1
    return asked


def _tell_office(row: ContactRequest) -> None:
    """Neither a name nor a value is in what is told."""
    held = Holding.objects.active(timezone.localdate()).filter(
        school=row.school_id, role__in=[Role.HEAD, Role.SECRETARY]
    )
    notices.publish(
        *(
            notices.News(
                kind=ASKED,
                person_id=person_id,
                key=f"{row.pk}-{row.asked_at:%Y%m%d%H%M%S%f}",
                url=reverse("directory:contact_requests"),
                school_id=row.school_id,
                seat=f"staff-{row.school_id}",
                facts={"school": row.school.name},
            )
            for person_id in held.exclude(person=row.person_id).values_list("person_id", flat=True).distinct()
        )
    )


@transaction.atomic
def withdraw(viewer: Viewer, request: ContactRequest) -> bool:
    """Nobody asks for it any more. False when it was answered meanwhile."""
    row = lock(ContactRequest, request.pk)
    if row.state != State.ASKED:
        return False
    _settle(row, State.WITHDRAWN)
    return True


@transaction.atomic
def answer(viewer: Viewer, request: ContactRequest, *, accepts: bool, word: str) -> bool:
    """Accept, and the person is corrected as the office corrects anybody; or refuse, with a word. False when it was done already."""
    row = lock(ContactRequest, request.pk)
    if row.state != State.ASKED:
        return False
    row.answered_by, row.answered_at, row.word = viewer.person, timezone.now(), word
    _settle(row, State.ACCEPTED if accepts else State.REFUSED)
    if accepts:
        person = Person.objects.get(pk=row.person_id)
        address = Address.objects.filter(person=person).first()
        values: dict[str, object] = {row.field: row.value}
        if row.field == Kind.ADDRESS:
            values["is_protected"] = bool(address and address.is_protected)
        corrections.correct(viewer, person, values, corrections.mark_of(person, address))
    verb = "directory.contact_accepted" if accepts else "directory.contact_refused"
    journal.record(viewer, verb, row, subject_id=row.person_id)
    notices.publish(
        notices.News(
            kind=ANSWERED,
            person_id=row.person_id,
            key=str(row.pk),
            url=reverse("directory:own_contact"),
            seat="guardian",
            facts={"school": row.school.name},
        )
    )
    return True


def _settle(row: ContactRequest, state: str) -> None:
    row.state = state
    row.save(update_fields=["state", "answered_by", "answered_at", "word"])
    notices.settle(ASKED, f"{row.pk}-{row.asked_at:%Y%m%d%H%M%S%f}")


def forget_requests(person_id: int) -> int:
    """What somebody asked goes with them."""
    return ContactRequest.objects.filter(person=person_id).delete()[0]
