"""For the head: who may open how many records, and those that nobody opens any more. Nothing of what they say."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.domains.records import rules
from preau.domains.records.actions import access as actions
from preau.domains.records.forms.around import EntrustForm
from preau.domains.records.models import Orphan
from preau.domains.records.queries.audit import orphan_rows, orphans_of, people_who_read
from preau.foundation.access import confirmed, opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for

A_PAGE = 40


@opens(to=rules.audits)
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """How many records each may open; the records that wait for a name."""
    viewer = request.viewer
    page = page_for(request, people_who_read(viewer), A_PAGE)
    orphans = orphans_of(viewer)
    context = {"page_obj": page, "rows": page.object_list, "orphans": orphans}
    return render(request, "records/audit.html", context)


@removes
@opens(Orphan, to=rules.audits, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
def entrust(request: HttpRequest, orphan: Orphan) -> HttpResponse:
    """Name who opens it from now on; the head does not."""
    form = EntrustForm(request.viewer, orphan, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.entrust(request.viewer, orphan, form.cleaned_data["person"])
        except actions.ReadAlready:
            messages.info(request, _("Quelqu’un ouvre déjà ce dossier."))
        else:
            messages.success(request, _("Le dossier est confié."))
        return redirect("records:audit")
    [row] = orphan_rows([orphan])
    return render_form(
        request,
        "records/entrust.html",
        {"form": form, "row": row},
    )
