"""The journal in plain words."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.commons.journal import queries, rules
from preau.foundation.access import opens


@opens(to=rules.reads_journal)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Who changed which setting of the school, and when."""
    page = Paginator(queries.changes_of(request.viewer, "settings"), 30).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": queries.said(page.object_list)}
    return render(request, "journal/changes.html", context)
