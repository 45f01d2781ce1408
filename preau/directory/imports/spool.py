"""Where a delivery is staged: a private database on disk that vanishes with the process.

SQLite opens a temporary file for the name "", already unlinked: its pages stay in a bounded cache until they overflow
to disk, and a killed import leaves no child's name behind.
"""

import marshal
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-64000; PRAGMA temp_store=FILE;
CREATE TABLE record (id INTEGER PRIMARY KEY, category TEXT, key TEXT, file INTEGER, line INTEGER, body BLOB, action TEXT);
CREATE TABLE place (school TEXT, record INTEGER);
CREATE TABLE kin (guardian TEXT, record INTEGER);
CREATE TABLE note (grade TEXT, reason TEXT, file INTEGER, line INTEGER, key TEXT, school TEXT, record INTEGER);
"""
INDEXES = """
CREATE INDEX record_by_key ON record (key, category);
CREATE INDEX place_by_school ON place (school, record);
CREATE INDEX place_by_record ON place (record, school);
CREATE INDEX kin_by_record ON kin (record);
"""
BATCH = 2_000
# Of one sentence, this many places are quoted, and this many in each school; the others are counted.
QUOTED, QUOTED_HERE = 500, 20

UNCHANGED, CHANGED, CREATED, QUARANTINED = 1, 2, 3, 4


class Record(NamedTuple):
    """A record as its file gave it: attributes to their values. `file` is a number in `Spool.files`.

    `action`: "add" (told whole), "modify" (these attributes only), "delete".
    """

    id: int
    category: str
    key: str
    file: int
    line: int
    attributes: dict[str, list[str]]
    action: str = "add"

    @property
    def is_whole(self) -> bool:
        return self.action != "modify"


class Note(NamedTuple):
    """A sentence about one place of the files. `grade` is "quarantined" or "warning"."""

    file: str
    line: int | None
    key: str
    reason: str
    school: str


def _loads(body: bytes) -> dict[str, list[str]]:
    """What `add` wrote."""
    read: dict[str, list[str]] = marshal.loads(body)  # nosec B302  # noqa: S302 - written by this process
    return read


class Spool:
    """Staged records, where they belong, and what became of each (`outcomes`, one byte a record)."""

    def __init__(self) -> None:
        self.db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.db.executescript(SCHEMA)
        self.files: list[str] = []
        self.read: dict[str, int] = {}
        self.outcomes = bytearray(1)
        self._records: list[tuple[Any, ...]] = []
        self._places: list[tuple[str, int]] = []
        self._kin: list[tuple[str, int]] = []
        # Of each sentence: how often it was said, and how often it was not quoted; by school, how often it was said.
        self._quoted: Counter[str] = Counter()
        self._unquoted: Counter[str] = Counter()
        self._here: Counter[tuple[str, str]] = Counter()
        self._aside: dict[str, int] = {}
        # In a delta, several requests may speak of one key: the earlier ones end as the last does.
        self._before: dict[int, list[int]] = {}

    def close(self) -> None:
        self.db.close()

    # Filling

    def add(
        self,
        category: str,
        key: str,
        line: int,
        attributes: dict[str, list[str]],
        action: str = "add",
        file: int | None = None,
    ) -> int:
        """Stage one record, of the file opened last or of this one; returns its number."""
        number = len(self.outcomes)
        self.outcomes.append(0)
        self.read[category] = self.read.get(category, 0) + 1
        place = len(self.files) - 1 if file is None else file
        self._records.append((number, category, key, place, line, marshal.dumps(attributes), action))
        if len(self._records) >= BATCH:
            self.flush()
        return number

    def place(self, record: int, schools: Iterable[str]) -> None:
        """Say to which schools (by their key) a record belongs."""
        self._places += [(school, record) for school in schools]

    def kin(self, record: int, guardians: Iterable[str]) -> None:
        """Say which guardians (by their key) the record of a pupil names."""
        self._kin += [(guardian, record) for guardian in guardians]

    def cut(self, first: int) -> None:
        """Forget the records from this number on: their file was refused before its end."""
        self.flush()
        for number, category in self.db.execute("SELECT id, category FROM record WHERE id >= ?", [first]):
            self.read[category] -= 1
            self._aside[category] = self._aside.get(category, 0) - (self.outcomes[number] == QUARANTINED)
        self.read = {category: count for category, count in self.read.items() if count}
        self.db.execute("DELETE FROM record WHERE id >= ?", [first])
        self.db.execute("DELETE FROM place WHERE record >= ?", [first])
        self.db.execute("DELETE FROM kin WHERE record >= ?", [first])
        self.db.execute("DELETE FROM note WHERE record >= ?", [first])
        del self.outcomes[first:]

    def flush(self) -> None:
        self.db.execute("BEGIN")
        self.db.executemany("INSERT INTO record VALUES (?,?,?,?,?,?,?)", self._records)
        self.db.executemany("INSERT INTO place VALUES (?,?)", self._places)
        self.db.executemany("INSERT INTO kin VALUES (?,?)", self._kin)
        self.db.execute("COMMIT")
        self._records, self._places, self._kin = [], [], []

    def seal(self) -> None:
        """After the last record."""
        self.flush()
        self.db.executescript(INDEXES)

    def fold(
        self, earlier: list[Record], last: Record, action: str, attributes: dict[str, list[str]]
    ) -> None:
        """Several requests for one key: the last stands for all of them, with what they say together."""
        body = marshal.dumps(attributes)
        self.db.execute("UPDATE record SET action = ?, body = ? WHERE id = ?", [action, body, last.id])
        self._before[last.id] = [record.id for record in earlier]
        self.db.executemany("UPDATE record SET category = 'double' WHERE id = ?", [(r.id,) for r in earlier])

    def rekey(self, owned: Iterable[tuple[str, str, str]], guardian: str) -> None:
        """(category, key, own key): who takes a key of their own. Pupils name by it the people of the category `guardian`."""
        self.db.execute(
            "CREATE TEMP TABLE owned (category TEXT, key TEXT, own TEXT, PRIMARY KEY (category, key))"
        )
        self.db.executemany("INSERT OR IGNORE INTO owned VALUES (?,?,?)", owned)
        self.db.execute(
            "UPDATE record SET key = o.own FROM owned o WHERE o.category = record.category AND o.key = record.key"
        )
        self.db.execute(
            "UPDATE kin SET guardian = o.own FROM owned o WHERE o.category = ? AND o.key = kin.guardian",
            [guardian],
        )
        self.db.execute("DROP TABLE owned")

    def leave_out(self, record: Record, outcome: int) -> None:
        """Take a record out of every batch, and keep it counted."""
        self.settle(record.id, outcome)
        self.db.execute("UPDATE record SET category = 'double' WHERE id = ?", [record.id])

    # Notes

    def warn(self, reason: str, record: Record | None = None, *, key: str = "", school: str = "") -> None:
        self._note("warning", reason, record, key, school)

    def quarantine(self, reason: str, record: Record, *, school: str = "") -> None:
        if self.outcomes[record.id] != QUARANTINED:
            self.outcomes[record.id] = QUARANTINED
            self._aside[record.category] = self._aside.get(record.category, 0) + 1
            self._note("quarantined", reason, record, record.key, school)
            for number in self._before.get(record.id, ()):
                if earlier := self.place_of(number):
                    self.quarantine(reason, earlier._replace(category=record.category), school=school)

    def _note(self, grade: str, reason: str, record: Record | None, key: str, school: str) -> None:
        if grade == "warning":
            self._quoted[reason] += 1
            self._here[reason, school] += 1
            if self._quoted[reason] > QUOTED and (not school or self._here[reason, school] > QUOTED_HERE):
                self._unquoted[reason] += 1
                return
        file, line = (record.file, record.line) if record else (None, None)
        row = (grade, reason, file, line, key or (record.key if record else ""), school, record and record.id)
        self.db.execute("INSERT INTO note VALUES (?,?,?,?,?,?,?)", row)

    def notes(self, grade: str) -> Iterator[Note]:
        """Every note of a grade in the order of the files, then how many of a sentence were not quoted."""
        rows = self.db.execute(
            "SELECT file, line, key, reason, school FROM note WHERE grade=? ORDER BY file, line, rowid",
            [grade],
        )
        for file, line, key, reason, school in rows:
            yield Note(self.files[file] if file is not None else "", line, key, reason, school)
        for reason, more in self._unquoted.items() if grade == "warning" else ():
            if more:
                yield Note("", None, "", f"{reason} (et {more} autres)", "")

    def notes_of_schools(self) -> Iterator[tuple[str, list[tuple[str, Note]]]]:
        """Each school (by its key) that has notes, with them and their grades: those said of it, and those of its people's records."""
        rows = self.db.execute(
            "SELECT COALESCE(NULLIF(n.school, ''), p.school) AS here, n.grade, n.file, n.line, n.key, n.reason"
            " FROM note n LEFT JOIN place p ON n.school = '' AND p.record = n.record"
            " WHERE here IS NOT NULL ORDER BY here, n.file, n.line, n.rowid"
        )
        for school, group in groupby(rows, itemgetter(0)):
            yield (
                school,
                [
                    (grade, Note(self.files[file] if file is not None else "", line, key, reason, school))
                    for _school, grade, file, line, key, reason in group
                ],
            )

    def said_here(self, reason: str, school: str) -> int:
        """How often a warning was said of a school, quoted or not."""
        return self._here[reason, school]

    def quarantined_keys(self, *categories: str) -> frozenset[str]:
        """Keys of people whose record was left out: they have not left."""
        marks = ",".join("?" * len(categories))
        query = "SELECT r.key FROM note n JOIN record r ON r.id = n.record WHERE n.grade = 'quarantined' AND r.category IN"
        rows = self.db.execute(f"{query} ({marks})", categories)
        return frozenset(key for (key,) in rows if key)

    # A trial run before the real one

    def mark(self) -> tuple[Any, ...]:
        """Where the notes and outcomes stand, for `rewind`."""
        last = self.db.execute("SELECT COALESCE(MAX(rowid), 0) FROM note").fetchone()[0]
        counts = self._quoted.copy(), self._unquoted.copy(), self._here.copy(), dict(self._aside)
        return bytes(self.outcomes), counts, last

    def rewind(self, mark: tuple[Any, ...]) -> None:
        """Forget what a trial run said and settled."""
        outcomes, counts, last = mark
        self._quoted, self._unquoted, self._here, self._aside = counts
        self.outcomes = bytearray(outcomes)
        self.db.execute("DELETE FROM note WHERE rowid > ?", [last])

    def place_of(self, record: int) -> Record | None:
        """A record without its attributes: enough to say where it stands."""
        row = self.db.execute(
            "SELECT id, category, key, file, line FROM record WHERE id = ?", [record]
        ).fetchone()
        return Record(*row, {}) if row else None

    # Outcomes

    def settle(self, record: int, outcome: int) -> None:
        """A record seen in two schools was created if it was created in one, changed if it changed in one."""
        for number in (record, *self._before.get(record, ())):
            if self.outcomes[number] != QUARANTINED:
                self.outcomes[number] = max(self.outcomes[number], outcome)

    def count(self, outcome: int) -> int:
        return self.outcomes.count(outcome)

    # Reading back

    def records(self, sql: str, parameters: Iterable[Any] = ()) -> Iterator[Record]:
        """Records not in quarantine, by a query on `record AS r`."""
        columns = "SELECT DISTINCT r.id, r.category, r.key, r.file, r.line, r.body, r.action FROM record r "
        for id_, category, key, file, line, body, action in self.db.execute(columns + sql, tuple(parameters)):
            if self.outcomes[id_] != QUARANTINED:
                yield Record(id_, category, key, file, line, _loads(body), action)

    def of_category(self, *categories: str) -> Iterator[Record]:
        marks = ",".join("?" * len(categories))
        return self.records(f"WHERE r.category IN ({marks}) ORDER BY r.id", categories)

    def has(self, category: str) -> bool:
        """Does the delivery say something of this category? Not when all of it is in quarantine."""
        return self.read.get(category, 0) > self._aside.get(category, 0)

    def bears(self, key: str) -> bool:
        """Is somebody of this key in the delivery?"""
        return any(
            True for _record in self.records("WHERE r.key = ? AND r.category <> 'double' LIMIT 9", [key])
        )
