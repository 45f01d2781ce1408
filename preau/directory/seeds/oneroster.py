"""Writes an academy of the second degree as a OneRoster delivery: CSV files of version 1.1 or 1.2, streamed school after school."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds.plans import Academy, Degree, GuardianPlan, PersonPlan, SchoolPlan, StaffPlan

SAID = ["sourcedId", "status", "dateLastModified"]
PERSON = [
    "username",
    "userIds",
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
]
HEADINGS = {
    "academicSessions": [*SAID, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"],
    "orgs": [*SAID, "name", "type", "identifier", "parentSourcedId"],
    "courses": [
        *SAID,
        "schoolYearSourcedId",
        "title",
        "courseCode",
        "grades",
        "orgSourcedId",
        "subjects",
        "subjectCodes",
    ],
    "classes": [
        *SAID,
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
    ],
    "users": [
        *SAID,
        "enabledUser",
        "orgSourcedIds",
        "role",
        *PERSON,
        "agentSourcedIds",
        "grades",
        "password",
    ],
    "enrollments": [
        *SAID,
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
    ],
    "demographics": [*SAID, "birthDate", "sex"],
}
USERS_1_2 = [
    *SAID,
    "enabledUser",
    *PERSON,
    "agentSourcedIds",
    "grades",
    "password",
    "userMasterIdentifier",
    "preferredGivenName",
    "preferredFamilyName",
    "primaryOrgSourcedId",
]
ROLES = [
    *SAID,
    "userSourcedId",
    "roleType",
    "role",
    "beginDate",
    "endDate",
    "orgSourcedId",
    "userProfileSourcedId",
]
PARENTS = {codes.MOTHER, codes.FATHER}
STAFF_ROLES = {"ENS": "teacher", "DIR": "administrator", "AEH": "aide"}
Row = tuple[str, dict[str, str]]  # file, heading → cell


def write_oneroster(
    folder: Path, academy: Academy, *, version: str = "1.1", zipped: bool = False
) -> dict[str, int]:
    """Write a complete delivery; answers how many rows each file has. `zipped`: as one archive in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    headings = dict(HEADINGS)
    if version != "1.1":
        headings |= {"users": USERS_1_2, "roles": ROLES}
    counts = dict.fromkeys(headings, 0)
    with ExitStack() as stack:
        writers = {}
        for name, columns in headings.items():
            file = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
            writers[name].writeheader()
        for name, row in _rows(academy, version):
            counts[name] += 1
            writers[name].writerow(row)
    write_manifest(folder, dict.fromkeys(headings, "bulk"), version)
    if zipped:
        _zip(folder)
    return counts


def write_manifest(folder: Path, modes: dict[str, str], version: str = "1.1") -> None:
    """Which files are there, and how each tells: `bulk` or `delta`."""
    properties = {"manifest.version": "1.0", "oneroster.version": version, "source.systemCode": "PREAU"}
    properties |= {
        f"file.{name}": modes.get(name, "absent") for name in (*HEADINGS, "roles", "results", "lineItems")
    }
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("propertyName", "value"), *properties.items()])


def write_changes(before: Path, after: Path, folder: Path, version: str = "1.1") -> dict[str, int]:
    """The delta between two complete deliveries: rows that are new or changed, and those that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for path in sorted(after.glob("*.csv")):
        if path.stem == "manifest":
            continue
        was, now = _by_key(before / path.name), _by_key(path)
        rows = [row | {"status": "active"} for key, row in now.items() if was.get(key) != row]
        rows += [row | {"status": "tobedeleted"} for key, row in was.items() if key not in now]
        if rows:
            counts[path.stem] = len(rows)
            with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
    write_manifest(folder, dict.fromkeys(counts, "delta"), version)
    return counts


def _by_key(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["sourcedId"]: row for row in csv.DictReader(file)}


def _zip(folder: Path) -> None:
    with ZipFile(folder / "oneroster.zip", "w", ZIP_DEFLATED) as archive:
        for path in sorted(folder.glob("*.csv")):
            archive.write(path, path.name)
            path.unlink()


def _rows(academy: Academy, version: str) -> Iterator[Row]:
    for code, subject in sorted(codes.SUBJECTS.items()):
        yield "courses", {"sourcedId": f"co-{code}", "title": subject.label, "courseCode": code}
    workers = {person.key for school in academy.schools(Degree.SECOND) for person in school.staff}
    parents, keys = _parents(academy, workers), set[str]()
    for number, school in enumerate(academy.schools(Degree.SECOND)):
        if not number:
            starts, ends = school.year
            yield (
                "academicSessions",
                {
                    "sourcedId": "year",
                    "title": f"{starts.year}-{ends.year}",
                    "type": "schoolYear",
                    "startDate": f"{starts}",
                    "endDate": f"{ends}",
                    "schoolYear": f"{ends.year}",
                },
            )
        yield (
            "orgs",
            {"sourcedId": school.key, "name": school.name, "type": "school", "identifier": school.uai},
        )
        yield from _classes(school)
        yield from _people(school, version, parents, keys)
        yield from _enrolments(school)


# Classes. A division is a homeroom; a group, and each subject taught to a division, is a scheduled class.


def _class(school: SchoolPlan, label: str, subject: str = "") -> str:
    """The key of a class."""
    return "-".join(filter(None, (school.key, label.replace(" ", ""), subject)))


def _lessons(school: SchoolPlan) -> dict[tuple[str, str], list[StaffPlan]]:
    """Division and subject → who teaches it."""
    found: dict[tuple[str, str], list[StaffPlan]] = {}
    for person in school.staff:
        for service in person.services:
            if service.school == school.key and not service.in_group:
                found.setdefault((service.label, service.subject), []).append(person)
    return found


def _classes(school: SchoolPlan) -> Iterator[Row]:
    here = {"schoolSourcedId": school.key, "termSourcedIds": "year"}
    for division in school.classes:
        fields = {"title": division.label, "grades": division.levels[0].short, "classType": "homeroom"}
        yield "classes", here | fields | {"sourcedId": _class(school, division.label)}
    for group in school.groups:
        fields = {"title": group.label, "courseSourcedId": f"co-{group.subject}", "classType": "scheduled"}
        yield "classes", here | fields | {"sourcedId": _class(school, group.label, "g")}
    for label, subject in _lessons(school):
        title = f"{label} {codes.SUBJECTS[subject].short}"
        fields = {
            "title": title,
            "courseSourcedId": f"co-{subject}",
            "classType": "scheduled",
            "classCode": subject,
        }
        yield "classes", here | fields | {"sourcedId": _class(school, label, subject)}


# People


def _parents(academy: Academy, workers: set[str]) -> dict[str, tuple[str, str]]:
    """Those of the staff who answer for a pupil → the school of that pupil, and who they are to them."""
    return {
        link.guardian.key: (school.key, _role(link.kinship))
        for school in academy.schools(Degree.SECOND)
        for pupil in school.pupils
        for link in pupil.kin.links
        if link.guardian.key in workers
    }


def _role(kinship: str) -> str:
    return "parent" if kinship in PARENTS else "relative"


def _people(
    school: SchoolPlan, version: str, parents: dict[str, tuple[str, str]], keys: set[str]
) -> Iterator[Row]:
    """Everybody once: a teacher who is a parent has two roles, of which version 1.1 tells the first.

    `keys` are those whom another school brought: a family may have children in both.
    """
    keys |= {pupil.key for pupil in school.pupils}
    for pupil in school.pupils:
        agents = [link.guardian.key for link in pupil.kin.links if link.guardian.key != pupil.key]
        more = {"agentSourcedIds": ",".join(agents), "identifier": pupil.ine, "grades": pupil.level.short}
        yield from _user(pupil, [(school.key, "student")], version, more)
    for link in (link for kin in school.families() for link in kin.links):
        person = link.guardian
        if person.key not in parents and person.key not in keys:
            keys.add(person.key)
            yield from _user(person, [(school.key, _role(link.kinship))], version, _reached(person))
    for worker in school.staff:
        roles = [(place, STAFF_ROLES.get(function.code, "proctor")) for place, function in worker.functions]
        roles += [parents[worker.key]] if worker.key in parents else []
        yield from _user(worker, roles, version, {})


def _reached(guardian: GuardianPlan) -> dict[str, str]:
    return {"sms": guardian.mobile, "phone": guardian.home_phone}


def _user(
    person: PersonPlan, roles: list[tuple[str, str]], version: str, more: dict[str, str]
) -> Iterator[Row]:
    fields = {
        "sourcedId": person.key,
        "enabledUser": "true",
        "username": f"u{person.key}",
        "givenName": person.given,
        "familyName": person.birth_name or person.family,
        "email": person.mail,
    }
    if version == "1.1":
        # One role a person and no usage name.
        fields |= {
            "familyName": person.family,
            "role": roles[0][1],
            "orgSourcedIds": ",".join(place for place, role in roles if role == roles[0][1]),
        }
    else:
        fields |= {"preferredFamilyName": person.family, "primaryOrgSourcedId": roles[0][0]}
        for number, (place, role) in enumerate(roles):
            yield (
                "roles",
                {
                    "sourcedId": f"r{number}-{person.key}",
                    "userSourcedId": person.key,
                    "role": role,
                    "orgSourcedId": place,
                    "roleType": "secondary" if number else "primary",
                },
            )
    yield "users", fields | more
    if person.birth_date:
        sex = "female" if person.civility == "Mme" else "male"
        yield "demographics", {"sourcedId": person.key, "birthDate": f"{person.birth_date}", "sex": sex}


# Who is where


def _enrolments(school: SchoolPlan) -> Iterator[Row]:
    subjects: dict[str, list[str]] = {}
    for label, subject in _lessons(school):
        subjects.setdefault(label, []).append(subject)
    for pupil in school.pupils:
        label = pupil.division.label
        keys = [_class(school, label), *(_class(school, group, "g") for group in pupil.groups)]
        keys += [_class(school, label, subject) for subject in subjects.get(label, ())]
        yield from (_enrolment(school, pupil, key, "student", begins=pupil.entered) for key in keys)
    for person in school.staff:
        yield from _taught(school, person)


def _taught(school: SchoolPlan, person: StaffPlan) -> Iterator[Row]:
    for service in person.services:
        if service.school == school.key:
            key = _class(school, service.label, "g" if service.in_group else service.subject)
            yield _enrolment(school, person, key, "teacher")
    for place, label in person.head_teacher_of:
        if place == school.key:
            yield _enrolment(school, person, _class(school, label), "teacher", main=True)


def _enrolment(
    school: SchoolPlan,
    person: PersonPlan,
    key: str,
    role: str,
    *,
    begins: date | None = None,
    main: bool = False,
) -> Row:
    return "enrollments", {
        "sourcedId": f"{key}-{person.key}",
        "classSourcedId": key,
        "schoolSourcedId": school.key,
        "userSourcedId": person.key,
        "role": role,
        "primary": "true" if main else "false",
        "beginDate": f"{begins}" if begins else "",
    }
