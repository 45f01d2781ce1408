"""OneRoster 1.1, the CSV binding: one zip of a school's year, classes, pupils and staff, for the tools that read it.

A subject taught in a class is a OneRoster « class », its subject the « course »; a French class is the « homeroom ».
"""

import csv
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from preau.directory.boards import Roster, RosterFile, roster_files
from preau.directory.exports.scope import GroupLine, Scope, by_first, streamed
from preau.directory.models import Assignment, Period, SchoolYear, Subject
from preau.directory.words import Role

Row = Sequence[object]
# Who a person is in OneRoster. In this order: a teacher first, whatever else they hold. Guardians, nurses and « autre
# personnel » are not told.
ROLES = {
    Role.PUPIL: "student",
    Role.TEACHER: "teacher",
    Role.LIBRARIAN: "teacher",
    Role.ASSISTANT: "aide",
    Role.HEAD: "administrator",
    Role.SCHOOL_LIFE: "administrator",
    Role.SECRETARY: "administrator",
    Role.DIGITAL_LEAD: "administrator",
}
RANKS = {role: rank for rank, role in enumerate(ROLES)}
STAFF = [role for role in ROLES if role != Role.PUPIL]
# A bulk file holds what is there, whole: the standard wants these two empty.
BULK: list[object] = ["", ""]
ABSENT = ("categories", "classResources", "courseResources", "lineItems", "resources", "results")
NO_RACE = [""] * 12


def write(scope: Scope, out: Path, now: datetime, *, results: bool = False) -> Path:
    """The zip of these schools, in `out`. `results`: with what was assessed, as other houses tell it."""
    out.mkdir(parents=True, exist_ok=True)
    name = f"oneroster_{now:%Y%m%d_%H%M%S}.zip"
    with TemporaryDirectory(dir=out, prefix=".oneroster-") as working:
        whole = Path(working) / name
        with ZipFile(whole, "w") as archive:
            for file, (header, rows) in (FILES | (_with_results() if results else {})).items():
                _add(archive, file, header, rows(scope), now)
        whole.chmod(0o600)
        return whole.replace(out / name)


def _add(archive: ZipFile, file: str, header: str, rows: Iterable[Row], now: datetime) -> None:
    entry = ZipInfo(f"{file}.csv", now.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    # Commas, UTF-8, no mark; and no cell is changed: an identifier must come back as it left (docs/exports.md).
    with (
        archive.open(entry, "w", force_zip64=True) as binary,
        TextIOWrapper(binary, "utf-8", newline="") as text,
    ):
        writer = csv.writer(text)
        writer.writerow(header.split(","))
        writer.writerows(rows)


# Identifiers: opaque, and the same at each export


def _year_id(school_public_id: str, year: str) -> str:
    return f"{school_public_id}.{year}"


def _course_id(school_public_id: str, subject_id: int | None) -> str:
    return f"{school_public_id}.{subject_id or 'classe'}"


def _class_id(group: GroupLine, subject_id: int | None) -> str:
    """The class itself, or one subject that is taught there."""
    return f"{group.school.public_id}.{group.pk}" + (f".{subject_id}" if subject_id else "")


# Files


def _manifest(scope: Scope, more: Iterable[str] = ()) -> Iterator[Row]:
    files = {name for name in FILES if name != "manifest"} | set(more)
    yield "manifest.version", "1.0"
    yield "oneroster.version", "1.1"
    for file in sorted(files | set(ABSENT)):
        yield f"file.{file}", "bulk" if file in files else "absent"
    yield "source.systemName", "Préau"
    yield "source.systemCode", "preau"


def _orgs(scope: Scope) -> Iterator[Row]:
    for school in scope.schools.values():
        yield [school.public_id, *BULK, school.name, "school", school.uai, ""]


def _years(scope: Scope) -> "Iterator[SchoolYear]":
    found = SchoolYear.objects.filter(school__in=scope.schools, pk__in=_current_years(scope))
    yield from found.select_related("school").order_by("school__uai")


def _current_years(scope: Scope) -> list[int]:
    return [school.current_year_id for school in scope.schools.values() if school.current_year_id]


def _sessions(scope: Scope) -> Iterator[Row]:
    for year in _years(scope):
        key = _year_id(year.school.public_id, year.name)
        yield [key, *BULK, year.name, "schoolYear", year.starts, year.ends, "", year.ends.year]


def _periods(scope: Scope) -> "Iterator[Period]":
    found = Period.objects.filter(year__in=_current_years(scope))
    yield from found.select_related("school", "year").order_by("school__uai", "starts")


def _period_id(period: Period) -> str:
    return f"{_year_id(period.school.public_id, period.year.name)}.{period.pk}"


def _sessions_and_periods(scope: Scope) -> Iterator[Row]:
    yield from _sessions(scope)
    for period in _periods(scope):
        year = _year_id(period.school.public_id, period.year.name)
        kind, ends = "gradingPeriod", period.year.ends.year
        yield [_period_id(period), *BULK, period.name, kind, period.starts, period.ends, year, ends]


def _year_names(scope: Scope) -> dict[int, str]:
    return {year.school_id: _year_id(year.school.public_id, year.name) for year in _years(scope)}


def _courses(scope: Scope) -> Iterator[Row]:
    """One course a subject of the school, and one for the life of a class."""
    years = _year_names(scope)
    for school in scope.schools.values():
        year, key = years.get(school.pk, ""), school.public_id
        yield [_course_id(key, None), *BULK, year, _("Vie de classe"), "", "", key, "", ""]
    for subject in Subject.objects.filter(school__in=scope.schools).order_by("school__uai", "code"):
        key, year = scope.schools[subject.school_id].public_id, years.get(subject.school_id, "")
        yield [_course_id(key, subject.pk), *BULK, year, subject.name, subject.code, "", key, "", ""]


def _classes(scope: Scope) -> Iterator[Row]:
    years, taught = _year_names(scope), _taught(scope)
    for group in scope.groups.values():
        key, year = group.school.public_id, years[group.school.pk]
        yield [
            _class_id(group, None),
            *BULK,
            group.name,
            "",
            _course_id(key, None),
            group.code,
            "homeroom" if group.is_class else "scheduled",
            "",
            key,
            year,
            "",
            "",
            "",
        ]
        for subject_id, code, name in taught.get(group.pk, ()):
            yield [
                _class_id(group, subject_id),
                *BULK,
                f"{group.name} – {name}",
                "",
                _course_id(key, subject_id),
                f"{group.code} {code}",
                "scheduled",
                "",
                key,
                year,
                name,
                code,
                "",
            ]


def _taught(scope: Scope) -> dict[int, list[tuple[int, str, str]]]:
    """The subjects taught in each class or group: (id, code, name)."""
    assignments = scope.assignments(STAFF).exclude(subject=None).order_by("group_id", "subject__code")
    fields = ("group_id", "subject_id", "subject__code", "subject__name")
    return {
        rows[0][0]: [row[1:] for row in rows]
        for rows in by_first(assignments.values_list(*fields).distinct())
    }


def _users(scope: Scope) -> Iterator[Row]:
    fields = (
        "person_id",
        "school__public_id",
        "role",
        "person__public_id",
        "person__given_name",
        "person__family_name",
    )
    for held in by_first(streamed(scope.holdings(list(ROLES)), *fields)):
        role = ROLES[min((Role(row[2]) for row in held), key=RANKS.__getitem__)]
        schools = ",".join(dict.fromkeys(row[1] for row in held))
        public_id, given, family = held[0][3:]
        yield [public_id, *BULK, "true", schools, role, public_id, "", given, family, *[""] * 8]


def _demographics(scope: Scope) -> Iterator[Row]:
    """The pupils' birth dates, and nothing else of what the file could hold."""
    pupils = streamed(scope.holdings([Role.PUPIL]), "person_id", "person__public_id", "person__birth_date")
    for _pk, public_id, born in (held[0] for held in by_first(pupils)):
        if born:
            yield [public_id, *BULK, born, *NO_RACE]


def _enrollments(scope: Scope) -> Iterator[Row]:
    """A pupil is in each class that their class or group makes; a teacher in those that they teach."""
    taught = _taught(scope)
    learning = streamed(scope.enrolments(), "pupil_id", "group_id", "pupil__public_id", "starts", "ends")
    for rows in by_first(learning):
        for group_id, public_id, *days in _firsts(rows, lambda row: row[1]):
            for subject_id in (None, *(subject[0] for subject in taught.get(group_id, ()))):
                yield _enrolled(scope.groups[group_id], subject_id, [public_id, "student", ""], days)
    fields = ("teacher_id", "group_id", "subject_id", "kind", "teacher__public_id", "starts", "ends")
    for rows in by_first(streamed(scope.assignments(STAFF), *fields)):
        for group_id, subject_id, kind, public_id, *days in _firsts(rows, lambda row: row[1:3]):
            primary = "true" if kind == Assignment.Kind.HEAD_TEACHER else "false"
            yield _enrolled(scope.groups[group_id], subject_id, [public_id, "teacher", primary], days)


def _firsts(rows: list[tuple[Any, ...]], key: Callable[[Any], Hashable]) -> list[Sequence[Any]]:
    """The first row of each key, without who it is of: a pupil who came back has two."""
    found: dict[Hashable, Sequence[Any]] = {}
    for row in rows:
        found.setdefault(key(row), row[1:])
    return list(found.values())


def _enrolled(group: GroupLine, subject_id: int | None, who: list[str], days: Sequence[object]) -> Row:
    """`who` is the identifier, the role, and whether they are the first of the class."""
    key = _class_id(group, subject_id)
    return [f"{key}.{who[0]}", *BULK, key, group.school.public_id, *who, *(day or "" for day in days)]


def _with_results() -> "dict[str, tuple[str, Callable[[Scope], Iterator[Row]]]]":
    """The files of other houses, and the two of ours that they change."""
    names = [roster_file.key for roster_file in roster_files]
    own = {
        "manifest": (FILES["manifest"][0], lambda scope: _manifest(scope, names)),
        "academicSessions": (FILES["academicSessions"][0], _sessions_and_periods),
    }
    return own | {
        roster_file.key: (",".join(roster_file.header), partial(_told_by, roster_file))
        for roster_file in roster_files
    }


def _told_by(file: RosterFile, scope: Scope) -> Iterator[Row]:
    for row in file.rows(_roster(scope)):
        yield [row[0], *BULK, *row[1:]]


def _roster(scope: Scope) -> Roster:
    taught = {(group, row[0]) for group, rows in _taught(scope).items() for row in rows}
    sessions = {period.pk: _period_id(period) for period in _periods(scope)}

    def class_of(group_id: int, subject_id: int) -> str:
        group = scope.groups.get(group_id)
        known = subject_id if (group_id, subject_id) in taught else None
        return _class_id(group, known) if group else ""

    pupils = scope.holdings([Role.PUPIL]).order_by().values("person_id")
    return Roster(tuple(scope.schools), pupils, class_of, lambda period: sessions.get(period, ""))


FILES: dict[str, tuple[str, Callable[[Scope], Iterator[Row]]]] = {
    "manifest": ("propertyName,value", _manifest),
    "orgs": ("sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId", _orgs),
    "academicSessions": (
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
        _sessions,
    ),
    "courses": (
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,"
        "subjectCodes",
        _courses,
    ),
    "classes": (
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,"
        "termSourcedIds,subjects,subjectCodes,periods",
        _classes,
    ),
    "users": (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
        "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
        _users,
    ),
    "enrollments": (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
        _enrollments,
    ),
    "demographics": (
        "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
        "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
        "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
        _demographics,
    ),
}
