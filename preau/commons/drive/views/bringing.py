"""Putting files and folders somewhere, changing them, their versions."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from preau.commons.drive import rules
from preau.commons.drive.actions import keeping, leaving
from preau.commons.drive.forms import AddForm, ChangeForm, CopyForm, FolderForm, GestureForm, VersionForm
from preau.commons.drive.models import Item, Version
from preau.commons.drive.queries import places
from preau.commons.drive.queries.places import Place
from preau.commons.drive.views.listing import listing
from preau.commons.drive.views.one import document
from preau.foundation import uploads
from preau.foundation.access import opens
from preau.foundation.http import safe_next
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome
from preau.foundation.uploads import UploadRefused


def _target(request: HttpRequest) -> tuple[Place, Item | None] | None:
    """The place and the folder that a form names; None for those where one does not enter."""
    return places.target_named(request.viewer, request.POST.get("lieu", ""), request.POST.get("dans", ""))


def _back(place: Place, folder: Item | None) -> HttpResponse:
    return redirect("drive:item", pk=folder.pk) if folder else redirect(place.url)


@opens(to=rules.has_files)
@require_POST
def add(request: HttpRequest) -> HttpResponseBase:
    """Put files in a place, or in one of its folders."""
    target = _target(request)
    place, folder = target or (places.own_place(request.viewer), None)
    form = AddForm(request.POST, {"fichiers": request.FILES.getlist("fichiers")})
    if target is None:
        form.add_error("fichiers", places.NOT_THERE)
    elif uploads.was_cut(request):
        form.add_error("fichiers", _("C’est trop lourd pour un seul envoi : envoyez en plusieurs fois."))
    elif form.is_valid():
        try:
            made = keeping.add_files(request.viewer, place, folder, form.cleaned_data["fichiers"])
        except (UploadRefused, keeping.Refusal) as error:
            form.add_error("fichiers", str(error))
        else:
            sentence = ngettext("%(num)s fichier déposé.", "%(num)s fichiers déposés.", len(made))
            messages.success(request, sentence % {"num": len(made)})
            return _back(place, folder)
    return listing(request, place, folder, form=form)


@opens(to=rules.has_files)
@require_POST
def add_folder(request: HttpRequest) -> HttpResponseBase:
    """A new folder."""
    target = _target(request)
    place, folder = target or (places.own_place(request.viewer), None)
    viewer = request.viewer
    form = FolderForm(request.POST, opens_to_pupils=viewer.is_staff and place.kind == Item.Place.CLASS)
    if target is None:
        form.add_error("nom", places.NOT_THERE)
    elif form.is_valid():
        data = form.cleaned_data
        try:
            made = keeping.add_folder(
                viewer, place, folder, data["nom"], data.get("eleves") or Item.PupilsMay.READ
            )
        except keeping.Refusal as error:
            form.add_error("nom", str(error))
        else:
            messages.success(request, _("Le dossier est là."))
            return redirect("drive:item", pk=made.pk)
    return listing(request, place, folder, folder_form=form)


@opens(to=rules.has_files)
@require_POST
def gesture(request: HttpRequest) -> HttpResponse:
    """Throw away, or put in a folder, several things at once."""
    form = GestureForm(request.viewer, request.POST)
    if not form.is_valid():
        messages.info(request, _("Choisissez au moins un document."))
    elif form.cleaned_data["geste"] == "jeter":
        thrown = sum(leaving.trash(request.viewer, item) for item in form.cleaned_data["documents"])
        sentence = ngettext(
            "%(num)s élément est à la corbeille.", "%(num)s éléments sont à la corbeille.", thrown
        )
        tell_outcome(request, thrown, sentence % {"num": thrown})
    else:
        _put_away(request, form.cleaned_data["documents"], form.cleaned_data["dans"])
    return HttpResponseRedirect(safe_next(request, "/mes-fichiers/"))


def _put_away(request: HttpRequest, items: Iterable[Item], folder: Item | None) -> None:
    moved = 0
    for item in items:
        try:
            moved += keeping.change(request.viewer, item, keeping.Change(item.name, folder))
        except keeping.Refusal as error:
            messages.error(request, f"{item.name}\u202f: {error}")
    sentence = ngettext("%(num)s élément est rangé.", "%(num)s éléments sont rangés.", moved)
    if moved:
        messages.success(request, sentence % {"num": moved})


@opens(Item, to=rules.keeps_present)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, item: Item) -> HttpResponse:
    """Another name, another folder."""
    form = ChangeForm(request.viewer, item, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            wanted = keeping.Change(data["nom"], data["dans"], data.get("eleves", ""), data.get("montre"))
            changed = keeping.change(request.viewer, item, wanted)
        except keeping.Refusal as error:
            form.add_error(None, str(error))
        else:
            tell_outcome(request, changed, _("C’est rangé."), NOTHING_CHANGED)
            return redirect("drive:item", pk=item.pk)
    return render_form(request, "drive/change.html", {"form": form, "item": item})


@opens(Item, to=rules.is_shown)
@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest, item: Item) -> HttpResponse:
    """The same thing elsewhere."""
    form = CopyForm(request.viewer, item, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = keeping.copy(request.viewer, item, *form.target)
        except keeping.Refusal as error:
            form.add_error("vers", str(error))
        else:
            messages.success(request, _("La copie est là."))
            return redirect("drive:item", pk=made.pk)
    return render_form(request, "drive/copy.html", {"form": form, "item": item})


@opens(Item, to=rules.adds_version)
@require_POST
def add_version(request: HttpRequest, item: Item) -> HttpResponseBase:
    """A newer file in the place of the last; the former one is kept."""
    form = VersionForm(request.POST, request.FILES)
    if uploads.was_cut(request):
        form.add_error("fichier", _("Ce fichier est trop lourd."))
    elif form.is_valid():
        try:
            changed = keeping.add_version(request.viewer, item, form.cleaned_data["fichier"])
        except (UploadRefused, keeping.Refusal) as error:
            form.add_error("fichier", str(error))
        else:
            tell_outcome(
                request,
                changed,
                _("La nouvelle version est là. L’ancienne est gardée."),
                _("C’est le même fichier que la dernière version."),
            )
            return redirect("drive:item", pk=item.pk)
    return document(request, item, form=form)


@opens(Version, to=rules.restores_version)
@require_POST
def restore_version(request: HttpRequest, version: Version) -> HttpResponseBase:
    """A former version becomes the last again."""
    try:
        changed = keeping.restore_version(request.viewer, version)
    except keeping.Refusal as error:
        messages.error(request, str(error))
    else:
        tell_outcome(request, changed, _("Cette version est de nouveau la dernière."))
    return redirect("drive:item", pk=version.item_id)
