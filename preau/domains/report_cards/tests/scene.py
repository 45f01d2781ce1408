"""Classes, passages and councils, for the tests of report_cards."""

from typing import Any

from preau.directory.models import Group, Period, Person
from preau.directory.seeds.world import World
from preau.domains.gradebook.tests.scene import charge_of, classmate_of, period_of
from preau.domains.report_cards.actions import writing
from preau.domains.report_cards.models import Appreciation, Council, Decision
from preau.domains.report_cards.rules.access import Kind, Passage
from preau.domains.report_cards.tests.props import own_class

GENERAL, LIFE = Passage(Kind.GENERAL, "Générale"), Passage(Kind.SCHOOL_LIFE, "Vie scolaire")

__all__ = ["GENERAL", "LIFE", "classmate_of", "clean", "own_class", "passage_of", "period_of", "write"]


def passage_of(world: World) -> Passage:
    """The subject that the cast's teacher teaches to the class of the cast's pupil."""
    charge = charge_of(world)
    assert charge.subject
    return Passage(Kind.SUBJECT, charge.subject.name, charge.subject_id, own=True)


def clean(world: World) -> tuple[Group, Period]:
    """That class and the present period, without a word and without a council."""
    group, period = own_class(world), period_of(world)
    Appreciation.objects.filter(period=period).delete()
    Decision.objects.filter(council__period=period).delete()
    Council.objects.filter(period=period).delete()
    return group, period


def write(
    viewer: Any, world: World, passage: Passage, pupil: Person, typed: str, seen: int = 0
) -> Appreciation | None:
    """One text of a pupil of that class."""
    texts = [writing.Text(pupil.pk, typed, seen)]
    return writing.write(viewer, own_class(world), period_of(world), passage, texts)[pupil.pk]
