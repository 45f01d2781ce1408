"""« Ce qui arrive à son terme »: what is counted, agreed to by two people, postponed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.commons.privacy import rules
from preau.commons.privacy.actions import terms as actions
from preau.commons.privacy.forms import PostponeForm
from preau.commons.privacy.models import RetentionRun
from preau.commons.privacy.queries.terms import needs_operator, rules_said, runs_of, shown_of
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import TYPED_WRONG
from preau.foundation.paging import page_for

A_PAGE = 30


@opens(to=rules.follows_terms)
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What waits, what is done, and the rules."""
    page = page_for(request, runs_of(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rules": rules_said(),
        "may_count": rules.prepares_terms(request.viewer),
        "today": request.viewer.today,
        "is_operator": request.viewer.school_id is None,
    }
    return render(request, "privacy/terms.html", context)


@opens(to=rules.prepares_terms)
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Count now, without waiting for the night; nothing is erased."""
    run = actions.prepare(request.viewer.school, request.viewer.today)
    if run is None:
        messages.info(request, _("Rien n’est arrivé à son terme."))
        return redirect("privacy:terms")
    return redirect("privacy:run", pk=run.pk)


@opens(RetentionRun, to=rules.follows_terms)
@require_safe
def run(request: HttpRequest, run: RetentionRun) -> HttpResponse:
    """One run: what it erases, rule by rule, in numbers."""
    return _page(request, run, PostponeForm(request.viewer))


def _page(request: HttpRequest, run: RetentionRun, form: PostponeForm, status: int = 200) -> HttpResponse:
    viewer, parts = request.viewer, shown_of(run)
    is_operator = viewer.school_id is None
    alone = run.is_undecided and needs_operator(run, viewer.today)
    context: dict[str, Any] = {
        "run": run,
        "parts": parts,
        "form": form,
        "seen": actions.mark_of(run),
        "total": sum(part.part.count for part in parts),
        "held": sum(part.part.held for part in parts),
        "erased": sum(part.part.erased for part in parts),
        "offers": list(dict.fromkeys(part.offers for part in parts if part.offers))
        if viewer.school_id
        else [],
        "decides": rules.decides_run(viewer, run) and (not is_operator or run.school_id is None or alone),
        "postpones": rules.postpones_run(viewer, run),
        "is_mine": run.approved_by_id == viewer.person.pk,
        "by_operator": alone,
        "is_operator": is_operator,
    }
    return render(request, "privacy/run.html", context, status=status)


def _moved_on(request: HttpRequest, run: RetentionRun) -> HttpResponse:
    messages.info(
        request, _("Rien n’a changé : quelqu’un a décidé entre-temps, ou les comptes ont été refaits.")
    )
    return redirect("privacy:run", pk=run.pk)


@opens(RetentionRun, to=rules.decides_run)
@confirmed()
@require_POST
def approve(request: HttpRequest, run: RetentionRun) -> HttpResponse:
    """The first of two people."""
    try:
        actions.approve(request.viewer, run, request.POST.get("seen", ""))
    except actions.RunMovedOn:
        return _moved_on(request, run)
    messages.success(request, _("C’est noté. Rien n’est effacé tant qu’une autre personne n’a pas confirmé."))
    return redirect("privacy:run", pk=run.pk)


@opens(RetentionRun, to=rules.decides_run)
@confirmed()
@require_POST
def confirm(request: HttpRequest, run: RetentionRun) -> HttpResponse:
    """The second of two people: what was counted is erased."""
    try:
        actions.confirm(request.viewer, run, request.POST.get("seen", ""))
    except actions.RunMovedOn:
        return _moved_on(request, run)
    except actions.SamePerson:
        messages.error(request, _("Vous avez donné le premier accord : une autre personne confirme."))
        return redirect("privacy:run", pk=run.pk)
    except actions.NotTheirs:
        messages.error(request, _("Une autre personne de l’établissement confirme."))
        return redirect("privacy:run", pk=run.pk)
    messages.success(request, _("L’effacement commence. Vous pouvez quitter cette page."))
    return redirect("privacy:run", pk=run.pk)


@opens(RetentionRun, to=rules.postpones_run)
@require_POST
def postpone(request: HttpRequest, run: RetentionRun) -> HttpResponse:
    """Later, for a reason."""
    form = PostponeForm(request.viewer, request.POST)
    if not form.is_valid():
        return _page(request, run, form, TYPED_WRONG)
    typed = form.cleaned_data
    try:
        actions.postpone(request.viewer, run, typed["until"], typed["why"], request.POST.get("seen", ""))
    except actions.RunMovedOn:
        return _moved_on(request, run)
    messages.success(request, _("C’est reporté. Vous serez prévenu à nouveau après ce jour."))
    return redirect("privacy:run", pk=run.pk)
