"""One column: as a plain form, cell by cell, or pasted from a spreadsheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory.models import Person
from preau.domains.gradebook import actions, queries, rules
from preau.domains.gradebook.forms import ColumnForm, PasteForm
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.queries import history
from preau.domains.gradebook.views.grid import column_address, state_said
from preau.foundation import dates
from preau.foundation.access import opens

TYPED_WRONG, CONFLICT, SEALED = 422, 409, 423
DELETED = 410


def said_sealed() -> str:
    """What somebody reads whose period was sealed while they typed."""
    return _(
        "Cette période vient d’être arrêtée par la direction : rien n’est enregistré. Demandez-lui une réouverture."
    )


def said_deleted() -> str:
    return _("Cette évaluation a été supprimée : rétablissez-la pour y écrire.")


def said_elsewhere() -> str:
    return _("Cet élève n’est pas dans cette classe.")


REFUSALS: dict[type[Exception], tuple[Any, int]] = {
    rules.NotAMark: (str, TYPED_WRONG),
    actions.Elsewhere: (said_elsewhere, TYPED_WRONG),
    actions.PeriodSealed: (said_sealed, SEALED),
    actions.AlreadyDone: (said_deleted, DELETED),
}


@opens(Assessment, to=rules.writes)
@require_http_methods(["GET", "POST"])
def column(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The marks of one assessment, a field a pupil."""
    learners, marks = queries.column_cells(request.viewer, assessment)
    form = ColumnForm(assessment, learners, marks, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _column_page(request, assessment, form)
    if not form.is_valid():
        return _column_page(request, assessment, form, TYPED_WRONG)
    problem = ""
    try:
        actions.set_column(request.viewer, assessment, form.cells())
    except actions.ColumnConflict as refused:
        form.refuse(refused.conflicts)
        return _column_page(request, assessment, form, CONFLICT)
    except actions.PeriodSealed:
        problem = said_sealed()
    except actions.AlreadyDone:
        problem = said_deleted()
    if problem:
        return _column_page(request, assessment, form, CONFLICT, problem)
    messages.success(request, _("Les notes sont enregistrées."))
    return redirect(column_address(assessment))


def _column_page(
    request: HttpRequest, assessment: Assessment, form: ColumnForm, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {
        "assessment": assessment, "form": form, "lines": form.lines(), "problem": problem, "status": status,
        "changed": history.changed_in(request.viewer, assessment), "plain": rules.plain, "state": state_said(assessment, request.viewer.moment), "back": column_address(assessment),
        **rights(request, assessment),
    }  # fmt: skip
    return render(request, "gradebook/column.html", context, status=status)


def rights(request: HttpRequest, assessment: Assessment) -> dict[str, Any]:
    """Whether its period may be written in by whoever looks."""
    periods = queries.periods_of(request.viewer)
    own = next((one for one in periods if one.pk == assessment.period_id), None)
    return {"writes": own is not None and queries.is_open(own), "periods": periods}


@opens(Assessment, to=rules.writes)
@require_POST
def cell(request: HttpRequest, assessment: Assessment) -> JsonResponse:
    """Save one cell: `eleve` (public id), `note` as it was typed, `version` that of the mark that the page showed (0: none).

    200 `{said, version, average, saved_at, panel}`; 409 `{yours, theirs, version, by, sentence}`; 422, 410 (deleted) and
    423 (sealed) `{sentence}`. Nothing is written but with 200.
    """
    pupil, seen = _pupil(request), request.POST.get("version", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        return _refused(_("Rechargez la page : elle ne dit plus ce qu’elle montrait."), TYPED_WRONG)
    try:
        if pupil is None:
            raise actions.Elsewhere([])
        typed = rules.typed_mark(request.POST.get("note", "")[:24], assessment.scale)
        mark = actions.set_mark(request.viewer, assessment, pupil, typed, int(seen))
    except actions.MarkConflict as conflict:
        return _conflict(conflict)
    except tuple(REFUSALS) as error:
        said, status = REFUSALS[type(error)]
        return _refused(error.sentence if isinstance(error, rules.NotAMark) else said(), status)
    return JsonResponse(
        {
            "said": rules.as_typed(mark).said,
            "version": mark.version if mark else 0,
            "average": queries.said_average(request.viewer, assessment, pupil.pk),
            "saved_at": dates.hour(timezone.now()),
            "panel": render_to_string(
                "gradebook/_spread.html", {"spread": queries.spread_of(request.viewer, assessment)}, request
            ),
        }
    )


def _pupil(request: HttpRequest) -> Person | None:
    typed = request.POST.get("eleve", "").replace("\x00", "")
    return Person.objects.visible_to(request.viewer).filter(public_id=typed).first()


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=status)


def _conflict(conflict: actions.MarkConflict) -> JsonResponse:
    mark = conflict.mark
    by = mark.changed_by.formal_name if mark else ""
    theirs, yours = conflict.theirs.said or _("vide"), conflict.cell.typed.said or _("vide")
    who = by or _("quelqu’un")
    return JsonResponse(
        {
            "yours": conflict.cell.typed.said,
            "theirs": conflict.theirs.said,
            "version": mark.version if mark else 0,
            "by": by,
            "sentence": _("Vous avez écrit %(yours)s ; %(who)s vient d’écrire %(theirs)s.")
            % {"yours": yours, "theirs": theirs, "who": who},
        },
        status=CONFLICT,
    )


@opens(Assessment, to=rules.writes)
@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """A column from a spreadsheet: all its lines, or none."""
    learners, marks = queries.column_cells(request.viewer, assessment)
    form = PasteForm(assessment, learners, marks, request.POST or None)
    status, conflicts, problem = (TYPED_WRONG if form.errors else 200), [], ""
    if request.method == "POST" and form.is_valid():
        cells = form.cells()
        try:
            actions.set_column(request.viewer, assessment, cells)
        except actions.ColumnConflict as refused:
            status, conflicts = CONFLICT, refused.conflicts
            # What the page now shows beside it is seen.
            form.data = form.data.copy()
            form.data["seen"] = str(Assessment.objects.get(pk=assessment.pk).marks_written)
        except actions.PeriodSealed:
            status, problem = CONFLICT, said_sealed()
        except actions.AlreadyDone:
            status, problem = CONFLICT, said_deleted()
        else:
            said = ngettext("%(num)s note collée.", "%(num)s notes collées.", len(cells))
            messages.success(request, said % {"num": len(cells)})
            return redirect(column_address(assessment))
    names = {one.pk: one.name for one in learners}
    context = {
        "assessment": assessment, "form": form, "learners": learners, "problem": problem,
        "conflicts": [(names.get(one.cell.pupil_id, ""), one.cell.typed.said, one.theirs.said) for one in conflicts],
    }  # fmt: skip
    return render(request, "gradebook/paste.html", context, status=status)
