"""The balance of a cycle for a whole school: asked for here, made by a task, fetched here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.domains.competences.actions.cycle_files import ask_cycle
from preau.domains.competences.forms import CycleForm
from preau.domains.competences.queries import cycles
from preau.domains.competences.rules import access
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import render_form


@opens(to=access.reads_every_class)
@require_safe
def cycle_files(request: HttpRequest) -> HttpResponse:
    """The balances that were made for this person, for a few days, and asking for another."""
    viewer = request.viewer
    form = CycleForm(cycles.cycles_here(viewer))
    context = {"rows": cycles.cycle_files_of(viewer), "form": form}
    return render(request, "competences/cycle_files.html", context)


@opens(to=access.reads_every_class)
@confirmed()
@require_POST
def prepare_cycle(request: HttpRequest) -> HttpResponse:
    """Ask for the balance of a cycle: a task makes it, and tells when it is there."""
    viewer = request.viewer
    form = CycleForm(cycles.cycles_here(viewer), request.POST)
    if not form.is_valid():
        context = {"rows": cycles.cycle_files_of(viewer), "form": form}
        return render_form(request, "competences/cycle_files.html", context)
    ask_cycle(viewer, int(form.cleaned_data["cycle"]))
    messages.success(request, _("C’est en préparation. Vous serez prévenu quand les fichiers seront là."))
    return redirect("competences:cycle_files")
