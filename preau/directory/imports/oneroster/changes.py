"""A delta: what it says of somebody, as a change of what it says and nothing else."""

import sqlite3

from django.utils.translation import gettext as _

from preau.directory.imports.oneroster import words
from preau.directory.imports.oneroster.known import DeltaContext
from preau.directory.imports.oneroster.records import HOMEROOM, LONGEST_LABEL, Attributes, Records
from preau.directory.imports.staging.staged import GUARDIAN, PUPIL, STRUCTURE, SUBJECT
from preau.directory.imports.staging.staged import STAFF as STAFF_RECORD

# Somebody of whom the delta says something without a row of their own: the row that says it.
SAID_OF = """
SELECT id, min(file) AS file, min(line) AS line FROM (
 SELECT user AS id, file, line FROM enrollments WHERE file IS NOT NULL UNION ALL SELECT user, file, line FROM roles WHERE file IS NOT NULL
 UNION ALL SELECT id, file, line FROM demographics
 UNION ALL SELECT k.pupil, u.file, u.line FROM kin k JOIN users u ON u.id = k.adult WHERE k.said = 'adult'
) WHERE id NOT IN (SELECT id FROM users) GROUP BY id ORDER BY file, line
"""


class Changes(Records):
    """Additions are staged whole, as in a complete delivery; people who are known, by what has changed."""

    known: DeltaContext

    def stage(self) -> None:
        self.known = DeltaContext(self.tables, self.day, self.system)
        self.staged.academies |= {self.known.authority} - {""}
        self.known.complete()
        self.schools = set(self.known.schools.values())
        self.schools |= {
            row["id"]
            for row in self.tables.all("SELECT id FROM orgs WHERE gone = 0 AND type IN ('school', '')")
        }
        self.label_classes()
        self._change_schools()
        self._change_courses()
        self.warn_lost_enrolments()
        for row in self.tables.db.execute("SELECT * FROM users ORDER BY n"):
            self._change_user(row)
        for row in self.tables.db.execute(SAID_OF):
            if self.known.categories(row["id"]):
                self._change(row, {})

    # Schools

    def label_classes(self) -> None:
        for row in self.tables.all(
            "SELECT * FROM classes WHERE gone = 0 AND id NOT IN (SELECT id FROM labels) ORDER BY n"
        ):
            kind = "class" if row["type"].lower() == HOMEROOM else "group"
            label = self.one_part(row, row["title"] or row["code"] or row["id"])[:LONGEST_LABEL].strip()
            twice = self.tables.all(
                "SELECT 1 FROM labels WHERE school = ? AND kind = ? AND label = ?", row["school"], kind, label
            )
            if twice or self.known.is_taken(row["school"], kind, label):
                code = (self.one_part(row, row["code"]) or row["id"][-8:])[:20]
                label = f"{label[: LONGEST_LABEL - len(code) - 3]} ({code})"
            values = [row["id"], kind, label, row["school"], row["course"]]
            self.tables.db.execute("INSERT OR IGNORE INTO labels VALUES (?,?,?,?,?)", values)

    def _change_schools(self) -> None:
        known, keys = set(self.known.schools.values()), set()
        for row in self.tables.all("SELECT * FROM orgs ORDER BY n"):
            if row["id"] in self.schools:
                keys.add(row["id"])
                if row["gone"]:
                    self.take(STRUCTURE, row, {}, action="delete")
                else:
                    self.take_school(row, action="modify" if row["id"] in known else "add")
        for row in self.tables.all(
            "SELECT school, file, min(line) AS line FROM classes WHERE gone = 0 GROUP BY school"
        ):
            if row["school"] in known - keys:
                self.take(STRUCTURE, row, self.classes_in(row["school"]), row["school"], "modify")

    def _change_courses(self) -> None:
        for row in self.tables.all("SELECT * FROM courses ORDER BY n"):
            attributes = {} if row["gone"] else {"ENTLibelleMatiere": [row["title"]]}
            self.take(SUBJECT, row, attributes, words.code_of(row["id"]), "delete" if row["gone"] else "add")

    # People

    def _change_user(self, row: sqlite3.Row) -> None:
        known = self.known.categories(row["id"])
        if row["gone"]:
            for category in sorted(known) or [GUARDIAN]:
                self.take(category, row, {}, action="delete")
        elif known:
            self._change(row, self.identity(row) | {"ENTEleveINE": [words.ine_of(row["identifier"])]})
        else:
            self.stage_user(row)

    def _change(self, row: sqlite3.Row, identity: Attributes) -> None:
        """One change a category: what the person is, and what they become."""
        known, roles = self.known.categories(row["id"]), self.roles_of(row["id"])
        identity = identity or self._birth(row["id"])
        now = self._categories(roles) if roles is not None else known
        for category in sorted(known - now - {GUARDIAN}):
            self.take(category, row, {}, action="delete")
        for category in sorted(now):
            attributes = identity | self._told_of(category, row["id"], roles)
            if attributes or category in known:
                self.take(category, row, attributes, action="modify" if known else "add")

    def roles_of(self, user: str) -> dict[str, list[str]] | None:
        """Somebody whose last role is taken away has none, which is told."""
        roles = super().roles_of(user)
        taken = roles is None and self.tables.all(
            "SELECT 1 FROM roles WHERE user = ? AND gone = 1 LIMIT 1", user
        )
        return {} if taken else roles

    def _categories(self, roles: dict[str, list[str]]) -> set[str]:
        found = {PUPIL} if words.STUDENT in roles else set()
        found |= {STAFF_RECORD} if words.STAFF & roles.keys() else set()
        return found or {GUARDIAN}

    def _told_of(self, category: str, key: str, roles: dict[str, list[str]] | None) -> Attributes:
        attributes: Attributes = {}
        enrolled = self.tables.all(
            "SELECT 1 FROM enrollments WHERE user = ? AND file IS NOT NULL LIMIT 1", key
        )
        if category == PUPIL:
            attributes |= {"ENTPersonStructRattach": roles[words.STUDENT]} if roles else {}
            attributes |= self.classes_of(key) if enrolled else {}
            related = self.tables.all("SELECT 1 FROM kin WHERE pupil = ? LIMIT 1", key)
            attributes |= {"ENTElevePersRelEleve": list(self.links_of(key))} if related else {}
        elif category == STAFF_RECORD:
            attributes |= (
                self.functions_of({role: s for role, s in roles.items() if role in words.STAFF})
                if roles
                else {}
            )
            attributes |= self.teachings_of(key) if enrolled else {}
        return attributes

    def _birth(self, key: str) -> Attributes:
        rows = self.tables.all(
            "SELECT born FROM demographics WHERE id = ? AND gone = 0 AND born <> '' LIMIT 1", key
        )
        return {"ENTPersonDateNaissance": [words.day_written(rows[0]["born"])]} if rows else {}

    def meaning(self, pupil: str, adult: str, roles: dict[str, list[str]]) -> tuple[str, str]:
        """A delta does not say again what a known adult is to a pupil."""
        rows = self.tables.all(
            "SELECT kinship, level FROM links WHERE adult = ? ORDER BY pupil = ? DESC, rowid LIMIT 1",
            adult,
            pupil,
        )
        if rows and not roles:
            return rows[0]["kinship"], rows[0]["level"]
        return super().meaning(pupil, adult, roles)

    def warn_lost_enrolments(self) -> None:
        self.lost(
            "(SELECT id FROM users UNION SELECT id FROM known)",
            "user",
            _("Inscription de quelqu’un qui n’est connu ni ici ni de la livraison : ignorée."),
        )
        self.lost(
            "labels",
            "class",
            _("Inscription dans une classe qui n’est connue ni ici ni de la livraison : ignorée."),
        )
