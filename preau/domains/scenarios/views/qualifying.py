"""Pages of those who qualify resources together."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.domains.catalogue.models import Resource
from preau.domains.scenarios import rules
from preau.domains.scenarios.actions import qualifying as qualifying_actions
from preau.domains.scenarios.forms import CommentForm, MoveForm
from preau.domains.scenarios.models import Qualification
from preau.domains.scenarios.queries import public
from preau.domains.scenarios.queries import qualifying as qualifying_queries
from preau.foundation.access import opens
from preau.foundation.pages import TYPED_WRONG, tell_outcome
from preau.foundation.paging import page_of

PAGE = 20


@opens(to=rules.qualifies)
@require_safe
def qualifications(request: HttpRequest) -> HttpResponse:
    """The resources that are being qualified, by state, or those in one's charge."""
    state, mine = request.GET.get("etat", ""), request.GET.get("qui") == "moi"
    page = page_of(
        qualifying_queries.qualifications(request.viewer, state, mine=mine), request.GET.get("page"), PAGE
    )
    chosen = state if state in Qualification.State.values else ""
    ways = [(_("Toutes"), "?", not chosen and not mine), (_("Les miennes"), "?qui=moi", mine)]
    ways += [(label, f"?etat={key}", key == chosen) for key, label in Qualification.State.choices]
    query = "qui=moi" if mine else f"etat={chosen}" if chosen else ""
    return render(request, "scenarios/qualifications.html", {"page": page, "ways": ways, "query": query})


@opens(to=rules.qualifies)
@require_http_methods(["GET", "POST"])
def qualify(request: HttpRequest) -> HttpResponse:
    """From the page of a resource: begin to qualify it, or go where it stands."""
    asked = request.POST.get("adresse") or request.GET.get("adresse", "")
    if not asked and request.method == "GET":
        return redirect("scenarios:qualifications")
    work = public.work_at(asked)
    if not isinstance(work, Resource):
        raise Http404
    if request.method == "POST":
        known, made = qualifying_actions.open_qualification(request.viewer, work)
        messages.success(
            request, _("La qualification est ouverte.") if made else _("Elle était déjà ouverte.")
        )
        return redirect("scenarios:qualification", pk=known.pk)
    found = Qualification.objects.visible_to(request.viewer).filter(resource=work).first()
    if found:
        return redirect("scenarios:qualification", pk=found.pk)
    return render(request, "scenarios/qualify.html", {"address": work.address, "name": work.title})


@opens(Qualification, to=rules.qualifies)
@require_http_methods(["GET", "POST"])
def qualification(request: HttpRequest, known: Qualification) -> HttpResponse:
    """Where a resource stands, its history, and the gestures: `geste` says which form is sent."""
    gesture = request.POST.get("geste", "")
    move = MoveForm(known, request.POST if gesture == "mener" else None)
    # Both forms have words: their fields are told apart.
    comment = CommentForm(request.POST if gesture in {"dire", "essayer"} else None, auto_id="dire_%s")
    if gesture in {"prendre", "laisser"}:
        tell_outcome(
            request,
            qualifying_actions.look_after(request.viewer, known, mine=gesture == "prendre"),
            _("C’est fait."),
            _("C’était déjà fait, ou quelqu’un d’autre s’en charge."),
        )
        return redirect("scenarios:qualification", pk=known.pk)
    if move.is_bound and move.is_valid() and _move(request, known, move):
        return redirect("scenarios:qualification", pk=known.pk)
    if comment.is_bound and comment.is_valid():
        is_new = qualifying_actions.comment(
            request.viewer, known, comment.cleaned_data["words"], trial=gesture == "essayer"
        )
        messages.success(request, _("C’est noté.") if is_new else _("C’était déjà noté."))
        return redirect("scenarios:qualification", pk=known.pk)
    return _page(request, known, move, comment)


def _move(request: HttpRequest, known: Qualification, form: MoveForm) -> bool:
    data = form.cleaned_data
    try:
        qualifying_actions.move(request.viewer, known, data["to"], data["words"], data["seen"])
    except qualifying_actions.SamePerson:
        form.add_error(
            "to", _("Vous l’avez menée où elle est : une autre personne doit décider de la suite.")
        )
    except qualifying_actions.NotTried:
        form.add_error("to", _("Il faut d’abord un retour de classe."))
    except qualifying_actions.MovedMeanwhile:
        form.add_error("to", _("Elle a changé d’état entre-temps. Lisez l’historique, puis décidez."))
    else:
        messages.success(
            request,
            _("C’est fait : « %(state)s ».") % {"state": dict(Qualification.State.choices)[data["to"]]},
        )
        return True
    return False


def _page(request: HttpRequest, known: Qualification, move: MoveForm, comment: CommentForm) -> HttpResponse:
    person = request.viewer.person.pk
    steps = page_of(known.steps.order_by("-pk"), request.GET.get("page"), PAGE)
    context: dict[str, Any] = {
        "known": known,
        "name": known.resource.title,
        "address": known.resource.address,
        "steps": steps,
        "move": move,
        "comment": comment,
        "mine": known.assigned_to_id == person,
        "moved": known.moved_by_id == person,
        "person": person,
    }
    wrong = move.errors or comment.errors
    return render(request, "scenarios/qualification.html", context, status=TYPED_WRONG if wrong else 200)
