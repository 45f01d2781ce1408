"""Writing levels: a cell, a whole sheet, an observation; nobody's level is overwritten unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Enrolment, Group, Period, Person
from preau.directory.viewer import Viewer
from preau.domains.competences.actions.sheets import locked_sheet
from preau.domains.competences.models import Competence, Level, LevelChange, SelfLevel, Sheet, SheetColumn
from preau.domains.competences.rules.typing import Typed, as_typed
from preau.domains.gradebook.actions.marks import Elsewhere
from preau.domains.gradebook.actions.sealing import AlreadyDone, locked_period, refuse_sealed
from preau.domains.gradebook.models import policy_of as marks_policy_of
from preau.foundation import dates, journal

Key = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """What is typed for a pupil in a column; `seen`: the version of the level that the page had shown, 0 for none."""

    column_id: int
    pupil_id: int
    typed: Typed
    seen: int

    @property
    def key(self) -> Key:
        return self.column_id, self.pupil_id


class LevelConflict(Exception):
    """A colleague has written these levels since the page was shown: nothing was written."""

    def __init__(self, cells: Mapping[Key, Cell], levels: Mapping[Key, Level]) -> None:
        super().__init__(len(cells))
        self.cells = cells
        self.levels = levels


@transaction.atomic
def set_levels(viewer: Viewer, sheet: Sheet, cells: Sequence[Cell]) -> dict[Key, Level | None]:
    """Write these levels of one sheet, all or none, and return what their cells now hold.

    What is already as typed is not written. Raises LevelConflict, Elsewhere, PeriodSealed, AlreadyDone.
    """
    known = locked_sheet(viewer, sheet.pk)
    columns = set(SheetColumn.objects.filter(sheet=known).values_list("pk", flat=True))
    if any(cell.column_id not in columns for cell in cells):
        raise Elsewhere([])
    # Whoever writes a level of this sheet has locked it first.
    rows = Level.objects.filter(column__sheet=known, pupil__in={cell.pupil_id for cell in cells})
    levels = {(row.column_id, row.pupil_id): row for row in rows.select_related("changed_by")}
    changed = [cell for cell in cells if as_typed(levels.get(cell.key)) != cell.typed]
    wrong = {
        cell.key: cell
        for cell in changed
        if cell.seen != (levels[cell.key].version if cell.key in levels else 0)
    }
    if wrong:
        raise LevelConflict(wrong, levels)
    by_key: dict[Key, Level | None] = {cell.key: levels.get(cell.key) for cell in cells}
    if changed:
        _refuse_strangers(known, {cell.pupil_id for cell in changed if cell.key not in levels})
        by_key |= _write(viewer, known, changed, levels)
    return by_key


def _refuse_strangers(sheet: Sheet, pupils: set[int]) -> None:
    """A level goes on being corrected after a departure; a new one is for who was there in the period."""
    if not pupils:
        return
    rows = Enrolment.objects.filter(group=sheet.group_id, pupil__in=pupils)
    period = sheet.shown.period
    rows = rows.exclude(starts__gt=period.ends).exclude(ends__lte=period.starts)
    strangers = pupils - set(rows.values_list("pupil_id", flat=True))
    if strangers:
        raise Elsewhere(sorted(strangers))


def _write(
    viewer: Viewer, sheet: Sheet, cells: Sequence[Cell], levels: Mapping[Key, Level]
) -> dict[Key, Level | None]:
    now = timezone.now()
    sheet.levels_written += 1
    sheet.save(update_fields=["levels_written"])
    written: dict[Key, Level | None] = {}
    changes = [_change(viewer, levels[cell.key], cell.typed, now) for cell in cells if cell.key in levels]
    LevelChange.objects.bulk_create(changes if sheet.is_published(now) else [])
    for cell in cells:
        level = levels.get(cell.key) or Level(column_id=cell.column_id, pupil_id=cell.pupil_id)
        level.value, level.code = cell.typed.value, cell.typed.code
        level.version, level.changed_at, level.changed_by = sheet.levels_written, now, viewer.person
        written[cell.key] = None if cell.typed.is_empty else level
    kept = [level for level in written.values() if level]
    Level.objects.bulk_create([level for level in kept if level.pk is None])
    Level.objects.bulk_update(
        [level for level in kept if level.pk], ["value", "code", "version", "changed_at", "changed_by"]
    )
    emptied = [levels[key].pk for key, level in written.items() if level is None and key in levels]
    if emptied:
        Level.objects.filter(pk__in=emptied).delete()
    _trace(viewer, sheet, written, levels)
    return written


def _change(viewer: Viewer, level: Level, typed: Typed, now: datetime) -> LevelChange:
    """What a level was, before it is written: pupils have read it."""
    return LevelChange(
        column_id=level.column_id,
        pupil_id=level.pupil_id,
        former_value=level.value,
        former_code=level.code,
        value=typed.value,
        code=typed.code,
        by=viewer.person,
        at=now,
    )


def _trace(
    viewer: Viewer, sheet: Sheet, written: Mapping[Key, Level | None], before: Mapping[Key, Level]
) -> None:
    """One line a level in the journal. How often it was typed before it was published is the teacher's own."""
    read = sheet.is_published(timezone.now())
    for key, level in written.items():
        target = level or before.get(key)
        if target is None:
            continue
        kept = "competences.level_written" if read else "competences.level_prepared"
        verb = kept if level else "competences.level_emptied"
        journal.record(viewer, verb, target, subject_id=key[1], read=int(read))


@dataclass(frozen=True)
class Seen:
    """What a teacher has just seen of a pupil, and what proves it."""

    pupil: Person
    competence: Competence
    typed: Typed
    note: str = ""
    proof: StoredFile | None = None


@transaction.atomic
def observe(
    viewer: Viewer, group: Group, period: Period, seen: Seen, made_at: datetime | None = None
) -> Level:
    """Keep what a teacher has just seen of a pupil. What one notes of a class in a day is one sheet, which pupils read at once.

    Seen again the same day by the same teacher, the level of that day is replaced: a second tap is a second thought. A colleague's
    observation is another sheet: both are kept. `made_at`: the moment of one that waited on a device for the network; what was written
    since stands. Raises Elsewhere, PeriodSealed.
    """
    period = locked_period(period.pk)
    refuse_sealed(viewer, period)
    now = timezone.now()
    day = timezone.localdate(made_at) if made_at else viewer.today
    sheet, is_new = Sheet.objects.get_or_create(
        group=group,
        teacher=viewer.person,
        day=day,
        kind=Sheet.Kind.OBSERVED,
        defaults={
            "school_id": period.school_id,
            "period": period,
            "title": _("Observations du %(day)s") % {"day": dates.plain_day(day)},
            "published_at": now,
            "guardians_at": now + marks_policy_of(period.school_id).delay,
            "created_at": now,
        },
    )
    if is_new:
        journal.record(viewer, "competences.sheet_created", sheet, group=group.pk, period=period.pk)
    column, _made = SheetColumn.objects.get_or_create(
        sheet=sheet, competence=seen.competence, defaults={"rank": sheet.columns.count()}
    )
    known = Level.objects.filter(column=column, pupil=seen.pupil).first()
    if known and made_at and known.changed_at >= made_at:
        return known
    cell = Cell(column.pk, seen.pupil.pk, seen.typed, known.version if known else 0)
    set_levels(viewer, sheet, [cell])
    level: Level = Level.objects.get(column=column, pupil=seen.pupil)
    if seen.note or seen.proof:
        level.note, level.proof = seen.note, seen.proof
    level.changed_at = made_at or level.changed_at
    level.save(update_fields=["note", "proof", "changed_at"])
    return level


@transaction.atomic
def prove(viewer: Viewer, level: Level, proof: StoredFile | None, note: str) -> bool:
    """Keep what proves a level, and what was seen; False when nothing changes. Raises PeriodSealed, AlreadyDone."""
    locked_sheet(viewer, level.column.sheet_id)
    known = Level.objects.select_for_update(of=("self",)).filter(pk=level.pk).first()
    if known is None:
        raise AlreadyDone
    if (known.proof_id, known.note) == (proof.pk if proof else None, note):
        return False
    known.proof, known.note = proof, note
    known.save(update_fields=["proof", "note"])
    journal.record(viewer, "competences.level_proved", known, subject_id=known.pupil_id)
    return True


@transaction.atomic
def answer(viewer: Viewer, sheet: Sheet, levels: Mapping[int, int]) -> int:
    """Keep where a pupil thinks they are, by column; returns how many changed. It counts for nothing."""
    columns = SheetColumn.objects.filter(sheet=sheet, pk__in=levels).select_for_update()
    changed = 0
    for column in columns.order_by("pk"):
        known = SelfLevel.objects.filter(column=column, pupil=viewer.person).first()
        if known and known.value == levels[column.pk]:
            continue
        defaults = {"value": levels[column.pk], "at": timezone.now()}
        SelfLevel.objects.update_or_create(column=column, pupil=viewer.person, defaults=defaults)
        changed += 1
    if changed:
        journal.record(viewer, "competences.self_answered", sheet, subject_id=viewer.person.pk, count=changed)
    return changed
