"""Telling the people of a school where a delivery stands. Figures only: no name is in what is told."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from preau.directory import rules
from preau.directory.models import Delivery, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.foundation import dates, notices

State = Delivery.State
TO_DECIDE = ("directory.delivery_to_check", "directory.delivery_to_approve")


def tell(delivery: Delivery) -> None:
    """What somebody is to hear of the state that it has reached."""
    by_state = {
        State.PREVIEW: _tell_to_check,
        State.BLOCKED: _tell_to_approve,
        State.DONE: _tell_done,
        State.REFUSED: _tell_refused,
    }
    if known := by_state.get(State(delivery.state)):
        known(delivery)


def _tell_to_check(delivery: Delivery) -> None:
    """It is read: whoever brought it checks it."""
    _tell(delivery, "directory.delivery_to_check", _bringer(delivery))


def _tell_to_approve(delivery: Delivery) -> None:
    """A large departure waits for somebody else."""
    held = Holding.objects.filter(active_on(_today(delivery)), school=delivery.school)
    keepers = held.filter(role__in=[Role.HEAD, Role.SECRETARY]).exclude(person_id=delivery.brought_by_id)
    _tell(delivery, "directory.delivery_to_approve", keepers.values_list("person_id", flat=True).distinct())


def _tell_done(delivery: Delivery) -> None:
    """It is applied."""
    share = delivery.shares.filter(school=delivery.school).first()
    counts = share.counts if share else {}
    facts = {
        "arrivals": counts.get("arrivals", 0),
        "departures": counts.get("departures", 0),
        "aside": delivery.report.get("totals", {}).get("quarantined", 0),
    }
    _tell(delivery, "directory.delivery_applied", _bringer(delivery), **facts)


def _tell_refused(delivery: Delivery) -> None:
    """It could not be read, or its work did not end: nothing was applied."""
    _tell(delivery, "directory.delivery_refused", _bringer(delivery))


def settle_decisions(delivery: Delivery) -> None:
    """Somebody decides, or nobody needs to any more; said before the delivery moves on."""
    for kind in TO_DECIDE:
        notices.settle(kind, _key(delivery))


def _tell(delivery: Delivery, kind: str, person_ids: Iterable[int], **facts: int) -> None:
    school = delivery.school
    if school is None:
        return
    day = dates.day(dates.local(delivery.brought_at, school.timezone).date())
    url = reverse("directory:delivery", kwargs={"pk": delivery.pk})
    notices.publish(
        *(
            notices.News(
                kind=kind,
                person_id=person_id,
                key=_key(delivery),
                url=url,
                school_id=school.pk,
                seat=f"staff-{school.pk}",
                facts={"school": school.name, "day": day, **facts},
            )
            for person_id in person_ids
        )
    )


def _key(delivery: Delivery) -> str:
    """A delivery may wait twice: read, then again if the directory has changed before it was applied."""
    return f"{delivery.pk}-{delivery.moved_at or delivery.brought_at:%Y%m%d%H%M%S%f}"


def _bringer(delivery: Delivery) -> list[int]:
    """Who brought it, while they keep the directory of that school."""
    person = delivery.brought_by
    if person is None or delivery.school is None:
        return []
    return [person.pk] if rules.approves(person, delivery.school.uai, _today(delivery)) else []


def _today(delivery: Delivery) -> date:
    return timezone.localdate(timezone=ZoneInfo(delivery.school.timezone) if delivery.school else None)
