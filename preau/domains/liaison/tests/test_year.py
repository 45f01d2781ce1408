"""A year of a large school: 3 000 families, 40 words each. What its pages ask of the database does not grow, and neither do they."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.domains.liaison.tests.props import a_draft, a_word
from tests.pages import MOST_BYTES, counted

pytestmark = [pytest.mark.django_db, pytest.mark.long]
FAMILIES, WORDS, AT_ONCE = 3_000, 40, 2_000


def families(college: World, number: int) -> list[tuple[int, int]]:
    """So many pupils with a guardian each: (pupil, guardian)."""
    people = Person.objects.bulk_create(
        (
            Person(family_name=f"Martin {rank}", given_name="Ana", search_name=f"martin {rank:05}")
            for rank in range(2 * number)
        ),
        batch_size=AT_ONCE,
    )
    pairs = [(people[rank].pk, people[number + rank].pk) for rank in range(number)]
    Holding.objects.bulk_create(
        (
            Holding(person_id=pupil, role=Role.PUPIL, school=college.school, starts=college.year.starts)
            for pupil, _guardian in pairs
        ),
        batch_size=AT_ONCE,
    )
    Guardianship.objects.bulk_create(
        (
            Guardianship(
                pupil_id=pupil,
                guardian_id=guardian,
                authority="legal",
                kinship="mother",
                starts=college.year.starts,
            )
            for pupil, guardian in pairs
        ),
        batch_size=AT_ONCE,
    )
    return pairs


def three_children(college: World) -> list[int]:
    """The cast's guardian answers for two more pupils."""
    found = [college.people["pupil"].pk]
    for number in range(2):
        child = Person.objects.create(family_name="Abadie", given_name=f"Enfant {number}")
        Holding.objects.create(
            person=child, role=Role.PUPIL, school=college.school, starts=college.year.starts
        )
        Guardianship.objects.create(
            pupil=child,
            guardian=college.people["guardian"],
            authority="legal",
            kinship="mother",
            starts=college.year.starts,
        )
        found.append(child.pk)
    return found


def a_year(college: World, pairs: list[tuple[int, int]], words: int) -> None:
    """`words` words, each to these families, signed by nine in ten of them."""
    for number in range(words):
        at = NOW - timedelta(days=3 * number + 1)
        word = a_draft(
            college,
            f"Mot {number}",
            state=Word.State.SENT,
            sent_at=at,
            digest="0" * 64,
            closes_at=at + timedelta(days=200),
        )
        copies = Recipient.objects.bulk_create(
            (
                Recipient(word=word, pupil_id=pupil, person_id=guardian, part="guardian", channel="here")
                for pupil, guardian in pairs
            ),
            batch_size=AT_ONCE,
        )
        Answer.objects.bulk_create(
            (
                Answer(recipient=copy, is_yes=True, at=at, digest="0" * 64)
                for rank, copy in enumerate(copies)
                if rank % 10
            ),
            batch_size=AT_ONCE,
        )


def test_a_year_of_a_large_school_costs_its_pages_nothing_more(college: World, client_of: Any) -> None:
    children = three_children(college)
    own = [(child, college.people["guardian"].pk) for child in children]
    followed = a_word(college, "Sortie")
    pages = [
        ("teacher", reverse("liaison:words")),
        ("teacher", reverse("liaison:word", kwargs={"pk": followed.pk})),
        ("teacher", f"{reverse('liaison:word', kwargs={'pk': followed.pk})}?reponses=tous&page=50"),
        ("guardian", reverse("portal:home")),
        ("guardian", reverse("portal:to_answer")),
        ("guardian", reverse("liaison:book")),
        ("guardian", reverse("agenda:agenda")),
    ]
    a_year(college, own, 3)

    def costs() -> list[tuple[int, int]]:
        found = []
        for key, address in pages:
            client = client_of(key)
            client.get(address)
            page, statements = counted(client, address)
            assert page.status_code == 200, address
            found.append((statements, len(page.content)))
        return found

    before = costs()
    pairs = families(college, FAMILIES)
    a_year(college, [*own, *pairs], WORDS)
    Recipient.objects.bulk_create(
        (
            Recipient(word=followed, pupil_id=pupil, person_id=guardian, part="guardian", channel="here")
            for pupil, guardian in pairs
        ),
        batch_size=AT_ONCE,
    )
    after = costs()
    for (key, address), (few, _light), (many, heavy) in zip(pages, before, after, strict=True):
        assert many <= max(few, 1), (key, address, few, many)
        assert many <= 14, (key, address, many)
        assert heavy < MOST_BYTES, (key, address, heavy)


@pytest.fixture
def client_of(college: World) -> Any:
    """A browser for each member of the cast."""
    known: dict[str, SchoolClient] = {}

    def of(key: str) -> SchoolClient:
        if key not in known:
            known[key] = SchoolClient()
            known[key].sit(college.people[key])
        return known[key]

    return of
