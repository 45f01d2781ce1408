"""Giving an activity: which class, which service; what was chosen there, looked at before it is given."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from preau.commons.lti import rules
from preau.commons.lti.actions import giving, passing
from preau.commons.lti.forms import AddForm, ChoiceForm
from preau.commons.lti.models import Proposal
from preau.commons.lti.views.going import go
from preau.foundation.access import anyone, opens
from preau.foundation.pages import render_form, status_of


@opens(to=rules.gives_activities)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Choose a class and a service, then the activity in the service; or give its first page."""
    form = AddForm(request.viewer, request.GET.get("classe", ""), request.POST or None)
    if form.is_valid():
        direct = form.direct()
        if direct is None:
            opening, tool = form.tools[form.cleaned_data["tool"]]
            return go(request, tool, at=(opening, form.groups[form.cleaned_data["group"]]))
        made = giving.give_one(request.viewer, direct)
        messages.success(request, _("L’activité est donnée."))
        return redirect("lti:activity", public_id=made.public_id)
    context = {"form": form, "may": bool(form.groups and form.tools)}
    return render_form(request, "lti/add.html", context)


@opens(to=anyone)
@csrf_exempt
@require_POST
@sensitive_post_parameters("JWT")
def chosen(request: HttpRequest) -> HttpResponse:
    """What a teacher chose, posted by the service: its signature counts, no cookie does. A page of ours shows it next."""
    try:
        proposal = passing.answer(request.POST.get("JWT", ""))
    except passing.Stale:
        return render(request, "lti/stale.html", status=HTTPStatus.BAD_REQUEST)
    return redirect("lti:choice", public_id=proposal.public_id)


@opens(Proposal, to=rules.gives_activities, by="public_id")
@require_http_methods(["GET", "POST"])
def choice(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """What was chosen, before it is given to the class."""
    context = proposal.context
    service = context.opening.service
    if proposal.taken_at or proposal.ends_at <= timezone.now():
        messages.info(request, _("Ce choix a déjà servi, ou n’attend plus."))
        return redirect("lti:activities")
    typed = request.POST if request.method == "POST" else None
    form = ChoiceForm(proposal.items, service.name, typed) if proposal.items else None
    if form and form.is_valid():
        given = giving.give(request.viewer, proposal, form.chosen())
        sentence = ngettext("L’activité est donnée.", "Les activités sont données.", len(given))
        messages.success(request, sentence if given else _("Ce choix a déjà servi, ou n’attend plus."))
        return redirect("lti:activities")
    variables = {"form": form, "proposal": proposal, "service": service, "group": context.group}
    return render(request, "lti/choice.html", variables, status=status_of(form))
