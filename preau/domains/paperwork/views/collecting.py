"""The office: a collection prepared, opened, followed, told again, taken away."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.asking import actions as asking
from preau.commons.asking.queries import arrivals, reminders
from preau.commons.asking.queries.typed import GroupFilter, draft_form
from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.paperwork import exports, rules
from preau.domains.paperwork.actions import bundles, collecting
from preau.domains.paperwork.forms import BEYOND, CollectionForm, FollowFilter, PieceForm, PutOffForm
from preau.domains.paperwork.models import Collection
from preau.domains.paperwork.queries import collections as queries
from preau.domains.paperwork.queries import papers, states
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines, printed
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, keys_of, refusals, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE, ROWS = 30, 25
PIECES_STAY = {asking.NotADraft: gettext_lazy("Cette collecte est déjà ouverte : ses pièces restent.")}


@opens(to=rules.follows)
@require_safe
def collections(request: HttpRequest) -> HttpResponse:
    """What is asked of families, drafts first."""
    page = page_for(request, queries.collections_of(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rows": queries.rows_of_collections(page.object_list),
        "writes": rules.manages(request.viewer),
    }
    return render(request, "paperwork/collections.html", context)


# The draft


def _draft(request: HttpRequest, collection: Collection | None) -> dict[str, Any]:
    """The form of a draft, and the class whose pupils it shows."""
    groups = queries.groups_for(request.viewer)
    group = GroupFilter(groups, request.POST or request.GET).chosen().get("classe")
    make = partial(CollectionForm, request.viewer, collection=collection, group=group)
    form = draft_form(request.POST, make)
    return {"form": form, "collection": collection, "group": group, "groups_shown": groups}


@opens(to=rules.manages)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A new collection: a draft, which no family sees."""
    context = _draft(request, None)
    form = context["form"]
    if form.is_valid():
        made = collecting.write(request.viewer, form.facts(), form.cleaned_data["sent_as"])
        messages.success(request, _("Le brouillon est gardé. Ajoutez les pièces."))
        return redirect("paperwork:collection", pk=made.pk)
    return render_form(request, "paperwork/write.html", context)


@opens(Collection, to=rules.changes)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, collection: Collection) -> HttpResponse:
    """A draft, written anew."""
    context = _draft(request, collection)
    form = context["form"]
    if form.is_valid():
        with refusals(request, {asking.NotADraft: _("Cette collecte est déjà ouverte.")}):
            collecting.change(request.viewer, collection, form.facts())
            messages.success(request, _("Le brouillon est changé."))
        return redirect("paperwork:collection", pk=collection.pk)
    return render_form(request, "paperwork/write.html", context)


@opens(Collection, to=rules.changes)
@require_POST
def add_piece(request: HttpRequest, collection: Collection) -> HttpResponse:
    """One more piece."""
    form = PieceForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, collection, form, status_of(form))
    full = {collecting.TooMany: _("Vingt pièces au plus : faites une autre collecte.")}
    with refusals(request, PIECES_STAY | full):
        done = collecting.add_piece(request.viewer, collection, form.facts())
        tell_outcome(request, done, _("La pièce est ajoutée."), _("Une pièce porte déjà ce nom."))
    return redirect("paperwork:collection", pk=collection.pk)


@removes
@opens(Collection, to=rules.changes)
@require_POST
def remove_piece(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Take a piece away from a draft."""
    with refusals(request, PIECES_STAY):
        for key in keys_of(request.POST, "piece"):
            done = collecting.remove_piece(request.viewer, collection, key)
            tell_outcome(request, done, _("La pièce est retirée."), _("Elle l’était déjà."))
    return redirect("paperwork:collection", pk=collection.pk)


@opens(Collection, to=rules.manages)
@require_POST
def open_to_families(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Families are asked."""
    mistakes = {
        collecting.NoPiece: _("Ajoutez au moins une pièce."),
        asking.Late: _("Le dernier jour est passé : changez-le."),
        collecting.Beyond: BEYOND,
        asking.Nobody: _("Personne ne serait concerné : choisissez des classes ou des élèves."),
    }
    with refusals(request, mistakes, {asking.NotADraft: _("Cette collecte est déjà ouverte.")}):
        number = collecting.open_to_families(request.viewer, collection)
        sentence = ngettext(
            "La collecte est ouverte pour %(num)s élève.",
            "La collecte est ouverte pour %(num)s élèves.",
            number,
        )
        messages.success(request, sentence % {"num": number})
    return redirect("paperwork:collection", pk=collection.pk)


@removes
@opens(Collection, to=rules.changes)
@require_POST
def remove(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Throw a draft away."""
    tell_outcome(
        request,
        asking.remove(collection),
        _("Le brouillon est supprimé."),
        _("Cette collecte est ouverte : elle se termine, elle ne s’efface pas."),
    )
    return redirect("paperwork:collections")


# The following


@opens(Collection, to=rules.follows)
@require_safe
def collection(request: HttpRequest, collection: Collection) -> HttpResponse:
    """A draft before it opens; then where each pupil is."""
    if collection.is_draft:
        return _draft_page(request, collection)
    return _followed(request, collection)


def _draft_page(
    request: HttpRequest, collection: Collection, adding: PieceForm | None = None, status: int = 200
) -> HttpResponse:
    pupils = list(queries.pupils_meant(collection, request.viewer.today, request.viewer.year))
    context = {
        "collection": collection,
        "pieces": states.pieces_of(collection),
        "adding": adding or PieceForm(),
        "pupils": len(pupils),
        "ways": queries.ways_said(collection, pupils, request.viewer.today),
        "whom": queries.rows_of_collections(queries.collections_of(request.viewer).filter(pk=collection.pk))[
            0
        ].whom,
    }
    return render(request, "paperwork/draft.html", context, status=status)


def _to_check(
    viewer: Viewer, collection: Collection, group: Group | None, found: states.Following
) -> dict[str, Any]:
    """The papers that wait for somebody's eyes, by piece."""
    by_piece = dict.fromkeys([piece.pk for piece in found.pieces], 0)
    for piece in papers.to_check(viewer, collection, None, group).values_list("piece_id", flat=True):
        by_piece[piece] += 1
    return {"to_check": sum(by_piece.values()), "to_check_by_piece": by_piece}


def _to_remind(viewer: Viewer, collection: Collection, *, asks_ways: bool) -> dict[str, Any]:
    """Whom a reminder would reach; by which ways costs five queries more, for whoever asks before reminding."""
    reach = queries.Reach(told=[], beyond=0)
    if collection.is_open:
        reach = queries.reminder_of(collection, viewer.today)
    manages, drives = rules.manages(viewer), rules.drives(viewer, collection)
    asks_ways = asks_ways and manages and bool(reach.told)
    return {
        "newcomers": arrivals.arrived_said(reach.arrived) if collection.is_open and drives else "",
        "reminder": reminders.reminder_of_pupils(viewer.school, len(reach.told)) if manages else "",
        "ways": queries.ways_left(collection, viewer.today) if asks_ways else "",
        "ways_asked": asks_ways,
        "beyond": reach.beyond,
    }


def _followed(
    request: HttpRequest, collection: Collection, later: PutOffForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    chosen = FollowFilter(viewer, request.GET).chosen()
    group, what = chosen.get("classe"), chosen.get("dossiers", "")
    found = states.following(collection, viewer.today, group)
    context = {
        "collection": collection,
        "found": found,
        "page_obj": page_for(request, found.chosen(what), ROWS),
        "what": what,
        "group": group,
        "groups_shown": list(queries.groups_for(viewer)),
        "query": query_of(request),
        "manages": rules.manages(viewer),
        "later": later or PutOffForm(collection, viewer.today),
        "bundles": papers.bundles_of(viewer, collection),
        "late": collection.is_late(viewer.today),
        **_to_check(viewer, collection, group, found),
        **_to_remind(viewer, collection, asks_ways="comment" in request.GET),
    }
    return render(request, "paperwork/collection.html", context, status=status)


@opens(Collection, to=rules.drives)
@require_POST
def ask_arrived(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Those who came into its classes since, at once: the night would ask them too."""
    with refusals(request, {asking.Late: _("Le dernier jour est passé : prolongez la collecte d’abord.")}):
        number = collecting.ask_arrived(request.viewer, collection)
        sentence = ngettext(
            "Les pièces sont demandées pour %(num)s élève.",
            "Les pièces sont demandées pour %(num)s élèves.",
            number,
        )
        tell_outcome(request, number > 0, sentence % {"num": number}, _("Personne n’est arrivé depuis."))
    return redirect("paperwork:collection", pk=collection.pk)


@opens(Collection, to=rules.drives)
@require_POST
def remind(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Tell again those who miss something, and them alone."""
    with refusals(request, {}, asking.NOT_REMINDED):
        made = collecting.remind(request.viewer, collection)
        sentence = ngettext(
            "La relance part pour %(num)s élève.", "La relance part pour %(num)s élèves.", made.number
        )
        messages.success(request, sentence % {"num": made.number})
    return redirect("paperwork:collection", pk=collection.pk)


@opens(Collection, to=rules.drives)
@require_POST
def put_off(request: HttpRequest, collection: Collection) -> HttpResponse:
    """A later last day."""
    form = PutOffForm(collection, request.viewer.today, request.POST)
    if not form.is_valid():
        return _followed(request, collection, form, TYPED_WRONG)
    mistakes = {asking.NotADraft: _("Cette collecte est terminée."), collecting.Beyond: BEYOND}
    with refusals(request, mistakes):
        done = collecting.put_off(request.viewer, collection, form.cleaned_data["last_day"])
        tell_outcome(
            request,
            done,
            _("Le dernier jour est repoussé. Les familles à qui il manque une pièce le liront."),
            _("Choisissez un jour plus tard que l’actuel : rien n’est changé."),
        )
    return redirect("paperwork:collection", pk=collection.pk)


@opens(Collection, to=rules.drives)
@require_POST
def close(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Nothing is awaited any more."""
    done = collecting.close(request.viewer, collection)
    tell_outcome(
        request, done, _("La collecte est terminée : plus rien n’est attendu."), _("Elle l’était déjà.")
    )
    return redirect("paperwork:collection", pk=collection.pk)


@opens(Collection, to=rules.drives)
@require_safe
def on_paper(request: HttpRequest, collection: Collection) -> HttpResponse:
    """Who has no account and must still send something: why, and their sheets to print."""
    rows = queries.on_paper(collection, request.viewer.today) if collection.is_open else []
    page = page_for(request, rows, ROWS)
    context = {"collection": collection, "page_obj": page, "number": len(rows)}
    return render(request, "paperwork/on_paper.html", context)


@opens(Collection, to=rules.drives)
@require_POST
def sheets(request: HttpRequest, collection: Collection) -> HttpResponse:
    """One sheet a person who has no account: what is still awaited of them."""
    rows = queries.on_paper(collection, request.viewer.today) if collection.is_open else []
    if not rows:
        messages.info(request, _("Aucune lettre à imprimer."))
        return redirect("paperwork:on_paper", pk=collection.pk)
    journal.record(request.viewer, "paperwork.sheets_printed", collection, sheets=len(rows))
    found = states.following(collection, request.viewer.today)
    return printed(exports.sheets_page(collection, rows, found), f"pieces-{collection.pk}")


@opens(Collection, to=rules.drives)
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest, collection: Collection) -> StreamingHttpResponse:
    """Where each piece of each pupil is, for a spreadsheet."""
    journal.record(request.viewer, "paperwork.exported", collection)
    found = states.following(collection, request.viewer.today)
    return csv_lines(f"pieces-{collection.pk}", exports.following_csv(found))


@opens(Collection, to=rules.drives)
@confirmed()
@require_POST
def ask_bundle(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """The documents as one archive, which a task makes."""
    group = FollowFilter(request.viewer, request.POST).chosen().get("classe")
    heavy = {bundles.TooHeavy: _("C’est trop lourd en une fois : choisissez une classe.")}
    with refusals(request, heavy, {bundles.Nothing: _("Il n’y a encore aucun document à emporter.")}):
        bundles.ask_bundle(request.viewer, collection, group)
        messages.success(request, _("L’archive se prépare. Elle sera sur cette page."))
    return redirect("paperwork:collection", pk=collection.pk)
