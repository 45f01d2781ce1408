"""A class whose marks have been published for two months, for the tests of what is read."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from conftest import NOW
from preau.directory.models import Assignment, Enrolment, Group, Period, Person, SchoolYear, Subject
from preau.directory.seeds.world import World
from preau.domains.gradebook.models import Assessment, Mark
from preau.domains.gradebook.tests.scene import class_of, period_of

TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=5)


def pupils_of(world: World) -> list[Person]:
    """The pupil of the cast first, then the others of the class."""
    enrolled = (
        Enrolment.objects.filter(group=class_of(world), ends=None).select_related("pupil").order_by("pk")
    )
    others = [enrolment.pupil for enrolment in enrolled if enrolment.pupil_id != world.people["pupil"].pk]
    return [world.people["pupil"], *others]


def charges_of(world: World) -> list[Assignment]:
    """Who teaches what in the class, a subject once."""
    rows = Assignment.objects.filter(group=class_of(world), kind=Assignment.Kind.TEACHES)
    return list({row.subject_id: row for row in rows.select_related("subject").order_by("-pk")}.values())


def assessed(
    world: World,
    title: str = "Contrôle",
    *,
    charge: Assignment | None = None,
    day: date = TODAY - timedelta(days=6),
    published_at: datetime | None = LONG_AGO,
    guardians_at: datetime | None = LONG_AGO,
    period: Period | None = None,
    **fields: object,
) -> Assessment:
    """An assessment of the class, read by everyone unless it is said otherwise."""
    charge = charge or charges_of(world)[0]
    made: Assessment = Assessment.objects.create(
        school=world.school,
        teacher=charge.teacher,
        subject=charge.subject,
        group=charge.group,
        period=period or period_of(world, day),
        title=world.named(title),
        topic=world.named("Les fractions"),
        day=day,
        published_at=published_at,
        guardians_at=guardians_at if published_at else None,
        **fields,
    )
    return made


def give(assessment: Assessment, *values: tuple[Person, str | int | float]) -> list[Mark]:
    """These marks, a value or a code each."""
    return Mark.objects.bulk_create(
        Mark(
            assessment=assessment,
            pupil=pupil,
            changed_by=assessment.teacher,
            **({"code": value} if str(value).isalpha() else {"value": Decimal(str(value))}),
        )
        for pupil, value in values
    )


def lived_term(world: World, subjects: int = 4, each: int = 4) -> None:
    """Marks of everyone in the class, in some subjects, from September on."""
    first = period_of(world).starts
    step = max((TODAY - first).days // (each + 1), 1)
    pupils = pupils_of(world)
    for rank, charge in enumerate(charges_of(world)[:subjects]):
        for number in range(each):
            day = first + timedelta(days=step * (number + 1))
            one = assessed(
                world, f"Contrôle {number + 1}", charge=charge, day=day, coefficient=Decimal(1 + number % 2)
            )
            give(one, *((pupil, _value(rank, number, place)) for place, pupil in enumerate(pupils)))


def _value(rank: int, number: int, place: int) -> float:
    """Between 6 and 19, the same at each run."""
    return 6 + (rank * 7 + number * 3 + place * 5) % 27 / 2


def many_subjects_assessed(world: World, count: int) -> None:
    """`count` subjects more, in each of which the pupil of the cast has a mark."""
    charge = charges_of(world)[0]
    for _ in range(count):
        number = Subject.objects.filter(school=world.school).count()
        subject = Subject.objects.create(school=world.school, code=f"X{number}", name=f"Option {number}")
        one = assessed(
            world,
            f"Option {number}",
            charge=Assignment(teacher=charge.teacher, subject=subject, group=charge.group),
        )
        give(one, (world.people["pupil"], 12))


def last_year(world: World, name: str = "5e Z") -> Group:
    """A class of the year before, where the pupil of the cast and a classmate learnt and the teacher of the cast taught and led, until files
    ended it some weeks after its last period; nothing is assessed in it."""
    first, last = world.year.starts - timedelta(days=365), world.year.starts - timedelta(days=60)
    over, _made = SchoolYear.objects.get_or_create(
        school=world.school,
        name="2025-2026",
        defaults={"starts": first, "ends": world.year.starts - timedelta(days=1)},
    )
    Period.objects.get_or_create(
        school=world.school, year=over, name="Trimestre 3", defaults={"starts": first, "ends": last}
    )
    group: Group = Group.objects.create(
        school=world.school, year=over, kind=Group.Kind.CLASS, name=world.named(name), level="5e"
    )
    dated = {"school": world.school, "group": group, "starts": first, "ends": last + timedelta(days=30)}
    for pupil in pupils_of(world)[:2]:
        Enrolment.objects.create(pupil=pupil, **dated)
    teacher, subject = world.people["teacher"], charges_of(world)[0].subject
    Assignment.objects.create(teacher=teacher, subject=subject, **dated)
    Assignment.objects.create(teacher=teacher, kind=Assignment.Kind.HEAD_TEACHER, **dated)
    return group


def assessed_then(world: World, group: Group, title: str = "Bilan d’alors", **fields: object) -> Assessment:
    """An assessment of that class, which was published then."""
    charge = Assignment.objects.select_related("subject").get(group=group, kind=Assignment.Kind.TEACHES)
    period = Period.objects.get(year=group.year_id)
    return assessed(
        world, title, charge=charge, period=period, day=period.ends - timedelta(days=20), **fields
    )
