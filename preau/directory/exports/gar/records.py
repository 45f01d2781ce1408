"""The records of each file, streamed: a record is a name and its children, in the order of the schema."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from preau.directory.exports.gar.words import (
    ALLOTTING,
    CIVILITIES,
    DIVISION,
    GROUPE,
    LEVELS,
    NOT_NATIONAL,
    PUPIL,
    RANKS,
    STAFF,
    Degree,
)
from preau.directory.exports.scope import GroupLine, Scope, by_first, streamed
from preau.directory.models import OfficialCode
from preau.directory.words import Role

Node = tuple[str, str | list["Node"]]
PERSON = tuple(
    f"person__{name}" for name in ("public_id", "family_name", "given_name", "civility", "birth_date")
)
# The schema wants a first name; not everybody has one.
NO_NAME = "-"
LONGEST_PHONE = 20


def records(scope: Scope, degree: Degree, kind: str) -> Iterator[Node]:
    """The records of one kind of file, one section after the other."""
    for section in SECTIONS[degree][kind]:
        yield from section(scope)


# People


def _identity(row: tuple[Any, ...], profiles: dict[str, str], home: str = "") -> list[Node]:
    """Who somebody is: the opaque identifier, the names that are shown, and the profile in each school.

    The birth name and the civil given names stay here: the usual given name stands for all.
    """
    public_id, family, given, civility, born = row
    given = given or NO_NAME
    return [
        ("GARPersonIdentifiant", public_id),
        *(_profile(uai, profile) for uai, profile in profiles.items()),
        ("GARPersonNom", family or NO_NAME),
        ("GARPersonPrenom", given),
        ("GARPersonAutresPrenoms", given),
        *_told("GARPersonCivilite", CIVILITIES.get(civility, "")),
        *_told("GARPersonStructRattach", home),
        *(("GARPersonEtab", uai) for uai in profiles),
        *_told("GARPersonDateNaissance", born.isoformat() if born else ""),
    ]


def _profile(uai: str, profile: str) -> Node:
    return "GARPersonProfils", [("GARStructureUAI", uai), ("GARPersonProfil", profile)]


def _told(name: str, value: str) -> list[Node]:
    """An element that may be absent is never empty."""
    return [(name, value)] if value else []


def pupils(scope: Scope) -> Iterator[Node]:
    rows = streamed(scope.holdings([Role.PUPIL]), "person_id", "school_id", *PERSON)
    for held in by_first(rows):
        profiles = {scope.uai(school): PUPIL for _pk, school, *_person in held}
        home = next(iter(profiles)) if len(profiles) == 1 else ""
        yield "GAREleve", _identity(held[0][2:], profiles, home)


def staff(scope: Scope) -> Iterator[Node]:
    # Whoever a school lets in for some weeks is nobody of the GAR.
    held_here = scope.holdings(list(STAFF)).filter(guest=None)
    rows = streamed(held_here, "person_id", "school_id", "role", *PERSON)
    for held in by_first(rows):
        roles: dict[str, list[Role]] = {}
        for _pk, school, role, *_person in held:
            roles.setdefault(scope.uai(school), []).append(Role(role))
        profiles = {uai: STAFF[min(some, key=RANKS.__getitem__)] for uai, some in roles.items()}
        yield "GAREnseignant", _identity(held[0][3:], profiles)


def allotting(scope: Scope) -> Iterator[Node]:
    """Who says which resource goes to whom. The GAR writes to them: without an address, nobody can be one."""
    held_with_mail = scope.holdings(ALLOTTING).exclude(person__email="")
    for held in by_first(streamed(held_with_mail, "person_id", "school_id", "person__email", *PERSON)):
        _pk, _school, mail, public_id, family, given, civility, _born = held[0]
        yield (
            "GARRespAff",
            [
                ("GARPersonIdentifiant", public_id),
                ("GARPersonNom", family or NO_NAME),
                ("GARPersonPrenom", given or NO_NAME),
                *_told("GARPersonCivilite", CIVILITIES.get(civility, "")),
                ("GARPersonMail", mail),
                *(("GARRespAffEtab", uai) for uai in _once(scope.uai(row[1]) for row in held)),
            ],
        )


# Courses and levels


def courses_of_pupils(scope: Scope) -> Iterator[Node]:
    held = scope.holdings([Role.PUPIL]).exclude(programme="")
    for rows in by_first(streamed(held, "person_id", "school_id", "person__public_id", "programme")):
        for school, public_id, code in _once(row[1:] for row in rows):
            yield _of_person("GARPersonMEF", scope.uai(school), public_id, ("GARMEFCode", code))


def courses_of_staff(scope: Scope) -> Iterator[Node]:
    """A teacher's courses are those of the pupils they teach."""
    for uai, public_id, groups in _teaching(scope):
        codes = {code for group in groups for code in scope.programmes.get(group.pk, ())}
        for code in sorted(codes):
            yield _of_person("GARPersonMEF", uai, public_id, ("GARMEFCode", code))


def levels_of_pupils(scope: Scope) -> Iterator[Node]:
    """The level that the files give a pupil, else that of the class when it has only one."""
    fields = ("pupil_id", "group_id", "pupil__public_id", "pupil__holdings__programme")
    for rows in by_first(streamed(scope.enrolments(), *fields)):
        found = dict.fromkeys(
            (group.school.uai, public_id, code)
            for _pk, group_id, public_id, programme in rows
            if (group := scope.groups[group_id]).is_class and (code := _level(group, programme))
        )
        for uai, public_id, code in found:
            yield _of_person("GARPersonMEFSTAT4", uai, public_id, ("GARMEFSTAT4Code", code))


def levels_of_staff(scope: Scope) -> Iterator[Node]:
    for uai, public_id, groups in _teaching(scope):
        for code in sorted({code for group in groups for code in _levels(scope, group)}):
            yield _of_person("GARPersonMEFSTAT4", uai, public_id, ("GARMEFSTAT4Code", code))


def _is_level(code: str) -> bool:
    return len(code) == 4 and code.isdigit()


def _level(group: GroupLine, programme: str) -> str:
    if _is_level(programme):
        return programme
    return LEVELS.get(group.levels[0], "") if len(group.levels) == 1 else ""


def _levels(scope: Scope, group: GroupLine) -> set[str]:
    levels = {code for code in scope.programmes.get(group.pk, ()) if _is_level(code)}
    return levels | {LEVELS[level] for level in group.levels if level in LEVELS}


def _teaching(scope: Scope) -> Iterator[tuple[str, str, list[GroupLine]]]:
    """UAI, identifier and groups of each teacher, school by school."""
    rows = streamed(scope.assignments(list(STAFF)), "teacher_id", "group_id", "teacher__public_id")
    for held in by_first(rows):
        places: dict[str, list[GroupLine]] = {}
        for _pk, group_id, _public_id in held:
            group = scope.groups[group_id]
            places.setdefault(group.school.uai, []).append(group)
        for uai, groups in places.items():
            yield uai, held[0][2], groups


def _of_person(name: str, uai: str, public_id: str, last: Node) -> Node:
    return name, [("GARStructureUAI", uai), ("GARPersonIdentifiant", public_id), last]


# Subjects


def subjects_of_pupils(scope: Scope) -> Iterator[Node]:
    """What is taught in a pupil's class and groups: the directory keeps no choice of a pupil's own."""
    for rows in by_first(streamed(scope.enrolments(), "pupil_id", "group_id", "pupil__public_id")):
        found: dict[tuple[str, str], None] = {}
        for _pk, group_id, _public_id in rows:
            uai = scope.groups[group_id].school.uai
            found |= dict.fromkeys((uai, code) for code in _codes(scope, group_id))
        for uai, code in found:
            yield _of_person("GAREleveEnseignement", uai, rows[0][2], ("GARMatiereCode", code))


def _codes(scope: Scope, group_id: int) -> list[str]:
    return [code for code in scope.subjects.get(group_id, ()) if code not in NOT_NATIONAL]


def _taught(name: str, *, in_classes: bool) -> Callable[[Scope], Iterator[Node]]:
    def section(scope: Scope) -> Iterator[Node]:
        assignments = (
            scope.assignments(list(STAFF)).exclude(subject=None).exclude(subject__code__in=NOT_NATIONAL)
        )
        fields = ("teacher_id", "group_id", "teacher__public_id", "subject__code")
        for held in by_first(streamed(assignments, *fields)):
            for rows in by_first(row[1:] for row in held):
                group = scope.groups[rows[0][0]]
                if group.is_class == in_classes:
                    codes = _once(row[2] for row in rows)
                    yield _taught_in(name, group, rows[0][1], codes)

    return section


def _taught_in(name: str, group: GroupLine, public_id: str, codes: list[str]) -> Node:
    _name, children = _of_person(name, group.school.uai, public_id, ("GARGroupeCode", group.code))
    return name, [*children, *(("GARMatiereCode", code) for code in codes)]  # type: ignore[list-item]


# Schools, classes and groups


def schools(scope: Scope) -> Iterator[Node]:
    for school in scope.schools.values():
        phone = school.phone if len(school.phone) <= LONGEST_PHONE else ""
        yield (
            "GAREtab",
            [
                ("GARStructureUAI", school.uai),
                ("GARStructureNomCourant", school.name),
                *_told("GARStructureTelephone", phone),
                *_told("GARStructureEmail", school.email),
            ],
        )


def courses(scope: Scope) -> Iterator[Node]:
    """The courses followed in each school, with what the national table says of them."""
    held = scope.holdings([Role.PUPIL]).exclude(programme="").order_by("school__uai", "programme")
    followed = list(held.values_list("school_id", "programme").distinct())
    named = OfficialCode.objects.filter(
        kind=OfficialCode.Kind.PROGRAMME, code__in={code for _, code in followed}
    ).order_by("-authority")
    known = {official_code.code: official_code for official_code in named}
    for school, code in followed:
        one = known.get(code)
        yield (
            "GARMEF",
            [
                ("GARStructureUAI", scope.uai(school)),
                ("GARMEFCode", code),
                ("GARMEFLibelle", (one.label if one else "") or code),
                *_told("GARMEFRattach", one.national if one else ""),
                *_told("GARMEFSTAT11", one.stat if one else ""),
            ],
        )


def subjects(scope: Scope) -> Iterator[Node]:
    found: dict[tuple[str, str], str] = {}
    for group_id, taught in scope.subjects.items():
        uai = scope.groups[group_id].school.uai
        found |= {(uai, code): name for code, name in taught.items() if code not in NOT_NATIONAL}
    for (uai, code), name in sorted(found.items()):
        yield (
            "GARMatiere",
            [
                ("GARStructureUAI", uai),
                ("GARMatiereCode", code),
                ("GARMatiereLibelle", name or code),
            ],
        )


def groups(scope: Scope) -> Iterator[Node]:
    for group in scope.groups.values():
        yield (
            "GARGroupe",
            [
                ("GARGroupeCode", group.code),
                ("GARStructureUAI", group.school.uai),
                ("GARGroupeLibelle", group.name),
                ("GARGroupeStatut", DIVISION if group.is_class else GROUPE),
                *(("GARGroupeDivAppartenance", code) for code in group.classes if not group.is_class),
            ],
        )


def members(scope: Scope) -> Iterator[Node]:
    """Who is in a class or group: its pupils, then those who teach there."""
    learning = streamed(scope.enrolments(), "pupil_id", "group_id", "pupil__public_id")
    teaching = streamed(scope.assignments(list(STAFF)), "teacher_id", "group_id", "teacher__public_id")
    for rows in (learning, teaching):
        for held in by_first(rows):
            for group_id, public_id in _once(row[1:] for row in held):
                group = scope.groups[group_id]
                yield _of_person(
                    "GARPersonGroupe", group.school.uai, public_id, ("GARGroupeCode", group.code)
                )


def _once(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


SECTIONS: dict[Degree, dict[str, list[Callable[[Scope], Iterator[Node]]]]] = {
    Degree.SECOND: {
        "Eleve": [pupils, courses_of_pupils, subjects_of_pupils],
        "Enseignant": [staff, courses_of_staff],
        "RespAff": [allotting],
        "Etab": [schools, courses, subjects],
        "Groupe": [
            groups,
            members,
            _taught("GAREnsGroupeMatiere", in_classes=False),
            _taught("GAREnsClasseMatiere", in_classes=True),
        ],
    },
    Degree.FIRST: {
        "Eleve": [pupils, levels_of_pupils],
        "Enseignant": [staff, levels_of_staff],
        "RespAff": [allotting],
        "Etab": [schools],
        "Groupe": [groups, members],
    },
}
