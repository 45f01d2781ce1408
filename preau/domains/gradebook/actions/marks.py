"""Writing marks: one cell, or a whole column; nobody's mark is overwritten unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Enrolment, Person
from preau.directory.viewer import Viewer
from preau.domains.gradebook.actions import telling
from preau.domains.gradebook.actions.assessments import locked
from preau.domains.gradebook.actions.sealing import AlreadyDone
from preau.domains.gradebook.models import Assessment, Mark, MarkChange
from preau.domains.gradebook.rules.marking import TypedMark, as_typed
from preau.foundation import journal


@dataclass(frozen=True)
class Cell:
    """What is typed for a pupil; `seen`: the version of the mark that the page had shown, 0 for none."""

    pupil_id: int
    typed: TypedMark
    seen: int


class MarkConflict(Exception):
    """A colleague has written this mark since the page was shown: `mark` is theirs (None: they emptied it), `cell` is yours."""

    def __init__(self, cell: Cell, mark: Mark | None) -> None:
        super().__init__(cell.pupil_id)
        self.cell = cell
        self.mark = mark

    @property
    def theirs(self) -> TypedMark:
        return as_typed(self.mark)


class ColumnConflict(Exception):
    """The same, for some cells of a column: nothing was written."""

    def __init__(self, conflicts: Sequence[MarkConflict]) -> None:
        super().__init__(len(conflicts))
        self.conflicts = conflicts


class Elsewhere(Exception):
    """A pupil of `pupils` was never in this group during the period."""

    def __init__(self, pupils: Sequence[int]) -> None:
        super().__init__(*pupils)
        self.pupils = pupils


@transaction.atomic
def set_mark(
    viewer: Viewer, assessment: Assessment, pupil: Person, typed: TypedMark, seen: int
) -> Mark | None:
    """Write the mark of one pupil; empty, take it away. The same sent twice is written once.

    Raises MarkConflict, Elsewhere, PeriodSealed, AlreadyDone when the assessment was deleted.
    """
    try:
        written = set_column(viewer, assessment, [Cell(pupil.pk, typed, seen)])
    except ColumnConflict as conflict:
        raise conflict.conflicts[0] from None
    return written[pupil.pk]


@transaction.atomic
def set_column(viewer: Viewer, assessment: Assessment, cells: Sequence[Cell]) -> dict[int, Mark | None]:
    """Write these marks of one assessment, all or none, and return what their cells now hold.

    What is already as typed is not written. Raises ColumnConflict, Elsewhere, PeriodSealed, AlreadyDone.
    """
    known = locked(viewer, assessment)
    if known.deleted_at:
        raise AlreadyDone
    # Whoever writes a mark of this assessment has locked it first.
    rows = Mark.objects.filter(assessment=known, pupil__in=[cell.pupil_id for cell in cells])
    marks = {row.pupil_id: row for row in rows}
    changed = [cell for cell in cells if as_typed(marks.get(cell.pupil_id)) != cell.typed]
    conflicts = [
        MarkConflict(cell, marks.get(cell.pupil_id))
        for cell in changed
        if cell.seen != _version(marks.get(cell.pupil_id))
    ]
    if conflicts:
        raise ColumnConflict(conflicts)
    if changed:
        _refuse_strangers(known, [cell.pupil_id for cell in changed if cell.pupil_id not in marks])
        marks |= _write(viewer, known, changed, marks)
    return {cell.pupil_id: marks.get(cell.pupil_id) for cell in cells}


@transaction.atomic
def set_grid(viewer: Viewer, columns: Sequence[tuple[Assessment, Sequence[Cell]]]) -> int:
    """Write marks of several assessments, all or none; returns how many cells were told.

    Raises ColumnConflict with those of every column, Elsewhere, PeriodSealed, AlreadyDone.
    """
    conflicts: list[MarkConflict] = []
    # In one order, whoever writes: two files at once do not wait for each other.
    for assessment, cells in sorted(columns, key=lambda column: column[0].pk):
        try:
            set_column(viewer, assessment, cells)
        except ColumnConflict as refused:
            conflicts += refused.conflicts
    if conflicts:
        raise ColumnConflict(conflicts)
    return sum(len(cells) for _assessment, cells in columns)


def _version(mark: Mark | None) -> int:
    return mark.version if mark else 0


def _refuse_strangers(assessment: Assessment, pupils: Sequence[int]) -> None:
    """A mark goes on being corrected after a departure; a new one is for who was there in the period."""
    if not pupils:
        return
    there = learning_in(assessment, pupils)
    strangers = [pupil for pupil in pupils if pupil not in there]
    if strangers:
        raise Elsewhere(strangers)


def learning_in(assessment: Assessment, pupils: Sequence[int]) -> set[int]:
    """Of these, who was in the group of the assessment on some day of its period."""
    period = assessment.period
    rows = Enrolment.objects.filter(group=assessment.group_id, pupil__in=pupils)
    rows = rows.exclude(starts__gt=period.ends).exclude(ends__lte=period.starts)
    return set(rows.values_list("pupil_id", flat=True))


def _write(
    viewer: Viewer, assessment: Assessment, cells: Sequence[Cell], marks: Mapping[int, Mark]
) -> dict[int, Mark | None]:
    now = timezone.now()
    assessment.marks_written += 1
    assessment.save(update_fields=["marks_written"])
    written: dict[int, Mark | None] = {}
    read = assessment.is_published(now)
    changes = [_change(viewer, marks[cell.pupil_id], cell.typed) for cell in cells if cell.pupil_id in marks]
    MarkChange.objects.bulk_create(changes if read else [])
    for cell in cells:
        mark = marks.get(cell.pupil_id) or Mark(assessment=assessment, pupil_id=cell.pupil_id)
        mark.value, mark.code = cell.typed.value, cell.typed.code
        mark.version, mark.changed_at, mark.changed_by = assessment.marks_written, now, viewer.person
        written[cell.pupil_id] = None if cell.typed.is_empty else mark
    kept = [mark for mark in written.values() if mark]
    Mark.objects.bulk_create([mark for mark in kept if mark.pk is None])
    Mark.objects.bulk_update(
        [mark for mark in kept if mark.pk], ["value", "code", "version", "changed_at", "changed_by"]
    )
    emptied = [pupil for pupil, mark in written.items() if mark is None]
    if emptied:
        Mark.objects.filter(assessment=assessment, pupil__in=emptied).delete()
    _trace(viewer, assessment, written, marks, read=read)
    return written


def _change(viewer: Viewer, mark: Mark, typed: TypedMark) -> MarkChange:
    """What a mark was, before it is written: pupils have read it."""
    return MarkChange(
        assessment_id=mark.assessment_id,
        pupil_id=mark.pupil_id,
        former_value=mark.value,
        former_code=mark.code,
        value=typed.value,
        code=typed.code,
        by=viewer.person,
    )


def _trace(
    viewer: Viewer,
    assessment: Assessment,
    written: Mapping[int, Mark | None],
    before: Mapping[int, Mark],
    *,
    read: bool,
) -> None:
    """One line a pupil in the journal; what they had read already is told by the school's rule."""
    for pupil, mark in written.items():
        # How often it was typed before it was published is the teacher's own.
        kept = "gradebook.mark_written" if read else "gradebook.mark_prepared"
        verb = kept if mark else "gradebook.mark_emptied"
        journal.record(viewer, verb, mark or before[pupil], subject_id=pupil, read=int(read))
    if read:
        added = [pupil for pupil in written if pupil not in before]
        telling.ask_to_tell(assessment, added, [pupil for pupil in written if pupil in before])
