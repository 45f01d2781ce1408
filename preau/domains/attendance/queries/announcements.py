"""Absences known in advance: for the roll, for school life, for the family."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preau.commons.files.queries import FileRow
from preau.commons.files.queries import rows_of as rows_of_files
from preau.directory.models import Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.models import Announcement
from preau.domains.attendance.queries.absences import classes_of
from preau.domains.attendance.queries.school_life import reason_of, words_of
from preau.foundation import dates
from preau.foundation.prepared import Prepared

Kind = Announcement.Kind


def known_said(kind: str, starts: datetime, zone: str) -> str:
    if kind == Kind.DEPARTURE:
        return _("Départ à %(hour)s") % {"hour": dates.hour(starts, zone)}
    return _("Absence annoncée")


def announced_in(viewer: Viewer) -> "QuerySet[Announcement]":
    """What is announced for today and later, the soonest first."""
    standing = Announcement.objects.visible_to(viewer).standing().filter(ends__gt=viewer.moment)
    return standing.select_related("pupil", "reason", "given_by", "document", "school").order_by(
        "starts", "pk"
    )


ANNOUNCED = Prepared(announced_in)


def announced_to_family(viewer: Viewer, most: int) -> "list[AnnouncedRow]":
    """What a family announced, the soonest first, `most` at most (two queries where there is something)."""
    found = ANNOUNCED.part(0, most, viewer)
    return announced_rows(viewer, found) if found else []


def when_said(announcement: Announcement) -> str:
    """« mardi 24 novembre, le matin », « mardi 24 novembre, de 8 h 00 à 12 h 00 », « du lundi 7 au mardi 8 décembre 2026 »."""
    zone = announcement.school.timezone
    first, last = (dates.local(moment, zone) for moment in (announcement.starts, announcement.ends))
    whole = (first.hour, first.minute, last.hour, last.minute) == (0, 0, 23, 59)
    if whole:
        return dates.span(first.date(), last.date())
    if first.date() == last.date():
        part = _half_day(first, last)
        if part:
            return f"{dates.day(first.date())}, {part}"
        hours = {"first": dates.hour(announcement.starts, zone), "last": dates.hour(announcement.ends, zone)}
        return _("%(day)s, de %(first)s à %(last)s") % (hours | {"day": dates.day(first.date())})
    return _("du %(first)s au %(last)s") % {
        "first": dates.day_and_hour(first),
        "last": dates.day_and_hour(last),
    }


# Where schools put the middle of a day; an hour outside is said as it was given.
MIDDAY = (time(12), time(13, 30))


def _half_day(first: datetime, last: datetime) -> str:
    """« le matin », « l’après-midi », or nothing when it is neither."""
    if first.time() == time(0) and MIDDAY[0] <= last.time() <= MIDDAY[1]:
        return _("le matin")
    if (last.hour, last.minute) == (23, 59) and MIDDAY[0] <= first.time() <= MIDDAY[1]:
        return _("l’après-midi")
    return ""


@dataclass(frozen=True)
class AnnouncedRow:
    """An absence or a departure known in advance, as a list shows it."""

    announcement: Announcement
    group: str
    when: str
    reason: str
    words: str
    document: FileRow | None


def announced_rows(viewer: Viewer, announcements: Sequence[Announcement]) -> list[AnnouncedRow]:
    """These announcements with classes and reasons, as far as the viewer may read them (one query more)."""
    classes = classes_of([announcement.pupil_id for announcement in announcements], viewer.today)
    return [
        _announced_row(viewer, announcement, classes.get(announcement.pupil_id, ""))
        for announcement in announcements
    ]


def _announced_row(viewer: Viewer, announcement: Announcement, group: str) -> AnnouncedRow:
    reason = reason_of(viewer, announcement.reason, announcement.given_by_id)
    papers = rows_of_files([announcement.document]) if announcement.document else []
    words = (
        words_of(viewer, announcement.reason, announcement.comment)
        if viewer.is_staff
        else announcement.comment
    )
    return AnnouncedRow(
        announcement, group, when_said(announcement), reason, words, papers[0] if papers else None
    )


def schools_of(pupils: Sequence[Person], today: date) -> dict[int, School]:
    """Where each of these pupils learns (one query)."""
    held = Holding.objects.active(today).filter(role=Role.PUPIL, person__in=pupils).select_related("school")
    return {holding.person_id: holding.school for holding in held.order_by("-pk") if holding.school}
