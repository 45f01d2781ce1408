"""« Mes scénarios » and the workshop of a scenario: its facts and its steps."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.scenarios import rules
from preau.domains.scenarios.actions import writing
from preau.domains.scenarios.forms import FactsForm, StepForm, shown_facts, shown_step
from preau.domains.scenarios.models import Content, Facts, Scenario, Step
from preau.domains.scenarios.queries.space import (
    authors_of,
    invitations_of,
    places,
    removed_of,
    resources_of,
    scenarios_of,
)
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, render_form, status_of, tell_outcome
from preau.foundation.paging import page_of

PAGE = 20


@opens(to=rules.writes)
@require_safe
def space(request: HttpRequest) -> HttpResponse:
    """What the viewer writes, what they are invited to write, what they took away."""
    context = {
        "page": page_of(scenarios_of(request.viewer), request.GET.get("page"), PAGE),
        "invitations": invitations_of(request.viewer),
        "removed": removed_of(request.viewer),
    }
    return render(request, "scenarios/space.html", context)


@opens(to=rules.writes)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new scenario: its title first; the rest may come later."""
    form = FactsForm(places(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = writing.begin(request.viewer, Content(form.typed()))
        messages.success(request, _("Le brouillon est gardé. Vous seul le lisez."))
        return redirect("scenarios:workshop", pk=made.pk)
    context = {"form": form, "scenario": None, "theirs": None}
    return render_form(request, "scenarios/facts.html", context)


@opens(Scenario, to=rules.writes)
@require_safe
def workshop(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    """A scenario as its authors see it, with every gesture."""
    content = scenario.content
    levels, subject = places().said(content)
    last = scenario.versions.first()
    context = {
        "scenario": scenario,
        "content": content,
        "levels": levels,
        "subject": subject,
        "resources": resources_of(content),
        "authors": authors_of(scenario),
        "last": last,
        "changed": last is not None and last.body != content.frozen().told(),
    }
    return render(request, "scenarios/workshop.html", context)


def _address(key: str) -> str:
    return reverse("catalogue:resource", args=key.split("/"))


def _seen(form: Any, seen: int) -> None:
    """What was typed stays in the form, which from now on has seen the other's."""
    form.data = form.data.copy()
    form.data["seen"] = str(seen)


@opens(Scenario, to=rules.changes)
@require_http_methods(["GET", "POST"])
def facts(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    """What is said of the whole; two authors at once are shown both texts."""
    known = places()
    form = FactsForm(known, request.POST or None, initial=shown_facts(scenario.content, _address))
    theirs: Facts | None = None
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            writing.write_facts(request.viewer, scenario, form.typed(), form.cleaned_data["seen"] or 0)
        except writing.Conflict as conflict:
            _seen(form, conflict.seen)
            theirs, status = conflict.theirs, CONFLICT
        else:
            messages.success(request, _("La fiche est enregistrée."))
            return redirect("scenarios:workshop", pk=scenario.pk)
    context = {"form": form, "scenario": scenario, "theirs": theirs}
    if theirs:
        context |= dict(zip(("levels", "subject"), known.said(Content(theirs)), strict=True))
    return render(request, "scenarios/facts.html", context, status=status_of(form, status))


@opens(Scenario, to=rules.changes)
@require_http_methods(["GET", "POST"])
def add_step(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    """One step more, at the end."""
    form = StepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            writing.add_step(request.viewer, scenario, form.typed())
        except writing.Full:
            form.add_error(None, _("Un scénario a %(most)s étapes au plus.") % {"most": rules.MOST_STEPS})
        else:
            messages.success(request, _("L’étape est ajoutée."))
            return redirect(_steps(scenario))
    return _step_page(request, scenario, form, None)


def _steps(scenario: Scenario) -> str:
    return f"{reverse('scenarios:workshop', kwargs={'pk': scenario.pk})}#etapes"


def _step_page(
    request: HttpRequest, scenario: Scenario, form: StepForm, known: Step | None, conflict: Any = None
) -> HttpResponse:
    context = {"form": form, "scenario": scenario, "step": known, "conflict": conflict}
    status = status_of(form, CONFLICT if conflict else 200)
    return render(request, "scenarios/step.html", context, status=status)


@opens(Scenario, to=rules.changes)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, scenario: Scenario, key: str) -> HttpResponse:
    """Write a step otherwise; two authors at once are shown both texts."""
    known = scenario.content.step(key)
    if request.method != "POST":
        if known is None:
            raise Http404
        return _step_page(request, scenario, StepForm(initial=shown_step(known)), known)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _step_page(request, scenario, form, known)
    try:
        writing.write_step(request.viewer, scenario, key, form.typed(), form.cleaned_data["seen"] or 0)
    except writing.Conflict as conflict:
        _seen(form, conflict.seen)
        return _step_page(request, scenario, form, known, conflict)
    except writing.Full:
        form.add_error(None, _("Un scénario a %(most)s étapes au plus.") % {"most": rules.MOST_STEPS})
        return _step_page(request, scenario, form, known)
    messages.success(request, _("L’étape est enregistrée."))
    return redirect(_steps(scenario))


@opens(Scenario, to=rules.changes)
@require_POST
def arrange(request: HttpRequest, scenario: Scenario, key: str) -> HttpResponseRedirect:
    """Move a step to a place, take it out, put it back: by plain buttons."""
    gesture = request.POST.get("geste")
    if gesture == "retirer":
        done, sentence = (
            writing.remove_step(request.viewer, scenario, key),
            _("L’étape est retirée. Vous pouvez la remettre."),
        )
    elif gesture == "remettre":
        try:
            done, sentence = (
                writing.restore_step(request.viewer, scenario, key),
                _("L’étape est remise à sa place."),
            )
        except writing.Full:
            messages.error(request, _("Un scénario a %(most)s étapes au plus.") % {"most": rules.MOST_STEPS})
            return redirect(_steps(scenario))
    else:
        place = request.POST.get("place", "")
        there = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0
        done = bool(there) and writing.place_step(request.viewer, scenario, key, there)
        sentence = _("L’étape est à la place %(place)s.") % {"place": there}
    tell_outcome(request, done, sentence)
    return redirect(_steps(scenario))


@opens(Scenario, to=rules.writes)
@require_POST
def remove(request: HttpRequest, scenario: Scenario) -> HttpResponseRedirect:
    """Take a scenario away, from the public too; the space offers to put it back."""
    tell_outcome(
        request,
        writing.remove(request.viewer, scenario),
        _("« %(title)s » est supprimé. Vous pouvez le remettre pendant trente jours.")
        % {"title": scenario.title},
    )
    return redirect("scenarios:space")


@opens(Scenario, to=rules.writes)
@require_POST
def restore(request: HttpRequest, scenario: Scenario) -> HttpResponseRedirect:
    tell_outcome(
        request,
        writing.restore(request.viewer, scenario),
        _("« %(title)s » est remis.") % {"title": scenario.title},
    )
    return redirect("scenarios:workshop", pk=scenario.pk)
