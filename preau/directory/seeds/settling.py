"""What a delivery does not say of a school: its terms and rooms, and in the first degree who has which class."""

from datetime import date

from preau.directory.models import (
    Assignment,
    Group,
    Holding,
    Period,
    Person,
    Room,
    School,
    SchoolYear,
    Subject,
)
from preau.directory.words import Role

KINDERGARTEN = [
    ("1D-LAN", "Langage oral et écrit", "Langage"),
    ("1D-NOM", "Premiers outils mathématiques", "Nombres"),
    ("1D-EPS", "Activité physique", "Motricité"),
    ("1D-ART", "Activités artistiques", "Arts"),
    ("1D-MON", "Explorer le monde", "Monde"),
    ("1D-VIV", "Vivre ensemble", "Ensemble"),
]
ELEMENTARY = [
    ("1D-FRA", "Français", "Français"),
    ("1D-MAT", "Mathématiques", "Maths"),
    ("1D-EPS", "Éducation physique et sportive", "EPS"),
    ("1D-ART", "Arts plastiques et musique", "Arts"),
    ("1D-QLM", "Questionner le monde", "Le monde"),
    ("1D-EMC", "Enseignement moral et civique", "EMC"),
    ("1D-ANG", "Anglais", "Anglais"),
]
ORDER = ["PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2"]
SPORTS = ["Gymnase", "Plateau sportif", "Stade", "Dojo", "Salle de danse", "Piscine", "Mur d’escalade"]
SMALL_SPORTS = ["Gymnase", "Salle de motricité"]
LITTLE = ("PS", "MS", "GS")


def settle(school: School, year: SchoolYear) -> None:
    """Complete a school that a delivery has just filled."""
    open_periods(year)
    if school.kind == School.Kind.ECOLE:
        give_classes(school, year)
    open_rooms(school, year)


def open_periods(year: SchoolYear) -> None:
    """The three terms of a year."""
    first, last = year.starts.year, year.ends.year
    days = [year.starts, date(first, 12, 1), date(last, 3, 16)]
    ends = [date(first, 11, 30), date(last, 3, 15), year.ends]
    for rank, (starts, stops) in enumerate(zip(days, ends, strict=True), start=1):
        Period.objects.create(
            school_id=year.school_id, year=year, name=f"Trimestre {rank}", starts=starts, ends=stops
        )


def open_rooms(school: School, year: SchoolYear) -> None:
    """A room for each who teaches, numbered floor by floor, and places for sport."""
    taught = Assignment.objects.filter(group__year=year, kind=Assignment.Kind.TEACHES)
    number = taught.values("teacher_id").distinct().count()
    names = [f"{floor}{rank:02d}" for floor in range(10) for rank in range(1, 21)][:number]
    sports = SMALL_SPORTS if school.kind == School.Kind.ECOLE else SPORTS
    Room.objects.bulk_create(Room(school=school, name=name) for name in [*names, *sports])


def give_classes(school: School, year: SchoolYear) -> None:
    """One teacher a class, the director the last: each teaches everything and is its head teacher."""
    director = Holding.objects.filter(school=school, role=Role.HEAD).order_by("pk").first()
    teachers = [*_holders(school), director.person] if director else _holders(school)
    if director:
        # She teaches too: the delivery says « direction » alone.
        Holding.objects.create(school=school, person=director.person, role=Role.TEACHER, starts=year.starts)
    # The first teacher is the cast's, and Hugo Abadie is in CE2.
    groups = sorted(classes_in_order(year), key=lambda group: group.name != "CE2")
    for group, teacher in zip(groups, teachers, strict=False):
        subjects = KINDERGARTEN if group.name.split("-")[0] in LITTLE else ELEMENTARY
        given = {"school": school, "group": group, "teacher": teacher, "starts": year.starts}
        Assignment.objects.create(kind=Assignment.Kind.HEAD_TEACHER, **given)
        for code, name, short in subjects:
            key = f"{code}M" if subjects is KINDERGARTEN else code
            subject, _ = Subject.objects.get_or_create(
                school=school, code=key, defaults={"name": name, "short_name": short}
            )
            Assignment.objects.create(subject=subject, **given)


def _holders(school: School) -> list[Person]:
    held = Holding.objects.filter(school=school, role=Role.TEACHER).select_related("person").order_by("pk")
    return [holding.person for holding in held]


def classes_in_order(year: SchoolYear) -> list[Group]:
    """From the youngest: PS-MS before MS-GS before CP."""
    groups = Group.objects.classes().filter(year=year)
    return sorted(groups, key=lambda group: [ORDER.index(level) for level in group.name.split("-")])
