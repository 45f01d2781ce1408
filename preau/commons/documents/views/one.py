"""A document read and written: its page, what its page asks and sends, and the turn of who writes without the live editor."""

import base64
import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.documents import rules
from preau.commons.documents.actions import writing
from preau.commons.documents.forms import PageForm, SendForm, WriteForm
from preau.commons.documents.models import Document, Turn
from preau.commons.documents.queries import lists, people, pictures, places, remarks, texts
from preau.foundation import dates, stamp
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, NOTHING_CHANGED, TYPED_WRONG, render_form
from preau.foundation.richtext import shared

CLOSED, TOO_HEAVY, LATER = 403, 413, 429
NOT_READ = gettext_lazy("Cet envoi n’a pas pu être lu.")
# Why a sending is not kept, for its page and for whoever writes there.
REFUSALS: dict[type[Exception], tuple[int, Any]] = {
    writing.NotOpen: (CLOSED, gettext_lazy("Vous n’écrivez plus dans ce document.")),
    writing.Full: (TOO_HEAVY, gettext_lazy("Ce document est trop lourd : commencez-en un autre.")),
    writing.Crowded: (
        LATER,
        gettext_lazy(
            "%(number)s personnes écrivent déjà ici. Vos mots sont gardés sur cet appareil : ils partiront dès que l’une s’arrêtera."
        ),
    ),
    writing.TooFast: (
        LATER,
        gettext_lazy("Cela va trop vite. Vos mots sont gardés sur cet appareil, et partent dans un instant."),
    ),
    shared.NotAnUpdate: (TYPED_WRONG, NOT_READ),
}


@opens(Document, to=rules.is_shown)
@require_safe
def document(request: HttpRequest, document: Document) -> HttpResponse:
    """Its text to read; where it may be written and the page has its script, the live editor takes the place of the text."""
    viewer = request.viewer
    face = places.faces_of(viewer, [document]).get((document.kind, document.place)) or places.own_face()
    passages = remarks.open_passages(document)
    html = texts.html_now(document)
    context = {
        "document": document,
        "html": html,
        "pictures": pictures.shown(document, html),
        "face": face,
        "pages": lists.beside(viewer, document, face),
        "beside": places.shown_beside(viewer, document, face),
        "writes": rules.writes(viewer, document),
        "comments": rules.comments(viewer, document),
        "runs": rules.runs(viewer, document),
        "passages": json.dumps(passages) if passages else "",
        "open_comments": len(passages),
        "present": people.present(viewer, document),
    }
    return render(request, "documents/document.html", context)


def _answer(
    request: HttpRequest, document: Document, since: int, status: int = 200, **more: Any
) -> JsonResponse:
    """What came after update `since`, and who is there."""
    news = texts.since(document.pk, since)
    facts = {
        "numero": news.number,
        "encore": news.more,
        "ajouts": [base64.b64encode(content).decode() for content in news.updates],
        "presents": [one.facts() for one in people.present(request.viewer, document)],
        "ecrit": rules.writes(request.viewer, document),
        "titre": document.title,
    }
    return JsonResponse(facts | more, status=status)


@opens(Document, to=rules.is_shown, stamped=False)
@never_cache
@require_safe
def follow(request: HttpRequest, document: Document) -> HttpResponse:
    """What others wrote since what the page knows."""
    asked = request.GET.get("depuis", "")
    since = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    return _answer(request, document, since)


# The page itself keeps what it could not send, and sends it again: it is not put aside as the form of an ended session.
@opens(Document, to=rules.writes, stamped=False, leaves=True)
@require_POST
def send(request: HttpRequest, document: Document) -> HttpResponse:
    """What was written on a page: kept before it is answered. 409 where another account has signed in since: nobody writes as somebody else."""
    mark = stamp.of(request)
    if mark and mark.account_id != request.viewer.account_id:
        return JsonResponse({"erreur": _("Quelqu’un d’autre s’est connecté ici.")}, status=CONFLICT)
    form = SendForm(request.POST)
    if not form.is_valid():
        return _not_read(form)
    data = form.cleaned_data
    try:
        number = writing.receive(request.viewer, document.pk, data["lot"], data["ajout"])
    except tuple(REFUSALS) as refusal:
        return _refused(type(refusal))
    writing.appear(request.viewer, document, data["onglet"], data["curseur"], writes=True)
    return _answer(request, document, data["depuis"], garde=number)


def _refused(refusal: type[Exception]) -> JsonResponse:
    """Nothing of it is kept, and nothing is lost: the page keeps what it has, and sends again what may come later."""
    status, sentence = REFUSALS[refusal]
    answer = JsonResponse({"erreur": sentence % {"number": rules.MOST_WRITERS}}, status=status)
    if status == LATER:
        answer.headers["Retry-After"] = str(rules.LATER)
    return answer


def _not_read(form: SendForm) -> JsonResponse:
    if form.has_error("ajout", "heavy"):
        sentence = _("Vous avez ajouté trop de texte d’un coup : collez-le en plusieurs fois.")
        return JsonResponse({"erreur": sentence}, status=TOO_HEAVY)
    return JsonResponse({"erreur": str(NOT_READ)}, status=TYPED_WRONG)


@opens(Document, to=rules.is_shown, stamped=False, leaves=True)
@require_POST
def here(request: HttpRequest, document: Document) -> HttpResponse:
    """A page is open, or has just closed."""
    form = PageForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"erreur": str(NOT_READ)}, status=TYPED_WRONG)
    data = form.cleaned_data
    if data["ferme"]:
        writing.disappear(request.viewer, document, data["onglet"])
        return JsonResponse({})
    may = rules.writes(request.viewer, document) and people.has_room(request.viewer, document)
    caret = data["curseur"] if may else ""
    writing.appear(request.viewer, document, data["onglet"], caret, writes=bool(caret))
    return _answer(request, document, data["depuis"])


# Without the live editor


@opens(Document, to=rules.writes)
@require_POST
def take_turn(request: HttpRequest, document: Document) -> HttpResponseRedirect:
    """Begin to write; or, with « laisser », give the turn back."""
    if request.POST.get("laisser"):
        writing.leave_turn(request.viewer, document.pk)
        return redirect("documents:document", pk=document.pk)
    try:
        writing.take_turn(request.viewer, document.pk)
    except writing.Held as held:
        messages.info(request, held_said(document, held.turn))
        return redirect("documents:document", pk=document.pk)
    except writing.NotOpen:
        messages.error(request, _("Vous n’écrivez plus dans ce document."))
        return redirect("documents:document", pk=document.pk)
    return redirect("documents:write", pk=document.pk)


def held_said(document: Document, turn: Turn) -> str:
    return _("%(name)s écrit en ce moment, jusqu’à %(hour)s au plus tard. Revenez ensuite.") % {
        "name": people.name_in(document, turn.person),
        "hour": dates.hour(turn.ends_at),
    }


@opens(Document, to=rules.writes)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, document: Document) -> HttpResponseBase:
    """The whole text in a form, for whoever has the turn."""
    turn = Turn.objects.filter(document=document.pk, person=request.viewer.person.pk).first()
    if request.method == "POST":
        form = WriteForm(request.POST)
        if form.is_valid() and _save(request, document, form):
            return redirect("documents:document", pk=document.pk)
    elif turn is None or turn.ends_at < timezone.now():
        return redirect("documents:document", pk=document.pk)
    else:
        form = WriteForm(initial={"texte": turn.html})
    context = {"form": form, "document": document, "ends": dates.hour(turn.ends_at) if turn else ""}
    return render_form(request, "documents/write.html", context)


def _save(request: HttpRequest, document: Document, form: WriteForm) -> bool:
    """False, with a sentence beside the text, when somebody else writes now."""
    try:
        saved = writing.save_turn(request.viewer, document.pk, form.cleaned_data["texte"])
    except writing.Passed:
        sentence = _(
            "Votre tour d’écriture est passé. Copiez votre texte, puis reprenez la plume pour l’ajouter."
        )
        form.add_error("texte", sentence)
        return False
    except writing.Held as held:
        form.add_error("texte", held_said(document, held.turn))
        return False
    except writing.NotOpen:
        form.add_error(
            "texte", _("Vous n’écrivez plus dans ce document. Votre texte est encore ci-dessous : copiez-le.")
        )
        return False
    if saved.clashes:
        messages.warning(
            request,
            ngettext(
                "C’est enregistré. Un paragraphe avait changé entre-temps : les deux textes y sont, l’un sous l’autre.",
                "C’est enregistré. %(num)s paragraphes avaient changé entre-temps : les deux textes y sont, l’un sous l’autre.",
                saved.clashes,
            )
            % {"num": saved.clashes},
        )
    else:
        messages.success(
            request, _("C’est enregistré.") if saved.changed or saved.again else str(NOTHING_CHANGED)
        )
    return True
