"""Bringing a list of the GAR: read, looked at, applied or given up."""

import re
from hashlib import sha256

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.mediacentre import rules
from preau.domains.mediacentre.actions import bringing
from preau.domains.mediacentre.forms import UploadForm
from preau.domains.mediacentre.imports import reading
from preau.domains.mediacentre.imports.reading import LARGEST
from preau.domains.mediacentre.models import BroughtList
from preau.domains.mediacentre.queries import history
from preau.foundation import uploads
from preau.foundation.access import opens
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for
from preau.foundation.reading import Unreadable

A_PAGE, NOTES_A_PAGE = 20, 50


@opens(to=rules.assigns)
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """Bring a file of the GAR, and see what became of the others."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, cut=uploads.was_cut(request))
    if form.is_valid() and (answer := _brought(request, form)):
        return answer
    page = page_for(request, history.lists_of(request.viewer), A_PAGE)
    context = {"form": form, "page_obj": page}
    return render_form(request, "mediacentre/lists.html", context)


def _brought(request: HttpRequest, form: UploadForm) -> HttpResponseRedirect | None:
    file, school = form.cleaned_data["liste"], request.viewer.school
    name = re.sub(r"[^\w .()-]+", "_", file.name)[-120:] or "fichier"
    content = file.read(LARGEST + 1)
    try:
        kind, facts = reading.read(content, name, school.uai)
    except Unreadable as refusal:
        line = _("Ligne %(line)s : ") % {"line": refusal.line} if refusal.line else ""
        form.add_error("liste", f"{line}{refusal.reason} {_('Rien n’a changé.')}")
        return None
    brought = bringing.bring(request.viewer, kind, facts, name, sha256(content).hexdigest())
    return redirect("mediacentre:list", pk=brought.pk)


@opens(BroughtList, to=rules.decides_on)
@require_safe
def one_list(request: HttpRequest, brought: BroughtList) -> HttpResponse:
    """One file: what it would change or has changed, and the lines that are left out."""
    notes = page_for(request, brought.report.get("aside", []), NOTES_A_PAGE)
    return render(request, "mediacentre/list.html", {"brought": brought, "page_obj": notes})


@opens(BroughtList, to=rules.decides_on)
@require_POST
def apply_list(request: HttpRequest, brought: BroughtList) -> HttpResponseRedirect:
    done = bringing.apply(request.viewer, brought)
    messages.success(request, _("La liste est appliquée.") if done else _("C’était déjà décidé."))
    return redirect("mediacentre:list", pk=brought.pk)


@opens(BroughtList, to=rules.decides_on)
@require_POST
def drop_list(request: HttpRequest, brought: BroughtList) -> HttpResponseRedirect:
    done = bringing.drop(request.viewer, brought)
    messages.success(
        request, _("Le fichier est abandonné. Rien n’a changé.") if done else _("C’était déjà décidé.")
    )
    return redirect("mediacentre:lists")
