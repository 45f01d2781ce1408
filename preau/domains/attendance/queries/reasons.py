"""The reasons of a school, as its settings and its forms show them."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from preau.directory.models import Guardianship
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, Reason
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class ReasonRow:
    """One reason, its switches, and how many absences it explains or settles in this school."""

    reason: Reason
    used: int

    @property
    def is_common(self) -> bool:
        return self.reason.school_id is None


IN_USE = Prepared(lambda school: Reason.objects.in_use(school).values_list("pk", "label"))


def choices_of_reasons(school_id: int) -> list[tuple[int, str]]:
    """What this school chooses among today, for a form."""
    return IN_USE(school_id)


def reasons_of(viewer: Viewer) -> list[ReasonRow]:
    """Every reason of the school, those retired last; a common one that it has replaced is not shown (two queries)."""
    replaced = Reason.objects.filter(school_id=viewer.school_id or 0, replaces=OuterRef("pk"))
    own = Q(school_id=viewer.school_id) | Q(school=None) & ~Exists(replaced)
    reasons = Reason.objects.filter(own).order_by("order", "label", "pk")
    used = _used(viewer)
    rows = [ReasonRow(reason, used.get(reason.pk, 0)) for reason in reasons]
    return sorted(rows, key=lambda row: row.reason.retired_on is not None)


def _used(viewer: Viewer) -> dict[int, int]:
    """How many entries of the school each reason stands for: kept by school life, else given by a family."""
    entries = Entry.objects.in_school(viewer).order_by()
    kept = dict(entries.exclude(handling=None).values_list("handling__reason").annotate(Count("pk")))
    given = entries.filter(handling=None).exclude(explanation=None)
    for reason, count in given.values_list("explanation__reason").annotate(Count("pk")):
        kept[reason] = kept.get(reason, 0) + count
    return kept


def who_may_have_told(viewer: Viewer, pupil_id: int) -> list[Guardianship]:
    """Who may have told the reason of an absence on the telephone: those informed today."""
    informed = Guardianship.objects.informed(viewer.today).filter(pupil_id=pupil_id)
    return list(informed.select_related("guardian").order_by("contact_priority", "pk"))
