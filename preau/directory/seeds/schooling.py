"""How an invented school fills: classes, pupils with their families, what they learn, groups."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds.families import Registry, may_be_sibling
from preau.directory.seeds.nomenclatures import Level
from preau.directory.seeds.plans import (
    ClassPlan,
    Degree,
    FamilyPlan,
    GroupPlan,
    PupilPlan,
    SchoolPlan,
)

REGIMES = [
    "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT",
    "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT",
    "EXTERNE LIBRE",
]
WITH_A_SIBLING = 0.14  # of pupils have a brother or sister among those already placed in the school
WITH_A_SIBLING_NEARBY = 0.06
GROUP_OF_AT_MOST = 28


class Room(NamedTuple):
    """A class to fill."""

    label: str
    levels: tuple[Level, ...]
    pupils: int


def fill(school: SchoolPlan, registry: Registry, rooms: Iterable[Room], nearby: list[FamilyPlan]) -> None:
    """Place pupils in classes, drawing some from the families of a nearby school."""
    kin: list[FamilyPlan] = []
    for room in rooms:
        division = ClassPlan(registry.key(), room.label, room.levels)
        school.classes.append(division)
        for seat in range(room.pupils):
            level = room.levels[seat * len(room.levels) // room.pupils]
            school.pupils.append(_pupil(school, registry, division, level, (kin, nearby)))
    if school.kind.degree == Degree.SECOND:
        choose_options(school, registry)
        make_groups(school)


def _pupil(
    school: SchoolPlan,
    registry: Registry,
    division: ClassPlan,
    level: Level,
    known: tuple[list[FamilyPlan], list[FamilyPlan]],
) -> PupilPlan:
    birth = registry.birth(level, school.year[0].year)
    family = _family(registry, birth, *known)
    family.births.append(birth)
    civility, given, all_given = registry.child_names(family.origin)
    return PupilPlan(
        key=registry.key(),
        civility=civility,
        given=given,
        family=family.name,
        birth_name=family.birth_name,
        other_given=all_given,
        birth_date=birth,
        number=1001 + len(school.pupils),
        kin=family,
        level=level,
        division=division,
        regime=registry.chance.choice(REGIMES),
        entered=school.year[0],
    )


def _family(registry: Registry, birth: date, kin: list[FamilyPlan], nearby: list[FamilyPlan]) -> FamilyPlan:
    """The family of a pupil: one of the school, one of the school nearby, or a new one."""
    drawn = registry.chance.random()
    here, there = drawn < WITH_A_SIBLING, drawn > 1 - WITH_A_SIBLING_NEARBY
    candidates = kin if here else nearby if there else []
    if candidates:
        family = registry.chance.choice(candidates)
        if may_be_sibling(family, birth):
            return family
    family = registry.family()
    kin.append(family)
    return family


def choose_options(school: SchoolPlan, registry: Registry) -> None:
    """What each pupil learns: the common subjects of the level, then languages, Latin and specialities."""
    for pupil in school.pupils:
        level = pupil.level.short
        pupil.subjects = list(codes.COMMON[level])
        if level in codes.WITH_LANGUAGES:
            pupil.subjects.append(registry.chance.choice(codes.SECOND_LANGUAGES))
        if level in codes.WITH_LATIN and registry.happens(0.14):
            pupil.subjects.append("020300")
        if level in codes.SPECIALITIES_KEPT:
            pupil.subjects += _specialities(registry, codes.SPECIALITIES_KEPT[level])


def _specialities(registry: Registry, number: int) -> list[str]:
    """One of each column that the lycée offers: those of one column are taught at the same hours."""
    columns = registry.chance.sample(codes.SPECIALITIES, number)
    return [registry.chance.choice(column) for column in columns]


def make_groups(school: SchoolPlan) -> None:
    """Pupils of one level who learn the same option make one group or several, across classes."""
    learners: dict[tuple[str, str], list[PupilPlan]] = {}
    for pupil in school.pupils:
        for subject in pupil.subjects[len(codes.COMMON[pupil.level.short]) :]:
            learners.setdefault((pupil.level.short, subject), []).append(pupil)
    for (level, subject), pupils in sorted(learners.items()):
        number = -(-len(pupils) // GROUP_OF_AT_MOST)
        size = -(-len(pupils) // number)
        for rank in range(number):
            members = pupils[rank * size : (rank + 1) * size]
            label = f"{level} {codes.SUBJECTS[subject].short} {rank + 1}"
            classes = list(dict.fromkeys(pupil.division.label for pupil in members))
            school.groups.append(GroupPlan(label, subject, classes))
            for pupil in members:
                pupil.groups.append(label)


def rooms_for(levels: Iterable[Level], pupils: int) -> list[Room]:
    """Classes of about twenty-seven, as many for each level, named after it: 6e A, 6e B… but 2de 1, 2de 2…"""
    years = list(levels)
    number = max(len(years), round(pupils / 27))
    rooms: list[Room] = []
    for rank in range(number):
        level = years[rank * len(years) // number]
        place = sum(room.levels == (level,) for room in rooms)
        mark = chr(ord("A") + place) if level.cycle == "COLLEGE" and place < 26 else str(place + 1)
        share = pupils * (rank + 1) // number - pupils * rank // number
        rooms.append(Room(f"{level.short} {mark}", (level,), share + _swing(rank, number, share)))
    return rooms


def _swing(rank: int, number: int, share: int) -> int:
    """No two classes are of one size: what the first of a pair gains, the second loses."""
    if rank | 1 == number:
        return 0
    gained = (rank // 2 % 3) * share // 27
    return -gained if rank % 2 else gained
