"""Correcting one person by hand, beside what the files say, and taking a correction back (docs/decisions/0153)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.actions.comparing.local import as_said, is_same
from preau.directory.models import Address, Correction, Enrolment, ExternalId, Guardianship, Holding, Person
from preau.directory.viewer import Viewer
from preau.foundation import journal, notices
from preau.foundation.locks import lock

Kind = Correction.Kind
CORRECTED = "directory.contact_corrected"
IDENTITY = ("family_name", "given_name", "birth_name", "birth_date")
CONTACT = ("email", "phone")


class MovedOn(Exception):
    """Somebody else, or a delivery, has changed this person since the page was shown."""


def mark_of(person: Person, address: Address | None) -> str:
    """What the page showed, as a form keeps it: a digest, since an address of several lines does not come back as it went."""
    shown = [as_said(name, getattr(person, name)) for name in (*IDENTITY, *CONTACT)]
    shown += [address.lines if address else "", str(int(bool(address and address.is_protected)))]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


@transaction.atomic
def correct(viewer: Viewer, person: Person, told: dict[str, Any], seen: str) -> list[str]:
    """Give these values to a person, beside the source's; returns the columns that changed. Raises MovedOn."""
    row = lock(Person, person.pk)
    address = Address.objects.filter(person=row.pk).first()
    lines, protected = told.get("lines"), bool(told.get("is_protected"))
    changed = [name for name in (*IDENTITY, *CONTACT) if name in told and told[name] != getattr(row, name)]
    moved = lines is not None and (lines, protected) != _lived(address)
    if not changed and not moved:
        return []
    if mark_of(row, address) != seen:
        raise MovedOn
    if changed:
        _write(viewer, row, {name: told[name] for name in changed})
    if moved and lines is not None:
        live(viewer, row, lines, protected=protected)
        changed.append("address")
    journal.record(viewer, "directory.person_corrected", row, subject_id=row.pk, fields=" ".join(changed))
    tell(viewer, row, changed)
    return changed


def _lived(address: Address | None) -> tuple[str, bool]:
    return (address.lines, address.is_protected) if address else ("", False)


def _write(viewer: Viewer, person: Person, values: dict[str, Any]) -> None:
    """The columns, and a correction for each that a file has brought: what nobody else says needs no mark."""
    kept = {row.field: row for row in Correction.objects.filter(person=person.pk)}
    by_hand = Kind.ENROLMENT in kept or not ExternalId.objects.filter(person=person, kind="person").exists()
    for name, value in values.items():
        before, text = as_said(name, getattr(person, name)), as_said(name, value)
        setattr(person, name, value)
        known = kept.get(name)
        source = known.told if known else before
        if known and is_same(name, text, source):
            known.delete()
        elif not by_hand:
            Correction.objects.update_or_create(
                person=person, field=name, defaults=signed(viewer, value=text[:254], told=source[:254])
            )
    person.save(update_fields=list(values))


def signed(viewer: Viewer, **more: Any) -> dict[str, Any]:
    """A correction of this viewer, as new: nothing has contradicted it."""
    who = {"school_id": viewer.school_id, "by": viewer.person, "at": timezone.now()}
    return who | {"contradicted": 0, "contradicted_on": None} | more


def live(viewer: Viewer, person: Person, lines: str, *, protected: bool) -> None:
    """Write where somebody lives; an empty address is none, and protects nothing.

    A protected one is protected on the rows of the children who live there too: it would be read there otherwise.
    """
    if not lines:
        Address.objects.filter(person=person).delete()
        return
    values = {"lines": lines, "is_protected": protected, "by": viewer.person, "at": timezone.now()}
    Address.objects.update_or_create(person=person, defaults=values)
    if protected:
        wards = Guardianship.objects.active(viewer.today).filter(guardian=person).values("pupil_id")
        Address.objects.filter(person__in=wards, lines=lines).update(is_protected=True)


def tell(viewer: Viewer, person: Person, names: Iterable[str]) -> None:
    """Whoever is reached otherwise from now on hears of it: neither the old value nor the new one is in what is told."""
    if viewer.school and {*names} & {*CONTACT, "address"}:
        notices.publish(
            notices.News(
                kind=CORRECTED,
                person_id=person.pk,
                key=f"{person.pk}-{timezone.now():%Y%m%d%H%M%S%f}",
                url="/",
                school_id=viewer.school_id,
                facts={"school": viewer.school.name},
            )
        )


@transaction.atomic
def withdraw(viewer: Viewer, correction: Correction) -> bool:
    """Take a correction back: the person is again what the source said. False when it was done already."""
    row = Correction.objects.select_for_update().filter(pk=correction.pk).first()
    if row is None:
        return False
    person = lock(Person, row.person_id)
    if row.field == Kind.DEPARTURE:
        _stay(row)
    elif row.field == Kind.CLASS:
        _go_back(viewer, row)
    elif row.field != Kind.ENROLMENT:
        value = (
            (date.fromisoformat(row.told) if row.told else None) if row.field == Kind.BIRTH_DATE else row.told
        )
        setattr(person, row.field, value)
        person.save(update_fields=[row.field])
        tell(viewer, person, [row.field])
    row.delete()
    journal.record(viewer, "directory.correction_withdrawn", person, subject_id=person.pk, fields=row.field)
    return True


def former_ends(row: Correction | None, name: str) -> dict[int, date | None]:
    """When each of the rows that a departure ended would have ended by itself; None for one that would go on."""
    kept: Any = row.before.get(name, {}) if row else {}
    if isinstance(kept, list):
        # As departures were first written: of rows that would all go on.
        kept = dict.fromkeys(kept)
    return {int(pk): date.fromisoformat(day) if day else None for pk, day in kept.items()}


def _stay(row: Correction) -> None:
    """A pupil does not leave after all, or comes back: what the departure ended goes on, until its own end."""
    for pk, ends in former_ends(row, "holdings").items():
        Holding.objects.filter(pk=pk).update(ends=ends)
    _open_again(former_ends(row, "enrolments"))


def _open_again(former: Mapping[int, date | None]) -> None:
    """Enrolments that nobody opened again beside these, until their own end."""
    for one in Enrolment.objects.filter(pk__in=list(former)):
        ends = former[one.pk]
        if ends or not Enrolment.objects.filter(group=one.group_id, pupil=one.pupil_id, ends=None).exists():
            one.ends = ends
            one.save(update_fields=["ends"])


def _go_back(viewer: Viewer, row: Correction) -> None:
    """The former class again: from today when the pupil has been in the other one, as if nothing was otherwise."""
    opened = Enrolment.objects.filter(pk=row.before.get("opened"), ends=None).first()
    if opened is None:
        return
    if opened.starts and opened.starts < viewer.today:
        opened.ends = viewer.today
        opened.save(update_fields=["ends"])
        for one in Enrolment.objects.filter(pk__in=row.before.get("ended", ())):
            Enrolment.objects.get_or_create(
                group=one.group,
                pupil=one.pupil,
                ends=None,
                defaults={"school": one.school, "starts": viewer.today, "source": one.source},
            )
        return
    opened.delete()
    _open_again(dict.fromkeys(row.before.get("ended", ())))


def forget_corrections(person_id: int) -> int:
    """What was corrected of somebody goes with them."""
    return Correction.objects.filter(person=person_id).delete()[0]


def forget_address(person_id: int) -> int:
    return Address.objects.filter(person=person_id).delete()[0]


def settle_addresses(sender: object, kept: Person, other: Person, **_: Any) -> None:
    """Of two rows of one human being, an address that either protects stays protected."""
    if Address.objects.filter(person__in=[kept.pk, other.pk], is_protected=True).exists():
        Address.objects.filter(person__in=[kept.pk, other.pk]).update(is_protected=True)
