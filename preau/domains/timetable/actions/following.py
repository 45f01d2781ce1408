"""Bookings given up, by whoever holds them, by the school, or because the lesson for which they were does not take place."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Booking, Lesson
from preau.domains.timetable.queries.bookings import held_by
from preau.domains.timetable.queries.changes import moment_said
from preau.foundation import journal, notices
from preau.foundation.locks import lock

GIVEN_UP = "timetable.booking_cancelled"


@transaction.atomic
def cancel_booking(viewer: Viewer, booking: Booking) -> bool:
    """Free what was booked; False when it was free already, or when its hours are over. Who held it is told by whom it was taken back."""
    booking = lock(Booking, booking.pk, "bookable__room", "school")
    if booking.cancelled_at or booking.ends <= timezone.now():
        return False
    _free(viewer, booking)
    return True


def follow_lesson(viewer: Viewer, lesson: Lesson) -> None:
    """What was booked for a lesson that moved goes with it where it is free; else, and when the lesson is cancelled, it is given
    up. Inside the transaction of the change, under the lock of the year."""
    booked = Booking.objects.in_force().filter(lesson=lesson).select_related("bookable__room", "school")
    for booking in booked.select_for_update(of=("self",)).order_by("pk"):
        if booking.ends <= timezone.now():
            continue
        if (booking.starts, booking.ends) == (lesson.starts, lesson.ends) and not lesson.is_cancelled:
            continue
        if lesson.is_cancelled or held_by(
            lesson.year, booking.bookable, lesson.starts, lesson.ends, booking=booking.pk
        ):
            _free(viewer, booking)
            continue
        booking.starts, booking.ends, booking.day = lesson.starts, lesson.ends, lesson.day
        booking.save(update_fields=["starts", "ends", "day"])
        journal.record(viewer, "timetable.booking_moved", booking, lesson=lesson.pk)


def _free(viewer: Viewer, booking: Booking) -> None:
    booking.cancelled_by_id, booking.cancelled_at = viewer.person.pk, timezone.now()
    booking.save(update_fields=["cancelled_by", "cancelled_at"])
    journal.record(viewer, "timetable.booking_cancelled", booking, subject_id=booking.person_id)
    if booking.person_id != viewer.person.pk:
        notices.publish(_news(booking))


def _news(booking: Booking) -> notices.News:
    when = moment_said(booking.starts, booking.school.timezone)
    return notices.News(
        kind=GIVEN_UP,
        person_id=booking.person_id,
        key=str(booking.pk),
        school_id=booking.school_id,
        url=reverse("timetable:bookings"),
        seat=f"staff-{booking.school_id}",
        facts={"what": booking.bookable.called, "when": when, "school": booking.school.name},
    )
