"""The journal in plain words."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.commons.journal import queries, rules
from preau.foundation.access import opens

# What the address asks for: what was done « A pour B ».
GIVEN = "delegations"


@opens(to=rules.reads_journal)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Who changed which setting of the school, and when; or what was done under a power that somebody had given."""
    given = request.GET.get("qui") == GIVEN
    lines = (
        queries.given_lines_of(request.viewer) if given else queries.changes_of(request.viewer, "settings")
    )
    page = Paginator(lines, 30).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": queries.said(page.object_list), "given": given}
    return render(request, "journal/changes.html", context)
