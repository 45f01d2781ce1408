"""Objects of conduct for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_pupils
from preau.domains.conduct.models import (
    Contract,
    ContractWeek,
    Detention,
    Incident,
    IncidentStep,
    Involvement,
    Observation,
    Punition,
    RegisterLine,
    Sanction,
    Slot,
)


def own_incident(college: World) -> Incident:
    """One that Claire Moreau has reported, in which the cast's pupil is concerned, and was told so."""
    people = college.people
    incident, made = Incident.objects.get_or_create(
        school=college.school,
        reported_by=people["teacher"],
        kind="other",
        place="yard",
        day=NOW.date(),
        defaults={"facts": "Un ballon perdu.", "reported_at": NOW},
    )
    if made:
        Involvement.objects.create(
            school=college.school,
            incident=incident,
            person=people["pupil"],
            part="concerned",
            told_at=NOW,
            for_family="Le ballon est perdu.",
        )
    return incident


def own_part(college: World) -> Involvement:
    return own_incident(college).involvements.get(person=college.people["pupil"])


def own_slot(college: World) -> Slot:
    """One to come, that the CPE watches over."""
    starts = NOW + timedelta(days=7)
    return Slot.objects.get_or_create(
        school=college.school,
        starts=starts,
        room=None,
        defaults={
            "day": starts.date(),
            "ends": starts + timedelta(hours=1),
            "places": 40,
            "supervisor": college.people["cpe"],
            "opened_by": college.people["cpe"],
        },
    )[0]


def own_punition(college: World) -> Punition:
    """A detention that Claire Moreau has given the cast's pupil."""
    own_slot(college)
    return Punition.objects.get_or_create(
        school=college.school,
        pupil=college.people["pupil"],
        given_by=college.people["teacher"],
        kind="detention",
        defaults={"day": NOW.date(), "reason": "Retards", "given_at": NOW, "incident": own_incident(college)},
    )[0]


def own_procedure(college: World) -> Sanction:
    """One against the cast's pupil, that may be decided."""
    return Sanction.objects.get_or_create(
        school=college.school,
        pupil=college.people["pupil"],
        state="open",
        defaults={
            "authority": "head",
            "facts": "Consignes non suivies.",
            "opened_by": college.people["head"],
            "told_on": NOW.date() - timedelta(days=9),
            "defend_until": NOW.date() - timedelta(days=3),
        },
    )[0]


def own_measure(college: World) -> Sanction:
    """A measure of responsibility pronounced for the cast's pupil, still to prepare."""
    head, day = college.people["head"], NOW.date()
    return Sanction.objects.get_or_create(
        school=college.school,
        pupil=college.people["pupil"],
        kind="responsibility",
        defaults={
            "authority": "head",
            "facts": "Dégradation.",
            "opened_by": head,
            "told_on": day,
            "defend_until": day,
            "state": "pronounced",
            "pronounced_on": day,
        },
    )[0]


def own_contract(college: World) -> Contract:
    return Contract.objects.get_or_create(
        school=college.school,
        pupil=college.people["pupil"],
        goals="Arriver à l’heure.",
        state="running",
        defaults={
            "help": "Un point chaque lundi.",
            "starts": NOW.date(),
            "ends": NOW.date() + timedelta(days=20),
            "opened_by": college.people["cpe"],
        },
    )[0]


def many_contracts(college: World, count: int) -> None:
    """`count` contracts more of the cast's pupil, and weeks of the one of the page."""
    for _ in range(count):
        Contract.objects.create(
            school=college.school,
            pupil=college.people["pupil"],
            goals="x",
            help="y",
            starts=NOW.date(),
            ends=NOW.date() + timedelta(days=20),
            opened_by=college.people["cpe"],
        )
        monday = NOW.date() - timedelta(days=1, weeks=ContractWeek.objects.count())
        ContractWeek.objects.create(
            school=college.school,
            contract=own_contract(college),
            monday=monday,
            how="met",
            note="Bien",
            noted_by=college.people["cpe"],
            noted_at=NOW,
        )


def many_incidents(college: World, count: int) -> None:
    """`count` incidents more, each with the cast's pupil, told; an open one has its place on the home."""
    for _ in range(count):
        incident = Incident.objects.create(
            school=college.school,
            reported_by=college.people["cpe"],
            kind="talk",
            place="yard",
            day=NOW.date(),
            facts="Bavardages.",
            reported_at=NOW,
        )
        Involvement.objects.create(
            school=college.school,
            incident=incident,
            person=college.people["pupil"],
            part="concerned",
            for_family="Bavardages.",
            told_at=NOW,
        )


def many_people_in_one(college: World, count: int) -> None:
    """`count` pupils, steps and punitions more in one incident."""
    incident = own_incident(college)
    many_pupils(college, count)
    pupils = Person.objects.filter(family_name__startswith="Élève ").exclude(involvements__incident=incident)
    for pupil in pupils[:count]:
        common = {"school": college.school, "incident": incident}
        Involvement.objects.create(**common, person=pupil, part="witness")
        IncidentStep.objects.create(**common, gesture="corrected", by=college.people["cpe"], at=NOW)
        Punition.objects.create(
            **common,
            pupil=pupil,
            kind="work",
            day=NOW.date(),
            reason="x",
            given_by=college.people["cpe"],
            given_at=NOW,
        )


def many_punitions(college: World, count: int) -> None:
    """`count` detentions more of the cast's pupil, each expected at the slot of the page."""
    for _ in range(count):
        punition = Punition.objects.create(
            school=college.school,
            pupil=college.people["pupil"],
            kind="detention",
            day=NOW.date(),
            reason="Retards",
            given_by=college.people["cpe"],
            given_at=NOW,
        )
        Detention.objects.create(
            school=college.school, punition=punition, slot=own_slot(college), placed_by=college.people["cpe"]
        )


def many_moves(college: World, count: int) -> None:
    """`count` slots more where one punition was expected."""
    punition = own_punition(college)
    for _ in range(count):
        Detention.objects.create(
            school=college.school,
            punition=punition,
            slot=own_slot(college),
            placed_by=college.people["cpe"],
            state="moved",
        )


def many_slots(college: World, count: int) -> None:
    """`count` slots more, this week and the next days."""
    for _ in range(count):
        starts = NOW + timedelta(hours=2, minutes=Slot.objects.count())
        Slot.objects.create(
            school=college.school,
            day=starts.date(),
            starts=starts,
            ends=starts + timedelta(hours=1),
            places=3,
            supervisor=college.people["cpe"],
            opened_by=college.people["cpe"],
        )


def many_sanctions(college: World, count: int) -> None:
    """`count` sanctions more of the cast's pupil, with their lines in the register."""
    for _ in range(count):
        common = {
            "school": college.school,
            "kind": "warning",
            "authority": "head",
            "pronounced_on": NOW.date(),
        }
        Sanction.objects.create(
            **common,
            pupil=college.people["pupil"],
            facts="x",
            opened_by=college.people["head"],
            state="pronounced",
            told_on=NOW.date(),
            defend_until=NOW.date(),
            register_line=RegisterLine.objects.create(**common, facts="x"),
        )


def many_answers(college: World, count: int) -> None:
    """`count` answers more to a procedure."""
    for number in range(count):
        Observation.objects.create(
            school=college.school,
            sanction=own_procedure(college),
            by=college.people["guardian"],
            text=f"{number}",
            at=NOW,
        )
