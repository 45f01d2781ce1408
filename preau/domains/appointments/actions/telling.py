"""News of meetings: each to whom they are about, once, at the hours of the delivery policy (docs/decisions/0141)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from preau.domains.appointments.models import Evening, Meeting, Wish
from preau.foundation import dates, notices

OPENED, PUBLISHED, PLACED, MOVED, CANCELLED, LATE, FREE, CHANGED, ASKED, PROPOSED, BOOKED, SOON = (
    f"appointments.{name}"
    for name in (
        "opened",
        "published",
        "placed",
        "moved",
        "cancelled",
        "late",
        "free",
        "changed",
        "asked",
        "proposed",
        "booked",
        "soon",
    )
)


def when(moment: datetime | None, zone: str) -> str:
    return dates.day_and_hour(dates.local(moment, zone)) if moment else ""


def _address(meeting: Meeting) -> str:
    if meeting.evening_id:
        return reverse("appointments:evening", kwargs={"pk": meeting.evening_id})
    return reverse("appointments:appointment", kwargs={"pk": meeting.pk})


def tell(meeting: Meeting, kind: str, *, by: int, before: datetime | None = None, what: str = "") -> None:
    """Both of a meeting, but whoever did it. The words of each name only the other one."""
    if meeting.state == Meeting.State.PLANNED:
        return
    zone = meeting.school.timezone
    for person, other, seat in (
        (meeting.guardian_id, meeting.host.formal_name, ""),
        (meeting.host_id, meeting.guardian.full_name, f"staff-{meeting.school_id}"),
    ):
        if person == by:
            continue
        notices.publish(
            notices.News(
                kind=kind,
                person_id=person,
                key=f"{meeting.pk}-{meeting.revision}",
                url=_address(meeting),
                facts={
                    "who": other,
                    "when": when(meeting.starts, zone),
                    "before": when(before, zone),
                    "what": what,
                    "school": meeting.school.name,
                },
                school_id=meeting.school_id,
                about_id=meeting.pupil_id,
                seat=seat,
            )
        )


def tell_free(wish: Wish, meeting: Meeting) -> None:
    """Somebody gave a slot back: whoever waits may take it."""
    notices.publish(
        notices.News(
            kind=FREE,
            person_id=wish.party.person_id,
            key=f"{wish.pk}-{meeting.pk}-{meeting.revision}",
            url=reverse("appointments:evening", kwargs={"pk": meeting.evening_id}),
            facts={
                "who": meeting.host.formal_name,
                "when": when(meeting.starts, meeting.school.timezone),
                "school": meeting.school.name,
            },
            school_id=meeting.school_id,
            about_id=wish.pupil_id,
        )
    )


def tell_evening(evening: Evening, kind: str, person: int, pupil: int | None, what: str = "") -> None:
    """Somebody hears of an evening as a whole."""
    notices.publish(
        notices.News(
            kind=kind,
            person_id=person,
            key=f"{evening.pk}-{evening.revision}",
            url=reverse("appointments:evening", kwargs={"pk": evening.pk}),
            facts={
                "title": evening.title,
                "when": _("%(day)s, %(hours)s") % {"day": dates.day(evening.day), "hours": evening.hours},
                "closes": when(evening.closes_at, evening.school.timezone),
                "what": what,
                "school": evening.school.name,
            },
            school_id=evening.school_id,
            about_id=pupil,
            seat="" if pupil else f"staff-{evening.school_id}",
        )
    )
