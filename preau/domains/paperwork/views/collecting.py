"""The office: a collection prepared, opened, followed, told again, taken away."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.delivery.queries import opening_after
from preau.directory.models import Group
from preau.domains.paperwork import exports, rules
from preau.domains.paperwork.actions import bundles, collecting
from preau.domains.paperwork.forms import BEYOND, CollectionForm, FollowFilter, PieceForm, PutOffForm
from preau.domains.paperwork.models import Collection
from preau.domains.paperwork.queries import collections as queries
from preau.domains.paperwork.queries import papers, states
from preau.foundation import dates, journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE, ROWS, LONGEST_KEY = 30, 25, 18


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


def _shows_class(request: HttpRequest) -> bool:
    """Another class is to be shown: nothing is sent yet."""
    return request.method == "POST" and request.POST.get("geste") == "classe"


def _form(request: HttpRequest, collection: Collection | None) -> tuple[CollectionForm, Group | None]:
    """What was typed, as it is sent; or, where another class is to be shown, as what it begins with."""
    chosen = [key for key in request.POST.getlist("pupils") if key.isascii() and key.isdigit()]
    group = FollowFilter(request.viewer, request.POST or request.GET).chosen().get("classe")
    more: dict[str, Any] = {
        "collection": collection,
        "group": group,
        "kept": [int(key) for key in chosen if len(key) <= LONGEST_KEY],
    }
    if not _shows_class(request):
        return CollectionForm(request.viewer, request.POST or None, **more), group
    form = CollectionForm(request.viewer, **more)
    form.initial |= {
        name: field.widget.value_from_datadict(request.POST, {}, name) for name, field in form.fields.items()
    }
    return form, group


def _form_page(
    request: HttpRequest, form: CollectionForm, group: Group | None, collection: Collection | None
) -> HttpResponse:
    context = {
        "form": form,
        "collection": collection,
        "group": group,
        "groups_shown": list(queries.groups_for(request.viewer)),
    }
    return render_form(request, "paperwork/write.html", context)


@opens(to=rules.manages)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A new collection: a draft, which no family sees."""
    form, group = _form(request, None)
    if form.is_valid():
        made = collecting.write(request.viewer, form.facts(), form.cleaned_data["sent_as"])
        messages.success(request, _("Le brouillon est gardé. Ajoutez les pièces."))
        return redirect("paperwork:collection", pk=made.pk)
    return _form_page(request, form, group, None)


@opens(Collection, to=rules.changes)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, collection: Collection) -> HttpResponse:
    """A draft, written anew."""
    form, group = _form(request, collection)
    if form.is_valid():
        try:
            collecting.change(request.viewer, collection, form.facts())
        except collecting.NotADraft:
            messages.error(request, _("Cette collecte est déjà ouverte."))
        else:
            messages.success(request, _("Le brouillon est changé."))
        return redirect("paperwork:collection", pk=collection.pk)
    return _form_page(request, form, group, collection)


@opens(Collection, to=rules.changes)
@require_POST
def add_piece(request: HttpRequest, collection: Collection) -> HttpResponse:
    """One more piece."""
    form = PieceForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, collection, form, status_of(form))
    try:
        done = collecting.add_piece(request.viewer, collection, form.facts())
    except collecting.NotADraft:
        messages.error(request, _("Cette collecte est déjà ouverte : ses pièces restent."))
    except collecting.TooMany:
        messages.error(request, _("Vingt pièces au plus : faites une autre collecte."))
    else:
        tell_outcome(request, done, _("La pièce est ajoutée."), _("Une pièce porte déjà ce nom."))
    return redirect("paperwork:collection", pk=collection.pk)


@removes
@opens(Collection, to=rules.changes)
@require_POST
def remove_piece(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Take a piece away from a draft."""
    key = request.POST.get("piece", "")
    if key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY:
        try:
            done = collecting.remove_piece(request.viewer, collection, int(key))
        except collecting.NotADraft:
            messages.error(request, _("Cette collecte est déjà ouverte : ses pièces restent."))
        else:
            tell_outcome(request, done, _("La pièce est retirée."), _("Elle l’était déjà."))
    return redirect("paperwork:collection", pk=collection.pk)


@opens(Collection, to=rules.manages)
@require_POST
def open_to_families(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Families are asked."""
    try:
        number = collecting.open_to_families(request.viewer, collection)
    except collecting.NotADraft:
        messages.info(request, _("Cette collecte est déjà ouverte."))
    except collecting.NoPiece:
        messages.error(request, _("Ajoutez au moins une pièce."))
    except collecting.Late:
        messages.error(request, _("Le dernier jour est passé : changez-le."))
    except collecting.Beyond:
        messages.error(request, str(BEYOND))
    except collecting.Nobody:
        messages.error(request, _("Personne ne serait concerné : choisissez des classes ou des élèves."))
    else:
        said = ngettext(
            "La collecte est ouverte pour %(num)s élève.",
            "La collecte est ouverte pour %(num)s élèves.",
            number,
        )
        messages.success(request, said % {"num": number})
    return redirect("paperwork:collection", pk=collection.pk)


@removes
@opens(Collection, to=rules.changes)
@require_POST
def remove(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Throw a draft away."""
    tell_outcome(
        request,
        collecting.remove(request.viewer, collection),
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
    context = {
        "collection": collection,
        "pieces": states.pieces_of(collection),
        "adding": adding or PieceForm(),
        "pupils": queries.pupils_meant(collection, request.viewer.today, request.viewer.year).count(),
        "whom": queries.rows_of_collections(queries.collections_of(request.viewer).filter(pk=collection.pk))[
            0
        ].whom,
    }
    return render(request, "paperwork/draft.html", context, status=status)


def _followed(
    request: HttpRequest, collection: Collection, later: PutOffForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    chosen = FollowFilter(viewer, request.GET).chosen()
    group, what = chosen.get("classe"), chosen.get("dossiers", "")
    found = states.following(collection, viewer.today, group)
    reach = (
        queries.reach_of(collection, viewer.today) if collection.is_open else queries.Reach(told=[], beyond=0)
    )
    waiting = papers.to_check(viewer, collection, None, group)
    by_piece = dict.fromkeys([piece.pk for piece in found.pieces], 0)
    for piece in waiting.values_list("piece_id", flat=True):
        by_piece[piece] += 1
    context = {
        "collection": collection,
        "found": found,
        "page_obj": page_for(request, found.chosen(what), ROWS),
        "what": what,
        "group": group,
        "groups_shown": list(queries.groups_for(viewer)),
        "to_check": sum(by_piece.values()),
        "to_check_by_piece": by_piece,
        "query": query_of(request),
        "manages": rules.manages(viewer),
        "later": later or PutOffForm(collection, viewer.today),
        "reminder": _reminder(request, reach) if rules.manages(viewer) else "",
        "beyond": reach.beyond,
        "bundles": papers.bundles_of(viewer, collection),
        "late": collection.is_late(viewer.today),
    }
    return render(request, "paperwork/collection.html", context, status=status)


def _reminder(request: HttpRequest, reach: queries.Reach) -> str:
    """What the button says: for how many pupils, and when it leaves; nothing when there is nobody to remind."""
    number = len(reach.told)
    if not number:
        return ""
    at = opening_after(request.viewer.school, timezone.now())
    said = ngettext("Relancer pour %(num)s élève", "Relancer pour %(num)s élèves", number) % {"num": number}
    if at is None:
        return said
    return _("%(what)s, départ %(when)s") % {"what": said, "when": dates.day_and_hour(at)}


@opens(Collection, to=rules.drives)
@require_POST
def remind(request: HttpRequest, collection: Collection) -> HttpResponseRedirect:
    """Tell again those who miss something, and them alone."""
    try:
        made = collecting.remind(request.viewer, collection)
    except collecting.TooSoon:
        messages.info(
            request, _("Une relance est déjà partie aujourd’hui. La prochaine est possible demain.")
        )
    except collecting.Nobody:
        messages.info(request, _("Il n’y a personne à relancer."))
    else:
        said = ngettext(
            "La relance part pour %(num)s élève.", "La relance part pour %(num)s élèves.", made.number
        )
        messages.success(request, said % {"num": made.number})
    return redirect("paperwork:collection", pk=collection.pk)


@opens(Collection, to=rules.drives)
@require_POST
def put_off(request: HttpRequest, collection: Collection) -> HttpResponse:
    """A later last day."""
    form = PutOffForm(collection, request.viewer.today, request.POST)
    if not form.is_valid():
        return _followed(request, collection, form, TYPED_WRONG)
    try:
        done = collecting.put_off(request.viewer, collection, form.cleaned_data["last_day"])
    except collecting.NotADraft:
        messages.error(request, _("Cette collecte est terminée."))
    except collecting.Beyond:
        messages.error(request, str(BEYOND))
    else:
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
    try:
        bundles.ask_bundle(request.viewer, collection, group)
    except bundles.Nothing:
        messages.info(request, _("Il n’y a encore aucun document à emporter."))
    except bundles.TooHeavy:
        messages.error(request, _("C’est trop lourd en une fois : choisissez une classe."))
    else:
        messages.success(request, _("L’archive se prépare. Elle sera sur cette page."))
    return redirect("paperwork:collection", pk=collection.pk)
