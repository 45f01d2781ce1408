"""Reading the export of EDT (Index Éducation): `ExportEmploiDuTemps`, version 1.1 of its schema.

Hours are « places » of a grid, weeks are a bit mask (bit w: week w, the first one being dated). Pupils are passed over.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from preau.domains.timetable.imports.told import (
    NamedThing,
    Odd,
    Slot,
    TimetableFiles,
    checked,
    day_from,
    hour_from,
)
from preau.foundation import dates
from preau.foundation.reading import Unreadable, UnreadableFile
from preau.foundation.xmlrecords import Node, RecordReader

ROOT = "ExportEmploiDuTemps"
RECORDS = {
    ("Matieres", "Matiere"),
    ("Professeurs", "Professeur"),
    ("Classes", "Classe"),
    ("Groupes", "Groupe"),
    ("Salles", "Salle"),
    ("Cours", "Cours"),
    (ROOT, "AnneeScolaire"),
    (ROOT, "GrilleHoraire"),
}
FIGURES = {
    "Matiere": "subjects",
    "Professeur": "teachers",
    "Classe": "classes",
    "Groupe": "groups",
    "Salle": "rooms",
}
WEEKS = 64


class Reader(RecordReader):
    """Everything but the pupils and their parents. `uai` is known with the first record."""

    root = ROOT
    uai = ""

    def __init__(self, file: "object", name: str) -> None:
        super().__init__(file, name)  # type: ignore[arg-type]
        self.foreign = _("Ce n’est pas un export d’EDT que Préau sait lire.")

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self.uai = attributes.get("UAI", "").strip().upper()
        if attributes.get("Version", "1").split(".")[0] not in {"1", ""}:
            raise UnreadableFile(_("Cette version de l’export d’EDT n’est pas connue de Préau."))

    def is_record(self) -> bool:
        return tuple(self.path[-2:]) in RECORDS


@dataclass
class _Export:
    """What courses point at, by kind and number."""

    name: str
    told: TimetableFiles
    known: dict[tuple[str, str], Node] = field(default_factory=dict)
    doubled: set[tuple[str, str]] = field(default_factory=set)
    # A part of a class → the groups that are made of it.
    parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    week_one: date | None = None
    places: dict[int, tuple[str, str]] = field(default_factory=dict)
    length: int = 0
    courses: list[Node] = field(default_factory=list)


def read(paths: Iterable[Path]) -> TimetableFiles:
    """What the exports say. Raises Unreadable."""
    files = TimetableFiles()
    for path in paths:
        export = _Export(path.name, files)
        with path.open("rb") as file:
            reader = Reader(file, path.name)
            for node in reader:
                _take(export, node)
        if files.uai and reader.uai != files.uai:
            raise Unreadable(path.name, 1, _("Les fichiers ne sont pas tous du même établissement."))
        files.uai = reader.uai
        _finish(export)
    return files


def _take(export: _Export, node: Node) -> None:
    if node.tag == "Cours":
        export.courses.append(node)
    elif node.tag == "AnneeScolaire":
        _date(export, node)
    elif node.tag == "GrilleHoraire":
        _grid(export, node)
    else:
        _name(export, node)


def _date(export: _Export, node: Node) -> None:
    try:
        export.week_one = dates.monday_of(day_from(node.told("DatePremierJourSemaine1")))
        days = day_from(node.told("DateDebut")), day_from(node.told("DateFin"))
    except Odd as odd:
        raise Unreadable(export.name, node.line, str(odd)) from None
    export.told.days = days


def _grid(export: _Export, node: Node) -> None:
    export.length = _number(node.told("DureePlace"))
    for place in node.each("PlacesParJour", "Place"):
        span = place.told("LibelleHeureDebut"), place.told("LibelleHeureFin")
        export.places[_number(place.told("Numero"))] = span


def _name(export: _Export, node: Node) -> None:
    key = node.tag, node.told("Ident")
    export.told.figures[FIGURES[node.tag]] += 1
    if key in export.known:
        export.doubled.add(key)
        export.told.note(
            export.name,
            node.line,
            _("Deux lignes ont le même numéro : les cours qui le disent sont mis de côté."),
        )
    export.known[key] = node
    if node.tag == "Groupe":
        for part in node.each("PartieDeClasse"):
            export.parts[part.told("Ident")].append(key[1])


def _finish(export: _Export) -> None:
    if export.courses and export.week_one is None:
        raise Unreadable(export.name, None, _("Le fichier ne dit pas quand commence sa première semaine."))
    for node in export.courses:
        number = export.told.course(export.name, node.line)
        try:
            export.told.slots += _slots(export, node, number)
        except Odd as odd:
            export.told.put_aside(number, export.name, node.line, str(odd), what=_said(export, node))


def _slots(export: _Export, node: Node, number: int) -> list[Slot]:
    """One slot for each set of weeks in which the course has the same people and room. Raises Odd."""
    subject = _subject(export, node)
    present = _present(export, node)
    if not present:
        raise Odd(_("Ce cours n’a ni classe, ni professeur, ni semaine : rien ne dit quand il a lieu."))
    weekday, (starts, ends) = _weekday(node), _hours(export, node)
    return [
        Slot(
            export.name,
            node.line,
            [number],
            weekday,
            starts,
            ends,
            subject,
            groups=tuple(one for kind, one in people if kind == "group"),
            teachers=tuple(one for kind, one in people if kind == "teacher"),
            room=next((one for kind, one in people if kind == "room"), None),
            weeks=frozenset(weeks),
        )
        for people, weeks in present.items()
    ]


def _present(export: _Export, node: Node) -> dict[tuple[tuple[str, NamedThing], ...], list[date]]:
    """Who is there, by the weeks in which they are."""
    by_week: dict[int, list[tuple[str, NamedThing]]] = defaultdict(list)
    has_people = False
    for child in node.children:
        if child.tag == "Matiere":
            continue
        has_people = True
        people = _people(export, child)
        for week in _weeks(child):
            by_week[week] += [person for person in people if person not in by_week[week]]
    if has_people and not by_week:
        raise Odd(_("Ce cours n’a aucune semaine."))
    found: dict[tuple[tuple[str, NamedThing], ...], list[date]] = defaultdict(list)
    for week, people in sorted(by_week.items()):
        found[tuple(people)].append(_monday(export, week))
    return found


def _monday(export: _Export, week: int) -> date:
    return (export.week_one or date.min) + timedelta(days=7 * (week - 1))


def _weeks(child: Node) -> list[int]:
    mask = child.told("Semaines")
    if not mask.isdecimal() or int(mask) >= 1 << WEEKS:
        raise Odd(_("Les semaines « %(mask)s » ne se lisent pas.") % {"mask": mask[:24]})
    return [week for week in range(WEEKS) if int(mask) >> week & 1]


def _people(export: _Export, child: Node) -> list[tuple[str, NamedThing]]:
    if child.tag == "PartieDeClasse":
        groups = export.parts.get(child.told("Ident"), ())
        if not groups:
            raise Odd(_("Une partie de classe n’est dans aucun groupe du fichier."))
        return [("group", _group(export, "Groupe", ident)) for ident in groups]
    if child.tag in {"Classe", "Groupe"}:
        return [("group", _group(export, child.tag, child.told("Ident")))]
    if child.tag == "Professeur":
        return [("teacher", _teacher(_known(export, "Professeur", child.told("Ident"))))]
    if child.tag == "Salle":
        return [("room", NamedThing(_known(export, "Salle", child.told("Ident")).told("Nom")))]
    return []


def _subject(export: _Export, node: Node) -> NamedThing:
    for child in node.each("Matiere"):
        known = _known(export, "Matiere", child.told("Ident"))
        return NamedThing(known.told("Libelle") or known.told("Code"), known.told("Code"))
    raise Odd(_("Ce cours n’a pas de matière."))


def _group(export: _Export, kind: str, ident: str) -> NamedThing:
    return NamedThing(_known(export, kind, ident).told("Nom"), is_class=kind == "Classe")


def _teacher(node: Node) -> NamedThing:
    number = node.told("IDSTS")
    return NamedThing(node.told("Nom"), given=node.told("Prenom"), keys=(number,) if number else ())


def _known(export: _Export, kind: str, ident: str) -> Node:
    if (kind, ident) in export.doubled:
        raise Odd(_("Le numéro %(ident)s désigne deux choses dans le fichier.") % {"ident": ident})
    node = export.known.get((kind, ident))
    if node is None:
        raise Odd(_("Le numéro %(ident)s ne désigne rien dans le fichier.") % {"ident": ident[:20] or "?"})
    return node


def _weekday(node: Node) -> int:
    """Monday is 1 in the file."""
    day = node.told("Jour")
    if not day.isdecimal() or not 1 <= int(day) <= 7:
        raise Odd(_("Le jour « %(day)s » n’existe pas.") % {"day": day[:20]})
    return int(day) - 1


def _hours(export: _Export, node: Node) -> tuple[time, time]:
    first, count = _number(node.told("NumeroPlaceDebut")), _number(node.told("NombrePlaces"))
    if first < 0 or count < 1:
        raise Odd(_("La place ou la durée du cours ne se lit pas."))
    try:
        start, end = export.places[first][0], export.places[first + count - 1][1]
    except KeyError:
        raise Odd(_("Le cours est hors de la grille horaire du fichier.")) from None
    return checked(hour_from(start), hour_from(end))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else -1


def _said(export: _Export, node: Node) -> str:
    """What a person looks for: the subject, when it is known."""
    for child in node.each("Matiere"):
        known = export.known.get(("Matiere", child.told("Ident")))
        return known.told("Libelle") if known else ""
    return ""
