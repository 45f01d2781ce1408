"""Telling people that something changed: never of whom in a subject, and never what."""

from datetime import date

from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Role
from preau.domains.records.models import MAJORITY, Reader, Record
from preau.foundation import dates, notices

CHANGED, FAMILY, REVIEW = "records.changed", "records.family_changed", "records.review_due"


def tell(viewer: Viewer, record: Record, step: str) -> None:
    """The list, but whoever has just done it; of a plan, the family too."""
    key, today = f"{record.pk}-{step}", timezone.localdate()
    for person in _listed(record, today) - {viewer.person.pk}:
        notices.publish(_to_staff(CHANGED, key, record, person))
    if record.is_shared:
        # One line each says that it changed: the newest takes the place of those that nobody has read yet.
        notices.settle(FAMILY, *_steps_before(record, key))
        notices.publish(*(_to_family(key, record, person) for person in family_of(record, today)))


def _steps_before(record: Record, key: str) -> list[str]:
    """The keys of all that may have been told of this record before this one."""
    numbers = range(1, record.revision + 1)
    steps = ["opened", *(f"v{number}" for number in numbers), *(f"closed-{number}" for number in numbers)]
    steps += [f"m{pk}" for pk in record.measures.values_list("arrangement_id", flat=True)]
    steps += [f"p{pk}" for pk in record.papers.values_list("pk", flat=True)]
    return [before for step in steps if (before := f"{record.pk}-{step}") != key]


def tell_reader(reader: Reader) -> None:
    """Somebody may open one more record."""
    notices.publish(
        _to_staff(CHANGED, f"{reader.record_id}-reader-{reader.pk}", reader.record, reader.person_id)
    )


def tell_of_review(record: Record, today: date) -> None:
    for person in _listed(record, today):
        notices.publish(_to_staff(REVIEW, _review(record), record, person))


def settle_review(record: Record) -> None:
    notices.settle(
        REVIEW, *[f"{record.pk}-review-{number}" for number in (record.revision - 1, record.revision)]
    )


def _review(record: Record) -> str:
    return f"{record.pk}-review-{record.revision}"


def _to_staff(kind: str, key: str, record: Record, person: int) -> notices.News:
    return notices.News(
        kind=kind,
        person_id=person,
        key=key,
        school_id=record.school_id,
        seat=f"staff-{record.school_id}",
        url=reverse("records:record", kwargs={"public_id": record.public_id}),
        facts={"school": record.school.name},
    )


def _to_family(key: str, record: Record, person: int) -> notices.News:
    return notices.News(
        kind=FAMILY,
        person_id=person,
        key=key,
        school_id=record.school_id,
        about_id=record.pupil_id,
        url=reverse("records:own_record", kwargs={"public_id": record.public_id}),
        # Which of two plans, in a mail too: by its day, never by its nature.
        facts={"school": record.school.name, "since": opened_on(record)},
    )


def opened_on(record: Record) -> str:
    return dates.plain_day(dates.local(record.opened_at, record.school.timezone).date())


def _listed(record: Record, today: date) -> set[int]:
    """Those on the list who work here today."""
    staff = Holding.objects.filter(active_on(today), school_id=record.school_id)
    staff = staff.exclude(role__in=[Role.PUPIL, Role.AGENT])
    listed = Reader.objects.active(today).filter(record=record, person__in=staff.values("person_id"))
    return set(listed.values_list("person_id", flat=True))


def family_of(record: Record, today: date) -> list[int]:
    """The pupil, while one is here, and until eighteen those who answer for them before the law and may be informed."""
    here = Holding.objects.filter(
        active_on(today), person_id=record.pupil_id, school_id=record.school_id, role=Role.PUPIL
    )
    if not here.exists():
        return []
    if (record.pupil.age_on(today) or MAJORITY) >= MAJORITY:
        return [record.pupil_id]
    held = Guardianship.objects.informed(today).of_another().filter(authority=Authority.LEGAL)
    guardians = held.filter(pupil_id=record.pupil_id).order_by("pk").values_list("guardian_id", flat=True)
    return [*guardians, record.pupil_id]
