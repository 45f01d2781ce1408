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


def by(one: ReferentialImport) -> str:
    return one.brought_by.full_name if one.brought_by else _("une personne qui n’est plus là")


def figures_of(report: Mapping[str, Any]) -> list[str]:
    """How much, in words."""
    rows = int(report.get("rows") or 0)
    said = ngettext("%(count)s ligne", "%(count)s lignes", rows) % {"count": number(rows)}
    return [said] if rows else []


def changes_of(one: ReferentialImport) -> list[Part]:
    """What would be written, while it waits for a decision."""
    return parts_of(CHANGES, one.preview)


def part_of(_viewer: Viewer, one: ReferentialImport, slug: str) -> Part | None:
    """One list in full; None when there is none to show."""
    return next((part for part in changes_of(one) if part.slug == slug), None)


def exported(_viewer: Viewer, one: ReferentialImport) -> dict[str, Any]:
    """The report for other programs."""
    told = {
        "import": one.pk,
        "state": one.state,
        "brought_at": one.brought_at.isoformat(),
        "files": one.files,
    }
    return told | one.report


def csv_rows(told: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, what, text."""
    for sentence in figures_of(told):
        yield [_("Compte"), "", "", "", sentence]
    yield from error_rows(told)
