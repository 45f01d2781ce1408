"""Deliveries as pages show them. Of a delivery for several schools, a school reads its own share and nothing else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.models import Delivery, DeliveryShare, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation.importers.importer import Section
from preau.foundation.importers.reports import Part, error_rows, parts_of, tone_of
from preau.foundation.text import number

State = Delivery.State
CHANGES = (
    Section(
        "arrivees",
        "arrivals",
        gettext_lazy("Arrivées"),
        gettext_lazy("Élèves et personnels qui entrent dans l’établissement."),
    ),
    Section(
        "departs",
        "departures",
        gettext_lazy("Départs"),
        gettext_lazy("Leur accès à l’établissement s’arrête ; leur dossier n’est pas effacé."),
    ),
    Section(
        "classes",
        "classes",
        gettext_lazy("Entrées dans une classe"),
        gettext_lazy("Élèves déjà connus qui entrent dans une classe."),
    ),
    Section(
        "familles",
        "families",
        gettext_lazy("Familles"),
        gettext_lazy("Élèves dont les responsables changent, ou ce qu’ils peuvent faire."),
    ),
    Section(
        "identites",
        "identity",
        gettext_lazy("Identités"),
        gettext_lazy("Personnes dont le nom, la naissance ou les coordonnées changent."),
    ),
    Section(
        "corrections",
        "kept",
        gettext_lazy("Corrections gardées"),
        gettext_lazy("Le fichier dit autre chose que l’établissement : ce qu’il dit n’est pas repris."),
    ),
)
NOTES = (
    Section(
        "mis-de-cote",
        "quarantined",
        gettext_lazy("Mis de côté"),
        gettext_lazy("Ces lignes ne sont pas reprises. Le reste de la livraison l’est."),
    ),
    Section(
        "a-verifier",
        "warnings",
        gettext_lazy("À vérifier"),
        gettext_lazy("Ces lignes sont reprises, avec un doute."),
    ),
)
COUNTED = [*(section.name for section in CHANGES), "groups"]


def state_tag(state: str) -> tuple[str, str, str]:
    """A state in words, with the tone and the drawing of its tag."""
    return str(State(state).label), *tone_of(state)


def figures_in(viewer: Viewer, page: "Iterable[Delivery]") -> Callable[[Delivery], list[str]]:
    """The figures of each delivery of a page of `table_of`: those of the viewer's school only."""
    shares = DeliveryShare.objects.visible_to(viewer).filter(delivery__in=[row.pk for row in page])
    counts = dict(shares.values_list("delivery_id", "counts"))

    def figures(row: Delivery) -> list[str]:
        own = getattr(row, "told", None) if row.school_id else None
        shown = row.state in {State.DONE, State.PREVIEW, State.BLOCKED}
        return figures_of(counts.get(row.pk) or own or {}) if shown else []

    return figures


def table_of(viewer: Viewer) -> "QuerySet[Delivery]":
    """Every delivery that the viewer sees, the latest first; reports and previews are left in the database."""
    seen = Delivery.objects.visible_to(viewer).select_related("brought_by", "brought_for")
    found: QuerySet[Delivery] = seen.defer("report", "preview").annotate(told=F("report__counts"))
    return found


def brought_by(delivery: Delivery) -> str:
    """Who brought it: somebody of the school, for whoever gave them the directory; or whoever runs the platform."""
    if delivery.school_id is None:
        return _("l’exploitant de la plateforme")
    name = delivery.brought_by.full_name if delivery.brought_by else _("une personne effacée")
    if delivery.brought_for is None:
        return name
    return _("%(name)s pour %(giver)s") % {"name": name, "giver": delivery.brought_for.full_name}


def figures_of(counts: Mapping[str, Any]) -> list[str]:
    """« 3 arrivées », « 12 familles »…: what is not nought, each with its word."""
    words: dict[str, Callable[[int], str]] = {
        "arrivals": lambda n: ngettext("%(num)s arrivée", "%(num)s arrivées", n),
        "departures": lambda n: ngettext("%(num)s départ", "%(num)s départs", n),
        "classes": lambda n: ngettext("%(num)s entrée dans une classe", "%(num)s entrées dans une classe", n),
        "families": lambda n: ngettext("%(num)s famille changée", "%(num)s familles changées", n),
        "identity": lambda n: ngettext("%(num)s identité changée", "%(num)s identités changées", n),
        "kept": lambda n: ngettext("%(num)s correction gardée", "%(num)s corrections gardées", n),
        "groups": lambda n: ngettext("%(num)s classe ou groupe créé", "%(num)s classes ou groupes créés", n),
    }
    found = [(int(counts.get(name) or 0), words[name]) for name in COUNTED]
    return [word(count) % {"num": number(count)} for count, word in found if count]


@dataclass(frozen=True)
class SchoolReport:
    """What the viewer's school may read of a delivery: what it changed there, and its notes in the shape of a report."""

    counts: Mapping[str, Any]
    notes: Mapping[str, Any]


def told_to(viewer: Viewer, delivery: Delivery) -> SchoolReport:
    """Of its own files, the whole report; of a larger delivery, its share. Before that, what the preview announces."""
    share = DeliveryShare.objects.visible_to(viewer).filter(delivery=delivery).first()
    own: Mapping[str, Any] = delivery.report if delivery.school_id else {}
    if share is None:
        return SchoolReport(own.get("counts") or {}, own)
    return SchoolReport(share.counts, own if delivery.school_id else share.notes)


def changes_of(delivery: Delivery, counts: Mapping[str, Any]) -> list[Part]:
    """What changes, kind by kind, with names while there is a preview."""
    lines = delivery.preview.get("lines") or {} if delivery.school_id else {}
    return parts_of(CHANGES, lines, counts=counts)


def notes_of(notes: Mapping[str, Any]) -> list[Part]:
    """What was set aside or doubted, of the notes that a school may read."""
    return parts_of(NOTES, notes, counts=notes.get("totals"), reasons=notes.get("sentences"))


def part_of(viewer: Viewer, delivery: Delivery, slug: str) -> "Part | None":
    """One list in full: the names of a kind of change, or the places of a grade; None when there is none to show."""
    parts = changes_of(delivery, delivery.preview.get("counts") or {})
    parts += notes_of(told_to(viewer, delivery).notes)
    return next((part for part in parts if part.slug == slug and part.rows), None)


def seconds_for(viewer: Viewer, delivery: Delivery) -> list[str]:
    """Who else may approve a large departure: the names of the others who keep the directory of the school."""
    here = active_on(viewer.today, "holdings__")
    keepers = Person.objects.filter(
        here, holdings__school=delivery.school, holdings__role__in=[Role.HEAD, Role.SECRETARY]
    )
    same = delivery.brought_by.search_name if delivery.brought_by else ""
    names = [person.full_name for person in keepers.exclude(search_name=same)[:40]]
    return list(dict.fromkeys(names))


def exported(viewer: Viewer, delivery: Delivery) -> dict[str, Any]:
    """The report for other programs: of a delivery for several schools, the share of the viewer's own."""
    read = told_to(viewer, delivery)
    report: dict[str, Any] = {
        "delivery": delivery.pk,
        "brought_at": delivery.brought_at.isoformat(),
        "state": delivery.state,
        "counts": dict(read.counts),
    }
    kept = ("read", "created", "changed", "ended", "unchanged", "totals", "sentences", "errors")
    report |= {"files": delivery.files} if delivery.school_id else {}
    report |= {name: read.notes[name] for name in kept if name in read.notes}
    return report | {note.name: read.notes.get(note.name, []) for note in NOTES}


def csv_rows(report: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, key, text, number."""
    titles = {section.name: str(section.title) for section in CHANGES}
    titles |= {
        "groups": _("Classes et groupes créés"),
        "people": _("Personnes lues"),
        "ended": _("Personnes parties"),
    }
    for name, count in report["counts"].items():
        yield [_("Compte"), "", "", "", titles.get(name, name), count]
    for row in error_rows(report):
        yield [*row, ""]
    for section in NOTES:
        for reason, count in report.get("sentences", {}).get(section.name, ()):
            yield [_("%(title)s, en tout") % {"title": section.title}, "", "", "", reason, count]
        for note in report.get(section.name, ()):
            yield [section.title, note["file"], note["line"] or "", note["key"], note["reason"], ""]
