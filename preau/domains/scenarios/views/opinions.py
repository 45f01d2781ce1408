"""Reviews of resources and scenarios; what is reported, decided and appealed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.catalogue.models import Resource
from preau.domains.scenarios import rules
from preau.domains.scenarios.actions import moderation
from preau.domains.scenarios.actions import opinions as opinions_actions
from preau.domains.scenarios.forms import AppealForm, DecisionForm, ReportForm, ReviewForm, shown_review
from preau.domains.scenarios.models import Case, Review, Scenario
from preau.domains.scenarios.queries import opinions as opinions_queries
from preau.domains.scenarios.queries import public, space
from preau.foundation.access import anyone, opens, signed_in
from preau.foundation.gone import removes
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_of

PAGE = 15


def _work(request: HttpRequest) -> Resource | Scenario:
    """The published work that the page was opened for."""
    found = public.work_at(request.POST.get("adresse") or request.GET.get("adresse", ""))
    if found is None:
        raise Http404
    return found


def _facts(work: Resource | Scenario) -> dict[str, Any]:
    return {"address": work.address, "name": public.name_of(work)}


@opens(to=anyone)
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """All that teachers say of a work; without one, where to begin."""
    if not request.GET.get("adresse"):
        return render(request, "scenarios/reviews_nothing.html")
    work = _work(request)
    page = page_of(opinions_queries.reviews_of(work), request.GET.get("page"), PAGE)
    context = _facts(work) | {"page": page, "summary": opinions_queries.summary_of(work)}
    return render(request, "scenarios/reviews.html", context)


@opens(to=rules.writes)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    """One's review of a work: written, then changed."""
    if request.method == "GET" and not request.GET.get("adresse"):
        return render(request, "scenarios/reviews_nothing.html")
    work = _work(request)
    known = opinions_queries.own_review(request.viewer, work)
    form = ReviewForm(space.places(), request.POST or None, initial=shown_review(known) if known else None)
    if request.method == "POST" and form.is_valid():
        try:
            opinions_actions.review(request.viewer, work, form.typed())
        except opinions_actions.OwnWork:
            messages.error(request, _("On ne donne pas d’avis sur ce que l’on écrit soi-même."))
        else:
            messages.success(request, _("Votre avis est publié. Vous pouvez le changer ou le retirer."))
        return redirect(work.address)
    context = _facts(work) | {"form": form, "known": known}
    return render_form(request, "scenarios/review.html", context)


@removes
@opens(Review, to=rules.writes)
@require_POST
def remove_review(request: HttpRequest, known: Review) -> HttpResponseRedirect:
    address = known.work.address
    opinions_actions.remove_review(request.viewer, known)
    messages.success(request, _("Votre avis est retiré."))
    return redirect(address)


@opens(to=signed_in)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Say that a review or a scenario should not be there."""
    asked = request.POST.get("avis") or request.GET.get("avis")
    if request.method == "GET" and not asked and not request.GET.get("adresse"):
        return render(request, "scenarios/reviews_nothing.html")
    target: Review | Scenario | None = opinions_queries.shown_review(asked) if asked else None
    if not asked and isinstance(work := _work(request), Scenario):
        target = work
    if target is None:
        raise Http404
    form = ReportForm(request.POST or None)
    work_of = target.work if isinstance(target, Review) else target
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            moderation.report(
                request.viewer, target, form.cleaned_data["reason"], form.cleaned_data["words"]
            ),
            _("Merci. Un modérateur va regarder ; votre nom n’est pas dit à l’auteur."),
            _("Vous l’aviez déjà signalé."),
        )
        return redirect(work_of.address)
    context = _facts(work_of) | {"form": form, "review": target if isinstance(target, Review) else None}
    return render_form(request, "scenarios/report.html", context)


# Moderation


@opens(to=rules.moderates)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """What waits for a moderator."""
    page = page_of(opinions_queries.cases(request.viewer), request.GET.get("page"), PAGE)
    return render(request, "scenarios/cases.html", {"page": page})


@opens(Case, to=rules.moderates)
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, known: Case) -> HttpResponse:
    """What was reported and why; keep it, or hide it."""
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        hide = form.cleaned_data["decision"] == "masquer"
        if moderation.decide(request.viewer, known, form.cleaned_data["why"], hide=hide):
            sentence = (
                _("C’est masqué ; son auteur est prévenu et sait pourquoi.") if hide else _("C’est gardé.")
            )
            messages.success(request, sentence)
        else:
            messages.info(request, _("C’était déjà décidé."))
        return redirect("scenarios:cases")
    work = known.review.work if known.review else known.scenario
    context = _facts(work) | {"case": known, "form": form, "reports": list(known.reports.all())}
    return render_form(request, "scenarios/case.html", context)


@opens(Case, to=rules.appeals)
@require_http_methods(["GET", "POST"])
def appeal(request: HttpRequest, known: Case) -> HttpResponse:
    """What was decided of what one wrote, why, and asking once to look again."""
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            moderation.appeal(request.viewer, known, form.cleaned_data["words"]),
            _("Votre contestation est envoyée. La réponse vous sera dite."),
            _("Vous l’aviez déjà contesté, ou ce n’est plus à contester."),
        )
        return redirect("scenarios:appeal", pk=known.pk)
    work = known.review.work if known.review else known.scenario
    may = known.state == Case.State.DECIDED and known.hidden and known.appealed_at is None
    context = _facts(work) | {"case": known, "form": form, "may": may}
    return render_form(request, "scenarios/appeal.html", context)
