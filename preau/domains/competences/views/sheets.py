"""One sheet: created, filled by keyboard or as a form, from marks, published, deleted."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Assignment, Group, Subject
from preau.directory.models.scoping import active_on
from preau.domains.competences.actions import sheets
from preau.domains.competences.actions.levels import Cell, LevelConflict, set_levels
from preau.domains.competences.forms import FillForm, ProposeForm, SheetForm, pupil_of
from preau.domains.competences.models import Sheet, SheetColumn, policy_of
from preau.domains.competences.queries import sheets as queries
from preau.domains.competences.rules import access, cycles, typing
from preau.domains.gradebook.actions.marks import Elsewhere
from preau.domains.gradebook.actions.sealing import AlreadyDone, PeriodSealed
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.queries.periods import is_open, periods_of
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import CONFLICT, TYPED_WRONG, render_form, tell_outcome

SEALED, DELETED = 423, 410


def said_sealed() -> str:
    """What somebody reads whose period was sealed while they typed."""
    return _("Cette période vient d’être arrêtée par la direction : rien n’est enregistré.")


def said_deleted() -> str:
    return _("Ce relevé a été supprimé : rien n’est enregistré.")


def said_elsewhere() -> str:
    return _("Cet élève n’est pas dans cette classe.")


REFUSALS: dict[type[Exception], tuple[Any, int]] = {
    typing.NotALevel: (str, TYPED_WRONG),
    Elsewhere: (said_elsewhere, TYPED_WRONG),
    PeriodSealed: (said_sealed, SEALED),
    AlreadyDone: (said_deleted, DELETED),
}


def writes_column(viewer: Any, column: SheetColumn) -> bool:
    """Whoever writes its sheet."""
    return access.writes(viewer, column.sheet)


@opens(Group, to=access.assesses_in)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, group: Group) -> HttpResponse:
    """A sheet of one's own, or beside the marks of an assessment."""
    viewer = request.viewer
    beside = _assessment(request, group)
    known = Sheet.objects.filter(assessment=beside).first() if beside else None
    if known is not None:
        return redirect("competences:sheet", pk=known.pk)
    subjects = subjects_of(viewer, group)
    only = subjects.first() if subjects.count() == 1 else None
    subject = beside.subject if beside else only
    choices = queries.choices_of(viewer, cycles.cycle_of(group), subject.pk if subject else None)
    periods = periods_of(viewer)
    initial = {"day": viewer.today, "subject": subject}
    form = SheetForm(
        viewer,
        choices,
        subjects,
        periods,
        None,
        request.POST if request.method == "POST" else None,
        beside=beside is not None,
        initial=initial,
    )
    if form.is_valid():
        values = form.cleaned_data
        asks = values["asks_pupils"]
        described = (
            sheets.beside(beside, asks_pupils=asks)
            if beside
            else sheets.Described(
                values["title"], values["day"], form.period(), values["subject"], asks_pupils=asks
            )
        )
        try:
            sheet = sheets.create_sheet(viewer, group, described, values["competences"])
        except PeriodSealed:
            form.add_error(None, said_sealed())
        else:
            return redirect("competences:sheet", pk=sheet.pk)
    context = {
        "form": form,
        "group": group,
        "sheet": None,
        "beside": beside,
        "has_choices": bool(choices),
        "back": reverse("competences:group", kwargs={"pk": group.pk}),
        "chosen": _chosen(form),
    }
    return render_form(request, "competences/edit.html", context)


def _chosen(form: SheetForm) -> set[str]:
    return {str(one) for one in form["competences"].value() or ()}


def _assessment(request: HttpRequest, group: Group) -> Assessment | None:
    """The assessment of an address, among those that the viewer writes in this class."""
    asked = request.GET.get("evaluation", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 12):
        return None
    rows = Assessment.objects.written_by(request.viewer).kept().filter(group=group, pk=int(asked))
    found: Assessment | None = rows.select_related("subject", "period").first()
    return found


def subjects_of(viewer: Any, group: Group) -> Any:
    """What the viewer teaches in this class."""
    held = Assignment.objects.filter(active_on(viewer.today), teacher=viewer.person.pk, group=group)
    return Subject.objects.filter(pk__in=held.values("subject_id")).order_by("name")


@opens(Sheet, to=access.writes)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Its competences: one that holds levels stays."""
    viewer = request.viewer
    known = list(SheetColumn.objects.filter(sheet=sheet).values_list("competence_id", flat=True))
    choices = queries.choices_of(viewer, cycles.cycle_of(sheet.group), sheet.subject_id, known)
    initial = {"competences": [str(pk) for pk in known], "asks_pupils": sheet.asks_pupils}
    form = SheetForm(
        viewer,
        choices,
        Subject.objects.none(),
        [],
        sheet,
        request.POST if request.method == "POST" else None,
        initial=initial,
    )
    if form.is_valid():
        values = form.cleaned_data
        try:
            changed = sheets.change_columns(
                viewer, sheet, values["competences"], asks_pupils=values["asks_pupils"]
            )
        except PeriodSealed:
            form.add_error(None, said_sealed())
        except AlreadyDone:
            form.add_error(None, said_deleted())
        else:
            tell_outcome(request, changed, _("Le relevé est enregistré."), _("Rien n’a changé."))
            return redirect("competences:sheet", pk=sheet.pk)
    context = {
        "form": form,
        "group": sheet.group,
        "sheet": sheet,
        "beside": sheet.assessment,
        "has_choices": bool(choices),
        "back": reverse("competences:sheet", kwargs={"pk": sheet.pk}),
        "chosen": _chosen(form),
    }
    return render_form(request, "competences/edit.html", context)


@opens(Sheet, to=access.reads_classes)
@require_safe
def sheet(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The grid of one sheet: pupils by its competences."""
    viewer = request.viewer
    own = access.writes(viewer, sheet)
    page = queries.page_of(viewer, sheet, writes=own)
    policy = policy_of(sheet.school_id)
    context = {
        "sheet": sheet,
        "page": page,
        "policy": policy,
        "own": own,
        "writes": own and _is_open(viewer, sheet),
        "now": viewer.moment,
        "words": queries.words_of(policy),
        "proposals": len(queries.proposals_of(page, policy.thresholds)) if own and sheet.assessment else 0,
        "back": f"{reverse('competences:group', kwargs={'pk': sheet.group_id})}?periode={sheet.shown.period_id}",
    }
    return render(request, "competences/sheet.html", context)


def _is_open(viewer: Any, sheet: Sheet) -> bool:
    period = next((period for period in periods_of(viewer) if period.pk == sheet.shown.period_id), None)
    return period is not None and is_open(period)


@opens(Sheet, to=access.writes)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The same as a form, a field a pupil and a competence."""
    page = queries.page_of(request.viewer, sheet, writes=True)
    form = FillForm(page, request.POST if request.method == "POST" else None)
    status, problem = 200, ""
    if form.has_other_columns():
        status, problem = (
            CONFLICT,
            _(
                "Les compétences de ce relevé viennent de changer : rien n’est enregistré. Vérifiez, puis enregistrez de nouveau."
            ),
        )
    elif request.method == "POST" and not form.is_valid():
        status = TYPED_WRONG
    elif request.method == "POST":
        try:
            set_levels(request.viewer, sheet, form.cells())
        except LevelConflict as refused:
            status = CONFLICT
            form = FillForm(queries.page_of(request.viewer, sheet, writes=True), request.POST)
            form.refuse(
                {key: typing.as_typed(refused.levels.get(key)).said or _("vide") for key in refused.cells}
            )
        except (PeriodSealed, AlreadyDone, Elsewhere) as refused_by:
            status, problem = CONFLICT, str(REFUSALS[type(refused_by)][0]())
        else:
            messages.success(request, _("Les niveaux sont enregistrés."))
            return redirect("competences:sheet", pk=sheet.pk)
    policy = policy_of(sheet.school_id)
    context = {
        "sheet": sheet,
        "form": form,
        "lines": form.lines(),
        "columns": page.columns,
        "status": status,
        "problem": problem,
        "words": queries.words_of(policy),
        "policy": policy,
        "writes": _is_open(request.viewer, sheet),
    }
    return render(request, "competences/fill.html", context, status=status)


@opens(SheetColumn, to=writes_column)
@require_POST
def cell(request: HttpRequest, column: SheetColumn) -> JsonResponse:
    """Save one cell: `eleve` (public id), `note` as it was typed, `version` that of the level that the page showed (0: none).

    The same answers as `gradebook:cell`: 200 `{said, version, saved_at}`; 409 `{yours, theirs, version, by, sentence}`; 422, 410 (deleted)
    and 423 (sealed) `{sentence}`. Nothing is written but with 200.
    """
    seen = request.POST.get("version", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        return _refused(_("Rechargez la page : elle ne dit plus ce qu’elle montrait."), TYPED_WRONG)
    pupil = pupil_of(request.viewer, request.POST.get("eleve", ""))
    try:
        if pupil is None:
            raise Elsewhere([])
        typed = typing.typed_level(request.POST.get("note", "")[:24])
        one = Cell(column.pk, pupil.pk, typed, int(seen))
        level = set_levels(request.viewer, column.sheet, [one])[one.key]
    except LevelConflict as conflict:
        return _conflict(conflict)
    except tuple(REFUSALS) as error:
        refusal, status = REFUSALS[type(error)]
        return _refused(error.sentence if isinstance(error, typing.NotALevel) else refusal(), status)
    return JsonResponse(
        {
            "said": typing.as_typed(level).said,
            "version": level.version if level else 0,
            "saved_at": dates.hour(timezone.now()),
        }
    )


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=status)


def _conflict(conflict: LevelConflict) -> JsonResponse:
    key, cell = next(iter(conflict.cells.items()))
    level = conflict.levels.get(key)
    by = level.changed_by.formal_name if level else ""
    theirs, yours = typing.as_typed(level).said, cell.typed.said
    values = {"yours": yours or _("vide"), "theirs": theirs or _("vide"), "who": by or _("quelqu’un")}
    sentence = _("Vous avez écrit %(yours)s ; %(who)s vient d’écrire %(theirs)s.") % values
    version = level.version if level else 0
    return JsonResponse(
        {"yours": yours, "theirs": theirs, "version": version, "by": by, "sentence": sentence},
        status=CONFLICT,
    )


@opens(Sheet, to=access.writes)
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """What marks propose, by a rule that one sees and changes; only empty cells are filled."""
    viewer, policy = request.viewer, policy_of(sheet.school_id)
    page = queries.page_of(viewer, sheet, writes=True)
    form = ProposeForm(policy, request.POST if request.method == "POST" else None)
    thresholds = form.thresholds() if form.is_valid() else policy.thresholds
    proposals = queries.proposals_of(page, thresholds)
    if form.is_valid() and "ecrire" in request.POST:
        levels = {proposal.pupil.pk: proposal.level for proposal in proposals}
        cells = [
            Cell(column.pk, row.pupil.pk, typing.Typed(value=levels[row.pupil.pk]), 0)
            for row in page.rows
            for place, column in enumerate(page.columns)
            if row.pupil.pk in levels and row.cells[place].typed.is_empty
        ]
        try:
            set_levels(viewer, sheet, cells)
        except LevelConflict:
            form.add_error(
                None, _("Un collègue vient d’écrire ici : rien n’est enregistré. Voici ce qui reste.")
            )
        except (PeriodSealed, AlreadyDone, Elsewhere) as refused:
            form.add_error(None, str(REFUSALS[type(refused)][0]()))
        else:
            sentence = ngettext("%(num)s niveau écrit.", "%(num)s niveaux écrits.", len(cells))
            messages.success(request, sentence % {"num": len(cells)})
            return redirect("competences:sheet", pk=sheet.pk)
    context = {
        "form": form,
        "sheet": sheet,
        "proposals": proposals,
        "policy": policy,
        "columns": page.columns,
        "writes": _is_open(viewer, sheet),
    }
    return render_form(request, "competences/propose.html", context)


@opens(Sheet, to=access.writes)
@require_POST
def publication(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Publish a sheet now, or make a draft of it again."""
    at = None if request.POST.get("publication") == "brouillon" else timezone.now()
    try:
        changed = sheets.publish_sheet(request.viewer, sheet, at)
    except PeriodSealed:
        messages.error(request, said_sealed())
    except AlreadyDone:
        messages.error(request, said_deleted())
    else:
        sentence = _("Les élèves lisent ces niveaux.") if at else _("Les élèves ne lisent plus ces niveaux.")
        tell_outcome(request, changed, sentence)
    return redirect("competences:sheet", pk=sheet.pk)


@removes
@opens(Sheet, to=access.writes)
@require_POST
def delete(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Take a draft away with its levels."""
    group = sheet.group_id
    try:
        sheets.delete_sheet(request.viewer, sheet)
    except sheets.StillRead:
        messages.error(request, _("Les élèves lisent ce relevé : remettez-le d’abord en brouillon."))
        return redirect("competences:sheet", pk=sheet.pk)
    except PeriodSealed:
        messages.error(request, said_sealed())
        return redirect("competences:sheet", pk=sheet.pk)
    except AlreadyDone:
        messages.info(request, said_deleted())
    else:
        messages.success(request, _("Le relevé est supprimé."))
    return redirect("competences:group", pk=group)
