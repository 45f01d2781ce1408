"""How an invented school is staffed, and who teaches what to whom."""

from datetime import date
from itertools import chain

from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds.families import Registry, mail_of
from preau.directory.seeds.hours import hours_of
from preau.directory.seeds.nomenclatures import Function
from preau.directory.seeds.plans import SchoolPlan, Service, StaffPlan

HOURS_A_TEACHER = 18


def employ(registry: Registry, school: SchoolPlan, *functions: Function) -> StaffPlan:
    """Somebody new, with these functions in this school."""
    civility, given, family = registry.adult_names()
    born = date(school.year[0].year - registry.chance.randint(25, 62), registry.chance.randint(1, 12), 14)
    person = StaffPlan(
        key=registry.key(),
        civility=civility,
        given=given,
        family=family,
        birth_date=born,
        mail="",
        home_school=school.key,
        functions=[(school.key, function) for function in functions],
    )
    person.mail = mail_of(given, f"{family}{person.key}", "academie.example")
    school.staff.append(person)
    return person


def staff_second_degree(school: SchoolPlan, registry: Registry) -> None:
    """The head and the offices, with more hands where there are more classes, then the teachers."""
    for function in (codes.HEAD, codes.DEPUTY, codes.SECRETARY, codes.LIBRARIAN, codes.NURSE):
        employ(registry, school, function)
    for _ in range(0, len(school.classes), 20):
        employ(registry, school, codes.SCHOOL_LIFE)
        employ(registry, school, codes.SECRETARY)
    for _ in range(0, len(school.classes), 10):
        employ(registry, school, codes.MONITOR)
        employ(registry, school, codes.ASSISTANT)
    for discipline, taught in _teachings(school).items():
        _share_out(registry, school, codes.DISCIPLINES[discipline], taught)
    name_head_teachers(school)


def _teachings(school: SchoolPlan) -> dict[str, dict[str, list[Service]]]:
    """For each discipline, what each class or group is taught in it."""
    classes = (
        Service(school.key, division.label, subject)
        for division in school.classes
        for subject in codes.COMMON[division.levels[0].short]
    )
    groups = (Service(school.key, group.label, group.subject, in_group=True) for group in school.groups)
    found: dict[str, dict[str, list[Service]]] = {}
    for service in chain(classes, groups):
        discipline = codes.SUBJECTS[service.subject].discipline
        found.setdefault(discipline, {}).setdefault(service.label, []).append(service)
    return found


def _share_out(
    registry: Registry, school: SchoolPlan, discipline: codes.Discipline, taught: dict[str, list[Service]]
) -> None:
    """Enough teachers for the hours of a discipline; each class keeps one teacher for all of it."""
    hours = {label: sum(map(_hours, services)) for label, services in taught.items()}
    number = max(1, round(sum(hours.values()) / HOURS_A_TEACHER))
    given = {employ(registry, school, codes.teaching(discipline)): 0 for _ in range(number)}
    for label, services in taught.items():
        teacher = min(given, key=lambda person: given[person])
        teacher.services += services
        given[teacher] += hours[label]


def _hours(service: Service) -> int:
    return hours_of(service.label, service.subject, in_group=service.in_group)


def name_head_teachers(school: SchoolPlan) -> None:
    """Each class has one of its teachers for head teacher, as few classes as possible for each."""
    for division in school.classes:
        own = [person for person in school.staff if teaches(person, school, division.label)]
        chosen = min(own, key=lambda person: len(person.head_teacher_of))
        chosen.head_teacher_of.append((school.key, division.label))


def teaches(person: StaffPlan, school: SchoolPlan, label: str) -> bool:
    return any(
        service.school == school.key and service.label == label and not service.in_group
        for service in person.services
    )


def staff_primary(school: SchoolPlan, registry: Registry) -> None:
    """A director, who has a class too, and a teacher for each other class."""
    employ(registry, school, codes.PRIMARY_HEAD).directs = school.key
    for _ in school.classes[1:]:
        employ(registry, school, codes.PRIMARY_TEACHER)


def teach_nearby(teacher: StaffPlan, school: SchoolPlan) -> None:
    """A teacher of another school takes over the last class of the colleague here who has most."""
    function = teacher.functions[0][1]
    colleagues = [person for person in school.staff if (school.key, function) in person.functions]
    colleague = max(colleagues, key=lambda person: len(person.services))
    label = colleague.services[-1].label
    moved = [service for service in colleague.services if service.label == label]
    if (school.key, label) in colleague.head_teacher_of:
        colleague.head_teacher_of.remove((school.key, label))
        teacher.head_teacher_of.append((school.key, label))
    colleague.services = [service for service in colleague.services if service.label != label]
    teacher.services += moved
    teacher.functions.append((school.key, function))
