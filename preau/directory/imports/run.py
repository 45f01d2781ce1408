"""The pipeline: read → stage → compare → preview, or apply in one transaction a school → report."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory.actions import matching, writing
from preau.directory.actions.comparing import Changes, Setting
from preau.directory.imports.aaf import codes
from preau.directory.imports.aaf.batches import CODE_CATEGORIES, Batches, official_codes
from preau.directory.imports.aaf.staging import PUPIL, STAFF, STRUCTURE, Staged, stage
from preau.directory.imports.aaf.values import first
from preau.directory.imports.spool import CHANGED, CREATED, QUARANTINED, UNCHANGED, Note, Record, Spool
from preau.directory.models import Delivery, ExternalId, OfficialCode, Person, School
from preau.directory.rules import approves, ends_too_many
from preau.directory.rules.facts import Batch, SchoolFacts
from preau.directory.words import Role
from preau.foundation.text import fold

OUTCOMES = {"unchanged": UNCHANGED, "changed": CHANGED, "created": CREATED}
SOURCE = "aaf"
# Of each grade, this many notes are kept with the delivery; the command's --json holds them all.
KEPT = 1_000
Tell = Callable[[str, int, int], None]


@dataclass
class Departure:
    """A school of which a delivery would end more people than it may by itself."""

    uai: str
    name: str
    ending: int
    present: int

    def __str__(self) -> str:
        said = _("%(name)s (%(uai)s) : %(ending)s personnes sur %(present)s seraient retirées.")
        return said % vars(self)


@dataclass
class Result:
    """What a run found and did. `spool` is open until `close`: the notes are read from it."""

    spool: Spool
    ended: int = 0
    blocked: list[Departure] = field(default_factory=list)
    applied: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """The counts of the report; read = created + changed + unchanged + quarantined."""
        return {
            "read": dict(sorted(self.spool.read.items())),
            "created": self.spool.count(CREATED),
            "changed": self.spool.count(CHANGED),
            "ended": self.ended,
            "unchanged": self.spool.count(UNCHANGED),
        }

    def write(self, file: IO[str]) -> None:
        """The whole report as JSON, written as it is read: a delivery may hold a million notes."""
        head = json.dumps(self.figures(), ensure_ascii=False)
        file.write(head[:-1])
        for grade, name in (("quarantined", "quarantined"), ("warning", "warnings")):
            file.write(f', "{name}": [')
            for number, note in enumerate(self.spool.notes(grade)):
                file.write(",\n" if number else "\n")
                file.write(json.dumps(quoted(note), ensure_ascii=False))
            file.write("]")
        tail = {
            "blocked": [vars(row) for row in self.blocked],
            "applied": self.applied,
            "seconds": self.seconds,
        }
        file.write(f", {json.dumps(tail, ensure_ascii=False)[1:]}\n")

    def summary(self) -> dict[str, Any]:
        """The report as it is kept: counts, and the first places to look at."""
        kept: dict[str, Any] = self.figures()
        for grade, name in (("quarantined", "quarantined"), ("warning", "warnings")):
            kept[name] = [quoted(note) for note in islice(self.spool.notes(grade), KEPT)]
        kept["quarantined_count"] = self.spool.count(QUARANTINED)
        kept["blocked"] = [vars(row) for row in self.blocked]
        return kept | {"counts": self.counts, "applied": self.applied, "seconds": self.seconds}

    def close(self) -> None:
        self.spool.close()


def quoted(note: Note) -> dict[str, Any]:
    return {"file": note.file, "line": note.line, "key": note.key, "reason": note.reason}


class Run:
    """One delivery. `own` limits it to one school, whose page brought it; `approver` agrees to large departures."""

    def __init__(
        self, *, today: date, dry: bool = False, own: School | None = None, approver: Person | None = None,
        delivery: Delivery | None = None, tell: Tell = lambda step, done, total: None,
    ) -> None:  # fmt: skip
        self.today, self.dry, self.own, self.approver = today, dry, own, approver
        self.delivery, self.tell = delivery, tell
        self.authority = ""
        self.staged: Staged
        self.result: Result

    def bring(self, paths: Sequence[Path]) -> Result:
        """Raises Unreadable, before anything is written, when a file cannot be trusted."""
        began = time.perf_counter()
        self.tell(_("Lecture"), 0, len(paths))
        names = iter(range(1, len(paths) + 1))
        self.staged = stage(paths, self.today, lambda name: self.tell(_("Lecture"), next(names), len(paths)))
        self.result = Result(self.staged.spool)
        self.authority = self._authority()
        read = time.perf_counter()
        self._compare_and_apply()
        done = time.perf_counter()
        self.result.seconds = {"read": round(read - began, 2), "apply": round(done - read, 2)}
        return self.result

    def _compare_and_apply(self) -> None:
        schools, batches = self._open()
        self.result.blocked = [row for row in self._too_many(schools, batches) if not self._approved(row)]
        writing_now = not self.dry and not self.result.blocked
        self._codes(write=writing_now and self.own is None)
        for number, facts in enumerate(schools):
            self.tell(_("Établissements"), number, len(schools))
            self._school(facts, batches.of_school(facts), write=writing_now)
        if self.own is None:
            for batch in batches.nowhere():
                self._unplaced(batch, write=writing_now)
        else:
            self._set_aside()
        self.result.applied = writing_now

    # What the delivery stands on

    def _authority(self) -> str:
        """The académie whose keys these are: declared by the files, else by their structures, else known from before."""
        if self.staged.academies:
            return next(iter(self.staged.academies))
        for record in self.staged.spool.of_category(STRUCTURE):
            told = record.attributes
            if code := first(told, "ENTServAcCodeAcademie").lstrip("0"):
                return code
            if name := fold(first(told, "ENTServAcAcademie")):
                return name[:40]
        places = [
            key for (key,) in self.staged.spool.db.execute("SELECT DISTINCT school FROM place LIMIT 500")
        ]
        known = ExternalId.objects.filter(source=SOURCE, kind="structure", value__in=places)
        found = sorted(set(known.values_list("authority", flat=True)))
        return found[0] if len(found) == 1 else ""

    def _open(self) -> tuple[list[SchoolFacts], Batches]:
        """The schools of this delivery, delivered or known from before, and the batches of their people."""
        spool = self.staged.spool
        mine = ExternalId.objects.filter(source=SOURCE, authority=self.authority, kind="structure")
        before = {row.value: row.school for row in mine.select_related("school")}
        if self.own:
            before = {key: school for key, school in before.items() if school == self.own}
        codes_here = OfficialCode.objects.filter(authority=self.authority)
        subjects = dict(codes_here.filter(kind="matiere").values_list("code", "label"))
        programmes = set(codes_here.filter(kind="mef").values_list("code", flat=True))
        for category, kind in CODE_CATEGORIES:
            told = official_codes(self.staged, category)
            if kind == "matiere":
                subjects |= {code: label for code, (label, *_rest) in told.items()}
            else:
                programmes |= set(told)
        batches = Batches(self.staged, subjects, programmes)
        schools = list(self._delivered(batches))
        told_keys = {facts.key for facts in schools}
        placed = {key for (key,) in spool.db.execute("SELECT DISTINCT school FROM place")}
        schools += [
            SchoolFacts(key, school.uai, "", "", "", "", 0)
            for key, school in sorted(before.items())
            if school and key in placed - told_keys
        ]
        batches.know({facts.key for facts in schools})
        if self.own is None:
            batches.warn_unknown_places()
        return schools, batches

    def _delivered(self, batches: Batches) -> Iterator[SchoolFacts]:
        seen: dict[str, str] = {}
        for record, facts in batches.structures():
            if self.own and facts.uai != self.own.uai:
                self.staged.spool.quarantine(_("Autre établissement que le vôtre : laissé de côté."), record)
            elif facts.uai in seen:
                self.staged.spool.quarantine(
                    _("Un autre établissement de la livraison a le même UAI."), record
                )
            else:
                seen[facts.uai] = facts.key
                yield facts

    def _too_many(self, schools: list[SchoolFacts], batches: Batches) -> Iterator[Departure]:
        """Schools of which too many people are absent from a delivery that should list them all."""
        for facts in schools:
            setting = self._setting()
            school, _known = writing.school_of(facts, setting)
            if school is None:
                continue
            ending = present = 0
            for category, roles in ((PUPIL, Q(role=Role.PUPIL)), (STAFF, ~Q(role=Role.PUPIL))):
                if batches.told[category]:
                    keys = batches.people_keys(facts.key, category)
                    leaving, all_ = matching.leaving(school, keys, SOURCE, self.authority, roles)
                    ending, present = ending + leaving, present + all_
            if ends_too_many(ending, present):
                yield Departure(school.uai, school.name, ending, present)

    def _approved(self, departure: Departure) -> bool:
        return self.approver is not None and approves(self.approver, departure.uai, self.today)

    # One after the other

    def _setting(self) -> Setting:
        day = self.staged.day or self.today
        return Setting(SOURCE, self.authority, day, self.today, None, None, own=self.own is not None)

    def _codes(self, *, write: bool) -> None:
        for category, kind in CODE_CATEGORIES:
            told = official_codes(self.staged, category)
            if not told:
                continue
            outcomes = writing.bring_codes(self.authority, kind, told, dry=not write)
            for record in self.staged.spool.of_category(category):
                outcome = outcomes[record.key[:20]] if self.own is None else "unchanged"
                self.staged.spool.settle(record.id, OUTCOMES[outcome])

    def _school(self, facts: SchoolFacts, batch: Batch, *, write: bool) -> None:
        setting, warn = self._setting(), self._warn(batch, facts.key)
        if write:
            clock = codes.OVERSEAS.get(facts.uai[:3], "")
            place = writing.Place(codes.zone_of(facts.academy), clock)
            outcome, changes = writing.bring_school(facts, batch, setting, place, self.delivery, warn)
        else:
            outcome, changes = writing.preview_school(facts, batch, setting, warn)
        if facts.record:
            changed = outcome == "unchanged" and changes.school_changed
            self.staged.spool.settle(facts.record, OUTCOMES["changed" if changed else outcome])
        self._settle(batch, changes)

    def _unplaced(self, batch: Batch, *, write: bool) -> None:
        setting, warn = self._setting(), self._warn(batch, "")
        if write:
            changes = writing.bring_unplaced(batch, setting, warn)
        else:
            changes = writing.Comparison(batch, setting, warn).run()
        self._settle(batch, changes)

    def _settle(self, batch: Batch, changes: Changes) -> None:
        spool, result = self.staged.spool, self.result
        for key, facts in batch.people.items():
            for record in facts.records:
                spool.settle(record, OUTCOMES[changes.outcomes[key]])
        result.ended += len(changes.left)
        for name, count in changes.counts.items():
            result.counts[name] = result.counts.get(name, 0) + count
        for name, lines in changes.lines.items():
            kept = result.lines.setdefault(name, [])
            kept += lines[: max(0, 200 - len(kept))]

    def _warn(self, batch: Batch, school: str) -> Callable[[str, str], None]:
        def warn(reason: str, key: str) -> None:
            facts = batch.people.get(key)
            record = self.staged.spool.place_of(facts.records[0]) if facts else None
            self.staged.spool.warn(reason, record, key=key, school=school)

        return warn

    def _set_aside(self) -> None:
        """A school's own file: whoever it places elsewhere is left out, and told."""
        spool = self.staged.spool
        for record in spool.records("WHERE r.category <> 'double' ORDER BY r.id"):
            if not spool.outcomes[record.id]:
                spool.quarantine(_("Ne concerne pas votre établissement : laissé de côté."), record)


__all__ = ["QUARANTINED", "Record", "Result", "Run", "quoted"]
