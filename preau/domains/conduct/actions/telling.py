"""Telling people: school life of an incident, a family of what concerns its own child, and of nothing else."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.domains.conduct.models import Contract, Detention, Incident, Involvement, Punition, Sanction
from preau.foundation import dates, notices

TO_HANDLE, TOLD = "conduct.to_handle", "conduct.told"
PUNITION, DETENTION, LETTER = "conduct.punition", "conduct.detention", "conduct.letter"


def family_of(pupil_id: int, school_id: int) -> list[int]:
    """Who is told of what concerns a pupil: the guardians who may be informed, and the pupil, while one is here."""
    today = timezone.localdate()
    learns = Holding.objects.filter(
        active_on(today), person_id=pupil_id, school_id=school_id, role=Role.PUPIL
    )
    if not learns.exists():
        return []
    informed = Guardianship.objects.informed(today).of_another().filter(pupil_id=pupil_id)
    return [*informed.order_by("pk").values_list("guardian_id", flat=True), pupil_id]


def _tell(kind: str, key: str, pupil_id: int, school_id: int, url: str, **facts: str) -> None:
    notices.publish(
        *(
            notices.News(
                kind=kind,
                person_id=person,
                key=key,
                url=url,
                school_id=school_id,
                about_id=pupil_id,
                facts=facts,
            )
            for person in family_of(pupil_id, school_id)
        )
    )


def tell_school_life(incident: Incident) -> None:
    """An incident waits to be handled: for whoever runs school life, else for the head; never for its own author."""
    held = Holding.objects.filter(active_on(timezone.localdate()), school_id=incident.school_id)
    handlers = held.filter(role=Role.SCHOOL_LIFE) or held.filter(role=Role.HEAD)
    notices.publish(
        *(
            notices.News(
                kind=TO_HANDLE,
                person_id=person,
                key=str(incident.pk),
                school_id=incident.school_id,
                url=reverse("conduct:incident", kwargs={"pk": incident.pk}),
                seat=f"staff-{incident.school_id}",
                facts={"day": dates.day(incident.day), "school": incident.school.name},
            )
            for person in {handler.person_id for handler in handlers} - {incident.reported_by_id}
        )
    )


def settle_incident(incident: Incident) -> None:
    notices.settle(TO_HANDLE, str(incident.pk))


def tell_of_incident(involvement: Involvement) -> None:
    """The sentence written for this family is on its page; the news holds none of it."""
    incident = involvement.incident
    _tell(
        TOLD,
        str(involvement.pk),
        involvement.person_id,
        incident.school_id,
        reverse("conduct:followed"),
        day=dates.day(incident.day),
        school=incident.school.name,
    )


def punition_seen(punition: Punition, person_id: int) -> None:
    """This guardian has said that they read it; what told the others waits for them."""
    notices.seen(PUNITION, person_id, str(punition.pk))


def punitions_opened(person_id: int, punitions: Sequence[int]) -> None:
    """This person has read these on their page; « J’ai vu » is another word, which they still may say."""
    if punitions:
        notices.seen(PUNITION, person_id, *map(str, punitions))


def tell_of_punition(punition: Punition) -> None:
    _tell(
        PUNITION,
        str(punition.pk),
        punition.pupil_id,
        punition.school_id,
        reverse("conduct:followed"),
        day=dates.day(punition.day),
        school=punition.school.name,
    )


def tell_of_detention(detention: Detention) -> None:
    """When and where a detention is held; moved, it is another one, told anew."""
    slot, pupil = detention.slot, detention.punition.pupil_id
    _tell(
        DETENTION,
        str(detention.pk),
        pupil,
        detention.school_id,
        reverse("conduct:followed"),
        day=dates.day(slot.day),
        hours=slot.hours,
        school=slot.school.name,
    )


def settle_detention(detention: Detention) -> None:
    notices.settle(DETENTION, str(detention.pk))


def settle_punition(punition: Punition) -> None:
    notices.settle(PUNITION, str(punition.pk))


def tell_of_sanction(sanction: Sanction, step: str) -> None:
    """There is something to read. The news, kept six months, never says what: a sanction is erased at its own term."""
    _tell(
        LETTER,
        f"{sanction.pk}-{step}",
        sanction.pupil_id,
        sanction.school_id,
        reverse("conduct:followed"),
        school=sanction.school.name,
    )


def settle_sanction(sanction: Sanction) -> None:
    notices.settle(LETTER, f"{sanction.pk}-opened", f"{sanction.pk}-pronounced", f"{sanction.pk}-dropped")


def tell_of_contract(contract: Contract, step: str) -> None:
    """A contract was opened, followed or ended: there is something to read."""
    _tell(
        TOLD,
        f"contract-{contract.pk}-{step}",
        contract.pupil_id,
        contract.school_id,
        reverse("conduct:contract", kwargs={"pk": contract.pk}),
        day=dates.day(timezone.localdate()),
        school=contract.school.name,
    )
