"""What the pages of settings read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.models import Closure, Group, Period, School
from preau.directory.viewer import Viewer
from preau.directory.words import Palette, Zone, level_rank, level_said
from preau.foundation import boards
from preau.foundation.boards import SettingsHeading


def pages_of(viewer: Viewer) -> list[tuple[str, list[boards.SettingsPage]]]:
    """The pages of settings that open to this viewer, whichever house they come from, under their headings."""
    headings = {
        SettingsHeading.SCHOOL: _("L’établissement et son année"),
        SettingsHeading.DAILY: _("Cours, notes et vie scolaire"),
        SettingsHeading.ACCESS: _("Accès et comptes"),
        SettingsHeading.DATA: _("Données et traces"),
    }
    opened = [page for page in boards.settings_pages if page.open_to(viewer)]
    grouped = [(label, [page for page in opened if page.heading == key]) for key, label in headings.items()]
    return [(label, pages) for label, pages in grouped if pages]


def periods_of(viewer: Viewer) -> "Any":
    return Period.objects.visible_to(viewer).filter(year=viewer.year)


def closures_of(viewer: Viewer) -> "Any":
    """Those of the current year."""
    year = viewer.year
    known = Closure.objects.visible_to(viewer)
    return known.filter(ends__gte=year.starts, starts__lte=year.ends) if year else known.none()


@dataclass(frozen=True)
class DaysOff:
    """Days without lessons, as people name them."""

    name: str
    starts: date
    ends: date


def days_off(closures: Iterable[Closure]) -> list[DaysOff]:
    """« Vacances de Noël » once: a public holiday between two parts of them is one of their days."""
    found: list[DaysOff] = []
    for closure in closures:
        same = next((n for n in reversed(range(len(found))) if found[n].name == closure.name), None)
        if same is None or not _follow(found[same:], closure):
            found.append(DaysOff(closure.name, closure.starts, closure.ends))
        else:
            found[same:] = [DaysOff(closure.name, found[same].starts, closure.ends)]
    return found


def _follow(days: Sequence[DaysOff], closure: Closure) -> bool:
    """No day of school between any of them and the next."""
    nexts = [*(day.starts for day in days[1:]), closure.starts]
    return all(after <= one.ends + timedelta(days=1) for one, after in zip(days, nexts, strict=True))


@dataclass(frozen=True)
class Presentation:
    """What everyone of a school may read of it."""

    school: School
    periods: list[Period]
    closures: list[DaysOff]


def presentation_of(school: School, today: date) -> Presentation:
    year = school.current_year
    periods = list(Period.objects.filter(year=year)) if year else []
    coming = Closure.objects.filter(school=school, ends__gte=today)
    return Presentation(school, periods, days_off(coming[:16])[:8])


def said_of_fields(details: Mapping[str, Any]) -> str:
    """« nom, téléphone »: the fields that a line of the journal names, in words."""
    known = {field.name: field.verbose_name for field in School._meta.fields}
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

    @property
    def levels_said(self) -> list[str]:
        return [level_said(level) for level in self.levels]


def services_of(school: School) -> list[ServiceRow]:
    """The services meant for this kind of school, and what it made of each."""
    meant = [service for service in boards.services if not service.kinds or school.kind in service.kinds]
    return [service_row(school, service) for service in meant]


def service_row(school: School, service: boards.Service) -> ServiceRow:
    options = school.services.get(service.key, {})
    return ServiceRow(service, bool(options.get("off")), options.get("levels", []), options.get("names", {}))


def levels_of(viewer: Viewer) -> list[str]:
    """The levels of the classes of the year, the youngest first."""
    classes = Group.objects.classes().filter(year=viewer.year).exclude(level="")
    found = classes.order_by("level").values_list("level", flat=True).distinct()
    return sorted(found, key=lambda level: (level_rank(level), level))


def said_of_service(details: Mapping[str, Any]) -> str:
    """« Emploi du temps : fermé, niveaux »."""
    service = boards.services.named(details["service"])
    words = {
        "off": _("fermé") if details.get("off") == "yes" else _("ouvert"),
        "levels": _("niveaux"),
        "names": _("nom dans le menu"),
    }
    changed = ", ".join(str(words[name]) for name in str(details["changed"]).split(",") if name in words)
    return f"{service.label}\u202f: {changed}" if service else changed
