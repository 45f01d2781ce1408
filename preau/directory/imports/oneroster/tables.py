"""The rows of a delivery in a private database on disk, where they are joined: a district does not fit in memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.imports.oneroster.parcel import FILES, Parcel
from preau.directory.imports.oneroster.words import listed
from preau.directory.imports.records import Raw
from preau.directory.imports.spool import Record
from preau.directory.imports.staging.staged import Staged
from preau.foundation.csvfiles import TOO_LONG, TOO_SHORT, Row, Sheet
from preau.foundation.reading import Unreadable

# Columns of our tables → headings, folded; the later ones are of older or looser exports.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "orgs": {"id": ("sourcedid",), "name": ("name",), "type": ("type",), "uai": ("identifier",)},
    "courses": {"id": ("sourcedid",), "title": ("title",)},
    "classes": {
        "id": ("sourcedid",),
        "title": ("title",),
        "code": ("classcode",),
        "type": ("classtype",),
        "course": ("coursesourcedid",),
        "school": ("schoolsourcedid",),
        "grades": ("grades", "grade"),
    },
    "users": {
        "id": ("sourcedid",),
        "given": ("givenname",),
        "family": ("familyname",),
        "email": ("email",),
        "sms": ("sms",),
        "phone": ("phone",),
        "identifier": ("identifier",),
        "usage_given": ("preferredgivenname",),
        "usage_family": ("preferredfamilyname",),
        "agents": ("agentsourcedids", "agents"),
        "role": ("role",),
        "orgs": ("orgsourcedids",),
    },
    "roles": {
        "id": ("sourcedid",),
        "user": ("usersourcedid",),
        "role": ("role",),
        "org": ("orgsourcedid",),
        "begins": ("begindate",),
        "ends": ("enddate",),
    },
    "enrollments": {
        "id": ("sourcedid",),
        "user": ("usersourcedid",),
        "class": ("classsourcedid",),
        "role": ("role",),
        "main": ("primary",),
        "begins": ("begindate",),
        "ends": ("enddate",),
    },
    "demographics": {"id": ("sourcedid", "usersourcedid"), "born": ("birthdate",)},
}
NEEDED = {"orgs": ("id", "name"), "users": ("id", "family"), "enrollments": ("user", "class")}
# Keys: they stand before a « $ » in the values of a record.
KEYS = {"id", "user", "class", "school", "org", "course", "agents", "orgs"}
GONE = "tobedeleted"
SOME = 2_000
INDEXES = """
CREATE INDEX users_by_id ON users (id); CREATE INDEX orgs_by_id ON orgs (id); CREATE INDEX classes_by_id ON classes (id);
CREATE INDEX courses_by_id ON courses (id); CREATE INDEX roles_by_user ON roles (user);
CREATE INDEX enrollments_by_user ON enrollments (user, class); CREATE INDEX demographics_by_id ON demographics (id);
CREATE INDEX kin_by_pupil ON kin (pupil, adult); CREATE INDEX kin_by_adult ON kin (adult);
"""


class Tables:
    """One table a file, with `file`, `line` and `gone` (status « tobedeleted »); `kin`, and `labels` of the classes."""

    def __init__(self, staged: Staged, *, is_delta: bool) -> None:
        self.staged, self.is_delta = staged, is_delta
        self.db = sqlite3.connect("", isolation_level=None)
        self.db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-48000; PRAGMA temp_store=FILE;"
        )
        self.db.row_factory = sqlite3.Row
        for name, columns in COLUMNS.items():
            named = ", ".join(f'"{column}" TEXT' for column in columns)
            self.db.execute(
                f"CREATE TABLE {name} (n INTEGER PRIMARY KEY, file INTEGER, line INTEGER, gone INTEGER, {named})"
            )
        # `said` is the table of the file that says the link, or nothing for what the directory holds.
        self.db.execute("CREATE TABLE kin (pupil TEXT, adult TEXT, said TEXT)")
        self.db.execute(
            "CREATE TABLE labels (id TEXT PRIMARY KEY, kind TEXT, label TEXT, school TEXT, course TEXT)"
        )

    def close(self) -> None:
        self.db.close()

    def all(self, sql: str, *parameters: Any) -> list[sqlite3.Row]:
        return self.db.execute(sql, parameters).fetchall()

    def doubt(self, reason: str, file: int | None, line: int, key: str = "", school: str = "") -> None:
        here = Record(0, "", key, file, line, {}) if file is not None else None
        self.staged.spool.warn(reason, here, key=key, school=school)

    # Filling

    def load(self, parcel: Parcel) -> None:
        for name in FILES:
            sheet = parcel.sheet(name)
            if sheet is not None:
                self._load(name, sheet, self.staged.open(sheet.name))
        self.db.execute("BEGIN")
        self._relate()
        self.db.execute("COMMIT")
        self.db.executescript(INDEXES)

    def _load(self, name: str, sheet: Sheet, file: int) -> None:
        columns = COLUMNS[name]
        where = [_place(sheet.headings, headings) for headings in columns.values()]
        status = _place(sheet.headings, ("status",))
        for needed in NEEDED.get(name, ()):
            if where[list(columns).index(needed)] is None:
                reason = _("Il manque la colonne « %(name)s ».") % {"name": columns[needed][0]}
                raise Unreadable(sheet.name, 1, reason)
        marks = ",".join("?" * (len(columns) + 3))
        named = ",".join(f'"{column}"' for column in columns)
        sql = f"INSERT INTO {name} (file, line, gone, {named}) VALUES ({marks})"  # nosec B608  # noqa: S608 - our names
        rows = self._rows(name, sheet, file, where, status)
        while some := list(islice(rows, SOME)):
            self.db.execute("BEGIN")
            self.db.executemany(sql, some)
            self.db.execute("COMMIT")

    def _rows(
        self, name: str, sheet: Sheet, file: int, where: list[int | None], status: int | None
    ) -> Iterator[tuple[Any, ...]]:
        keys = [
            place
            for column, place in zip(COLUMNS[name], where, strict=True)
            if column in KEYS and place is not None
        ]
        for row in sheet.rows():
            cells = [row.cells[place] if place is not None else "" for place in where]
            if any("$" in row.cells[place] for place in keys):
                raise Unreadable(sheet.name, row.line, _("Un identifiant contient le signe « $ »."))
            if row.odd and not self._fits(name, row, sheet, file, cells[0]):
                continue
            gone = status is not None and row.cells[status].lower() == GONE
            if gone and not self.is_delta:
                # A complete file that says that something is no more: as if it were not there.
                continue
            yield (file, row.line, gone, *cells)

    def _fits(self, name: str, row: Row, sheet: Sheet, file: int, key: str) -> bool:
        if row.odd == TOO_SHORT:
            self.doubt(
                _("Ligne plus courte que les titres : ce qui manque est lu comme vide."), file, row.line, key
            )
            return True
        reason = _("Plus de cellules que de titres : les colonnes ont pu se décaler.")
        if row.odd == TOO_LONG and name == "users" and key:
            self.staged.set_aside(Raw("PersRelEleve", key, row.line, {}), file, reason)
            return False
        raise Unreadable(sheet.name, row.line, reason)

    def _relate(self) -> None:
        """Lists in cells become rows: the roles of 1.1, and who is related to whom, said from either side."""
        cursor = self.db.execute("SELECT file, line, gone, id, role, orgs, agents FROM users")
        while some := cursor.fetchmany(SOME):
            self.db.executemany(
                "INSERT INTO roles (file, line, gone, user, role, org) VALUES (?,?,?,?,?,?)",
                (
                    (row["file"], row["line"], row["gone"], row["id"], row["role"], org)
                    for row in some
                    if row["role"]
                    for org in listed(row["orgs"]) or [""]
                ),
            )
            self.relate(
                pair
                for row in some
                if not row["gone"]
                for other in listed(row["agents"])
                for pair in ((row["id"], other, "pupil"), (other, row["id"], "adult"))
            )

    def relate(self, pairs: Iterable[tuple[str, str, str]]) -> None:
        """Both ways round; the roles tell afterwards who is the pupil."""
        self.db.executemany("INSERT INTO kin VALUES (?,?,?)", pairs)


def _place(headings: list[str], names: tuple[str, ...]) -> int | None:
    return next((headings.index(name) for name in names if name in headings), None)
