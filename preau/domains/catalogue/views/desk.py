"""The operator's own pages: resources made of media, their records, and those that lack captions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.media.queries.shelves import rows_of
from preau.domains.catalogue.actions import editing
from preau.domains.catalogue.forms.records import RecordForm
from preau.domains.catalogue.models.edited import EditedResource
from preau.domains.catalogue.queries import desk as queries
from preau.foundation.access import opens
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome
from preau.foundation.paging import page_of
from preau.identity.rules import runs_platform

A_PAGE = 30


@opens(to=runs_platform)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The resources made here, and how many of them lack captions."""
    watched = request.GET.get("voir", "")
    context = {
        "page_obj": page_of(queries.edited(request.viewer, watched), request.GET.get("page"), A_PAGE),
        "lacking": queries.without_captions(request.viewer),
        "watched": watched == queries.WITHOUT_CAPTIONS,
    }
    return render(request, "catalogue/desk.html", context)


@opens(to=runs_platform)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Make a resource of a medium: choose it, then write its record."""
    medium = queries.medium_for(request.viewer, request.POST.get("media") or request.GET.get("media", ""))
    if medium is None:
        page = page_of(queries.free_media(request.viewer), request.GET.get("page"), A_PAGE)
        return render(request, "catalogue/choose.html", {"rows": rows_of(page.object_list), "page_obj": page})
    form = RecordForm(medium, None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = editing.publish_medium(
                request.viewer, medium, form.cleaned_data["collection"], form.sheet()
            )
        except editing.NotReady:
            messages.error(request, _("Ce média n’est plus là : choisissez-en un autre."))
            return redirect("catalogue:add")
        messages.success(request, _("La ressource est publiée."))
        return redirect("catalogue:resource", **made.place)
    context = {"medium": medium, "form": form, "resource": None}
    return render_form(request, "catalogue/record.html", context)


@opens(EditedResource, to=runs_platform)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, resource: EditedResource) -> HttpResponse:
    """Change its record; withdraw it, or put it back."""
    form = RecordForm(resource.medium, resource, request.POST or None)
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            editing.change(request.viewer, resource, form.sheet()),
            _("C’est enregistré."),
            NOTHING_CHANGED,
        )
        return redirect("catalogue:change", pk=resource.pk)
    context = {"medium": resource.medium, "form": form, "resource": resource}
    return render_form(request, "catalogue/record.html", context)


@opens(EditedResource, to=runs_platform)
@require_POST
def withdraw(request: HttpRequest, resource: EditedResource) -> HttpResponseRedirect:
    """Show it to nobody any more."""
    editing.withdraw(request.viewer, resource)
    messages.success(request, _("La ressource est retirée. Vous pouvez la remettre."))
    return redirect("catalogue:change", pk=resource.pk)


@opens(EditedResource, to=runs_platform)
@require_POST
def put_back(request: HttpRequest, resource: EditedResource) -> HttpResponseRedirect:
    """Show it again."""
    editing.put_back(request.viewer, resource)
    messages.success(request, _("La ressource est de nouveau publiée."))
    return redirect("catalogue:change", pk=resource.pk)
