"""A grid taken away in a spreadsheet and brought back: what it would change is shown before anything is written."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from preau.domains.gradebook.actions import marks, sealing
from preau.domains.gradebook.forms.files import LIMITS, GridFileForm
from preau.domains.gradebook.imports import grids as imports
from preau.domains.gradebook.models import GradeBook
from preau.domains.gradebook.queries import courses, periods
from preau.domains.gradebook.queries.grid import Grid, grid_of
from preau.domains.gradebook.rules import access
from preau.domains.gradebook.views.columns import (
    CONFLICT,
    TYPED_WRONG,
    said_deleted,
    said_elsewhere,
    said_sealed,
)
from preau.domains.gradebook.views.grid import EVERY_COLUMN, course_in
from preau.foundation import uploads
from preau.foundation.access import opens
from preau.foundation.grids import open_grid
from preau.foundation.reading import Unreadable

MOST_SHOWN, MOST_PROBLEMS = 300, 50


@opens(GradeBook, to=access.keeps_marks)
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest, book: GradeBook) -> HttpResponse:
    """Bring a grid back: the file, then what it changes, then nothing or all of it."""
    viewer = request.viewer
    course = course_in(
        [course for course in courses.courses_of(viewer, book) if course.own], request.GET.get("matiere")
    )
    period = periods.chosen_period(periods.periods_of(viewer), request.GET.get("periode"), viewer.today)
    if course is None or period is None or book.year_id != period.year_id:
        raise Http404
    grid = grid_of(viewer, course, book, period, most=EVERY_COLUMN)
    query = f"?matiere={course.subject_id}&periode={period.pk}"
    context: dict[str, Any] = {
        "book": book,
        "course": course,
        "period": period,
        "query": query,
        "is_open": periods.is_open(period),
        "columns": grid.columns,
        "form": GridFileForm(),
        "problem": "",
    }
    if request.method == "POST" and "cellules" in request.POST:
        return _write(request, grid, context)
    if request.method == "POST":
        return _read(request, grid, context)
    return render(request, "gradebook/bring.html", context)


def _read(request: HttpRequest, grid: Grid, context: dict[str, Any]) -> HttpResponse:
    form = GridFileForm(request.POST, request.FILES, cut=uploads.was_cut(request))
    context["form"] = form
    if form.is_valid():
        file = form.cleaned_data["fichier"]
        try:
            with uploads.read_at_once(file, LIMITS) as path:
                return _shown(request, imports.read_grid(open_grid(path, file.name), grid), context)
        except uploads.UploadRefused as refused:
            form.add_error("fichier", str(refused))
        except Unreadable as refused:
            line = _("Ligne %(line)s : ") % {"line": refused.line} if refused.line else ""
            form.add_error("fichier", f"{line}{refused.reason}")
    return render(request, "gradebook/bring.html", context, status=TYPED_WRONG)


def _shown(
    request: HttpRequest,
    brought: imports.GridChanges,
    context: dict[str, Any],
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    wrong = brought.problems
    context |= {
        "brought": brought,
        "shown": list(imports.first_changes(brought, MOST_SHOWN)),
        "problems": wrong[:MOST_PROBLEMS],
        "more_problems": max(len(wrong) - MOST_PROBLEMS, 0),
        "problem": problem,
    }
    return render(request, "gradebook/bring.html", context, status=TYPED_WRONG if wrong else status)


def _write(request: HttpRequest, grid: Grid, context: dict[str, Any]) -> HttpResponse:
    try:
        brought = imports.agreed(request.POST["cellules"], grid)
    except imports.GridChanged:
        form = GridFileForm({}, {})
        again = _("La grille a changé depuis cet aperçu : rapportez le fichier de nouveau.")
        form.errors["fichier"] = form.error_class([again])
        return render(request, "gradebook/bring.html", context | {"form": form}, status=TYPED_WRONG)
    try:
        count = marks.set_grid(request.viewer, brought.cells())
    except marks.ColumnConflict:
        problem = _(
            "Un collègue vient d’écrire des notes ici : rien n’est enregistré. Voici ce qui changerait maintenant."
        )
        return _shown(request, imports.shown_again(brought, grid), context, CONFLICT, problem)
    except (sealing.PeriodSealed, sealing.AlreadyDone, marks.Elsewhere) as refused:
        sentence = {sealing.PeriodSealed: said_sealed, sealing.AlreadyDone: said_deleted}.get(
            type(refused), said_elsewhere
        )
        return render(request, "gradebook/bring.html", context | {"problem": sentence()}, status=CONFLICT)
    sentence = ngettext("%(num)s note enregistrée.", "%(num)s notes enregistrées.", count)
    messages.success(request, sentence % {"num": count})
    response: HttpResponse = redirect("gradebook:grid", pk=context["book"].pk)
    response["Location"] += context["query"]
    return response
