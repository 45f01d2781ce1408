"""What is told of a request: to whoever asked, step by step, and to those who answer. What is asked and who asks in a word; never
what it says, nor a name: those are on the page of the request, which opens to those who answer."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.privacy.models import RIGHTS, DataRequest, Right
from preau.directory.models import Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.foundation import dates, notices

ARRIVED, SOON = "privacy.request_arrived", "privacy.request_due"
STEP, ANSWERED = "privacy.request_step", "privacy.request_answered"


def holders_for(request: DataRequest, today: date) -> list[int]:
    """Who may answer it: heads and whoever was given it, save who asked and the family of the person it is about."""
    held = Holding.objects.filter(active_on(today), school=request.school_id)
    able = set(held.filter(role=Role.HEAD).values_list("person_id", flat=True))
    able |= {holding.person_id for holding in held.exclude(scope={}) if RIGHTS in holding.given_on(today)}
    family = Guardianship.objects.filter(pupil=request.subject_id).values_list("guardian_id", flat=True)
    return sorted(able - {request.asked_by_id, request.subject_id, *family})


def tell_holders(kind: str, request: DataRequest, today: date) -> int:
    """A request has arrived, or its day comes near; returns how many were told."""
    facts = {
        "school": request.school.name,
        "day": dates.plain_day(request.due),
        "what": what_of(request),
        "who": who_of(request, today),
    }
    news = [
        notices.News(
            kind=kind,
            person_id=person,
            key=f"{request.pk}-{request.due}",
            school_id=request.school_id,
            url=reverse("privacy:handle", kwargs={"pk": request.pk}),
            seat=f"staff-{request.school_id}",
            facts=facts,
        )
        for person in holders_for(request, today)
    ]
    notices.publish(*news)
    return len(news)


def what_of(request: DataRequest) -> str:
    """« Corriger une erreur, effacer »: the rights that are asked, each once."""
    asked = dict.fromkeys(request.lines.order_by("pk").values_list("right", flat=True))
    summary = ", ".join(str(Right(right).label) for right in asked)
    return summary[:1] + summary[1:].lower()


def who_of(request: DataRequest, today: date) -> str:
    """Who asks and about whom, in a word that names nobody."""
    if request.subject_id != request.asked_by_id:
        return _("un responsable, sur les données d’un élève")
    held = Holding.objects.filter(active_on(today), school=request.school_id, person=request.asked_by_id)
    if held.filter(role=Role.PUPIL).exists():
        return _("un élève, sur ses propres données")
    if held.exists():
        return _("un membre du personnel, sur ses propres données")
    return _("un responsable, sur ses propres données")


def tell_asker(kind: str, request: DataRequest, key: str) -> None:
    about = request.subject_id if request.subject_id != request.asked_by_id else None
    notices.publish(
        notices.News(
            kind=kind,
            person_id=request.asked_by_id,
            key=f"{request.pk}-{key}",
            school_id=request.school_id,
            url=reverse("privacy:asked", kwargs={"pk": request.pk}),
            about_id=about,
            facts={"school": request.school.name, "day": dates.plain_day(request.due)},
        )
    )


def settle(requests: Iterable[DataRequest], *kinds: str) -> None:
    """There is nothing left to do about these."""
    keys = [
        f"{request.pk}-{day}"
        for request in requests
        for day in dict.fromkeys((request.first_due, request.due))
    ]
    for kind in kinds or (ARRIVED, SOON):
        if keys:
            notices.settle(kind, *keys)
