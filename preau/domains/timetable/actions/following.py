"""Bookings given up, by whoever holds them, by the school, or because the lesson for which they were does not take place; and those
that come back with it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Booking, Lesson
from preau.domains.timetable.queries.bookings import held_by
from preau.domains.timetable.queries.changes import moment_said
from preau.foundation import journal, notices
from preau.foundation.locks import lock

GIVEN_UP, GIVEN_BACK = "timetable.booking_cancelled", "timetable.booking_back"


@transaction.atomic
def cancel_booking(viewer: Viewer, booking: Booking) -> bool:
    """Free what was booked; False when it was free already, or when its hours are over. Who held it is told by whom it was taken back."""
    booking = lock(Booking, booking.pk, "bookable__room", "school")
    if booking.cancelled_at or booking.ends <= timezone.now():
        return False
    _free(viewer, booking)
    return True


def follow_lesson(viewer: Viewer, lesson: Lesson, at: datetime | None = None) -> None:
    """What was booked for a lesson that moved goes with it where it is free; else, and when the lesson is cancelled, it is given
    up. Inside the transaction of the change, under the lock of the year. `at`: the moment of the change, by which what it freed is
    known when it is undone (`bring_back`)."""
    booked = Booking.objects.in_force().filter(lesson=lesson).select_related("bookable__room", "school")
    for booking in booked.select_for_update(of=("self",)).order_by("pk"):
        if booking.ends <= timezone.now():
            continue
        if (booking.starts, booking.ends) == (lesson.starts, lesson.ends) and not lesson.is_cancelled:
            continue
        if lesson.is_cancelled or held_by(
            lesson.year, booking.bookable, lesson.starts, lesson.ends, booking=booking.pk
        ):
            _free(viewer, booking, at)
            continue
        booking.starts, booking.ends, booking.day = lesson.starts, lesson.ends, lesson.day
        booking.save(update_fields=["starts", "ends", "day"])
        journal.record(viewer, "timetable.booking_moved", booking, lesson=lesson.pk)


def bring_back(viewer: Viewer, changes: Mapping[int, datetime]) -> int:
    """Lessons are as they were: what the changes of these moments had freed is booked again, where nobody has taken it since.
    Inside the transaction of the undoing, under the lock of the year. Returns how many."""
    freed = Booking.objects.filter(
        lesson__in=changes, cancelled_at__in=set(changes.values()), ends__gt=timezone.now()
    ).select_related("bookable__room", "lesson__year", "school")
    back = 0
    for booking in freed.select_for_update(of=("self",)).order_by("pk"):
        lesson: Lesson = booking.lesson  # type: ignore[assignment]
        same = (booking.starts, booking.ends) == (lesson.starts, lesson.ends)
        if not same or booking.cancelled_at != changes[lesson.pk]:
            continue
        if booking.bookable.is_open and not held_by(
            lesson.year, booking.bookable, booking.starts, booking.ends
        ):
            _give_back(viewer, booking)
            back += 1
    return back


def _give_back(viewer: Viewer, booking: Booking) -> None:
    """Whoever had heard that it was given up is told."""
    told = f"{booking.pk}-{booking.cancelled_at:%Y%m%d%H%M%S}"
    booking.cancelled_by_id = booking.cancelled_at = None
    booking.save(update_fields=["cancelled_by", "cancelled_at"])
    journal.record(viewer, "timetable.booking_back", booking, subject_id=booking.person_id)
    heard = notices.settle(GIVEN_UP, told)
    if heard and (booking.person_id, told) not in notices.taken_back(GIVEN_UP, told):
        notices.publish(_news(GIVEN_BACK, booking, told))


def _free(viewer: Viewer, booking: Booking, at: datetime | None = None) -> None:
    booking.cancelled_by_id, booking.cancelled_at = viewer.person.pk, at or timezone.now()
    booking.save(update_fields=["cancelled_by", "cancelled_at"])
    journal.record(viewer, "timetable.booking_cancelled", booking, subject_id=booking.person_id)
    if booking.person_id != viewer.person.pk:
        # Given up, given back and given up again: told again.
        notices.publish(_news(GIVEN_UP, booking, f"{booking.pk}-{booking.cancelled_at:%Y%m%d%H%M%S}"))


def _news(kind: str, booking: Booking, key: str) -> notices.News:
    when = moment_said(booking.starts, booking.school.timezone)
    return notices.News(
        kind=kind,
        person_id=booking.person_id,
        key=key,
        school_id=booking.school_id,
        url=reverse("timetable:bookings"),
        seat=f"staff-{booking.school_id}",
        facts={"what": booking.bookable.called, "when": when, "school": booking.school.name},
    )
