"""Every page as every member of the cast: the right answer, sound HTML, few queries, little weight.

What is asked of each page is said by its house (tests/declared.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from conftest import SchoolClient
from preau.directory.models import Holding, School
from preau.directory.seeds.world import World
from preau.directory.words import Role
from tests.building import routes
from tests.declared import gathered
from tests.net.matrix import all_routes
from tests.pages import EVERYONE, MOST_BYTES, Page, counted, faults
from tests.statements import MOST_QUERIES

__all__ = [
    "ELSEWHERE",
    "LISTS",
    "LISTS_APART",
    "MOST_BYTES",
    "MOST_QUERIES",
    "ONE_THING",
    "PAGES",
    "PUBLIC",
    "Page",
    "address_of",
    "counted",
    "faults",
]

PAGES = gathered().pages
PUBLIC = gathered().public
ELSEWHERE = gathered().elsewhere
LISTS = gathered().lists
LISTS_APART = gathered().lists_apart
ONE_THING = gathered().one_thing
ARGUMENTS = gathered().arguments


def test_no_page_is_forgotten_here() -> None:
    assert {name for name, _ in routes(get_resolver().url_patterns)} == {
        page.name for page in PAGES
    } | ELSEWHERE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_answers_everyone_as_declared(college: World, page: Page) -> None:
    """Each member of the cast, then a visitor; what the visit of one changes is undone before the next. All faults are told at once."""
    found = [f"{key}: {fault}" for key in sorted(EVERYONE) for fault in faults_for(college, page, key)]
    found += [f"visitor: {fault}" for fault in faults_for_a_visitor(college, page)]
    assert found == []


def faults_for(college: World, page: Page, key: str) -> list[str]:
    client = SchoolClient()
    with undone():
        client.sit(college.people[key])
        response, queries = counted(client, page.address(college))
    if key not in page.open_to:
        # What one may not see does not exist: 404; what one sees but may not open: 403.
        refused = response.status_code in {page.otherwise, 404}
        return [] if refused else [f"{response.status_code} where {page.otherwise} or 404 is declared"]
    if response.status_code != 200:
        return [f"{response.status_code} where the page is declared open"]
    found = [f"{queries} statements"] if queries > MOST_QUERIES else []
    found += [f"{len(response.content)} bytes"] if len(response.content) > MOST_BYTES else []
    return [*found, *faults(response.content.decode())]


def faults_for_a_visitor(college: World, page: Page) -> list[str]:
    with undone():
        response = SchoolClient().get(page.address(college))
    if page.name in PUBLIC:
        return list(faults(response.content.decode())) if response.status_code == 200 else ["is not shown"]
    asked = response.status_code == 302 and response.url.startswith("/connexion/?suite=")
    return [] if asked else ["is not asked to sign in"]


@contextmanager
def undone() -> Iterator[None]:
    """What is done to the database inside is not there after."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_page_that_is_not_as_declared_is_told_for_each_person(college: World) -> None:
    """The home declared closed to all but the head, and the list of accounts open to all: each one who finds otherwise is named."""
    page = next(page for page in PAGES if page.name == "portal:home")
    closed = replace(page, open_to=frozenset({"head"}))
    assert faults_for(college, closed, "head") == []
    assert faults_for(college, closed, "pupil") == ["200 where 403 or 404 is declared"]
    staff = next(page for page in PAGES if page.open_to and not page.open_to & {"pupil"} and not page.model)
    assert faults_for(college, replace(staff, open_to=EVERYONE), "pupil")
    assert faults_for_a_visitor(college, page) == []


def test_a_bad_page_is_found_bad() -> None:
    bad = (
        '<!DOCTYPE html><html lang="fr"><head><title>x</title></head><body><h1>a</h1><h1>b</h1><p id="x"></p>'
        '<p id="x"></p><input name="nom"><table><tr><td style="color:red"></td></tr></table><p>Oui : non</p></div></body></html>'
    )
    found = " ".join(faults(bad))
    for fault in (
        "one h1",
        "id x twice",
        "no label for nom",
        "table without a caption",
        "inline code",
        "end-tag",
        "Oui : non",
    ):
        assert fault in found


def test_no_list_is_forgotten_here() -> None:
    """A new page says whether it grows: every route that is read is in one of the three."""
    read = {route.name for route in all_routes() if "GET" in route.methods}
    lists = {name.partition("?")[0] for _, name, _ in LISTS}
    assert read == lists | LISTS_APART | ONE_THING
    assert not ONE_THING & (lists | LISTS_APART)


def address_of(college: World, name: str) -> str:
    """The address of a list, with its object; « name?query » keeps its query."""
    name, mark, query = name.partition("?")
    if name in ARGUMENTS:
        return reverse(name, kwargs=ARGUMENTS[name](college)) + mark + query
    page = next((page for page in PAGES if page.name == name), Page(name, frozenset()))
    return page.address(college) + mark + query


@pytest.mark.parametrize(
    ("key", "name", "more"), LISTS, ids=lambda value: value if isinstance(value, str) else value.__name__
)
def test_thirty_rows_cost_the_queries_of_one(
    college: World, client: SchoolClient, settings: Any, key: str, name: str, more: Any
) -> None:
    # Elsewhere the pages of the demonstration do not exist.
    settings.DEMO = name in gathered().not_here
    client.sit(college.people[key])
    more(college, 1)
    address = address_of(college, name)
    few_page, few = counted(client, address)
    more(college, 30)
    many_page, many = counted(client, address)
    assert few_page.status_code == 200
    assert many == few
    assert len(body(many_page)) > len(body(few_page))


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_school_without_anything_yet_has_pages_all_the_same(college: World, client: SchoolClient) -> None:
    """The first morning: a head, a CPE and a secretary, and neither year, class, lesson nor absence."""
    school = School.objects.create(uai="0359904D", name="Collège neuf", kind=School.Kind.COLLEGE)
    for key, role in (("head", Role.HEAD), ("cpe", Role.SCHOOL_LIFE), ("teacher", Role.TEACHER)):
        person = college.people[key]
        Holding.objects.create(person=person, role=role, school=school)
        client.sit(person, f"staff-{school.pk}")
        for name in (
            "portal:home",
            "timetable:week",
            "attendance:board",
            "attendance:entries",
            "attendance:export",
            "directory:deliveries",
            "directory:bring",
            "timetable:imports",
        ):
            response = client.get(reverse(name))
            assert response.status_code in {200, 403}, (key, name)
            if response.status_code == 200 and not response.streaming:
                assert "Collège neuf" in response.content.decode()
                assert list(faults(response.content.decode())) == []
        # Without a year there is nothing to put lessons in.
        assert client.get(reverse("timetable:create")).status_code == 403
