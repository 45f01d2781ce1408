"""WebDAV: `/dav/fichiers/`, the drive of whoever shows a key: what is read there (docs/decisions/0120), and which folders answer
to those who write (0151)."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from preau.commons.files import queries
from preau.commons.files.queries import drive
from preau.directory.viewer import Viewer
from preau.foundation import dav as protocol
from preau.foundation import served
from preau.foundation.access import Request
from preau.foundation.boards import Document, Folder
from preau.foundation.dav import Answers, DavError, Property, Resource, address, dav, element
from preau.identity.doors import door

ASKING = {"GET", "HEAD", "PROPFIND"}
WRITES = ("PUT", "DELETE", "MKCOL", "PROPPATCH", "COPY", "MOVE", "LOCK", "UNLOCK")


@door("fichiers")
@protocol.speaks("GET", "HEAD", "PROPFIND", *WRITES, classes="1, 2")
def tree(request: Request, path: str = "") -> Answers:
    """A folder or a file of the drive, for the person and the seat of the key."""
    steps = protocol.steps_of(path)
    return {
        **dict.fromkeys(("GET", "HEAD"), lambda: _get(request, _at(request.viewer, steps))),
        "PROPFIND": lambda: _propfind(request, steps),
        **({} if request.method in ASKING else _writing(request, steps)),
    }


def _writing(request: Request, steps: tuple[str, ...]) -> Answers:
    """What the folder at the top of this address does of it: nothing, where one only reads."""
    if "#" in request.META.get("RAW_URI", ""):
        # What follows would be lost on the way: another thing would be removed than the one that is named.
        raise DavError(HTTPStatus.BAD_REQUEST)
    top = drive.at(request.viewer, steps[:1])
    if top is None and len(steps) > 1:
        raise DavError(HTTPStatus.NOT_FOUND)
    return top.answers(request, steps) if isinstance(top, Folder) and top.answers else {}


def _at(viewer: Viewer, steps: tuple[str, ...]) -> Folder | Document:
    found = drive.at(viewer, steps)
    if found is None:
        raise DavError(HTTPStatus.NOT_FOUND)
    return found


def _get(request: Request, found: Folder | Document) -> HttpResponseBase:
    """A file, and the line that says who opened it."""
    if isinstance(found, Folder):
        # Some clients look first whether a folder is there; and somebody may open the address in a browser.
        return HttpResponse(
            _("Ce dossier s’ouvre avec un gestionnaire de fichiers."),
            content_type="text/plain; charset=utf-8",
        )
    if found.content is not None:
        return served.bytes_answer(found.content, found.name, found.kind)
    file = drive.file_of(request.viewer, found)
    if file is None:
        # What a place lists while the antivirus looks at it; elsewhere it is not there.
        if found.held:
            raise DavError(
                HTTPStatus.SERVICE_UNAVAILABLE, words=_("Ce fichier est en cours de vérification.")
            )
        raise DavError(HTTPStatus.NOT_FOUND)
    tag = _tag(found)
    known = get_conditional_response(request, etag=tag, last_modified=int(found.kept_at.timestamp()))
    if known is not None:
        return known
    # Whoever only asks how heavy it is has read nothing.
    for owner, seated in queries.owners_showing(request.viewer, file) if request.method == "GET" else ():
        owner.read(seated, file)
    response = served.answer(request, served.Sendable(file.public_id, file.name, file.kind))
    response.headers["ETag"] = tag
    response.headers["Last-Modified"] = protocol.changed_on(found.kept_at)
    return response


def _propfind(request: HttpRequest, steps: tuple[str, ...]) -> HttpResponse:
    depth, asked = protocol.depth_of(request), protocol.propfind_of(request)
    here = _at(request.viewer, steps)
    found = [_resource(steps, here)]
    if depth and isinstance(here, Folder):
        found += [_resource((*steps, name), one) for name, one in drive.inside(here).items()]
    return protocol.multistatus(found, asked)


def _resource(steps: tuple[str, ...], found: Folder | Document) -> Resource:
    is_folder = isinstance(found, Folder)
    facts: dict[str, Property] = {
        dav("displayname"): lambda: steps[-1] if steps else "Préau",
        dav("resourcetype"): lambda: [element(dav("collection"))] if is_folder else [],
        dav("current-user-privilege-set"): protocol.rights,
    }
    if isinstance(found, Document):
        facts |= {
            dav("getcontentlength"): lambda: str(found.size),
            dav("getcontenttype"): lambda: found.kind,
            dav("getetag"): lambda: _tag(found),
            dav("getlastmodified"): lambda: protocol.changed_on(found.kept_at),
            dav("creationdate"): lambda: protocol.made_on(found.kept_at),
        }
    here = address(reverse("files:drive"), *steps, folder=is_folder)
    noted = frozenset(name for name in found.facts if not name.startswith(dav("")))
    return Resource(here, facts | found.facts, noted)


def _tag(document: Document) -> str:
    return protocol.tag_of(document.digest)
