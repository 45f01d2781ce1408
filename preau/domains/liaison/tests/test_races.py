"""At the same moment: two devices of one guardian, two guardians of one pupil. Each answer waits for the other, and one counts of each."""

from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from conftest import NOW
from preau.commons.notifications.models import Item
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.liaison.actions import answering
from preau.domains.liaison.actions.answering import Said
from preau.domains.liaison.models import Answer
from preau.domains.liaison.tests.props import a_word, copy_of
from tests.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]
YES, NO = Said(is_yes=True), Said(is_yes=False)


@pytest.fixture
def college(planted: dict[str, World]) -> World:
    return planted["college"]


def seat(person: Person) -> Any:
    return viewer_for(person, person.account.pk, NOW, "guardian")  # type: ignore[attr-defined]


def test_two_devices_of_one_guardian_leave_one_answer_that_counts(college: World) -> None:
    word, mother = a_word(college), college.people["guardian"]
    copy = copy_of(word, mother)
    works = [partial(answering.answer, seat(mother), copy, consent) for consent in (YES, NO, YES, NO)]
    done = together(*works)
    assert all(isinstance(one, bool) for one in done), done
    history = list(Answer.objects.filter(recipient=copy).order_by("pk"))
    # Each one that is kept says something else than the one before; the last one counts, and it alone.
    assert len(history) == done.count(True) and history[-1].replaced_at is None
    assert sum(one.replaced_at is None for one in history) == 1
    consent = [one.is_yes for one in history]
    assert all(one != other for one, other in pairwise(consent))


def test_a_yes_and_a_no_at_once_are_one_disagreement_told_once(college: World) -> None:
    word, people = a_word(college), college.people
    works = [
        partial(answering.answer, seat(people[key]), copy_of(word, people[key]), reply)
        for key, reply in (("guardian", YES), ("other_guardian", NO))
    ]
    assert together(*works) == [True, True]
    assert Answer.objects.current().filter(recipient__word=word).count() == 2
    assert Item.objects.filter(kind="liaison.disagreed", person=people["head"]).count() == 1
