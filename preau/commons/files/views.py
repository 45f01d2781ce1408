"""The one way by which a file leaves."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.commons.files import queries, rules
from preau.commons.files.models import StoredFile
from preau.foundation import served
from preau.foundation.access import opens

NOT_YET = 409


@opens(StoredFile, to=rules.may_open, by="public_id")
@require_safe
def file(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """The file itself, to be saved; whoever holds it may want its reading written down."""
    if file.state != StoredFile.State.READY:
        return render(request, "files/held.html", {"file": queries.rows_of([file])[0]}, status=NOT_YET)
    _tell_owners(request, file)
    return served.answer(request, served.Sendable(file.public_id, file.name, file.kind))


def _tell_owners(request: HttpRequest, file: StoredFile) -> None:
    for owner, seated in queries.owners_showing(request.viewer, file):
        owner.read(seated, file)


@opens(StoredFile, to=rules.reads_in_page, by="public_id")
@require_safe
def reading(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """A PDF read in a page of ours by the reader of the browser, or a picture looked at whole."""
    _tell_owners(request, file)
    return served.framed(request, served.Sendable(file.public_id, file.name, file.kind, inline=True))


@opens(StoredFile, to=rules.has_glimpse, by="public_id")
@require_safe
def glimpse(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """A small picture of a picture, drawn by Préau: shown beside its name."""
    return served.answer(request, served.Sendable(file.glimpse, "apercu.jpg", "image/jpeg", inline=True))
