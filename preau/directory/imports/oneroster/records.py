"""What the tables say, as records in the names of the AAF."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from preau.directory.imports.oneroster import words
from preau.directory.imports.oneroster.tables import Tables
from preau.directory.imports.records import Raw
from preau.directory.imports.staging.staged import GUARDIAN, PUPIL, STRUCTURE, SUBJECT
from preau.directory.imports.staging.staged import STAFF as STAFF_RECORD
from preau.directory.models import School

HOMEROOM = "homeroom"
LONGEST_LABEL = 60
Attributes = dict[str, list[str]]


class Records:
    """Stages everything. `certified`: parents and guardians of these files hold parental authority."""

    def __init__(self, tables: Tables, today: date, system: str, *, certified: bool) -> None:
        self.tables, self.staged = tables, tables.staged
        self.day, self.today, self.system, self.certified = today, f"{today:%Y-%m-%d}", system, certified
        self.schools: set[str] = set()

    def stage(self) -> None:
        self.schools = {
            row["id"] for row in self.tables.all("SELECT id FROM orgs WHERE type IN ('school', '')")
        }
        self.label_classes()
        self._stage_schools()
        self._stage_courses()
        self.warn_lost_enrolments()
        for row in self.tables.db.execute("SELECT * FROM users ORDER BY n"):
            self.stage_user(row)

    def take(
        self, category: str, row: sqlite3.Row, attributes: Attributes, key: str = "", action: str = "add"
    ) -> None:
        """Stage a record. An empty text is silence; an empty list is told."""
        known = {name: values for name, values in attributes.items() if values != [""]}
        self.staged.take(Raw(category, key or row["id"], row["line"], known, action), row["file"])

    # Classes

    def label_classes(self) -> None:
        """The label of each class, which is its own in its school: namesakes take their code, or the end of their key."""
        seen: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
        for row in self.tables.all("SELECT * FROM classes WHERE gone = 0 ORDER BY n"):
            kind = "class" if row["type"].lower() == HOMEROOM else "group"
            title = self.one_part(row, row["title"] or row["code"] or row["id"])
            place = (row["school"], kind, title.casefold())
            seen.setdefault(place, []).append(
                (row["id"], title, self.one_part(row, row["code"]) or row["id"][-8:])
            )
            values = [row["id"], kind, title[:LONGEST_LABEL].strip(), row["school"], row["course"]]
            self.tables.db.execute("INSERT OR IGNORE INTO labels VALUES (?,?,?,?,?)", values)
        for namesakes in seen.values():
            for key, title, code in namesakes if len(namesakes) > 1 else ():
                label = f"{title[: LONGEST_LABEL - len(code[:20]) - 3]} ({code[:20]})"
                self.tables.db.execute("UPDATE labels SET label = ? WHERE id = ?", [label, key])

    def one_part(self, row: sqlite3.Row, text: str) -> str:
        """A label without « $ », which separates the parts of a value."""
        if "$" in text:
            reason = _("Un libellé contient le signe « $ » : il est remplacé par un tiret.")
            self.tables.doubt(reason, row["file"], row["line"], row["id"])
        return text.replace("$", "-")

    # Schools and subjects

    def _stage_schools(self) -> None:
        orgs = [
            row
            for row in self.tables.all("SELECT * FROM orgs ORDER BY n")
            if row["id"] in self.schools or not row["id"]
        ]
        uais = [row["uai"].upper() for row in orgs]
        kinds = dict(School.objects.filter(uai__in=uais).values_list("uai", "kind"))
        for row in orgs:
            self.take_school(row, kinds.get(row["uai"].upper(), ""))

    def take_school(self, row: sqlite3.Row, kind: str = "", action: str = "add") -> None:
        """The format does not say what kind of school it is: its name may, and a school that is here knows."""
        attributes: Attributes = {
            "ENTStructureUAI": [row["uai"].upper()],
            "ENTStructureNomCourant": [row["name"].replace("$", "-")],
            "ENTServAcCodeAcademie": [self.system],
        }
        attributes |= {"ENTStructureTypeStruct": [kind or row["name"]]} if action == "add" else {}
        self.take(STRUCTURE, row, attributes | self.classes_in(row["id"]), action=action)

    def classes_in(self, school: str) -> Attributes:
        """The classes and groups of a school, and their keys as `key$kind label`."""
        attributes: Attributes = {
            "ENTStructureClasses": [],
            "ENTStructureGroupes": [],
            "ENTStructureCles": [],
        }
        for row in self.tables.all(
            "SELECT l.*, c.grades FROM labels l LEFT JOIN classes c ON c.id = l.id WHERE l.school = ? ORDER BY c.n",
            school,
        ):
            level = next(iter(words.listed((row["grades"] or "").replace("$", "-"))), "")
            if row["kind"] == "class":
                attributes["ENTStructureClasses"].append(f"{row['label']}${level}")
            else:
                attributes["ENTStructureGroupes"].append(f"{row['label']}$$")
            attributes["ENTStructureCles"].append(f"{row['id']}${row['kind']} {row['label']}")
        return attributes

    def _stage_courses(self) -> None:
        for row in self.tables.all("SELECT * FROM courses ORDER BY n"):
            if row["id"]:
                self.take(SUBJECT, row, {"ENTLibelleMatiere": [row["title"]]}, words.code_of(row["id"]))

    def warn_lost_enrolments(self) -> None:
        """Enrolments of nobody, or in no class, of the delivery."""
        self.lost("users", "user", _("Inscription de quelqu’un qui n’est pas dans la livraison : ignorée."))
        self.lost(
            "labels", "class", _("Inscription dans une classe qui n’est pas dans la livraison : ignorée.")
        )

    def lost(self, known: str, column: str, reason: str) -> None:
        lost = self.tables.db.execute(
            f'SELECT file, line, id FROM enrollments WHERE gone = 0 AND "{column}" NOT IN (SELECT id FROM {known})'  # nosec B608  # noqa: S608 - our names
        )
        for row in lost:
            self.tables.doubt(reason, row["file"], row["line"], row["id"])

    # People

    def stage_user(self, row: sqlite3.Row) -> None:
        roles = self.roles_of(row["id"])
        if roles is None:
            self.staged.set_aside(
                Raw(GUARDIAN, row["id"], row["line"], {}), row["file"], _("Sans rôle, ou d’un rôle inconnu.")
            )
            return
        identity = self.identity(row)
        staff = {role: schools for role, schools in roles.items() if role in words.STAFF}
        if words.STUDENT in roles:
            self.take(PUPIL, row, identity | self._pupil(row, roles[words.STUDENT]))
        if staff:
            self.take(STAFF_RECORD, row, identity | self.functions_of(staff) | self.teachings_of(row["id"]))
        if words.FAMILY.keys() & roles.keys() and words.STUDENT not in roles:
            self.take(GUARDIAN, row, identity)

    def roles_of(self, user: str) -> dict[str, list[str]] | None:
        """Role → schools, of the roles that have not ended; None for somebody of whom no known role is told."""
        found: dict[str, list[str]] = {}
        has_roles = False
        for row in self.tables.all("SELECT role, org, ends FROM roles WHERE user = ? AND gone = 0", user):
            role = row["role"].lower()
            if role in words.STAFF or role in words.FAMILY or role == words.STUDENT:
                has_roles = True
                if not row["ends"] or row["ends"] >= self.today:
                    found.setdefault(role, []).extend([row["org"]] if row["org"] in self.schools else [])
        return found if has_roles else None

    def identity(self, row: sqlite3.Row) -> Attributes:
        born = self.tables.all("SELECT born FROM demographics WHERE id = ? AND gone = 0 LIMIT 1", row["id"])
        return {
            "sn": [row["usage_family"] or row["family"]],
            "ENTPersonNomPatro": [row["family"]],
            "givenName": [row["usage_given"] or row["given"]],
            "ENTPersonDateNaissance": [words.day_written(born[0]["born"])] if born else [""],
            "mail": [row["email"]],
            "mobile": [row["sms"]],
            "homePhone": [row["phone"]],
        }

    def _pupil(self, row: sqlite3.Row, schools: list[str]) -> Attributes:
        attributes: Attributes = {
            "ENTPersonStructRattach": schools,
            "ENTEleveINE": [words.ine_of(row["identifier"])],
            "ENTElevePersRelEleve": list(self.links_of(row["id"])),
        }
        return attributes | self.classes_of(row["id"])

    def classes_of(self, user: str) -> Attributes:
        """Classes and groups of a pupil; of two enrolments in one class, that which goes on counts."""
        attributes: Attributes = {"ENTEleveClasses": [], "ENTEleveGroupes": []}
        dates: Attributes = {"ENTEleveDateEntreeClasses": [], "ENTEleveDateSortieClasses": []}
        last = {
            (enrolment["school"], enrolment["label"]): enrolment
            for enrolment in self._enrolments(user, words.STUDENT)
        }
        for (school, label), one in last.items():
            attributes["ENTEleveClasses" if one["kind"] == "class" else "ENTEleveGroupes"].append(
                f"{school}${label}"
            )
            for name, day in zip(dates, (one["begins"], one["ends"]), strict=True):
                if day:
                    dates[name].append(f"{school}${words.day_written(day)}${label}")
        return attributes | dates

    def _enrolments(self, user: str, role: str) -> Iterator[sqlite3.Row]:
        return iter(
            self.tables.all(
                'SELECT e.*, l.kind, l.label, l.school, l.course FROM enrollments e JOIN labels l ON l.id = e."class"'
                " WHERE e.user = ? AND e.gone = 0 AND lower(e.role) = ? ORDER BY e.ends = '', e.ends, e.n",
                user,
                role,
            )
        )

    def links_of(self, pupil: str) -> Iterator[str]:
        """`adult$kinship$0$level$0$0`: the format says who somebody is to a pupil, never with which authority."""
        adults = self.tables.all("SELECT DISTINCT adult FROM kin WHERE pupil = ? ORDER BY adult", pupil)
        for adult in (adult["adult"] for adult in adults):
            roles = self.roles_of(adult)
            if roles is not None and words.STUDENT in roles:
                reason = _("Un élève est donné comme responsable d’un autre : le lien n’est pas repris.")
                self.tables.doubt(reason, None, 0, pupil)
            else:
                kinship, level = self.meaning(pupil, adult, roles or {})
                yield f"{adult}${kinship}$0${level}$0$0"

    def meaning(self, pupil: str, adult: str, roles: dict[str, list[str]]) -> tuple[str, str]:
        role = next((role for role in words.FAMILY if role in roles), "")
        legal = self.certified and role in words.CERTIFIED
        return words.FAMILY.get(role, words.OTHER_KINSHIP), words.LEGAL if legal else words.CONTACT

    def functions_of(self, roles: dict[str, list[str]]) -> Attributes:
        """Where somebody works, and what as."""
        schools = dict.fromkeys(school for schools in roles.values() for school in schools)
        functions = [words.function_of(role, school) for role, schools in roles.items() for school in schools]
        return {"ENTPersonStructRattach": list(schools), "ENTPersonFonctions": functions}

    def teachings_of(self, user: str) -> Attributes:
        attributes: Attributes = {
            "ENTAuxEnsClassesMatieres": [],
            "ENTAuxEnsGroupesMatieres": [],
            "ENTAuxEnsClasses": [],
            "ENTAuxEnsGroupes": [],
            "ENTAuxEnsClassesPrincipal": [],
        }
        for enrolment in self._enrolments(user, words.TEACHER):
            if enrolment["ends"] and enrolment["ends"] < self.today:
                continue
            name = "ENTAuxEnsClasses" if enrolment["kind"] == "class" else "ENTAuxEnsGroupes"
            value = f"{enrolment['school']}${enrolment['label']}"
            main = enrolment["kind"] == "class" and enrolment["main"].lower() == "true"
            if main:
                attributes["ENTAuxEnsClassesPrincipal"].append(value)
            if enrolment["course"]:
                attributes[f"{name}Matieres"].append(f"{value}${words.code_of(enrolment['course'])}")
            elif not main:
                attributes[name].append(value)
        return {name: list(dict.fromkeys(values)) for name, values in attributes.items()}
