"""The versions of a document: which, what changed, and going back to one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.commons.documents import rules
from preau.commons.documents.actions import versions, writing
from preau.commons.documents.forms import VersionForm
from preau.commons.documents.models import Document, Version
from preau.commons.documents.queries import history as kept
from preau.commons.documents.queries import people, texts
from preau.foundation.access import opens
from preau.foundation.pages import NOTHING_CHANGED, status_of, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE = 40


@opens(Document, to=rules.is_shown)
@require_safe
def history(request: HttpRequest, document: Document) -> HttpResponse:
    return _page(request, document, VersionForm())


def _page(request: HttpRequest, document: Document, form: VersionForm) -> HttpResponse:
    page = page_for(request, kept.versions_of(document), A_PAGE)
    context = {
        "document": document,
        "page_obj": page,
        "query": query_of(request),
        "rows": kept.version_rows(request.viewer, document, page.object_list),
        "since": people.writing_since(document, document.kept),
        "form": form,
        "runs": rules.runs(request.viewer, document),
    }
    return render(request, "documents/history.html", context, status=status_of(form))


@opens(Document, to=rules.runs)
@require_POST
def name_version(request: HttpRequest, document: Document) -> HttpResponseBase:
    """Give a name to what the document says now."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _page(request, document, form)
    try:
        named = versions.name_version(request.viewer, document.pk, form.cleaned_data["nom"])
    except writing.NotOpen:
        messages.error(request, _("Vous n’écrivez plus dans ce document."))
    else:
        tell_outcome(request, named, _("La version est gardée sous ce nom."), NOTHING_CHANGED)
    return redirect("documents:history", pk=document.pk)


@opens(Version, to=rules.reads_version)
@require_safe
def version(request: HttpRequest, version: Version) -> HttpResponse:
    """What a version says, and what changed: from the version before it, or until now (« face=maintenant »)."""
    until_now = request.GET.get("face") == "maintenant"
    former = None if until_now else kept.before(version)
    if until_now:
        passages = kept.compared(version.html, texts.html_now(version.document))
    else:
        passages = kept.compared(former.html if former else "", version.html)
    context = {
        "version": version,
        "document": version.document,
        "when": kept.said_at(request.viewer, version),
        "by": ", ".join(people.authors_of(version.document, [version.pk]).get(version.pk, [])),
        "passages": kept.drawn(version.document, passages),
        "changed": any(one.state != "same" for one in passages),
        "until_now": until_now,
        "former": former,
        "restores": rules.restores_version(request.viewer, version),
    }
    return render(request, "documents/version.html", context)


@opens(Version, to=rules.restores_version)
@require_POST
def restore_version(request: HttpRequest, version: Version) -> HttpResponseRedirect:
    """The document says again what this version said."""
    try:
        saved = versions.restore(request.viewer, version)
    except writing.NotOpen:
        messages.error(request, _("Vous n’écrivez plus dans ce document."))
    else:
        sentence = _("Le document est revenu à cette version. Ce qui a suivi reste dans l’historique.")
        tell_outcome(request, saved.changed, sentence, _("Le document dit déjà cela."))
    return redirect("documents:document", pk=version.document_id)
