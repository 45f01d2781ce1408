"""Observations and encouragements, for one pupil or several at once; and what is forgotten of somebody."""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Guardianship, Person, School
from preau.directory.viewer import Viewer
from preau.domains.liaison.models import Remark
from preau.foundation import journal, notices
from preau.foundation.locks import lock

REMARKED = "liaison.remarked"


@transaction.atomic
def remark(viewer: Viewer, pupils: Sequence[Person], kind: str, said: str, sent_as: str) -> int:
    """One line in the notebook of each pupil; returns how many. The same form sent twice adds nothing."""
    lock(Person, viewer.person.pk)
    known = Remark.objects.filter(by=viewer.person.pk, sent_as=sent_as).exclude(sent_as="")
    if known.exists():
        return 0
    now, school = timezone.now(), _school(viewer)
    made = Remark.objects.bulk_create(
        Remark(
            school=school,
            pupil=pupil,
            kind=kind,
            text=said,
            day=viewer.today,
            by=viewer.person,
            at=now,
            sent_as=sent_as,
        )
        for pupil in pupils
    )
    for one in made:
        journal.record(viewer, "liaison.remarked", one, subject_id=one.pupil_id)
    _tell(viewer, {one.pupil_id: one for one in made})
    return len(made)


def _school(viewer: Viewer) -> School:
    if viewer.school is None:
        raise ValueError("A line of a notebook is written in a school.")
    return viewer.school


def _tell(viewer: Viewer, made: dict[int, Remark]) -> None:
    links = Guardianship.objects.informed(viewer.today).of_another().filter(pupil__in=list(made))
    school = viewer.school.name if viewer.school else ""
    notices.publish(
        *(
            notices.News(
                kind=REMARKED,
                person_id=guardian,
                key=str(made[pupil].pk),
                url=reverse("liaison:book"),
                facts={"school": school},
                school_id=viewer.school_id,
                about_id=pupil,
            )
            for pupil, guardian in links.order_by("pk").values_list("pupil_id", "guardian_id")
        )
    )


@transaction.atomic
def remove(viewer: Viewer, one: Remark) -> bool:
    """Its author takes it back; the journal keeps that it was there."""
    found = Remark.objects.filter(pk=one.pk, by=viewer.person.pk).first()
    if found is None:
        return False
    notices.settle(REMARKED, str(found.pk))
    journal.record(viewer, "liaison.remark_removed", found, subject_id=found.pupil_id)
    found.delete()
    return True


@transaction.atomic
def forget_remarks(person_id: int) -> int:
    """What was said of a pupil goes with them; what they wrote of others stays, without their name."""
    return Remark.objects.filter(pupil_id=person_id).delete()[0]
