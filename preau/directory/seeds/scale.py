"""Academies of any size for the bench: their schools are grown two by two, and never all held."""

from collections.abc import Iterator
from datetime import date

from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds import schooling, staffing
from preau.directory.seeds.families import Registry
from preau.directory.seeds.names import TREES
from preau.directory.seeds.plans import (
    COLLEGE_SCHOOL,
    LYCEE_SCHOOL,
    PRIMARY_SCHOOL,
    Academy,
    FamilyPlan,
    Kind,
    SchoolPlan,
)
from preau.directory.seeds.world import school_year_around

FIRST_KEY = 10_000_001  # beyond the keys of the demonstration: one database may hold both
FIRST_STRUCTURE = 100_001
FIRST_PRIMARY = 5_000  # the rank of the first primary school: those of the second degree come before
PEOPLE_A_PUPIL = 2.87  # with guardians and staff
UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
SHARED_DISCIPLINES = ("L0422", "L1900")


def scale_academy(schools: int, people: int, seed: int, *, today: date) -> Academy:
    """An académie of so many collèges and lycées and about so many pupils, guardians and staff."""
    year = school_year_around(today)
    return Academy("14", "RENNES", lambda: _schools(schools, people, Registry(seed, FIRST_KEY), year))


def primary_academy(schools: int, people: int, seed: int, *, today: date) -> Academy:
    """An académie of so many primary schools and about so many pupils, guardians and staff."""
    year = school_year_around(today)
    pupils = max(8, round(people / schools / PEOPLE_A_PUPIL))

    def grow() -> Iterator[SchoolPlan]:
        registry = Registry(seed, FIRST_KEY)
        for number in range(schools):
            yield _primary(FIRST_PRIMARY + number, registry, year, pupils)

    return Academy("14", "RENNES", grow)


def _primary(number: int, registry: Registry, year: tuple[date, date], pupils: int) -> SchoolPlan:
    school = _planned(number, PRIMARY_SCHOOL, registry, year)
    schooling.fill(school, registry, schooling.rooms_for(codes.PRIMARY.values(), pupils), [])
    staffing.staff_primary(school, registry)
    return school


def _schools(schools: int, people: int, registry: Registry, year: tuple[date, date]) -> Iterator[SchoolPlan]:
    """What each pair brings too much or too little is made up for by those that follow."""
    missing = people
    for number in range(0, schools, 2):
        pupils = max(8, round(missing / (schools - number) / PEOPLE_A_PUPIL))
        pair = [_school(number, COLLEGE_SCHOOL, registry, year, pupils, [])]
        if number + 1 < schools:
            kind = LYCEE_SCHOOL if number % 6 else COLLEGE_SCHOOL
            pair.append(_school(number + 1, kind, registry, year, pupils, pair[0].families()))
            _share(*pair)
        missing -= sum(school.size() for school in pair)
        yield from pair


def _school(
    number: int,
    kind: Kind,
    registry: Registry,
    year: tuple[date, date],
    pupils: int,
    nearby: list[FamilyPlan],
) -> SchoolPlan:
    school = _planned(number, kind, registry, year)
    levels = codes.COLLEGE if kind == COLLEGE_SCHOOL else codes.LYCEE
    schooling.fill(school, registry, schooling.rooms_for(levels.values(), pupils), nearby)
    staffing.staff_second_degree(school, registry)
    return school


def _planned(number: int, kind: Kind, registry: Registry, year: tuple[date, date]) -> SchoolPlan:
    return SchoolPlan(
        key=str(FIRST_STRUCTURE + number),
        uai=uai_of(number),
        name=f"{kind.title} des {TREES[number % len(TREES)]} {number // len(TREES) + 1}",
        kind=kind,
        address=registry.address(),
        year=year,
    )


def _share(first: SchoolPlan, second: SchoolPlan) -> None:
    """Two schools of one town share families and teachers; the first brings their records."""
    second.told_elsewhere = {guardian.key for guardian in first.guardians()}
    for discipline in SHARED_DISCIPLINES:
        function = codes.teaching(codes.DISCIPLINES[discipline])
        teacher = next(person for person in first.staff if (first.key, function) in person.functions)
        staffing.teach_nearby(teacher, second)


def uai_of(number: int) -> str:
    """A UAI with a sound key, in a département that does not exist (099)."""
    digits = f"099{number + 1:04d}"
    return digits + UAI_LETTERS[int(digits) % len(UAI_LETTERS)]
