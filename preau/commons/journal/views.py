"""The journal in plain words."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.journal import actions, exports, queries, rules
from preau.commons.journal.forms import LineFilter
from preau.commons.journal.models import Extract
from preau.foundation import journal, signed
from preau.foundation.access import confirmed, opens
from preau.foundation.paging import page_for, page_of

# What the address asks for: what was done « A pour B ».
GIVEN = "delegations"
A_PAGE = 20


@opens(to=rules.reads_journal)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Who changed which setting of the school, and when; or what was done under a power that somebody had given."""
    given = request.GET.get("qui") == GIVEN
    lines = (
        queries.given_lines_of(request.viewer) if given else queries.changes_of(request.viewer, "settings")
    )
    page = page_for(request, lines, 30)
    context = {"page_obj": page, "rows": queries.lines_in_words(page.object_list), "given": given}
    return render(request, "journal/changes.html", context)


@opens(to=rules.reads_journal)
@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: HttpRequest) -> HttpResponse:
    """Who did or read what in the school. A name is looked for in a POST: it must stay out of addresses."""
    viewer = request.viewer
    typed = request.POST if request.method == "POST" else request.GET
    form = LineFilter(viewer, typed)
    name = request.POST.get("nom", "").strip() if request.method == "POST" else ""
    found = queries.people_named(viewer, name) if name else []
    if len(found) == 1:
        return redirect(f"{request.path}?{_query(form, personne=found[0].public_id)}")
    asked = form.asked()
    form.offer(queries.verbs_in(viewer, asked))
    page = page_of(queries.lines_of(viewer, asked), request.GET.get("page"), A_PAGE)
    if asked.person:
        journal.record_read(viewer, "journal.lines_read", viewer.school, subject_id=asked.person.pk)
    context: dict[str, Any] = {
        "form": form,
        "name": name,
        "narrowed": bool(typed),
        "people": [(person, _query(form, personne=person.public_id)) for person in found],
        "person": asked.person,
        "page_obj": page,
        "rows": queries.lines_in_words(page.object_list),
        "query": _query(form),
        "without": _query(form, personne=""),
        "hidden": _facts(form).items(),
    }
    return render(request, "journal/lines.html", context)


def _facts(form: LineFilter) -> dict[str, str]:
    """What the form asks, as an address says it; never a name."""
    names = ("personne", "sens", "action", "genre", "du", "au")
    return {name: str(form.data.get(name) or "") for name in names if form.data.get(name)}


def _query(form: LineFilter, **changed: str) -> str:
    return urlencode({name: value for name, value in (_facts(form) | changed).items() if value})


@opens(to=rules.reads_journal)
@confirmed()
@require_POST
def extract(request: HttpRequest) -> HttpResponseRedirect:
    """Ask for these lines in a file: a task makes it, and its page says when it is there."""
    shape = request.POST.get("forme", "")
    shape = shape if shape in Extract.Shape.values else Extract.Shape.CSV
    actions.ask_extract(request.viewer, LineFilter(request.viewer, request.POST).asked(), shape)
    messages.success(
        request, _("L’extrait se prépare. Vous le retrouverez ici et dans « Imports et exports ».")
    )
    return redirect("journal:extracts")


@opens(to=rules.reads_journal)
@require_safe
def extracts(request: HttpRequest) -> HttpResponse:
    """The extracts that were asked for, for thirty days."""
    page = page_of(queries.extracts_of(request.viewer), request.GET.get("page"), 20)
    context = {"page_obj": page, "print": signed.fingerprint(exports.PURPOSE)}
    return render(request, "journal/extracts.html", context)
