"""The « cahier de progrès »: skills by domain and by period in the school's words, for a pupil or a class, and no mark anywhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Period, School
from preau.directory.seeds.world import World
from preau.domains.competences.actions.levels import prove
from preau.domains.competences.models import Level, MasteryPolicy, Sheet
from preau.domains.competences.queries.booklets import booklets_of
from preau.domains.competences.tests.scene import (
    class_of,
    column_of,
    competences_of,
    give,
    period_of,
    published,
    sheet,
)
from preau.domains.gradebook.tests.scene import classmate_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(college: World) -> World:
    """A primary school of two periods, one of them over, that speaks its own words."""
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    Sheet.objects.all().delete()
    now = period_of(college)
    middle = NOW.date() - timedelta(days=30)
    Period.objects.create(
        school=college.school, year=college.year, name="Période 1", starts=now.starts, ends=middle
    )
    Period.objects.filter(pk=now.pk).update(name="Période 2", starts=middle + timedelta(days=1))
    MasteryPolicy.objects.create(
        school=college.school, word_1="Non atteint", word_3="Atteint", word_4="Dépassé"
    )
    return college


def rows_of(page: str) -> dict[str, list[str]]:
    """By skill, what its columns say."""
    lines = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page)
    return {
        re.sub(r"<span>.*?</span>", "", name): re.findall(r"<td>(.*?)</td>", cells) for name, cells in lines
    }


def of_pupil(school: World) -> str:
    return reverse("competences:booklet", kwargs={"public_id": school.people["pupil"].public_id})


def test_a_skill_is_a_word_in_each_period_that_has_begun(
    school: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher, pupil = seat_of("teacher"), school.people["pupil"]
    first = sheet(school, teacher, "Octobre", 2, day=NOW.date() - timedelta(days=40), published_at=NOW)
    give(teacher, first, pupil, "1", "3")
    second = published(school, teacher, pupil, "4", title="Novembre")
    prove(teacher, Level.objects.get(column=column_of(second), pupil=pupil), None, "Lit seul")
    one, two = [skill.name for skill in competences_of(school, 2)]
    for key in ("teacher", "guardian", "pupil"):
        client.sit(school.people[key])
        page = client.get(of_pupil(school)).content.decode()
        assert "Période 1" in page and "Période 2" in page and "Lit seul" in page
        assert rows_of(page) == {one: ["Non atteint", "Dépassé"], two: ["Atteint", ""]}


def test_no_mark_no_rank_and_nobody_else_is_on_a_cahier(
    school: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher, pupil, other = seat_of("teacher"), school.people["pupil"], classmate_of(school)
    one = published(school, teacher, pupil, "3")
    give(teacher, one, other, "1")
    client.sit(school.people["guardian"])
    page = client.get(of_pupil(school)).content.decode()
    text = re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).casefold()
    for word in ("note", "moyenne", "/20", "%", "rang", other.family_name.casefold()):
        assert word not in text, word


def test_a_family_prints_what_it_may_read_and_no_draft(
    school: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher, pupil = seat_of("teacher"), school.people["pupil"]
    give(teacher, sheet(school, teacher, "Brouillon", 1), pupil, "1")
    (skill,) = competences_of(school, 1)
    client.sit(school.people["guardian"])
    page = client.get(of_pupil(school)).content.decode()
    assert skill.name not in page and "Rien n’est encore évalué" in page
    client.sit(school.people["teacher"])
    assert skill.name in client.get(of_pupil(school)).content.decode()


def test_a_class_is_printed_a_pupil_a_sheet_and_the_journal_says_so(
    school: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher, pupil = seat_of("teacher"), school.people["pupil"]
    published(school, teacher, pupil, "3")
    address = reverse("competences:class_booklets", kwargs={"pk": class_of(school).pk})
    client.sit(school.people["teacher"])
    page = client.get(address).content.decode()
    books = booklets_of(teacher, class_of(school)).books
    assert page.count("<article>") == len(books) == class_of(school).enrolments.filter(ends=None).count()
    assert re.findall(r"<h2>(.*?)</h2>", page) == [book.name for book in books]
    assert Line.objects.filter(verb="competences.booklets_read").count() == 1
    for key, status in [("pupil", 403), ("guardian", 403), ("secretary", 403)]:
        client.sit(school.people[key])
        assert client.get(address).status_code == status, key


def test_its_link_is_where_there_are_no_marks(school: World, client: SchoolClient, seat_of: Any) -> None:
    published(school, seat_of("teacher"), school.people["pupil"], "3")
    client.sit(school.people["teacher"])
    group = reverse("competences:group", kwargs={"pk": class_of(school).pk})
    own = reverse("competences:pupil", kwargs={"public_id": school.people["pupil"].public_id})
    assert "Cahiers de progrès" in client.get(group).content.decode()
    assert of_pupil(school) in client.get(own).content.decode()
    School.objects.filter(pk=school.school.pk).update(kind=School.Kind.COLLEGE)
    client.sit(school.people["teacher"])
    assert "Cahiers de progrès" not in client.get(group).content.decode()
