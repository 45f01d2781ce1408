"""One pupil in one competence: each level with what proves it and what it was; and what changed after a period was sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from preau.directory.models import Period, Person
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Competence, Level, LevelChange, MasteryPolicy, Sheet, policy_of
from preau.domains.competences.queries.levels import Line, comes_to, lines_of
from preau.domains.competences.rules.synthesis import Rule

MOST_SHOWN = 20
SEALED_AT = Coalesce(F("column__sheet__assessment__period__seal__at"), F("column__sheet__period__seal__at"))


@dataclass(frozen=True)
class ChangeRow:
    """« 2 devient 3 »: when, by whom, and whether the period was sealed by then, which bulletins are made of."""

    at: datetime
    by: str
    before: str
    after: str
    is_after_seal: bool


@dataclass(frozen=True)
class Found:
    """A level of the history, or what is left of one that was emptied; whether the viewer writes its sheet."""

    day: date
    title: str
    sheet_id: int
    line: Line | None
    changes: Sequence[ChangeRow] = ()
    is_own: bool = False


@dataclass(frozen=True)
class HistoryPage:
    """What the page of a competence of a pupil shows to those who work here, newest first."""

    pupil: Person
    competence: Competence
    policy: MasteryPolicy
    level: int | None
    found: Sequence[Found] = field(default_factory=list)


def competence_of(viewer: Viewer, pupil: Person, asked: str) -> Competence | None:
    """The one that an address asks for if there is something to read of it, else the one that was assessed last."""
    read = Level.objects.visible_to(viewer).filter(pupil=pupil)
    was = LevelChange.objects.visible_to(viewer).filter(pupil=pupil)
    path = "column__competence_id"
    rows = Competence.objects.visible_to(viewer).select_related("referential")
    if asked.isascii() and asked.isdigit() and len(asked) < 12:
        there = Q(pk__in=read.values(path)) | Q(pk__in=was.values(path))
        found: Competence | None = rows.filter(there, pk=int(asked)).first()
        if found:
            return found
    last = read.order_by("-changed_at", "-pk").values(path)[:1]
    newest: Competence | None = rows.filter(pk__in=last).first()
    return newest


def history_of(viewer: Viewer, pupil: Person, competence: Competence) -> HistoryPage:
    """Everything that the viewer reads of it: four queries."""
    school = competence.referential.school_id
    policy = policy_of(school)
    lines = lines_of(viewer, [pupil.pk], Q(column__competence=competence.pk, column__sheet__school=school))
    rows = LevelChange.objects.visible_to(viewer).filter(pupil=pupil, column__competence=competence)
    change_rows = rows.select_related("by", "column__sheet__assessment").annotate(sealed_at=SEALED_AT)
    changes: dict[int, list[LevelChange]] = {}
    for row in change_rows.order_by("-at", "-pk"):
        changes.setdefault(row.column.sheet_id, []).append(row)
    sheets = {line.sheet_id for line in lines} | set(changes)
    own = set(Sheet.objects.written_by(viewer).filter(pk__in=sheets).values_list("pk", flat=True))
    found = [_found(line, changes.pop(line.sheet_id, []), policy.words, own) for line in lines]
    found += [_emptied(rows, policy.words, own) for rows in changes.values()]
    level = comes_to(lines, Rule(policy.rule))
    ranked = sorted(found, key=lambda one: (one.day, one.sheet_id), reverse=True)
    return HistoryPage(pupil, competence, policy, level, ranked)


def _found(line: Line, changes: Sequence[LevelChange], words: Mapping[int, str], own: set[int]) -> Found:
    rows = [row_of(row, words) for row in changes]
    return Found(line.day, line.title, line.sheet_id, line, rows, line.sheet_id in own)


def _emptied(changes: Sequence[LevelChange], words: Mapping[int, str], own: set[int]) -> Found:
    sheet = changes[0].column.sheet
    rows = [row_of(row, words) for row in changes]
    return Found(sheet.shown.day, sheet.shown.title, sheet.pk, None, rows, sheet.pk in own)


def row_of(row: LevelChange, words: Mapping[int, str]) -> ChangeRow:
    """A change in the school's words; `sealed_at` was asked with it."""
    sealed_at: datetime | None = getattr(row, "sealed_at", None)
    before = level_in_words(row.former_value, row.former_code, words)
    after = level_in_words(row.value, row.code, words)
    return ChangeRow(row.at, row.by.formal_name, before, after, sealed_at is not None and row.at > sealed_at)


def level_in_words(value: int | None, code: str, words: Mapping[int, str]) -> str:
    """A level in words; nothing: it was emptied."""
    if value is not None:
        return words[value]
    return str(Level.Code(code).label) if code else ""


@dataclass(frozen=True)
class LateChange:
    """A level that changed after its period was sealed: whose, in what, and how."""

    pupil: str
    public_id: str
    competence: str
    competence_id: int
    change: ChangeRow


def changed_after_seal(
    viewer: Viewer, pupils: Any, period: Period, words: Mapping[int, str]
) -> list[LateChange]:
    """What changed in a period once it was sealed, newest first: bulletins may say otherwise. One query."""
    of_period = Q(column__sheet__assessment=None, column__sheet__period=period) | Q(
        column__sheet__assessment__period=period
    )
    rows = LevelChange.objects.visible_to(viewer).filter(of_period, pupil__in=pupils)
    changes = rows.annotate(sealed_at=SEALED_AT).filter(at__gt=F("sealed_at"))
    found = changes.select_related("by", "pupil", "column__competence").order_by("-at", "-pk")
    return [
        LateChange(
            row.pupil.list_name,
            row.pupil.public_id,
            row.column.competence.name,
            row.column.competence_id,
            row_of(row, words),
        )
        for row in found[:MOST_SHOWN]
    ]
