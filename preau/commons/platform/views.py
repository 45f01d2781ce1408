"""Pages of whoever runs the platform: counts, deliveries and settings, never a pupil's row."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.commons.platform import queries, rules
from preau.commons.platform.forms import SchoolFilter
from preau.commons.platform.models import OperatedDelivery, OperatedSchool
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.downloads import csv_file
from preau.foundation.paging import page_for, query_of
from preau.foundation.sorting import Sorting
from preau.identity.rules import runs_platform

A_PAGE = 40


@opens(to=rules.operates)
@require_safe
def schools(request: HttpRequest) -> HttpResponse:
    """The schools that one runs, and what in them deserves a look."""
    form = SchoolFilter(request.GET)
    chosen = form.chosen()
    sorting = Sorting(request.GET, queries.ORDERS, default="nom")
    found = queries.schools_of(request.viewer, **chosen, order=sorting.fields)
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "totals": queries.totals_of(request.viewer),
        "page_obj": page_for(request, found, A_PAGE),
        "sorting": sorting,
        "query": query_of(request),
        "may_demand": runs_platform(request.viewer),
        "version": settings.VERSION,
    }
    return render(request, "platform/schools.html", context)


@opens(to=rules.operates)
@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The schools and their figures, for a spreadsheet."""
    rows = queries.lines_of(queries.schools_of(request.viewer, **SchoolFilter(request.POST).chosen()))
    journal.record(request.viewer, "platform.schools_exported", request.viewer.person)
    header = [
        _("UAI"),
        _("Nom"),
        _("Nature"),
        _("Année"),
        _("Élèves"),
        _("Personnels"),
        _("Responsables"),
        _("Comptes ouverts"),
        _("Dernière livraison"),
    ]
    return csv_file(f"etablissements-{request.viewer.today:%Y-%m-%d}", header, rows)


@opens(OperatedSchool, to=rules.operates, by="public_id")
@require_safe
def school(request: HttpRequest, school: OperatedSchool) -> HttpResponse:
    """One school: whom to call, how many people, its settings, its deliveries."""
    classes, groups = queries.groups_in(school)
    context = {
        "school": school,
        "roles": queries.roles_in(request.viewer, school),
        "heads": queries.heads_of(request.viewer, school),
        "classes": classes,
        "groups": groups,
        "closed": queries.closed_services(school),
        "deliveries": queries.deliveries_in(school),
    }
    return render(request, "platform/school.html", context)


@opens(to=rules.operates)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """The deliveries brought for several schools, by a command or by the drop folder."""
    page = page_for(request, queries.deliveries_of(request.viewer), A_PAGE)
    context = {"page_obj": page, "rows": queries.brought(page.object_list)}
    return render(request, "platform/deliveries.html", context)


@opens(OperatedDelivery, to=rules.operates)
@require_safe
def delivery(request: HttpRequest, delivery: OperatedDelivery) -> HttpResponse:
    """One of them: what it changed in all, why it was refused, and the schools that wait for a second person."""
    return render(
        request, "platform/delivery.html", {"delivery": delivery, "row": queries.brought([delivery])[0]}
    )
