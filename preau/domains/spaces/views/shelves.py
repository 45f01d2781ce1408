"""The shelf, the wall and the glossary of a space."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.spaces import rules
from preau.domains.spaces.actions import shelving, walls
from preau.domains.spaces.actions.making import TooMany
from preau.domains.spaces.forms import (
    CardForm,
    ColumnForm,
    FilesForm,
    LinkForm,
    PutForm,
    WordForm,
    public_page,
)
from preau.domains.spaces.models import Card, Column, Definition, Resource, Space
from preau.domains.spaces.queries import people
from preau.domains.spaces.queries import walls as shown
from preau.domains.spaces.views.frame import framed
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome

FULL = gettext_lazy("Il y en a autant que cet espace peut en tenir : retirez-en d’abord.")


@opens(Space, to=rules.enters)
@require_safe
def shelf(request: HttpRequest, space: Space) -> HttpResponse:
    """What is put at everybody's hand."""
    return _shelf(request, space)


def _shelf(request: HttpRequest, space: Space, status: int = 200, **forms: Any) -> HttpResponse:
    writes = rules.writes(request.viewer, space)
    context = {
        "shelf": shown.shelf_of(request.viewer, space, people.number_of_schools(space)),
        "link_form": forms.get("link_form") or LinkForm(),
        "files_form": forms.get("files_form") or (FilesForm(request.viewer, space) if writes else None),
        "chapters": shown.chapters_of(space) if writes else [],
    }
    return framed(request, "spaces/shelf.html", space, "shelf", context, status)


@opens(Space, to=rules.writes)
@require_POST
def put_link(request: HttpRequest, space: Space) -> HttpResponse:
    form = LinkForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            done = shelving.put_address(
                request.viewer,
                space,
                Resource.Kind.LINK,
                data["title"],
                data["address"],
                shelf=data["shelf"],
                note=data["usage"],
            )
        except TooMany:
            form.add_error("address", FULL)
        else:
            tell_outcome(request, done, _("Le lien est sur l’étagère."), _("Le lien y était déjà."))
            return redirect("spaces:shelf", pk=space.pk)
    return _shelf(request, space, TYPED_WRONG, link_form=form)


@opens(Space, to=rules.writes)
@require_POST
def put_files(request: HttpRequest, space: Space) -> HttpResponse:
    form = FilesForm(request.viewer, space, request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            count = shelving.put_files(
                request.viewer, space, data["files"], shelf=data["shelf"], note=data["usage"]
            )
        except TooMany:
            form.add_error("files", FULL)
        else:
            tell_outcome(request, count, _("C’est sur l’étagère."))
            return redirect("spaces:shelf", pk=space.pk)
    return _shelf(request, space, TYPED_WRONG, files_form=form)


@removes
@opens(Resource, to=rules.takes_off_shelf)
@require_POST
def take_off(request: HttpRequest, resource: Resource) -> HttpResponseRedirect:
    space = resource.space_id
    shelving.take_off(request.viewer, resource)
    messages.success(request, _("C’est retiré de l’étagère."))
    return redirect("spaces:shelf", pk=space)


@opens(to=rules.enters_spaces)
@require_http_methods(["GET", "POST"])
def put(request: HttpRequest) -> HttpResponse:
    """« Mettre dans un espace »: a resource, an exercise or a scenario; neither the address nor the title is trusted."""
    viewer = request.viewer
    asked = request.POST.get("adresse") or request.GET.get("adresse", "")
    if not asked and request.method == "GET":
        return render(request, "spaces/put_nothing.html")
    address = public_page(asked)
    if not address:
        raise Http404
    first = {"adresse": address, "titre": request.GET.get("titre", "")[:160]}
    form = PutForm(viewer, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            done = shelving.put_address(
                viewer, data["espace"], Resource.Kind.PAGE, data["titre"], address, shelf=data["chapitre"]
            )
        except TooMany:
            form.add_error("espace", FULL)
        else:
            tell_outcome(request, done, _("C’est sur l’étagère de l’espace."), _("C’y était déjà."))
            return redirect("spaces:shelf", pk=data["espace"].pk)
    return render_form(request, "spaces/put.html", {"form": form, "address": address})


# The wall


@opens(Space, to=rules.enters)
@require_safe
def wall(request: HttpRequest, space: Space) -> HttpResponse:
    """Cards in columns."""
    return _wall(request, space)


def _wall(request: HttpRequest, space: Space, status: int = 200, **forms: Any) -> HttpResponse:
    viewer = request.viewer
    runs, writes = rules.runs_now(viewer, space), rules.writes(viewer, space)
    columns = shown.wall_of(viewer, space, people.number_of_schools(space))
    context = {
        "columns": columns,
        "removed": shown.removed_cards(viewer, space),
        "may_column": runs or (writes and space.kind == Space.Kind.OWN),
        "column_form": forms.get("column_form") or ColumnForm(),
        "card_form": forms.get("card_form") or (CardForm(space) if writes and columns else None),
    }
    return framed(request, "spaces/wall.html", space, "wall", context, status)


@opens(Space, to=rules.runs_now)
@require_POST
def add_column(request: HttpRequest, space: Space) -> HttpResponse:
    form = ColumnForm(request.POST)
    if form.is_valid():
        try:
            done = walls.add_column(request.viewer, space, form.cleaned_data["title"])
        except TooMany:
            form.add_error("title", _("Huit colonnes au plus : au-delà, un mur ne se lit plus."))
        else:
            tell_outcome(request, done, _("La colonne est ajoutée."), _("Une colonne porte déjà ce titre."))
            return redirect("spaces:wall", pk=space.pk)
    return _wall(request, space, TYPED_WRONG, column_form=form)


@removes
@opens(Column, to=rules.changes_column)
@require_POST
def drop_column(request: HttpRequest, column: Column) -> HttpResponseRedirect:
    space = column.space_id
    done = walls.drop_column(request.viewer, column)
    tell_outcome(
        request,
        done,
        _("La colonne est retirée."),
        _("Des cartes y sont encore, ou y ont été retirées : il leur faut d’abord une autre colonne."),
    )
    return redirect("spaces:wall", pk=space)


@opens(Space, to=rules.writes)
@require_POST
def add_card(request: HttpRequest, space: Space) -> HttpResponse:
    form = CardForm(space, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            walls.add_card(request.viewer, data["column"], data["mark"], data["text"], data["sent_as"])
        except TooMany:
            form.add_error("text", _("Ce mur a ses cent vingt cartes : retirez-en d’abord."))
        else:
            messages.success(request, _("La carte est sur le mur."))
            return redirect("spaces:wall", pk=space.pk)
    return _wall(request, space, TYPED_WRONG, card_form=form)


@opens(Card, to=rules.moves_card)
@require_POST
def move_card(request: HttpRequest, card: Card) -> HttpResponseRedirect:
    """One step, in the way that the button says; the page comes back to the card."""
    to = request.POST.get("vers", "")
    words = {"haut": "up", "bas": "down", "gauche": "left", "droite": "right"}
    done = to in words and walls.move_card(request.viewer, card, words[to])
    tell_outcome(request, done, _("La carte est déplacée."), _("La carte est déjà au bord."))
    response = redirect("spaces:wall", pk=card.space_id)
    response["Location"] += f"#carte-{card.pk}"
    return response


# The glossary


@opens(Space, to=rules.enters)
@require_safe
def glossary(request: HttpRequest, space: Space) -> HttpResponse:
    """The words of the space."""
    return _glossary(request, space)


def _glossary(
    request: HttpRequest, space: Space, form: WordForm | None = None, status: int = 200
) -> HttpResponse:
    rows = shown.glossary_of(request.viewer, space, people.number_of_schools(space))
    context = {"rows": rows, "form": form or WordForm()}
    return framed(request, "spaces/glossary.html", space, "glossary", context, status)


@opens(Space, to=rules.writes)
@require_POST
def propose(request: HttpRequest, space: Space) -> HttpResponse:
    form = WordForm(request.POST)
    if form.is_valid():
        try:
            made = walls.propose(request.viewer, space, form.cleaned_data["word"], form.cleaned_data["text"])
        except walls.Known:
            form.add_error("word", _("Le glossaire a déjà ce mot, ou vous l’avez déjà proposé."))
        except TooMany:
            form.add_error("word", FULL)
        else:
            sentence = (
                _("Le mot est dans le glossaire.")
                if made.accepted_at
                else _("Merci : votre professeur va relire ce mot.")
            )
            messages.success(request, sentence)
            return redirect("spaces:glossary", pk=space.pk)
    return _glossary(request, space, form, TYPED_WRONG)


@opens(Definition, to=rules.accepts)
@require_POST
def accept(request: HttpRequest, definition: Definition) -> HttpResponseRedirect:
    try:
        done = walls.accept(request.viewer, definition)
    except walls.Known:
        messages.error(request, _("Le glossaire a déjà ce mot : retirez l’autre définition d’abord."))
    else:
        tell_outcome(request, done, _("Le mot est dans le glossaire."))
    return redirect("spaces:glossary", pk=definition.space_id)
