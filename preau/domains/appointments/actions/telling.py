"""News of meetings: each to whom they are about, once, at the hours of the delivery policy (docs/decisions/0141)."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.appointments.models import Evening, Host, Meeting, Wish
from preau.foundation import dates, notices

OPENED, PUBLISHED, PLACED, MOVED, CANCELLED, LATE, FREE, CHANGED, ASKED, PROPOSED, BOOKED, SOON, TODAY = (
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
        "today",
    )
)


def when(moment: datetime | None, zone: str) -> str:
    return dates.day_and_hour(moment, zone) if moment else ""


def _address(meeting: Meeting) -> str:
    if meeting.evening_id:
        return reverse("appointments:evening", kwargs={"pk": meeting.evening_id})
    return reverse("appointments:appointment", kwargs={"pk": meeting.pk})


def _is_today(meeting: Meeting, before: datetime | None, zone: str) -> bool:
    today = dates.local(timezone.now(), zone).date()
    return any(dates.local(at, zone).date() == today for at in (meeting.starts, before) if at)


def tell(
    meeting: Meeting,
    kind: str,
    *,
    by: int,
    before: datetime | None = None,
    what: str = "",
    only_guardian: bool = False,
    at: datetime | None = None,
) -> None:
    """Both of a meeting, but whoever did it. The words of each name only the other one."""
    if meeting.state == Meeting.State.PLANNED:
        return
    zone = meeting.school.timezone
    if kind == MOVED and before is not None and not what:
        what = _("Avant : %(when)s.") % {"when": when(before, zone)}
    if kind in {MOVED, CANCELLED} and _is_today(meeting, before, zone):
        # The same day, tomorrow morning would be too late.
        what = what or _("Ce rendez-vous est annulé.")
        kind = TODAY
    for person, other, seat in (
        (meeting.guardian_id, meeting.host.formal_name, ""),
        (meeting.host_id, meeting.guardian.full_name, f"staff-{meeting.school_id}"),
    ):
        if person == by or (only_guardian and seat):
            continue
        notices.publish(
            notices.News(
                kind=kind,
                person_id=person,
                key=f"{meeting.pk}-{meeting.revision}",
                url=_address(meeting),
                facts={
                    "who": other,
                    "when": when(at or meeting.starts, zone),
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
                "what": _("Elle est au premier qui la prend."),
                "school": meeting.school.name,
            },
            school_id=meeting.school_id,
            about_id=wish.pupil_id,
        )
    )


def tell_back(wish: Wish, evening: Evening) -> None:
    """Somebody who was absent receives after all: whoever had a meeting may take one again."""
    _tell_wish(
        FREE, wish, evening, wish.host, _("Ses rendez-vous étaient annulés : ils se prennent à nouveau.")
    )


def tell_asked(wish: Wish, evening: Evening, host: Host) -> None:
    """A teacher asks to see a family: each of them is heard."""
    _tell_wish(ASKED, wish, evening, host, _("Un rendez-vous est demandé."))


def _tell_wish(kind: str, wish: Wish, evening: Evening, host: Host, what: str) -> None:
    notices.publish(
        notices.News(
            kind=kind,
            person_id=wish.party.person_id,
            key=f"{wish.pk}-{evening.revision}-{int(wish.waits_since.timestamp()) if wish.waits_since else 0}",
            url=reverse("appointments:evening", kwargs={"pk": evening.pk}),
            facts={
                "who": host.person.formal_name,
                "when": _hours_of(evening),
                "what": what,
                "school": evening.school.name,
            },
            school_id=evening.school_id,
            about_id=wish.pupil_id,
        )
    )


def _hours_of(evening: Evening) -> str:
    return _("%(day)s, %(hours)s") % {"day": dates.day(evening.day), "hours": evening.hours}


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
                "when": _hours_of(evening),
                "closes": when(evening.closes_at, evening.school.timezone),
                "what": what,
                "school": evening.school.name,
            },
            school_id=evening.school_id,
            about_id=pupil,
            seat="" if pupil else f"staff-{evening.school_id}",
        )
    )
