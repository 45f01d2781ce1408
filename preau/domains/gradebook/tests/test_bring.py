"""A grid that comes back from a spreadsheet: what it changes is shown first, and written whole or not at all."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.gradebook.actions import marks
from preau.domains.gradebook.exports.grids import content_of
from preau.domains.gradebook.imports import grids as imports
from preau.domains.gradebook.models import Assessment, GradeBook, Mark, PeriodSeal
from preau.domains.gradebook.queries import courses, periods
from preau.domains.gradebook.queries import grid as grid_queries
from preau.domains.gradebook.rules.marking import TypedMark
from preau.domains.gradebook.tests.read_scene import pupils_of
from preau.domains.gradebook.tests.scene import assessment, class_of, marked, period_of
from preau.domains.gradebook.views.grid import EVERY_COLUMN
from preau.foundation.grids import open_grid

CELLS = "cellules"


@pytest.fixture
def one(college: World, seat_of: Any) -> Assessment:
    Assessment.objects.all().delete()
    return assessment(college, seat_of("teacher"), "Fractions")


def grid_of(world: World, viewer: Any) -> grid_queries.Grid:
    book = GradeBook.objects.get(pk=class_of(world).pk)
    course = next(c for c in courses.courses_of(viewer, book) if c.own)
    period = next(p for p in periods.periods_of(viewer) if p.pk == period_of(world).pk)
    return grid_queries.grid_of(viewer, course, book, period, most=EVERY_COLUMN)


def file_of(grid: grid_queries.Grid, kind: str) -> bytes:
    return b"".join(p if isinstance(p, bytes) else p.encode() for p in content_of(grid, kind))


def read(
    tmp_path: Path, grid: grid_queries.Grid, content: bytes | str, kind: str = "csv"
) -> imports.GridChanges:
    path = tmp_path / f"grille.{kind}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return imports.read_grid(open_grid(path, path.name), grid)


def typed(*lines: str) -> str:
    return "\n".join(lines)


def address(world: World) -> str:
    return reverse("gradebook:bring", kwargs={"pk": class_of(world).pk})


def send(client: SchoolClient, world: World, content: str, name: str = "grille.csv") -> Any:
    return client.post(address(world), {"fichier": SimpleUploadedFile(name, content.encode())})


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_what_was_taken_away_comes_back_without_a_change(
    college: World, seat_of: Any, one: Assessment, tmp_path: Path, kind: str
) -> None:
    teacher = seat_of("teacher")
    assessment(college, teacher, "Fractions", day=one.day.replace(day=one.day.day - 1), scale=Decimal("12.5"))
    for pupil, value in zip(pupils_of(college), ["12", "0.5", "ABS", "NR", "20"], strict=False):
        marked(teacher, one, pupil, value)
    grid = grid_of(college, teacher)
    found = read(tmp_path, grid, file_of(grid, kind), kind)
    assert (found.changes, found.problems, found.aside, found.same) == ([], [], [], 5)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_file_filled_in_a_spreadsheet_says_what_it_changes(
    college: World, seat_of: Any, one: Assessment, tmp_path: Path, kind: str
) -> None:
    teacher, (first, second, third) = seat_of("teacher"), pupils_of(college)[:3]
    marked(teacher, one, first, "8")
    grid = grid_of(college, teacher)
    values = {first.pk: Decimal("13.5"), second.pk: "ABS", third.pk: 17}
    filled = grid_queries.Grid(
        grid.course,
        grid.period,
        grid.columns,
        [
            grid_queries.Row(
                row.pupil,
                (grid_queries.Cell(_as(values.get(row.pupil.pk, ""))),),
                None,
            )
            for row in grid.rows
        ],
        grid.parts,
    )
    found = read(tmp_path, grid, file_of(filled, kind), kind)
    assert {(c.pupil.pk, c.before, c.after) for c in found.changes} == {
        (first.pk, "8", "13,5"),
        (second.pk, "", "ABS"),
        (third.pk, "", "17"),
    }
    assert found.overwritten == 1 and not found.problems


def _as(value: Any) -> Any:
    return TypedMark(code=value) if isinstance(value, str) else TypedMark(Decimal(value))


def test_mistakes_are_said_with_their_line(
    college: World, seat_of: Any, one: Assessment, tmp_path: Path
) -> None:
    first, second = (row.pupil for row in grid_of(college, seat_of("teacher")).rows[:2])
    content = typed(
        "Élève;Fractions;Dictée",
        f"{first.name};25;12",
        "INCONNU Zoé;12;",
        f"{second.name};douze;",
        f"{first.given_name} {first.family_name};12;",
    )
    found = read(tmp_path, grid_of(college, seat_of("teacher")), content)
    sentences = [problem.said for problem in found.problems]
    assert len(sentences) == 4 and found.aside == ["Dictée"] and found.changes == []
    assert (
        sentences[0].startswith(f"Ligne 2 ({first.name}, Fractions)")
        and "dépasse le barème de 20" in sentences[0]
    )
    assert sentences[1].startswith("Ligne 3 (INCONNU Zoé)") and sentences[2].startswith("Ligne 4")
    assert sentences[3].startswith("Ligne 5") and "ligne 2" in sentences[3]


def test_a_scale_that_has_changed_and_a_title_that_two_have_are_refused(
    college: World, seat_of: Any, one: Assessment, tmp_path: Path
) -> None:
    teacher = seat_of("teacher")
    name = grid_of(college, teacher).rows[0].pupil.name
    old = grid_queries.heading(one).replace("/20", "/10")
    found = read(tmp_path, grid_of(college, teacher), typed(f"Élève;{old}", f"{name};5"))
    assert "barème" in found.problems[0].said and not found.changes
    again = read(
        tmp_path,
        grid_of(college, teacher),
        typed(f"Élève;{grid_queries.heading(one).replace('×1', '×3')}", f"{name};5"),
    )
    assert [c.after for c in again.changes] == ["5"]
    assessment(college, teacher, "Fractions", day=one.day.replace(day=one.day.day - 1))
    found = read(tmp_path, grid_of(college, teacher), typed("Élève;Fractions", f"{name};5"))
    assert "plusieurs évaluations" in found.problems[0].said and not found.changes


def test_nothing_is_written_before_it_is_agreed_to(
    college: World, client: SchoolClient, seat_of: Any, one: Assessment
) -> None:
    rows = grid_of(college, seat_of("teacher")).rows
    client.sit(college.people["teacher"])
    answer = send(client, college, typed("Élève;Fractions", *(f"{row.pupil.name};12,5" for row in rows)))
    page = answer.content.decode()
    assert answer.status_code == 200 and f"{len(rows)} notes" in page and not Mark.objects.exists()
    kept = "\n".join(f"{one.pk}:{row.pupil.pk}:0:12,5" for row in rows)
    for line in kept.splitlines():
        assert line in page
    assert client.post(address(college), {CELLS: kept}).status_code == 302
    assert {mark.value for mark in Mark.objects.all()} == {Decimal("12.5")} and Mark.objects.count() == len(
        rows
    )
    assert client.post(address(college), {CELLS: kept}).status_code == 302, "twice is once"


def test_one_wrong_line_and_nothing_may_be_agreed_to(
    college: World, client: SchoolClient, seat_of: Any, one: Assessment
) -> None:
    name = grid_of(college, seat_of("teacher")).rows[0].pupil.name
    client.sit(college.people["teacher"])
    answer = send(client, college, typed("Élève;Fractions", f"{name};12", "PERSONNE Ici;13"))
    assert (
        answer.status_code == 422
        and CELLS not in answer.content.decode()
        and "Ligne 3" in answer.content.decode()
    )


def test_a_colleague_who_wrote_meanwhile_is_not_overwritten(
    college: World, client: SchoolClient, seat_of: Any, one: Assessment
) -> None:
    teacher = seat_of("teacher")
    other = assessment(college, teacher, "Calcul")
    first, second = pupils_of(college)[:2]
    kept = f"{other.pk}:{second.pk}:0:9\n{one.pk}:{first.pk}:0:12"
    marked(teacher, one, first, "7")
    client.sit(college.people["teacher"])
    answer = client.post(address(college), {CELLS: kept})
    page = answer.content.decode()
    assert answer.status_code == 409 and "<del>7</del>" in page
    assert [mark.value for mark in Mark.objects.all()] == [7], "nothing of the other column either"
    now = Mark.objects.get(assessment=one, pupil=first).version
    assert f"{one.pk}:{first.pk}:{now}:12" in page
    client.post(address(college), {CELLS: kept.replace(":0:12", f":{now}:12")})
    assert {mark.value for mark in Mark.objects.all()} == {9, 12}


def test_what_is_sent_back_is_of_this_grid_alone(
    college: World, twin: World, client: SchoolClient, seat_of: Any, one: Assessment
) -> None:
    theirs = Assessment.objects.create(
        **{
            f.attname: getattr(one, f.attname)
            for f in one._meta.concrete_fields
            if f.name not in {"id", "title"}
        },
        title="Ailleurs",
    )
    Assessment.objects.filter(pk=theirs.pk).update(group=GradeBook.objects.filter(school=twin.school)[0])
    client.sit(college.people["teacher"])
    pupil = college.people["pupil"]
    for kept in (
        f"{theirs.pk}:{pupil.pk}:0:12",
        f"{one.pk}:{twin.people['pupil'].pk}:0:12",
        f"{one.pk}:{pupil.pk}:0:99",
        f"{one.pk}:{pupil.pk}:x:12",
        "n’importe quoi",
    ):
        assert client.post(address(college), {CELLS: kept}).status_code == 422, kept
    assert not Mark.objects.exists()


def test_a_sealed_period_takes_no_file(college: World, client: SchoolClient, one: Assessment) -> None:
    PeriodSeal.objects.create(school=college.school, period=one.period, by=college.people["head"])
    client.sit(college.people["teacher"])
    assert "Période arrêtée" in client.get(address(college)).content.decode()
    kept = f"{one.pk}:{college.people['pupil'].pk}:0:12"
    answer = client.post(address(college), {CELLS: kept})
    assert answer.status_code == 409 and not Mark.objects.exists()


def test_a_file_that_is_no_table_is_refused_in_words(
    college: World, client: SchoolClient, one: Assessment
) -> None:
    client.sit(college.people["teacher"])
    for name, content in [
        ("a.csv", ""),
        ("b.xlsx", "PK\x03\x04 rien"),
        ("c.ods", "PK\x03\x04"),
        ("d.csv", "\n\n"),
    ]:
        answer = send(client, college, content, name)
        assert answer.status_code == 422 and "fichier" in answer.content.decode(), name
    assert client.post(address(college), {}).status_code == 422


def test_the_columns_are_written_in_one_order(college: World, seat_of: Any, one: Assessment) -> None:
    """Two files that come back at once never wait for each other."""
    teacher = seat_of("teacher")
    other = assessment(college, teacher, "Calcul")
    order: list[int] = []
    with patch(
        "preau.domains.gradebook.actions.marks.set_column", lambda viewer, a, cells: order.append(a.pk)
    ):
        marks.set_grid(teacher, [(other, []), (one, [])])
    assert order == sorted(order) and len(order) == 2
