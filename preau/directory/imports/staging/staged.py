"""Records into the spool, in the words of the AAF: each under its key, in its schools; what cannot be kept in quarantine."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from preau.directory.imports.records import Raw
from preau.directory.imports.spool import UNCHANGED, Record, Spool
from preau.directory.imports.staging.values import Attributes, first, placed
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

PUPIL, STAFF, GUARDIAN = "Eleve", "PersEducNat", "PersRelEleve"
STRUCTURE, PROGRAMME, SUBJECT = "EtabEducNat", "MefEducNat", "MatEducNat"
PEOPLE = (PUPIL, STAFF, GUARDIAN)
CATEGORIES = {name: name for name in (*PEOPLE, STRUCTURE, PROGRAMME, SUBJECT)} | {"MatiereEducNat": SUBJECT}
JOINTURES = ("ENTPersonJointure", "ENTStructureJointure", "ENTMefJointure", "ENTMatJointure")
# The first degree names the same things in other words.
FIRST_DEGREE = {
    "ENTPersonNom": "sn",
    "ENTPersonPrenom": "givenName",
    "ENTPersonCivilite": "personalTitle",
    "ENTPersonMail": "mail",
    "ENTStructureTelephone": "telephoneNumber",
}
PLACED = {
    PUPIL: ("ENTEleveClasses", "ENTEleveGroupes", "ENTPersonClasses", "ENTPersonGroupes"),
    STAFF: (
        "ENTPersonFonctions",
        "ENTAuxEnsClasses",
        "ENTAuxEnsGroupes",
        "ENTAuxEnsClassesMatieres",
        "ENTAuxEnsGroupesMatieres",
        "ENTAuxEnsClassesPrincipal",
        "ENTPersonClasses",
    ),
}
OLD_AFTER_DAYS = 60


class Staged:
    """A delivery in its spool, and what its headers say: version of the format, académie, day.

    `new`: which generation of kinship codes it uses (None: not said). `is_delta`: it tells changes, not everything.
    `spared`: keys of people who have not left, although no record bears them: one in quarantine may be theirs.
    `same`: new keys of people whom the format itself has recognised, and who they are.
    """

    def __init__(self) -> None:
        self.spool = Spool()
        self.versions: set[str] = set()
        self.academies: set[str] = set()
        self.day: date | None = None
        self.doubles: set[str] = set()
        self.new: bool | None = None
        self.is_delta = False
        self.spared: set[str] = set()
        self.same: dict[str, int] = {}

    def open(self, name: str) -> int:
        """A file begins; returns its number."""
        self.spool.files.append(name)
        return len(self.spool.files) - 1

    def take(self, raw: Raw, file: int | None = None) -> None:
        """Stage one record, and put in quarantine what has no category, no key or no name."""
        _take(raw, self.spool, file)

    def set_aside(self, raw: Raw, file: int, reason: str, school: str = "") -> None:
        """Stage one record in quarantine, for a reason that only its own format can see."""
        number = self.spool.add(raw.category, raw.id, raw.line, raw.attributes, raw.action, file)
        record = Record(number, raw.category, raw.id, file, raw.line, raw.attributes, raw.action)
        self.spool.quarantine(reason, record, school=school)


Tell = Callable[[str], None]
# Reads files into what is staged, telling the name of each as it opens it.
Read = Callable[[Iterable[Path], Staged, Tell], None]


def stage(paths: Iterable[Path], today: date, tell: Tell, read: Read) -> Staged:
    """Read every file. Raises Unreadable at the first that cannot be trusted; the spool is then gone."""
    staged = Staged()
    try:
        read(paths, staged, tell)
        staged.spool.seal()
        if staged.is_delta:
            _fold(staged)
        _find_doubles(staged)
        _date(staged, today)
    except BaseException:
        staged.spool.close()
        raise
    return staged


def _take(raw: Raw, spool: Spool, file: int | None) -> None:
    attributes = {FIRST_DEGREE.get(name, name): values for name, values in raw.attributes.items()}
    category = CATEGORIES.get(raw.category, raw.category or "?")
    told = first(attributes, *JOINTURES)
    key = raw.id or told
    place = len(spool.files) - 1 if file is None else file
    number = spool.add(category, key, raw.line, attributes, raw.action, place)
    record = Record(number, category, key, place, raw.line, attributes, raw.action)
    reason = _why_not(record, told)
    if reason:
        # It belongs nowhere, but the school that it names is told.
        spool.quarantine(reason, record, school=min(places_of(record), default=""))
        return
    spool.place(number, places_of(record))
    if category == PUPIL:
        spool.kin(number, {placed(link)[0] for link in links_of(attributes)})


def _why_not(record: Record, told: str) -> str:
    if record.category not in CATEGORIES.values():
        return _("Catégorie inconnue.")
    if not record.key:
        return _("Sans clé (jointure).")
    if told and told != record.key:
        return _("Deux clés différentes : l’identifiant et la jointure ne sont pas les mêmes.")
    if len(record.key) > 60:
        return _("Clé de plus de 60 caractères.")
    return _why_not_named(record) if record.action == "add" else ""


def _why_not_named(record: Record) -> str:
    told = record.attributes
    if record.category == STRUCTURE:
        return _why_not_structure(told)
    if record.category in PEOPLE:
        return "" if first(told, "sn", "ENTPersonNomPatro") else _("Sans nom.")
    return "" if first(told, "ENTLibelleMef", "ENTLibelleMatiere") else _("Sans libellé.")


def _why_not_structure(attributes: Attributes) -> str:
    uai = first(attributes, "ENTStructureUAI", "ENTEtablissementUAI")
    if not uai:
        return _("Établissement sans UAI.")
    if len(uai.upper()) > 8:
        return _("UAI de plus de huit caractères.")
    return "" if first(attributes, "ENTStructureNomCourant") else _("Établissement sans nom.")


def places_of(record: Record) -> set[str]:
    """The keys of the structures that a person's record names."""
    if record.category not in PLACED:
        return set()
    found = set(record.attributes.get("ENTPersonStructRattach", ()))
    for name in PLACED[record.category]:
        found |= {placed(value)[0] for value in record.attributes.get(name, ())}
    return found - {""}


def links_of(attributes: Attributes) -> list[str]:
    """The links of a pupil to guardians: `jointure$lien$…` (second degree) or `jointure$lien` (first degree)."""
    links = attributes.get("ENTElevePersRelEleve")
    if links is None:
        links = [value for value in attributes.get("ENTEleveAutoriteParentale", ()) if "$" in value]
    return links


def _fold(staged: Staged) -> None:
    """The requests of a delta that speak of one record, in the order of the files, become one."""
    twice = "SELECT category, key FROM record WHERE key <> '' GROUP BY category, key HAVING COUNT(*) > 1"
    for category, key in staged.spool.db.execute(twice).fetchall():
        query = "WHERE r.category = ? AND r.key = ? ORDER BY r.id"
        _fold_these(list(staged.spool.records(query, [category, key])), staged.spool)


def _fold_these(records: list[Record], spool: Spool) -> None:
    action, told, kept = "", dict[str, list[str]](), list[Record]()
    for record in records:
        if record.action == "modify" and action == "delete":
            spool.quarantine(_("Modification de ce que la même livraison supprime."), record)
            continue
        if record.action == "modify":
            action, told = action or "modify", told | record.attributes
        else:
            action, told = record.action, record.attributes
        kept.append(record)
    if len(kept) > 1:
        spool.fold(kept[:-1], kept[-1], action, told)
        # Where the whole of it belongs, not only what the last request says.
        spool.place(kept[-1].id, places_of(kept[-1]._replace(attributes=told)) - places_of(kept[-1]))
        if kept[-1].category == PUPIL:
            spool.kin(kept[-1].id, {placed(link)[0] for link in links_of(told)})
        spool.flush()


def _find_doubles(staged: Staged) -> None:
    """Keys that several records bear. The same record twice is read once; two that disagree keep the first."""
    spool = staged.spool
    marks = "SELECT key FROM record WHERE category {} GROUP BY key{} HAVING COUNT(*) > 1"
    people = marks.format("IN ('Eleve', 'PersEducNat', 'PersRelEleve')", "")
    others = marks.format("NOT IN ('Eleve', 'PersEducNat', 'PersRelEleve')", ", category")
    for (key,) in spool.db.execute(people).fetchall():
        if key:
            _judge(
                list(
                    spool.records(
                        "WHERE r.key = ? AND r.category IN ('Eleve','PersEducNat','PersRelEleve') ORDER BY r.id",
                        [key],
                    )
                ),
                staged,
            )
    for (key,) in spool.db.execute(others).fetchall():
        for category in (STRUCTURE, PROGRAMME, SUBJECT):
            _judge(
                list(spool.records("WHERE r.key = ? AND r.category = ? ORDER BY r.id", [key, category])),
                staged,
            )


def _judge(records: list[Record], staged: Staged) -> None:
    spool, kept = staged.spool, dict[str, Record]()
    for record in records:
        same = kept.get(record.category)
        told = [other for other in kept.values() if record.action == other.action == "add"]
        if same is None and all(agree(record, other) for other in told):
            kept[record.category] = record
        elif same is not None and same.attributes == record.attributes:
            spool.warn(_("Présent deux fois, à l’identique : lu une fois."), record)
            spool.leave_out(record, UNCHANGED)
        else:
            where = {"line": records[0].line, "file": spool.files[records[0].file]}
            spool.quarantine(
                _("La même clé est déjà lue à la ligne %(line)s de %(file)s, avec un autre contenu.") % where,
                record,
            )
    if len(kept) > 1:
        staged.doubles.add(records[0].key)


def agree(one: Record, other: Record) -> bool:
    """May two records of different categories be one human being (a teacher who is a parent)?"""

    def names(record: Record) -> tuple[str, str]:
        attributes = record.attributes
        return fold(first(attributes, "sn", "ENTPersonNomPatro")), fold(first(attributes, "givenName"))

    days = {first(record.attributes, "ENTPersonDateNaissance") for record in (one, other)} - {""}
    return names(one) == names(other) and len(days) < 2


def _date(staged: Staged, today: date) -> None:
    if staged.day is None:
        staged.day = today
    elif (today - staged.day).days > OLD_AFTER_DAYS:
        staged.spool.warn(
            _("La livraison est datée du %(day)s : elle est ancienne.")
            % {"day": staged.day.strftime("%d/%m/%Y")}
        )
    staged.day = min(staged.day, today)
    if len(staged.academies) > 1:
        raise Unreadable(
            staged.spool.files[0],
            None,
            _("Les fichiers viennent de plusieurs académies : livrez-les séparément."),
        )
