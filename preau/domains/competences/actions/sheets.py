"""Creating, publishing and deleting a sheet, and what its columns are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Group, Period, Subject
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Competence, Sheet, SheetColumn
from preau.domains.gradebook.actions.sealing import AlreadyDone, locked_period, refuse_sealed
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.models import policy_of as marks_policy_of
from preau.foundation import journal


class StillRead(Exception):
    """Pupils read this sheet: it is taken back to a draft first."""


@dataclass(frozen=True)
class Described:
    """What a teacher says of a sheet; beside an assessment, what the assessment says."""

    title: str
    day: date
    period: Period
    subject: Subject | None = None
    assessment: Assessment | None = None
    asks_pupils: bool = False

    @property
    def same(self) -> dict[str, Any]:
        """What makes two sheets of one teacher the same."""
        return {"subject": self.subject, "period": self.period, "title": self.title, "day": self.day}


def beside(assessment: Assessment, *, asks_pupils: bool = False) -> Described:
    """A sheet that stands beside the marks of an assessment."""
    return Described(
        assessment.title, assessment.day, assessment.period, assessment.subject, assessment, asks_pupils
    )


@transaction.atomic
def create_sheet(
    viewer: Viewer, group: Group, described: Described, competences: Sequence[Competence]
) -> Sheet:
    """A sheet with these columns; the same, sent twice, is one. Raises PeriodSealed."""
    period = locked_period(described.period.pk)
    refuse_sealed(viewer, period)
    rows = Sheet.objects.filter(assessment=described.assessment, kind=Sheet.Kind.ASSESSED)
    if described.assessment is None:
        rows = rows.filter(teacher=viewer.person, group=group, **described.same)
    made = rows.first()
    if made is None:
        made = Sheet.objects.create(
            school_id=period.school_id,
            teacher=viewer.person,
            group=group,
            assessment=described.assessment,
            asks_pupils=described.asks_pupils,
            created_at=timezone.now(),
            **described.same,
        )
        journal.record(viewer, "competences.sheet_created", made, group=group.pk, period=period.pk)
    _add_columns(made, competences)
    return made


def _add_columns(sheet: Sheet, competences: Sequence[Competence]) -> int:
    there = set(SheetColumn.objects.filter(sheet=sheet).values_list("competence_id", flat=True))
    rows = [
        SheetColumn(sheet=sheet, competence=one, rank=len(there) + rank)
        for rank, one in enumerate(competences)
        if one.pk not in there
    ]
    return len(SheetColumn.objects.bulk_create(rows))


def locked_sheet(viewer: Viewer, sheet_id: int) -> Sheet:
    """The sheet as it is now, which nobody else writes until this transaction ends. Raises PeriodSealed, AlreadyDone."""
    known: Sheet | None = (
        Sheet.objects.select_for_update(of=("self",))
        .select_related("period", "school", "group", "assessment__period")
        .filter(pk=sheet_id)
        .first()
    )
    if known is None or (known.assessment and known.assessment.deleted_at):
        raise AlreadyDone
    refuse_sealed(viewer, known.shown.period)
    return known


@transaction.atomic
def change_columns(
    viewer: Viewer, sheet: Sheet, competences: Sequence[Competence], *, asks_pupils: bool
) -> int:
    """These competences, in this order; one that holds levels stays. Returns how many came or went. Raises PeriodSealed, AlreadyDone."""
    known = locked_sheet(viewer, sheet.pk)
    wanted = {competence.pk for competence in competences}
    gone = SheetColumn.objects.filter(sheet=known).exclude(competence__in=wanted)
    removed = gone.filter(levels=None, self_levels=None).delete()[0]
    added = _add_columns(known, competences)
    asked = known.asks_pupils != asks_pupils
    if asked:
        known.asks_pupils = asks_pupils
        known.save(update_fields=["asks_pupils"])
    if added or removed or asked:
        journal.record(viewer, "competences.sheet_changed", known, added=added, removed=removed)
    return added + removed + asked


@transaction.atomic
def publish_sheet(viewer: Viewer, sheet: Sheet, at: datetime | None) -> bool:
    """Pupils read it from `at`, their families after the school's delay; None makes a draft of it again. False when it is so.

    What stands beside an assessment is published with it, and not from here. Raises PeriodSealed, AlreadyDone.
    """
    known = locked_sheet(viewer, sheet.pk)
    if known.assessment_id or (known.published_at is None) == (at is None):
        return False
    known.published_at = at
    known.guardians_at = at + marks_policy_of(known.school_id).delay if at else None
    known.told_at = None
    known.save(update_fields=["published_at", "guardians_at", "told_at"])
    journal.record(viewer, "competences.sheet_published", known, at=at.isoformat() if at else None)
    return True


@transaction.atomic
def delete_sheet(viewer: Viewer, sheet: Sheet) -> None:
    """Take a sheet away with its levels. Raises StillRead, PeriodSealed, AlreadyDone."""
    known = locked_sheet(viewer, sheet.pk)
    if known.is_published(timezone.now()):
        raise StillRead
    journal.record(viewer, "competences.sheet_deleted", known)
    known.delete()
