"""Where competences lead: to resources for what comes next, and to their page from the search of the site."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.catalogue.models import Node, Resource
from preau.domains.competences.models import Competence, Level, Sheet
from preau.domains.competences.queries.finding import found_competences
from preau.domains.competences.tests.scene import (
    LONG_AGO,
    class_of,
    column_of,
    competences_of,
    published,
    sheet,
)
from preau.domains.gradebook.tests.scene import classmate_of
from preau.foundation.lookup import LookupTerms
from preau.foundation.text import fold
from tests.pages import counted
from tests.statements import Statements

LATER = NOW + timedelta(days=2)


@pytest.fixture
def low(college: World, seat_of: Any) -> Competence:
    """A competence in which the pupil of the cast is at the second level, and which stands in the programmes."""
    Sheet.objects.all().delete()
    one = competences_of(college)[0]
    Competence.objects.filter(pk=one.pk).update(node="francais")
    published(college, seat_of("teacher"), college.people["pupil"], "2")
    one.refresh_from_db()
    return one


def levels_page(client: SchoolClient, pupil: Person) -> tuple[str, int]:
    answer, asked = counted(client, reverse("competences:pupil", kwargs={"public_id": pupil.public_id}))
    return answer.content.decode(), asked


def of_subject(*keys: str) -> None:
    """The only published resources are of this subject, and of this level if it is said."""
    Resource.objects.update(status=Resource.Status.WITHDRAWN)
    one = Resource.objects.order_by("pk")[0]
    one.nodes.set(Node.objects.in_force().filter(key__in=keys))
    Resource.objects.filter(pk=one.pk).update(status=Resource.Status.PUBLISHED)


def test_what_comes_next_leads_to_resources_of_its_subject_at_the_level_of_the_class(
    client: SchoolClient, college: World, low: Competence
) -> None:
    pupil, group = college.people["pupil"], class_of(college)
    group.level = "5EME"
    group.save()
    for keys, address in (
        (("francais", "5e"), "/ressources/recherche/?matiere=francais&amp;niveau=5e"),
        (("francais", "4e"), '/ressources/recherche/?matiere=francais"'),
        (("mathematiques", "5e"), ""),
    ):
        of_subject(*keys)
        page, asked = levels_page(client.sit(pupil), pupil)
        assert low.name in page and asked <= 14
        assert address in page if address else "/ressources/recherche/?matiere" not in page, keys


def test_nothing_is_asked_of_the_catalogue_where_no_place_is_said(
    client: SchoolClient, college: World, low: Competence
) -> None:
    pupil = college.people["pupil"]
    _page, before = levels_page(client.sit(pupil), pupil)
    Competence.objects.update(node="")
    page, asked = levels_page(client, pupil)
    assert asked == before - 2 and "/ressources/recherche/?matiere" not in page


def found(viewer: Any, words: str) -> list[str]:
    return [hit.url for hit in found_competences(viewer, LookupTerms.typed(words))]


def test_the_head_finds_a_competence_in_its_referential_without_its_accents(
    client: SchoolClient, college: World, low: Competence, seat_of: Any
) -> None:
    (address,) = found(seat_of("head"), fold(low.name))
    assert address == f"{reverse('competences:referential', kwargs={'pk': low.referential_id})}#c{low.pk}"
    page = client.sit(college.people["head"]).get(address).content.decode()
    assert f'id="c{low.pk}"' in page
    Competence.objects.filter(pk=low.pk).update(retired_on=NOW.date())
    assert found(seat_of("head"), low.name) == []
    assert found(seat_of("head"), "trigonometrie hyperbolique") == []


def test_a_family_finds_what_it_reads_and_no_other(
    client: SchoolClient, college: World, low: Competence, seat_of: Any
) -> None:
    pupil, other = college.people["pupil"], competences_of(college)[1]
    mate, unread = classmate_of(college), competences_of(college)[2]
    teacher = seat_of("teacher")
    draft = sheet(college, teacher, "Brouillon", 3, published_at=LATER)
    read_by_others = sheet(college, teacher, "Publié", 2, published_at=LONG_AGO)
    for column, whose in ((column_of(draft, 2), pupil), (column_of(read_by_others, 1), mate)):
        Level.objects.create(column=column, pupil=whose, value=4, changed_by=teacher.person)
    address = f"{reverse('competences:pupil', kwargs={'public_id': pupil.public_id})}?periode=annee#c{low.pk}"
    for key in ("pupil", "guardian"):
        viewer = seat_of(key)
        assert found(viewer, low.name) == [address], key
        assert found(viewer, other.name) == found(viewer, unread.name) == [], key
        page = client.sit(college.people[key]).get(address).content.decode()
        assert f'id="c{low.pk}"' in page


def test_the_search_of_the_site_has_competences_in_fourteen_statements(
    client: SchoolClient, college: World, low: Competence
) -> None:
    for key in ("pupil", "guardian", "head", "cpe", "teacher"):
        client.sit(college.people[key])
        client.get(reverse("search:search"))
        found = client.post(reverse("search:search"), {"texte": low.name})["Location"]
        # What is the same for all is read once a process.
        client.get(found)
        with Statements(connection) as asked:
            page = client.get(found).content.decode()
        assert (f"#c{low.pk}" in page) is (key != "teacher"), key
        assert asked.count <= 14, (key, asked.count)
