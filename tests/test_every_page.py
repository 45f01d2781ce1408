"""Every page as every member of the cast: the right answer, sound HTML, few queries, little weight.

What is asked of each page is said by its house (tests/declared.py).
"""

from typing import Any

import pytest
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


@pytest.mark.parametrize("key", sorted(EVERYONE))
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_answers_as_declared(college: World, client: SchoolClient, page: Page, key: str) -> None:
    client.sit(college.people[key])
    response, queries = counted(client, page.address(college))
    if key not in page.open_to:
        # What one may not see does not exist: 404; what one sees but may not open: 403.
        assert response.status_code in {page.otherwise, 404}
        return
    assert response.status_code == 200
    assert queries <= MOST_QUERIES
    assert len(response.content) <= MOST_BYTES
    assert list(faults(response.content.decode())) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_visitor_is_asked_to_sign_in(college: World, client: SchoolClient, page: Page) -> None:
    response = client.get(page.address(college))
    if page.name in PUBLIC:
        assert response.status_code == 200
        assert list(faults(response.content.decode())) == []
    else:
        assert response.status_code == 302
        assert response.url.startswith("/connexion/?suite=")


def test_a_bad_page_is_found_bad() -> None:
    bad = (
        '<!DOCTYPE html><html lang="fr"><head><title>x</title></head><body><h1>a</h1><h1>b</h1><p id="x"></p>'
        '<p id="x"></p><input name="nom"><table><tr><td style="color:red"></td></tr></table><p>Oui : non</p></div>'
        '<nav role="navigation"></nav><nav></nav><p aria-label="Rien">Rien</p></body></html>'
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
        "role navigation on nav",
        "two landmarks navigation named «  »",
        "a name on p",
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
