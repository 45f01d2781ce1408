"""WebDAV in the places of the drive, below `/dav/fichiers/`: what each writing method does (docs/decisions/0151).

The door, the reading methods and the folders above are those of `commons.files`; every gesture is one of `actions.volume`.
"""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from http import HTTPStatus
from uuid import uuid4

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from preau.commons.drive import rules
from preau.commons.drive.actions import keeping, volume
from preau.commons.drive.models import Item, Lock
from preau.commons.drive.models.volume import (
    LONGEST_OWNER,
    LONGEST_PROPERTY,
    LONGEST_PROPERTY_NAME,
    LONGEST_SIDECAR,
)
from preau.commons.drive.queries import places
from preau.commons.drive.queries import volume as shown
from preau.commons.drive.queries.volume import Held, Spot
from preau.commons.files.queries import drive
from preau.foundation import davwriting, filekinds
from preau.foundation.access import Request
from preau.foundation.boards import Folder
from preau.foundation.dav import Answers, DavError, address, dav, href, read_only, steps_below, tag_of
from preau.foundation.davwriting import ActiveLock, ConditionList
from preau.foundation.uploads import NoRoom, UploadRefused

Steps = tuple[str, ...]


def answers(request: Request, steps: Steps) -> Answers:
    """What each writing method does at this address, which lies in a place."""
    if "\0" not in steps[-1] and shown.PASSING.fullmatch(steps[-1]):
        return _beside(request, steps)
    methods = {
        "PUT": _put,
        "MKCOL": _make_folder,
        "DELETE": _delete,
        "MOVE": partial(_transfer, is_move=True),
        "COPY": partial(_transfer, is_move=False),
        "LOCK": _lock,
        "UNLOCK": _unlock,
        "PROPPATCH": _note,
    }
    return {name: partial(_in_words(method), request, steps) for name, method in methods.items()}


def _in_words(method: Callable[[Request, Steps], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """What the actions refuse, in the words of the protocol and in ours."""

    @wraps(method)
    def answered(request: Request, steps: Steps) -> HttpResponseBase:
        try:
            return method(request, steps)
        except (NoRoom, keeping.NoRoomThere) as error:
            raise DavError(davwriting.INSUFFICIENT, words=str(error)) from error
        except UploadRefused as error:
            raise DavError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words=str(error)) from error
        except keeping.Refusal as error:
            raise DavError(HTTPStatus.CONFLICT, words=str(error)) from error
        except volume.Held as error:
            condition = "no-conflicting-lock" if request.method == "LOCK" else "lock-token-submitted"
            roots = [href(shown.address_of(lock.item_id)) for lock in error.locks[:10]]
            raise DavError(HTTPStatus.LOCKED, dav(condition), roots) from error

    return answered


# Where


def _spot(request: Request, steps: Steps) -> Spot:
    """Where these names lead. Raises DavError: a folder on the way is not there, or nothing is written in it."""
    if len(steps) < 2:
        raise read_only(request)
    if "\0" in steps[-1]:
        raise DavError(HTTPStatus.FORBIDDEN)
    above = _folder(request, steps[:-1])
    return shown.spot_in(request.viewer, above.held, steps[-1], drive.child(above, steps[-1]))


def _folder(request: Request, steps: Steps) -> Folder:
    """A folder in which something may be written. Raises DavError."""
    found = drive.at(request.viewer, steps)
    if not isinstance(found, Folder):
        raise DavError(HTTPStatus.CONFLICT)
    if found.held is None:
        raise read_only(request)
    return found


def _existing(request: Request, steps: Steps) -> tuple[Spot, Item]:
    """The same, of something that is there. Raises DavError."""
    try:
        spot = _spot(request, steps)
    except DavError as refused:
        if refused.status == HTTPStatus.CONFLICT:
            raise DavError(HTTPStatus.NOT_FOUND) from refused
        raise
    if spot.item is None:
        raise DavError(HTTPStatus.NOT_FOUND)
    return spot, spot.item


def _refuse_writing(request: Request, spot: Spot) -> None:
    """May this viewer change what is there, or put something there? Raises DavError, in words."""
    viewer, item = request.viewer, spot.item
    if item is not None:
        if not rules.keeps_present(viewer, item):
            raise read_only(request)
        return
    if not rules.adds_in(viewer, spot.place.kind, spot.folder):
        raise DavError(
            HTTPStatus.FORBIDDEN,
            words=_("Dans la classe, on ajoute dans les dossiers que le professeur a ouverts."),
        )
    if not spot.is_fit:
        raise DavError(
            HTTPStatus.FORBIDDEN,
            words=_("Ce nom ne convient pas à tous les ordinateurs : donnez-en un autre, plus simple."),
        )


# The header If


def _tokens(request: Request, steps: Steps) -> frozenset[str]:
    """The locks that the request shows. Raises DavError when what it says of the state of things is not so."""
    lists = davwriting.conditions_of(request)
    if lists and not any(_holds(request, steps, one) for one in lists):
        raise DavError(HTTPStatus.PRECONDITION_FAILED)
    return davwriting.tokens_in(lists)


def _holds(request: Request, steps: Steps, wanted: ConditionList) -> bool:
    where = steps_below(wanted.address, reverse("files:drive")) if wanted.address else steps
    tokens, tag = _state(request, where) if where else (frozenset[str](), "")
    return all(
        (one.token in tokens if one.token else one.tag == tag and bool(tag)) != one.is_denied
        for one in wanted.conditions
    )


def _state(request: Request, steps: Steps) -> tuple[frozenset[str], str]:
    """The locks that hold an address, and the tag of what is there."""
    try:
        spot = _spot(request, steps)
    except DavError:
        return frozenset(), ""
    if spot.item is not None:
        locks = shown.locks_on(spot.item)
    else:
        above = shown.locks_on(spot.folder) if spot.folder else []
        locks = [lock for lock in above if lock.is_deep]
    tag = tag_of(spot.item.file.digest) if spot.item and spot.item.file else ""
    return frozenset(lock.token for lock in locks), tag


# Documents and folders


def _put(request: Request, steps: Steps) -> HttpResponseBase:
    try:
        return _received(request, steps)
    except (DavError, UploadRefused, keeping.Refusal, volume.Held):
        davwriting.drain(request)
        raise


def _received(request: Request, steps: Steps) -> HttpResponseBase:
    spot, viewer = _spot(request, steps), request.viewer
    if spot.item and spot.item.is_folder:
        raise DavError(HTTPStatus.METHOD_NOT_ALLOWED)
    if "Content-Range" in request.headers:
        raise DavError(HTTPStatus.BAD_REQUEST)
    _refuse_writing(request, spot)
    tokens = _tokens(request, steps)
    if get_conditional_response(request, etag=_tag(spot.item)) is not None:
        raise DavError(HTTPStatus.PRECONDITION_FAILED)
    volume.refuse_held(viewer, spot, tokens)
    if (davwriting.length_of(request) or 0) > places.room_of(viewer, spot.place).left:
        raise NoRoom(keeping.full())
    with davwriting.body_on_disk(request, spot.name, rules.WRITTEN.size) as body:
        item, is_new = volume.write(viewer, spot, body, tokens)
    kept = Item.objects.select_related("file").get(pk=item.pk)
    # A picture is drawn anew: what is kept has not the bytes that were sent, and its program has to read it again.
    headers = {"ETag": _tag(kept)} if kept.file and kept.file.kind not in filekinds.IMAGES else {}
    return HttpResponse(status=HTTPStatus.CREATED if is_new else HTTPStatus.NO_CONTENT, headers=headers)


def _tag(item: Item | None) -> str | None:
    return tag_of(item.file.digest) if item and item.file else None


def _make_folder(request: Request, steps: Steps) -> HttpResponseBase:
    spot = _spot(request, steps)
    if davwriting.has_body(request):
        raise DavError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if spot.item is not None:
        raise DavError(HTTPStatus.METHOD_NOT_ALLOWED)
    _refuse_writing(request, spot)
    volume.make_folder(request.viewer, spot, _tokens(request, steps))
    return HttpResponse(status=HTTPStatus.CREATED)


def _delete(request: Request, steps: Steps) -> HttpResponseBase:
    spot, item = _existing(request, steps)
    if item.is_folder:
        davwriting.is_whole(request)
    _refuse_writing(request, spot)
    volume.throw(request.viewer, spot, _tokens(request, steps))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _transfer(request: Request, steps: Steps, *, is_move: bool) -> HttpResponseBase:
    """MOVE and COPY."""
    here, item = _existing(request, steps)
    wanted = davwriting.destination_of(request, reverse("files:drive"))
    is_whole = davwriting.is_whole(request, shallow=not is_move or not item.is_folder)
    if wanted.steps[: len(steps)] == steps:
        raise DavError(HTTPStatus.FORBIDDEN)
    there = _spot(request, wanted.steps)
    if is_move:
        _refuse_writing(request, here)
    if there.item is not None and not wanted.overwrites:
        raise DavError(HTTPStatus.PRECONDITION_FAILED)
    if there.item is not None and steps[: len(wanted.steps)] == wanted.steps:
        raise DavError(HTTPStatus.FORBIDDEN)  # a folder over the one that holds it
    _refuse_writing(request, there)
    tokens = _tokens(request, steps)
    if is_move:
        volume.move(request.viewer, here, there, tokens)
    else:
        volume.copy(request.viewer, here, there, tokens, is_whole=is_whole)
    return HttpResponse(status=HTTPStatus.NO_CONTENT if there.item else HTTPStatus.CREATED)


# Locks


def _lock(request: Request, steps: Steps) -> HttpResponseBase:
    spot, viewer = _spot(request, steps), request.viewer
    wanted = davwriting.lock_of(request, LONGEST_OWNER)
    _refuse_writing(request, spot)
    tokens = _tokens(request, steps)
    if wanted is None:
        return _kept_longer(request, spot, tokens)
    held, made = volume.lock(viewer, spot, wanted, tokens)
    status = HTTPStatus.CREATED if made else HTTPStatus.OK
    return davwriting.locked(_active(request, held), status, is_new=True)


def _kept_longer(request: Request, spot: Spot, tokens: frozenset[str]) -> HttpResponseBase:
    if spot.item is None:
        raise DavError(HTTPStatus.NOT_FOUND)
    try:
        held = volume.refresh(request.viewer, spot.item, tokens, davwriting.lasting(request))
    except volume.NotThere as error:
        raise DavError(HTTPStatus.PRECONDITION_FAILED, dav("lock-token-matches-request-uri")) from error
    return davwriting.locked(_active(request, held), HTTPStatus.OK, is_new=False)


def _active(request: Request, lock: Lock) -> ActiveLock:
    return shown.active(request.viewer, lock, timezone.now())


def _unlock(request: Request, steps: Steps) -> HttpResponseBase:
    _where, item = _existing(request, steps)
    token = davwriting.token_to_free(request)
    try:
        volume.unlock(request.viewer, item, token)
    except volume.NotThere as error:
        raise DavError(HTTPStatus.CONFLICT, dav("lock-token-matches-request-uri")) from error
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


# Properties


def _note(request: Request, steps: Steps) -> HttpResponseBase:
    """PROPPATCH: all that is asked, or nothing."""
    spot, item = _existing(request, steps)
    changes = davwriting.changes_of(request)
    _refuse_writing(request, spot)
    tokens = _tokens(request, steps)
    refused = {one.name: status for one in changes if (status := _refusal_of(one))}
    if not refused:
        volume.note_properties(request.viewer, spot, changes, tokens)
    otherwise = HTTPStatus.FAILED_DEPENDENCY if refused else HTTPStatus.OK
    names = dict.fromkeys(one.name for one in changes)
    here = address(reverse("files:drive"), *steps, folder=item.is_folder)
    return davwriting.changed(here, [(name, refused.get(name, otherwise)) for name in names])


def _refusal_of(change: davwriting.PropertyChange) -> HTTPStatus | None:
    """Why a property is not written: it is ours, or too long."""
    if change.name.startswith(dav("")):
        return HTTPStatus.FORBIDDEN
    too_long = len(change.name) > LONGEST_PROPERTY_NAME or len(change.content or "") > LONGEST_PROPERTY
    return davwriting.INSUFFICIENT if too_long else None


# What programs put beside


def _beside(request: Request, steps: Steps) -> Answers:
    """Kept apart until the night, for its program alone: it goes on, and nobody finds it in the folder of a class."""
    return {
        "PUT": partial(_in_words(_kept_beside), request, steps),
        "DELETE": lambda: _gone_beside(request, _folder(request, steps[:-1]).held, steps[-1]),
        "MOVE": lambda: _gone_beside(request, _folder(request, steps[:-1]).held, steps[-1]),
        "LOCK": lambda: _lent(request),
        "UNLOCK": partial(HttpResponse, status=HTTPStatus.NO_CONTENT),
        "PROPPATCH": lambda: _as_if_noted(request),
    }


def _kept_beside(request: Request, steps: Steps) -> HttpResponseBase:
    above = _folder(request, steps[:-1]).held
    with davwriting.body_on_disk(request, steps[-1], LONGEST_SIDECAR) as body:
        volume.keep_sidecar(request.viewer, above, steps[-1], body.read())
    return HttpResponse(status=HTTPStatus.CREATED)


def _gone_beside(request: Request, above: Held, name: str) -> HttpResponseBase:
    if not volume.drop_sidecar(request.viewer, above, name):
        raise DavError(HTTPStatus.NOT_FOUND)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _lent(request: Request) -> HttpResponseBase:
    """A lock that holds nothing."""
    wanted = davwriting.lock_of(request, LONGEST_OWNER)
    token = f"urn:uuid:{uuid4()}"
    lasts, owner = davwriting.lasting(request), wanted.said if wanted else ""
    held = ActiveLock(token, request.path, is_exclusive=True, is_deep=False, left=lasts, said=owner)
    return davwriting.locked(held, HTTPStatus.OK, is_new=True)


def _as_if_noted(request: Request) -> HttpResponseBase:
    names: Sequence[str] = [one.name for one in davwriting.changes_of(request)]
    return davwriting.changed(request.path, [(name, HTTPStatus.OK) for name in dict.fromkeys(names)])
