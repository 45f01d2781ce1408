"""« Les plus utilisées en classe »: counted each time a teacher puts a resource in a lesson, and never by whom."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.catalogue.actions.using import note_use, settle_uses
from preau.domains.catalogue.models import Resource, UseInClass
from preau.domains.catalogue.queries import index
from preau.domains.catalogue.queries.search import Search
from preau.domains.catalogue.tasks import settle_uses as of_the_night
from preau.foundation.boards import put_to_use

THALES = "maths-au-college/le-theoreme-de-thales"
PYTHAGORE = "maths-au-college/le-theoreme-de-pythagore"


@pytest.fixture(autouse=True)
def own_index(college: World, settings: Any, tmp_path: Path) -> None:
    """An index of the test alone."""
    settings.VAR_DIR = tmp_path


def used(key: str, times: int = 1) -> None:
    collection, slug = key.split("/")
    for _ in range(times):
        put_to_use.send(None, route="catalogue:resource", place={"collection": collection, "slug": slug})


def most_used(typed: str = "") -> list[str]:
    pks = index.engine(wait=True).ask(Search(typed=typed, sort="utilisees").asked()).pks
    known = dict(Resource.objects.values_list("pk", "key"))
    return [known[pk] for pk in pks]


def test_what_is_used_most_in_class_comes_first_for_whoever_asks_for_it(client: SchoolClient) -> None:
    newest = most_used()[0]
    used(PYTHAGORE, 2)
    used(THALES, 3)
    assert most_used()[0] == newest, "the counts are told at night"
    assert of_the_night.call() == 2
    assert most_used()[:2] == [THALES, PYTHAGORE] and most_used("théorème")[:2] == [THALES, PYTHAGORE]
    # Those that nobody used follow, the newest first: nothing is left out.
    assert most_used()[2] == newest and len(most_used()) == 20
    page = client.get("/ressources/recherche/?tri=utilisees").content.decode()
    assert "les plus utilisées en classe" in page and page.index("Thalès") < page.index("Pythagore")
    assert settle_uses() == 0, "the same counts write nothing"


def test_a_use_is_a_number_of_a_month_and_no_more(college: World) -> None:
    used(THALES, 2)
    row = UseInClass.objects.get()
    assert {field.name for field in UseInClass._meta.fields} == {"id", "resource", "month", "count"}
    assert row.count == 2 and row.month == timezone.localdate().replace(day=1)


@pytest.mark.parametrize(
    ("route", "key"),
    [
        ("catalogue:collection", THALES),
        ("scenarios:scenario", THALES),
        ("catalogue:resource", "maths-au-college/inconnue"),
    ],
)
def test_other_pages_count_nothing(route: str, key: str) -> None:
    collection, slug = key.split("/")
    note_use(None, route=route, place={"collection": collection, "slug": slug})
    assert not UseInClass.objects.exists()


def test_a_withdrawn_resource_counts_nothing() -> None:
    Resource.objects.filter(key=THALES).update(status="withdrawn")
    used(THALES)
    assert not UseInClass.objects.exists()


def test_what_was_used_more_than_a_year_ago_is_forgotten(clock: Any) -> None:
    used(THALES, 4)
    settle_uses()
    UseInClass.objects.update(month=date(2025, 10, 1))
    used(PYTHAGORE)
    assert settle_uses() == 2 and not UseInClass.objects.filter(resource__key=THALES).exists()
    assert Resource.objects.get(key=THALES).used == 0 and Resource.objects.get(key=PYTHAGORE).used == 1


def test_the_page_says_it_from_five_times_on(client: SchoolClient) -> None:
    for already, shown in ((4, False), (5, True)):
        Resource.objects.filter(key=THALES).update(used=already)
        page = client.get(f"/ressources/{THALES}/?{already}").content.decode()
        assert ("séances en un an" in page) is shown
