"""« Manuels et abonnements »: what is theirs, and one of them before it is opened."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from preau.domains.mediacentre import rules
from preau.domains.mediacentre.actions import keeping
from preau.domains.mediacentre.forms import TextFilterForm
from preau.domains.mediacentre.models import Resource
from preau.domains.mediacentre.queries import reading
from preau.foundation.access import opens
from preau.foundation.paging import page_for, query_of

A_PAGE = 24


@opens(to=rules.reads_resources)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The resources of this seat; of the children, for a family."""
    viewer = request.viewer
    form = TextFilterForm(request.GET)
    chosen = form.chosen()
    page = page_for(request, reading.own_resources(viewer, chosen), A_PAGE)
    shown = list(page.object_list)
    context = {
        "form": form,
        "page_obj": page,
        "tiles": reading.tiles_of(viewer, shown) if shown else [],
        "whose": reading.whose(viewer, shown),
        "filtered": bool(chosen),
        "query": query_of(request),
        "assigns": rules.assigns(viewer),
        "is_family": viewer.is_guardian,
    }
    return render(request, "mediacentre/mine.html", context)


@opens(Resource, to=rules.reads_resources)
@require_safe
def one(request: HttpRequest, resource: Resource) -> HttpResponse:
    """One resource: what it is, and what is transmitted when it is opened."""
    viewer = request.viewer
    sent = reading.sent_to(viewer, [resource])[resource.pk]
    read = reading.read_by(viewer, [sent.origin]).get(sent.origin) == sent.print
    context = {
        "resource": resource,
        "sent": sent,
        "read": read,
        "opens": rules.opens_resources(viewer, resource),
        "is_family": viewer.is_guardian,
    }
    return render(request, "mediacentre/one.html", context)


@opens(Resource, to=rules.opens_resources)
@require_POST
def understand(request: HttpRequest, resource: Resource) -> HttpResponseRedirect:
    """They have read what is transmitted: the resource opens at once from now on."""
    sent = reading.sent_to(request.viewer, [resource])[resource.pk]
    keeping.note_reading(request.viewer, sent.origin, sent.print)
    return redirect("mediacentre:one", pk=resource.pk)
