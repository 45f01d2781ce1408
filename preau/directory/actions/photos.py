"""Photos of pupils: an agreement asked, given and taken back; a photo put and erased (docs/decisions/0080)."""

from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Group, Person, PhotoConsent, PupilPhoto, School
from preau.directory.queries import photos as queries
from preau.directory.viewer import Viewer
from preau.foundation import journal, notices, pictures
from preau.foundation.locks import lock

ASKED = "directory.photo_asked"
Answer = PhotoConsent.Answer


class NotAllowed(Exception):
    """Those who must agree do not, or do not any more."""


def key_of(year_id: int, pupil_id: int, giver_id: int) -> str:
    """One question: the same person is told once a year of the same pupil."""
    return f"{year_id}-{pupil_id}-{giver_id}"


# Agreements


@transaction.atomic
def ask(viewer: Viewer, group: Group) -> int:
    """Ask whoever was not asked yet about a pupil of this class or group; returns how many people are told."""
    school = lock(School, viewer.school_id)
    wanted, now = queries.to_ask(viewer, group), timezone.now()
    if not wanted:
        return 0
    PhotoConsent.objects.bulk_create(
        PhotoConsent(school=school, year_id=group.year_id, pupil=pupil, giver_id=giver, asked_at=now)
        for pupil, giver in wanted
    )
    journal.record(viewer, ASKED, group, people=len(wanted))
    notices.publish(
        *(
            notices.News(
                kind=ASKED,
                person_id=giver,
                key=key_of(group.year_id, pupil.pk, giver),
                school_id=school.pk,
                about_id=pupil.pk,
                url=reverse("directory:photo_consent", kwargs={"public_id": pupil.public_id}),
                facts={"school": school.name},
            )
            for pupil, giver in wanted
        )
    )
    return len(wanted)


@transaction.atomic
def answer(viewer: Viewer, pupil: Person, *, agrees: bool) -> bool:
    """Say yes or no about a pupil's photo, in force at once: one that may not be shown any more is erased. False when it was said already."""
    lock(Person, pupil.pk)
    choice, changed = (Answer.YES if agrees else Answer.NO), False
    for school in queries.places_of(viewer, pupil):
        row, _made = PhotoConsent.objects.get_or_create(
            year=school.current_year, pupil=pupil, giver=viewer.person, defaults={"school": school}
        )
        if row.answer == choice:
            continue
        row.answer, row.answered_at, changed = choice, timezone.now(), True
        row.save(update_fields=["answer", "answered_at"])
        verb = "directory.photo_agreed" if agrees else "directory.photo_refused"
        journal.record(viewer, verb, row, subject_id=pupil.pk)
        notices.settle(ASKED, key_of(row.year_id, pupil.pk, viewer.person.pk))
        if not queries.allowed([pupil], row.year_id, viewer.today):
            _erase(PupilPhoto.objects.filter(pupil=pupil, school=school))
    return changed


# Photos


@transaction.atomic
def put_photo(viewer: Viewer, pupil: Person, picture: ContentFile[bytes]) -> None:
    """Keep a photo already redrawn instead of the former one. Raises NotAllowed."""
    lock(Person, pupil.pk)
    year = viewer.year
    if not queries.allowed([pupil], year.pk if year else None, viewer.today):
        raise NotAllowed
    known = PupilPhoto.objects.filter(school=viewer.school_id, pupil=pupil).first()
    photo = known or PupilPhoto(school_id=viewer.school_id or 0, pupil=pupil)
    pictures.forget(photo.picture.name)
    photo.taken_by, photo.taken_at = viewer.person, timezone.now()
    photo.picture.save("photo.png", picture, save=False)
    photo.save()
    journal.record(viewer, "directory.photo_put", photo, subject_id=pupil.pk)


@transaction.atomic
def remove_photo(viewer: Viewer, pupil: Person) -> bool:
    """Erase the photo of a pupil of the school. False when there is none."""
    lock(Person, pupil.pk)
    photo = PupilPhoto.objects.filter(school=viewer.school_id, pupil=pupil).first()
    if photo is None:
        return False
    journal.record(viewer, "directory.photo_removed", photo, subject_id=pupil.pk)
    _erase([photo])
    return True


def drop_past_photos(today: date) -> int:
    """Erase the photos that nobody may see any more; returns how many. Killed, it goes on the next day."""
    return sum(_drop(photo.pk, photo.pupil_id) for photo in queries.photos_to_drop(today))


@transaction.atomic
def _drop(photo_id: int, pupil_id: int) -> int:
    lock(Person, pupil_id)
    return _erase(PupilPhoto.objects.filter(pk=photo_id))


def _erase(photos: Any) -> int:
    """The rows now, the files once it is certain."""
    found = list(photos)
    for photo in found:
        pictures.forget(photo.picture.name)
        photo.delete()
    return len(found)


# Two rows of one pupil; somebody erased


def settle_photos(sender: object, kept: Person, other: Person, **_: Any) -> None:
    """Of two photos of one pupil, the kept row's stays. The other is erased: undoing the merge does not bring it back."""
    both = PupilPhoto.objects.filter(pupil=kept).values("school_id")
    _erase(PupilPhoto.objects.filter(pupil=other, school__in=both))


def forget_photos(person_id: int) -> int:
    return _erase(PupilPhoto.objects.filter(pupil=person_id))


def forget_consents(person_id: int) -> int:
    """What an erased person answered, and what was answered about them."""
    return PhotoConsent.objects.filter(Q(pupil=person_id) | Q(giver=person_id)).delete()[0]
