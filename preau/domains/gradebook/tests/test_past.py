"""Marks given with another program: what columns hold, whose each line is, what is set aside, and that twice is once."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from conftest import NOW
from preau.commons.notifications.models import Item
from preau.directory.models import Group, Person, Subject
from preau.directory.seeds.world import World
from preau.domains.gradebook.actions import sealing, telling
from preau.domains.gradebook.actions.past import PastAssessment, write_past
from preau.domains.gradebook.imports.past import columns
from preau.domains.gradebook.imports.past.rows import read_rows
from preau.domains.gradebook.models import Assessment, Mark, PeriodSeal
from preau.domains.gradebook.tests.read_scene import charges_of, pupils_of
from preau.domains.gradebook.tests.scene import class_of, period_of
from preau.foundation.csvfiles import Row
from preau.identity.seeds import CAST

FIELDS = ["pupil", "group", "subject", "day", "mark", "scale", "coefficient", "title"]


@pytest.fixture
def empty(college: World) -> World:
    """A school in which nothing was assessed yet."""
    Assessment.objects.all().delete()
    return college


@pytest.mark.parametrize(
    ("titles", "fields"),
    [
        (
            ["Nom", "Prénom", "Classe", "Matière", "Date du devoir", "Note", "Barème", "Coef."],
            ["family", "given", "group", "subject", "day", "mark", "scale", "coefficient"],
        ),
        (
            [
                "NOM",
                "CLASSE",
                "MATIERE",
                "LIBELLE DU DEVOIR",
                "DATE",
                "NOTE",
                "NOTE SUR",
                "PERIODE",
                "Moyenne classe",
            ],
            ["pupil", "group", "subject", "title", "day", "mark", "scale", "period", ""],
        ),
        (["Élève", "Élèves", "Note"], ["pupil", "", "mark"]),
    ],
)
def test_columns_are_known_by_their_headings(titles: list[str], fields: list[str]) -> None:
    assert columns.guessed(titles) == fields


@pytest.mark.parametrize(
    ("said", "scale", "typed"),
    [
        ("12,5", "20", (Decimal("12.50"), "")),
        ("7/10", "", (Decimal("7.00"), "")),
        ("Abs", "", (None, "ABS")),
        ("Abs*", "", (Decimal("0.00"), "")),
        ("N.Rdu", "", (None, "NR")),
        ("N.Rdu*", "", (Decimal("0.00"), "")),
        ("N.Not", "", (None, "NN")),
        ("Disp.", "", (None, "DISP")),
        ("Inapte", "", (None, "DISP")),
    ],
)
def test_what_other_programs_write_for_a_mark(said: str, scale: str, typed: Any) -> None:
    (mark,), problems = read_rows([Row(2, ["X Y", "", "Maths", "12/10/26", said, scale, "", ""])], FIELDS)
    assert (mark.typed.value, mark.typed.code) == typed and not problems
    assert mark.day == date(2026, 10, 12) and mark.coefficient == 1


def test_a_line_that_says_nothing_of_a_mark_is_none_and_another_is_said() -> None:
    rows = [
        Row(2, ["X Y", "", "Maths", "12/10/26", "", "", "", ""]),
        Row(3, ["X Y", "", "Maths", "12/10/26", "EA", "", "", ""]),
        Row(4, ["X Y", "", "Maths", "32/10/26", "12", "", "", ""]),
        Row(5, ["X Y", "", "Maths", "2026-10-12", "25", "20", "", ""]),
        Row(6, ["X Y", "", "Maths", "", "12", "zéro", "", ""]),
        Row(7, ["", "", "Maths", "", "12", "", "", ""]),
        Row(8, ["X Y", "", "Maths", "", "12", "0", "", ""]),
    ]
    marks, problems = read_rows(rows, FIELDS)
    assert marks == [] and [problem.line for problem in problems] == [4, 5, 6, 7, 8]


def table(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "notes.csv"
    path.write_text(
        "\n".join(["Élève;Classe;Matière;Date;Note;Barème;Coef;Devoir", *lines]), encoding="utf-8"
    )
    return path


def bring(world: World, path: Path, *more: str) -> dict[str, Any]:
    report = path.with_suffix(".json")
    call_command(
        "import_marks",
        str(path),
        "--school",
        world.uai,
        "--by",
        CAST["head"],
        "--json",
        str(report),
        *more,
        verbosity=0,
    )
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def line(world: World, pupil: Person, mark: str, **fields: str) -> str:
    cells = {
        "group": class_of(world).name,
        "subject": charges_of(world)[0].subject.name,
        "day": "12/10/2026",
        "scale": "20",
        "coefficient": "2",
        "title": "Fractions",
    } | fields
    who = f"{pupil.family_name.upper()} {pupil.given_name}"
    return ";".join(
        [
            who,
            cells["group"],
            cells["subject"],
            cells["day"],
            mark,
            cells["scale"],
            cells["coefficient"],
            cells["title"],
        ]
    )


def test_past_marks_are_written_once_and_read_at_once(empty: World, tmp_path: Path, seat_of: Any) -> None:
    first, second, third = pupils_of(empty)[:3]
    path = table(
        tmp_path,
        line(empty, first, "12,5"),
        line(empty, second, "Abs"),
        line(empty, third, "8", scale="10", title="Récit"),
    )
    count = Item.objects.count()
    assert bring(empty, path, "--dry-run")["marks"] == 3 and not Assessment.objects.exists()
    report = bring(empty, path)
    assert (report["created"], report["marks"], report["aside"]) == (2, 3, [])
    one = Assessment.objects.get(title="Fractions")
    assert (one.day, one.coefficient, one.period) == (date(2026, 10, 12), 2, period_of(empty, one.day))
    assert one.teacher == charges_of(empty)[0].teacher
    assert {m.pupil_id: (m.value, m.code) for m in one.marks.all()} == {
        first.pk: (Decimal("12.50"), ""),
        second.pk: (None, "ABS"),
    }
    assert Mark.objects.visible_to(seat_of("guardian")).filter(pupil=first).exists()
    telling.tell_published(NOW)
    assert Item.objects.count() == count, "what was given before is no news"
    again = bring(empty, path)
    assert (again["created"], again["marks"], again["unchanged"]) == (0, 0, 3)
    assert Assessment.objects.count() == 2 and Mark.objects.count() == 3


def test_a_mark_that_is_there_is_kept_and_what_lacks_is_added(empty: World, tmp_path: Path) -> None:
    first, second = pupils_of(empty)[:2]
    bring(empty, table(tmp_path, line(empty, first, "12")))
    report = bring(empty, table(tmp_path, line(empty, first, "15"), line(empty, second, "9")))
    assert (report["created"], report["marks"]) == (0, 1) and [one["line"] for one in report["aside"]] == [2]
    assert sorted(Mark.objects.values_list("value", flat=True)) == [9, 12]


def test_what_nobody_knows_is_set_aside_with_its_line(empty: World, twin: World, tmp_path: Path) -> None:
    first, second = pupils_of(empty)[:2]
    PeriodSeal.objects.create(
        school=empty.school, period=period_of(empty, date(2026, 9, 15)), by=empty.people["head"]
    )
    later = period_of(empty, date(2026, 9, 15)) == period_of(empty)
    if later:
        PeriodSeal.objects.all().delete()
    path = table(
        tmp_path,
        line(empty, first, "12", subject="Alchimie"),
        line(empty, first, "12", group="9e Z"),
        line(empty, twin.people["pupil"], "12"),
        line(empty, first, "12", day="12/10/2020"),
        line(empty, first, "12", day="30/06/2027"),
        line(empty, second, "11"),
        line(empty, second, "14"),
    )
    report = bring(empty, path)
    assert [one["line"] for one in report["aside"]] == [2, 3, 4, 5, 6, 8]
    assert report["marks"] == 1 and not any(first.family_name in one["reason"] for one in report["aside"])


def test_a_sealed_period_takes_nothing(empty: World, tmp_path: Path) -> None:
    pupil = pupils_of(empty)[0]
    PeriodSeal.objects.create(
        school=empty.school, period=period_of(empty, date(2026, 10, 12)), by=empty.people["head"]
    )
    report = bring(empty, table(tmp_path, line(empty, pupil, "12")))
    assert report["marks"] == 0 and "arrêtée" in report["aside"][0]["reason"]
    with pytest.raises(sealing.PeriodSealed):
        write_past(
            empty.school,
            empty.people["head"],
            [
                PastAssessment(
                    class_of(empty).pk,
                    charges_of(empty)[0].subject_id,
                    period_of(empty).pk,
                    1,
                    "X",
                    NOW.date(),
                    Decimal(20),
                    Decimal(1),
                    {},
                )
            ],
        )


def test_names_are_known_whatever_their_signs(empty: World, tmp_path: Path) -> None:
    """« 5B » is « 5e B », a subject is known by its beginning, a name either way round."""
    pupil, subject = pupils_of(empty)[0], charges_of(empty)[0].subject
    Subject.objects.filter(pk=subject.pk).update(name="Zoologie générale")
    Group.objects.filter(pk=class_of(empty).pk).update(name="5e B")
    path = table(tmp_path, f"{pupil.given_name} {pupil.family_name};5B;ZOOLOGIE > M. X;12/10/2026;12;;;")
    assert bring(empty, path)["marks"] == 1
    assert Assessment.objects.get().title.startswith("Devoir du 12")


def test_wrong_calls_are_refused(empty: World, tmp_path: Path) -> None:
    pupil = pupils_of(empty)[0]
    path = table(tmp_path, line(empty, pupil, "12"))
    with pytest.raises(CommandError, match="ne dirige pas"):
        call_command("import_marks", str(path), "--school", empty.uai, "--by", CAST["teacher"])
    with pytest.raises(CommandError, match="Champ inconnu"):
        bring(empty, path, "--column", "Note=nawak")
    with pytest.raises(CommandError, match="Aucune colonne") as refused:
        bring(empty, path, "--column", "Note=")
    assert refused.value.returncode == 2
    assert not Mark.objects.exists()
