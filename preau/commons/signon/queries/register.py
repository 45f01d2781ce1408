"""The register as its pages read it: small rows, in words already chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from preau.commons.signon.models import Alias, Opening, Service, Usage
from preau.commons.signon.queries.access import open_and_waiting
from preau.commons.signon.rules import FEWEST
from preau.commons.signon.words import ADMITTED, ATTRIBUTES, Protocol
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.foundation import dates

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Leaving:
    """Something that leaves: what, why, since when."""

    label: str
    why: str
    since: str


def told_of(service: Service, keys: Iterable[str]) -> list[Leaving]:
    """What leaves for a service, in words. The opaque identifier first: it always does."""
    always = Leaving(
        _("Un identifiant propre à ce service"),
        _("Reconnaître la personne d’une visite à l’autre, sans savoir qui elle est."),
        "",
    )
    return [always, *(_leaving(service, key) for key in keys)]


def _leaving(service: Service, key: str) -> Leaving:
    release = service.released.get(key, {})
    since = release.get("since", "")
    day = dates.plain_day(date.fromisoformat(since)) if since else ""
    return Leaving(str(ATTRIBUTES[key].label), release.get("why", ""), day)


# « Applications »


@dataclass(frozen=True)
class Tile:
    """A service that somebody may open. `last`: when they last did; `address`: its own page, or ours for a service that waits
    for an answer without having asked. `waits`: not before those concerned agree."""

    service: Service
    schools: str
    leaves: list[Leaving]
    since: str
    last: date | None
    address: str
    waits: bool = False


def tiles_of(viewer: Viewer) -> list[Tile]:
    """The services of this seat, by name; a family's children may bring one from two schools. Seven queries at most."""
    gathered: dict[int, list[Opening]] = {}
    may_open, waiting = open_and_waiting(viewer)
    for opening in may_open:
        gathered.setdefault(opening.service_id, []).append(opening)
    closed: dict[int, list[Opening]] = {}
    for opening in waiting:
        closed.setdefault(opening.service_id, []).append(opening)
    used = dict(
        Alias.objects.visible_to(viewer).filter(service__in=gathered).values_list("service", "used_on")
    )
    tiles = [_tile(openings, used.get(pk)) for pk, openings in gathered.items()]
    tiles += [_tile(openings, None, waits=True) for pk, openings in closed.items() if pk not in gathered]
    return sorted(tiles, key=lambda tile: (tile.service.name, tile.service.pk))


def _tile(openings: Sequence[Opening], last: date | None, *, waits: bool = False) -> Tile:
    service = openings[0].service
    keys = [key for key in openings[0].leaves if all(key in opening.agreed for opening in openings)]
    days = [opening.since for opening in openings if opening.since]
    return Tile(
        service=service,
        schools=_(" et ").join(opening.school.name for opening in openings),
        leaves=told_of(service, keys),
        since=dates.plain_day(min(days)) if days else "",
        last=last,
        address=_address_of(service),
        waits=waits,
    )


def _address_of(service: Service) -> str:
    party = getattr(service, "party", None) if service.protocol == Protocol.SAML else None
    if party is None or not party.begins_here:
        return service.address
    return f"{reverse('signon:saml_open')}?{urlencode({'service': service.public_id})}"


# The register


@dataclass(frozen=True)
class Row:
    """A service in the list of whoever keeps the register, with its state here."""

    service: Service
    word: str
    tone: str
    icon: str
    whom: str
    waits: int = 0


def services_of(viewer: Viewer) -> "QuerySet[Service]":
    """Every service that the viewer keeps or is offered, with its opening here."""
    here = Opening.objects.filter(school=viewer.school_id) if viewer.school_id else Opening.objects.none()
    return Service.objects.visible_to(viewer).prefetch_related(Prefetch("openings", here, to_attr="here"))


def rows_of(page: Iterable[Any], today: date) -> list[Row]:
    return [_row(service, today) for service in page]


def _row(service: Any, today: date) -> Row:
    opening = service.here[0] if service.here else None
    word, tone, icon = state_of(service, opening, today)
    waits = len(opening.waits_for) if opening and opening.is_on else 0
    profiles = [
        profile
        for profile in (opening.profiles if opening else service.profiles)
        if profile in service.profiles
    ]
    return Row(service, word, tone, icon, said_of_profiles(profiles), waits)


def state_of(service: Service, opening: Opening | None, today: date) -> tuple[str, str, str]:
    """In words: is it open here today? A service of the platform, to whoever runs it, is on or off."""
    if not service.is_on:
        return _("Arrêté"), "changed", "x"
    if service.opens_on and service.opens_on > today:
        return _("Pas encore ouvert"), "todo", "clock"
    if service.closes_on and service.closes_on < today:
        return _("Terminé"), "neutral", "check"
    if opening is None:
        return (_("Proposé"), "neutral", "info-circle")
    return (_("Ouvert"), "done", "check") if opening.is_on else (_("Fermé"), "changed", "x")


def said_of_profiles(profiles: Sequence[str]) -> str:
    words = {"pupil": _("élèves"), "guardian": _("familles"), "staff": _("personnels")}
    return ", ".join(words[one.value] for one in ADMITTED if one.value in profiles)


def opening_of(viewer: Viewer, service: Service) -> Opening | None:
    """This service in the viewer's school, once something was said of it."""
    found = Opening.objects.visible_to(viewer).filter(service=service)
    return found.select_related("service", "school").first()


def opened_in(viewer: Viewer, service: Service) -> int:
    """In how many schools a service of the platform is open."""
    return Opening.objects.filter(service=service, is_on=True).count()


@dataclass(frozen=True)
class Counts:
    """How often a service was opened in thirty days, by profile: « moins de 10 » where few could be recognised."""

    rows: list[tuple[str, str]] = field(default_factory=list)


def counts_of(viewer: Viewer, service: Service) -> Counts:
    """Of the school; for an operator, of all schools together."""
    every = viewer.profile == Profile.OPERATOR and service.school_id is None
    rows = Usage.objects.all() if every else Usage.objects.visible_to(viewer)
    found = rows.filter(service=service, day__gt=viewer.today - MONTH)
    sums = dict(found.order_by().values("profile").annotate(n=Sum("count")).values_list("profile", "n"))
    words = {"pupil": _("Élèves"), "guardian": _("Familles"), "staff": _("Personnels")}
    return Counts([(words[one.value], _said_of(sums.get(one.value, 0))) for one in ADMITTED])


def _said_of(count: int) -> str:
    if 0 < count < FEWEST:
        return _("moins de %(few)s") % {"few": FEWEST}
    return str(count)


# The journal


def said_of_change(details: Mapping[str, Any]) -> str:
    """« nom, adresses, ce qui part : prénom »: what a line of the journal says of a service."""
    words = {
        "name": _("nom"),
        "text": _("description"),
        "icon": _("image"),
        "address": _("page d’accueil"),
        "shape": _("forme des réponses"),
        "released": _("ce qui est transmis"),
        "profiles": _("pour qui"),
        "may_proxy": _("mandataire"),
        "opens_on": _("ouverture"),
        "closes_on": _("dernier jour"),
        "is_on": _("état"),
        "addresses": _("adresses"),
        "agreed": _("ce que l’établissement accepte"),
        "levels": _("niveaux"),
        "asks_consent": _("accord demandé"),
        "classes": _("classes"),
        "protocol": _("protocole"),
        "client": _("réglages OpenID Connect"),
        "party": _("réglages SAML"),
    }
    changed = [words[name] for name in str(details.get("changed", "")).split(",") if name in words]
    leaves = [
        str(ATTRIBUTES[key].label) for key in str(details.get("leaves", "")).split(",") if key in ATTRIBUTES
    ]
    summary = ", ".join(changed)
    return f"{summary} ({', '.join(leaves)})" if leaves else summary
