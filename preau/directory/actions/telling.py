"""Telling the people of a school where a delivery stands, and its work how it ends. Figures only: no name is in what is told."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory import rules
from preau.directory.models import Delivery, Holding
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates, notices, works

READS, APPLIES = "directory.read-", "directory.apply-"
TO_DECIDE = ("directory.delivery_to_check", "directory.delivery_to_approve")


def tell_to_decide(delivery: Delivery, *, blocked: bool) -> None:
    """It is read: whoever brought it checks it; a large departure waits for somebody else."""
    if not blocked:
        _tell(delivery, "directory.delivery_to_check", _bringer(delivery))
        return
    held = Holding.objects.filter(active_on(_today(delivery)), school=delivery.school)
    keepers = held.filter(role__in=[Role.HEAD, Role.SECRETARY]).exclude(person_id=delivery.brought_by_id)
    _tell(delivery, "directory.delivery_to_approve", keepers.values_list("person_id", flat=True).distinct())


def tell_done(delivery: Delivery) -> None:
    """It is applied."""
    share = delivery.shares.filter(school=delivery.school).first()
    counts = share.counts if share else {}
    facts = {
        "arrivals": counts.get("arrivals", 0),
        "departures": counts.get("departures", 0),
        "aside": delivery.report.get("totals", {}).get("quarantined", 0),
    }
    _tell(delivery, "directory.delivery_applied", _bringer(delivery), **facts)


def tell_refused(delivery: Delivery) -> None:
    """It could not be read, or its work did not end: nothing was applied."""
    _tell(delivery, "directory.delivery_refused", _bringer(delivery))


def start_work(viewer: Viewer, delivery: Delivery) -> None:
    """Somebody asked for what the state of the delivery says: to read it, which may be given up, or to apply it, which may not."""
    applies = delivery.state == Delivery.State.APPLYING
    works.start(
        works.Asked(
            key=work_of(delivery.pk, delivery.state),
            label=_("Application d’une livraison") if applies else _("Lecture d’une livraison"),
            person_id=viewer.person.pk,
            url=reverse("directory:delivery", kwargs={"pk": delivery.pk}),
            school_id=delivery.school_id,
            seat=viewer.key,
            can_stop=not applies,
        )
    )


def end_work(delivery: Delivery, ending: works.Ending) -> None:
    """What the delivery was at ends; said before it moves on."""
    works.end(work_of(delivery.pk, delivery.state), ending=ending)


def work_of(delivery_id: int, state: str) -> str:
    """The key of the work that a delivery of this state is at, or was at last."""
    return f"{APPLIES if state == Delivery.State.APPLYING else READS}{delivery_id}"


def read_by(key: str) -> int | None:
    """The delivery that the work of this key reads; None when it does something else."""
    number = key.removeprefix(READS)
    return int(number) if key.startswith(READS) and number.isdecimal() else None


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
                kind=kind, person_id=person_id, key=_key(delivery), url=url, school_id=school.pk,
                seat=f"staff-{school.pk}", facts={"school": school.name, "day": day, **facts},
            )
            for person_id in person_ids
        )
    )  # fmt: skip


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
