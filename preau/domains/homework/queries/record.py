"""The homework of one pupil, as their record shows it: what is due, and what was handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.homework.models import Done, HandIn, Homework
from preau.domains.homework.models.records import published, taught_by
from preau.domains.homework.queries.concerned import ENROLMENTS, in_class_then
from preau.domains.homework.rules import follows_homework
from preau.foundation.prepared import Prepared

BEHIND, AHEAD, MOST = timedelta(days=30), timedelta(days=7), 5
ONLINE = Homework.HandIn.ONLINE


@dataclass(frozen=True)
class DueRow:
    """One homework of the pupil. `is_read`: the viewer may know whether it was handed in."""

    pk: int
    title: str
    subject: str
    day: date
    online: bool
    done: bool
    handed: bool
    late: bool
    is_read: bool

    def state_on(self, today: date) -> str:
        """« done », « late », « missing », or "" while there is nothing to say of it."""
        if not (self.online and self.is_read):
            return ""
        if self.handed:
            return "late" if self.late else "done"
        return "missing" if self.day < today else ""


def _due(viewer: Viewer, pupil: int, first: date, last: date) -> "QuerySet[Homework, Any]":
    """What they see of the homework of this pupil, as `lines_of_work` does of a family's own."""
    shown = Homework.objects.visible_to(viewer).kept().filter(due_day__range=(first, last))
    theirs = shown.filter(
        published(viewer.moment, "record__"),
        in_class_then(),
        Q(for_some=False) | Q(pupils=pupil),
        **{f"{ENROLMENTS}__pupil_id": pupil},
    )
    given = HandIn.objects.filter(homework=OuterRef("pk"), pupil=pupil)
    seen = HandIn.objects.visible_to(viewer).filter(homework=OuterRef("pk"), pupil=pupil, is_late=True)
    ticked = Done.objects.visible_to(viewer).filter(homework=OuterRef("pk"), pupil=pupil)
    known: Any = Value(value=True, output_field=BooleanField())
    if viewer.is_staff and not viewer.holds(Role.HEAD):
        known = taught_by(viewer.person.pk, "record__lesson_id")
    works = theirs.annotate(ticked=Exists(ticked), handed=Exists(given), late=Exists(seen), known=known)
    columns = (
        "pk",
        "title",
        "record__subject__name",
        "due_day",
        "hand_in",
        "ticked",
        "handed",
        "late",
        "known",
    )
    return works.order_by("due_day", F("record__subject__name"), "pk").values_list(*columns).distinct()


DUE = Prepared(_due)


def work_shown(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """What is due in the week that comes, and what of the last month was handed in (one query); None where there is neither."""
    lines = DUE(viewer, pupil.pk, viewer.days_ago(BEHIND), viewer.today + AHEAD)
    rows = [
        DueRow(pk, title, subject, day, hand_in == ONLINE, *flags)
        for pk, title, subject, day, hand_in, *flags in lines
    ]
    states = [(row, row.state_on(viewer.today)) for row in rows]
    handed = [(row, state) for row, state in states if state]
    coming = [row for row in rows if row.day >= viewer.today and not (row.is_read and row.handed)]
    if not handed and not coming:
        return None
    shown: dict[str, Any] = {
        "handed": handed,
        "coming": coming[:MOST],
        "more": max(0, len(coming) - MOST),
        "counts": {state: sum(one == state for _row, one in handed) for state in ("done", "late", "missing")},
        "own": follows_homework(viewer),
        "today": viewer.today,
    }
    return shown | {"said": work_said(shown)}


def work_said(context: Mapping[str, Any]) -> str:
    """« 8 à l’heure, 2 en retard, 1 manquant », else how much is to be done."""
    counts = context["counts"]
    parts = [
        _("%(num)s à l’heure") % {"num": counts["done"]} if counts["done"] else "",
        _("%(num)s en retard") % {"num": counts["late"]} if counts["late"] else "",
        ngettext("%(num)s manquant", "%(num)s manquants", counts["missing"]) % {"num": counts["missing"]}
        if counts["missing"]
        else "",
    ]
    number = len(context["coming"]) + context["more"]
    due = ngettext("%(num)s travail à venir", "%(num)s travaux à venir", number) % {"num": number}
    return ", ".join(filter(None, parts)) or due
