"""Preparing a measure of responsibility, agreeing to it, noting it done; opening a contract, following it, ending it."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.conduct import rules
from preau.domains.conduct.actions import telling
from preau.domains.conduct.models import Contract, ContractWeek, Responsibility, Sanction
from preau.foundation import dates, journal
from preau.foundation.locks import lock


class NotAgreed(Exception):
    """Outside of the school, it is not carried out before everybody has agreed and the agreement is signed."""


@dataclass(frozen=True)
class Measure:
    """Where, what and how long."""

    host: str
    is_outside: bool
    task: str
    hours: int
    signed_on: date | None = None


@dataclass(frozen=True)
class Goals:
    """What a pupil and the school set together."""

    goals: str
    help: str
    starts: date
    ends: date


@transaction.atomic
def prepare(viewer: Viewer, sanction: Sanction, measure: Measure) -> bool:
    """Write how a measure is carried out; another place, task or length is to be agreed to anew. False when nothing changed."""
    lock(Sanction, sanction.pk)
    known = Responsibility.objects.filter(sanction=sanction).first()
    was = known and Measure(known.host, known.is_outside, known.task, known.hours, known.signed_on)
    if was == measure or (known and known.is_done):
        return False
    row = known or Responsibility(school_id=sanction.school_id, sanction=sanction)
    if was and (was.host, was.is_outside, was.task, was.hours) != (
        measure.host,
        measure.is_outside,
        measure.task,
        measure.hours,
    ):
        row.pupil_agreed_on = row.guardian_agreed_on = None
    for name in ("host", "is_outside", "task", "hours", "signed_on"):
        setattr(row, name, getattr(measure, name))
    row.save()
    journal.record(viewer, "conduct.responsibility_prepared", sanction)
    telling.tell_of_sanction(sanction, f"prepared-{row.pk}")
    return True


@transaction.atomic
def agree(viewer: Viewer, responsibility: Responsibility) -> bool:
    """The pupil agrees, or one of those who answer for them; False when that is said already."""
    row = lock(Responsibility, responsibility.pk)
    name = "pupil_agreed_on" if viewer.profile == Profile.PUPIL else "guardian_agreed_on"
    if row.is_done or getattr(row, name):
        return False
    setattr(row, name, viewer.today)
    row.save(update_fields=[name])
    journal.record(viewer, "conduct.responsibility_agreed", row)
    return True


@transaction.atomic
def accomplish(viewer: Viewer, responsibility: Responsibility) -> bool:
    """It was carried out. Raises NotAgreed; False when it is noted already."""
    row = lock(Responsibility, responsibility.pk)
    if row.is_done:
        return False
    if not rules.is_agreed(row, row.sanction.pupil.age_on(viewer.today)):
        raise NotAgreed
    row.state = Responsibility.State.DONE
    row.save(update_fields=["state"])
    journal.record(viewer, "conduct.responsibility_done", row)
    return True


@transaction.atomic
def open_contract(viewer: Viewer, pupil: Person, goals: Goals, sent_as: str = "") -> Contract:
    """Set goals with a pupil for some weeks; the same form sent twice sets them once."""
    known = Contract.objects.filter(opened_by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    contract: Contract = Contract.objects.create(
        school_id=rules.school_of(viewer),
        pupil=pupil,
        goals=goals.goals,
        help=goals.help,
        starts=goals.starts,
        ends=goals.ends,
        opened_by=viewer.person,
        sent_as=sent_as,
    )
    journal.record(viewer, "conduct.contract_opened", contract, subject_id=pupil.pk)
    telling.tell_of_contract(contract, "opened")
    return contract


@transaction.atomic
def note_week(viewer: Viewer, contract: Contract, day: date, how: str, note: str) -> bool:
    """Say how the week of a day went; a note may be changed. False when nothing changed, or the contract is over."""
    contract = lock(Contract, contract.pk)
    monday = dates.monday_of(day)
    known = contract.weeks.filter(monday=monday).first()
    if not contract.is_running or (known and (known.how, known.note) == (how, note)):
        return False
    ContractWeek.objects.update_or_create(
        contract=contract,
        monday=monday,
        defaults={
            "school_id": contract.school_id,
            "how": how,
            "note": note,
            "noted_by": viewer.person,
            "noted_at": timezone.now(),
        },
    )
    journal.record(viewer, "conduct.contract_followed", contract, subject_id=contract.pupil_id)
    telling.tell_of_contract(contract, monday.isoformat())
    return True


@transaction.atomic
def end_contract(viewer: Viewer, contract: Contract, outcome: str) -> bool:
    """End it with what came of it; False when it is over already."""
    contract = lock(Contract, contract.pk)
    if not contract.is_running:
        return False
    contract.state, contract.outcome = Contract.State.ENDED, outcome
    contract.save(update_fields=["state", "outcome"])
    journal.record(viewer, "conduct.contract_ended", contract, subject_id=contract.pupil_id)
    telling.tell_of_contract(contract, "ended")
    return True


def forget_contracts(person_id: int) -> int:
    return Contract.objects.filter(pupil_id=person_id).delete()[0]
