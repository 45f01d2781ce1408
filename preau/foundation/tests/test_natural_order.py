"""Names sort as people read them, on both engines and in Python."""

import pytest
from django.db import IntegrityError, transaction

from preau.directory.models import Group, Subject
from preau.directory.seeds.world import World
from preau.foundation.text import natural

pytestmark = pytest.mark.engine

CLASSES = ["2nde 1", "2nde 2", "2nde 9", "2nde 10", "2nde 11", "Première B", "Terminale A"]
SUBJECTS = ["Allemand", "Arts plastiques", "Éducation musicale", "Espagnol", "Technologie"]


def test_numbers_count_and_accents_stand_beside_their_letter() -> None:
    assert sorted(set(CLASSES), key=natural) == CLASSES
    assert sorted(set(SUBJECTS), key=natural) == SUBJECTS


def test_the_database_sorts_in_that_order(college: World) -> None:
    school, year = college.school, college.year
    Group.objects.bulk_create(
        Group(school=school, year=year, kind=Group.Kind.GROUP, name=name, level="essai")
        for name in reversed(CLASSES)
    )
    Subject.objects.bulk_create(
        Subject(school=school, code=f"essai{rank}", name=name) for rank, name in enumerate(reversed(SUBJECTS))
    )
    classes = Group.objects.filter(school=school, level="essai")
    subjects = Subject.objects.filter(school=school, code__startswith="essai")
    assert list(classes.order_by("name", "pk").values_list("name", flat=True)) == CLASSES
    assert list(classes.order_by("-name")[:2].values_list("name", flat=True)) == CLASSES[:-3:-1]
    assert list(subjects.values_list("name", flat=True)) == SUBJECTS


def test_what_sorts_alike_is_not_equal(college: World) -> None:
    """The collation keeps unique what was: « Eco » and « Éco » are two groups, and neither is found by the other."""
    for name in ("Éco 01", "Eco 1", "eco 1"):
        Group.objects.create(school=college.school, year=college.year, kind=Group.Kind.GROUP, name=name)
    assert Group.objects.filter(name="Eco 1").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.create(school=college.school, year=college.year, kind=Group.Kind.GROUP, name="Eco 1")
