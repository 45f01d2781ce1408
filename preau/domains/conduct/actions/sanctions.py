"""A disciplinary procedure: opened, answered, decided; and the sanction, erased on its day."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from preau.directory.calendar import is_public_holiday
from preau.directory.models import Person, School, SchoolYear
from preau.directory.rules.terms import end_of_year
from preau.directory.viewer import Viewer
from preau.domains.conduct import rules
from preau.domains.conduct.actions import telling
from preau.domains.conduct.models import (
    Contract,
    Incident,
    Observation,
    Punition,
    RegisterLine,
    Sanction,
    Slot,
)
from preau.foundation import journal
from preau.foundation.locks import lock

State = Sanction.State
Years = list[tuple[date, date]]


class TooEarly(Exception):
    """The pupil may still answer."""


class Decided(Exception):
    """Somebody has decided, or dropped it, in the meantime."""


@dataclass(frozen=True)
class Charge:
    """What a pupil is told at the beginning."""

    authority: str
    facts: str
    defend_until: date
    incident: Incident | None = None


@dataclass(frozen=True)
class Decision:
    """What was decided. `register`: the facts as the register tells them, without a name."""

    kind: str
    grounds: str
    register: str
    starts: date | None = None
    ends: date | None = None
    suspended_until: date | None = None

    @property
    def days(self) -> int | None:
        return (self.ends - self.starts).days + 1 if self.starts and self.ends else None


def years_of(school_id: int) -> Years:
    """The first and last days of the years that a school knows."""
    return list(
        SchoolYear.objects.filter(school_id=school_id).order_by("starts").values_list("starts", "ends")
    )


def first_answer_day(viewer: Viewer) -> date:
    """The last day of the shortest delay that may be given today: two working days (article R. 421-10-1)."""
    zone = viewer.school.holiday_zone if viewer.school else ""
    return rules.working_day_after(
        viewer.today, rules.DAYS_TO_ANSWER, lambda day: is_public_holiday(day, zone)
    )


# No line of the journal names the pupil of a sanction: lines are kept three years, and a sanction often less.


@transaction.atomic
def open_procedure(viewer: Viewer, pupil: Person, charge: Charge, sent_as: str = "") -> Sanction:
    """Tell a pupil and their family what they are said to have done, and until when they may answer."""
    known = Sanction.objects.filter(opened_by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    sanction: Sanction = Sanction.objects.create(
        school_id=rules.school_of(viewer),
        pupil=pupil,
        incident=charge.incident,
        authority=charge.authority,
        facts=charge.facts,
        opened_by=viewer.person,
        told_on=viewer.today,
        defend_until=charge.defend_until,
        sent_as=sent_as,
    )
    journal.record(viewer, "conduct.procedure_opened", sanction)
    telling.tell_of_sanction(sanction, "opened")
    return sanction


def _locked(sanction: Sanction) -> Sanction:
    found = lock(Sanction, sanction.pk)
    if not found.is_open:
        raise Decided
    return found


@transaction.atomic
def answer(viewer: Viewer, sanction: Sanction, text: str) -> bool:
    """Add what a pupil or a guardian answers. Raises Decided; False when the same words are there already."""
    sanction = _locked(sanction)
    own = sanction.observations.filter(by=viewer.person)
    if own.filter(text=text).exists():
        return False
    Observation.objects.create(
        school_id=sanction.school_id, sanction=sanction, by=viewer.person, text=text, at=timezone.now()
    )
    journal.record(viewer, "conduct.procedure_answered", sanction)
    return True


@transaction.atomic
def pronounce(viewer: Viewer, sanction: Sanction, decision: Decision) -> Sanction:
    """Decide, and enter a line without a name in the register. Raises TooEarly, Decided."""
    sanction = _locked(sanction)
    if viewer.today <= sanction.defend_until:
        raise TooEarly
    line = RegisterLine.objects.create(
        school_id=sanction.school_id,
        pronounced_on=viewer.today,
        kind=decision.kind,
        authority=sanction.authority,
        days=decision.days,
        is_suspended=decision.suspended_until is not None,
        facts=decision.register,
    )
    for name in ("kind", "grounds", "starts", "ends", "suspended_until"):
        setattr(sanction, name, getattr(decision, name))
    sanction.state, sanction.register_line = State.PRONOUNCED, line
    sanction.pronounced_on, sanction.pronounced_by = viewer.today, viewer.person
    sanction.kept_until = rules.kept_until(decision.kind, viewer.today, years_of(sanction.school_id))
    sanction.save()
    journal.record(viewer, "conduct.sanction_pronounced", sanction)
    telling.settle_sanction(sanction)
    telling.tell_of_sanction(sanction, "pronounced")
    return sanction


@transaction.atomic
def drop(viewer: Viewer, sanction: Sanction) -> bool:
    """Nothing is decided: the procedure leaves the file at the end of the year. False when it was decided already."""
    try:
        sanction = _locked(sanction)
    except Decided:
        return False
    sanction.state = State.DROPPED
    sanction.kept_until = end_of_year(viewer.today, 0, years_of(sanction.school_id))
    sanction.save(update_fields=["state", "kept_until"])
    journal.record(viewer, "conduct.procedure_dropped", sanction)
    telling.settle_sanction(sanction)
    telling.tell_of_sanction(sanction, "dropped")
    return True


@transaction.atomic
def erase(viewer: Viewer, sanction: Sanction) -> bool:
    """Erase before the term, when a pupil who changes school asks for it (article R. 511-13, IV). The register stays.

    False while the procedure goes on: it is decided or dropped first.
    """
    found = Sanction.objects.select_for_update(of=("self",)).filter(pk=sanction.pk).first()
    if found is None or found.is_open:
        return False
    telling.settle_sanction(found)
    journal.record(viewer, "conduct.sanction_erased", found)
    found.delete()
    return True


@transaction.atomic
def erase_at_term(school: School, today: date, *, dry_run: bool = False) -> Counter[str]:
    """Erase what a school may not keep any more; returns how many of each. A dry run only counts."""
    found: Counter[str] = Counter()
    last = last_day_of_incidents(school.pk, today)
    tables = {
        "sanctions": Sanction.objects.filter(kept_until__lt=today),
        "procedures": Sanction.objects.filter(state=State.OPEN, told_on__lte=last),
        "punitions": Punition.objects.filter(day__lte=last),
        "slots": Slot.objects.filter(day__lte=last).exclude(detentions__punition__day__gt=last),
        "incidents": Incident.objects.filter(day__lte=last),
        "contracts": Contract.objects.filter(ends__lte=last),
    }
    for name, rows in tables.items():
        pks = list(rows.filter(school=school).values_list("pk", flat=True))
        found[name] = len(pks)
        if pks and not dry_run:
            rows.filter(pk__in=pks).delete()
    if not dry_run and found.total():
        journal.write(
            journal.Line(
                "conduct.erased_at_term",
                school_id=school.pk,
                target="directory.school",
                target_id=school.pk,
                details={name: count for name, count in found.items() if count},
            )
        )
    return found


def last_day_of_incidents(school_id: int, today: date) -> date:
    """The last day of which incidents and punitions are past their term: the year of that day and the next one are over."""
    years = years_of(school_id)
    over = [ends for _starts, ends in years if end_of_year(ends, rules.YEARS_OF_INCIDENTS, years) < today]
    return max(over, default=date.min)


def today_in(school: School) -> date:
    return timezone.localdate(timezone.now(), ZoneInfo(school.timezone))


def forget_sanctions(person_id: int) -> int:
    """Whoever has left the school has no file here any more."""
    return Sanction.objects.filter(pupil_id=person_id).delete()[0]


def forget_observations(person_id: int) -> int:
    return Observation.objects.filter(by_id=person_id).delete()[0]
