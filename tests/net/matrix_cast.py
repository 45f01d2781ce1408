"""Whom the isolation matrix follows, how near or far a thing is to them, and the stage on which both stand."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Model

from conftest import NOW, TWIN
from preau.directory.models import Holding, Person, School
from preau.directory.seeds.world import World
from preau.directory.words import Role

TODAY = NOW.date()
LONG_AGO = timedelta(days=28)
OWN, OTHER_CLASS, OTHER_SCHOOL, DEPARTED, NOBODY = SCOPES = (
    "own",
    "other class",
    "other school",
    "departed",
    "anonymous",
)
# Whose are, in each scope, the things that one person has alone: a session, a file just sent.
OWNERS = {
    OWN: "guardian",
    OTHER_CLASS: "teacher",
    OTHER_SCHOOL: "neighbour_head",
    DEPARTED: "former_teacher",
}
# What every marked name begins with: a search by name finds them all, if it looks where it may not.
STEM = "Sentinelle"
# What a mark looks like in a text of small letters: all those of a page are found in one reading.
TOKEN = re.compile(f"z[0-9a-f]{{10}}|{TWIN.lower()}")

CAST = [
    "head",
    "cpe",
    "teacher",
    "teacher_parent",
    "pupil",
    "guardian",
    "other_guardian",
    "former_guardian",
    "secretary",
    "cook",
    "agent",
    "town",
    "operator",
    "neighbour_head",
    "former_teacher",
    "leaver",
    "visitor",
]
# Whom the matrix follows on the second engine (docs/decisions/0102): a role of each kind, whose questions are not alike.
OF_EACH_KIND = ["head", "teacher_parent", "pupil", "guardian", "neighbour_head", "visitor"]
# Whoever has no seat (any more) is a visitor, whatever the session says.
VISITORS = {"visitor", "former_teacher", "leaver"}

EVERYONE = set(CAST)
SIGNED_IN = EVERYONE - VISITORS
STAFF = {"head", "cpe", "teacher", "teacher_parent", "secretary", "cook"}
FAMILY = {"pupil", "guardian", "other_guardian"}
WITH_PUPILS = STAFF - {"cook"}
OFFICE, LIFE = {"head", "secretary"}, {"head", "cpe"}
# Who reads a family, and keeps the photos of pupils.
PHOTOGRAPHERS = {"head", "cpe", "secretary"}
NEIGHBOURING = {"neighbour_head"}
# The head, and the cook to whom the settings are given.
SETTLERS = {"head", "cook"} | NEIGHBOURING
# The family of the pupil of the scope.
OWN_FAMILY, OTHER_FAMILY = FAMILY | {"teacher_parent"}, {"former_guardian"}

# Whoever reads beside the cast where words are looked for (tests/net/places.py).
AT_WORK, AMONG_PUPILS = {"nurse", "assistant"}, {"classmate", "classmate_guardian", "other_pupil"}
SOMEBODY_ELSE = "somebody else"
# Who may find what is written for all of a kind.
WHOLE_STAFF = STAFF | AT_WORK
OWN_CLASS = OWN_FAMILY | {"classmate", "classmate_guardian"}
ALL_FAMILIES = OWN_FAMILY | OTHER_FAMILY | AMONG_PUPILS
WHOLE_SCHOOL = WHOLE_STAFF | ALL_FAMILIES | {"town"}
ANYBODY = EVERYONE | WHOLE_SCHOOL | {SOMEBODY_ELSE}

Near = dict[str, set[str]]


def near(**who: set[str]) -> Near:
    """`near(own=…, other_class=…)`: nobody where nothing is said."""
    return {name.replace("_", " "): roles for name, roles in who.items()}


EVERYWHERE_STAFF: Near = near(own=STAFF, other_class=STAFF, departed=STAFF, other_school=NEIGHBOURING)
MEMBERS: Near = near(own=STAFF | OWN_FAMILY | OTHER_FAMILY, other_school=NEIGHBOURING)
SETTLED: Near = near(own={"head", "cook"}, other_school=NEIGHBOURING)
ALL_SCOPES_OF_SCHOOL_LIFE = near(own=LIFE, other_class=LIFE, departed=LIFE, other_school=NEIGHBOURING)
ALL_SCOPES_OF_OFFICE = near(own=OFFICE, other_class=OFFICE, departed=OFFICE, other_school=NEIGHBOURING)


@dataclass(frozen=True)
class Mark:
    """Words that nobody can guess. `readers` may meet them; of these, `must` do: else the check looks at nothing."""

    name: str
    token: str
    readers: frozenset[str]
    must: frozenset[str]


@dataclass
class Stage:
    """The school of the test, its twin, the cast, one object of each model for each scope, and the marks."""

    college: World
    twin: World
    people: dict[str, Person] = field(default_factory=dict)
    objects: dict[type[Model], dict[str, list[Model]]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)

    def own(self, model: type[Any]) -> Any:
        return self.objects[model][OWN][0]

    def world_of(self, scope: str) -> World:
        """The school of what is near or far."""
        return self.twin if scope == OTHER_SCHOOL else self.college

    def put(self, scope: str, *found: Model) -> None:
        """The first object of a model is the one that its page would show a form for."""
        for model in found:
            self.objects.setdefault(type(model), {}).setdefault(scope, []).append(model)

    def mark(self, name: str, readers: Iterable[str], must: Iterable[str] = ()) -> str:
        token = f"z{secrets.token_hex(5)}"
        self.marks.append(Mark(name, token, frozenset(readers), frozenset(must)))
        return f"{STEM} {token}"

    def token_of(self, name: str) -> str:
        """What stands for somebody where there is no room for a name: in a picture."""
        return next(mark.token for mark in self.marks if mark.name == name)


def places_of(stage: Stage, model: type[Model], scope: str) -> list[Any]:
    """The objects of a scope; what a model has not there (a class has no subjects of its own) is what is one's own."""
    return stage.objects[model].get(scope) or stage.objects[model][OWN]


def place_of(stage: Stage, model: type[Model], scope: str) -> Any:
    return places_of(stage, model, scope)[0]


def school_key(stage: Stage, scope: str) -> str:
    """The seat of staff in the school of a scope."""
    school: School = stage.world_of(scope).school
    return f"staff-{school.pk}"


def runs_the_platform(stage: Stage) -> None:
    """The operator of the matrix runs one territory: what touches every school wants more."""
    Holding.objects.filter(person=stage.people["operator"], role=Role.OPERATOR).update(
        territory=None, school=None
    )
