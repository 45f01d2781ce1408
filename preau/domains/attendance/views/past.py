"""Pages of the absences that were noted elsewhere: their imports, their list, and taking one back."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.viewer import Viewer
from preau.domains.attendance import rules
from preau.domains.attendance.actions import past as actions
from preau.domains.attendance.forms.past import AbsencesFilesForm, PastFilter, table_of
from preau.domains.attendance.imports.importer import ABSENCES_FILES, name_columns
from preau.domains.attendance.models import AbsencesImport, PastAbsence
from preau.domains.attendance.queries.absences import children_of, classes_of
from preau.domains.attendance.queries.past import figures_of, past_listed, rows_of_past
from preau.foundation.access import opens
from preau.foundation.importers import pages, reports, stages
from preau.foundation.pages import tell_outcome
from preau.foundation.paging import page_for, query_of

BY_FUNCTION = rules.takes_in_absences
EXPORTED = "attendance.import_exported"


def _take(viewer: Viewer, form: AbsencesFilesForm) -> AbsencesImport:
    brought: AbsencesImport = stages.bring(
        ABSENCES_FILES, viewer, form.cleaned_data["files"], year=viewer.year
    )
    return brought


def _lines(rows: Iterable[AbsencesImport]) -> list[reports.ImportLine]:
    return reports.lines_of(ABSENCES_FILES, rows, reports.by, lambda one: figures_of(one.report))


def _shown(_viewer: Viewer, brought: AbsencesImport) -> dict[str, Any]:
    return {
        "by": reports.by(brought),
        "figures": figures_of(brought.report),
        "changes": reports.changes_of(ABSENCES_FILES, brought),
        "notes": reports.notes_of(ABSENCES_FILES, brought),
    }


def _part(_viewer: Viewer, brought: AbsencesImport, slug: str) -> reports.Part | None:
    return reports.part_of(ABSENCES_FILES, brought, slug)


def _csv_rows(report: Mapping[str, Any]) -> Iterator[list[object]]:
    return reports.csv_rows(ABSENCES_FILES, figures_of, report)


imports = pages.home(
    ABSENCES_FILES,
    BY_FUNCTION,
    AbsencesFilesForm,
    _take,
    _lines,
    pages.Heading(
        _("Reprendre des absences"),
        _("Notées cette année avec PRONOTE, École Directe ou un tableur."),
        _(
            "Rien ne change avant que vous ayez vu l’aperçu, et personne n’est prévenu : ni message, ni SMS. Un élève ou une classe que Préau ne reconnaît pas n’est jamais deviné ; les vacances et les jours à venir sont mis de côté, et vous lisez pourquoi. Là où l’appel a été fait dans Préau, c’est l’appel qui compte. Les commentaires ne sont pas repris. Les fichiers sont effacés dès que c’est appliqué ou abandonné, au plus tard au bout de sept jours."
        ),
        "attendance:past",
        _("Absences d’avant"),
    ),
)
one_import = pages.detail(ABSENCES_FILES, BY_FUNCTION, "attendance/import.html", _shown)
import_part = pages.part(ABSENCES_FILES, BY_FUNCTION, _part, "attendance/import_part.html")
import_columns = pages.columns(ABSENCES_FILES, BY_FUNCTION, table_of, name_columns)
apply_import = pages.agree(ABSENCES_FILES, BY_FUNCTION)
drop_import = pages.drop(ABSENCES_FILES, BY_FUNCTION)
import_csv = pages.csv_report(ABSENCES_FILES, BY_FUNCTION, reports.exported, _csv_rows, EXPORTED)
import_json = pages.json_report(ABSENCES_FILES, BY_FUNCTION, reports.exported, EXPORTED)


@opens(to=rules.reads_past_absences)
@require_safe
def past(request: HttpRequest) -> HttpResponse:
    """What was noted before Préau: of the whole school, or of the pupils that a family follows."""
    viewer = request.viewer
    form = PastFilter(viewer, request.GET if viewer.is_staff else {})
    children = [] if viewer.is_staff else children_of(viewer)
    child = next((one for one in children if one.public_id == request.GET.get("enfant")), None)
    page = page_for(request, past_listed(viewer, form.chosen(), child), 30)
    classes = classes_of([line[1] for line in page.object_list], viewer.today) if viewer.is_staff else {}
    context = {
        "form": form,
        "filtered": bool(form.chosen()),
        "children": children,
        "child": child,
        "page_obj": page,
        "rows": rows_of_past(viewer, page.object_list, classes),
        "query": query_of(request),
        "whole_query": request.GET.urlencode(),
        "by_school": viewer.is_staff,
        "takes_in": BY_FUNCTION(viewer),
    }
    return render(request, "attendance/past.html", context)


def _list(request: HttpRequest) -> str:
    """The list as it was narrowed."""
    query = request.GET.urlencode()
    return reverse("attendance:past") + (f"?{query}" if query else "")


@opens(PastAbsence, to=rules.runs_school_life)
@require_POST
def withdraw_past(request: HttpRequest, past_absence: PastAbsence) -> HttpResponse:
    """What the other program had wrong counts no more."""
    done = actions.withdraw_past(request.viewer, past_absence)
    tell_outcome(request, done, gettext("C’est retiré : cela ne compte plus, et la famille ne le lit plus."))
    return redirect(_list(request))


@opens(PastAbsence, to=rules.runs_school_life)
@require_POST
def restore_past(request: HttpRequest, past_absence: PastAbsence) -> HttpResponse:
    """It was right: it counts again."""
    done = actions.restore_past(request.viewer, past_absence)
    tell_outcome(request, done, gettext("C’est remis : cela compte de nouveau."))
    return redirect(_list(request))
