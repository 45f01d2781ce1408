"""What stands around a space on its home: the work that is due, the end that comes near."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.homework.models import Homework
from preau.domains.spaces.models import Space
from preau.foundation import dates

MOST_WORKS = 4
BEFORE = timedelta(days=14)


@dataclass(frozen=True)
class WorkRow:
    """Work of the class that is due: what, when, and the page where a pupil does it."""

    title: str
    when: str
    address: str
    # « travail à rendre demain »; of what is only to be done, « travail pour demain ».
    said: str


def works_of(viewer: Viewer, space: Space) -> Sequence[WorkRow]:
    """The next work of a class or of a teaching, as the viewer reads it (one query)."""
    if not space.is_of_a_group or not viewer.offers("homework") or viewer.school_id != space.school_id:
        return []
    rows = (
        Homework.objects.visible_to(viewer.within("homework"))
        .kept()
        .filter(record__lesson__groups=space.group_id, due_day__gte=viewer.today, record__state="ready")
    )
    if space.subject_id:
        rows = rows.filter(record__subject=space.subject_id)
    lines = (
        rows.order_by("due_day", "pk")
        .values_list("pk", "title", "due_day", "hand_in")
        .distinct()[:MOST_WORKS]
    )
    page = "homework:work" if not viewer.is_staff else ""
    rows_of_work = []
    for pk, title, day, hand_in in lines:
        when = dates.near_day(day, viewer.today)
        address = reverse(page, kwargs={"pk": pk}) if page else ""
        rows_of_work.append(WorkRow(title, when, address, _due_said(hand_in, when)))
    return rows_of_work


def _due_said(hand_in: str, when: str) -> str:
    if hand_in != Homework.HandIn.NOTHING:
        return _("travail à rendre %(when)s") % {"when": when}
    if when in {"aujourd’hui", "demain"}:
        return _("travail pour %(when)s") % {"when": when}
    return _("travail pour le %(when)s") % {"when": when}


def ending_of(viewer: Viewer, space: Space) -> str:
    """What is said at the top of a space that ends, or has ended: nothing is lost without a word."""
    today = viewer.today
    if space.archived_at is not None and (space.last_day is None or today <= space.last_day):
        return _("Cet espace est archivé : on le lit encore, on n’y écrit plus.")
    if space.opens is not None and today < space.opens:
        return _("Cet espace ouvre %(day)s : d’ici là, vous seul le voyez.") % {"day": dates.day(space.opens)}
    if space.last_day is not None and today > space.last_day:
        values = {"day": dates.day(space.last_day + timedelta(days=365), year=True)}
        return _("L’année est finie : on lit encore cet espace. Il sera effacé vers %(day)s.") % values
    if space.closes is not None and today > space.closes:
        return _("Cet espace est fermé depuis %(day)s : on le lit encore.") % {"day": dates.day(space.closes)}
    if space.last_day is not None and space.last_day - BEFORE <= today:
        return _("L’année finit %(day)s : ensuite, on lira encore cet espace, on n’y écrira plus.") % {
            "day": dates.day(space.last_day)
        }
    return ""
