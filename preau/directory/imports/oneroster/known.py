"""What the directory holds of those whom a delta speaks of: a delta lists what has changed, our records list the whole."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from preau.directory.imports.oneroster import words
from preau.directory.imports.oneroster.tables import SOME, Tables
from preau.directory.imports.staging.codes import NEW_KINSHIP, NEW_LEVELS
from preau.directory.imports.staging.staged import GUARDIAN, PUPIL, STAFF
from preau.directory.models import Assignment, Enrolment, ExternalId, Guardianship, Holding
from preau.directory.words import Authority, Kinship, Role

SOURCE = "oneroster"
ROLES = {Role.PUPIL: words.STUDENT, Role.TEACHER: words.TEACHER, Role.HEAD: "principal"}
TITLES = {title: role for role, title in reversed(list(words.OTHER_FUNCTIONS.items()))}
KINSHIPS = {kinship: code for code, kinship in reversed(list(NEW_KINSHIP.items()))}
LEVELS = {authority: level for level, authority in reversed(list(NEW_LEVELS.items()))}
NAMED = """
SELECT id FROM users UNION SELECT user FROM enrollments UNION SELECT user FROM roles UNION SELECT id FROM demographics
UNION SELECT pupil FROM kin UNION SELECT adult FROM kin
"""


class DeltaContext:
    """Completes the tables of a delta. `people` says, of the keys that the delta names, under which categories they are known."""

    def __init__(self, tables: Tables, today: date, system: str) -> None:
        self.tables, self.today = tables, today
        self.authority = _authority(system)
        self.ours = ExternalId.objects.filter(source=SOURCE, authority=self.authority)
        self.schools = {
            row.school_id: row.value
            for row in self.ours.filter(kind="structure")
            if row.school_id is not None
        }
        self._groups: dict[int, str] = {}
        tables.db.executescript(
            "CREATE TABLE known (id TEXT, category TEXT); CREATE TABLE links (pupil TEXT, adult TEXT, kinship TEXT, level TEXT);"
        )

    def complete(self) -> None:
        self._find_people()
        self._find_classes()
        for keys in self._chunks("SELECT DISTINCT user FROM enrollments"):
            self._enrolments(keys)
        for keys in self._chunks(
            "SELECT DISTINCT user FROM roles WHERE user NOT IN (SELECT id FROM users WHERE role <> '')"
        ):
            self._roles(keys)
        for keys in self._chunks("SELECT DISTINCT pupil FROM kin"):
            self._families(keys)
        for keys in self._chunks("SELECT DISTINCT adult FROM kin"):
            self._adults(keys)
        self.tables.db.execute("DELETE FROM kin WHERE adult IN (SELECT id FROM users WHERE gone = 1)")
        self.tables.db.executescript(
            "CREATE INDEX known_by_id ON known (id, category); CREATE INDEX links_by_adult ON links (adult, pupil);"
        )
        self._renamed()

    def categories(self, key: str) -> set[str]:
        return {row["category"] for row in self.tables.all("SELECT category FROM known WHERE id = ?", key)}

    def _chunks(self, sql: str) -> Iterator[dict[int, str]]:
        """Keys that a query of the tables gives, those that are known: primary key → key, some at a time."""
        keys = [row[0] for row in self.tables.all(sql)]
        for start in range(0, len(keys), SOME):
            mine = self.ours.filter(kind="person", value__in=keys[start : start + SOME])
            yield {pk: key for key, pk in mine.values_list("value", "person_id") if pk is not None}

    def _find_people(self) -> None:
        for keys in self._chunks(NAMED):
            held = Holding.objects.active(self.today).filter(person__in=keys)
            found = {
                (pk, PUPIL if role == Role.PUPIL else STAFF)
                for pk, role in held.values_list("person_id", "role")
            }
            wards = Guardianship.objects.active(self.today).filter(guardian__in=keys)
            found |= {(pk, GUARDIAN) for pk in wards.values_list("guardian_id", flat=True)}
            people = {pk for pk, _category in found}
            found |= {(pk, GUARDIAN) for pk in keys if pk not in people}
            self._insert("known", "id, category", ((keys[pk], category) for pk, category in sorted(found)))

    # Classes

    def _find_classes(self) -> None:
        """A class that is known keeps its label: only a complete delivery renames it, with all who are in it."""
        named = [
            row[0] for row in self.tables.all('SELECT id FROM classes UNION SELECT "class" FROM enrollments')
        ]
        for start in range(0, len(named), SOME):
            rows = self.ours.filter(kind__in=["class", "group"], value__in=named[start : start + SOME])
            self._label(list(rows.select_related("group")))

    def _label(self, rows: list[ExternalId]) -> None:
        groups = {row.group.pk: row for row in rows if row.group}
        taught = Assignment.objects.filter(group__in=groups, ends=None).exclude(subject=None).order_by("pk")
        subjects = dict(taught.values_list("group_id", "subject__code"))
        self._insert(
            "labels",
            "id, kind, label, school, course",
            (
                (
                    row.value,
                    row.kind,
                    row.group.name,
                    self.schools.get(row.group.school_id, ""),
                    subjects.get(row.group.pk, ""),
                )
                for row in rows
                if row.group
            ),
        )

    @property
    def groups(self) -> dict[int, str]:
        """The key of every class: some hundreds a school."""
        if not self._groups:
            rows = self.ours.filter(kind__in=["class", "group"]).values_list("group_id", "value")
            self._groups = {pk: key for pk, key in rows if pk is not None}
        return self._groups

    def is_taken(self, school: str, kind: str, label: str) -> bool:
        """Has a class of this school this label already, under another key?"""
        pks = [pk for pk, key in self.schools.items() if key == school]
        return self.ours.filter(kind=kind, group__name=label, group__school__in=pks).exists()

    # What goes on

    def _enrolments(self, keys: dict[int, str]) -> None:
        """What the delta does not speak of goes on."""
        groups = self.groups
        learns = Enrolment.objects.filter(pupil__in=keys, ends=None, source=SOURCE)
        teaches = Assignment.objects.filter(teacher__in=keys, ends=None, source=SOURCE)
        enrolments = [
            (keys[pk], groups.get(group, ""), words.STUDENT, "", f"{starts or ''}")
            for pk, group, starts in learns.values_list("pupil_id", "group_id", "starts")
        ]
        enrolments += [
            (
                keys[pk],
                groups.get(group, ""),
                words.TEACHER,
                "true" if kind == Assignment.Kind.HEAD_TEACHER else "false",
                "",
            )
            for pk, group, kind in teaches.values_list("teacher_id", "group_id", "kind")
        ]
        pairs = {
            tuple(row)
            for row in self.tables.all('SELECT user, "class" FROM enrollments WHERE file IS NOT NULL')
        }
        rest = [row for row in enrolments if row[:2] not in pairs and row[1]]
        self._insert(
            "enrollments", 'user, "class", role, main, begins, gone, ends', ((*row, 0, "") for row in rest)
        )
        self._label(list(self.ours.filter(value__in={row[1] for row in rest}).select_related("group")))

    def _roles(self, keys: dict[int, str]) -> None:
        """Version 1.2 lists the roles that have changed; those that it does not name go on."""
        roles = {
            tuple(row)
            for row in self.tables.all("SELECT user, lower(role), org FROM roles WHERE file IS NOT NULL")
        }
        held = Holding.objects.active(self.today).filter(person__in=keys, source=SOURCE)
        rows = []
        for pk, role, title, school in held.values_list("person_id", "role", "title", "school_id"):
            word = ROLES.get(Role(role)) or TITLES.get(title, "administrator")
            if school in self.schools and (keys[pk], word, self.schools[school]) not in roles:
                rows.append((keys[pk], word, self.schools[school], 0, ""))
        self._insert("roles", "user, role, org, gone, ends", rows)

    def _families(self, keys: dict[int, str]) -> None:
        """What links are, which a delta does not say again; and a child whom only a parent's row names keeps the others."""
        rows = list(Guardianship.objects.filter(pupil__in=keys, ends=None, source=SOURCE).order_by("pk"))
        adults = self.ours.filter(kind="person", person__in={row.guardian_id for row in rows})
        named = dict(adults.values_list("person_id", "value"))
        self._insert(
            "links",
            "pupil, adult, kinship, level",
            (
                (keys[row.pupil_id], named[row.guardian_id], *_written(row))
                for row in rows
                if row.guardian_id in named
            ),
        )
        self.tables.db.execute(
            "INSERT INTO kin SELECT pupil, adult, '' FROM links l WHERE NOT EXISTS"
            " (SELECT 1 FROM kin k WHERE k.pupil = l.pupil AND k.said IN ('pupil', ''))"
        )

    def _adults(self, keys: dict[int, str]) -> None:
        """What an adult is to other children, they are to a new one: the format gives a role, the same for all."""
        rows = Guardianship.objects.filter(guardian__in=keys, ends=None, source=SOURCE).order_by("pk")
        self._insert(
            "links",
            "pupil, adult, kinship, level",
            (("", keys[row.guardian_id], *_written(row)) for row in rows),
        )

    def _insert(self, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
        marks = ",".join("?" * len(columns.split(",")))
        self.tables.db.execute("BEGIN")
        self.tables.db.executemany(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)  # nosec B608  # noqa: S608 - our names
        self.tables.db.execute("COMMIT")

    def _renamed(self) -> None:
        """Tell the classes whose title is another than the label that they keep."""
        for row in self.tables.all(
            "SELECT c.* FROM classes c JOIN labels l ON l.id = c.id WHERE c.title <> '' AND instr(l.label, substr(c.title, 1, 30)) <> 1"
        ):
            reason = _("Classe renommée : une livraison complète la renommera, avec ceux qui y sont.")
            self.tables.doubt(reason, row["file"], row["line"], row["id"])


def _written(row: Guardianship) -> tuple[str, str]:
    """Kinship and level as a record writes them."""
    return KINSHIPS.get(Kinship(row.kinship), words.OTHER_KINSHIP), LEVELS[Authority(row.authority)]


def _authority(system: str) -> str:
    """Whose keys these are: of the system that the manifest names, else of the only one that is known."""
    mine = ExternalId.objects.filter(source=SOURCE, kind="structure")
    found = set(mine.values_list("authority", flat=True).distinct())
    return found.pop() if len(found) == 1 else system
