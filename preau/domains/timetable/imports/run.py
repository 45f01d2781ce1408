"""One import from its files to its report: recognise, read, resolve, compare, say; and write, when it is asked."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import SchoolYear
from preau.directory.queries.columns import column_words
from preau.domains.timetable.actions import importing
from preau.domains.timetable.actions.patterns import Weekly, closures_of
from preau.domains.timetable.imports import edt, ics, sts, tables
from preau.domains.timetable.imports.comparing import (
    Comparison,
    compared,
    known_courses,
    said_by,
    weeks_of,
)
from preau.domains.timetable.imports.decided import counts, course_id, decided_of, lessons_of, settled
from preau.domains.timetable.imports.known import SchoolContext
from preau.domains.timetable.imports.lines import before_of, line_of, pattern_line
from preau.domains.timetable.imports.overlaps import Overlap, overlaps
from preau.domains.timetable.imports.resolving import Course, resolved, slots_of_events
from preau.domains.timetable.imports.told import Aside, TimetableFiles
from preau.domains.timetable.imports.weeks import Calendar, Names
from preau.domains.timetable.models import Alternation, TimetableImport
from preau.foundation.reading import Unreadable
from preau.foundation.uploads import ZIP_MARK

EDT, STS, ICS, TABLE = "edt", "sts", "ics", "csv"
COLUMNS = "cours"  # the name of this table among those whose columns a school named
Scope = TimetableImport.Scope
# What a format usually holds: the whole school; a calendar or a table may hold one class.
SCOPES = {EDT: Scope.ALL, STS: Scope.ALL, ICS: Scope.CLASSES, TABLE: Scope.CLASSES}
Tell = Callable[[str], None]


@dataclass
class Result:
    """What was read, and what it changes."""

    source: str
    told: TimetableFiles
    comparison: Comparison
    changes: importing.Changes
    overlaps: list[Overlap] = field(default_factory=list)
    start: date = date.min
    scope: str = ""
    applied: bool = False
    # Where the file and people have both decided, for the preview; and those in which somebody chose the file.
    columns: list[dict[str, object]] = field(default_factory=list)
    decided: list[dict[str, str]] = field(default_factory=list)
    taken: frozenset[str] = frozenset()

    @property
    def outcomes(self) -> Counter[str]:
        """How each course ends: every one does, once."""
        ends = dict.fromkeys(self.told.aside, "aside")
        for name, courses in (
            ("unchanged", [course for _old, course in self.comparison.unchanged]),
            ("changed", [course for _old, course in self.comparison.changed]),
            ("created", self.comparison.created),
        ):
            ends |= {number: name for course in courses for number in course.slot.courses}
        for conflict in self.comparison.conflicts:
            written = conflict.theirs if course_id(conflict) in self.taken else conflict.mine
            numbers = conflict.course.slot.courses if conflict.course else ()
            ends |= dict.fromkeys(numbers, "changed" if written else "unchanged")
        return Counter(ends.values())


def recognise(path: Path) -> str:
    """The format by what a file holds. Raises Unreadable for one that is none."""
    with path.open("rb") as file:
        start = file.read(8_192)
    if not start.strip():
        raise Unreadable(path.name, None, _("Le fichier est vide."))
    plain = start.replace(b"\0", b"")
    if b"EXPORT_INDEX_EDUCATION" in plain:
        raise Unreadable(path.name, 1, _("Cet export est chiffré : demandez à EDT un export en clair."))
    if b"<ExportEmploiDuTemps" in plain or b":ExportEmploiDuTemps" in plain:
        return EDT
    if b"<EDT_STS" in plain or b"<STS_EDT" in plain:
        return STS
    if b"BEGIN:VCALENDAR" in plain[:200].upper():
        return ICS
    if plain.lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ").startswith(b"<"):
        raise Unreadable(path.name, 1, _("Ce fichier XML n’est ni un export d’EDT ni un fichier de STSWEB."))
    if start.startswith(ZIP_MARK) or b"\n" in plain or b";" in plain:
        return TABLE
    raise Unreadable(path.name, 1, _("Ce fichier n’est pas un emploi du temps que Préau sait lire."))


def recognise_all(paths: Sequence[Path]) -> str:
    """The one format of several files. Raises Unreadable."""
    found = {path: recognise(path) for path in paths}
    formats = set(found.values())
    if len(formats) > 1:
        raise Unreadable(
            paths[-1].name,
            None,
            _("Ces fichiers ne sont pas tous du même format : apportez-les l’un après l’autre."),
        )
    return formats.pop()


@dataclass(frozen=True)
class ImportOptions:
    """How files are to be taken.

    `source`: the format, recognised when it is not told. `scope`: which courses the files tell whole. `since`: the first day of what arrives, today when it is not told.
    `taken`: what people decided here and for which somebody (`by`) chose the file; everything else stays as they decided.
    """

    source: str = ""
    scope: str = ""
    since: date | None = None
    taken: frozenset[str] = frozenset()
    by: int | None = None


def bring(
    paths: Sequence[Path],
    year: SchoolYear,
    *,
    today: date,
    asked: ImportOptions,
    tell: Tell = lambda _step: None,
) -> Result:
    """Read and compare; nothing is written. Raises Unreadable."""
    source = asked.source or recognise_all(paths)
    tell(_("Lecture des fichiers"))
    start = max(today, year.starts)
    since = asked.since or start
    calendar = Calendar(year, closures_of(year.school), Alternation.objects.filter(year=year))
    known = SchoolContext(year.school, year, start)
    files = _told(paths, source, calendar, known)
    _check(files, year, paths)
    tell(_("Comparaison avec l’emploi du temps"))
    courses = resolved(files, known, calendar, keys_are_files=source in {ICS, TABLE})
    if not files.read or (not courses and not files.aside):
        raise Unreadable(paths[0].name, None, _("Le fichier ne contient aucun cours."))
    scope = asked.scope or SCOPES[source]
    comparison = compared(courses, known_courses(year, source), start, scope)
    _leave_the_past(comparison, files, calendar, since)
    result = Result(source, files, comparison, importing.Changes(year), start=start, scope=scope)
    result.taken, result.decided = asked.taken, decided_of(comparison, start, timezone.now())
    result.changes = _changes(result, known, calendar, since)
    result.changes.by = asked.by
    if source == TABLE:
        result.columns = tables.shown(paths, words_of(year))
    result.overlaps = overlaps(courses, year, source, calendar)
    return result


def apply(paths: Sequence[Path], year: SchoolYear, *, keep: Callable[[Result], None], **how: Any) -> Result:
    """Read, compare and write in one transaction, `keep` in it: all of it, or nothing. Raises Unreadable."""
    with transaction.atomic():
        importing.lock_year(year)
        result = bring(paths, year, **how)
        importing.write(result.changes)
        result.applied = True
        keep(result)
    return result


def _told(paths: Sequence[Path], source: str, calendar: Calendar, known: SchoolContext) -> TimetableFiles:
    if source == EDT:
        return edt.read(paths)
    if source == STS:
        return sts.read(paths)
    if source == TABLE:
        return tables.read(paths, calendar, words_of(calendar.year))
    year = calendar.year
    files, happenings = ics.read(paths, year.school.timezone, (year.starts, year.ends))
    slots_of_events(files, happenings, known)
    return files


def words_of(year: SchoolYear) -> dict[str, str]:
    """What somebody of the school said that headings of its timetables mean."""
    return column_words(year.school_id, COLUMNS)


def _check(files: TimetableFiles, year: SchoolYear, paths: Iterable[Path]) -> None:
    """Is it of this school, and of this year? Raises Unreadable."""
    name = next(iter(paths)).name
    if files.uai and files.uai != year.school.uai:
        sentence = _("Ce fichier est celui de l’établissement %(uai)s.")
        raise Unreadable(name, 1, sentence % {"uai": files.uai[:12]})
    if files.days and (files.days[1] < year.starts or files.days[0] > year.ends):
        sentence = _("Ce fichier est de l’année %(year)s, et l’année en cours est %(current)s.")
        days = {"year": f"{files.days[0].year}-{files.days[0].year + 1}", "current": year.name}
        raise Unreadable(name, 1, sentence % days)


def _leave_the_past(comparison: Comparison, files: TimetableFiles, calendar: Calendar, since: date) -> None:
    """A course that would arrive with all its weeks over is put aside: there is nothing left of it."""
    left = []
    for course in comparison.created:
        weeks = calendar.mondays if course.weeks is None else course.weeks
        if course.last >= since and any(
            monday + timedelta(days=course.slot.weekday) >= since for monday in weeks
        ):
            left.append(course)
            continue
        for number in course.slot.courses:
            files.put_aside(
                number,
                course.slot.file,
                course.slot.line,
                _("Toutes les dates de ce cours sont passées."),
                what=course.subject.name,
            )
    comparison.created = left


def _changes(result: Result, known: SchoolContext, calendar: Calendar, since: date) -> importing.Changes:
    created, changed, stopped, left = settled(result.comparison, result.taken)
    arriving = [*created, *(course for _old, course in changed)]
    names = Names(calendar, weeks_of(arriving))
    used = {id(course.subject) for course in arriving}, {id(course.room) for course in arriving}

    def weekly(course: Course, first: date) -> Weekly:
        slot = course.slot
        return Weekly(
            calendar.year,
            course.subject,
            course.groups,
            course.teachers,
            course.room,
            slot.weekday,
            slot.starts,
            slot.ends,
            max(course.first, first),
            course.last,
            names.given[course.weeks] if course.weeks is not None else None,
            result.source,
            course.key,
        )

    return importing.Changes(
        calendar.year,
        subjects=[subject for subject in known.subjects if id(subject) in used[0]],
        rooms=[room for room in known.rooms if id(room) in used[1]],
        alternations=names.new(),
        created=[weekly(course, since) for course in created],
        changed=[(old, weekly(course, result.start)) for old, course in changed],
        stopped=stopped,
        source=result.source,
        told=list(_remembered(result)),
        gone=[one.told for one in result.comparison.gone if one.told],
        loosened=left,
        taken=lessons_of(result.taken),
    )


def _remembered(result: Result) -> Iterable[importing.Remembered]:
    """What the file says of each course that is taken, whatever people make of it."""
    comparison = result.comparison
    taken = {id(conflict.course) for conflict in comparison.conflicts if course_id(conflict) in result.taken}
    for known, course in comparison.pairs:
        words = partial(said_by, course)
        yield importing.Remembered(course.key, words, known.told, known.here, id(course) in taken)
    old = {id(course) for _known, course in comparison.pairs}
    for course in comparison.created:
        if id(course) not in old:
            yield importing.Remembered(course.key, partial(said_by, course))


# What is said of it


def report_of(result: Result) -> dict[str, Any]:
    """Counts, places and reasons: nobody's name."""
    ends, files, changes = result.outcomes, result.told, result.changes
    asides = [files.aside[number] for number in sorted(files.aside)]
    return {
        "format": result.source,
        "scope": result.scope,
        "from": result.start.isoformat(),
        "applied": result.applied,
        "read": files.read,
        "created": ends["created"],
        "changed": ends["changed"],
        "unchanged": ends["unchanged"],
        "aside": ends["aside"],
        "stopped": len(changes.stopped),
        "kept": _kept(result),
        "subjects_created": [subject.name for subject in changes.subjects],
        "rooms_created": [room.name for room in changes.rooms],
        "alternations_created": [alternation.name for alternation in changes.alternations],
        "figures": dict(sorted(files.figures.items())),
        "put_aside": [_placed(aside) for aside in asides],
        "notes": [_placed(note) for note in files.notes],
        "clashes": [
            {"file": overlap.file, "line": overlap.line, "reason": overlap.said}
            for overlap in result.overlaps
        ],
        "reasons": [list(pair) for pair in Counter(aside.reason for aside in asides).most_common(50)],
        "errors": [],
    }


def _kept(result: Result) -> int:
    """How much stays as people decided it here."""
    own = sum(1 for known, course in result.comparison.unchanged if known.differs(course, result.start))
    return own + counts(result.decided, result.taken)


def _placed(aside: Aside) -> dict[str, Any]:
    return {"file": aside.file, "line": aside.line, "reason": aside.reason, "what": aside.what}


def preview_of(result: Result) -> dict[str, Any]:
    """What would change, in words that name people: kept until it is decided."""
    comparison, files = result.comparison, result.told
    unknown = Counter(one.who for one in files.aside.values() if one.who)
    return {
        "created": [line_of(course) for course in comparison.created],
        "changed": [
            line_of(course) | {"before": before_of(old, course)} for old, course in comparison.changed
        ],
        "stopped": [pattern_line(one) for one in comparison.stopped],
        "columns": result.columns,
        "decided": result.decided,
        "take": sorted({one["id"] for one in result.decided} & result.taken),
        "clashes": [
            {"file": overlap.file, "line": overlap.line, "reason": overlap.said, "who": overlap.who}
            for overlap in result.overlaps
        ],
        "unknown": [list(pair) for pair in unknown.most_common(50)],
        "weeks": [
            [alternation.name, len(alternation.mondays), *_ends(alternation)]
            for alternation in result.changes.alternations
        ],
        "print": fingerprint(result),
    }


def _ends(alternation: Alternation) -> list[str]:
    return [alternation.mondays[0], alternation.mondays[-1]]


def fingerprint(result: Result) -> str:
    """Two readings that would change the same have the same."""
    parts = [
        sorted(course.key for course in result.comparison.created),
        sorted((old.pk, course.key) for old, course in result.comparison.changed),
        sorted(one.pk for one in result.comparison.stopped),
        sorted(
            (conflict.known.key, conflict.known.here and conflict.known.here.pk)
            for conflict in result.comparison.conflicts
        ),
        sorted(one["id"] for one in result.decided),
    ]
    return sha256(repr(parts).encode()).hexdigest()[:32]
