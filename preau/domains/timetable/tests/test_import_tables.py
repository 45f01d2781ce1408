"""A timetable typed in a table: usual headings, any separator and encoding, weeks A and B, days in French."""

import json
from contextlib import suppress
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from preau.directory.seeds.world import World
from preau.domains.timetable.models import Alternation, Lesson, WeeklyPattern

HEAD = "Jour;Début;Fin;Matière;Classe;Enseignant;Salle;Semaine;Du;Au"


@pytest.fixture
def bring(college: World, tmp_path: Path) -> Any:
    def run(content: bytes | str, name: str = "edt.csv", **options: Any) -> dict[str, Any]:
        path, report = tmp_path / name, tmp_path / "report.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with suppress(CommandError):
            call_command(
                "import_timetable", str(path), school=college.school.uai, json=report, verbosity=0, **options
            )
        result = json.loads(report.read_text())
        report.unlink()
        if not result["errors"]:
            assert result["read"] == sum(
                result[name] for name in ("created", "changed", "unchanged", "aside")
            )
        return result

    return run


def table(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


def mine() -> Any:
    return WeeklyPattern.objects.filter(source="csv").exclude(source_key="")


def test_a_row_becomes_a_weekly_lesson(bring: Any, college: World) -> None:
    report = bring(table("samedi;8h05;9h00;Mathématiques;6e A;Mme Moreau;T12;;;"))
    assert (report["created"], report["rooms_created"]) == (1, ["T12"])
    (one,) = mine()
    assert (one.weekday, one.starts_at, one.ends_at) == (5, time(8, 5), time(9, 0))
    assert list(one.teachers.all()) == [college.people["teacher"]]
    assert [group.name for group in one.groups.all()] == ["6e A"]
    assert (one.alternation, one.last_day) == (None, college.year.ends)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (
            "JOUR,Heure de début,Durée,Discipline,Division,Professeur,Lieu",
            "Sam.,08:05,55,maths,6A,MOREAU Claire,",
        ),
        ("Jour\tHoraire\tMatière\tClasse/Groupe\tProf", "6\t8h05-9h00\tMathématiques\t6ème A\tC. Moreau"),
        (
            "jour de la semaine;créneau;cours;classe;professeurs",
            "SAMEDI;8 h 05 – 9 h;MATHEMATIQUES;6E A;Moreau",
        ),
    ],
    ids=["commas", "tabs", "spaces"],
)
def test_headings_hours_and_names_are_read_as_people_write_them(bring: Any, head: str, row: str) -> None:
    report = bring(table(row, head=head))
    assert (report["created"], report["put_aside"], report["subjects_created"]) == (1, [], [])
    (one,) = mine()
    assert (one.weekday, one.starts_at, one.ends_at, one.subject.name) == (
        5,
        time(8, 5),
        time(9, 0),
        "Mathématiques",
    )


def test_another_encoding_and_a_workbook_give_the_same(bring: Any, tmp_path: Path) -> None:
    rows = ["samedi;8h05;9h00;Théâtre;6e A;Mme Moreau;Préau;;;"]
    first = bring(table(*rows).encode("cp1252"), dry_run=True)
    assert (first["subjects_created"], first["rooms_created"]) == (["Théâtre"], ["Préau"])
    book = Workbook()
    book.active.append(HEAD.split(";"))
    book.active.append(
        ["samedi", time(8, 5), time(9, 0), "Théâtre", "6e A", "Mme Moreau", "Préau", None, None, None]
    )
    book.save(tmp_path / "made.xlsx")
    second = bring((tmp_path / "made.xlsx").read_bytes(), "edt.xlsx")
    assert (second["created"], second["rooms_created"]) == (1, ["Préau"])
    assert bring(table(*rows))["unchanged"] == 1


def test_weeks_in_words_and_days_bound_a_course(bring: Any, college: World) -> None:
    report = bring(
        table(
            "samedi;8h;9h;Mathématiques;6e A;;;A;;",
            "samedi;9h;10h;Mathématiques;6e A;;;Semaine B;;",
            "samedi;10h;11h;Mathématiques;6e A;;;paire;;",
            "samedi;11h;12h;Mathématiques;6e A;;;49 à 50;;",
            "samedi;13h;14h;Mathématiques;6e A;;;;05/12/2026;19/12/2026",
            "samedi;14h;15h;Mathématiques;6e A;;;lundi;;",
        )
    )
    assert [one["reason"].replace("\u202f", " ") for one in report["put_aside"]] == [
        "Les semaines « lundi » ne se lisent pas."
    ]
    days = {
        one.starts_at.hour: list(
            Lesson.objects.filter(pattern=one).order_by("day").values_list("day", flat=True)
        )
        for one in mine()
    }
    # The holidays begin on the 19th.
    assert days[13] == [date(2026, 12, 5), date(2026, 12, 12)]
    assert days[11] == [date(2026, 12, 5), date(2026, 12, 12)]
    assert all(day.isocalendar().week % 2 == 0 for day in days[10])
    assert days[8]
    assert not set(days[8]) & set(days[9])
    sides = Alternation.objects.filter(year=college.year, names_weeks=True).values_list("name", flat=True)
    assert set(sides) == {"Semaine A", "Semaine B"}


def test_weeks_a_alone_are_named_so(bring: Any) -> None:
    report = bring(table("samedi;8h;9h;Mathématiques;6e A;;;A;;"))
    assert report["alternations_created"] == ["Semaine A"]


def test_weeks_that_the_school_has_named_are_these(bring: Any, college: World) -> None:
    weeks = ["2026-11-30", "2026-12-07"]
    for name, mondays in (("Semaine A", weeks), ("Semaine B", ["2026-12-14"])):
        Alternation.objects.create(
            school=college.school, year=college.year, name=name, mondays=mondays, names_weeks=True
        )
    bring(table("samedi;8h;9h;Mathématiques;6e A;;;a;;"))
    (one,) = mine()
    assert list(one.lessons.values_list("day", flat=True)) == [date(2026, 12, 5), date(2026, 12, 12)]


def test_a_table_of_one_class_leaves_the_others_alone(bring: Any) -> None:
    first = "samedi;8h;9h;Mathématiques;6e A;;;;;"
    bring(table(first, "samedi;9h;10h;Mathématiques;6e A;;;;;"))
    report = bring(table("samedi;8h;9h;Mathématiques;5e B;;;;;"))
    assert (report["created"], report["stopped"], mine().count()) == (1, 0, 3)
    report = bring(table(first))
    assert (report["unchanged"], report["stopped"], mine().count()) == (1, 1, 2)
    # All of the school, and nothing but what is added.
    assert bring(table(first), scope="all")["stopped"] == 1
    report = bring(table("samedi;11h;12h;Mathématiques;6e A;;;;;"), scope="some")
    assert (report["created"], report["stopped"], mine().count()) == (1, 0, 2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("samedi;25h;26h;Mathématiques;6e A;;;;;", "L’heure « 25h » n’existe pas."),
        ("samedi;9h;8h;Mathématiques;6e A;;;;;", "La fin ne vient pas après le début."),
        ("octidi;8h;9h;Mathématiques;6e A;;;;;", "Le jour « octidi » n’existe pas."),
        ("samedi;8h;9h;;6e A;;;;;", "Ce cours n’a pas de matière."),
        ("samedi;8h;9h;Mathématiques;;;;;;", "Ce cours n’a ni classe ni groupe."),
        ("samedi;8h;9h;Mathématiques;6e Z;;;;;", "Classe inconnue de l’établissement : 6e Z."),
        ("samedi;8h;9h;Mathématiques;6e A;M. Inconnu;;;;", "Enseignant inconnu de l’établissement."),
        ("samedi;8h;9h;Mathématiques;6e A;;;;31/02/2027;", "La date « 31/02/2027 » n’existe pas."),
        ("samedi;8h;9h;Mathématiques;6e A;;;;01/12/2027;", "Ce cours n’a aucune date dans l’année scolaire."),
    ],
)
def test_what_cannot_be_taken_goes_aside_with_its_line(bring: Any, row: str, said: str) -> None:
    report = bring(table("samedi;16h;17h;Mathématiques;6e A;;;;;", row))
    (aside,) = report["put_aside"]
    assert (aside["file"], aside["line"], aside["reason"].replace("\u202f", " ")) == ("edt.csv", 3, said)
    assert report["created"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Jour;Fin;Matière;Classe\nlundi;9h;Maths;6e A\n", "Aucun titre de colonne ne dit l’heure de début."),
        (b"\x00\x01;\n\x00", "octets nuls"),
        ('Jour;Début;Fin;Matière;Classe\n"lundi;8h;9h\n', "guillemet"),
    ],
    ids=["heading", "binary", "quote"],
)
def test_a_file_that_cannot_be_trusted_changes_nothing(bring: Any, content: Any, said: str) -> None:
    before = WeeklyPattern.objects.count()
    (error,) = bring(content)["errors"]
    assert said in error["reason"]
    assert WeeklyPattern.objects.count() == before


def test_a_column_of_identifiers_follows_a_course_that_moves(bring: Any) -> None:
    head = "id;Jour;Début;Fin;Matière;Classe"
    bring(table("c1;samedi;8h;9h;Mathématiques;6e A", head=head))
    report = bring(table("c1;samedi;10h;11h;Mathématiques;6e A", head=head), scope="some")
    assert (report["changed"], report["created"]) == (1, 0)
    assert [one.starts_at for one in mine()] == [time(10)]
