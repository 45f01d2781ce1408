"""The people and places of the demonstration: invented, always the same, with the situations that real schools have."""

from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from typing import Any

from preau.directory.calendar import closures_of
from preau.directory.models import (
    Assignment,
    Closure,
    Enrolment,
    Group,
    Guardianship,
    Holding,
    Person,
    Room,
    School,
    SchoolYear,
    Subject,
)
from preau.directory.seeds.hours import hours_of
from preau.directory.seeds.names import FAMILY, FATHERS, GIVEN, MOTHERS
from preau.directory.seeds.plans import phone_of
from preau.directory.seeds.settling import open_periods, settle
from preau.directory.words import Authority, Kinship, Role

SUBJECTS = [
    ("061300", "Mathématiques", "Maths", "mme", "Claire", "Moreau"),
    ("020700", "Français", "Français", "m", "Thomas", "Lefèvre"),
    ("043700", "Histoire-géographie", "Hist.-géo", "mme", "Leïla", "Bensaïd"),
    ("030201", "Anglais", "Anglais", "m", "David", "Keller"),
    ("062900", "Sciences de la vie et de la Terre", "SVT", "mme", "Awa", "Sarr"),
]
CLASSES = [("6e A", "6e"), ("5e B", "5e"), ("4e C", "4e"), ("3e D", "3e")]


@dataclass
class World:
    """A school being filled. `mark` is written into every name (the twin school of the tests has one).

    A school that an import has filled is `imported`: seeds then add what a delivery does not bring. `people` are the
    cast by their key; those of an imported school may belong to others.
    """

    today: date
    uai: str = "0359901A"
    school_name: str = "Collège des Tilleuls"
    kind: str = School.Kind.COLLEGE
    mark: str = ""
    pupils_a_class: int = 26
    classes: list[tuple[str, str]] = field(default_factory=lambda: list(CLASSES))
    people: dict[str, Person] = field(default_factory=dict)
    school: Any = None
    year: Any = None
    imported: bool = False

    @classmethod
    def of(cls, school: School, people: dict[str, Person], today: date) -> "World":
        """The world of a school that an import has filled."""
        return cls(
            today=today,
            uai=school.uai,
            school_name=school.name,
            kind=school.kind,
            people=people,
            school=school,
            year=school.current_year,
            imported=True,
        )

    def hours_of(self, group: Group, subject: Subject) -> int:
        """How many hours a week a class or a group has of a subject."""
        return hours_of(group.name, subject.code, in_group=group.kind == Group.Kind.GROUP)

    def own_class(self) -> Group | None:
        """The class of the cast's pupil; None where the cast has none."""
        pupil = self.people.get("pupil")
        classes = Group.objects.classes().filter(year=self.school.current_year, enrolments__pupil=pupil)
        return classes.order_by("pk").first() if pupil else None

    def holder(self, role: str) -> Person | None:
        """Somebody who has this role in the school today."""
        held = Holding.objects.active(self.today).filter(school=self.school, role=role).order_by("pk").first()
        return held.person if held else None

    def named(self, name: str) -> str:
        return f"{name} {self.mark}".strip()

    def person(self, key: str = "", **fields: Any) -> Person:
        """Create a person; with a key it is one of the cast, found again in `people`."""
        fields["family_name"] = self.named(fields["family_name"])
        person = Person.objects.create(**fields)
        if key:
            self.people[key] = person
        return person


def school_year_around(today: date) -> tuple[date, date]:
    """The school year that a demonstration lives in: until mid-September the one that ended, which has things to show."""
    first = today.year if (today.month, today.day) >= (9, 15) else today.year - 1
    return date(first, 9, 1), date(first + 1, 7, 4)


def plant(world: World) -> None:
    """A school with its year, its staff, its classes and its families; for an imported one, what is not in the files."""
    if world.imported:
        settle(world.school, world.year)
        return
    plant_school(world)
    plant_staff(world)
    plant_families(world)


def plant_school(world: World) -> None:
    starts, ends = school_year_around(world.today)
    world.school = School.objects.create(
        uai=world.uai,
        name=world.named(world.school_name),
        kind=world.kind,
        holiday_zone="B",
        phone=phone_of(world.uai),
    )
    world.year = SchoolYear.objects.create(
        school=world.school, name=f"{starts.year}-{ends.year}", starts=starts, ends=ends
    )
    world.school.current_year = world.year
    world.school.save(update_fields=["current_year"])
    Closure.objects.bulk_create(closures_of(world.year))
    open_periods(world.year)
    for number in ("204", "118", "207", "012"):
        Room.objects.create(school=world.school, name=world.named(number))


def hold(world: World, person: Person, role: Role, title: str = "") -> None:
    Holding.objects.create(
        person=person, role=role, school=world.school, title=title, starts=world.year.starts
    )


def plant_staff(world: World) -> None:
    for key, role, civility, given, family, title in [
        ("head", Role.HEAD, "mme", "Hélène", "Carpentier", "principale"),
        ("cpe", Role.SCHOOL_LIFE, "mme", "Samia", "Haddad", "CPE"),
        ("secretary", Role.SECRETARY, "m", "Paul", "Giraud", ""),
    ]:
        hold(world, world.person(key, civility=civility, given_name=given, family_name=family), role, title)
    for number, (code, name, short, civility, given, family) in enumerate(SUBJECTS):
        Subject.objects.create(
            school=world.school, code=code, name=world.named(name), short_name=world.named(short)
        )
        key = "teacher" if number == 0 else f"teacher_{number}"
        email = f"{given}.{family}{world.mark}@ecole.example".lower()
        teacher = world.person(key, civility=civility, given_name=given, family_name=family, email=email)
        hold(world, teacher, Role.TEACHER, name.lower())
        world.people[f"subject_{code}"] = teacher


def plant_families(world: World) -> None:
    """Classes of pupils, each with one or two guardians; every fifth family lives in two homes."""
    names = zip(cycle(GIVEN), cycle(FAMILY), strict=False)
    teachers = [world.people["teacher" if n == 0 else f"teacher_{n}"] for n in range(len(SUBJECTS))]
    for label, level in world.classes:
        group = Group.objects.create(
            school=world.school, year=world.year, kind=Group.Kind.CLASS, name=world.named(label), level=level
        )
        for teacher, subject in zip(
            teachers, Subject.objects.filter(school=world.school).order_by("pk"), strict=True
        ):
            Assignment.objects.create(school=world.school, group=group, teacher=teacher, subject=subject)
        Assignment.objects.create(
            school=world.school, group=group, teacher=teachers[0], kind=Assignment.Kind.HEAD_TEACHER
        )
        for number in range(world.pupils_a_class):
            given, family = next(names)
            _family(world, group, given, family, number)
    _name_the_cast(world)


def _family(world: World, group: Group, given: str, family: str, number: int) -> None:
    age = {"6e": 11, "5e": 12, "4e": 13, "3e": 14}.get(group.level, 8)
    birth = date(world.year.starts.year - age, 1 + number % 12, 1 + number % 28)
    pupil = world.person(given_name=given, family_name=family, birth_date=birth)
    hold(world, pupil, Role.PUPIL)
    Enrolment.objects.create(school=world.school, group=group, pupil=pupil, starts=world.year.starts)
    apart = number % 5 == 0
    for rank, (kinship, civility, first_name) in enumerate(
        [
            (Kinship.MOTHER, "mme", MOTHERS[number % len(MOTHERS)]),
            (Kinship.FATHER, "m", FATHERS[number % len(FATHERS)]),
        ][: 2 if apart or number % 2 else 1],
        start=1,
    ):
        mail = f"{first_name}.{family}.{pupil.pk}@famille.example".lower()
        guardian = world.person(civility=civility, given_name=first_name, family_name=family, email=mail)
        Guardianship.objects.create(
            pupil=pupil,
            guardian=guardian,
            authority=Authority.LEGAL,
            kinship=kinship,
            contact_priority=rank,
            lives_with=not apart or rank == 1,
            starts=world.year.starts,
        )


def _name_the_cast(world: World) -> None:
    """The first pupil of the second class (the first where there is one) and her separated parents."""
    group = Group.objects.filter(year=world.year).order_by("pk")[min(1, len(world.classes) - 1)]
    pupil = Person.objects.filter(enrolments__group=group).order_by("pk").first()
    assert pupil is not None  # noqa: S101 - just created
    pupil.given_name, pupil.family_name = "Nina", world.named("Abadie")
    pupil.save()
    world.people["pupil"] = pupil
    guardians = [
        row.guardian for row in pupil.guardianships.select_related("guardian").order_by("contact_priority")
    ]
    for key, guardian in zip(("guardian", "other_guardian"), guardians, strict=True):
        guardian.given_name = {"guardian": "Julie", "other_guardian": "Marc"}[key]
        guardian.family_name = world.named("Abadie")
        guardian.email = f"{guardian.given_name}.abadie.{guardian.pk}@famille.example".lower()
        guardian.save()
        world.people[key] = guardian


def add_sibling_elsewhere(world: World, elsewhere: World) -> Person:
    """A child of the cast's guardian in another school: « Tous » must show both."""
    pupil = elsewhere.people["pupil"]
    pupil.given_name, pupil.family_name = "Hugo", elsewhere.named("Abadie")
    pupil.save()
    Guardianship.objects.create(
        pupil=pupil,
        guardian=world.people["guardian"],
        authority=Authority.LEGAL,
        kinship=Kinship.MOTHER,
        starts=elsewhere.year.starts,
    )
    return pupil


def make_parent_of(world: World, key: str, pupil: Person) -> None:
    """A member of staff who is also a parent: two seats, one account."""
    Guardianship.objects.create(
        pupil=pupil,
        guardian=world.people[key],
        authority=Authority.LEGAL,
        kinship=Kinship.FATHER,
        starts=world.year.starts,
    )
