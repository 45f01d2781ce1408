"""Pages of the timetables that another program made."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from preau.directory.viewer import Viewer
from preau.domains.timetable import rules
from preau.domains.timetable.actions import imported as actions
from preau.domains.timetable.forms.imported import ImportForm, table_of
from preau.domains.timetable.imports.importer import TIMETABLES, name_columns
from preau.domains.timetable.models import TimetableImport
from preau.domains.timetable.queries import imported as queries
from preau.foundation.access import opens
from preau.foundation.importers import pages, stages
from preau.foundation.importers.reports import ImportLine, lines_of
from preau.foundation.pages import TYPED_WRONG
from preau.foundation.paging import page_for

EDITS = rules.edits_timetable


def _take(viewer: Viewer, form: ImportForm) -> TimetableImport:
    values = form.cleaned_data
    brought: TimetableImport = stages.bring(
        TIMETABLES, viewer, values["files"], year=viewer.year, scope=values["scope"]
    )
    return brought


def _lines(rows: Iterable[TimetableImport]) -> list[ImportLine]:
    about = TimetableImport.get_source_display
    return lines_of(TIMETABLES, rows, queries.by, lambda one: queries.figures_of(one.report), about)


def _shown(_viewer: Viewer, brought: TimetableImport) -> dict[str, Any]:
    return {
        "by": queries.by(brought),
        "source": brought.get_source_display(),
        "figures": queries.figures_of(brought.report),
        "changes": queries.changes_of(brought),
        "decisions": queries.decisions_of(brought),
        "notes": queries.notes_of(brought),
    }


imports = pages.home(
    TIMETABLES,
    EDITS,
    ImportForm,
    _take,
    _lines,
    pages.Heading(
        gettext_lazy("Importer un emploi du temps"),
        gettext_lazy("Fait avec EDT, STSWEB, un calendrier ou un tableau."),
        gettext_lazy(
            "Rien ne change avant que vous ayez vu l’aperçu. Les matières et les salles qui manquent sont créées ; une classe, un groupe ou un enseignant inconnu ne l’est jamais : le cours est mis de côté, et vous lisez pourquoi. Les fichiers sont effacés dès que l’import est appliqué ou abandonné, au plus tard au bout de sept jours."
        ),
        "timetable:patterns",
        gettext_lazy("Séances hebdomadaires"),
    ),
)
one_import = pages.detail(TIMETABLES, EDITS, "timetable/import.html", _shown)
import_part = pages.part(TIMETABLES, EDITS, queries.part_of, "timetable/import_part.html")
import_columns = pages.columns(TIMETABLES, EDITS, table_of, name_columns)
apply_import = pages.agree(TIMETABLES, EDITS)
drop_import = pages.drop(TIMETABLES, EDITS)
import_csv = pages.csv_report(
    TIMETABLES, EDITS, queries.exported, queries.csv_rows, "timetable.import_exported"
)
import_json = pages.json_report(TIMETABLES, EDITS, queries.exported, "timetable.import_exported")


@opens(TimetableImport, to=EDITS)
@require_http_methods(["GET", "POST"])
def import_choices(request: HttpRequest, brought: TimetableImport) -> HttpResponse:
    """Where the file and people have decided of the same thing: who wins."""
    decisions, is_wrong = queries.decisions_of(brought), False
    if request.method == "POST":
        shown, taken = request.POST.getlist("shown"), request.POST.getlist("take")
        is_wrong = bool(decisions) and not set(taken) <= {row["id"] for row in decisions}
        if not is_wrong:
            choose = partial(actions.choose, shown=shown, taken=taken)
            sentence = _("Vos choix sont gardés. Rien n’est encore changé.")
            return pages.decided(request, TIMETABLES, brought, choose, sentence)
    if not decisions:
        raise Http404
    page = page_for(request, decisions, 30)
    context = {"brought": brought, "page_obj": page, "is_wrong": is_wrong}
    return render(request, "timetable/import_choices.html", context, status=TYPED_WRONG if is_wrong else 200)
