"""The pipeline: read → stage → compare → preview, or apply in one transaction a school → report."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any

import structlog
from django.db import DatabaseError
from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory.actions import writing
from preau.directory.actions.changes import Changes, Setting
from preau.directory.actions.comparing import Comparison
from preau.directory.imports.formats import AAF, Format
from preau.directory.imports.spool import CHANGED, CREATED, QUARANTINED, UNCHANGED, Note, Record, Spool
from preau.directory.imports.staging import codes
from preau.directory.imports.staging.batches import CODE_CATEGORIES, Batches, official_codes
from preau.directory.imports.staging.staged import (
    GUARDIAN,
    PEOPLE,
    PUPIL,
    STAFF,
    STRUCTURE,
    Staged,
    are_names_of,
    own_key,
    stage,
)
from preau.directory.imports.staging.values import first
from preau.directory.models import (
    Delivery,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    OfficialCode,
    Person,
    School,
    SchoolYear,
)
from preau.directory.models.scoping import active_on
from preau.directory.rules import approves, ends_too_many
from preau.directory.rules.facts import Batch, SchoolFacts
from preau.directory.rules.precedence import others_than
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

log = structlog.get_logger(__name__)
OUTCOMES = {"unchanged": UNCHANGED, "changed": CHANGED, "created": CREATED}
# Of each grade, this many notes are kept with the delivery; the command's --json holds them all.
KEPT = 1_000
# The same of one school, in a delivery for several.
KEPT_HERE = 200
# So many keys are looked up at once.
CHUNK = 2_000
# Fewer pupils tell nothing of a year: some repeat a level, or were written down in a wrong one.
FEWEST_LEVELS = 5
Tell = Callable[[str, int, int], None]


@dataclass
class Departure:
    """A school to which a delivery would do more than it may by itself: `ending` of `present` people.

    `what`: "people" lose every role, "families" lose every legal guardian, "guardians" are staff of a school.
    """

    uai: str
    name: str
    ending: int
    present: int
    what: str = "people"

    def __str__(self) -> str:
        sentence = {
            "people": _("%(name)s (%(uai)s) : %(ending)s personnes sur %(present)s seraient retirées."),
            "families": _(
                "%(name)s (%(uai)s) : %(ending)s élèves sur %(present)s n’auraient plus de responsable légal."
            ),
            "guardians": _(
                "%(name)s (%(uai)s) : %(ending)s fois, un personnel deviendrait responsable d’un élève."
            ),
        }[self.what]
        return sentence % vars(self)


@dataclass
class Result:
    """What a run found and did. `spool` is open until `close`: the notes are read from it."""

    spool: Spool
    ended: int = 0
    blocked: list[Departure] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
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
        head = json.dumps({"errors": self.errors} | self.figures(), ensure_ascii=False)
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
        kept["errors"] = self.errors
        return kept | {"counts": self.counts, "applied": self.applied, "seconds": self.seconds}

    def notes_of_schools(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What each school (by its key) has to look at, in the shape of a report: places, sentences and totals."""
        for school, notes in self.spool.notes_of_schools():
            report: dict[str, Any] = {"sentences": {}, "totals": {}}
            for grade, name in (("quarantined", "quarantined"), ("warning", "warnings")):
                these = [note for one, note in notes if one == grade]
                seen = Counter(note.reason for note in these)
                for reason in seen if grade == "warning" else ():
                    seen[reason] = max(seen[reason], self.spool.said_here(reason, school))
                report[name] = [quoted(note) for note in these[:KEPT_HERE]]
                report["sentences"][name] = [list(pair) for pair in seen.most_common()]
                report["totals"][name] = seen.total()
            yield school, report

    @property
    def refused(self) -> list[str]:
        """The names of the files that were left aside."""
        return [error["file"] for error in self.errors if error["file"]]

    def forget(self) -> None:
        """Start again after a trial."""
        self.ended, self.counts, self.lines = 0, {}, {}

    def close(self) -> None:
        self.spool.close()


def fault_of(refusal: Unreadable) -> dict[str, Any]:
    return {"file": refusal.file, "line": refusal.line, "reason": refusal.reason}


def quoted(note: Note) -> dict[str, Any]:
    return {"file": note.file, "line": note.line, "key": note.key, "reason": note.reason}


class Run:
    """One delivery. `own` limits it to one school, whose page brought it; `approver` agrees to large departures."""

    def __init__(
        self,
        *,
        today: date,
        dry: bool = False,
        own: School | None = None,
        approver: Person | None = None,
        delivery: Delivery | None = None,
        tell: Tell = lambda step, done, total: None,
        reads: Format = AAF,
    ) -> None:
        self.format, self.source = reads, reads.source
        self.today, self.dry, self.own, self.approver = today, dry, own, approver
        self.delivery, self.tell = delivery, tell
        self.authority = ""
        # Would the look without writing have written anything? What each school would read of it.
        self.moves = False
        self.shares: dict[int, dict[str, int]] = {}
        # The primary keys of the schools of the delivery, by their keys.
        self.places: dict[str, int] = {}
        self.spared: frozenset[str] = frozenset()
        self.others = False
        self.staged: Staged
        self.result: Result

    def bring(self, paths: Sequence[Path]) -> Result:
        """Raises Unreadable, before anything is written, when a file cannot be trusted."""
        began = time.perf_counter()
        self.tell(_("Lecture"), 0, len(paths))
        names = iter(range(1, len(paths) + 1))
        self.staged = stage(
            paths,
            self.today,
            lambda name: self.tell(_("Lecture"), next(names), len(paths)),
            self.format.read,
            goes_on=self.format.goes_on,
        )
        self.result = Result(self.staged.spool)
        self.result.errors = [fault_of(refusal) for refusal in self.staged.refused]
        self.authority = self._authority()
        read = time.perf_counter()
        try:
            self._compare_and_apply()
        except BaseException:
            self.result.close()
            raise
        done = time.perf_counter()
        self.result.seconds = {"read": round(read - began, 2), "apply": round(done - read, 2)}
        return self.result

    def _compare_and_apply(self) -> None:
        self._part_shared_numbers()
        if self.staged.is_delta:
            self._place_changes()
        schools, batches = self._open()
        self._refuse_another_year(schools)
        self._refuse_another_school(schools)
        self.others = self._has_others()
        quarantined = self.staged.spool.quarantined_keys(PUPIL, STAFF, GUARDIAN)
        self.spared = quarantined | self.staged.spared
        known = self.own is not None or self._has_history()
        if self.dry or known:
            mark = self.staged.spool.mark()
            self._pass(schools, batches, write=False)
            if not self.dry and not self.moves:
                # The delivery that was brought last night: what the first look found is the whole report.
                if self.delivery:
                    writing.keep_shares(self.delivery, self.shares)
                self._applied()
                return
            if not self.dry and not self.result.blocked:
                self.staged.spool.rewind(mark)
                self.result.forget()
        if not self.dry and not self.result.blocked:
            self._pass(schools, batches, write=True)
            self._applied()

    def _applied(self) -> None:
        self.result.applied = True
        if self.delivery and self.own is None:
            notes_by_school = self.result.notes_of_schools()
            writing.keep_notes(
                self.delivery, ((self.places.get(key), notes) for key, notes in notes_by_school)
            )

    def _has_others(self) -> bool:
        """Has another source brought somebody? Asked by name: « another than ours » would read every key there is."""
        people = ExternalId.objects.filter(kind="person", source__in=sorted(others_than(self.source)))
        return people.exists()

    def _has_history(self) -> bool:
        """Has the source filled any school before? Only then can a delivery take something away."""
        return Holding.objects.filter(source=self.source).exists()

    def _pass(self, schools: list[SchoolFacts], batches: Batches, *, write: bool) -> None:
        """Compare everything, and write it or not. What is found too large is found before anything is written."""
        self._codes(write=write and self.own is None)
        for number, facts in enumerate(schools):
            self.tell(_("Établissements"), number, len(schools))
            if self.staged.is_delta:
                batches.names = self._names_of_groups(facts)
            self._school(facts, batches.of_school(facts), write=write)
        if self.own is None:
            for batch in batches.nowhere():
                self._unplaced(batch, write=write)
        else:
            self._set_aside()

    def _refuse_another_year(self, schools: Sequence[SchoolFacts]) -> None:
        """A delivery of a year that is over would write classes and pupils of then beside those of now. Raises Unreadable."""
        year = self.format.year
        if year is not None and not self.staged.is_dated:
            self.staged.day = date(year, 9, 1)
        elif self.staged.levelled >= FEWEST_LEVELS and self.staged.below * 2 > self.staged.levelled:
            sentence = _(
                "Ces fichiers mettent %(below)s élèves sur %(count)s à un niveau plus bas que le leur : "
                "ils sont sans doute d’une année passée."
            )
            raise self._unreadable(sentence % {"below": self.staged.below, "count": self.staged.levelled})
        year_name, first_day, _last = writing.school_year_of(self.staged.day or self.today)
        if year is not None and year != first_day.year:
            sentence = _("Ces fichiers sont de l’année %(told)s, et non de %(year)s.")
            raise self._unreadable(sentence % {"told": year_name, "year": f"{year}-{year + 1}"})
        begun = SchoolYear.objects.filter(
            school__uai__in=[facts.uai for facts in schools], starts__lte=self.today
        )
        open_now = begun.order_by("-starts").first()
        if year is None and open_now and writing.school_year_of(open_now.starts)[1] > first_day:
            sentence = _(
                "Ces fichiers sont de l’année %(told)s ; l’établissement %(uai)s en est à %(year)s. "
                "Prenez ceux de cette année."
            )
            raise self._unreadable(
                sentence % {"told": year_name, "uai": open_now.school.uai, "year": open_now.name}
            )

    def _refuse_another_school(self, schools: Sequence[SchoolFacts]) -> None:
        """Files of one school, on a site that has others and not this one: a mistake, unless the operator names it. Raises Unreadable."""
        known = School.objects.filter(uai__in=[facts.uai for facts in schools])
        if not self.format.of_one_school or not schools or known.exists() or not School.objects.exists():
            return
        if schools[0].uai != self.format.opens:
            sentence = _(
                "L’établissement %(uai)s n’est pas ici. Pour l’ouvrir, nommez-le : --school %(uai)s."
            )
            raise self._unreadable(sentence % {"uai": schools[0].uai})

    def _unreadable(self, reason: str) -> Unreadable:
        return Unreadable(self.staged.spool.files[0], None, reason)

    # What the delivery stands on

    def _authority(self) -> str:
        """The académie whose keys these are: declared by the files, else that of the same schools before, else told by them."""
        authority = next(iter(self.staged.academies), "") or self._known_authority() or self._told_authority()
        if self.own is None:
            return authority
        mine = ExternalId.objects.filter(source=self.source, kind="structure", school=self.own)
        known = set(mine.values_list("authority", flat=True))
        if known and authority not in known:
            file = self.staged.spool.files[0]
            self.staged.spool.close()
            raise Unreadable(
                file, None, _("Ces fichiers ne viennent pas de l’académie de votre établissement.")
            )
        return authority

    def _known_authority(self) -> str:
        """The one académie under which the structures of this delivery, or those that it names, are known."""
        spool = self.staged.spool
        uais = [
            first(record.attributes, "ENTStructureUAI", "ENTEtablissementUAI")
            for record in spool.of_category(STRUCTURE)
        ]
        places = [key for (key,) in spool.db.execute("SELECT DISTINCT school FROM place LIMIT 500")]
        known = ExternalId.objects.filter(source=self.source, kind="structure")
        for these in (known.filter(school__uai__in=uais[:500]), known.filter(value__in=places)):
            found = set(these.values_list("authority", flat=True))
            if len(found) == 1:
                return str(found.pop())
        return ""

    def _told_authority(self) -> str:
        for record in self.staged.spool.of_category(STRUCTURE):
            attributes = record.attributes
            if code := first(attributes, "ENTServAcCodeAcademie").lstrip("0"):
                return code[:40]
            if name := fold(first(attributes, "ENTServAcAcademie")):
                return name[:40]
        return ""

    def _part_shared_numbers(self) -> None:
        """A pupil and a guardian whom one number means are two people: whoever was known by it keeps it, in every delivery."""
        known = self._known([pupil.key for pupil, _guardian in self.staged.shared])
        people = Person.objects.in_bulk(set(known.values()))
        parted = set(self._parted_before())
        for pupil, guardian in self.staged.shared:
            if parted & {(PUPIL, pupil.key), (GUARDIAN, guardian.key)}:
                continue
            person = people.get(known.get(pupil.key, 0))
            stranger = pupil if person and are_names_of(guardian, person) else guardian
            parted.add((stranger.category, stranger.key))
        self.staged.part(sorted(parted))

    def _parted_before(self) -> Iterator[tuple[str, str]]:
        marks = {own_key(category, ""): category for category in (PUPIL, GUARDIAN)}
        mine = ExternalId.objects.filter(source=self.source, authority=self.authority, kind="person")
        parted = mine.filter(Q(*(("value__startswith", mark) for mark in marks), _connector=Q.OR))
        for value in parted.values_list("value", flat=True):
            mark = next(mark for mark in marks if value.startswith(mark))
            yield marks[mark], value.removeprefix(mark)

    def _place_changes(self) -> None:
        """What a delta changes or takes away is known: where it stands is in the directory, not in the file."""
        spool = self.staged.spool
        query = "WHERE r.action <> 'add' AND r.category <> 'double' AND r.id > ? ORDER BY r.id LIMIT ?"
        last = 0
        while some := list(spool.records(query, [last, CHUNK])):
            last = some[-1].id
            people = self._known([record.key for record in some if record.category in PEOPLE])
            places = self._places_of(people.values())
            for record in some:
                if record.category in PEOPLE and record.key not in people:
                    self._unknown(record)
                elif record.category in PEOPLE:
                    spool.place(record.id, places.get(people[record.key], ()))
                elif record.action == "delete":
                    self._kept(record)
            spool.flush()

    def _known(self, keys: list[str]) -> dict[str, int]:
        """The people of these keys."""
        authorities = [self.authority] if self.own is None else [self.authority, f"uai:{self.own.uai}"]
        mine = ExternalId.objects.filter(source=self.source, authority__in=authorities, kind="person")
        same = {key: self.staged.same[key] for key in keys if key in self.staged.same}
        return same | dict(mine.filter(value__in=keys).values_list("value", "person_id"))

    def _places_of(self, people: Iterable[int]) -> dict[int, set[str]]:
        """The keys of the schools where these people learn, work, or have a child who learns."""
        pks, found = list(people), dict[int, set[str]]()
        structures = ExternalId.objects.filter(source=self.source, authority=self.authority, kind="structure")
        keys = {school: key for school, key in structures.values_list("school_id", "value") if school}
        here = Holding.objects.active(self.today)
        # Joined, not « in » those of everybody: a database would read them all to answer for a handful.
        learns = active_on(self.today, "pupil__holdings__")
        wards = Guardianship.objects.active(self.today).filter(learns, guardian__in=pks)
        for person, school in [
            *here.filter(person__in=pks).values_list("person_id", "school_id"),
            *wards.values_list("guardian_id", "pupil__holdings__school_id"),
        ]:
            if school in keys:
                found.setdefault(person, set()).add(keys[school])
        return found

    def _unknown(self, record: Record) -> None:
        """Somebody whom only the same delivery brings, under another category, or nobody."""
        spool = self.staged.spool
        if record.key in self.staged.doubles:
            return
        if record.action == "delete":
            spool.warn(_("Suppression d’une personne inconnue : rien à faire."), record)
            spool.leave_out(record, UNCHANGED)
        else:
            spool.quarantine(
                _("Modification d’une personne inconnue : une livraison complète la fera connaître."), record
            )

    def _kept(self, record: Record) -> None:
        """A school, or a code that classes still name, is not closed by a line of a file."""
        spool = self.staged.spool
        if record.category == STRUCTURE:
            spool.quarantine(_("Suppression d’un établissement : elle se fait avec l’exploitant."), record)
        else:
            spool.warn(_("Suppression d’un code : il est gardé pour ceux qui le portent."), record)
            spool.leave_out(record, UNCHANGED)

    def _open(self) -> tuple[list[SchoolFacts], Batches]:
        """The schools of this delivery, delivered or known from before, and the batches of their people."""
        spool = self.staged.spool
        mine = ExternalId.objects.filter(source=self.source, authority=self.authority, kind="structure")
        before = {row.value: row.school for row in mine.select_related("school")}
        if self.own:
            before = {key: school for key, school in before.items() if school == self.own}
        codes_here = OfficialCode.objects.filter(authority=self.authority)
        subjects = dict(codes_here.filter(kind="matiere").values_list("code", "label"))
        programmes = set(codes_here.filter(kind="mef").values_list("code", flat=True))
        for category, kind in CODE_CATEGORIES:
            parts_by_code = official_codes(self.staged, category)
            if kind == "matiere":
                subjects |= {code: label for code, (label, *_rest) in parts_by_code.items() if label}
            else:
                programmes |= set(parts_by_code)
        batches = Batches(self.staged, subjects, programmes)
        schools = list(self._delivered(batches, before))
        told_keys = {facts.key for facts in schools}
        now = {self._uai_before(facts, before): facts.key for facts in schools}
        renamed = {
            key: now[school.uai]
            for key, school in before.items()
            if school and key not in told_keys and school.uai in now
        }
        batches.rename(renamed)
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

    def _uai_before(self, facts: SchoolFacts, before: dict[str, School | None]) -> str:
        known = before.get(facts.key)
        return known.uai if known else facts.uai

    def _delivered(self, batches: Batches, before: dict[str, School | None]) -> Iterator[SchoolFacts]:
        """The structures of the delivery that lead to one school each; the others are put in quarantine."""
        seen: set[str] = set()
        structures = list(batches.structures())
        by_uai = {
            school.uai: school
            for school in School.objects.filter(uai__in=[facts.uai for _r, facts in structures])
        }
        for record, facts in structures:
            known = before.get(facts.key)
            if record.action == "modify" and known:
                facts.uai = facts.uai or known.uai
            elif record.action == "modify":
                self.staged.spool.quarantine(_("Modification d’un établissement inconnu."), record)
                continue
            reason = self._why_not(facts, before.get(facts.key), by_uai.get(facts.uai), seen)
            if reason:
                self.staged.spool.quarantine(reason, record)
            else:
                seen.add(facts.uai)
                yield facts

    def _why_not(
        self, facts: SchoolFacts, by_key: School | None, by_uai: School | None, seen: set[str]
    ) -> str:
        if self.own:
            away = ExternalId.objects.filter(
                source=self.source, authority=self.authority, kind="structure", value=facts.key
            ).exclude(school=self.own)
            if facts.uai != self.own.uai or away.exists():
                return _("Autre établissement que le vôtre : laissé de côté.")
        if by_key and by_uai and by_key != by_uai:
            return _("La clé est celle d’un établissement et l’UAI celui d’un autre.")
        return _("Un autre établissement de la livraison a le même UAI.") if facts.uai in seen else ""

    def _names_of_groups(self, facts: SchoolFacts) -> dict[str, str]:
        """The names of the classes and groups of a school by key; its groups first, a handful among a million keys."""
        groups = dict(Group.objects.filter(school__uai=facts.uai).values_list("pk", "name"))
        known = ExternalId.objects.filter(
            source=self.source, authority=self.authority, group__in=list(groups)
        ).values_list("value", "group_id")
        return {key: groups[group] for key, group in known if group}

    # One after the other

    def _setting(self) -> Setting:
        return Setting(
            self.source,
            self.authority,
            self.staged.day or self.today,
            self.today,
            self.own,
            None,
            own=self.own is not None,
            spared=self.spared,
            delivered=self.staged.spool.bears,
            is_delta=self.staged.is_delta,
            others=self.others,
            same=self.staged.same,
            is_partial=bool(self.staged.refused),
        )

    def _codes(self, *, write: bool) -> None:
        for category, kind in CODE_CATEGORIES:
            parts_by_code = official_codes(self.staged, category)
            if not parts_by_code:
                continue
            outcomes = writing.bring_codes(self.authority, kind, parts_by_code, dry=not write)
            self.moves |= any(outcome != "unchanged" for outcome in outcomes.values())
            for record in self.staged.spool.of_category(category):
                outcome = outcomes[record.key[:20]] if self.own is None else "unchanged"
                self.staged.spool.settle(record.id, OUTCOMES[outcome])

    def _school(self, facts: SchoolFacts, batch: Batch, *, write: bool) -> None:
        setting, warn = self._setting(), self._warn(batch, facts.key)
        if write:
            clock = codes.OVERSEAS.get(facts.uai[:3], "")
            place = writing.Place(codes.zone_of(facts.academy), clock)
            try:
                outcome, changes = writing.bring_school(facts, batch, setting, place, self.delivery, warn)
            except DatabaseError as error:
                self._could_not(facts, batch, error)
                return
        else:
            outcome, changes = writing.preview_school(facts, batch, setting, warn)
            self._judge(setting.school, changes)
            if setting.school and setting.school.pk:
                self.shares[setting.school.pk] = writing.share_of(changes)
            opens_year = setting.year is None and bool(batch.people or batch.groups)
            self.moves |= outcome != "unchanged" or opens_year or not changes.is_nothing
        if setting.school and setting.school.pk:
            self.places[facts.key] = setting.school.pk
        if facts.record:
            changed = outcome == "unchanged" and changes.school_changed
            self.staged.spool.settle(facts.record, OUTCOMES["changed" if changed else outcome])
        self._settle(batch, changes)

    def _could_not(self, facts: SchoolFacts, batch: Batch, error: DatabaseError) -> None:
        """One school that cannot be written is left as it was, and told; the others go on."""
        log.error("delivery_school_failed", uai=facts.uai, error=type(error).__name__)
        reason = _("Établissement %(uai)s : rien n’a pu y être écrit.") % {"uai": facts.uai}
        self.result.errors.append({"file": "", "line": None, "reason": reason})
        for number in [facts.record, *(n for person in batch.people.values() for n in person.records)]:
            record = self.staged.spool.place_of(number)
            if record and not self.staged.spool.outcomes[number]:
                self.staged.spool.quarantine(reason, record)

    def _judge(self, school: School | None, changes: Changes) -> None:
        """What asks for a second person (docs/decisions/0016 and 0045)."""
        if (
            school is None
            or school.pk is None
            or (self.approver and approves(self.approver, school.uai, self.today))
        ):
            return
        asked = []
        if ends_too_many(len(changes.left), changes.present):
            asked.append(("people", len(changes.left), changes.present))
        if ends_too_many(changes.unfollowed, changes.followed) or (self.own and changes.unfollowed):
            asked.append(("families", changes.unfollowed, changes.followed))
        if changes.counts.get("staff_guardians"):
            asked.append(("guardians", changes.counts["staff_guardians"], changes.followed))
        self.result.blocked += [Departure(school.uai, school.name, n, of, what) for what, n, of in asked]

    def _unplaced(self, batch: Batch, *, write: bool) -> None:
        setting, warn = self._setting(), self._warn(batch, "")
        if write:
            changes = writing.bring_unplaced(batch, setting, warn)
        else:
            changes = Comparison(batch, setting, warn).run()
            self.moves |= not changes.is_nothing
        self._settle(batch, changes)

    def _settle(self, batch: Batch, changes: Changes) -> None:
        spool, result = self.staged.spool, self.result
        for key, facts in batch.people.items():
            for number in facts.records:
                record = spool.place_of(number) if key in changes.refused else None
                if record:
                    spool.quarantine(changes.refused[key], record)
                spool.settle(number, OUTCOMES[changes.outcomes[key]])
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
