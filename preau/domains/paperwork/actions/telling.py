"""News of collections: each person once of each, at the hours of the delivery policy (docs/decisions/0141)."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.asking import actions as asking
from preau.domains.paperwork.models import Collection, Dossier, Submission
from preau.domains.paperwork.queries import collections as queries
from preau.foundation import dates, notices

TOLD, REMINDED, PUT_OFF, REFUSED = (
    "paperwork.told",
    "paperwork.reminded",
    "paperwork.put_off",
    "paperwork.refused",
)
OF_A_DOSSIER = (TOLD, REMINDED, PUT_OFF, REFUSED)


@transaction.atomic
def tell(collection_id: int, dossiers: Sequence[int], why: str, mark: str) -> int:
    """Tell who must send something for these dossiers: those that miss nothing meanwhile are left alone; returns how many people.

    Run twice, it tells once: a key is told once to a person.
    """
    found = Collection.objects.select_related("school").filter(pk=collection_id)
    collection = found.filter(state=Collection.State.OPEN).first()
    if collection is None:
        return 0
    if why == PUT_OFF and mark != collection.last_day.isoformat():
        # Put off again before this task ran: another one tells the day that counts.
        return 0
    today = timezone.localdate(timezone=ZoneInfo(collection.school.timezone))
    still = set(queries.missing_in(collection, today)) & set(dossiers)
    count = 0
    for start in range(0, len(dossiers), asking.CHUNK):
        rows = Dossier.objects.filter(
            pk__in=[pk for pk in dossiers[start : start + asking.CHUNK] if pk in still]
        )
        count += _tell(collection, list(rows.select_related("pupil").order_by("pk")), why, mark, today)
    return count


def _tell(collection: Collection, rows: Sequence[Dossier], why: str, mark: str, today: object) -> int:
    asked = queries.people_asked([row.pupil for row in rows], today)
    news = [
        notices.News(
            kind=why,
            person_id=person,
            key=asking.key_of(row.pk, mark),
            url=page_of(row.pk),
            facts={
                "title": collection.title,
                "school": collection.school.name,
                "day": dates.day(collection.last_day),
                "waits": _("des documents à donner jusqu’au %(day)s")
                % {"day": dates.day(collection.last_day)},
            },
            school_id=collection.school_id,
            about_id=row.pupil_id,
            until=queries.end_of(collection),
        )
        for row in rows
        for person in asked.get(row.pupil_id, ())
    ]
    notices.publish(*news)
    return len(news)


def page_of(dossier_id: int) -> str:
    return reverse("paperwork:dossier", kwargs={"pk": dossier_id})


def tell_refusal(submission: Submission) -> None:
    """All who are asked today learn that the piece misses again; why, its sender alone reads on the page."""
    collection = submission.dossier.collection
    today = timezone.localdate(timezone=ZoneInfo(collection.school.timezone))
    pupil = submission.dossier.pupil
    news = [
        notices.News(
            kind=REFUSED,
            person_id=person,
            key=f"{submission.dossier_id}-{submission.pk}",
            url=page_of(submission.dossier_id),
            facts={
                "title": collection.title,
                "piece": submission.piece.label,
                "school": collection.school.name,
                "waits": _("un document à redonner"),
            },
            school_id=collection.school_id,
            about_id=pupil.pk,
        )
        for person in queries.people_asked([pupil], today).get(pupil.pk, ())
    ]
    notices.publish(*news)


def _dossiers(collection: Collection) -> "QuerySet[Dossier, int]":
    return collection.dossiers.order_by("pk").values_list("pk", flat=True)


def settle_put_off(collection: Collection) -> None:
    """The day that was told is not the last one any more."""
    asking.settle(_dossiers(collection), {PUT_OFF: [collection.last_day.isoformat()]})


def settle_refusal(submission: Submission) -> None:
    """It was sent anew, or the refusal taken back."""
    notices.settle(REFUSED, f"{submission.dossier_id}-{submission.pk}")


def settle(collection: Collection, dossiers: Iterable[int]) -> None:
    """Nothing is missing of these: what told of them counts as read, and what has not left does not leave."""
    marks: dict[str, Sequence[object]] = {
        TOLD: [""],
        REMINDED: asking.reminders_of(collection),
        PUT_OFF: [collection.last_day.isoformat()],
    }
    asking.settle(dossiers, marks)


def settle_all(collection: Collection) -> None:
    settle(collection, _dossiers(collection))
    refused = Submission.objects.current().filter(dossier__collection=collection, state="refused")
    sent = refused.order_by("pk").values_list("dossier_id", "pk")
    notices.settle(REFUSED, *(f"{dossier}-{pk}" for dossier, pk in sent))
