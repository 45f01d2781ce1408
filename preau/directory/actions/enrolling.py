"""Writing one person down by hand, before any file brings them: a pupil and their guardians, somebody who works here.

The file that lists them later takes these rows over (docs/decisions/0153).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.directory.actions.corrections import live, signed
from preau.directory.models import (
    Address,
    Correction,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Guest,
    Holding,
    Person,
    School,
)
from preau.directory.rules.office import by_hand, takes_back
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Kinship, Role
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.foundation.text import fold

A_DAY = timedelta(days=1)
Kind = Correction.Kind


class LooksLike(Exception):
    """Somebody wrote the same person down while the form was open: `people` are shown before anything is written."""

    def __init__(self, people: list[Person]) -> None:
        super().__init__()
        self.people = people


class NotOurs(Exception):
    """The person chosen is not for this viewer to write down: of another school by now, or of their own family."""


@dataclass(frozen=True)
class Written:
    """Who somebody is, as a form says it. `known`: the person of the school that they are; `apart`: they are none of those shown."""

    family_name: str
    given_name: str
    civility: str = ""
    birth_name: str = ""
    birth_date: date | None = None
    email: str = ""
    phone: str = ""
    known: Person | None = None
    apart: frozenset[int] = frozenset()

    @property
    def search_name(self) -> str:
        return fold(f"{self.family_name} {self.given_name}")[:220]

    def create(self) -> Person:
        names = ("family_name", "given_name", "civility", "birth_name", "birth_date", "email", "phone")
        return Person.objects.create(**{name: getattr(self, name) for name in names})


@dataclass(frozen=True)
class WrittenGuardian:
    who: Written
    kinship: Kinship
    authority: Authority
    lives_with: bool
    lines: str = ""
    is_protected: bool = False


@dataclass(frozen=True)
class WrittenPupil:
    who: Written
    group: Group
    first_day: date
    guardians: tuple[WrittenGuardian, ...] = ()


@dataclass(frozen=True)
class WrittenStaff:
    """`last_day` is included; None for who stays. `reason` is why somebody comes until a day."""

    who: Written
    role: Role
    title: str
    first_day: date
    last_day: date | None = None
    reason: str = ""


@transaction.atomic
def enrol(viewer: Viewer, sent: WrittenPupil) -> Person:
    """Write a pupil and their guardians down. The same form sent twice enrols once. Raises LooksLike, NotOurs."""
    lock(School, viewer.school_id)
    pupil = sent.who.known
    if pupil and not takes_back(viewer, pupil):
        raise NotOurs
    if any(one.who.known == viewer.person for one in sent.guardians):
        raise NotOurs
    if pupil is None:
        twins = _twins(viewer, sent.who)
        if again := _written_by(viewer, twins):
            return again
        if new := [one for one in twins if one.pk not in sent.who.apart]:
            raise LooksLike(new)
        pupil = sent.who.create()
    if not _give(viewer, pupil, Role.PUPIL):
        return pupil
    _place(viewer, pupil, sent)
    for number, guardian in enumerate(sent.guardians, 1):
        _answer_for(viewer, pupil, guardian, number)
    journal.record(viewer, "directory.pupil_enrolled", pupil, subject_id=pupil.pk)
    return pupil


def _twins(viewer: Viewer, who: Written) -> list[Person]:
    """Pupils of the school who bear the same names and were born the same day."""
    here = Holding.objects.filter(school=viewer.school_id, role=Role.PUPIL).values("person_id")
    found = Person.objects.filter(
        pk__in=here, search_name=who.search_name, birth_date=who.birth_date, erased_at=None
    )
    return list(found)


def _written_by(viewer: Viewer, twins: list[Person]) -> Person | None:
    """The pupil whom the first of two clicks wrote."""
    mine = Correction.objects.filter(
        person__in=twins,
        field=Kind.ENROLMENT,
        by=viewer.person.pk,
        at__gte=timezone.now() - timedelta(minutes=10),
    )
    found = mine.select_related("person").first()
    return found.person if found else None


def _give(viewer: Viewer, person: Person, role: Role, **more: Any) -> bool:
    """The role here from today, or from `starts`; False when the person holds it already."""
    held = Holding.objects.active(viewer.today).filter(person=person, school=viewer.school_id, role=role)
    if held.exists():
        return False
    given = {"starts": viewer.today, "given_by": viewer.person} | more
    Holding.objects.create(person=person, school_id=viewer.school_id, role=role, **given)
    return True


def _place(viewer: Viewer, pupil: Person, sent: WrittenPupil) -> None:
    """A pupil who comes back is no leaver any more; the class begins on its day, the file today."""
    Correction.objects.filter(person=pupil, field__in=[Kind.DEPARTURE, Kind.CLASS]).delete()
    Enrolment.objects.create(
        school_id=viewer.school_id or 0, group=sent.group, pupil=pupil, starts=sent.first_day
    )
    _note(viewer, pupil, sent.group.name)


def _note(viewer: Viewer, person: Person, value: str) -> None:
    """For whoever keys the official file: this person is not there yet."""
    values = signed(viewer, value=value[:254], told="", before={})
    Correction.objects.update_or_create(person=person, field=Kind.ENROLMENT, defaults=values)


@transaction.atomic
def add_guardian(viewer: Viewer, pupil: Person, sent: WrittenGuardian) -> bool:
    """One more person who answers for a pupil; False when they are in the file already. Raises NotOurs."""
    lock(School, viewer.school_id)
    if sent.who.known == viewer.person:
        raise NotOurs
    links = Guardianship.objects.active(viewer.today).of_another().filter(pupil=pupil)
    if sent.who.known is None and links.filter(guardian__search_name=sent.who.search_name).exists():
        # The first of two clicks wrote them.
        return False
    return _answer_for(viewer, pupil, sent, links.count() + 1)


def _answer_for(viewer: Viewer, pupil: Person, sent: WrittenGuardian, number: int) -> bool:
    """Link them; False when they were, or when a judge ended it."""
    guardian = sent.who.known
    if guardian is None:
        guardian = sent.who.create()
        _note(viewer, guardian, pupil.full_name)
    links = Guardianship.objects.filter(pupil=pupil, guardian=guardian)
    judged = links.filter(Q(may_not_be_informed=True) | Q(ruled_on__isnull=False))
    if judged.exists() and not links.filter(ends=None).exists():
        # A judge's word outlives a departure: what it ended is opened again where it is noted, and nowhere else.
        return False
    link, made = Guardianship.objects.get_or_create(
        pupil=pupil,
        guardian=guardian,
        ends=None,
        defaults={
            "authority": sent.authority,
            "kinship": sent.kinship,
            "contact_priority": number,
            "lives_with": sent.lives_with,
            "starts": viewer.today,
        },
    )
    if made:
        journal.record(viewer, "directory.guardian_added", link, subject_id=pupil.pk)
    _house(viewer, pupil, guardian, sent)
    return made


def _house(viewer: Viewer, pupil: Person, guardian: Person, sent: WrittenGuardian) -> None:
    """Where the guardian lives, and the pupil with them. What is protected already is never opened by a form that leaves a box empty."""
    if not sent.lines:
        return
    for person in [guardian, pupil] if sent.lives_with else [guardian]:
        known = Address.objects.filter(person=person).first()
        if known is None or person is guardian:
            live(
                viewer, person, sent.lines, protected=sent.is_protected or bool(known and known.is_protected)
            )


@transaction.atomic
def engage(viewer: Viewer, sent: WrittenStaff) -> Person:
    """Write somebody who works here down, from a day and until one when it is said. The same form sent twice writes once. Raises LooksLike."""
    lock(School, viewer.school_id)
    person = sent.who.known
    if person is None:
        twins = _colleagues(viewer, sent.who)
        if again := _written_by(viewer, twins):
            return again
        if new := [one for one in twins if one.pk not in sent.who.apart]:
            raise LooksLike(new)
        person = sent.who.create()
    ends = sent.last_day + A_DAY if sent.last_day else None
    if not _give(viewer, person, sent.role, starts=sent.first_day, ends=ends, title=sent.title):
        return person
    if not ExternalId.objects.filter(person=person, kind="person").exists():
        _note(viewer, person, sent.title or str(sent.role.label))
    if ends:
        holding = Holding.objects.filter(person=person, school=viewer.school_id, ends=ends).latest("pk")
        Guest.objects.create(holding=holding, reason=sent.reason, invited_at=timezone.now())
    until = {"until": sent.last_day.isoformat()} if sent.last_day else {}
    journal.record(viewer, "directory.staff_engaged", person, subject_id=person.pk, **until)
    return person


@transaction.atomic
def dismiss(viewer: Viewer, person: Person) -> bool:
    """Whoever was written down by hand works here no more, from today: a substitute who never came. False when it was done already."""
    lock(Person, person.pk)
    held = list(by_hand(viewer, person))
    for row in held:
        row.ends, row.scope = max(viewer.today, row.starts or viewer.today), {}
        row.save(update_fields=["ends", "scope"])
    if held:
        Correction.objects.filter(person=person, school=viewer.school_id, field=Kind.ENROLMENT).delete()
        journal.record(viewer, "directory.staff_dismissed", person, subject_id=person.pk)
    return bool(held)


def _colleagues(viewer: Viewer, who: Written) -> list[Person]:
    """Those of the same names who work or worked here."""
    held = Holding.objects.filter(school=viewer.school_id).exclude(role=Role.PUPIL).values("person_id")
    return list(Person.objects.filter(pk__in=held, search_name=who.search_name, erased_at=None))
