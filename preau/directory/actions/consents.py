"""Consents: asked by a school, said by each for themselves, noted from paper, taken back; and parents of pupils of age
(docs/decisions/0112). Every word is a new row: nothing that was said is written over."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone

from preau.directory.boards import Purpose
from preau.directory.models import (
    Consent,
    ConsentRequest,
    FamilyClosure,
    Guardianship,
    Holding,
    Person,
    School,
)
from preau.directory.models.consents import ASKERS
from preau.directory.models.scoping import active_on
from preau.directory.queries import consents as queries
from preau.directory.rules.authority import eighteen_years_before
from preau.directory.rules.consents import State
from preau.directory.viewer import Viewer, seats_of
from preau.directory.words import Profile, Role
from preau.foundation import journal, notices
from preau.foundation.locks import lock

ASKED, NOTED, REVOKED = "directory.consent_asked", "directory.consent_noted", "directory.consent_revoked"
OF_AGE, CHILD_OF_AGE = "directory.of_age", "directory.child_of_age"
CLOSED, CLOSED_HERE, REOPENED = (
    "directory.family_closed",
    "directory.family_closed_here",
    "directory.family_reopened",
)
A_BATCH = 200
# Somebody turned eighteen while no worker ran: they are still told.
LATE = 7

# Sent in the transaction: request_id, day of the reminder ("" the first time). A worker tells people.
telling = Signal()


class NotAsked(Exception):
    """Closed, or this person's word does not count any more."""


class TooSoon(Exception):
    """Reminded less than a week ago."""


def key_of(request: ConsentRequest, pupil_id: int, giver_id: int, day: str = "") -> str:
    return f"{request.pk}-{pupil_id}-{giver_id}{day}"


# The school asks


@transaction.atomic
def ask(viewer: Viewer, purpose: Purpose, about: str = "", words: str = "") -> tuple[ConsentRequest, bool]:
    """Ask, for this year; returns the request, and whether it is new. What a thing said before is closed. Raises NotAsked."""
    school = lock(School, viewer.school_id)
    if school.current_year_id is None:
        raise NotAsked
    version = ""
    if purpose.things is not None:
        thing = next((thing for thing in purpose.things(school.pk) if thing.key == about), None)
        if thing is None:
            raise NotAsked
        version = thing.version
    here = {"school": school, "year_id": school.current_year_id, "purpose": purpose.key, "about": about}
    now = timezone.now()
    known = ConsentRequest.objects.filter(**here, words=words, version=version, closed_at=None).first()
    if known:
        return known, False
    if about:
        ConsentRequest.objects.filter(**here, closed_at=None).update(closed_at=now)
    request = ConsentRequest.objects.create(
        **here, words=words, version=version, asked_by=viewer.person, asked_at=now
    )
    journal.record(viewer, "directory.consents_asked", request, purpose=purpose.key)
    telling.send(sender=ConsentRequest, request_id=request.pk, day="")
    return request, True


@transaction.atomic
def remind(viewer: Viewer, request: ConsentRequest) -> None:
    """Tell again those whose word is missing. Raises TooSoon, NotAsked."""
    request = lock(ConsentRequest, request.pk, "school")
    now = timezone.now()
    if not request.is_in_force:
        raise NotAsked
    if not queries.may_remind(request, now):
        raise TooSoon
    request.reminded_at = now
    request.save(update_fields=["reminded_at"])
    journal.record(viewer, "directory.consents_reminded", request)
    telling.send(sender=ConsentRequest, request_id=request.pk, day=f"{now:-%Y%m%d}")


@transaction.atomic
def close(viewer: Viewer, request: ConsentRequest) -> bool:
    """Ask it no more: nothing is allowed by it from now on. False when it was closed already."""
    request = lock(ConsentRequest, request.pk, "school")
    if request.is_closed:
        return False
    request.closed_at = timezone.now()
    request.save(update_fields=["closed_at"])
    journal.record(viewer, "directory.consents_closed", request)
    return True


def tell(request_id: int, day: str) -> int:
    """Tell whoever must answer, some at a time; told twice, nobody hears it twice. Returns how many."""
    request = ConsentRequest.objects.select_related("school").in_force().filter(pk=request_id).first()
    if request is None:
        return 0
    wanted = queries.to_tell(request, timezone.localdate(timezone=ZoneInfo(request.school.timezone)))
    public = dict(
        Person.objects.filter(pk__in={pupil for pupil, _giver in wanted}).values_list("pk", "public_id")
    )
    for start in range(0, len(wanted), A_BATCH):
        with transaction.atomic():
            notices.publish(
                *(
                    notices.News(
                        kind=ASKED,
                        person_id=giver,
                        key=key_of(request, pupil, giver, day),
                        about_id=pupil,
                        school_id=request.school_id,
                        facts={"school": request.school.name},
                        url=reverse("directory:consent", kwargs={"public_id": public[pupil]}),
                    )
                    for pupil, giver in wanted[start : start + A_BATCH]
                )
            )
    return len(wanted)


# Words


@transaction.atomic
def answer(viewer: Viewer, request: ConsentRequest, pupil: Person, *, agrees: bool) -> bool:
    """Say yes or no, in force at once. False when it was the last word already. Raises NotAsked."""
    return _say(viewer, request, pupil, viewer.person.pk, agrees=agrees, way=Consent.Way.HERE)


@transaction.atomic
def answer_beside(viewer: Viewer, request: ConsentRequest, pupil: Person, *, agrees: bool) -> bool:
    """Note what a child who cannot read yet said of what was read to them. Raises NotAsked."""
    return _say(viewer, request, pupil, pupil.pk, agrees=agrees, way=Consent.Way.BESIDE)


@transaction.atomic
def note(viewer: Viewer, request: ConsentRequest, pupil: Person, giver: int, *, agrees: bool) -> bool:
    """Write down an answer that came on paper; whoever gave it is told. Raises NotAsked."""
    if not _say(viewer, request, pupil, giver, agrees=agrees, way=Consent.Way.PAPER):
        return False
    last = Consent.objects.filter(request=request, person=pupil, giver=giver).order_by("-pk")[0]
    notices.publish(
        notices.News(
            kind=NOTED,
            person_id=giver,
            key=str(last.pk),
            about_id=pupil.pk,
            school_id=request.school_id,
            url=reverse("directory:consent", kwargs={"public_id": pupil.public_id}),
            facts={"school": request.school.name},
        )
    )
    return True


def _say(
    viewer: Viewer, request: ConsentRequest, pupil: Person, giver: int, *, agrees: bool, way: Consent.Way
) -> bool:
    lock(Person, pupil.pk)
    request = lock(ConsentRequest, request.pk, "school")
    _check(request, pupil, giver, viewer.today, way)
    sheet = queries.sheet_of([request], [pupil], viewer.today)
    if sheet.word(request.pk, pupil.pk, giver) is agrees:
        return False
    was = sheet.state(request.pk, pupil.pk)
    is_own = giver == pupil.pk
    row = Consent.objects.create(
        request=request,
        person=pupil,
        giver_id=giver,
        way=way,
        given_at=timezone.now(),
        part=Consent.Part.OWN if is_own else Consent.Part.GUARDIAN,
        answer=Consent.Answer.YES if agrees else Consent.Answer.NO,
        noted_by=None if way == Consent.Way.HERE else viewer.person,
    )
    # The same verb for a yes and a no: the pupil reads the journal of their file, and not what a parent said.
    journal.record(
        viewer, "directory.consent_said", row, subject_id=pupil.pk, request=request.pk, way=way.value
    )
    days = ["", f"{request.reminded_at:-%Y%m%d}"] if request.reminded_at else [""]
    notices.settle(ASKED, *(key_of(request, pupil.pk, giver, day) for day in days))
    if was == State.YES and not agrees:
        _tell_office(
            REVOKED,
            request.school,
            str(row.pk),
            pupil,
            viewer.today,
            reverse("directory:consent_request", kwargs={"pk": request.pk}),
        )
    return True


def _check(request: ConsentRequest, pupil: Person, giver: int, today: date, way: Consent.Way) -> None:
    """Is it still asked of this person, about a pupil of the school?"""
    learns = Holding.objects.active(today).filter(school=request.school_id, role=Role.PUPIL, person=pupil)
    if not queries.current([request]) or not learns.exists():
        raise NotAsked
    needed = queries.sheet_of([request], [pupil], today).needed[request.pk, pupil.pk]
    if giver != pupil.pk and giver not in needed.deciders:
        raise NotAsked
    # From the age where the pupil answers alone, and wherever pupils have an account, nobody speaks for them.
    if way == Consent.Way.BESIDE and (needed.guardians is None or request.school.kind != School.Kind.ECOLE):
        raise NotAsked


def _tell_office(kind: str, school: School, key: str, pupil: Person, today: date, url: str) -> None:
    held = Holding.objects.filter(active_on(today), school=school, role__in=ASKERS)
    notices.publish(
        *(
            notices.News(
                kind=kind,
                person_id=person,
                key=key,
                url=url,
                school_id=school.pk,
                about_id=pupil.pk,
                seat=f"staff-{school.pk}",
                facts={"school": school.name},
            )
            for person in held.values_list("person_id", flat=True).distinct().order_by("person_id")
        )
    )


# From eighteen


@transaction.atomic
def close_family(viewer: Viewer) -> bool:
    """The pupil, of age, closes their file to their parents: from the next request on. They and the school are told."""
    pupil = lock(Person, viewer.person.pk)
    if FamilyClosure.objects.filter(pupil=pupil, reopened_at=None).exists():
        return False
    parents = _parents_of(pupil, viewer.today)
    row = FamilyClosure.objects.create(pupil=pupil, closed_at=timezone.now())
    journal.record(viewer, "directory.family_closed", row, subject_id=pupil.pk)
    _tell_parents(CLOSED, pupil, str(row.pk), parents, "/")
    if viewer.school:
        url = reverse("directory:acts", kwargs={"public_id": pupil.public_id})
        _tell_office(CLOSED_HERE, viewer.school, str(row.pk), pupil, viewer.today, url)
    return True


@transaction.atomic
def open_family(viewer: Viewer) -> bool:
    """Let the parents follow again."""
    pupil = lock(Person, viewer.person.pk)
    row = FamilyClosure.objects.filter(pupil=pupil, reopened_at=None).first()
    if row is None:
        return False
    row.reopened_at = timezone.now()
    row.save(update_fields=["reopened_at"])
    journal.record(viewer, "directory.family_reopened", row, subject_id=pupil.pk)
    _tell_parents(REOPENED, pupil, str(row.pk), _parents_of(pupil, viewer.today), "/")
    return True


def _parents_of(pupil: Person, today: date) -> list[int]:
    links = Guardianship.objects.informed(today).of_another().filter(pupil=pupil)
    return sorted(set(links.filter(guardian__is_institution=False).values_list("guardian_id", flat=True)))


def _tell_parents(kind: str, pupil: Person, key: str, parents: Iterable[int], url: str) -> None:
    """Without the pupil as its subject: who does not follow them any more must still read that. As a parent, as long as
    they follow somebody; else wherever they sit."""
    facts, today = {"pupil": pupil.given_name or pupil.full_name}, timezone.localdate()
    notices.publish(
        *(
            notices.News(
                kind=kind,
                person_id=person.pk,
                key=key,
                url=url,
                seat=_seat_of_parent(person, today),
                facts=facts,
            )
            for person in Person.objects.filter(pk__in=list(parents)).order_by("pk")
        )
    )


def _seat_of_parent(parent: Person, today: date) -> str:
    keys = [seat.key for seat in seats_of(parent, today) if seat.profile == Profile.GUARDIAN]
    return keys[0] if keys else ""


def tell_of_ages(school: School, today: date) -> int:
    """Tell those who turned eighteen these last days, and their parents, once; returns how many pupils."""
    last = eighteen_years_before(today)
    first = eighteen_years_before(date.fromordinal(today.toordinal() - LATE))
    held = Holding.objects.active(today).filter(school=school, role=Role.PUPIL)
    pupils = Person.objects.filter(
        pk__in=held.values("person_id"), erased_at=None, birth_date__gt=first, birth_date__lte=last
    )
    count = 0
    for pupil in pupils.order_by("pk"):
        with transaction.atomic():
            _tell_of_age(pupil, today)
        count += 1
    return count


def _tell_of_age(pupil: Person, today: date) -> None:
    url, key = reverse("directory:family_access"), str(pupil.pk)
    notices.publish(notices.News(kind=OF_AGE, person_id=pupil.pk, key=key, url=url))
    _tell_parents(CHILD_OF_AGE, pupil, key, _parents_of(pupil, today), "/")


@transaction.atomic
def reopen_of_minors(today: date) -> int:
    """A birth date that was corrected makes a minor again: nobody is closed out of a minor's file. Returns how many."""
    of_age = Q(pupil__birth_date__lte=eighteen_years_before(today))
    rows = FamilyClosure.objects.filter(~of_age, reopened_at=None)
    return rows.update(reopened_at=timezone.now())


# Somebody erased


def forget_consents(person_id: int) -> int:
    """What an erased person said, and what was said about them."""
    return Consent.objects.filter(Q(person=person_id) | Q(giver=person_id)).delete()[0]


def forget_closures(person_id: int) -> int:
    return FamilyClosure.objects.filter(pupil=person_id).delete()[0]
