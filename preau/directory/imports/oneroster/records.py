"""What the tables say, as records in the names of the AAF."""

import sqlite3
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from preau.directory.imports.aaf.staging import GUARDIAN, PUPIL, STRUCTURE, SUBJECT
from preau.directory.imports.aaf.staging import STAFF as STAFF_RECORD
from preau.directory.imports.oneroster import words
from preau.directory.imports.oneroster.tables import Tables
from preau.directory.imports.reading import Raw
from preau.directory.models import School

HOMEROOM = "homeroom"
LONGEST_LABEL = 60
Attributes = dict[str, list[str]]
KINDS = {"class": "ENTStructureClasses", "group": "ENTStructureGroupes"}


class Records:
    """Stages everything. `certified`: parents and guardians of these files hold parental authority."""

    def __init__(self, tables: Tables, today: date, system: str, *, certified: bool) -> None:
        self.tables, self.staged = tables, tables.staged
        self.today, self.system, self.certified = f"{today:%Y-%m-%d}", system, certified
        self.schools: set[str] = set()

    def stage(self) -> None:
        self.schools = {
            row["id"] for row in self.tables.all("SELECT id FROM orgs WHERE type IN ('school', '')")
        }
        self.label_classes()
        self._stage_schools()
        self._stage_courses()
        self._warn_lost_enrolments()
        for row in self.tables.db.execute("SELECT * FROM users ORDER BY n"):
            self._stage_user(row)

    def _take(self, category: str, row: sqlite3.Row, told: Attributes, key: str = "") -> None:
        known = {name: values for name, values in told.items() if values != [""]}
        self.staged.take(Raw(category, key or row["id"], row["line"], known), row["file"])

    # Classes

    def label_classes(self) -> None:
        """The label of each class, which is its own in its school: namesakes take their code, or the end of their key."""
        seen: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
        for row in self.tables.all("SELECT * FROM classes WHERE gone = 0 ORDER BY n"):
            kind = "class" if row["type"].lower() == HOMEROOM else "group"
            title = self._one_part(row, row["title"] or row["code"] or row["id"])
            place = (row["school"], kind, title.casefold())
            seen.setdefault(place, []).append(
                (row["id"], title, self._one_part(row, row["code"]) or row["id"][-8:])
            )
            self._add_label(row["id"], kind, title, row["school"], row["course"])
        for namesakes in seen.values():
            for key, title, code in namesakes if len(namesakes) > 1 else ():
                label = f"{title[: LONGEST_LABEL - len(code[:20]) - 3]} ({code[:20]})"
                self.tables.db.execute("UPDATE labels SET label = ? WHERE id = ?", [label, key])

    def _add_label(self, key: str, kind: str, label: str, school: str, course: str) -> None:
        told = [key, kind, label[:LONGEST_LABEL].strip(), school, course]
        self.tables.db.execute("INSERT OR IGNORE INTO labels VALUES (?,?,?,?,?)", told)

    def _one_part(self, row: sqlite3.Row, text: str) -> str:
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
            # The format does not say what kind of school it is: its name may, and a school that is here knows.
            self._take(STRUCTURE, row, {
                "ENTStructureUAI": [row["uai"].upper()],
                "ENTStructureNomCourant": [row["name"].replace("$", "-")],
                "ENTStructureTypeStruct": [kinds.get(row["uai"].upper()) or row["name"]],
                "ENTServAcCodeAcademie": [self.system],
                "ENTStructureClasses": self._labels(row["id"], "class"),
                "ENTStructureGroupes": self._labels(row["id"], "group"),
            })  # fmt: skip

    def _labels(self, school: str, kind: str) -> list[str]:
        rows = self.tables.all(
            "SELECT l.label, c.grades FROM labels l JOIN classes c ON c.id = l.id WHERE l.school = ? AND l.kind = ? ORDER BY c.n",
            school, kind,
        )  # fmt: skip
        if kind == "group":
            return [f"{row['label']}$$" for row in rows]
        return [f"{row['label']}${next(iter(words.listed(row['grades'])), '')}" for row in rows]

    def _stage_courses(self) -> None:
        for row in self.tables.all("SELECT * FROM courses ORDER BY n"):
            if row["id"]:
                self._take(SUBJECT, row, {"ENTLibelleMatiere": [row["title"]]}, words.code_of(row["id"]))

    def _warn_lost_enrolments(self) -> None:
        """Enrolments of nobody, or in no class, of the delivery."""
        for table, column, reason in (
            ("users", "user", _("Inscription de quelqu’un qui n’est pas dans la livraison : ignorée.")),
            ("labels", "class", _("Inscription dans une classe qui n’est pas dans la livraison : ignorée.")),
        ):
            lost = self.tables.db.execute(
                f'SELECT file, line, id FROM enrollments e WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = e."{column}")'  # nosec B608  # noqa: S608
            )
            for row in lost:
                self.tables.doubt(reason, row["file"], row["line"], row["id"])

    # People

    def _stage_user(self, row: sqlite3.Row) -> None:
        roles = self._roles(row["id"])
        if roles is None:
            self.staged.set_aside(
                Raw(GUARDIAN, row["id"], row["line"], {}), row["file"], _("Sans rôle, ou d’un rôle inconnu.")
            )
            return
        identity = self._identity(row)
        staff = {role: schools for role, schools in roles.items() if role in words.STAFF}
        if words.STUDENT in roles:
            self._take(PUPIL, row, identity | self._pupil(row, roles[words.STUDENT]))
        if staff:
            self._take(STAFF_RECORD, row, identity | self._staff(row, staff))
        if words.FAMILY.keys() & roles.keys() and words.STUDENT not in roles:
            self._take(GUARDIAN, row, identity)

    def _roles(self, user: str) -> dict[str, list[str]] | None:
        """Role → schools, of the roles that have not ended; None for somebody of whom no known role is told."""
        found: dict[str, list[str]] = {}
        told = False
        for row in self.tables.all("SELECT role, org, ends FROM roles WHERE user = ? AND gone = 0", user):
            role = row["role"].lower()
            if role in words.STAFF or role in words.FAMILY or role == words.STUDENT:
                told = True
                if not row["ends"] or row["ends"] >= self.today:
                    found.setdefault(role, []).extend([row["org"]] if row["org"] in self.schools else [])
        return found if told else None

    def _identity(self, row: sqlite3.Row) -> Attributes:
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
        told: Attributes = {
            "ENTPersonStructRattach": schools,
            "ENTEleveINE": [words.ine_of(row["identifier"])],
            "ENTElevePersRelEleve": list(self._links(row)),
        }
        return told | self.classes_of(row["id"])

    def classes_of(self, user: str) -> Attributes:
        """Classes and groups of a pupil; of two enrolments in one class, that which goes on counts."""
        told: Attributes = {"ENTEleveClasses": [], "ENTEleveGroupes": []}
        dates: Attributes = {"ENTEleveDateEntreeClasses": [], "ENTEleveDateSortieClasses": []}
        last = {(one["school"], one["label"]): one for one in self._enrolments(user, words.STUDENT)}
        for (school, label), one in last.items():
            told["ENTEleveClasses" if one["kind"] == "class" else "ENTEleveGroupes"].append(
                f"{school}${label}"
            )
            for name, day in zip(dates, (one["begins"], one["ends"]), strict=True):
                if day:
                    dates[name].append(f"{school}${words.day_written(day)}${label}")
        return told | dates

    def _enrolments(self, user: str, role: str) -> Iterator[sqlite3.Row]:
        return iter(self.tables.all(
            'SELECT e.*, l.kind, l.label, l.school, l.course FROM enrollments e JOIN labels l ON l.id = e."class"'
            " WHERE e.user = ? AND e.gone = 0 AND lower(e.role) = ? ORDER BY e.ends = '', e.ends, e.n",
            user, role,
        ))  # fmt: skip

    def _links(self, row: sqlite3.Row) -> Iterator[str]:
        """`adult$kinship$0$level$0$0`: the format says who somebody is to a pupil, never with which authority."""
        adults = self.tables.all("SELECT DISTINCT adult FROM kin WHERE pupil = ? ORDER BY adult", row["id"])
        for adult in (one["adult"] for one in adults):
            roles = self._roles(adult) or {}
            if words.STUDENT in roles:
                reason = _("Un élève est donné comme responsable d’un autre : le lien n’est pas repris.")
                self.tables.doubt(reason, row["file"], row["line"], row["id"])
                continue
            role = next((role for role in words.FAMILY if role in roles), "")
            level = words.LEGAL if self.certified and role in words.CERTIFIED else words.CONTACT
            yield f"{adult}${words.FAMILY.get(role, words.OTHER_KINSHIP)}$0${level}$0$0"

    def _staff(self, row: sqlite3.Row, roles: dict[str, list[str]]) -> Attributes:
        functions = [words.function_of(role, school) for role, schools in roles.items() for school in schools]
        told: Attributes = {
            "ENTPersonStructRattach": list(
                dict.fromkeys(school for schools in roles.values() for school in schools)
            ),
            "ENTPersonFonctions": functions,
        }
        return told | self.teachings_of(row["id"])

    def teachings_of(self, user: str) -> Attributes:
        told: Attributes = {
            "ENTAuxEnsClassesMatieres": [], "ENTAuxEnsGroupesMatieres": [], "ENTAuxEnsClasses": [], "ENTAuxEnsGroupes": [],
            "ENTAuxEnsClassesPrincipal": [],
        }  # fmt: skip
        for one in self._enrolments(user, words.TEACHER):
            if one["ends"] and one["ends"] < self.today:
                continue
            name = "ENTAuxEnsClasses" if one["kind"] == "class" else "ENTAuxEnsGroupes"
            value, main = (
                f"{one['school']}${one['label']}",
                one["kind"] == "class" and one["main"].lower() == "true",
            )
            if main:
                told["ENTAuxEnsClassesPrincipal"].append(value)
            if one["course"]:
                told[f"{name}Matieres"].append(f"{value}${words.code_of(one['course'])}")
            elif not main:
                told[name].append(value)
        return {name: list(dict.fromkeys(values)) for name, values in told.items()}
