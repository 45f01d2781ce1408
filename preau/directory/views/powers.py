"""Who may do what: the page of the functions, what is given until a day, the lists of the school."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory import rules
from preau.directory.actions import powers as actions
from preau.directory.boards import power_of
from preau.directory.forms.powers import ListFilter, PowerForm
from preau.directory.models import Holding
from preau.directory.queries import school_lists
from preau.directory.queries.powers import given_here, given_holdings, people_in, powers_to_give, roles_here
from preau.directory.rules.powers import gives_powers, reads_lists, reads_powers
from preau.directory.words import LISTS, SETTINGS
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for

# Each row of what was given holds a form.
A_PAGE, GIVEN_PAGE = 40, 25
# From the page of the review, one comes back to it.
REVIEW = "revue"


@opens(to=reads_powers)
@require_safe
def powers(request: HttpRequest) -> HttpResponse:
    """What each function opens in this school, what was given beyond it; the names in a function, for who keeps the directory."""
    viewer, asked = request.viewer, request.GET.get("fonction", "")
    names = rules.keeps_directory(viewer)
    shared, rows = roles_here(viewer)
    row = next((row for row in rows if row.key == asked and row.has_names), None) if names else None
    context = {
        "shared": shared,
        "rows": rows,
        "names": names,
        "row": row,
        "gives": gives_powers(viewer),
    }
    if row:
        context["page_obj"] = page_for(request, people_in(viewer, row.key), A_PAGE)
        return render(request, "directory/function.html", context)
    context["given"] = given_here(viewer)
    return render(request, "directory/powers.html", context)


@opens(to=gives_powers)
@confirmed()
@require_http_methods(["GET", "POST"])
def administrators(request: HttpRequest) -> HttpResponse:
    """What the head has given until a day; give something more."""
    viewer = request.viewer
    form = PowerForm(viewer, request.POST or None)
    if form.is_valid():
        sent = form.cleaned_data
        actions.give(viewer, sent["holding"], sent["power"], sent["until"])
        messages.success(request, _("C’est confié : cette personne le trouve sur son accueil."))
        return redirect("directory:administrators")
    page = page_for(request, given_here(viewer), GIVEN_PAGE)
    context = {"form": form, "page_obj": page, "powers": powers_to_give()}
    return render_form(request, "directory/administrators.html", context)


@removes
@opens(Holding, to=gives_powers)
@confirmed()
@require_POST
def end_delegation(request: HttpRequest, holding: Holding) -> HttpResponseRedirect:
    """Take a power back."""
    holding = get_object_or_404(given_holdings(request.viewer), pk=holding.pk)
    key = request.POST.get("power", SETTINGS)
    if power_of(key) is None:
        raise Http404
    actions.take_back(request.viewer, holding, key)
    messages.success(request, _("C’est repris : cette personne n’a plus ce droit."))
    back = "directory:review" if request.POST.get("suite") == REVIEW else "directory:administrators"
    return redirect(back)


@opens(to=reads_lists)
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The classes, then the pupils of one with whom to call. Opened by somebody to whom they were given, it leaves a line."""
    viewer = request.viewer
    group = ListFilter(viewer, request.GET).chosen()
    if group is None:
        return render(
            request,
            "directory/lists.html",
            {"classes": school_lists.classes_listed(viewer), "school": viewer.school},
        )
    pupils = school_lists.pupils_listed(viewer, group)
    if viewer.was_given(LISTS):
        journal.record(viewer, "directory.list_read", group, rows=len(pupils))
    return render(
        request, "directory/class_list.html", {"group": group, "pupils": pupils, "school": viewer.school}
    )
