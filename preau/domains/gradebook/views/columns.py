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
from preau.domains.gradebook.actions import sealing
from preau.domains.gradebook.actions.marks import (
    ColumnConflict,
    Elsewhere,
    MarkConflict,
    set_column,
    set_mark,
)
from preau.domains.gradebook.boards import beside_assessments
from preau.domains.gradebook.forms.columns import ColumnForm, PasteForm
from preau.domains.gradebook.models import Assessment, Mark
from preau.domains.gradebook.queries import grid, history
from preau.domains.gradebook.queries.periods import is_open, periods_of
from preau.domains.gradebook.rules import access, marking
from preau.domains.gradebook.views import readers
from preau.domains.gradebook.views.grid import column_address, state_said
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.boards import offered
from preau.foundation.templating import url

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
    marking.NotAMark: (str, TYPED_WRONG),
    Elsewhere: (said_elsewhere, TYPED_WRONG),
    sealing.PeriodSealed: (said_sealed, SEALED),
    sealing.AlreadyDone: (said_deleted, DELETED),
}


@opens(Assessment, to=access.writes)
@require_http_methods(["GET", "POST"])
def column(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The marks of one assessment, a field a pupil."""
    learners, marks = grid.column_cells(request.viewer, assessment)
    form = ColumnForm(assessment, learners, marks, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _column_page(request, assessment, form)
    if not form.is_valid():
        return _column_page(request, assessment, form, TYPED_WRONG)
    problem, before = "", {pupil: mark.version for pupil, mark in marks.items()}
    try:
        written = set_column(request.viewer, assessment, form.cells())
    except ColumnConflict as refused:
        form.refuse(refused.conflicts)
        return _column_page(request, assessment, form, CONFLICT)
    except sealing.PeriodSealed:
        problem = said_sealed()
    except sealing.AlreadyDone:
        problem = said_deleted()
    if problem:
        return _column_page(request, assessment, form, CONFLICT, problem)
    messages.success(request, _("Les notes sont enregistrées."))
    _tell_changes(request, assessment, before, written)
    return redirect(column_address(assessment))


def _tell_changes(
    request: HttpRequest, assessment: Assessment, before: dict[int, int], written: dict[int, Mark | None]
) -> None:
    """How many marks that pupils read already are not the same any more."""
    changed = [
        pupil
        for pupil, mark in written.items()
        if pupil in before and (mark is None or mark.version != before[pupil])
    ]
    erased = all(written[pupil] is None for pupil in changed)
    told = readers.changes_said(request.viewer, assessment, len(changed), erased=erased) if changed else ""
    if told:
        messages.info(request, told)


def _column_page(
    request: HttpRequest, assessment: Assessment, form: ColumnForm, status: int = 200, problem: str = ""
) -> HttpResponse:
    context = {
        "assessment": assessment,
        "form": form,
        "lines": form.lines(),
        "problem": problem,
        "status": status,
        "changed": history.changed_in(request.viewer, assessment),
        "plain": marking.plain,
        "state": state_said(assessment, request.viewer.moment),
        "back": column_address(assessment),
        "ways": [
            (str(way.label), way.address(assessment), way.icon)
            for way, _viewer in offered(beside_assessments, request.viewer)
        ],
        **rights(request, assessment),
    }
    return render(request, "gradebook/column.html", context, status=status)


def rights(request: HttpRequest, assessment: Assessment) -> dict[str, Any]:
    """Whether its period may be written in by whoever looks."""
    periods = periods_of(request.viewer)
    own = next((period for period in periods if period.pk == assessment.period_id), None)
    return {"writes": own is not None and is_open(own), "periods": periods}


@opens(Assessment, to=access.writes)
@require_POST
def cell(request: HttpRequest, assessment: Assessment) -> JsonResponse:
    """Save one cell: `eleve` (public id), `note` as it was typed, `version` that of the mark that the page showed (0: none).

    200 `{said, version, average, saved_at, panel, told, was}` (`told`: of a mark that pupils read already and that changed; `was`: the
    page of what it was); 409 `{yours, theirs, version, by, sentence}`; 422, 410 (deleted) and
    423 (sealed) `{sentence}`. Nothing is written but with 200.
    """
    pupil, seen = _pupil(request), request.POST.get("version", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        return _refused(_("Rechargez la page : elle ne dit plus ce qu’elle montrait."), TYPED_WRONG)
    try:
        if pupil is None:
            raise Elsewhere([])
        typed = marking.typed_mark(request.POST.get("note", "")[:24], assessment.scale)
        mark = set_mark(request.viewer, assessment, pupil, typed, int(seen))
    except MarkConflict as conflict:
        return _conflict(conflict)
    except tuple(REFUSALS) as error:
        refusal, status = REFUSALS[type(error)]
        return _refused(error.sentence if isinstance(error, marking.NotAMark) else refusal(), status)
    return JsonResponse(
        {
            "said": marking.as_typed(mark).said,
            "version": mark.version if mark else 0,
            "average": grid.said_average(request.viewer, assessment, pupil.pk),
            "saved_at": dates.hour(timezone.now()),
            **_changed(request, assessment, pupil, int(seen), mark),
            "panel": render_to_string(
                "gradebook/_spread.html", {"spread": grid.spread_of(request.viewer, assessment)}, request
            ),
        }
    )


def _changed(
    request: HttpRequest, assessment: Assessment, pupil: Person, seen: int, mark: Mark | None
) -> dict[str, str]:
    """What is said of a mark that was there and is not the same any more."""
    is_same = not seen or (mark is not None and mark.version == seen)
    told = "" if is_same else readers.change_said(request.viewer, assessment, erased=mark is None)
    return {
        "told": told,
        "was": f"{url('gradebook:mark', pk=assessment.pk)}?eleve={pupil.public_id}" if told else "",
    }


def _pupil(request: HttpRequest) -> Person | None:
    typed = request.POST.get("eleve", "").replace("\x00", "")
    return Person.objects.visible_to(request.viewer).filter(public_id=typed).first()


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=status)


def _conflict(conflict: MarkConflict) -> JsonResponse:
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


@opens(Assessment, to=access.writes)
@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """A column from a spreadsheet: all its lines, or none."""
    learners, marks = grid.column_cells(request.viewer, assessment)
    form = PasteForm(assessment, learners, marks, request.POST or None)
    status, conflicts, problem = (TYPED_WRONG if form.errors else 200), [], ""
    if request.method == "POST" and form.is_valid():
        cells = form.cells()
        before = {pupil: mark.version for pupil, mark in marks.items()}
        try:
            written = set_column(request.viewer, assessment, cells)
        except ColumnConflict as refused:
            status, conflicts = CONFLICT, refused.conflicts
            # What the page now shows beside it is seen.
            form.data = form.data.copy()
            form.data["seen"] = str(Assessment.objects.get(pk=assessment.pk).marks_written)
        except sealing.PeriodSealed:
            status, problem = CONFLICT, said_sealed()
        except sealing.AlreadyDone:
            status, problem = CONFLICT, said_deleted()
        else:
            sentence = ngettext("%(num)s note collée.", "%(num)s notes collées.", len(cells))
            messages.success(request, sentence % {"num": len(cells)})
            _tell_changes(request, assessment, before, written)
            return redirect(column_address(assessment))
    names = {learner.pk: learner.name for learner in learners}
    context = {
        "assessment": assessment,
        "form": form,
        "learners": learners,
        "problem": problem,
        "conflicts": [
            (names.get(conflict.cell.pupil_id, ""), conflict.cell.typed.said, conflict.theirs.said)
            for conflict in conflicts
        ],
    }
    return render(request, "gradebook/paste.html", context, status=status)
