"""Records into the spool, in the words of the AAF: each under its key, in its schools; what cannot be kept in quarantine."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from preau.directory.imports.records import Raw
from preau.directory.imports.spool import UNCHANGED, Record, Spool
from preau.directory.imports.staging.values import Attributes, first, placed
from preau.directory.models import Person
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
    `is_dated`: the files say their day. Where they do not, `below` of `levelled` pupils are told of a lower level than theirs.
    `spared`: keys of people who have not left, although no record bears them: one in quarantine may be theirs.
    `same`: new keys of people whom the format itself has recognised, and who they are.
    `goes_on`: a file that cannot be trusted is left aside, told in `refused`, and the others are read.
    `shared`: a pupil and a guardian whom one number means; `parted`: numbers of guardians, and the keys that stand for them.
    """

    def __init__(self, *, goes_on: bool = False) -> None:
        self.goes_on, self.refused = goes_on, list[Unreadable]()
        self.spool = Spool()
        self.versions: set[str] = set()
        self.academies: set[str] = set()
        self.day: date | None = None
        self.is_dated, self.below, self.levelled = False, 0, 0
        self.doubles: set[str] = set()
        self.new: bool | None = None
        self.is_delta = False
        self.spared: set[str] = set()
        self.same: dict[str, int] = {}
        self.shared: list[tuple[Record, Record]] = []
        self.parted: dict[str, str] = {}

    def open(self, name: str) -> int:
        """A file begins; returns its number."""
        self.spool.files.append(name)
        return len(self.spool.files) - 1

    def leave(self, refusal: Unreadable, first: int) -> None:
        """A file, whose records begin at this number, cannot be trusted. Raises it, unless the others go on."""
        if not self.goes_on:
            raise refusal
        self.spool.cut(first)
        self.refused.append(refusal)

    def take(self, raw: Raw, file: int | None = None) -> None:
        """Stage one record, and put in quarantine what has no category, no key or no name."""
        _take(raw, self.spool, file)

    def part(self, these: Iterable[tuple[str, str]]) -> None:
        """(category, number): a number that somebody of another category bears too. From now on these have keys of their own."""
        owned = [(category, key, own_key(category, key)) for category, key in these]
        if owned:
            self.spool.rekey(owned, GUARDIAN)
            self.parted = {key: own for category, key, own in owned if category == GUARDIAN}

    def set_aside(self, raw: Raw, file: int, reason: str, school: str = "") -> None:
        """Stage one record in quarantine, for a reason that only its own format can see."""
        number = self.spool.add(raw.category, raw.id, raw.line, raw.attributes, raw.action, file)
        record = Record(number, raw.category, raw.id, file, raw.line, raw.attributes, raw.action)
        self.spool.quarantine(reason, record, school=school)


def own_key(category: str, key: str) -> str:
    """The key of whoever bears a number that is already somebody else's."""
    return f"{category}:{key}"


Tell = Callable[[str], None]
# Reads files into what is staged, telling the name of each as it opens it.
Read = Callable[[Iterable[Path], Staged, Tell], None]


def stage(paths: Iterable[Path], today: date, tell: Tell, read: Read, *, goes_on: bool = False) -> Staged:
    """Read every file. Raises Unreadable at the first that cannot be trusted, or if none can; the spool is then gone."""
    staged = Staged(goes_on=goes_on)
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
    jointure = first(attributes, *JOINTURES)
    key = raw.id or jointure
    place = len(spool.files) - 1 if file is None else file
    number = spool.add(category, key, raw.line, attributes, raw.action, place)
    record = Record(number, category, key, place, raw.line, attributes, raw.action)
    reason = _why_not(record, jointure)
    if reason:
        # It belongs nowhere, but the school that it names is told.
        spool.quarantine(reason, record, school=min(places_of(record), default=""))
        return
    spool.place(number, places_of(record))
    if category == PUPIL:
        spool.kin(number, {placed(link)[0] for link in links_of(attributes)})


def _why_not(record: Record, jointure: str) -> str:
    if record.category not in CATEGORIES.values():
        return _("Catégorie inconnue.")
    if not record.key:
        return _("Sans clé (jointure).")
    if jointure and jointure != record.key:
        return _("Deux clés différentes : l’identifiant et la jointure ne sont pas les mêmes.")
    if len(record.key) > 60:
        return _("Clé de plus de 60 caractères.")
    return _why_not_named(record) if record.action == "add" else ""


def _why_not_named(record: Record) -> str:
    attributes = record.attributes
    if record.category == STRUCTURE:
        return _why_not_structure(attributes)
    if record.category in PEOPLE:
        return "" if first(attributes, "sn", "ENTPersonNomPatro") else _("Sans nom.")
    return "" if first(attributes, "ENTLibelleMef", "ENTLibelleMatiere") else _("Sans libellé.")


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
    action, attributes, kept = "", dict[str, list[str]](), list[Record]()
    for record in records:
        if record.action == "modify" and action == "delete":
            spool.quarantine(_("Modification de ce que la même livraison supprime."), record)
            continue
        if record.action == "modify":
            action, attributes = action or "modify", attributes | record.attributes
        else:
            action, attributes = record.action, record.attributes
        kept.append(record)
    if len(kept) > 1:
        spool.fold(kept[:-1], kept[-1], action, attributes)
        # Where the whole of it belongs, not only what the last request says.
        spool.place(kept[-1].id, places_of(kept[-1]._replace(attributes=attributes)) - places_of(kept[-1]))
        if kept[-1].category == PUPIL:
            spool.kin(kept[-1].id, {placed(link)[0] for link in links_of(attributes)})
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
    spool, kept, apart = staged.spool, dict[str, Record](), dict[str, Record]()
    for record in records:
        same = kept.get(record.category) or apart.get(record.category)
        others = [other for other in kept.values() if record.action == other.action == "add"]
        if same is None and all(agree(record, other) for other in others):
            kept[record.category] = record
        elif same is None and {record.category, *kept} == {PUPIL, GUARDIAN}:
            # Two lists of numbers that overlap: two people, each in their own category.
            apart[record.category] = record
            both = kept | apart
            staged.shared.append((both[PUPIL], both[GUARDIAN]))
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
    days = {first(record.attributes, "ENTPersonDateNaissance") for record in (one, other)} - {""}
    return _names(one) == _names(other) and len(days) < 2


def are_names_of(record: Record, person: Person) -> bool:
    return _names(record) == (fold(person.family_name), fold(person.given_name))


def _names(record: Record) -> tuple[str, str]:
    attributes = record.attributes
    return fold(first(attributes, "sn", "ENTPersonNomPatro")), fold(first(attributes, "givenName"))


def _date(staged: Staged, today: date) -> None:
    staged.is_dated = staged.day is not None
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
