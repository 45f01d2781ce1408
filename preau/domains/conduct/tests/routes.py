"""The routes of conduct, as it tells the tests of them (tests/declared.py)."""

from datetime import timedelta
from typing import Any

from django.db.models import Model

from conftest import NOW, TWIN
from preau.directory.models import Group, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_pupils
from preau.domains.conduct.models import (
    Contract,
    Detention,
    Incident,
    Involvement,
    Observation,
    Punition,
    RegisterLine,
    Responsibility,
    Sanction,
    Slot,
)
from preau.domains.conduct.tests.props import (
    many_answers,
    many_contracts,
    many_incidents,
    many_moves,
    many_people_in_one,
    many_punitions,
    many_sanctions,
    many_slots,
    own_contract,
    own_incident,
    own_measure,
    own_part,
    own_procedure,
    own_punition,
    own_slot,
)
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    ALL_SCOPES_OF_SCHOOL_LIFE,
    DEPARTED,
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    STEM,
    TODAY,
    WITH_PUPILS,
    Near,
    Stage,
    near,
)
from tests.pages import Page

# Pages

PAGES = [
    *(Page(f"conduct:{name}", pages.STAFF) for name in ("incidents", "report", "slots")),
    *(Page(f"conduct:{name}", pages.STAFF - {"secretary"}) for name in ("punitions", "give")),
    *(
        Page(f"conduct:{name}", pages.SCHOOL_LIFE)
        for name in ("open_slot", "figures", "sanctions", "register")
    ),
    Page("conduct:followed", pages.FAMILY),
    *(Page(f"conduct:{name}", pages.SCHOOL_LIFE) for name in ("contracts", "open_contract")),
    Page("conduct:contract", pages.SCHOOL_LIFE | pages.FAMILY, model=own_contract),
    Page("conduct:responsibility", {"head"}, model=own_measure),
    *(
        Page(f"conduct:{name}", pages.SCHOOL_LIFE | {"teacher"}, model=own_incident)
        for name in ("incident", "correct")
    ),
    Page("conduct:tell", pages.SCHOOL_LIFE, model=own_part),
    *(
        Page(f"conduct:{name}", pages.SCHOOL_LIFE | {"teacher"}, model=own_punition)
        for name in ("punition", "place")
    ),
    Page("conduct:slot", pages.SCHOOL_LIFE, model=own_slot),
    Page("conduct:open_procedure", {"head"}),
    Page("conduct:sanction", pages.SCHOOL_LIFE | pages.FAMILY, model=own_procedure),
    Page("conduct:pronounce", {"head"}, model=own_procedure),
]
ELSEWHERE = {
    "conduct:export",
    "conduct:settle",
    "conduct:reopen",
    "conduct:finish",
    "conduct:cancel",
    "conduct:slip",
    "conduct:answer",
    "conduct:acknowledge",
    "conduct:agree",
    "conduct:accomplish",
    "conduct:note_week",
    "conduct:end_contract",
    "conduct:drop",
    "conduct:erase",
    "conduct:letter",
    "conduct:export_register",
}
LISTS = [
    ("cpe", "conduct:incidents", many_incidents),
    ("cpe", "conduct:export", many_incidents),
    ("teacher", "conduct:report", many_pupils),
    ("cpe", "conduct:incident", many_people_in_one),
    ("cpe", "conduct:correct", many_pupils),
    ("cpe", "conduct:punitions", many_punitions),
    ("teacher", "conduct:give", many_pupils),
    ("cpe", "conduct:punition", many_moves),
    ("cpe", "conduct:place", many_slots),
    ("cpe", "conduct:slots", many_slots),
    ("cpe", "conduct:slot", many_punitions),
    ("guardian", "conduct:followed", many_punitions),
    ("guardian", "conduct:followed", many_sanctions),
    ("guardian", "conduct:followed", many_contracts),
    ("guardian", "conduct:contract", many_contracts),
    ("cpe", "conduct:contracts", many_contracts),
    ("cpe", "conduct:open_contract", many_pupils),
    ("head", "conduct:sanctions", many_sanctions),
    ("head", "conduct:sanction", many_answers),
    ("head", "conduct:pronounce", many_answers),
    ("head", "conduct:register", many_sanctions),
    ("head", "conduct:export_register", many_sanctions),
    ("head", "conduct:open_procedure", many_pupils),
]
# Counts, however many rows they are of; one sentence; one slip.
ONE_THING = {
    "conduct:figures",
    "conduct:tell",
    "conduct:open_slot",
    "conduct:slip",
    "conduct:letter",
    "conduct:responsibility",
}


def lay(college: World) -> None:
    """A measure outside of the school: the pupil and her mother are asked to agree, the head may say that it is done."""
    Responsibility.objects.create(
        school=college.school,
        sanction=own_measure(college),
        host="Association des Remparts",
        is_outside=True,
        task="Trier des livres.",
        hours=6,
        signed_on=NOW.date() - timedelta(days=1),
    )


# The isolation matrix

GIVERS = LIFE | {"teacher", "teacher_parent"}
# An incident: whoever follows them, and whoever reported it.
IN_PERSON: Near = near(
    own=LIFE | {"teacher"},
    other_class=LIFE | {"teacher_parent"},
    departed=LIFE,
    other_school={"neighbour_head"},
)
SEES: dict[type[Model], Near] = {
    Incident: IN_PERSON,
    Involvement: IN_PERSON
    | near(own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY),
    Punition: IN_PERSON
    | near(own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY),
    Detention: IN_PERSON
    | near(
        own=LIFE | {"teacher", "secretary"} | OWN_FAMILY, other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY
    ),
    # A slot names nobody: whoever may place a detention sees it, and whoever watches over it.
    Slot: near(
        own=GIVERS | {"secretary"}, other_class=GIVERS, departed=GIVERS, other_school={"neighbour_head"}
    ),
    Sanction: near(
        own=LIFE | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, departed=LIFE, other_school={"neighbour_head"}
    ),
    **dict.fromkeys(
        [Responsibility, Contract],
        near(
            own=LIFE | OWN_FAMILY,
            other_class=LIFE | OTHER_FAMILY,
            departed=LIFE,
            other_school={"neighbour_head"},
        ),
    ),
}
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(["conduct:incidents", "conduct:report", "conduct:slots"], WITH_PUPILS | NEIGHBOURING),
    **dict.fromkeys(["conduct:punitions", "conduct:give"], GIVERS | NEIGHBOURING),
    **dict.fromkeys(
        [
            "conduct:export",
            "conduct:open_slot",
            "conduct:figures",
            "conduct:sanctions",
            "conduct:register",
            "conduct:export_register",
        ],
        LIFE | NEIGHBOURING,
    ),
    **dict.fromkeys(
        [
            "conduct:incident",
            "conduct:correct",
            "conduct:punition",
            "conduct:finish",
            "conduct:cancel",
            "conduct:place",
        ],
        IN_PERSON,
    ),
    **dict.fromkeys(["conduct:contracts", "conduct:open_contract"], LIFE | NEIGHBOURING),
    **dict.fromkeys(["conduct:note_week", "conduct:end_contract"], ALL_SCOPES_OF_SCHOOL_LIFE),
    "conduct:contract": SEES[Contract],
    "conduct:acknowledge": near(own=OWN_FAMILY - {"pupil"}, other_class=OTHER_FAMILY),
    "conduct:agree": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    **dict.fromkeys(
        ["conduct:responsibility", "conduct:accomplish"],
        near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(["conduct:settle", "conduct:reopen", "conduct:tell"], ALL_SCOPES_OF_SCHOOL_LIFE),
    "conduct:slip": SEES[Punition],
    "conduct:slot": ALL_SCOPES_OF_SCHOOL_LIFE
    | near(own=LIFE | {"secretary"}, other_class=LIFE | {"teacher_parent"}),
    "conduct:followed": FAMILY | OTHER_FAMILY,
    "conduct:sanction": SEES[Sanction],
    "conduct:letter": SEES[Sanction],
    "conduct:answer": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    "conduct:open_procedure": {"head"} | NEIGHBOURING,
    **dict.fromkeys(
        ["conduct:pronounce", "conduct:drop", "conduct:erase"],
        near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING),
    ),
}
NAMES = {
    "enfant": Named(Person, "public_id"),
    **dict.fromkeys(
        ["pupil", "pupils", "concerned", "harmed", "witness", "adult", "supervisor"], Named(Person)
    ),
    "incident": Named(Incident),
    "slot": Named(Slot),
}
NUMBERED = {
    "presence": Named(Detention),
    "connu": Named(Detention),
}
PLAIN = dict.fromkeys(
    [
        "place",
        "work",
        "facts",
        "revision",
        "sent_as",
        "sentence",
        "why",
        "due",
        "authority",
        "host",
        "is_outside",
        "task",
        "hours",
        "signed_on",
        "goals",
        "help",
        "how",
        "outcome",
        "defend_until",
        "grounds",
        "register",
        "suspended_until",
        "hour",
    ],
    (),
)

# Forms and files


def _reported(stage: Stage) -> Data:
    group, pupil = stage.own(Group), stage.own(Person)
    return {
        "classe": group.pk,
        "concerned": [pupil.pk],
        "kind": "talk",
        "place": "yard",
        "day": "2026-11-23",
        "hour": "10:05",
        "facts": "Un ballon est passé par la fenêtre.",
        "sent_as": FORM,
    }


def _corrected(stage: Stage) -> Data:
    parts = stage.own(Incident).involvements.values_list("person_id", "part")
    people = {f"{part}": [person] for person, part in parts}
    return _reported(stage) | people | {"revision": "1"}


def _incident_settled(stage: Stage) -> None:
    Incident.objects.filter(pk=stage.own(Incident).pk).update(state="settled")


def _punished(stage: Stage) -> Data:
    return {
        "classe": stage.own(Group).pk,
        "pupils": [stage.own(Person).pk],
        "kind": "work",
        "why": "Matériel oublié.",
        "work": "Préparer la liste du matériel.",
        "due": "2026-12-01",
        "sent_as": FORM,
    }


def _moved(stage: Stage) -> Data:
    return {"slot": stage.objects[Slot]["own"][1].pk}


def _came(stage: Stage) -> Data:
    pk = stage.own(Detention).pk
    return {f"presence-{pk}": "done", f"connu-{pk}": "expected"}


def _charged(stage: Stage) -> Data:
    return {
        "classe": stage.own(Group).pk,
        "pupil": stage.own(Person).pk,
        "facts": "Refus répété de suivre les consignes.",
        "authority": "head",
        "defend_until": "2026-12-04",
        "sent_as": FORM,
    }


def _pronounced(stage: Stage) -> None:
    Sanction.objects.filter(pk=stage.own(Sanction).pk).update(
        state="pronounced", kind="warning", pronounced_on="2026-11-20", kept_until="2027-07-04"
    )


def _is_responsibility(stage: Stage) -> None:
    _pronounced(stage)
    Sanction.objects.filter(pk=stage.own(Sanction).pk).update(kind="responsibility")


def _agreed(stage: Stage) -> None:
    Responsibility.objects.filter(pk=stage.own(Responsibility).pk).update(
        pupil_agreed_on="2026-11-20", guardian_agreed_on="2026-11-20"
    )


def _goals(stage: Stage) -> Data:
    return {
        "classe": stage.own(Group).pk,
        "pupil": stage.own(Person).pk,
        "goals": "Arriver à l’heure.",
        "help": "Un point chaque lundi.",
        "starts": "2026-11-24",
        "ends": "2026-12-18",
        "sent_as": FORM,
    }


MEASURE = {"host": "CDI", "task": "Ranger les revues.", "hours": "8", "signed_on": ""}
SLOT = {"day": "2026-12-08", "starts_at": "17:00", "ends_at": "18:00", "places": "10"}
WARNED = {"kind": "warning", "grounds": "Après l’entretien.", "register": "Consignes non suivies en atelier."}
BODIES = {
    "conduct:report": Body("teacher", _reported, wrong=lambda stage: {"kind": ""}),
    "conduct:correct": Body("cpe", _corrected, wrong=lambda stage: {"kind": ""}),
    "conduct:settle": Body(
        "cpe", lambda stage: {"note": "Entretien avec chacun."}, wrong=lambda stage: {"note": ""}
    ),
    "conduct:reopen": Body("cpe", before=_incident_settled),
    "conduct:tell": Body(
        "cpe",
        lambda stage: {"sentence": "Nous en avons parlé ensemble."},
        wrong=lambda stage: {"sentence": ""},
    ),
    "conduct:give": Body("teacher", _punished, wrong=lambda stage: {"why": ""}),
    "conduct:finish": Body("teacher"),
    "conduct:cancel": Body(
        "teacher", lambda stage: {"why": "Donnée par erreur."}, wrong=lambda stage: {"why": ""}
    ),
    "conduct:place": Body("teacher", _moved, wrong=lambda stage: {"slot": ""}),
    "conduct:open_slot": Body("cpe", lambda stage: dict(SLOT), wrong=lambda stage: {"ends_at": "16:00"}),
    "conduct:slot": Body("cpe", _came, wrong=lambda stage: {f"presence-{stage.own(Detention).pk}": "?"}),
    "conduct:open_procedure": Body("head", _charged, wrong=lambda stage: {"facts": ""}),
    "conduct:answer": Body(
        "guardian", lambda stage: {"text": "Voici ce qu’il s’est passé."}, wrong=lambda stage: {"text": ""}
    ),
    "conduct:pronounce": Body("head", lambda stage: dict(WARNED), wrong=lambda stage: {"grounds": ""}),
    "conduct:drop": Body("head"),
    "conduct:responsibility": Body(
        "head", lambda stage: dict(MEASURE), _is_responsibility, lambda stage: {"hours": "21"}
    ),
    "conduct:acknowledge": Body("guardian"),
    "conduct:agree": Body("guardian"),
    "conduct:accomplish": Body("head", before=_agreed),
    "conduct:open_contract": Body("cpe", _goals, wrong=lambda stage: {"goals": ""}),
    "conduct:note_week": Body(
        "cpe", lambda stage: {"how": "met", "note": "Bonne semaine."}, wrong=lambda stage: {"how": ""}
    ),
    "conduct:end_contract": Body(
        "cpe", lambda stage: {"outcome": "Objectifs tenus."}, wrong=lambda stage: {"outcome": ""}
    ),
    "conduct:erase": Body("head", before=_pronounced),
}
# What an adult wrote for the school; what is written for a family; what a mother answers is hers.
READ_BY = {
    **dict.fromkeys(["conduct:report", "conduct:correct", "conduct:settle"], LIFE | {"teacher"}),
    **dict.fromkeys(
        [f"conduct:{name}" for name in ("tell", "give", "cancel")], LIFE | {"teacher"} | OWN_FAMILY
    ),
    **dict.fromkeys(
        [
            f"conduct:{name}"
            for name in (
                "open_procedure",
                "pronounce",
                "responsibility",
                "open_contract",
                "note_week",
                "end_contract",
            )
        ],
        LIFE | OWN_FAMILY,
    ),
    "conduct:pronounce.register": LIFE,
    "conduct:answer": LIFE | {"guardian"},
}
SHEETS = {
    "conduct:export": "cpe",
    "conduct:export_register": "head",
}
OTHER_FILES = {"conduct:slip", "conduct:letter"}
NOT_CONFIRMED = {
    "conduct:slip": "one sheet for one pupil",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """An incident, what its family reads, a detention and a procedure: of each class, of a leaver, of the twin."""
    people, life = stage.people, {"head", "cpe"}
    own, other = FAMILY | {"teacher_parent"}, {"former_guardian"}
    theirs = f"{STEM} {TWIN}"
    for scope, world, reporter, watcher, family in [
        (OWN, stage.college, people["teacher"], people["secretary"], own),
        (OTHER_CLASS, stage.college, people["teacher_parent"], people["teacher_parent"], other),
        (DEPARTED, stage.college, people["former_teacher"], people["former_teacher"], set()),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["teacher"], stage.twin.people["cpe"], None),
    ]:
        here = life | ({"teacher"} if scope == OWN else {"teacher_parent"} if scope == OTHER_CLASS else set())
        twin = family is None
        facts = theirs if twin else stage.mark(f"facts ({scope})", here, life)
        family_text = theirs if twin else stage.mark(f"told to the family ({scope})", here | family, life)
        why = (
            theirs
            if twin
            else stage.mark(f"why a punition ({scope})", here | family | {"secretary"}, {"cpe"})
        )
        charge = theirs if twin else stage.mark(f"charge ({scope})", life | family, life)
        pupil: Any = stage.objects[Person][scope][0]
        incident = _incident(world, pupil, reporter, facts, family_text)
        days = [3, 10] if scope != DEPARTED else [-20]
        slots = [_slot(world, watcher, NOW + timedelta(days=day)) for day in days]
        punition = Punition.objects.create(
            school=world.school,
            pupil=pupil,
            incident=incident,
            kind="detention",
            day=incident.day,
            reason=why,
            given_by=reporter,
            given_at=NOW,
        )
        detention = Detention.objects.create(
            school=world.school, punition=punition, slot=slots[0], placed_by=reporter
        )
        sanction = _procedure(world, pupil, charge)
        task = theirs if twin else stage.mark(f"what a pupil commits to ({scope})", life | family, {"cpe"})
        measure = Responsibility.objects.create(
            school=world.school,
            sanction=sanction,
            host="Association",
            is_outside=True,
            task=task,
            hours=6,
            signed_on=TODAY,
        )
        contract = Contract.objects.create(
            school=world.school,
            pupil=pupil,
            goals=task,
            help="Tutorat",
            starts=TODAY - timedelta(days=7),
            ends=TODAY + timedelta(days=21),
            opened_by=world.people["cpe"],
        )
        stage.put(scope, measure, contract)
        # The first slot of a model is the one of its page; a form moves a detention to the second.
        stage.put(
            scope, incident, incident.involvements.get(person=pupil), punition, *slots, detention, sanction
        )
    _several_in_one(stage, life)


def _several_in_one(stage: Stage, life: set[str]) -> None:
    """A child of the other class was hurt in the own incident: each family reads its own sentence alone."""
    incident, hurt = stage.own(Incident), stage.objects[Person][OTHER_CLASS][0]
    words = stage.mark("told to the other family", life | {"teacher", "former_guardian"}, {"former_guardian"})
    Involvement.objects.create(
        school=incident.school, incident=incident, person=hurt, part="harmed", for_family=words, told_at=NOW
    )
    answer = stage.mark("what the guardian answers", life | {"guardian"}, {"head"})
    Observation.objects.create(
        school=incident.school, sanction=stage.own(Sanction), by=stage.people["guardian"], text=answer, at=NOW
    )


def _incident(world: World, pupil: Person, reporter: Person, facts: str, family_text: str) -> Incident:
    incident = Incident.objects.create(
        school=world.school,
        day=TODAY - timedelta(days=2),
        place="yard",
        kind="talk",
        facts=facts,
        reported_by=reporter,
        reported_at=NOW,
    )
    Involvement.objects.create(
        school=world.school,
        incident=incident,
        person=pupil,
        part="concerned",
        for_family=family_text,
        told_at=NOW,
    )
    return incident


def _slot(world: World, watcher: Person, starts: Any) -> Slot:
    """At an hour of its own: two slots of a room are not held together."""
    starts += timedelta(minutes=Slot.objects.count())
    return Slot.objects.create(
        school=world.school,
        day=starts.date(),
        starts=starts,
        ends=starts + timedelta(hours=1),
        places=12,
        supervisor=watcher,
        opened_by=watcher,
    )


def _procedure(world: World, pupil: Person, facts: str) -> Sanction:
    return Sanction.objects.create(
        school=world.school,
        pupil=pupil,
        authority="head",
        facts=facts,
        opened_by=world.people["head"],
        told_on=TODAY - timedelta(days=10),
        defend_until=TODAY - timedelta(days=5),
    )


def plant_formulas(evil: str) -> None:
    RegisterLine.objects.update(facts=evil)
