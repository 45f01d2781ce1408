"""Pages of weeks A and B, and of the other weeks that have a name."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preau.domains.timetable import rules
from preau.domains.timetable.actions import alternations as alternations_actions
from preau.domains.timetable.forms.weeks import AlternateForm, AlternationForm, WeekForm
from preau.domains.timetable.models import Alternation
from preau.domains.timetable.queries.weeks import Week, alternations_of, named_alternations, weeks_of
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form


@opens(to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def weeks(request: HttpRequest) -> HttpResponse:
    """The weeks of the year, A and B in turn: made in one gesture."""
    form = AlternateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        year = request.viewer.year
        alternations_actions.alternate(request.viewer, year, form.cleaned_data["first"])
        messages.success(request, _("Les semaines A et B sont placées.") + " " + _follow())
        return redirect("timetable:weeks")
    return _weeks_page(request, form)


def _follow() -> str:
    return _("Les séances à venir suivent dans un instant.")


def _weeks_page(request: HttpRequest, form: Any, week_form: Any = None) -> HttpResponse:
    viewer = request.viewer
    found, pair = weeks_of(viewer.year), named_alternations(viewer.year)
    alternations = list(alternations_of(viewer))
    context = {
        "form": form,
        "week_form": week_form or WeekForm(found, pair, initial={"week": _this(found, viewer)}),
        "weeks": found,
        "has_pair": any(one.mondays for one in pair),
        "this_week": dates.monday_of(viewer.today),
        "others": [alternation for alternation in alternations if not alternation.names_weeks],
    }
    wrong = form.errors or (week_form and week_form.errors)
    return render(request, "timetable/weeks.html", context, status=TYPED_WRONG if wrong else 200)


def _this(found: list[Week], viewer: Any) -> str:
    """The week of today, else the first to come."""
    monday = dates.monday_of(viewer.today)
    return next((week.monday.isoformat() for week in found if week.monday >= monday), "")


@opens(to=rules.edits_timetable)
@require_POST
def change_week(request: HttpRequest) -> HttpResponse:
    """One week becomes A, B or neither; and if asked, those after it go on in turn."""
    viewer = request.viewer
    found, pair = weeks_of(viewer.year), named_alternations(viewer.year)
    form = WeekForm(found, pair, request.POST)
    if not form.is_valid():
        return _weeks_page(request, AlternateForm(), form)
    if form.cleaned_data["in_turn"]:
        alternations_actions.alternate(viewer, viewer.year, form.letter, since=form.monday)
    else:
        alternations_actions.change_week(viewer, viewer.year, form.monday, form.alternation)
    messages.success(request, _("La semaine est changée.") + " " + _follow())
    return redirect("timetable:weeks")


@opens(to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def create_alternation(request: HttpRequest) -> HttpResponse:
    """Some weeks of the year under a name: « Semestre 1 », « Une semaine sur trois »."""
    return _alternation(request, None)


@opens(Alternation, to=rules.changes_alternation)
@require_http_methods(["GET", "POST"])
def alternation(request: HttpRequest, alternation: Alternation) -> HttpResponse:
    """Change these weeks: the lessons that follow them follow."""
    return _alternation(request, alternation)


def _alternation(request: HttpRequest, alternation: Alternation | None) -> HttpResponse:
    year = request.viewer.year
    form = AlternationForm(weeks_of(year), alternation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            alternations_actions.keep_alternation(
                request.viewer, year, form.cleaned_data["name"], form.mondays, alternation
            )
        except alternations_actions.NameTaken:
            form.add_error("name", _("Ce nom est déjà pris cette année."))
        else:
            messages.success(request, _("C’est enregistré.") + " " + _follow())
            return redirect("timetable:weeks")
    context = {"form": form, "alternation": alternation}
    return render_form(request, "timetable/alternation.html", context)


@removes
@opens(Alternation, to=rules.changes_alternation)
@require_POST
def remove_alternation(request: HttpRequest, alternation: Alternation) -> HttpResponseRedirect:
    try:
        alternations_actions.remove_alternation(request.viewer, alternation)
    except alternations_actions.StillFollowed:
        messages.error(request, _("Des séances suivent ces semaines : changez-les d’abord."))
    else:
        messages.success(request, _("Ces semaines n’ont plus de nom."))
    return redirect("timetable:weeks")
