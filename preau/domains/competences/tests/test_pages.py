"""The pages: a grid by keyboard's cell, a form without a script, an observation, a class, a pupil, a balance."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from markupsafe import escape

from conftest import NOW, SchoolClient
from preau.directory.models import Assignment, Enrolment, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.competences.models import (
    Balance,
    Competence,
    Level,
    MasteryPolicy,
    Referential,
    SheetColumn,
)
from preau.domains.competences.queries.classes import MOST_COLUMNS, grid_of
from preau.domains.competences.queries.levels import lines_of, syntheses
from preau.domains.competences.rules.synthesis import Rule
from preau.domains.competences.tests.props import many_columns, many_sheets
from preau.domains.competences.tests.scene import (
    TODAY,
    class_of,
    column_of,
    competences_of,
    give,
    published,
    sheet,
)
from preau.domains.gradebook.boards import positions
from preau.domains.gradebook.queries.grid import learners_of
from preau.domains.gradebook.tests.scene import period_of
from tests.pages import counted
from tests.statements import Statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["teacher"])


def cell(client: SchoolClient, column: SheetColumn, pupil: Person, note: str, version: int = 0) -> Any:
    address = reverse("competences:cell", kwargs={"pk": column.pk})
    return client.post(address, {"eleve": pupil.public_id, "note": note, "version": str(version)})


def test_a_cell_is_saved_refused_or_in_conflict(college: World, teacher: SchoolClient, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    column = column_of(sheet(college, seat_of("teacher")))
    saved = cell(teacher, column, pupil, "3")
    assert saved.status_code == 200 and (saved.json()["said"], saved.json()["version"]) == ("3", 1)
    assert cell(teacher, column, pupil, "7", 1).status_code == 422
    conflict = cell(teacher, column, pupil, "4")
    assert conflict.status_code == 409 and conflict.json()["theirs"] == "3"
    assert cell(teacher, column, pupil, "4", 1).json()["version"] == 2
    assert cell(teacher, column, pupil, "", 2).json() | {"saved_at": ""} == {
        "said": "",
        "version": 0,
        "saved_at": "",
    }


def test_the_form_keeps_what_is_wrong_and_writes_what_is_right(
    college: World, teacher: SchoolClient, seat_of: Any
) -> None:
    pupil, one = college.people["pupil"], sheet(college, seat_of("teacher"), count=2)
    names = [f"{letter}-{pupil.pk}" for letter in "ab"]
    address = reverse("competences:fill", kwargs={"pk": one.pk})
    wrong = teacher.post(address, {names[0]: "3", names[1]: "9"})
    assert wrong.status_code == 422 and 'value="9"' in wrong.content.decode()
    assert not Level.objects.filter(column__sheet=one).exists()
    assert teacher.post(address, {names[0]: "3", names[1]: "a"}).status_code == 302
    levels = Level.objects.filter(column__sheet=one).order_by("column__rank")
    assert [(row.value, row.code) for row in levels] == [(3, ""), (None, "ABS")]
    # A second window, opened before: the colleague's levels are said, nothing is overwritten.
    late = teacher.post(address, {names[0]: "1"})
    assert late.status_code == 409 and "Un collègue a écrit 3" in late.content.decode()
    assert Level.objects.get(column=column_of(one), pupil=pupil).value == 3


def test_an_observation_is_three_choices(college: World, teacher: SchoolClient) -> None:
    pupil, competence = college.people["pupil"], competences_of(college)[0]
    address = reverse("competences:observe", kwargs={"pk": class_of(college).pk})
    assert teacher.post(address, {"competence": competence.pk, "level": "3"}).status_code == 422
    sent = {"competence": competence.pk, "eleve": pupil.public_id, "level": "3", "note": "Seul au tableau"}
    assert teacher.post(address, sent).status_code == 302
    level = Level.objects.get(pupil=pupil, column__competence=competence, note="Seul au tableau")
    assert level.value == 3 and level.column.sheet.kind == "observed"


def test_what_a_pupil_knows_is_in_the_schools_words_and_never_ranked(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    MasteryPolicy.objects.create(school=college.school, word_4="Solide comme un roc")
    one = published(college, seat_of("teacher"), pupil, "4", "1")
    for key in ("pupil", "guardian"):
        client.sit(college.people[key])
        page = client.get(
            reverse("competences:pupil", kwargs={"public_id": pupil.public_id})
        ).content.decode()
        assert "Solide comme un roc" in page and one.title in page
        text = page.partition("<main")[2]
        assert "%" not in text and "moyenne de la classe" not in text


def test_a_new_edition_keeps_the_levels_of_the_former(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    published(college, seat_of("teacher"), pupil, "4")
    named = competences_of(college, 1)[0]
    Referential.objects.filter(pk=named.referential_id).update(replaced_on="2026-09-01")
    assert not Competence.objects.in_use(period_of(college).ends).filter(pk=named.pk).exists()
    client.sit(pupil)
    assert named.name in client.get(reverse("competences:own")).content.decode()


def test_a_class_is_a_grid_and_a_file(college: World, teacher: SchoolClient, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    published(college, seat_of("teacher"), pupil, "4", "1")
    address = reverse("competences:group", kwargs={"pk": class_of(college).pk})
    assert 'class="l4"' in teacher.get(address).content.decode()
    file = teacher.post(reverse("competences:export", kwargs={"pk": class_of(college).pk}), {"forme": "csv"})
    text = b"".join(file.streaming_content).decode()
    assert pupil.family_name.upper() in text and competences_of(college, 1)[0].name in text


def test_six_sheets_stand_under_the_grid_and_all_of_them_cost_no_more_statements(
    college: World, teacher: SchoolClient
) -> None:
    many_sheets(college, 1)
    address = reverse("competences:group", kwargs={"pk": class_of(college).pk})
    _page, few = counted(teacher, f"{address}?releves=tous")
    many_sheets(college, 30)
    one = reverse("competences:sheet", kwargs={"pk": 0}).replace("0/", "")
    page = counted(teacher, address)[0].content.decode()
    assert page.count(f'href="{one}') == 6 and "releves=tous" in page
    answer, many = counted(teacher, f"{address}?releves=tous")
    whole = answer.content.decode()
    assert whole.count(f'href="{one}') >= 31 and many == few and "relevés de la période" not in whole


def test_a_grid_of_35_pupils_and_40_competences_is_light(
    college: World, teacher: SchoolClient, seat_of: Any
) -> None:
    many_columns(college, 40)
    group = class_of(college)
    for number in range(35 - group.enrolments.count()):
        pupil = Person.objects.create(family_name=f"Dupont-Lemoine {number}", given_name="Jean-Baptiste")
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil, starts=college.year.starts)
        Holding.objects.create(school=college.school, person=pupil, role="pupil")
    columns = list(SheetColumn.objects.filter(sheet__title="Quarante").select_related("competence"))
    pupils = list(Enrolment.objects.filter(group=group, ends=None).values_list("pupil_id", flat=True))
    Level.objects.filter(column__in=columns).delete()
    Level.objects.bulk_create(
        Level(
            column=column,
            pupil_id=pupil,
            value=1 + (column.pk + pupil) % 4,
            changed_by=college.people["teacher"],
        )
        for column in columns
        for pupil in pupils
    )
    address = reverse("competences:group", kwargs={"pk": group.pk})
    teacher.get(address)
    with Statements(connection) as asked:
        page = teacher.get(address)
    first = page.content.decode()
    assert first.count("<td") >= 35 * MOST_COLUMNS
    assert asked.count <= 14, asked.count
    assert len(page.content) <= 60_000
    # The others are one touch away, each on one page, and all in the file.
    pages = [teacher.get(address, {"page": str(number)}).content.decode() for number in range(3)]
    assert "page=1" in first
    heads = [one.competence.name for one in columns]
    tables = [text.partition("<thead>")[2].partition("</thead>")[0] for text in dict.fromkeys(pages)]
    assert all(sum(f">{escape(name)}<" in table for table in tables) == 1 for name in heads)
    file = teacher.post(reverse("competences:export", kwargs={"pk": group.pk}), {"forme": "csv"})
    text = b"".join(file.streaming_content).decode()
    assert all(name in text for name in heads)


@pytest.mark.parametrize("key", ["teacher", "colleague", "head", "cpe"])
def test_a_class_holds_the_levels_that_the_law_gives(college: World, seat_of: Any, key: str) -> None:
    """The grid asks once a column what `Level.visible_to` asks of each level: drafts, colleagues, and a pupil who has left."""
    group, period = class_of(college), period_of(college)
    others = Assignment.objects.filter(group=group).exclude(teacher=college.people["teacher"])
    viewer = seat_of(key) if key != "colleague" else viewer_for(others[0].teacher, 0, NOW, "")
    assert viewer is not None
    pupils = Enrolment.objects.filter(group=group).order_by("pk")
    last = pupils.filter(ends=None).latest("pk")
    published(college, seat_of("teacher"), last.pupil, "4", "1")
    give(seat_of("teacher"), sheet(college, seat_of("teacher"), "Brouillon"), last.pupil, "2")
    Enrolment.objects.filter(pk=last.pk).update(ends=TODAY)
    seen = [learner.pk for learner in learners_of(viewer, group, period)]
    lines = lines_of(viewer, seen, Q(period_shown=period.pk))
    grid = grid_of(viewer, group, period, most=2_000)
    assert seen and last.pupil_id in seen and grid.levels == syntheses(lines, Rule(grid.policy.rule))


def test_a_council_settles_a_balance_and_gives_it(college: World, client: SchoolClient, seat_of: Any) -> None:
    pupil, group = college.people["pupil"], class_of(college)
    client.sit(college.people["head"])
    address = reverse("competences:balance", kwargs={"pk": group.pk})
    name = f"cpd_fra-{pupil.pk}"
    assert client.post(address, {name: "9"}).status_code == 422
    assert client.post(address, {name: "3"}).status_code == 302
    row = Balance.objects.get(pupil=pupil)
    assert (row.component, row.level, row.given_at) == ("CPD_FRA", 3, None)
    assert not Balance.objects.visible_to(seat_of("guardian")).exists()
    assert (
        client.post(reverse("competences:give", kwargs={"pk": group.pk}), {"remise": "oui"}).status_code
        == 302
    )
    assert Balance.objects.visible_to(seat_of("guardian")).count() == 1
    client.sit(college.people["guardian"])
    response = client.get(reverse("competences:pupil", kwargs={"public_id": pupil.public_id}))
    assert response.status_code == 200


def test_bulletins_read_published_levels_over_a_board(college: World, seat_of: Any) -> None:
    pupil, teacher = college.people["pupil"], seat_of("teacher")
    Level.objects.all().delete()
    published(college, teacher, pupil, "4", title="Lu")
    give(teacher, sheet(college, teacher, "Pas lu", 2), pupil, "1", "1")
    source = positions.named("competences")
    assert source is not None
    by_pupil = source.of_period(period_of(college).pk, [pupil.pk])
    assert [one.level for one in by_pupil[pupil.pk]] == [4]


def test_what_comes_next_is_proved_by_a_level_and_not_by_an_absence(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    Level.objects.all().delete()
    pupil, teacher = college.people["pupil"], seat_of("teacher")
    read = NOW - timedelta(days=1)
    before = sheet(college, teacher, "Relu", 1, published_at=read, day=TODAY - timedelta(days=9))
    give(teacher, before, pupil, "1")
    missed = sheet(college, teacher, "Manqué", 1, published_at=read, day=TODAY - timedelta(days=2))
    give(teacher, missed, pupil, "ABS")
    page = " ".join(client.sit(pupil).get("/competences/ce-que-je-sais/").content.decode().split())
    assert re.search(r"Parce que «\s*Relu", page), "the level that was seen"
    assert not re.search(r"Parce que «\s*Manqué", page)
