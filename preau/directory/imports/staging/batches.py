"""From staged records to facts, one school at a time."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from preau.directory.imports.spool import Record
from preau.directory.imports.staging import codes
from preau.directory.imports.staging.staged import (
    GUARDIAN,
    PEOPLE,
    PROGRAMME,
    PUPIL,
    STAFF,
    STRUCTURE,
    SUBJECT,
    Staged,
    links_of,
    places_of,
)
from preau.directory.imports.staging.values import (
    Attributes,
    Doubt,
    birth_day_of,
    class_line,
    day_of,
    email_of,
    first,
    fitted,
    group_line,
    phone_of,
    placed,
    placed_subject,
)
from preau.directory.rules.facts import (
    Aspect,
    Batch,
    EnrolmentFacts,
    GroupFacts,
    GuardianshipFacts,
    HoldingFacts,
    PersonFacts,
    SchoolFacts,
    TeachingFacts,
)
from preau.directory.words import Kinship, Role
from preau.foundation.dates import capital

NOWHERE = 2_000
PRIORITIES = frozenset("123456789")
UAI = re.compile(r"[0-9]{7}[A-Z]")
# A record of staff says more of a person than the one of a parent.
ORDER = {STAFF: 0, PUPIL: 1, GUARDIAN: 2}
DOUBTS = {
    "version": _("Version non déclarée : le lien de parenté est lu d’après son code."),
    "generation": _("Code de lien d’une autre version que celle déclarée : lu d’après son code."),
    "unread": _("Code de lien d’une autre version que celle déclarée : le lien est mis de côté."),
    "kinship": _("Lien de parenté inconnu : « autre »."),
    "level": _("Niveau de responsabilité inconnu : « personne à contacter »."),
}


class Batches:
    """`subjects` maps codes to labels, `programmes` are the known MEF: of the delivery, and from before."""

    def __init__(self, staged: Staged, subjects: dict[str, str], programmes: set[str]) -> None:
        self.staged, self.spool = staged, staged.spool
        self.subjects, self.programmes = subjects, programmes
        self.new = staged.new
        self.told = {name: self.spool.has(name) for name in (PUPIL, STAFF, STRUCTURE)}
        # The keys of the school being read: its present one, and those that it had before.
        self._here: set[str] = set()
        self._former: dict[str, set[str]] = {}
        # Names of the classes that are there, by key: a delta names those of its own people only.
        self.names: dict[str, str] = {}
        # Names of the classes of a primary school, by kind and key, as most of its people's records say them.
        self._labels: dict[tuple[str, str], str] = {}

    def rename(self, former: dict[str, str]) -> None:
        """Structures that have a new key in this delivery: whoever still names the old one is there too."""
        for old, new in former.items():
            self._former.setdefault(new, set()).add(old)
            self.spool.db.execute("UPDATE place SET school = ? WHERE school = ?", [new, old])

    def know(self, structures: set[str]) -> None:
        """These structures exist, in the delivery or from before; the others are unknown places."""
        db = self.spool.db
        db.execute("CREATE TABLE known (school TEXT PRIMARY KEY)")
        db.executemany("INSERT INTO known VALUES (?)", [(key,) for key in sorted(structures)])

    def structures(self) -> Iterator[tuple[Record, SchoolFacts]]:
        for record in self.spool.of_category(STRUCTURE):
            yield record, self._structure(record)

    def _structure(self, record: Record) -> SchoolFacts:
        attributes = record.attributes
        parts = [
            part.strip() for part in first(attributes, "ENTStructureNomCourant").split("$") if part.strip()
        ]
        if len(parts) > 1 and parts[1].startswith(parts[0]):
            parts.pop(0)
        uai = first(attributes, "ENTStructureUAI", "ENTEtablissementUAI").upper()
        if not UAI.fullmatch(uai) and (uai or record.action == "add"):
            self.spool.warn(_("UAI d’une forme inhabituelle."), record, school=record.key)
        # A name that is only the UAI says nothing: the school keeps the one it has.
        told_name = "" if parts == [uai] else " ".join(parts)
        name = fitted(told_name, 160, partial(self.spool.warn, record=record, school=record.key))
        type_ = first(attributes, "ENTStructureTypeStruct")
        kind = codes.kind_of_school(type_) if type_ else ""
        phone = first(attributes, "telephoneNumber")[:30]
        return SchoolFacts(
            record.key, uai, name, kind, phone, first(attributes, "ENTServAcAcademie"), record.id
        )

    def warn_unknown_places(self) -> None:
        """People who name a structure that nobody knows: they are kept, without that place."""
        lost = self.spool.records(
            "JOIN place p ON p.record = r.id WHERE p.school NOT IN (SELECT school FROM known) ORDER BY r.id"
        )
        for record in lost:
            self.spool.warn(
                _("Établissement inconnu : la personne est gardée, sans cet établissement."), record
            )

    # Batches

    def of_school(self, facts: SchoolFacts) -> Batch:
        here = "JOIN place p ON p.record = r.id WHERE p.school = ? AND r.category <> 'double' ORDER BY r.id"
        self._here = {facts.key} | self._former.get(facts.key, set())
        # A school that others only mention is not told whole: nobody has left it.
        is_whole = not self.staged.is_delta and not self.staged.refused
        whole = is_whole and (facts.record > 0 or not self.told[STRUCTURE])
        batch = Batch(facts, pupils_told=whole and self.told[PUPIL], staff_told=whole and self.told[STAFF])
        self._groups_of(facts, batch)
        records = list(self.spool.records(here, [facts.key]))
        self._name_first_degree(records, facts.key)
        self._fill(batch, records, facts.key)
        families = (
            "JOIN kin k ON k.guardian = r.key JOIN place p ON p.record = k.record "
            "WHERE p.school = ? AND r.category <> 'double' ORDER BY r.id"
        )
        self._fill(batch, list(self.spool.records(families, [facts.key])), facts.key)
        return batch

    def nowhere(self) -> Iterator[Batch]:
        """Those that no known school holds, a few at a time: first pupils and staff, then guardians left over."""
        unplaced = (
            "WHERE r.category IN ('Eleve', 'PersEducNat') AND NOT EXISTS "
            "(SELECT 1 FROM place p JOIN known ON known.school = p.school WHERE p.record = r.id) ORDER BY r.id"
        )
        left = "WHERE r.category = 'PersRelEleve' ORDER BY r.id"
        for query in (unplaced, left):
            batch, waiting = Batch(None), list[Record]()
            for record in self.spool.records(query):
                if query is unplaced or not self.spool.outcomes[record.id]:
                    waiting.append(record)
                if len(waiting) >= NOWHERE:
                    yield self._unplaced(batch, waiting)
                    batch, waiting = Batch(None), []
            if waiting:
                yield self._unplaced(batch, waiting)

    def _unplaced(self, batch: Batch, records: list[Record]) -> Batch:
        self._fill(batch, records, "")
        guardians = {
            self._own(placed(link)[0])
            for record in records
            if record.category == PUPIL
            for link in links_of(record.attributes)
        }
        found: list[Record] = []
        for key in sorted(guardians - set(batch.people)):
            found += self.spool.records(
                "WHERE r.key = ? AND r.category IN ('Eleve','PersEducNat','PersRelEleve')", [key]
            )
        self._fill(batch, found, "")
        return batch

    def _fill(self, batch: Batch, records: list[Record], school: str) -> None:
        twice = {record.key for record in records} & self.staged.doubles
        for key in sorted(twice):
            records += self.spool.records(
                "WHERE r.key = ? AND r.category IN ('Eleve','PersEducNat','PersRelEleve')", [key]
            )
        seen = {number for person in batch.people.values() for number in person.records}
        for record in sorted(records, key=lambda record: (ORDER.get(record.category, 9), record.id)):
            if record.category in PEOPLE and record.id not in seen:
                seen.add(record.id)
                self._person(batch, record, school)
                batch.aspects.setdefault(record.key, set()).update(_aspects_of(record))
                if record.action == "delete":
                    batch.gone |= {record.key} if record.category == GUARDIAN else set()
                elif record.category == PUPIL:
                    self._pupil(batch, record, school)
                elif record.category == STAFF:
                    self._staff(batch, record, school)

    # People

    def _person(self, batch: Batch, record: Record, school: str) -> None:
        known = batch.people.get(record.key)
        facts = self._person_facts(record, school)
        if known is None:
            batch.people[record.key] = facts
            return
        known.records += facts.records
        for name in ("civility", "birth_date", "email", "phone", "ine", "civil_given_names"):
            if not getattr(known, name):
                setattr(known, name, getattr(facts, name))

    def _person_facts(self, record: Record, school: str) -> PersonFacts:
        attributes, whole = record.attributes, record.action == "add"
        doubt = partial(self.spool.warn, record=record, school=school)
        birth_name = fitted(first(attributes, "ENTPersonNomPatro"), 120, doubt)
        given = fitted(first(attributes, "givenName"), 80, doubt)
        civility = codes.civility_of(first(attributes, "personalTitle"))
        institution = record.category == GUARDIAN and not given and not civility
        if whole and not first(attributes, "sn"):
            doubt(_("Sans nom d’usage : le nom de naissance est repris."))
        if whole and not given and record.category != GUARDIAN:
            doubt(_("Sans prénom."))
        born = birth_day_of(first(attributes, "ENTPersonDateNaissance"), doubt)
        silent = born is None and not first(attributes, "ENTPersonDateNaissance")
        if whole and silent and record.category != GUARDIAN:
            doubt(_("Sans date de naissance."))
        return PersonFacts(
            key=record.key,
            records=[record.id],
            family_name=fitted(first(attributes, "sn"), 120, doubt) or birth_name,
            given_name=given,
            birth_name=birth_name,
            civil_given_names=" ".join(attributes.get("ENTPersonAutresPrenoms", ()))[:200],
            civility=civility,
            birth_date=born,
            email=email_of(first(attributes, "mail"), doubt),
            phone=phone_of(attributes),
            is_institution=institution if whole else None,
            ine=first(attributes, "ENTEleveINE")[:20],
            holds_trust=self._holds_trust(record),
        )

    def _holds_trust(self, record: Record) -> bool:
        functions = [value.split("$") for value in record.attributes.get("ENTPersonFonctions", ())]
        return len({parts[0] for parts in functions}) > 1 or any(
            len(parts) > 1 and parts[1].strip() in codes.OF_TRUST for parts in functions
        )

    # Pupils

    def _pupil(self, batch: Batch, record: Record, school: str) -> None:
        self._links(batch, record, school)
        attributes = record.attributes
        # A change that does not say where somebody is speaks of where they are.
        stays = record.action == "modify" and "ENTPersonStructRattach" not in attributes
        if not school or (not stays and self._here.isdisjoint(places_of(record))):
            return
        doubt = partial(self.spool.warn, record=record, school=school)
        programme = first(attributes, "ENTEleveMEF")[:20]
        if programme and self.programmes and programme not in self.programmes:
            doubt(_("Formation (MEF) inconnue : gardée telle quelle."))
        # The first degree has no MEF: the code of the level (MEFSTAT4) says which year of which cycle.
        programme = programme or first(attributes, "ENTEleveNiveau").partition("$")[0].strip()[:20]
        leaves = None
        if stays or first(attributes, "ENTPersonStructRattach") in self._here:
            leaves = day_of(first(attributes, "ENTEleveDateSortieStructRattach"), doubt)
        if Aspect.PUPIL in batch.aspects[record.key]:
            has_end = record.action == "add" or "ENTEleveDateSortieStructRattach" in attributes
            batch.holdings.append(
                HoldingFacts(record.key, Role.PUPIL, "", programme, leaves, ends_told=has_end)
            )
        level, before = self._level_of(attributes), len(batch.enrolments)
        for kind, name in (("class", "ENTEleveClasses"), ("group", "ENTEleveGroupes")):
            for value in attributes.get(name, ()):
                self._enrol(batch, record, kind, value, school, level)
        self._enrol_first_degree(batch, record, school, level)
        for enrolment in batch.enrolments[before:] if leaves else ():
            enrolment.ends = min(enrolment.ends or leaves, leaves)

    def _level_of(self, attributes: Attributes) -> str:
        """CM1 from `1124$CM1` (first degree); in the second degree the school's record tells the level of a class."""
        return first(attributes, "ENTEleveNiveau").rpartition("$")[2][:20]

    def _enrol(self, batch: Batch, record: Record, kind: str, value: str, school: str, level: str) -> None:
        place, label = placed(value)
        doubt = partial(self.spool.warn, record=record, school=school)
        if place not in self._here or not label:
            if not place or not label:
                doubt(_("Classe ou groupe sans établissement : ignoré."))
            return
        self._group(batch, record, kind, label, school)
        starts, ends = (
            self._class_day(record, name, school, label)
            for name in ("ENTEleveDateEntreeClasses", "ENTEleveDateSortieClasses")
        )
        if ends and starts and ends < starts:
            doubt(_("Date de sortie avant la date d’entrée : ignorée."))
            ends = None
        batch.enrolments.append(EnrolmentFacts(record.key, kind, label[:60], starts, ends))

    def _class_day(self, record: Record, name: str, school: str, label: str) -> date | None:
        for value in record.attributes.get(name, ()):
            place, day, of = [*value.split("$", 2), "", ""][:3]
            if place in self._here and of.strip() == label:
                return day_of(day, partial(self.spool.warn, record=record, school=school))
        return None

    def _enrol_first_degree(self, batch: Batch, record: Record, school: str, level: str) -> None:
        """The label is not unique in a school, the id is."""
        for kind, key, name in self._first_degree_values(record):
            label = self._first_degree_group(batch, kind, key, name, level)
            starts = self._class_day(record, "ENTEleveDateEntreeClasses", school, key)
            ends = self._class_day(record, "ENTEleveDateSortieClasses", school, key)
            batch.enrolments.append(EnrolmentFacts(record.key, kind, label, starts, ends))

    def _name_first_degree(self, records: list[Record], school: str) -> None:
        """Each class has one name: the id is the key, and where records disagree on its label the most common one wins."""
        counts_by_class: dict[tuple[str, str], Counter[str]] = {}
        for record in records:
            for kind, key, label in self._first_degree_values(record):
                counts_by_class.setdefault((kind, key), Counter())[label] += 1
        self._labels = {}
        for (kind, key), labels in sorted(counts_by_class.items()):
            label = labels.most_common(1)[0][0]
            taken = {name for (of, _key), name in self._labels.items() if of == kind}
            self._labels[kind, key] = f"{label[:35]} ({key[-20:]})" if label in taken else label
        for record in records:
            for kind, key, label in self._first_degree_values(record):
                if label != counts_by_class[kind, key].most_common(1)[0][0]:
                    self.spool.warn(
                        _("Une classe a ici un autre libellé qu’ailleurs : le plus courant est gardé."),
                        record,
                        school=school,
                    )

    def _first_degree_values(self, record: Record) -> Iterator[tuple[str, str, str]]:
        """(class or group, id, label) of each `structure$11$ORDINAIRE$id$label` of this school."""
        for kind, name in (("class", "ENTPersonClasses"), ("group", "ENTPersonGroupes")):
            for value in record.attributes.get(name, ()):
                parts = value.split("$", 4)
                if len(parts) == 5 and parts[0] in self._here:
                    yield kind, parts[3], parts[4].strip()[:50]

    def _first_degree_group(self, batch: Batch, kind: str, key: str, label: str, level: str) -> str:
        label = self.names.get(key) or self._labels.get((kind, key)) or label
        known = batch.groups.get((kind, label))
        if known is not None and known.key != key:
            label = f"{label[:35]} ({key[-20:]})"
            known = batch.groups.get((kind, label))
        if known is None:
            batch.groups[kind, label] = GroupFacts(kind, label, key, level)
        elif level and level not in known.level.split("-"):
            known.level = "-".join(filter(None, [known.level, level]))[:20]
        return label

    def _links(self, batch: Batch, record: Record, school: str) -> None:
        if not {"ENTElevePersRelEleve", "ENTEleveAutoriteParentale"} & set(record.attributes):
            return
        batch.linked.add(record.key)
        home = set(map(self._own, record.attributes.get("ENTEleveAdresseRel", ())))
        first_degree = "ENTElevePersRelEleve" not in record.attributes
        doubt = partial(self.spool.warn, record=record, school=school)
        seen: set[str] = set()
        # Some files say a guardian once alone and once in full: the full link says what the other leaves out.
        for value in sorted(links_of(record.attributes), key=lambda link: "$" not in link):
            parts = [part.strip() for part in value.split("$")]
            parts[0] = self._own(parts[0])
            if parts[0] in seen or not parts[0]:
                doubt(_("Même responsable deux fois : le premier lien est gardé."))
                continue
            seen.add(parts[0])
            link = self._link(record.key, parts, home, doubt, first_degree=first_degree)
            if link.guardian == record.key and link.kinship != Kinship.SELF:
                doubt(_("Un élève est donné comme son propre parent : le lien n’est pas repris."))
                continue
            batch.guardianships.append(link)

    def _own(self, guardian: str) -> str:
        """The key of whom a pupil names: not always the number that the file gives."""
        return self.staged.parted.get(guardian, guardian)

    def _link(
        self, pupil: str, parts: list[str], home: set[str], doubt: Doubt, *, first_degree: bool
    ) -> GuardianshipFacts:
        """The first degree lists those who hold parental authority, and nothing more."""
        guardian, kinship, pays, level, contact, aid = [*parts, "", "", "", "", ""][:6]
        new = True if first_degree else self.new
        meaning = codes.meaning_of(kinship, "1" if first_degree else level, new=new)
        # A code of the old table under the new version: father or mother, nobody knows which was meant.
        unread = meaning.doubt == "generation" and new is True
        if meaning.doubt:
            doubt(DOUBTS["unread" if unread else meaning.doubt])
        return GuardianshipFacts(
            pupil=pupil,
            guardian=guardian,
            authority=meaning.authority,
            kinship=meaning.kinship,
            # The State's files say « 1 » or « 0 »; a school's own table, in which order.
            contact_priority=int(contact) if contact in PRIORITIES else None,
            pays=None if first_degree else pays == "1",
            lives_with=True if guardian in home else None,
            receives_aid=aid == "1" if aid else None,
            unread=unread,
        )

    # Staff

    def _staff(self, batch: Batch, record: Record, school: str) -> None:
        attributes = record.attributes
        stays = record.action == "modify" and not attributes.keys() & {
            "ENTPersonStructRattach",
            "ENTPersonFonctions",
        }
        if not school or (not stays and self._here.isdisjoint(places_of(record))):
            return
        roles = [
            self._role(record, value.split("$"), school) for value in attributes.get("ENTPersonFonctions", ())
        ]
        held = {(role.role, role.title): role for role in roles if role}
        if not roles and first(attributes, "ENTPersonStructRattach") in self._here:
            held = {(Role.OTHER, ""): HoldingFacts(record.key, Role.OTHER)}
        batch.holdings += held.values()
        self._teachings(batch, record, school)

    def _role(self, record: Record, parts: list[str], school: str) -> HoldingFacts | None:
        place, code, label, discipline, subject = [*(part.strip() for part in parts), "", "", "", ""][:5]
        if place not in self._here or code in codes.NO_FUNCTION:
            return None
        role = codes.FUNCTIONS.get(code)
        if discipline == codes.DIRECTION_OF_A_PRIMARY_SCHOOL:
            role = Role.HEAD
        if role is None:
            role = Role.OTHER
            if code not in codes.OTHER_FUNCTIONS:
                self.spool.warn(_("Fonction inconnue : « autre personnel »."), record, school=school)
        title = (
            label
            if discipline in codes.NO_FUNCTION or discipline == codes.DIRECTION_OF_A_PRIMARY_SCHOOL
            else subject
        )
        if subject in {"SANS SPECIALITE", "SANS OBJET"}:
            title = ""
        return HoldingFacts(record.key, role, codes.written(title)[:80])

    def _teachings(self, batch: Batch, record: Record, school: str) -> None:
        attributes = record.attributes
        for kind, plain, with_subject in (
            ("class", "ENTAuxEnsClasses", "ENTAuxEnsClassesMatieres"),
            ("group", "ENTAuxEnsGroupes", "ENTAuxEnsGroupesMatieres"),
        ):
            taught = [placed_subject(value) for value in attributes.get(with_subject, ())]
            named = {label for place, label, code in taught if place in self._here}
            for place, label, code in taught:
                if place in self._here and label and code:
                    self._teach(batch, record, kind, label, code, school)
            # A change of the classes alone does not say the subject: the list with subjects follows, or nothing new.
            silent = record.action == "modify" and with_subject not in attributes
            for place, label in () if silent else (placed(value) for value in attributes.get(plain, ())):
                if place in self._here and label and label not in named:
                    self._teach(batch, record, kind, label, self._discipline(record, school), school)
        for place, label in (placed(value) for value in attributes.get("ENTAuxEnsClassesPrincipal", ())):
            if place in self._here and label:
                self._group(batch, record, "class", label, school)
                batch.teachings.append(TeachingFacts(record.key, "class", label[:60]))
        self._teach_first_degree(batch, record, school)

    def _teach_first_degree(self, batch: Batch, record: Record, school: str) -> None:
        for kind, key, name in self._first_degree_values(record):
            if kind == "class":
                label = self._first_degree_group(batch, "class", key, name, "")
                batch.subjects.setdefault("POLYVALENT", _("Enseignements de la classe"))
                batch.teachings.append(TeachingFacts(record.key, "class", label, "POLYVALENT"))
                batch.teachings.append(TeachingFacts(record.key, "class", label))

    def _teach(self, batch: Batch, record: Record, kind: str, label: str, code: str, school: str) -> None:
        self._group(batch, record, kind, label, school)
        if code not in batch.subjects:
            name = self.subjects.get(code)
            if name is None:
                self.spool.warn(_("Matière inconnue : gardée sous son code."), record, school=school)
            batch.subjects[code] = capital(codes.written(name or code))
        batch.teachings.append(TeachingFacts(record.key, kind, label[:60], code[:20]))

    def _discipline(self, record: Record, school: str) -> str:
        """The discipline of the teacher's function stands for a subject that the file does not name."""
        for value in record.attributes.get("ENTPersonFonctions", ()):
            place, _code, _label, discipline, name = [*value.split("$"), "", "", "", ""][:5]
            if place in self._here and discipline.strip() not in codes.NO_FUNCTION:
                self.subjects.setdefault(discipline, name)
                return discipline
        return "SANS"

    # Groups

    def _groups_of(self, facts: SchoolFacts, batch: Batch) -> None:
        """Classes and groups that the school's own record lists."""
        for record in self.spool.records("WHERE r.key = ? AND r.category = 'EtabEducNat'", [facts.key]):
            batch.groups_told = record.action == "add" or "ENTStructureClasses" in record.attributes
            # A format whose classes have keys of their own says them as `key$kind label`.
            keys = {named: key for key, named in map(placed, record.attributes.get("ENTStructureCles", ()))}
            for value in record.attributes.get("ENTStructureClasses", ()):
                label, level = class_line(value)
                if label:
                    batch.groups["class", label[:60]] = GroupFacts(
                        "class", label[:60], keys.get(f"class {label}") or f"{facts.key}${label}", level[:20]
                    )
            for value in record.attributes.get("ENTStructureGroupes", ()):
                label, drawn = group_line(value)
                if label:
                    classes = frozenset(name[:60] for name in drawn)
                    batch.groups["group", label[:60]] = GroupFacts(
                        "group", label[:60], keys.get(f"group {label}") or f"{facts.key}${label}", "", classes
                    )

    def _group(self, batch: Batch, record: Record, kind: str, label: str, school: str) -> None:
        """A class that only a person's record names is opened all the same."""
        if (kind, label[:60]) in batch.groups:
            return
        batch.groups[kind, label[:60]] = GroupFacts(kind, label[:60], f"{school}${label}")
        if batch.groups_told:
            self.spool.warn(
                _("Classe ou groupe que l’établissement ne liste pas : ouvert."), record, school=school
            )


# What tells each aspect in a change of a part of a record.
TOLD_BY = {
    PUPIL: {
        Aspect.PUPIL: {
            "ENTPersonStructRattach",
            "ENTEleveDateSortieStructRattach",
            "ENTEleveMEF",
            "ENTEleveNiveau",
        },
        Aspect.CLASS: {"ENTEleveClasses", "ENTPersonClasses"},
        Aspect.GROUP: {"ENTEleveGroupes", "ENTPersonGroupes"},
    },
    STAFF: {
        Aspect.STAFF: {"ENTPersonFonctions", "ENTPersonStructRattach"},
        Aspect.TEACHES_CLASS: {"ENTAuxEnsClassesMatieres", "ENTPersonClasses"},
        Aspect.TEACHES_GROUP: {"ENTAuxEnsGroupesMatieres"},
        Aspect.HEAD_TEACHER: {"ENTAuxEnsClassesPrincipal", "ENTPersonClasses"},
    },
}


def _aspects_of(record: Record) -> set[str]:
    """What a record tells wholly: all that its category may, or what a change lists."""
    found = TOLD_BY.get(record.category, {})
    return {name for name, by in found.items() if record.is_whole or by & record.attributes.keys()}


def official_codes(staged: Staged, category: str) -> dict[str, tuple[str | None, ...]]:
    """code → (label, national code, statistical code) of the MEF or matières of a delivery; None: a change is silent."""
    found = {}
    for record in staged.spool.of_category(category):
        parts = [
            first(record.attributes, *names)[:longest]
            if record.action == "add" or record.attributes.keys() & set(names)
            else None
            for names, longest in CODE_PARTS
        ]
        found[record.key[:20]] = tuple(parts)
    return found


CODE_PARTS = (
    (("ENTLibelleMef", "ENTLibelleMatiere"), 160),
    (("ENTMEFRattach", "ENTMatiereRattach"), 20),
    (("ENTMEFSTAT11",), 20),
)
CODE_CATEGORIES = ((PROGRAMME, "mef"), (SUBJECT, "matiere"))
