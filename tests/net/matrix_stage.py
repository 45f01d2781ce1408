"""The stage of the isolation matrix: a wide cast and its classes, then, from each house, an object of each model near and far.

Every name, comment and file that could leak holds a mark that nobody can guess. A mark knows the roles that may read it:
that is the law written a second time, by hand, so that `visible_to` is not judged by itself.
"""

from datetime import timedelta
from typing import Any

from conftest import NOW, TWIN
from preau.directory.models import (
    Assignment,
    Enrolment,
    Group,
    Guardianship,
    Holding,
    Person,
    Room,
    SchoolYear,
    Subject,
    Territory,
)
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Kinship, Role
from preau.identity.models import Account
from tests.declared import gathered
from tests.net.matrix_cast import (
    CAST,
    DEPARTED,
    FAMILY,
    NOBODY,
    OF_EACH_KIND,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    SCOPES,
    STAFF,
    STEM,
    TODAY,
    TOKEN,
    VISITORS,
    Mark,
    Stage,
    place_of,
    places_of,
    runs_the_platform,
    school_key,
)

__all__ = [
    "CAST",
    "DEPARTED",
    "FAMILY",
    "NOBODY",
    "OF_EACH_KIND",
    "OTHER_CLASS",
    "OTHER_SCHOOL",
    "OWN",
    "SCOPES",
    "STAFF",
    "STEM",
    "TODAY",
    "TOKEN",
    "VISITORS",
    "Mark",
    "Stage",
    "lent",
    "place_of",
    "places_of",
    "runs_the_platform",
    "school_key",
    "set_up",
]


def set_up(college: World, twin: World) -> Stage:
    """Everything, from the ground up: each house finds there what those below it have put."""
    stage = Stage(college, twin)
    _cast(stage)
    _own_class(stage)
    _other_class(stage)
    _departed(stage)
    _other_school(stage)
    for plant in gathered().plant:
        plant(stage)
    _nobody(stage)
    return stage


# Who is there


def _cast(stage: Stage) -> None:
    college, here = stage.college, stage.college.people
    stage.people = {key: here[key] for key in ("head", "cpe", "teacher", "secretary")}
    stage.people |= {key: here[key] for key in ("pupil", "guardian", "other_guardian")}
    stage.people |= {"teacher_parent": here["teacher_1"], "neighbour_head": stage.twin.people["head"]}
    school, ended = {"school": college.school}, {"starts": college.year.starts, "ends": TODAY}
    place = Territory.objects.create(kind=Territory.Kind.DEPARTEMENT, code="035", name="Département")
    academy = Territory.objects.create(kind=Territory.Kind.ACADEMIE, code="14", name="Académie")
    college.school.territory = Territory.objects.create(
        kind=Territory.Kind.COMMUNE, code="35238", name="Commune", parent=academy
    )
    college.school.save()
    for key, role, where in [
        ("cook", Role.OTHER, school),
        ("agent", Role.AGENT, {"territory": place}),
        ("town", Role.AGENT, school | lent(college)),
        ("operator", Role.OPERATOR, {"territory": academy}),
        ("former_teacher", Role.TEACHER, school | ended),
        ("leaver", Role.PUPIL, school | ended),
    ]:
        person = Person.objects.create(family_name=key.capitalize(), given_name="Ada")
        Holding.objects.create(person=person, role=role, **where)
        stage.people[key] = person
    stage.people["former_guardian"] = Person.objects.create(family_name="Former", given_name="Ada")
    for key, person in stage.people.items():
        if not Account.objects.filter(person=person).exists():
            Account(login=f"{key}.matrix", person=person, password="!").save()
        stage.people[key] = Person.objects.get(pk=person.pk)


def lent(world: World) -> dict[str, Any]:
    """What the head gave to an agent of the commune: the lists, for a month."""
    head = world.people["head"]
    given = {"lists": {"until": (TODAY + timedelta(days=30)).isoformat(), "by": head.pk}}
    return {"ends": TODAY + timedelta(days=31), "given_by": head, "scope": given}


def _guard(pupil: Person, guardian: Person, **dates: Any) -> None:
    Guardianship.objects.create(
        pupil=pupil, guardian=guardian, authority=Authority.LEGAL, kinship=Kinship.FATHER, **dates
    )


def _name(person: Person, name: str) -> None:
    """Both names hold the mark: some pages show one, some the other."""
    person.family_name, person.given_name = name, f"Nina {name.rsplit(maxsplit=1)[-1]}"
    person.save()


def _call(row: Any, name: str) -> None:
    row.name = name
    row.save()


# What is there


def _own_class(stage: Stage) -> None:
    """The class that the teacher teaches and the cast's pupil is in."""
    people, pupil = stage.people, stage.people["pupil"]
    group = Group.objects.get(year=stage.college.year, enrolments__pupil=pupil)
    _guard(pupil, people["teacher_parent"])
    _guard(pupil, people["former_guardian"], starts=stage.college.year.starts, ends=TODAY)
    family = FAMILY | {"teacher_parent"}
    _call(group, stage.mark("own class", STAFF | family | {"town"}, {"head", "cpe", "secretary", "town"}))
    office = {"head", "cpe", "secretary", "teacher"}
    knowing = office | family | {"town"}
    # The cook is the adult who was told of this pupil (`attention`).
    _name(pupil, stage.mark("own pupil", knowing | {"cook"}, office | {"guardian", "pupil"}))
    _name(
        people["guardian"],
        stage.mark("own guardian", {"head", "cpe", "secretary", "guardian", "town"}, {"head", "secretary"}),
    )
    account = pupil.account
    account.login = stage.mark("login of the own pupil", office | {"pupil"}, {"head", "teacher"}).split()[-1]
    account.save()
    _only_taught_by(group, people["teacher"])
    room, subject = _first_room(stage.college), _first_subject(stage.college)
    _call(room, stage.mark("room", STAFF | family | {"former_guardian"}, {"teacher", "pupil"}))
    stage.put(OWN, group, pupil, room, subject, stage.college.school)
    stage.put(OWN, Guardianship.objects.get(pupil=pupil, guardian=people["guardian"]))


def _other_class(stage: Stage) -> None:
    """A class of the same school: its teacher is a parent elsewhere, one of its parents has just lost another authority."""
    people = stage.people
    group = Group.objects.filter(year=stage.college.year).exclude(pk=stage.own(Group).pk)[0]
    pupil = Person.objects.filter(enrolments__group=group).order_by("pk")[0]
    _guard(pupil, people["former_guardian"])
    _call(group, stage.mark("other class", STAFF | {"former_guardian", "town"}, {"head"}))
    knowing = {"head", "cpe", "secretary", "teacher", "teacher_parent", "former_guardian", "town"}
    _name(pupil, stage.mark("other pupil", knowing, knowing))
    guardian = Person.objects.filter(wards__pupil=pupil).exclude(pk=people["former_guardian"].pk)[0]
    _name(guardian, stage.mark("other guardian", {"head", "cpe", "secretary", "town"}))
    _only_taught_by(group, people["teacher_parent"])
    stage.put(OTHER_CLASS, group, pupil, _first_room(stage.college), _first_subject(stage.college))
    stage.put(OTHER_CLASS, Guardianship.objects.get(pupil=pupil, guardian=people["former_guardian"]))


def _departed(stage: Stage) -> None:
    """A pupil and a teacher who have left, and a class of last year."""
    college, leaver = stage.college, stage.people["leaver"]
    _name(leaver, stage.mark("leaver", {"head", "cpe", "secretary"}, {"cpe", "secretary"}))
    Enrolment.objects.create(
        school=college.school, group=stage.own(Group), pupil=leaver, starts=college.year.starts, ends=TODAY
    )
    last_year = SchoolYear.objects.create(
        school=college.school,
        name="2025-2026",
        starts=college.year.starts - timedelta(days=365),
        ends=college.year.starts - timedelta(days=1),
    )
    former = Group.objects.create(
        school=college.school,
        year=last_year,
        kind=Group.Kind.CLASS,
        name=stage.mark("class of last year", STAFF),
        level="6e",
    )
    stage.put(DEPARTED, last_year, former, leaver, _first_room(college))
    _guard(leaver, Person.objects.create(family_name="Parti", given_name="Ada"))
    stage.put(DEPARTED, Guardianship.objects.get(pupil=leaver))


def _other_school(stage: Stage) -> None:
    """The twin, whose every name holds its own mark."""
    twin = stage.twin
    stage.marks.append(
        Mark("other school", TWIN.lower(), frozenset({"neighbour_head"}), frozenset({"neighbour_head"}))
    )
    pupil = twin.people["pupil"]
    group = Group.objects.get(year=twin.year, enrolments__pupil=pupil)
    stage.put(OTHER_SCHOOL, group, pupil, _first_room(twin), _first_subject(twin), twin.school)
    stage.put(OTHER_SCHOOL, Guardianship.objects.get(pupil=pupil, guardian=twin.people["guardian"]))


def _only_taught_by(group: Group, teacher: Person) -> None:
    """In the schools of the tests everyone teaches everywhere; here a class has one teacher."""
    Assignment.objects.filter(group=group).exclude(teacher=teacher).delete()
    if not Assignment.objects.filter(group=group, teacher=teacher).exists():
        subject = Subject.objects.filter(school=group.school)[0]
        Assignment.objects.create(school=group.school, group=group, teacher=teacher, subject=subject)


def _first_room(world: World) -> Room:
    return Room.objects.filter(school=world.school)[0]


def _first_subject(world: World) -> Subject:
    return Subject.objects.filter(school=world.school)[0]


def _nobody(stage: Stage) -> None:
    """What belongs to nobody: a person who was erased; for the rest, a number that no row has, too large for a database."""
    stage.put(NOBODY, Person.objects.create(family_name="Personne effacée", erased_at=NOW))
    for model in [one for one, known in stage.objects.items() if NOBODY not in known]:
        stage.put(NOBODY, model(pk=10**19))
