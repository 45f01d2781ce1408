"""« Reprendre dans mon espace »: a resource or a published scenario becomes the beginning of one's own, or is linked to one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.domains.catalogue.models import Resource
from preau.domains.scenarios import rules
from preau.domains.scenarios.actions import adapting
from preau.domains.scenarios.forms import JoinForm
from preau.domains.scenarios.models import Scenario
from preau.domains.scenarios.queries import public, space
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome


@opens(to=rules.writes)
@require_http_methods(["GET", "POST"])
def take_up(request: HttpRequest) -> HttpResponse:
    """Adapt it, where its licence lets one; or link a resource to a scenario that one writes."""
    asked = request.POST.get("adresse") or request.GET.get("adresse", "")
    if not asked and request.method == "GET":
        return render(request, "scenarios/take_up_nothing.html")
    source = public.work_at(asked)
    if source is None:
        raise Http404
    resource = source if isinstance(source, Resource) else None
    address = source.address
    licence = resource.licence if resource else source.shown.licence  # type: ignore[union-attr]
    allowed = rules.licences_after(licence)
    rows = space.scenarios_of(request.viewer)
    form = JoinForm(rows, request.POST if request.POST.get("geste") == "lier" else None)
    if request.method == "POST" and request.POST.get("geste") == "adapter":
        return _adapt(request, source)
    if request.method == "POST" and resource and form.is_valid():
        return _join(request, form.cleaned_data["scenario"], resource)
    work = source if resource else source.shown  # type: ignore[union-attr]
    context: dict[str, Any] = {
        "address": address,
        "title": work.title,
        "licence": work.get_licence_display(),
        "allowed": allowed,
        "form": form,
        "resource": resource,
    }
    return render_form(request, "scenarios/take_up.html", context)


def _adapt(request: HttpRequest, source: Resource | Scenario) -> HttpResponseRedirect:
    try:
        if isinstance(source, Resource):
            made = adapting.adapt_resource(request.viewer, source)
        else:
            made = adapting.adapt_scenario(request.viewer, source)
    except adapting.MayNotAdapt:
        messages.error(request, _("Sa licence ne permet pas de l’adapter. Vous pouvez y mener par un lien."))
        return redirect("scenarios:space")
    messages.success(
        request, _("C’est dans votre espace, en brouillon. D’où cela vient restera dit avec votre version.")
    )
    return redirect("scenarios:workshop", pk=made.pk)


def _join(request: HttpRequest, scenario: Scenario, resource: Resource) -> HttpResponseRedirect:
    tell_outcome(
        request,
        adapting.join_resource(request.viewer, scenario, resource),
        _("La ressource est liée à « %(title)s ».") % {"title": scenario.title},
        _("Cette ressource est déjà liée, ou ce scénario en lie déjà assez."),
    )
    return redirect("scenarios:workshop", pk=scenario.pk)
