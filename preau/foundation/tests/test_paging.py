"""A page and the length of its list, in one statement."""

from typing import Any

import pytest

from preau.directory.models import Group
from preau.foundation.paging import page_of

pytestmark = pytest.mark.django_db


def test_a_page_that_exists_costs_one_statement(college: Any, django_assert_num_queries: Any) -> None:
    more = [Group(school=college.school, year=college.year, name=f"Groupe {number}") for number in range(5)]
    Group.objects.bulk_create(more)
    rows = Group.objects.filter(school=college.school).order_by("name", "pk")
    names = [row.name for row in rows]
    with django_assert_num_queries(1):
        page = page_of(rows, "2", 2)
        found = [one.name for one in page.object_list]
        assert (found, page.number, page.paginator.count) == (names[2:4], 2, len(names))


@pytest.mark.parametrize("asked", [None, "", "0", "-1", "x", "9" * 400, "²", "99999"])
def test_a_page_that_does_not_is_the_nearest(college: Any, asked: str | None) -> None:
    rows = Group.objects.filter(school=college.school).order_by("name", "pk")
    page = page_of(rows, asked, 2)
    assert page.number in {1, page.paginator.num_pages}
    first = (page.number - 1) * 2
    assert list(page.object_list) == list(rows)[first : first + 2]


def test_a_list_of_nothing_is_a_page_of_nothing(college: Any) -> None:
    page = page_of(Group.objects.none(), None, 2)
    assert (list(page.object_list), page.paginator.count, page.number) == ([], 0, 1)
