"""CalDAV: `/dav/agendas/` leads to who reads, who leads to their calendars, which hold one resource a thing (docs/decisions/0120).

A client keeps what it has read: it asks for the tag of a calendar, and for the tags of its things when that one has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from preau.commons.agenda.dav.reports import report_of
from preau.commons.agenda.queries.calendars import Calendar, Thing, calendars_of
from preau.directory.viewer import Viewer
from preau.foundation import dav as protocol
from preau.foundation.access import Request, anyone, opens
from preau.foundation.dav import (
    APPLE,
    CALENDAR_SERVER,
    Answers,
    Property,
    Resource,
    address,
    caldav,
    dav,
    element,
    href,
)
from preau.identity.doors import door

# A home, a calendar, a thing.
DEEPEST = 3
TYPE = "text/calendar; charset=utf-8"
DATA = caldav("calendar-data")
REPORTS = ("calendar-query", "calendar-multiget")
# Colours that a client may give to calendars at first, so that children are told apart; people choose their own.
COLOURS = ("#00677FFF", "#9C4A1AFF", "#5B4B9AFF", "#3A6B1EFF", "#8F3A6CFF")


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS", "PROPFIND"])
def well_known(request: HttpRequest) -> HttpResponse:
    """Where calendars are, to whoever knows only the name of the site (RFC 6764)."""
    return HttpResponseRedirect(reverse("agenda:calendars"))


@door("agenda")
@protocol.speaks("GET", "HEAD", "PROPFIND", "REPORT", classes="1, calendar-access")
def calendars(request: Request, path: str = "") -> Answers:
    """Everything below `/dav/agendas/`, for the person and the seat of the key."""
    place = _place_of(request.viewer, protocol.steps_of(path))
    if place.thing:
        return {
            **dict.fromkeys(("GET", "HEAD"), lambda: _object(request, place)),
            "PROPFIND": lambda: _propfind(request, place),
        }
    if place.calendar:
        return {"PROPFIND": lambda: _propfind(request, place), "REPORT": lambda: _report(request, place)}
    return {"PROPFIND": lambda: _propfind(request, place)}


@dataclass(frozen=True)
class Place:
    """Where an address leads: the way in, the person, one of their calendars, a thing in it."""

    viewer: Viewer
    steps: tuple[str, ...]
    calendars: dict[str, Calendar]
    calendar: Calendar | None = None
    thing: Thing | None = None

    @property
    def home(self) -> str:
        return address(reverse("agenda:calendars"), self.viewer.person.public_id, folder=True)


def _place_of(viewer: Viewer, steps: tuple[str, ...]) -> Place:
    """Nobody else's home exists, nor a calendar that is not of this seat. Raises Http404."""
    if not steps:
        return Place(viewer, steps, {})
    if steps[0] != viewer.person.public_id or len(steps) > DEEPEST:
        raise Http404
    known = calendars_of(viewer)
    if len(steps) == 1:
        return Place(viewer, steps, known)
    calendar = known.get(steps[1])
    if calendar is None:
        raise Http404
    thing = calendar.things.get(steps[2]) if len(steps) == DEEPEST else None
    if len(steps) == DEEPEST and thing is None:
        raise Http404
    return Place(viewer, steps, known, calendar, thing)


# Answers


def _object(request: HttpRequest, place: Place) -> HttpResponseBase:
    tag = _quoted(place.thing.tag) if place.thing else ""
    response = get_conditional_response(request, etag=tag)
    if response is None and place.thing:
        response = HttpResponse(place.thing.written(), content_type=TYPE)
    response.headers["ETag"] = tag
    return response


def _propfind(request: HttpRequest, place: Place) -> HttpResponse:
    depth, asked = protocol.depth_of(request), protocol.propfind_of(request)
    found = [_here(place)]
    if depth:
        found += _below(place)
    return protocol.multistatus(found, asked)


def _report(request: HttpRequest, place: Place) -> HttpResponse:
    root = protocol.body_of(request)
    find = report_of(root)
    asked = protocol.properties_in(root)
    base = _address_of(place, place.calendar)
    things, missing = find(place.calendar, base)
    return protocol.multistatus([_resource(place, place.calendar, thing) for thing in things], asked, missing)


# What is known of each place


def _here(place: Place) -> Resource:
    if place.thing:
        return _resource(place, place.calendar, place.thing)
    if place.calendar:
        return _collection(place, place.calendar)
    return _person(place) if place.steps else _entrance(place)


def _below(place: Place) -> list[Resource]:
    if place.thing:
        return []
    if place.calendar:
        return [_resource(place, place.calendar, thing) for thing in place.calendar.things.values()]
    if place.steps:
        return [_collection(place, calendar) for calendar in place.calendars.values()]
    return [_person(place)]


def _common(place: Place, *kinds: str) -> dict[str, Property]:
    """What is asked of anything: what it is, whose it is, and what may be done with it."""
    return {
        dav("resourcetype"): lambda: [element(kind) for kind in kinds],
        dav("current-user-principal"): lambda: [href(place.home)],
        dav("owner"): lambda: [href(place.home)],
        dav("principal-collection-set"): lambda: [href(reverse("agenda:calendars"))],
        dav("current-user-privilege-set"): protocol.rights,
        dav("supported-report-set"): lambda: _reports(REPORTS if caldav("calendar") in kinds else ()),
    }


def _entrance(place: Place) -> Resource:
    facts = _common(place, dav("collection")) | {dav("displayname"): lambda: "Préau"}
    return Resource(reverse("agenda:calendars"), facts | _home_of(place))


def _person(place: Place) -> Resource:
    facts = _common(place, dav("collection"), dav("principal")) | {
        dav("displayname"): lambda: place.viewer.person.full_name,
        dav("principal-URL"): lambda: [href(place.home)],
    }
    return Resource(place.home, facts | _home_of(place))


def _home_of(place: Place) -> dict[str, Property]:
    return {caldav("calendar-home-set"): lambda: [href(place.home)]}


def _collection(place: Place, calendar: Calendar) -> Resource:
    colour = COLOURS[list(place.calendars).index(calendar.key) % len(COLOURS)]
    facts = _common(place, dav("collection"), caldav("calendar")) | {
        dav("displayname"): lambda: calendar.name,
        dav("getcontenttype"): lambda: "text/calendar; component=vevent",
        f"{{{CALENDAR_SERVER}}}getctag": lambda: _quoted(calendar.tag),
        f"{{{APPLE}}}calendar-color": lambda: colour,
        caldav("supported-calendar-component-set"): lambda: [element(caldav("comp"), name="VEVENT")],
        caldav("supported-calendar-data"): lambda: [
            element(DATA, **{"content-type": "text/calendar", "version": "2.0"})
        ],
    }
    return Resource(_address_of(place, calendar), facts)


def _resource(place: Place, calendar: Calendar, thing: Thing) -> Resource:
    facts = _common(place) | {
        dav("displayname"): lambda: thing.entry.title,
        dav("getcontenttype"): lambda: f"{TYPE}; component=vevent",
        dav("getcontentlength"): lambda: str(len(thing.written())),
        dav("getetag"): lambda: _quoted(thing.tag),
        DATA: lambda: thing.written().decode(),
    }
    return Resource(_address_of(place, calendar, thing.name), facts)


def _address_of(place: Place, calendar: Calendar, *name: str) -> str:
    return address(place.home, calendar.key, *name, folder=not name)


def _quoted(tag: str) -> str:
    return f'"{tag}"'


def _reports(names: Sequence[str]) -> list[Any]:
    return [element(dav("supported-report"), element(dav("report"), element(caldav(name)))) for name in names]
