"""What a class has on the day of an assessment: other assessments, or no lesson at all; and on the days to come."""

from collections import defaultdict
from datetime import date, timedelta

from django.utils.translation import gettext as _

from preau.directory.models import Enrolment
from preau.domains.gradebook.models import Assessment
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.text import natural

AHEAD = timedelta(days=14)


def days_ahead(group: int, today: date, apart_from: int | None = None) -> list[tuple[date, list[str]]]:
    """The days of the coming two weeks on which pupils of this group are assessed, with the subjects (one query): what is said
    beside a date before it is chosen."""
    pupils = Enrolment.objects.active(today).filter(group=group).values("pupil")
    groups = Enrolment.objects.active(today).filter(pupil__in=pupils).values("group")
    rows = Assessment.objects.kept().filter(group__in=groups, day__range=(today, today + AHEAD))
    found: dict[date, set[str]] = defaultdict(set)
    for day, subject in rows.exclude(pk=apart_from).order_by("day").values_list("day", "subject__name"):
        found[day].add(subject)
    return [(day, sorted(subjects, key=natural)) for day, subjects in found.items()]


def warnings_of_day(group: int, day: date, apart_from: int) -> list[str]:
    """What whoever assesses this group on a day would want known (three queries). A colleague is told of a subject, of no title."""
    pupils = Enrolment.objects.active(day).filter(group=group).values("pupil")
    groups = Enrolment.objects.active(day).filter(pupil__in=pupils).values("group")
    warnings = []
    others = Assessment.objects.kept().filter(group__in=groups, day=day).exclude(pk=apart_from)
    subjects = sorted(set(others.values_list("subject__name", flat=True)), key=natural)
    when = {"day": dates.day(day), "subjects": ", ".join(subjects)}
    if subjects:
        warnings.append(_("Ces élèves sont déjà évalués le %(day)s : %(subjects)s.") % when)
    if not Lesson.objects.held().filter(groups__in=groups, day=day).exists():
        warnings.append(_("Ces élèves n’ont aucun cours le %(day)s.") % when)
    return warnings
