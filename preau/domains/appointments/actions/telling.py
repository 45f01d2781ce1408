"""News of meetings: each to whom they are about, once, at the hours of the delivery policy (docs/decisions/0141)."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person
from preau.domains.appointments.models import Evening, Host, Meeting, Wish
from preau.foundation import dates, notices

(
    OPENED,
    PUBLISHED,
    PLACED,
    MOVED,
    CANCELLED,
    LATE,
    FREE,
    CHANGED,
    ASKED,
    PROPOSED,
    BOOKED,
    SOON,
    TODAY,
    JOINED,
) = (
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
        "joined",
    )
)
# What the colleagues who were invited to a meeting hear of it too.
TO_COLLEAGUES = {MOVED, CANCELLED, TODAY, BOOKED, SOON}


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
    staff = f"staff-{meeting.school_id}"
    people = [(meeting.guardian_id, meeting.host.formal_name, "")]
    if not only_guardian:
        people.append((meeting.host_id, meeting.guardian.full_name, staff))
    if meeting.evening_id is None and kind in TO_COLLEAGUES:
        invited = meeting.colleagues.order_by("pk").values_list("person_id", flat=True)
        people += [(person, meeting.guardian.full_name, staff) for person in invited]
    for person, other, seat in people:
        if person != by:
            facts = {"who": other, "when": when(at or meeting.starts, zone), "what": what}
            _publish(meeting, kind, person, facts | {"before": when(before, zone)}, seat)


def _publish(meeting: Meeting, kind: str, person: int, facts: dict[str, str], seat: str) -> None:
    notices.publish(
        notices.News(
            kind=kind,
            person_id=person,
            key=f"{meeting.pk}-{meeting.revision}",
            url=_address(meeting),
            facts=facts | {"school": meeting.school.name},
            school_id=meeting.school_id,
            about_id=meeting.pupil_id,
            seat=seat,
        )
    )


def tell_joining(meeting: Meeting, colleague: Person, *, by: int, is_there: bool) -> None:
    """Who will be at a meeting has changed: the family, whoever receives and the colleague, but whoever did it."""
    name, staff = colleague.formal_name, f"staff-{meeting.school_id}"
    sentence = _("%(name)s y sera aussi.") if is_there else _("%(name)s n’y sera pas finalement.")
    invited = (
        _("%(name)s vous y invite.") % {"name": meeting.host.formal_name}
        if is_there
        else _("Votre présence n’y est plus demandée.")
    )
    hour = when(meeting.starts, meeting.school.timezone) or _("heure à trouver")
    for person, who, what, seat in (
        (meeting.guardian_id, meeting.host.formal_name, sentence % {"name": name}, ""),
        (meeting.host_id, meeting.guardian.full_name, sentence % {"name": name}, staff),
        (colleague.pk, meeting.guardian.full_name, invited, staff),
    ):
        if person != by:
            _publish(meeting, JOINED, person, {"who": who, "when": hour, "what": what}, seat)


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
