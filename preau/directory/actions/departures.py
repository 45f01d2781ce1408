"""What happens to those who have left: their school is told, they are kept longer, or they are erased at term."""

from datetime import date
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import ErasureNotice, Hold, Holding, Leaver, Person, School
from preau.directory.queries import departures
from preau.directory.rules.departures import erased_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards, dates, journal, notices
from preau.foundation.locks import lock

log = structlog.get_logger(__name__)
TOLD = "directory.erasure_soon"


class MovedOn(Exception):
    """Somebody else has changed what is kept since the page was shown, or the person is erased."""


# Kept longer


def mark_of(hold: Hold | None) -> str:
    """What is asked, as a form keeps it; "" when nothing is."""
    return hold.held_at.isoformat() if hold else ""


def hold_of(viewer: Viewer, leaver: Leaver) -> Hold | None:
    """What the viewer's school has asked for this person."""
    return Hold.objects.visible_to(viewer).select_related("held_by").filter(person=leaver.pk).first()


@transaction.atomic
def keep_longer(viewer: Viewer, leaver: Leaver, *, last_day: date, reason: str, seen: str) -> None:
    """Keep a leaver until `last_day` included. Raises MovedOn."""
    if lock(Person, leaver.pk).erased_at:
        raise MovedOn
    known = hold_of(viewer, leaver)
    if known and (known.last_day, known.reason) == (last_day, reason):
        # The second of two clicks.
        return
    if mark_of(known) != seen:
        raise MovedOn
    fields = {"last_day": last_day, "reason": reason, "held_by": viewer.person, "held_at": timezone.now()}
    hold, _made = Hold.objects.update_or_create(
        person_id=leaver.pk, school_id=viewer.school_id or 0, defaults=fields
    )
    # Told again a week before the new day.
    ErasureNotice.objects.filter(person=leaver.pk).delete()
    journal.record(viewer, "directory.leaver_held", hold, subject_id=leaver.pk, until=last_day.isoformat())


@transaction.atomic
def let_go(viewer: Viewer, leaver: Leaver, *, seen: str) -> bool:
    """Take back what the school asked: the term is again that of everyone. False when nothing was asked. Raises MovedOn."""
    lock(Person, leaver.pk)
    known = hold_of(viewer, leaver)
    if known is None:
        return False
    if mark_of(known) != seen:
        raise MovedOn
    journal.record(viewer, "directory.leaver_let_go", known, subject_id=leaver.pk)
    known.delete()
    return True


# Told a week before


def tell_of_erasures(today: date) -> int:
    """Tell each school, once, how many of its leavers are erased a week from now; returns how many people were told of."""
    schools = School.objects.filter(holdings__ends__lte=today).distinct().order_by("pk")
    return sum(_tell_school(school, today) for school in schools)


@transaction.atomic
def _tell_school(school: School, today: date) -> int:
    """The notice and the note of it are one transaction: neither exists without the other."""
    here: Any = Leaver.objects.of_school(school.pk, today).to_tell(today)
    since: dict[int, date] = dict(here.filter(left_on=F("left_here")).values_list("pk", "left_on"))
    if not since:
        return 0
    holds = departures.holds_of(list(since), today)
    days = [
        erased_on(left_on, today, held_until=max(holds.get(pk, {}).values(), default=None))
        for pk, left_on in since.items()
    ]
    _publish(school, today, min(days), len(days))
    ErasureNotice.objects.bulk_create(
        [ErasureNotice(person_id=pk, told_on=today) for pk in since],
        500,
        update_conflicts=True,
        update_fields=["told_on"],
        unique_fields=["person"],
    )
    return len(since)


def _publish(school: School, today: date, first: date, count: int) -> None:
    """One notice for whoever keeps the directory of the school. A figure and a day: no name is in what is told."""
    held = Holding.objects.active(today).filter(school=school, role__in=[Role.HEAD, Role.SECRETARY])
    facts: dict[str, str | int] = {"school": school.name, "day": dates.day(first), "count": count}
    notices.publish(
        *(
            notices.News(
                kind=TOLD,
                person_id=person_id,
                key=f"{school.pk}-{today}",
                url=reverse("directory:departures"),
                school_id=school.pk,
                seat=f"staff-{school.pk}",
                facts=facts,
            )
            for person_id in held.values_list("person_id", flat=True).distinct()
        )
    )


# Erased at term


def erase_some(today: date, most: int) -> int:
    """Erase at most so many people whose term has come, each in a transaction of its own; returns how many."""
    past: Any = Leaver.objects.past_term(today)
    people = list(past.order_by("left_on", "pk").values_list("pk", flat=True)[:most])
    return sum(_erased(person_id, today) for person_id in people)


def _erased(person_id: int, today: date) -> bool:
    """One who cannot be erased is told to the logs, and does not keep the others."""
    try:
        return erase(person_id, today)
    except Exception:
        log.exception("person_not_erased", person_id=person_id)
        return False


@transaction.atomic
def erase(person_id: int, today: date) -> bool:
    """Run every `forget` of the personal data board for a leaver past their term. False when they are not, any more."""
    lock(Person, person_id)
    if not Leaver.objects.past_term(today).filter(pk=person_id).exists():
        return False
    _forget(person_id)
    return True


@transaction.atomic
def erase_again(person_id: int) -> None:
    """Erase at once somebody whom a restored backup brought back after they were erased, or whose only school ends its contract."""
    lock(Person, person_id)
    _forget(person_id)


def _forget(person_id: int) -> None:
    school_id = _last_school(person_id)
    for entry in boards.personal_data:
        if entry.forget:
            entry.forget(person_id)
    journal.write(
        journal.Line(
            verb="directory.person_erased",
            school_id=school_id,
            target="directory.person",
            target_id=person_id,
            subject_id=person_id,
        )
    )


def _last_school(person_id: int) -> int | None:
    """Where they were last, else where the last of the pupils was for whom they answered."""
    held = Holding.objects.exclude(school=None).order_by("-ends", "-pk")
    own = held.filter(person=person_id).values_list("school_id", flat=True)
    return (
        own.first()
        or held.filter(person__guardianships__guardian=person_id, role=Role.PUPIL)
        .values_list("school_id", flat=True)
        .first()
    )


def drop_past_holds(today: date) -> int:
    """What kept somebody until a day that is past says nothing more; returns how many."""
    return Hold.objects.filter(last_day__lt=today).delete()[0]
