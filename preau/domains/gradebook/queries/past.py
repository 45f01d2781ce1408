"""Imports of marks as pages show them: figures, what would be written, what is set aside."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import MarksImport
from preau.foundation.importers.importer import Section
from preau.foundation.importers.reports import Part, error_rows, parts_of
from preau.foundation.importers.rows import MATCHING, PREVIEW
from preau.foundation.text import number

CHANGES = (
    Section(
        "devoirs",
        "created",
        gettext_lazy("Devoirs repris"),
        gettext_lazy("Avec leurs notes : élèves et familles les lisent aussitôt, et personne n’est prévenu."),
    ),
    Section(
        "completes",
        "completed",
        gettext_lazy("Devoirs déjà là, complétés"),
        gettext_lazy("Ils reçoivent les notes qui leur manquent. Celles qui y sont restent."),
    ),
)
NOTES = (
    Section(
        "mis-de-cote",
        "put_aside",
        gettext_lazy("Mis de côté"),
        gettext_lazy(
            "Ces lignes ne sont pas prises. Corrigez le fichier ou l’annuaire, puis apportez-le de nouveau : ce qui est déjà repris ne l’est pas deux fois."
        ),
    ),
)


def by(marks_import: MarksImport) -> str:
    return (
        marks_import.brought_by.full_name if marks_import.brought_by else _("une personne qui n’est plus là")
    )


def figures_of(report: Mapping[str, Any]) -> list[str]:
    """How much, in words."""
    told = {name: int(report.get(name) or 0) for name in ("assessments", "marks", "unchanged", "aside")}
    words = {
        "assessments": ngettext("%(count)s devoir repris", "%(count)s devoirs repris", told["assessments"]),
        "marks": ngettext("%(count)s note reprise", "%(count)s notes reprises", told["marks"]),
        "unchanged": ngettext("%(count)s note déjà là", "%(count)s notes déjà là", told["unchanged"]),
        "aside": ngettext("%(count)s ligne mise de côté", "%(count)s lignes mises de côté", told["aside"]),
    }
    return [words[name] % {"count": number(count)} for name, count in told.items() if count]


def changes_of(marks_import: MarksImport) -> list[Part]:
    """What would be written, while it waits for a decision."""
    return parts_of(CHANGES, marks_import.preview)


def notes_of(marks_import: MarksImport) -> list[Part]:
    """What is set aside; who is named only while it waits."""
    told = {
        s.name: (marks_import.preview if s.name in marks_import.preview else marks_import.report).get(s.name)
        for s in NOTES
    }
    return parts_of(NOTES, told, reasons={"put_aside": marks_import.report.get("reasons", ())})


def columns_of(marks_import: MarksImport) -> list[Mapping[str, Any]]:
    """The headings of its tables, as long as somebody may say what they hold."""
    return list(marks_import.preview.get("columns", ())) if marks_import.state in {MATCHING, PREVIEW} else []


def part_of(_viewer: Viewer, marks_import: MarksImport, slug: str) -> Part | None:
    """One list in full; None when there is none to show."""
    return next(
        (part for part in [*changes_of(marks_import), *notes_of(marks_import)] if part.slug == slug), None
    )


def exported(_viewer: Viewer, marks_import: MarksImport) -> dict[str, Any]:
    """The report for other programs."""
    told = {
        "import": marks_import.pk,
        "state": marks_import.state,
        "brought_at": marks_import.brought_at.isoformat(),
        "files": marks_import.files,
    }
    return told | marks_import.report


def csv_rows(told: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, what, text."""
    for sentence in figures_of(told):
        yield [_("Compte"), "", "", "", sentence]
    yield from error_rows(told)
    for section in NOTES:
        for row in told.get(section.name, ()):
            yield [section.title, row["file"], row["line"] or "", row.get("what", ""), row["reason"]]
