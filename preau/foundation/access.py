"""Who may open a page: `@opens` on every view, and a middleware that refuses a view without it.

`@opens(Lesson, to=rules.can_call_register)` loads the object through `Lesson.objects.visible_to(viewer)`: not visible
is 404, visible but not allowed is 403, else the view receives the object. The viewer is re-seated where the object
lives, so that a link from a mail or a second tab works whatever profile is chosen elsewhere.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Protocol, cast
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import BigIntegerField, Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone

from preau.foundation import boards, kept, proof, stamp
from preau.foundation.readonly import SAFE

# What a page says that asks again because of a hint, without anybody's gesture (frontend/parts/live.js).
HINTED = "X-Hinted"


class Request(HttpRequest):
    """A request that has passed the middleware: `viewer` is None for a visitor; `htmx` is django-htmx's."""

    viewer: Any
    htmx: Any


View = Callable[..., HttpResponseBase]


class Seated(Protocol):
    """What access needs of a viewer: the floor above gives the rest."""

    account_id: int
    key: str
    label: str
    service: str

    @property
    def profile(self) -> object: ...

    def every_seat(self) -> "Iterable[Seated]": ...

    def enter(self) -> None: ...

    def offers(self, service: str) -> bool: ...

    def within(self, service: str) -> "Seated": ...


class ServiceClosed(Http404):
    """The school has switched this service off: for its people, the page does not exist."""


def anyone(viewer: Seated | None, *_: Any) -> bool:
    """The rule of a public page."""
    return True


def signed_in(viewer: Seated, *_: Any) -> bool:
    """The rule of a page for every person who has signed in."""
    return True


def by_key(viewer: Seated, *_: Any) -> bool:
    """The rule of what is opened by a key that is shown with each request, and by no session (`identity.doors`)."""
    return False


def opens(
    model: type[Model] | None = None,
    *,
    to: Callable[..., bool],
    by: str = "pk",
    stamped: bool = True,
    leaves: bool = False,
    before_proof: bool = False,
) -> Callable[[View], View]:
    """Open a view to the viewers that the rule `to` accepts.

    `by` names both the URL argument and the field by which the object is found. The view receives
    `(request, object, **the other URL arguments)`, or `(request, **arguments)` without a model. `stamped=False` for
    what means the same from every seat of an account, and of nobody else. `leaves=True` for signing out and its like,
    which hold nothing typed: never refused because something changed, never asked again later. `before_proof=True` for what
    opens to whoever must still set up their second proof: to do it, to read about it, to leave.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: Request, **kwargs: Any) -> HttpResponseBase:
            if to is anyone:
                return view(request, **kwargs)
            if request.viewer is None:
                return ask_to_sign_in(request, keep=not leaves)
            _come_in(request)
            target, allowed = (
                _seat_for(request, model, to, by, kwargs.pop(by, None)) if model else (None, None)
            )
            # Before the rule: a profile changed in another tab must not answer « forbidden » and lose what was typed.
            refused = None if leaves else _refuse_changed_context(request, seat_matters=stamped)
            if refused:
                return refused
            if not (allowed if model else _sit_where_allowed(request, to)):
                raise PermissionDenied
            return view(request, target, **kwargs) if model else view(request, **kwargs)

        # What the tests of the building ask of every route: who may open it, and which object its address names.
        opened.opening, opened.model, opened.by = to, model, by  # type: ignore[attr-defined]
        # What `identity.middleware` asks.
        opened.before_proof = before_proof  # type: ignore[attr-defined]
        return opened

    return decorate


def confirmed(*, reading: bool = False) -> Callable[[View], View]:
    """Below `@opens`, on a gesture that a browser left open must not do: who sits here proves first that it is they.

    Whoever proved it less than ten minutes ago passes at once. What is sent is checked; what is only read, with
    `reading=True` alone: files of people's data taken away by a link.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def sure(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            concerned = reading or request.method not in SAFE
            if concerned and not proof.is_fresh(request.session, timezone.now()):
                return ask_to_confirm(request)
            return view(request, *args, **kwargs)

        # What the tests of the building ask of every route.
        sure.confirms = "reading" if reading else "sending"  # type: ignore[attr-defined]
        return sure

    return decorate


def ask_to_confirm(request: Request) -> HttpResponse:
    """Send to the page « Confirmez que c’est bien vous »; what was being sent is put aside, and goes on afterwards."""
    before = _page_before(request)
    if request.method != "POST":
        asked = {"suite": request.get_full_path(), "retour": before}
    elif kept.put_aside(request, asked=True):
        asked = {"suite": resolve_url(settings.RESUME_URL), "retour": before}
    else:
        asked = {"suite": before}
    return lead_to(request, f"{resolve_url(settings.CONFIRM_URL)}?{urlencode(asked)}")


def lead_to(request: Request, address: str) -> HttpResponse:
    """Another page instead of the one that was asked for, whatever asked for it: but a page that asks by itself stays where it is."""
    if HINTED in request.headers:
        return HttpResponse(status=401)
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _come_in(request: Request) -> None:
    """The viewer as the service of this page sees them. Raises ServiceClosed when no seat of theirs has it."""
    service = boards.service_at(request.resolver_match.namespace if request.resolver_match else "")
    if not service:
        return
    if not any(viewer.offers(service) for viewer in request.viewer.every_seat()):
        raise ServiceClosed
    request.viewer = request.viewer.within(service)


def ask_to_sign_in(request: Request, *, keep: bool = True) -> HttpResponse:
    """Send to the sign-in page, and put aside what was being sent when the session ended.

    `keep=False` where nothing is lost: whoever wanted to sign out is not asked again once they have come back.
    """
    if keep:
        kept.put_aside(request)
    apart = request.method == "POST" or getattr(request, "htmx", False)
    target = _page_before(request) if apart else request.get_full_path()
    return lead_to(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'suite': target})}")


def _page_before(request: Request) -> str:
    """The page of ours on which a form was sent: the form's own address may only take a POST."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    return urlunsplit(("", "", before.path, before.query, "")) if before.netloc == request.get_host() else "/"


def _seat_for(
    request: Request, model: type[Model], to: Callable[..., bool], by: str, value: Any
) -> tuple[Model, bool]:
    """The object, and whether the rule accepts, from the first seat that sees it and is allowed, else from the first that sees it.

    `request.viewer` moves to that seat: a teacher who follows the mail about their own child is seated as a parent.
    """
    first: tuple[Seated, Model] | None = None
    for viewer in _seats_in_order(request):
        if not _is_open(viewer):
            continue
        found = _open(model, viewer, by, value)
        if found is not None and to(viewer, found):
            _sit(request, viewer)
            return found, True
        if found is not None and first is None:
            first = (viewer, found)
    if first is None:
        raise Http404
    _sit(request, first[0])
    return first[1], False


def _open(model: type[Model], viewer: Seated, by: str, value: Any) -> Model | None:
    """The object, if this viewer sees it.

    What a daily page opens may say itself how, by `opened_by` on its QuerySet: the same row, by a prepared query that brings
    what the rule will ask.
    """
    if isinstance(value, str) and "\x00" in value:
        # PostgreSQL refuses to look for it, and no row has one.
        return None
    rows: Any = model.objects  # type: ignore[attr-defined]
    if hasattr(rows, "opened_by") and not (isinstance(value, int) and value > BigIntegerField.MAX_BIGINT):
        return cast("Model | None", rows.opened_by(viewer, **{by: value}))
    return cast("Model | None", rows.visible_to(viewer).filter(**{by: value}).first())


def _sit_where_allowed(request: Request, to: Callable[..., bool]) -> bool:
    """Does the present seat open a page that has no object? To read it, a seat of another profile will do.

    Without that, a parent seated as a teacher who followed a mail would meet « forbidden » at the next link. What is
    sent says itself from which seat: its stamp. But whoever works in two schools stays where they are. Raises ServiceClosed when the only seats that would do have it closed.
    """
    seats = [request.viewer]
    if request.method in SAFE:
        seats += [one for one in request.viewer.every_seat() if one.profile != request.viewer.profile]
    willing = [viewer for viewer in seats if to(viewer)]
    if not willing:
        return False
    open_ones = [viewer for viewer in willing if _is_open(viewer)]
    if not open_ones:
        raise ServiceClosed
    _sit(request, open_ones[0])
    return True


def _is_open(viewer: Seated) -> bool:
    """Is the service of this page open to this seat?"""
    return not viewer.service or viewer.offers(viewer.service)


def _sit(request: Request, viewer: Seated) -> None:
    request.viewer = viewer
    viewer.enter()


def _seats_in_order(request: Request) -> Iterable[Seated]:
    """The seat that the form was made for, then the current one, then the person's others."""
    mark = stamp.of(request)
    seats = list(request.viewer.every_seat())
    if mark and mark.account_id == request.viewer.account_id:
        if mark.confirmed:
            # The person chose this seat: an object it does not see is not opened with its rights.
            return [viewer for viewer in seats if viewer.key == mark.seat]
        seats.sort(key=lambda viewer: viewer.key != mark.seat)
    return seats


def _refuse_changed_context(request: Request, *, seat_matters: bool) -> HttpResponse | None:
    """None when the form was made for this account and seat; else the page that keeps what was typed."""
    mark = stamp.of(request)
    if mark is None or (mark.account_id, mark.seat) == (request.viewer.account_id, request.viewer.key):
        if mark and mark.confirmed:
            # What was put aside is being sent: it waits no more.
            request.session.pop(kept.KEY, None)
        return None
    same_account = mark.account_id == request.viewer.account_id
    if same_account and not seat_matters:
        return None
    origin = (
        next((v for v in request.viewer.every_seat() if v.key == mark.seat), None) if same_account else None
    )
    if origin and mark.confirmed:
        _sit(request, origin)
        request.session.pop(kept.KEY, None)
        return None
    # Another account's words are not shown to this one: on a shared computer they are somebody else's.
    fields = kept.fields_of(request) if origin else []
    again = stamp.seal(mark.account_id, mark.seat, confirmed=True) if origin else ""
    context = {"fields": fields, "again": again, "origin": origin, "address": request.get_full_path()}
    context["words"] = kept.words_of(fields)
    return render(request, "kept_form.html", context | {"was_asked": False}, status=409)


class AccessMiddleware:
    """Default deny: a view that does not say who may open it is opened to nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Request, view: View, args: Any, kwargs: Any) -> None:
        if not hasattr(view, "opening"):
            raise ImproperlyConfigured(
                f"{view.__module__}.{view.__qualname__} does not say who may open it. "
                "Decorate it with @opens(to=…), outermost."
            )
