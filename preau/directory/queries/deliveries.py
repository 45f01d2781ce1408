"""Deliveries as pages show them. Of a delivery for several schools, a school reads its own share and nothing else."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from preau.directory.models import Delivery, DeliveryShare, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation.text import number

State = Delivery.State
FIRST = 8
PLACES = 3
TONES = {
    State.MATCHING: "todo",
    State.PREVIEW: "todo",
    State.BLOCKED: "todo",
    State.DONE: "done",
    State.REFUSED: "changed",
}
ICONS = {
    State.RECEIVED: "clock",
    State.READING: "clock",
    State.APPLYING: "clock",
    State.DROPPED: "x",
    State.REFUSED: "alert-circle",
}
# What a comparison counts → its page, its title, and what it means.
CHANGES = {
    "arrivals": (
        "arrivees",
        gettext_lazy("Arrivées"),
        gettext_lazy("Élèves et personnels qui entrent dans l’établissement."),
    ),
    "departures": (
        "departs",
        gettext_lazy("Départs"),
        gettext_lazy("Leur accès à l’établissement s’arrête ; leur dossier n’est pas effacé."),
    ),
    "classes": (
        "classes",
        gettext_lazy("Entrées dans une classe"),
        gettext_lazy("Élèves déjà connus qui entrent dans une classe."),
    ),
    "families": (
        "familles",
        gettext_lazy("Familles"),
        gettext_lazy("Élèves dont les responsables changent, ou ce qu’ils peuvent faire."),
    ),
    "identity": (
        "identites",
        gettext_lazy("Identités"),
        gettext_lazy("Personnes dont le nom, la naissance ou les coordonnées changent."),
    ),
}
NOTES = {
    "quarantined": (
        "mis-de-cote",
        gettext_lazy("Mis de côté"),
        gettext_lazy("Ces lignes ne sont pas reprises. Le reste de la livraison l’est."),
    ),
    "warnings": (
        "a-verifier",
        gettext_lazy("À vérifier"),
        gettext_lazy("Ces lignes sont reprises, avec un doute."),
    ),
}
SLUGS = {slug: name for table in (CHANGES, NOTES) for name, (slug, _title, _text) in table.items()}
COUNTED = [*CHANGES, "groups"]


@dataclass(frozen=True)
class Changed:
    """One kind of change: how many, and the first people of it."""

    name: str
    slug: str
    title: str
    text: str
    count: int
    lines: Sequence[Mapping[str, str]] = ()

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True)
class Sentence:
    """One reason, how many lines have it, and the first places where it is found."""

    reason: str
    count: int
    places: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Part:
    """The notes of one grade, grouped by sentence."""

    name: str
    slug: str
    title: str
    text: str
    count: int
    sentences: Sequence[Sentence] = field(default_factory=list)


@dataclass(frozen=True)
class Listed:
    """One list in full; `count` says how many there are, `rows` are those that were kept."""

    slug: str
    title: str
    text: str
    count: int
    rows: Sequence[Mapping[str, Any]]
    of_people: bool


@dataclass(frozen=True)
class DeliveryRow:
    """One delivery in the list."""

    pk: int
    brought_at: datetime
    by: str
    state: str
    label: str
    tone: str
    icon: str
    figures: Sequence[str]

    @property
    def settles(self) -> bool:
        """Does no figure mean that nothing changes?"""
        return self.state in {State.DONE, State.PREVIEW, State.BLOCKED}


def said(state: str) -> tuple[str, str, str]:
    """A state in words, with the tone and the drawing of its tag."""
    return str(State(state).label), TONES.get(State(state), "neutral"), ICONS.get(State(state), "")


def rows_of(viewer: Viewer, page: "Iterable[Delivery]") -> list[DeliveryRow]:
    """The rows of one page of `table_of`, with the figures of the viewer's school only."""
    found = list(page)
    shares = DeliveryShare.objects.visible_to(viewer).filter(delivery__in=[row.pk for row in found])
    counts = dict(shares.values_list("delivery_id", "counts"))
    rows = []
    for row in found:
        own = getattr(row, "told", None) if row.school_id else None
        told: Mapping[str, Any] = counts.get(row.pk) or own or {}
        figures = figures_of(told) if row.state in {State.DONE, State.PREVIEW, State.BLOCKED} else []
        label, tone, icon = said(row.state)
        rows.append(
            DeliveryRow(row.pk, row.brought_at, brought_by(row), row.state, label, tone, icon, figures)
        )
    return rows


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
        "groups": lambda n: ngettext("%(num)s classe ou groupe créé", "%(num)s classes ou groupes créés", n),
    }
    found = [(int(counts.get(name) or 0), words[name]) for name in COUNTED]
    return [word(count) % {"num": number(count)} for count, word in found if count]


@dataclass(frozen=True)
class Told:
    """What the viewer's school may read of a delivery: what it changed there, and its notes in the shape of a report."""

    counts: Mapping[str, Any]
    notes: Mapping[str, Any]


def told_to(viewer: Viewer, delivery: Delivery) -> Told:
    """Of its own files, the whole report; of a larger delivery, its share. Before that, what the preview announces."""
    share = DeliveryShare.objects.visible_to(viewer).filter(delivery=delivery).first()
    own: Mapping[str, Any] = delivery.report if delivery.school_id else {}
    if share is None:
        return Told(own.get("counts") or {}, own)
    return Told(share.counts, own if delivery.school_id else share.notes)


def changes_of(delivery: Delivery, counts: Mapping[str, Any]) -> list[Changed]:
    """What changes, kind by kind, with the first names while there is a preview."""
    lines = delivery.preview.get("lines") or {} if delivery.school_id else {}
    return [
        Changed(name, slug, str(title), str(text), int(counts[name]), lines.get(name, [])[:FIRST])
        for name, (slug, title, text) in CHANGES.items()
        if counts.get(name)
    ]


def parts_of(notes: Mapping[str, Any]) -> list[Part]:
    """What was set aside or doubted, of the notes that a school may read."""
    return [_part(notes, name) for name in NOTES if notes.get(name)]


def _part(notes: Mapping[str, Any], name: str) -> Part:
    slug, title, text = NOTES[name]
    sentences = [
        Sentence(reason, count, [note for note in notes[name] if note["reason"] == reason][:PLACES])
        for reason, count in notes.get("sentences", {}).get(name, [])
    ]
    return Part(name, slug, str(title), str(text), _count(notes, name), sentences)


def _count(notes: Mapping[str, Any], name: str) -> int:
    """How many lines there are, those that are not kept included."""
    return int(notes.get("totals", {}).get(name, len(notes.get(name, ()))))


def part_of(viewer: Viewer, delivery: Delivery, slug: str) -> "Listed | None":
    """One list in full: the names of a kind of change, or the places of a grade; None when there is none to show."""
    name = SLUGS.get(slug, "")
    if name in NOTES:
        notes, (_slug, title, text) = told_to(viewer, delivery).notes, NOTES[name]
        rows = notes.get(name)
        count = _count(notes, name)
        return Listed(slug, str(title), str(text), count, rows, of_people=False) if rows else None
    if delivery.school_id is None or not name:
        return None
    rows, (_slug, title, text) = (delivery.preview.get("lines") or {}).get(name), CHANGES[name]
    count = (delivery.preview.get("counts") or {}).get(name, 0)
    return Listed(slug, str(title), str(text), count, rows, of_people=True) if rows else None


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
    told: dict[str, Any] = {
        "delivery": delivery.pk,
        "brought_at": delivery.brought_at.isoformat(),
        "state": delivery.state,
        "counts": dict(read.counts),
    }
    kept = ("read", "created", "changed", "ended", "unchanged", "totals", "sentences", "errors")
    told |= {"files": delivery.files} if delivery.school_id else {}
    told |= {name: read.notes[name] for name in kept if name in read.notes}
    return told | {name: read.notes.get(name, []) for name in NOTES}


def csv_rows(told: Mapping[str, Any]) -> Iterator[list[object]]:
    """The same, for a spreadsheet: nature, file, line, key, text, number."""
    titles = {name: str(title) for name, (_slug, title, _text) in CHANGES.items()}
    titles |= {
        "groups": _("Classes et groupes créés"),
        "people": _("Personnes lues"),
        "ended": _("Personnes parties"),
    }
    for name, count in told["counts"].items():
        yield [_("Compte"), "", "", "", titles.get(name, name), count]
    for error in told.get("errors", ()):
        yield [_("Refus"), error["file"], error["line"] or "", "", error["reason"], ""]
    for name, (_slug, title, _text) in NOTES.items():
        for reason, count in told.get("sentences", {}).get(name, ()):
            yield [_("%(title)s, en tout") % {"title": title}, "", "", "", reason, count]
        for note in told.get(name, ()):
            yield [title, note["file"], note["line"] or "", note["key"], note["reason"], ""]
