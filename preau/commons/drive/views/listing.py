"""What lies in a place or a folder, what one has received, the bin."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from preau.commons.drive import rules
from preau.commons.drive.actions import arriving, leaving
from preau.commons.drive.forms import AddForm, FolderForm
from preau.commons.drive.models import Item
from preau.commons.drive.queries import lists, places
from preau.commons.drive.queries.places import Place
from preau.directory.models import Group
from preau.foundation import templating
from preau.foundation.access import opens
from preau.foundation.pages import status_of, tell_outcome
from preau.foundation.paging import page_for, page_of, query_of

A_PAGE, MOST_FOLDERS = 40, 200
FIELD = re.compile(r"[a-z_]{1,40}")


@opens(to=rules.has_files)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One's own files."""
    return listing(request, places.own_place(request.viewer), None)


@opens(Group, to=rules.enters_group)
@require_safe
def group(request: HttpRequest, group: Group) -> HttpResponse:
    """Those of a class or a group; for adults, those of its team too."""
    is_team = request.viewer.is_staff and request.GET.get("lieu") == "equipe"
    kind = Item.Place.TEAM if is_team else Item.Place.CLASS
    return listing(request, Place(kind, group.school_id, group=group), None)


@opens(to=rules.enters_staff)
@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """Those that the staff of a school share."""
    return listing(request, places.staff_place(request.viewer), None)


def listing(
    request: HttpRequest,
    place: Place,
    folder: Item | None,
    form: AddForm | None = None,
    folder_form: FolderForm | None = None,
) -> HttpResponse:
    """A place or one of its folders, with the forms that add to it; a form that came back with a mistake stands in its place."""
    viewer = request.viewer
    is_shared = folder is not None and folder.owner_id not in {None, viewer.person.pk}
    kind = request.GET.get("sorte", "")
    rows = lists.of_kind(lists.in_folder(viewer, place, folder), viewer, kind)
    page = page_for(request, rows, A_PAGE)
    own = place.owner_id == viewer.person.pk
    shares = lists.shares_of(viewer, [one.pk for one in page.object_list]) if own else {}
    adds = not is_shared and rules.adds_in(viewer, place.kind, folder)
    context: dict[str, Any] = {
        "place": place,
        "folder": folder,
        "way": lists.way_to(viewer, folder) if folder else [],
        "page_obj": page,
        "rows": lists.rows_of(viewer, page.object_list, shares),
        "kind": kind if kind in lists.KINDS or kind == "partages" else "",
        "query": query_of(request),
        "path": request.path,
        "is_own": own,
        "is_shared": is_shared,
        "keeps_folder": folder is not None and rules.keeps(viewer, folder),
        "shares_folder": folder is not None and rules.shares(viewer, folder),
        "adds": adds,
        "form": form or AddForm(),
        "folder_form": folder_form
        or FolderForm(opens_to_pupils=viewer.is_staff and place.kind == Item.Place.CLASS),
        "adds_folder": adds and not (folder and folder.pupils_may == Item.PupilsMay.HAND_IN),
        "folders": [one for one in places.folders_of(place)[:MOST_FOLDERS] if one != folder] if adds else [],
        "limits": rules.KEPT,
        "goes_to": arriving.said_of(place, folder),
        "places": places.place_rows(viewer, place.key if not is_shared else "recus"),
        "room": None if is_shared else places.room_of(viewer, place),
        "ending": lists.ending_soon(viewer) if own and folder is None else 0,
    }
    status = max(status_of(form), status_of(folder_form))
    return render(request, "drive/folder.html", context, status=status)


@opens(to=rules.has_files)
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """What others share with this person, as long as they do."""
    viewer = request.viewer
    page = page_of(lists.received(viewer), request.GET.get("page"), A_PAGE)
    context = {
        "page_obj": page,
        "rows": lists.received_rows(viewer, page.object_list),
        "query": query_of(request),
        "places": places.place_rows(viewer, "recus"),
    }
    return render(request, "drive/received.html", context)


@opens(to=rules.has_files)
@require_safe
def trash_bin(request: HttpRequest) -> HttpResponse:
    """What one threw away: thirty days to take it out again."""
    viewer = request.viewer
    page = page_for(request, lists.bin_of(viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rows": lists.bin_rows(viewer, page.object_list),
        "query": query_of(request),
        "places": places.place_rows(viewer, "corbeille"),
        "days": rules.BIN_DAYS,
    }
    return render(request, "drive/bin.html", context)


@opens(to=rules.has_files)
@require_POST
def empty(request: HttpRequest) -> HttpResponseRedirect:
    """Erase all that one has in the bin."""
    count = leaving.empty_bin(request.viewer)
    sentence = ngettext("%(num)s élément est effacé.", "%(num)s éléments sont effacés.", count) % {
        "num": count
    }
    tell_outcome(request, count, sentence, _("La corbeille était vide."))
    return redirect("drive:bin")


@opens(to=rules.has_files)
@require_safe
def pick(request: HttpRequest) -> HttpResponse:
    """One's own documents, each with the box by which a form takes it: `champ` is the name of its field."""
    field = request.GET.get("champ", "")
    context = {
        "rows": lists.to_pick(request.viewer),
        "field": field if FIELD.fullmatch(field) else "fichiers",
    }
    # A page may hold several fields of files: the block bears the name of its own.
    if request.htmx.target == f"choisir-{context['field']}":
        return HttpResponse(templating.render_block(request, "drive/pick.html", "choisir", context))
    return render(request, "drive/pick.html", context)
