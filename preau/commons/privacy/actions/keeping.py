"""What time does: an answer is told, a day comes near, an old request goes, and so does that of an erased person."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.commons.privacy.actions import telling
from preau.commons.privacy.models import BEFORE_TOLD, DataRequest
from preau.foundation import dates, journal

WARNING = timedelta(days=5)
# Our choice, as long as the journal (docs/decisions/0109).
KEPT_MONTHS = 36


def tell_answers() -> int:
    """Tell the answers that nobody took back; returns how many."""
    due = DataRequest.objects.filter(
        state=DataRequest.State.ANSWERED, told_at=None, answered_at__lte=timezone.now() - BEFORE_TOLD
    )
    return sum(_tell(pk) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int) -> int:
    request = (
        DataRequest.objects.select_for_update(of=("self",))
        .select_related("school")
        .filter(pk=pk, state=DataRequest.State.ANSWERED, told_at=None)
        .first()
    )
    if request is None or request.answered_at > timezone.now() - BEFORE_TOLD:
        return 0
    request.told_at, request.told_to_id = timezone.now(), request.asked_by_id
    request.save(update_fields=["told_at", "told_to"])
    journal.write(
        journal.Line(
            "privacy.request_told",
            school_id=request.school_id,
            target="privacy.datarequest",
            target_id=request.pk,
            subject_id=request.subject_id,
        )
    )
    telling.tell_asker(telling.ANSWERED, request, "answered")
    return 1


def remind() -> int:
    """Tell those who answer of the requests whose day is five days away at most, once; returns how many requests."""
    far = timezone.localdate(timezone=ZoneInfo("Pacific/Kiritimati")) + WARNING
    count = 0
    for request in DataRequest.objects.waiting().filter(due__lte=far).select_related("school"):
        today = today_of(request)
        if request.due <= today + WARNING:
            with transaction.atomic():
                count += bool(telling.tell_holders(telling.SOON, request, today))
    return count


def today_of(request: DataRequest) -> date:
    return timezone.localdate(timezone=ZoneInfo(request.school.timezone))


@transaction.atomic
def erase_old() -> int:
    """Erase requests three years after they were answered or withdrawn; returns how many."""
    now = timezone.now()
    day = dates.months_later(now.date(), -KEPT_MONTHS)
    before = now.replace(year=day.year, month=day.month, day=day.day)
    old = DataRequest.objects.filter(Q(told_at__lt=before) | Q(withdrawn_at__lt=before))
    count = old.count()
    old.delete()
    return count


def forget_requests(person_id: int) -> int:
    """Erase what a person asked, and what was asked about them; the journal still says on which day it was answered."""
    return DataRequest.objects.filter(Q(asked_by=person_id) | Q(subject=person_id)).delete()[0]
