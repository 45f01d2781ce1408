"""The page of one's works."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.commons.works import actions, queries, rules
from preau.commons.works.models import Work
from preau.foundation.access import opens, signed_in
from preau.foundation.http import page_or_block
from preau.foundation.paging import page_for
from preau.foundation.works import CannotStop

PAGE = 20


@opens(to=signed_in)
@require_safe
def works(request: HttpRequest) -> HttpResponse:
    """What this person asked for: how far it is, what came of it."""
    page = page_for(request, queries.works_of(request.viewer), PAGE)
    rows = queries.rows_of(page)
    context = {
        "rows": rows,
        "page_obj": page,
        "goes_on": any(row.is_going_on for row in rows),
        "here": f"?page={page.number}",
    }
    return page_or_block(request, "works/works.html", block="works", context=context)


@opens(Work, to=rules.asked_for)
@require_POST
def stop(request: HttpRequest, work: Work) -> HttpResponseRedirect:
    """Give up a work before its end."""
    try:
        actions.stop(request.viewer, work)
    except CannotStop:
        messages.info(request, _("Ce travail ne peut plus être abandonné : voici où il en est."))
    else:
        messages.success(request, _("C’est abandonné. Rien n’a été changé."))
    return redirect("works:works")
