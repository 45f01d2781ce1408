"""Imports of referentials as pages show them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.viewer import Viewer
from preau.domains.competences.models import ReferentialImport
from preau.foundation.importers.importer import Section
from preau.foundation.importers.reports import Part, error_rows, parts_of
from preau.foundation.text import number

CHANGES = (
    Section(
        "competences",
        "created",
        gettext_lazy("Compétences ajoutées"),
        gettext_lazy("Dans l’ordre du fichier, chacune sous la sienne."),
    ),
)
NOTES: tuple[Section, ...] = ()


def by(referential_import: ReferentialImport) -> str:
    return (
        referential_import.brought_by.full_name
        if referential_import.brought_by
        else _("une personne qui n’est plus là")
    )


def figures_of(report: Mapping[str, Any]) -> list[str]:
    """How much, in words."""
    rows = int(report.get("rows") or 0)
    sentence = ngettext("%(count)s ligne", "%(count)s lignes", rows) % {"count": number(rows)}
    return [sentence] if rows else []


def changes_of(referential_import: ReferentialImport) -> list[Part]:
    """What would be written, while it waits for a decision."""
    return parts_of(CHANGES, referential_import.preview)


def part_of(_viewer: Viewer, referential_import: ReferentialImport, slug: str) -> Part | None:
    """One list in full; None when there is none to show."""
    return next((part for part in changes_of(referential_import) if part.slug == slug), None)


def exported(_viewer: Viewer, referential_import: ReferentialImport) -> dict[str, Any]:
    """The report for other programs."""
    payload = {
        "import": referential_import.pk,
        "state": referential_import.state,
        "brought_at": referential_import.brought_at.isoformat(),
        "files": referential_import.files,
    }
    return payload | referential_import.report


def csv_rows(report: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, what, text."""
    for sentence in figures_of(report):
        yield [_("Compte"), "", "", "", sentence]
    yield from error_rows(report)
