"""Pages of the marks that were given elsewhere."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.gradebook.forms.past import MarksFilesForm, table_of
from preau.domains.gradebook.imports.importer import MARKS_FILES, name_columns
from preau.domains.gradebook.models import MarksImport
from preau.domains.gradebook.queries.past import figures_of
from preau.domains.gradebook.rules import access
from preau.foundation.importers import pages, reports, stages

HEAD = access.takes_in_marks
EXPORTED = "gradebook.import_exported"


def _take(viewer: Viewer, form: MarksFilesForm) -> MarksImport:
    brought: MarksImport = stages.bring(MARKS_FILES, viewer, form.cleaned_data["files"], year=viewer.year)
    return brought


def _lines(rows: Iterable[MarksImport]) -> list[reports.ImportLine]:
    return reports.lines_of(MARKS_FILES, rows, reports.by, lambda one: figures_of(one.report))


def _shown(_viewer: Viewer, brought: MarksImport) -> dict[str, Any]:
    return {
        "by": reports.by(brought),
        "figures": figures_of(brought.report),
        "changes": reports.changes_of(MARKS_FILES, brought),
        "notes": reports.notes_of(MARKS_FILES, brought),
    }


def _part(_viewer: Viewer, brought: MarksImport, slug: str) -> reports.Part | None:
    return reports.part_of(MARKS_FILES, brought, slug)


def _csv_rows(report: Mapping[str, Any]) -> Iterator[list[object]]:
    return reports.csv_rows(MARKS_FILES, figures_of, report)


imports = pages.home(
    MARKS_FILES,
    HEAD,
    MarksFilesForm,
    _take,
    _lines,
    pages.Heading(
        _("Reprendre des notes"),
        _("Données cette année avec PRONOTE, École Directe ou un tableur."),
        _(
            "Rien ne change avant que vous ayez vu l’aperçu. Un élève, une classe ou une matière que Préau ne reconnaît pas n’est jamais deviné : la ligne est mise de côté, et vous lisez pourquoi. Une note déjà là reste comme elle est. Les fichiers sont effacés dès que c’est appliqué ou abandonné, au plus tard au bout de sept jours."
        ),
        "gradebook:periods",
        _("Périodes"),
    ),
)
one_import = pages.detail(MARKS_FILES, HEAD, "gradebook/import.html", _shown)
import_part = pages.part(MARKS_FILES, HEAD, _part, "gradebook/import_part.html")
import_columns = pages.columns(MARKS_FILES, HEAD, table_of, name_columns)
apply_import = pages.agree(MARKS_FILES, HEAD)
drop_import = pages.drop(MARKS_FILES, HEAD)
import_csv = pages.csv_report(MARKS_FILES, HEAD, reports.exported, _csv_rows, EXPORTED)
import_json = pages.json_report(MARKS_FILES, HEAD, reports.exported, EXPORTED)
