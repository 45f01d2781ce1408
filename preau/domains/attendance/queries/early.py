"""What attendance has noted that may announce a drop-out: days and what was missed, never why (docs/decisions/0096)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.boards import Happened
from preau.directory.models import School
from preau.domains.attendance.models import Entry, PastAbsence, Status, exempting
from preau.domains.attendance.queries.half_days import REASON, excuse_of, missed_by
from preau.domains.timetable.models import Lesson
from preau.foundation import dates


def half_days(school: School, first: date, last: date) -> Iterator[Happened]:
    """The half-days that nothing excuses; what a family has said and nobody has read yet does not count (six queries)."""
    return (Happened(one.half.pupil_id, one.half.day) for one in missed_by(school, first, last) if one.counts)


def half_days_said(number: int, what: str) -> str:
    return ngettext(
        "%(num)s demi-journée sans motif valable", "%(num)s demi-journées sans motif valable", number
    ) % {"num": number}


def lates(school: School, first: date, last: date) -> Iterator[Happened]:
    """Each time late, at a roll or as another program said it (one query)."""
    late = Entry.objects.filter(school=school, day__range=(first, last), status=Status.LATE)
    before = PastAbsence.objects.standing().latenesses().filter(school=school, day__range=(first, last))
    rows = late.order_by().values_list("pupil_id", "day")
    both = rows.union(before.order_by().values_list("pupil_id", "day"), all=True)
    return (Happened(pupil, day) for pupil, day in both)


def lates_said(number: int, what: str) -> str:
    return ngettext("%(num)s retard", "%(num)s retards", number) % {"num": number}


def lessons_of_a_subject(school: School, first: date, last: date) -> Iterator[Happened]:
    """The lessons missed that nothing excuses, with their subject (one query)."""
    return (Happened(pupil, day, subject) for pupil, day, subject in _missed(school, first, last))


def lessons_of_a_subject_said(number: int, what: str) -> str:
    sentence = ngettext(
        "%(num)s cours manqué sans motif valable (%(what)s)",
        "%(num)s cours manqués sans motif valable dans la même matière (%(what)s),",
        number,
    )
    return sentence % {"num": number, "what": what}


def days_of_the_week(school: School, first: date, last: date) -> Iterator[Happened]:
    """The days with a lesson missed that nothing excuses, each once, with their name (one query)."""
    days = {(pupil, day) for pupil, day, _subject in _missed(school, first, last)}
    return (Happened(pupil, day, dates.DAYS[day.weekday()]) for pupil, day in sorted(days))


def days_of_the_week_said(number: int, what: str) -> str:
    sentence = ngettext(
        "%(num)s jour avec un cours manqué sans motif valable (%(what)s)",
        "%(num)s jours avec un cours manqué sans motif valable, le même jour de la semaine (%(what)s),",
        number,
    )
    return sentence % {"num": number, "what": what}


def _missed(school: School, first: date, last: date) -> Iterator[tuple[int, date, str]]:
    held = Entry.objects.filter(school=school, day__range=(first, last), status=Status.ABSENT)
    held = (
        held.exclude(lesson__state=Lesson.State.CANCELLED).annotate(exempt=exempting()).filter(exempt=False)
    )
    for line in held.order_by("pk").values("pupil_id", "day", "lesson__subject__name", *REASON):
        counts, _label = excuse_of(line)
        if counts:
            yield line["pupil_id"], line["day"], line["lesson__subject__name"] or _("autre")
