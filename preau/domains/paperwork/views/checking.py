"""The office and the nurse: what came is read one after the other; the dossier of a pupil; papers of the counter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from preau.commons.files.queries.reading import readings_of
from preau.domains.paperwork import rules
from preau.domains.paperwork.actions import checking, sending
from preau.domains.paperwork.forms import CheckFilter, PieceChoice, RefusalForm
from preau.domains.paperwork.models import Collection, Dossier, Submission
from preau.domains.paperwork.queries import papers, states
from preau.domains.paperwork.queries.collections import people_asked
from preau.foundation.access import opens
from preau.foundation.pages import TYPED_WRONG, refusals, tell_outcome

REPLACED = gettext_lazy(
    "La famille a envoyé un autre document, ou quelqu’un vient de décider : regardez de nouveau."
)
GONE = {checking.Replaced: REPLACED}


@opens(Collection, to=rules.checks_in)
@require_safe
def check(request: HttpRequest, collection: Collection) -> HttpResponse:
    """The next document to read, beside what is said of it."""
    return _page(request, collection)


def _page(
    request: HttpRequest,
    collection: Collection,
    refusal: RefusalForm | None = None,
    shown: Submission | None = None,
) -> HttpResponse:
    viewer = request.viewer
    chosen = CheckFilter(viewer, collection, request.POST if refusal else request.GET).chosen()
    piece, group = chosen.get("piece"), chosen.get("classe")
    after = shown.pk - 1 if shown else chosen.get("apres", 0)
    found = papers.next_to_check(papers.to_check(viewer, collection, piece, group), after)
    one = found.submission
    if shown is not None and (one is None or one.pk != shown.pk):
        # What was typed is about a document that is not to be read any more: nobody refuses the next one with it.
        messages.error(request, str(REPLACED))
        return _next(request, shown)
    context = {
        "collection": collection,
        "one": one,
        "number": found.number,
        "piece": piece,
        "group": group,
        "pieces": states.pieces_of(collection),
        "readings": readings_of([one.file]) if one and one.file else [],
        "form": refusal or RefusalForm(),
    }
    status = TYPED_WRONG if refusal is not None else 200
    return render(request, "paperwork/check.html", context, status=status)


def _next(request: HttpRequest, submission: Submission) -> HttpResponseRedirect:
    """The next one of the same class and piece; or back to the pupil, from whose page one came."""
    if request.POST.get("suite") == "eleve":
        return redirect("paperwork:pupil", pk=submission.dossier_id)
    chosen = CheckFilter(request.viewer, submission.dossier.collection, request.POST).chosen()
    parameters = [f"{name}={chosen[name].pk}" for name in ("piece", "classe") if name in chosen]
    address = reverse("paperwork:check", kwargs={"pk": submission.dossier.collection_id})
    return redirect("?".join([address, "&".join([*parameters, f"apres={submission.pk}"])]))


@opens(Submission, to=rules.decides)
@require_POST
def accept(request: HttpRequest, submission: Submission) -> HttpResponseRedirect:
    """It is the piece."""
    with refusals(request, GONE):
        done = checking.accept(request.viewer, submission)
        tell_outcome(request, done, _("La pièce est vérifiée."), _("Elle l’était déjà."))
    return _next(request, submission)


@opens(Submission, to=rules.decides)
@require_POST
def refuse(request: HttpRequest, submission: Submission) -> HttpResponse:
    """It is not: whoever sent it reads why."""
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, submission.dossier.collection, form, submission)
    why, detail = form.cleaned_data["why"], form.cleaned_data["detail"]
    with refusals(request, GONE):
        done = checking.refuse(request.viewer, submission, why, detail)
        tell_outcome(request, done, _refusal_said(request, submission), _("Elle l’était déjà."))
    return _next(request, submission)


def _refusal_said(request: HttpRequest, submission: Submission) -> str:
    """Who is told of it: nobody, once the collection is closed or where nobody answers for the pupil."""
    dossier = Dossier.objects.select_related("collection", "pupil").get(pk=submission.dossier_id)
    if not dossier.collection.is_open:
        return _(
            "La pièce est refusée. La collecte est terminée\u202f: personne n’en est prévenu, dites-le à la famille."
        )
    asked = people_asked([dossier.pupil], request.viewer.today).get(dossier.pupil_id, [])
    if not asked:
        return _(
            "La pièce est refusée. Personne ne peut en être prévenu sur Préau\u202f: dites-le à la famille."
        )
    if submission.by_id in asked:
        return _(
            "La pièce est refusée. La famille l’apprend\u202f; la personne qui l’a envoyée lit pourquoi."
        )
    return _(
        "La pièce est refusée. La famille apprend qu’elle manque de nouveau, sans la raison\u202f: dites-la-lui."
    )


@opens(Submission, to=rules.decides)
@require_POST
def look_again(request: HttpRequest, submission: Submission) -> HttpResponseRedirect:
    """Take back what was decided."""
    with refusals(request, GONE):
        done = checking.look_again(request.viewer, submission)
        tell_outcome(request, done, _("C’est annulé."), _("Il n’y a plus rien à annuler."))
    return redirect("paperwork:pupil", pk=submission.dossier_id)


@opens(Dossier, to=rules.follows)
@require_safe
def pupil(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """The dossier of a pupil, as the school follows it."""
    dossier = Dossier.objects.select_related("collection__year", "pupil").get(pk=dossier.pk)
    context = {
        "dossier": dossier,
        "collection": dossier.collection,
        "pieces": states.dossier_states(request.viewer, dossier),
        "notes": rules.notes_papers(request.viewer, dossier),
        "is_own_child": rules.is_own_child(request.viewer, dossier.pupil_id),
    }
    return render(request, "paperwork/pupil.html", context)


@opens(Dossier, to=rules.notes_papers)
@require_POST
def note_paper(request: HttpRequest, dossier: Dossier) -> HttpResponseRedirect:
    """Tick what was handed over at the counter, or take that back while nobody has looked at it (`geste`)."""
    piece = PieceChoice(dossier.collection_id, request.POST).chosen()
    if piece is None:
        messages.error(request, _("Choisissez une pièce."))
        return redirect("paperwork:pupil", pk=dossier.pk)
    if request.POST.get("geste") == "annuler":
        undone = sending.untick_paper(request.viewer, dossier, piece)
        tell_outcome(request, undone, _("C’est annulé."), _("Il n’y a plus rien à annuler."))
        return redirect("paperwork:pupil", pk=dossier.pk)
    with refusals(request, {sending.NotAwaited: _("Cette pièce n’est pas demandée ici.")}):
        done = sending.note_paper(request.viewer, dossier, piece)
        tell_outcome(
            request, done, _("La pièce est notée comme reçue sur papier."), _("Elle est déjà arrivée.")
        )
    return redirect("paperwork:pupil", pk=dossier.pk)
