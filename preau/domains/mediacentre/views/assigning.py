"""Resources of the school: the list, one of them, who has it, and rules."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.mediacentre import exports, rules
from preau.domains.mediacentre.actions import assigning, keeping
from preau.domains.mediacentre.forms import (
    AssignForm,
    LicencesForm,
    PeopleFilterForm,
    ResourceFilterForm,
    licences_before,
    resources_asked,
)
from preau.domains.mediacentre.models import Resource, Rule, Subscription
from preau.domains.mediacentre.queries import history, lists, previews
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.pages import CONFLICT, TYPED_WRONG, status_of
from preau.foundation.paging import page_for, query_of
from preau.foundation.prepared import Lines

A_PAGE, MOST_CHOSEN = 20, 100


@opens(to=rules.assigns)
@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """The resources of the school: their people, their licences, what ends soon."""
    form = ResourceFilterForm(request.GET)
    chosen = form.chosen()
    found = lists.resources_matching(request.viewer, chosen)
    page = page_for(request, found, A_PAGE)
    context = {
        "form": form,
        "page_obj": page,
        "rows": lists.resource_rows(request.viewer, list(page.object_list)),
        "query": query_of(request),
        "filtered": bool(chosen),
    }
    return render(request, "mediacentre/resources.html", context)


@opens(to=rules.assigns)
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest) -> HttpResponse:
    """Say for whom resources are: look at the counts, then assign."""
    asked = request.POST if request.method == "POST" else request.GET
    found = resources_asked(request.viewer, asked.getlist("ressource"))
    form, status, preview = AssignForm(request.viewer, request.POST or None), 200, None
    if request.method == "POST" and found and form.is_valid():
        proposal, keys = form.proposal(), [resource.pk for resource in found]
        if request.POST.get("geste") != "attribuer" or form.cleaned_data["vu"] is None:
            school = request.viewer.school_id or 0
            preview = previews.preview_of(request.viewer.today, school, proposal, found)
        else:
            answer = _assigned(request, form, keys)
            if isinstance(answer, HttpResponse):
                return answer
            preview, status = answer
    status = status_of(form) if status == 200 else status
    context = {"form": form, "resources": found, "preview": preview}
    return render(request, "mediacentre/assign.html", context, status=status)


def _assigned(request: HttpRequest, form: AssignForm, keys: list[int]) -> Any:
    """The rule's page, once it is written; else the counts again and the status that says why."""
    data = form.cleaned_data
    try:
        rule = assigning.assign(
            request.viewer, form.proposal(), keys, expected=data["vu"], sent_as=data["sent_as"]
        )
    except assigning.CountChanged as changed:
        messages.info(request, _("L’annuaire a changé entre-temps : voici les nouveaux nombres."))
        return changed.preview, CONFLICT
    except assigning.AssignmentRefused as refusal:
        return refusal.preview, TYPED_WRONG
    except assigning.NothingToAssign:
        messages.error(request, _("Ces ressources ne sont plus dans la liste de l’établissement."))
        return redirect("mediacentre:resources")
    messages.success(request, _("C’est attribué. Ceux que cela concerne sont prévenus."))
    return redirect("mediacentre:rule", pk=rule.pk)


@opens(Resource, to=rules.assigns)
@require_safe
def resource(request: HttpRequest, resource: Resource) -> HttpResponse:
    """One resource: its subscriptions, its rules, its history."""
    return _page(request, resource)


def _page(request: HttpRequest, resource: Resource, form: LicencesForm | None = None) -> HttpResponse:
    viewer = request.viewer
    page = Paginator(lists.rules_matching(viewer, resource=resource.pk), A_PAGE)
    shown = page.get_page(request.GET.get("page"))
    subscriptions = list(Subscription.objects.visible_to(viewer).filter(resource=resource, is_open=True))
    own = next((subscription for subscription in subscriptions if not subscription.code), None)
    steps, written = history.steps_of(viewer, resource), list(shown.object_list)
    whom = lists.whom_said([*written, *(step.rule for step in steps if step.rule)])
    context = {
        "resource": resource,
        "row": lists.resource_row(viewer, resource, subscriptions),
        "page_obj": shown,
        "rules": lists.rule_rows(viewer, written, whom),
        "subscriptions": subscriptions,
        "own": own,
        "history": history.history_of(steps, whom),
        "form": form or LicencesForm(initial=licences_before(own)),
    }
    return render(request, "mediacentre/resource.html", context, status=TYPED_WRONG if form else 200)


@opens(Resource, to=rules.assigns)
@require_POST
def licences(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Licences that no file gives; or forget those that were typed."""
    if request.POST.get("geste") == "oublier":
        done = keeping.remove_licences(request.viewer, resource)
        messages.success(request, _("C’est oublié.") if done else _("Il n’y avait rien à oublier."))
        return redirect("mediacentre:resource", pk=resource.pk)
    form = LicencesForm(request.POST)
    if not form.is_valid():
        return _page(request, resource, form)
    changed = keeping.set_licences(request.viewer, resource, form.cleaned_data)
    messages.success(request, _("Les licences sont notées.") if changed else _("Rien n’a changé."))
    return redirect("mediacentre:resource", pk=resource.pk)


@opens(Resource, to=rules.assigns)
@require_POST
def families(request: HttpRequest, resource: Resource) -> HttpResponseRedirect:
    """Show a resource to the families of those who have it, or no longer."""
    shown = request.POST.get("montrer") == "oui"
    keeping.show_to_families(request.viewer, resource, shown=shown)
    sentence = _("Les familles la voient.") if shown else _("Les familles ne la voient plus.")
    messages.success(request, sentence)
    return redirect("mediacentre:resource", pk=resource.pk)


@opens(Resource, to=rules.assigns)
@require_safe
def people(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Who has a resource, and who of the school has it not."""
    return _people(request, resource)


def _people(request: HttpRequest, resource: Resource, refused: Any = None) -> HttpResponse:
    viewer = request.viewer
    without = request.GET.get("qui") == "sans"
    form = PeopleFilterForm(viewer, request.GET)
    chosen = form.chosen()
    found = lists.people_of(viewer, resource, chosen | ({"qui": "sans"} if without else {}))
    page = page_for(request, Lines(found.count, lambda a, z: list(found[a:z])), A_PAGE)
    context = {
        "resource": resource,
        "without": without,
        "form": form,
        "page_obj": page,
        "filtered": bool(chosen),
        "rows": lists.person_rows(viewer, resource, list(page.object_list)),
        "query": query_of(request),
        "refused": refused,
        "row": lists.resource_rows(viewer, [resource])[0],
        "picked": set(request.POST.getlist("personne")),
    }
    return render(request, "mediacentre/people.html", context, status=TYPED_WRONG if refused else 200)


@opens(Resource, to=rules.assigns)
@require_POST
def give(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Give a resource to people who have been chosen by name."""
    chosen = request.POST.getlist("personne")[:MOST_CHOSEN]
    try:
        number = assigning.give(request.viewer, resource, chosen) if resource.is_open else 0
    except assigning.AssignmentRefused as refusal:
        return _people(request, resource, refusal.preview.refused[0])
    sentence = ngettext("Attribuée à %(num)s personne.", "Attribuée à %(num)s personnes.", number) % {
        "num": number
    }
    messages.success(request, sentence) if number else messages.info(
        request, _("Rien à attribuer : personne de nouveau n’est choisi.")
    )
    return redirect("mediacentre:people", pk=resource.pk)


@opens(Resource, to=rules.assigns)
@require_POST
def set_apart(request: HttpRequest, resource: Resource) -> HttpResponse:
    """Take a resource from people who have been chosen by name, whatever the rules."""
    number = assigning.set_apart(request.viewer, resource, request.POST.getlist("personne")[:MOST_CHOSEN])
    sentence = ngettext("Retirée à %(num)s personne.", "Retirée à %(num)s personnes.", number) % {
        "num": number
    }
    messages.success(request, sentence) if number else messages.info(
        request, _("Rien à retirer : personne n’est choisi.")
    )
    return redirect("mediacentre:people", pk=resource.pk)


@opens(to=rules.assigns)
@require_safe
def all_rules(request: HttpRequest) -> HttpResponse:
    """The rules of the school, in force or taken back."""
    ended = request.GET.get("etat") == "retirees"
    page = page_for(request, lists.rules_matching(request.viewer, ended=ended), A_PAGE)
    context = {
        "page_obj": page,
        "rows": lists.rule_rows(request.viewer, list(page.object_list)),
        "ended": ended,
        "query": query_of(request),
    }
    return render(request, "mediacentre/rules.html", context)


@opens(Rule, to=rules.keeps_rule)
@require_safe
def rule(request: HttpRequest, rule: Rule) -> HttpResponse:
    """One rule: whom it means, what it gives, and how to take it back."""
    return _rule(request, rule)


def _rule(request: HttpRequest, rule: Rule, refused: Any = ()) -> HttpResponse:
    targets = rule.targets.filter(person__isnull=False).select_related("person")
    named = Paginator(targets.order_by("person__search_name", "pk"), A_PAGE)
    context = {
        "rule": rule,
        "row": lists.rule_rows(request.viewer, [rule])[0],
        "refused": refused,
        "resources": list(rule.resources.order_by("search_name", "pk")),
        "named": named.get_page(request.GET.get("page")) if rule.scope == Rule.Scope.PEOPLE else None,
    }
    return render(request, "mediacentre/rule.html", context, status=TYPED_WRONG if refused else 200)


@opens(Rule, to=rules.keeps_rule)
@require_POST
def end(request: HttpRequest, rule: Rule) -> HttpResponseRedirect:
    """Take a rule back."""
    done = assigning.end(request.viewer, rule)
    sentence = (
        _("L’attribution est retirée. Vous pouvez la rétablir ici.")
        if done
        else _("Elle était déjà retirée.")
    )
    messages.success(request, sentence)
    return redirect("mediacentre:rule", pk=rule.pk)


@opens(Rule, to=rules.keeps_rule)
@require_POST
def restore(request: HttpRequest, rule: Rule) -> HttpResponse:
    """Take up again a rule that was taken back."""
    try:
        done = assigning.restore(request.viewer, rule)
    except assigning.AssignmentRefused as refusal:
        return _rule(request, rule, refusal.preview.refused)
    messages.success(request, _("L’attribution est rétablie.") if done else _("Elle n’était pas retirée."))
    return redirect("mediacentre:rule", pk=rule.pk)


@opens(to=rules.assigns)
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Who has what, for a spreadsheet."""
    journal.record(request.viewer, "mediacentre.exported", request.viewer.school)
    return csv_lines(f"attributions-{request.viewer.today:%Y-%m-%d}", exports.assignments_csv(request.viewer))
