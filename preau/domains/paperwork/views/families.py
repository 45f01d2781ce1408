"""Families, and pupils of age: what is asked of them, and the documents that they send from a telephone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from preau.domains.paperwork import rules
from preau.domains.paperwork.actions import sending
from preau.domains.paperwork.forms import PieceChoice, SendForm
from preau.domains.paperwork.models import Dossier
from preau.domains.paperwork.queries import states
from preau.foundation.access import opens
from preau.foundation.pages import TYPED_WRONG, refusals, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 20
NOT_AWAITED = {sending.NotAwaited: gettext_lazy("Cette pièce n’est plus attendue de vous.")}
ARRIVED = {
    sending.AlreadySent: gettext_lazy("Cette pièce est déjà arrivée : l’établissement va la vérifier."),
    sending.AlreadyChecked: gettext_lazy("L’établissement a déjà vérifié cette pièce."),
}


@opens(to=rules.has_dossiers)
@require_safe
def dossiers(request: HttpRequest) -> HttpResponse:
    """All that is asked of a family, open first."""
    viewer = request.viewer
    rows = Dossier.objects.visible_to(viewer).select_related("collection", "pupil")
    page = page_for(request, rows.order_by("-collection__state", "-collection__last_day", "-pk"), A_PAGE)
    context = {
        "page_obj": page,
        "rows": states.family_rows(list(page.object_list), viewer.today),
        "several": viewer.follows_several,
    }
    return render(request, "paperwork/dossiers.html", context)


@opens(Dossier, to=rules.has_dossiers)
@require_safe
def dossier(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """One dossier: each piece, where it is, and a form for the one that is chosen."""
    dossier = _whole(dossier)
    sending.note_read(request.viewer, dossier)
    return _page(request, dossier)


def _whole(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("collection__year", "collection__school", "pupil").get(
        pk=dossier.pk
    )


def _page(request: HttpRequest, dossier: Dossier, form: SendForm | None = None) -> HttpResponse:
    pieces = states.dossier_states(request.viewer, dossier)
    sends = dossier.collection.is_open and rules.sends(request.viewer, dossier)
    data = request.POST if form else request.GET
    asked = PieceChoice(dossier.collection_id, data).chosen() if sends else None
    chosen = next((one for one in pieces if asked and one.piece.pk == asked.pk), None)
    if chosen is not None and chosen.is_replaceable and form is None:
        form = SendForm(request.viewer, dossier, initial={"piece": chosen.piece.pk})
    context = {
        "dossier": dossier,
        "collection": dossier.collection,
        "pieces": pieces,
        "sends": sends,
        "chosen": chosen if form else None,
        "form": form,
        "kept": sum(one.draft is not None and one.is_replaceable for one in pieces),
        "missing": sum(one.is_missing for one in pieces),
        "late": dossier.collection.is_late(request.viewer.today),
    }
    status = TYPED_WRONG if form is not None and form.errors else 200
    return render(request, "paperwork/dossier.html", context, status=status)


@opens(Dossier, to=rules.sends)
@require_POST
def send(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Send a document, or keep it for later."""
    dossier = _whole(dossier)
    piece = PieceChoice(dossier.collection_id, request.POST).chosen()
    if piece is None:
        messages.error(request, _("Choisissez une pièce."))
        return redirect("paperwork:dossier", pk=dossier.pk)
    form = SendForm(request.viewer, dossier, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, dossier, form)
    file = form.cleaned_data["document"][-1]
    with refusals(request, NOT_AWAITED, ARRIVED):
        if request.POST.get("geste") == "garder":
            done = sending.keep_for_later(request.viewer, dossier, piece, file)
            tell_outcome(request, done, _("C’est gardé. Rien n’est encore envoyé."))
        else:
            done = sending.send(request.viewer, dossier, piece, file)
            tell_outcome(
                request,
                done,
                _("La pièce est envoyée. L’établissement va la vérifier."),
                _("Elle l’était déjà."),
            )
    return redirect("paperwork:dossier", pk=dossier.pk)


@opens(Dossier, to=rules.sends)
@require_POST
def send_kept(request: HttpRequest, dossier: Dossier) -> HttpResponseRedirect:
    """Send all that was kept for later."""
    with refusals(request, NOT_AWAITED):
        _tell_sent(request, sending.send_kept(request.viewer, dossier))
    return redirect("paperwork:dossier", pk=dossier.pk)


def _tell_sent(request: HttpRequest, done: sending.KeptSent) -> None:
    number = done.number
    sentence = ngettext("%(num)s pièce est envoyée.", "%(num)s pièces sont envoyées.", number) % {
        "num": number
    }
    if number or not done.come:
        tell_outcome(request, number > 0, sentence, _("Il n’y avait rien à envoyer."))
    if done.come:
        messages.warning(
            request,
            _("Déjà arrivé, sans ce que vous aviez gardé\u202f: %(what)s. Votre document reste gardé ici.")
            % {"what": ", ".join(done.come)},
        )


@opens(Dossier, to=rules.sends)
@require_POST
def use_again(request: HttpRequest, dossier: Dossier) -> HttpResponseRedirect:
    """Send once more what was checked this year for another dossier."""
    piece = PieceChoice(dossier.collection_id, request.POST).chosen()
    gone = {sending.NotAgain: _("Ce document n’est plus là : envoyez-le de nouveau.")}
    with refusals(request, NOT_AWAITED, ARRIVED | gone):
        done = piece is not None and sending.use_again(request.viewer, dossier, piece)
        tell_outcome(request, done, _("La pièce est reprise. L’établissement va la vérifier."))
    return redirect("paperwork:dossier", pk=dossier.pk)


@opens(Dossier, to=rules.has_dossiers)
@require_POST
def drop_kept(request: HttpRequest, dossier: Dossier) -> HttpResponseRedirect:
    """Let go of what was kept for later."""
    piece = PieceChoice(dossier.collection_id, request.POST).chosen()
    done = piece is not None and sending.drop_kept(request.viewer, dossier, piece)
    tell_outcome(request, done, _("Le document gardé est retiré."), _("Il l’était déjà."))
    return redirect("paperwork:dossier", pk=dossier.pk)
