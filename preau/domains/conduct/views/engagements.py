"""Measures of responsibility and contracts: prepared with the pupil, agreed to, followed, ended."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.conduct import rules
from preau.domains.conduct.actions import engagements as actions
from preau.domains.conduct.forms.engagements import ContractForm, EndForm, ResponsibilityForm, WeekForm
from preau.domains.conduct.models import Contract, Responsibility, Sanction
from preau.domains.conduct.queries import engagements as queries
from preau.domains.conduct.queries.sanctions import whole_sanction
from preau.domains.conduct.views.incidents import (
    A_PAGE,
    TYPED_WRONG,
    chosen_group,
    classes_context,
    parts_open_to,
)
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome
from preau.foundation.paging import page_for


@opens(Sanction, to=rules.decides_sanctions)
@require_http_methods(["GET", "POST"])
def responsibility(request: HttpRequest, sanction: Sanction) -> HttpResponse:
    """How a measure of responsibility is carried out."""
    if not rules.is_to_prepare(sanction):
        messages.info(request, _("Seule une mesure de responsabilisation prononcée se prépare."))
        return redirect("conduct:sanction", pk=sanction.pk)
    known = queries.responsibility_of(sanction)
    names = ("host", "is_outside", "task", "hours", "signed_on")
    initial = {name: getattr(known, name) for name in names} if known else {}
    form = ResponsibilityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            actions.prepare(request.viewer, sanction, form.measure()),
            _("La mesure est enregistrée. L’élève et sa famille la lisent."),
            NOTHING_CHANGED,
        )
        return redirect("conduct:sanction", pk=sanction.pk)
    journal.record_read(request.viewer, "conduct.page_read", sanction, subject_id=sanction.pupil_id)
    context = {"form": form, "sanction": whole_sanction(sanction.pk)}
    return render_form(request, "conduct/responsibility.html", context)


@opens(Responsibility, to=rules.follows_own)
@require_POST
def agree(request: HttpRequest, responsibility: Responsibility) -> HttpResponseRedirect:
    tell_outcome(
        request,
        actions.agree(request.viewer, responsibility),
        _("Votre accord est enregistré."),
        _("L’accord était déjà donné."),
    )
    return redirect("conduct:sanction", pk=responsibility.sanction_id)


@opens(Responsibility, to=rules.decides_sanctions)
@require_POST
def accomplish(request: HttpRequest, responsibility: Responsibility) -> HttpResponseRedirect:
    try:
        done = actions.accomplish(request.viewer, responsibility)
    except actions.NotAgreed:
        sentence = _(
            "Hors de l’établissement, il faut l’accord de l’élève, celui d’un responsable et la convention signée."
        )
        messages.warning(request, sentence)
    else:
        sentence = _("La mesure est accomplie.") if done else _("C’était déjà noté.")
        messages.success(request, sentence)
    return redirect("conduct:sanction", pk=responsibility.sanction_id)


@opens(to=rules.follows_incidents)
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """The contracts of the school."""
    page = page_for(request, queries.contracts_of(request.viewer), A_PAGE)
    return render(request, "conduct/contracts.html", {"page_obj": page} | parts_open_to(request))


@opens(to=rules.follows_incidents)
@require_http_methods(["GET", "POST"])
def open_contract(request: HttpRequest) -> HttpResponse:
    """Set goals with a pupil."""
    group = chosen_group(request)
    form = ContractForm(request.viewer, group, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = actions.open_contract(request.viewer, data["pupil"], form.set_goals(), data["sent_as"])
        messages.success(request, _("Le contrat est ouvert. L’élève et sa famille le lisent."))
        return redirect("conduct:contract", pk=made.pk)
    context = {"form": form} | classes_context(request, group)
    return render_form(request, "conduct/open_contract.html", context)


@opens(Contract, to=rules.reads_contract)
@require_safe
def contract(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Goals, help, and how each week went."""
    return _contract_page(request, contract, {}, 200)


def _contract_page(
    request: HttpRequest, contract: Contract, forms: dict[str, Any], status: int
) -> HttpResponse:
    viewer = request.viewer
    if viewer.is_staff:
        journal.record_read(viewer, "conduct.page_read", contract, subject_id=contract.pupil_id)
    context = {
        "contract": queries.whole_contract(contract.pk),
        "weeks": queries.weeks_of(contract),
        "week": WeekForm(),
        "end": EndForm(),
        "follows": rules.follows_incidents(viewer),
    }
    return render(request, "conduct/contract.html", context | forms, status=status)


@opens(Contract, to=rules.follows_incidents)
@require_POST
def note_week(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Say how this week went."""
    form = WeekForm(request.POST)
    if not form.is_valid():
        return _contract_page(request, contract, {"week": form}, TYPED_WRONG)
    data = form.cleaned_data
    tell_outcome(
        request,
        actions.note_week(request.viewer, contract, request.viewer.today, data["how"], data["note"]),
        _("Le point de la semaine est noté. L’élève et sa famille le lisent."),
        NOTHING_CHANGED,
    )
    return redirect("conduct:contract", pk=contract.pk)


@opens(Contract, to=rules.follows_incidents)
@require_POST
def end_contract(request: HttpRequest, contract: Contract) -> HttpResponse:
    """End a contract with what came of it."""
    form = EndForm(request.POST)
    if not form.is_valid():
        return _contract_page(request, contract, {"end": form}, TYPED_WRONG)
    tell_outcome(
        request,
        actions.end_contract(request.viewer, contract, form.cleaned_data["outcome"]),
        _("Le contrat est terminé. L’élève et sa famille lisent le bilan."),
        _("Ce contrat était déjà terminé."),
    )
    return redirect("conduct:contract", pk=contract.pk)
