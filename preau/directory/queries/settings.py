"""What the pages of settings read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.models import Closure, Group, Holding, Period, Person, School
from preau.directory.viewer import SETTINGS, Viewer
from preau.directory.words import Palette, Role, Zone
from preau.foundation import boards


@dataclass(frozen=True)
class Administrator:
    """Who administers a school: `until` is None for its head; `ended` when the day is past."""

    holding_id: int
    name: str
    role: str
    until: date | None = None
    given_by: str = ""


def pages_of(viewer: Viewer) -> list[boards.SettingsPage]:
    """The pages of settings that open to this viewer, whichever house they come from."""
    return [page for page in boards.settings_pages if page.open_to(viewer)]


def administrators_of(viewer: Viewer) -> list[Administrator]:
    """The heads of the school, then those to whom they have given its settings."""
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id)
    held = held.select_related("person").order_by("person__search_name", "pk")
    heads = [_administrator(one) for one in held.filter(role=Role.HEAD)]
    given = [one for one in held.exclude(scope={}) if SETTINGS in one.delegations(viewer.today)]
    names = Person.objects.in_bulk([one.scope[SETTINGS]["by"] for one in given])
    return heads + [_administrator(one, names) for one in given]


def _administrator(holding: Holding, names: Mapping[int, Person] | None = None) -> Administrator:
    said = Role(holding.role).said_of(holding.person.civility)
    role = f"{said} · {holding.title}" if holding.title else said
    if names is None:
        return Administrator(holding.pk, holding.person.full_name, role)
    given = holding.scope[SETTINGS]
    giver = names.get(given["by"])
    until = date.fromisoformat(given["until"])
    return Administrator(
        holding.pk, holding.person.full_name, role, until, giver.formal_name if giver else ""
    )


def given_holdings(viewer: Viewer) -> "Any":
    """The holdings of the viewer's school with which something was given."""
    return Holding.objects.in_school(viewer).exclude(scope={})


def staff_to_name(viewer: Viewer) -> "Any":
    """One holding for each member of the staff who may be given the settings: neither a head nor oneself."""
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id)
    heads = held.filter(role=Role.HEAD).values("person_id")
    staff = held.exclude(role=Role.PUPIL).exclude(person__in=heads).select_related("person")
    first = {one.person_id: one.pk for one in staff.order_by("-pk")}
    return staff.filter(pk__in=first.values()).order_by("person__search_name", "pk")


def periods_of(viewer: Viewer) -> "Any":
    return Period.objects.visible_to(viewer).filter(year=viewer.year)


def closures_of(viewer: Viewer) -> "Any":
    """Those of the current year."""
    year = viewer.year
    known = Closure.objects.visible_to(viewer)
    return known.filter(ends__gte=year.starts, starts__lte=year.ends) if year else known.none()


@dataclass(frozen=True)
class Presentation:
    """What everyone of a school may read of it."""

    school: School
    periods: list[Period]
    closures: list[Closure]


def presentation_of(school: School, today: date) -> Presentation:
    year = school.current_year
    periods = list(Period.objects.filter(year=year)) if year else []
    coming = Closure.objects.filter(school=school, ends__gte=today)
    return Presentation(school, periods, list(coming[:8]))


def said_of_fields(details: Mapping[str, Any]) -> str:
    """« nom, téléphone »: the fields that a line of the journal names, in words."""
    known = {one.name: one.verbose_name for one in School._meta.fields}
    return ", ".join(str(known[name]) for name in str(details["fields"]).split(",") if name in known)


def said_of_palette(details: Mapping[str, Any]) -> str:
    return str(dict(Palette.choices).get(str(details["palette"]), ""))


def said_of_zone(details: Mapping[str, Any]) -> str:
    return str(dict(Zone.choices).get(str(details["zone"]), ""))


def said_of_day(details: Mapping[str, Any]) -> str:
    """« jusqu’au 4 juillet 2027 »."""
    from_iso = date.fromisoformat(str(details["until"]))
    return _("jusqu’au %(day)s") % {"day": f"{from_iso:%d/%m/%Y}"}


@dataclass(frozen=True)
class ServiceRow:
    """A service as the school has settled it."""

    service: boards.Service
    off: bool
    levels: list[str]
    names: dict[str, str]


def services_of(school: School) -> list[ServiceRow]:
    """The services meant for this kind of school, and what it made of each."""
    meant = [one for one in boards.services if not one.kinds or school.kind in one.kinds]
    return [service_row(school, one) for one in meant]


def service_row(school: School, service: boards.Service) -> ServiceRow:
    said = school.services.get(service.key, {})
    return ServiceRow(service, bool(said.get("off")), said.get("levels", []), said.get("names", {}))


def levels_of(viewer: Viewer) -> list[str]:
    """The levels of the classes of the year."""
    classes = Group.objects.classes().filter(year=viewer.year).exclude(level="")
    return list(classes.order_by("level").values_list("level", flat=True).distinct())


def said_of_service(details: Mapping[str, Any]) -> str:
    """« Emploi du temps : fermé, niveaux »."""
    service = next((one for one in boards.services if one.key == details["service"]), None)
    words = {
        "off": _("fermé") if details.get("off") == "yes" else _("ouvert"),
        "levels": _("niveaux"),
        "names": _("nom dans le menu"),
    }
    changed = ", ".join(str(words[name]) for name in str(details["changed"]).split(",") if name in words)
    return f"{service.label}\u202f: {changed}" if service else changed
