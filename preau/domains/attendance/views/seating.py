"""Seating plans: those of a group, one of them, and the roll laid out by it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Group, Person
from preau.domains.attendance.actions import seating as seating_actions
from preau.domains.attendance.exports.seating import plan_pdf
from preau.domains.attendance.forms.seating import (
    GESTURES,
    UNDO,
    ChangePlanForm,
    GestureForm,
    LayoutForm,
    NewPlanForm,
    PlaceForm,
)
from preau.domains.attendance.models import SeatingPlan
from preau.domains.attendance.queries.seating import Board, board_of, plans_of
from preau.domains.attendance.rules import can_call_register, seating
from preau.domains.timetable.models import Lesson
from preau.foundation import pdf
from preau.foundation.access import opens
from preau.foundation.downloads import no_pdf, pdf_file
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, status_of
from preau.identity.actions.profile import read_there


@opens(Group, to=seating.keeps_plans_of)
@require_http_methods(["GET", "POST"])
def plans(request: HttpRequest, group: Group) -> HttpResponse:
    """The plans of a class or a group, and a new one."""
    form = NewPlanForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        plan, made = seating_actions.create_plan(
            request.viewer, group, form.shape(), form.cleaned_data["plan"]
        )
        if not made:
            messages.info(request, _("Ce plan existe déjà, le voici."))
        return redirect("attendance:plan", pk=plan.pk)
    context = {"group": group, "form": form, "rows": plans_of(request.viewer, group)}
    return render_form(request, "attendance/plans.html", context)


@opens(SeatingPlan, to=seating.keeps_plan)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, plan: SeatingPlan) -> HttpResponse:
    """One plan: who sits where, and moving a pupil."""
    board = board_of(request.viewer, plan)
    form = PlaceForm(board, request.POST or None)
    if request.method == "POST" and form.is_valid():
        sitter = form.cleaned_data["eleve"]
        seating_actions.place(request.viewer, plan, Person(pk=sitter.pupil_id), form.cleaned_data["spot"])
        return redirect(f"{request.path}#plan")
    return _plan_page(request, board, form, status_of(form))


def _plan_page(request: HttpRequest, board: Board, form: PlaceForm | None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"board": board, "plan": board.plan, "form": form, "gestures": GESTURES}
    context["chosen"] = form.data.get("eleve", "") if form else ""
    return render(request, "attendance/plan.html", context, status=status)


@opens(SeatingPlan, to=seating.keeps_plan)
@require_POST
def plan_gesture(request: HttpRequest, plan: SeatingPlan) -> HttpResponse:
    """Fill the plan, empty it, or take the last change back."""
    form = GestureForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez comment remplir le plan."))
        return _plan_page(request, board_of(request.viewer, plan), None, TYPED_WRONG)
    done, revision = form.cleaned_data["geste"], form.cleaned_data["revision"]
    try:
        if done == UNDO:
            changed = seating_actions.undo(request.viewer, plan, revision)
        else:
            changed = seating_actions.fill(request.viewer, plan, done, revision)
    except seating_actions.ChangedMeanwhile:
        messages.info(request, _("Le plan a changé entre-temps, le voici. Rien d’autre n’est fait."))
    else:
        if not changed:
            messages.info(request, _("Rien à changer."))
    return redirect("attendance:plan", pk=plan.pk)


@opens(SeatingPlan, to=seating.keeps_plan)
@require_http_methods(["GET", "POST"])
def plan_settings(request: HttpRequest, plan: SeatingPlan) -> HttpResponse:
    """Its room, its name, its places, and who is wanted in front."""
    board = board_of(request.viewer, plan)
    form = ChangePlanForm(request.viewer, board, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            front = [one.pk for one in form.cleaned_data["devant"]]
            seating_actions.reshape(request.viewer, plan, form.shape(), front)
        except seating_actions.NameTaken:
            form.add_error("name", _("Cette classe a déjà un plan de ce nom dans cette salle."))
        else:
            messages.success(request, _("Le plan est enregistré."))
            return redirect("attendance:plan", pk=plan.pk)
    context = {"board": board, "plan": plan, "form": form}
    return render_form(request, "attendance/plan_settings.html", context)


@removes
@opens(SeatingPlan, to=seating.keeps_plan)
@require_POST
def remove_plan(request: HttpRequest, plan: SeatingPlan) -> HttpResponseRedirect:
    group = plan.group_id
    seating_actions.remove_plan(request.viewer, plan)
    messages.success(request, _("Le plan est supprimé."))
    return redirect("attendance:plans", pk=group)


@opens(SeatingPlan, to=seating.keeps_plan)
@require_safe
def plan_on_paper(request: HttpRequest, plan: SeatingPlan) -> HttpResponse:
    """The plan on an A4 sheet: names and places, nothing else."""
    if not pdf.is_possible():
        return no_pdf()
    board = board_of(request.viewer, plan, needs=False)
    return pdf_file(f"plan-de-classe-{plan.pk}", plan_pdf(request.viewer, board))


@opens(Lesson, to=can_call_register)
@require_POST
def roll_layout(request: HttpRequest, lesson: Lesson) -> HttpResponseRedirect:
    """The roll as a plan or as a list, from now on and on every device of this person."""
    form = LayoutForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["forme"]
        read_there(request.viewer, "roll", wanted if wanted == "plan" else "")
    return redirect("attendance:roll", pk=lesson.pk)
