"""An import as pages and spreadsheets show it: its state, its lists, what was set aside and why."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from preau.foundation.importers.importer import Importer, Section
from preau.foundation.importers.rows import (
    BLOCKED,
    DONE,
    DROPPED,
    MATCHING,
    PREVIEW,
    REFUSED,
    WORKING,
    ImportRow,
)

FIRST, PLACES = 8, 3
TONES = {MATCHING: "todo", PREVIEW: "todo", BLOCKED: "todo", DONE: "done", REFUSED: "changed"}
ICONS = {**dict.fromkeys(WORKING, "clock"), REFUSED: "alert-circle", DROPPED: "x"}


@dataclass(frozen=True)
class Sentence:
    """A reason, how many lines have it, and the first places where it is found."""

    reason: str
    count: int
    places: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Part:
    """One list: how many there are, and those that are kept; by `sentences` where reasons are counted."""

    slug: str
    title: str
    text: str
    count: int
    rows: Sequence[Mapping[str, Any]] = ()
    sentences: Sequence[Sentence] | None = None

    @property
    def first(self) -> Sequence[Mapping[str, Any]]:
        return self.rows[:FIRST]

    @property
    def more(self) -> int:
        return self.count - len(self.first)


@dataclass(frozen=True)
class ImportLine:
    """One import in the list of a house."""

    pk: int
    brought_at: datetime
    by: str
    state: str
    about: str
    label: str
    tone: str
    icon: str
    figures: Sequence[str]

    @property
    def settles(self) -> bool:
        """Does no figure mean that nothing changes?"""
        return self.state in {DONE, PREVIEW, BLOCKED}


def lines_of(
    importer: Importer,
    rows: Iterable[Any],
    by: Callable[[Any], str],
    figures: Callable[[Any], Sequence[str]],
    about: Callable[[Any], str] = lambda _row: "",
) -> list[ImportLine]:
    """The lines of a page of imports."""
    return [
        ImportLine(
            row.pk, row.brought_at, by(row), row.state, about(row), *tag_of(importer, row), figures(row)
        )
        for row in rows
    ]


def tag_of(importer: Importer, row: Any) -> tuple[str, str, str]:
    """Its state in words, with the tone and the drawing of its tag."""
    return str(row.get_state_display()), *tone_of(row.state, importer.icons)


def tone_of(state: str, icons: Mapping[str, str] = ICONS) -> tuple[str, str]:
    """The tone and the drawing of a state."""
    return TONES.get(state, "neutral"), icons.get(state, ICONS.get(state, ""))


def parts_of(
    sections: Iterable[Section],
    rows: Mapping[str, Any],
    *,
    counts: Mapping[str, int] | None = None,
    reasons: Mapping[str, Any] | None = None,
) -> list[Part]:
    """Those of these lists that hold something. `counts` where not every row is kept; `reasons`: pairs of sentence and number."""
    known = counts or {}
    found = []
    for section in sections:
        kept = rows.get(section.name) or ()
        count = int(known.get(section.name, len(kept)))
        if count:
            sentences = (
                sentences_of(reasons[section.name], kept) if reasons and section.name in reasons else None
            )
            found.append(Part(section.slug, str(section.title), str(section.text), count, kept, sentences))
    return found


def sentences_of(reasons: Iterable[Sequence[Any]], rows: Sequence[Mapping[str, Any]]) -> list[Sentence]:
    """Each reason with the first places of it."""
    return [
        Sentence(reason, count, [row for row in rows if row["reason"] == reason][:PLACES])
        for reason, count in reasons
    ]


def error_rows(report: Mapping[str, Any]) -> Iterator[list[object]]:
    """For a spreadsheet: nature, file, line, what, text of what the files were refused for."""
    for error in report.get("errors", ()):
        yield [_("Refus"), error["file"], error["line"] or "", "", error["reason"]]


# Tables whose columns somebody names: their lists and their report


def by(row: Any) -> str:
    """Who brought it."""
    return row.brought_by.full_name if row.brought_by else _("une personne qui n’est plus là")


def changes_of(importer: Importer, row: ImportRow) -> list[Part]:
    """What would be written, while it waits for a decision; where the preview keeps the first ones alone, it counts them all."""
    return parts_of(importer.changes, row.preview, counts=row.preview.get("counts"))


def notes_of(importer: Importer, row: ImportRow) -> list[Part]:
    """What is set aside; who is named only while it waits."""
    rows = {
        section.name: (row.preview if section.name in row.preview else row.report).get(section.name)
        for section in importer.notes
    }
    return parts_of(importer.notes, rows, reasons={"put_aside": row.report.get("reasons", ())})


def columns_of(row: ImportRow) -> list[Mapping[str, Any]]:
    """The headings of its tables, as long as somebody may say what they hold."""
    return list(row.preview.get("columns", ())) if row.state in {MATCHING, PREVIEW} else []


def part_of(importer: Importer, row: ImportRow, slug: str) -> Part | None:
    """One list in full; None when there is none to show."""
    parts = [*changes_of(importer, row), *notes_of(importer, row)]
    return next((part for part in parts if part.slug == slug), None)


def exported(_viewer: Any, row: ImportRow) -> dict[str, Any]:
    """The report for other programs."""
    facts = {
        "import": row.pk,
        "state": row.state,
        "brought_at": row.brought_at.isoformat(),
        "files": row.files,
    }
    return facts | row.report


def csv_rows(
    importer: Importer, figures: Callable[[Mapping[str, Any]], Sequence[str]], report: Mapping[str, Any]
) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, what, text."""
    for sentence in figures(report):
        yield [_("Compte"), "", "", "", sentence]
    yield from error_rows(report)
    for section in importer.notes:
        for row in report.get(section.name, ()):
            yield [section.title, row["file"], row["line"] or "", row.get("what", ""), row["reason"]]
