"""A picture put in a document, from one's device or one's files."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.commons.documents import rules
from preau.commons.documents.actions import pictures, writing
from preau.commons.documents.forms import PictureForm
from preau.commons.documents.models import Document
from preau.commons.documents.queries import texts
from preau.foundation import uploads
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome


@opens(Document, to=rules.writes)
@require_http_methods(["GET", "POST"])
def put(request: HttpRequest, document: Document) -> HttpResponseBase:
    """The picture, what it shows, and where it goes; « mots », the words of the paragraph where one was writing."""
    sent = request.method == "POST"
    form = PictureForm(
        request.viewer,
        document,
        texts.html_now(document),
        request.GET.get("mots", "")[:200],
        request.POST if sent else None,
        request.FILES if sent else None,
    )
    if uploads.was_cut(request):
        form.add_error("papers", _("Cette image est trop lourde : 10 Mo au plus."))
    elif sent and form.is_valid() and _put(request, document, form):
        return redirect("documents:document", pk=document.pk)
    return render_form(request, "documents/picture.html", {"form": form, "document": document})


def _put(request: HttpRequest, document: Document, form: PictureForm) -> bool:
    data = form.cleaned_data
    try:
        new = pictures.put(request.viewer, document.pk, data["papers"][0], data["montre"], data["apres"])
    except writing.NotOpen:
        form.add_error(None, _("Vous n’écrivez plus dans ce document."))
        return False
    except pictures.TooManyPictures:
        sentence = _("Ce document a déjà %(number)s images, ou de trop lourdes : commencez-en un autre.")
        form.add_error("papers", sentence % {"number": rules.MOST_PICTURES})
        return False
    tell_outcome(
        request, new, _("L’image est dans le document."), _("Cette image est déjà dans le document.")
    )
    return True
