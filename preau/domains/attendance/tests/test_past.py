"""Absences noted with another program: what columns hold, which half-days a line is, what is set aside, and that twice is once."""

from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from openpyxl import Workbook

from conftest import NOW
from preau.directory.models import Closure, Group, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.attendance.imports.past import columns, run
from preau.domains.attendance.imports.past.matching import Fact, together
from preau.domains.attendance.imports.past.rows import read_rows
from preau.domains.attendance.models import PastAbsence, Reason, RollCall
from preau.domains.attendance.queries.half_days import missed_by
from preau.domains.attendance.queries.past import when_said
from preau.domains.attendance.rules.half_days import calculated
from preau.domains.timetable.models import Lesson
from preau.foundation.csvfiles import Row

MONDAY = date(2026, 9, 14)
FIELDS = "pupil first from last until half halves duration kind minutes reason excused".split()
TITLES = "Élève;Classe;Début;Heure de début;Fin;Heure de fin;Demi-journée;Nb DJ;Durée;Nature;Minutes;Motif;Justifiée"


@pytest.mark.parametrize(
    ("titles", "fields"),
    [
        (
            "Nom;Prénom;Classe;Date de début;Heure début;Date de fin;Heure fin;Nb 1/2 j;Motif;Justifiée;Commentaire",
            ["family", "given", "group", "first", "from", "last", "until", "halves", "reason", "excused", ""],
        ),
        ("ELEVE;CLASSE;DATE;HEURE;DUREE DU RETARD;MOTIF", "pupil group first from minutes reason".split()),
        ("Nom;Du;Au;Type;Justifié;Jour", ["pupil", "first", "last", "kind", "excused", ""]),
    ],
)
def test_columns_are_known_by_their_headings(titles: str, fields: list[str]) -> None:
    assert columns.guessed(titles.split(";")) == fields


def read_one(**cells: str) -> Any:
    lines, problems = read_rows(
        [Row(2, [cells.get(key, "X Y" if key == "pupil" else "") for key in FIELDS])], FIELDS
    )
    assert len(lines) + len(problems) == 1
    return lines[0] if lines else problems[0].reason


def test_a_time_is_read_in_one_cell_or_in_four() -> None:
    for cells in (
        {"first": "14/09/2026 08:00", "last": "15/09/2026 10h30"},
        {"first": "14/09/26", "from": "8h", "last": "2026-09-15", "until": "10:30:00"},
        {"first": "du 14/09/2026 à 8h00 au 15/09/2026", "until": "10 h 30"},
    ):
        one = read_one(**cells)
        assert (one.first, one.begins, one.last, one.ends) == (
            MONDAY,
            time(8),
            date(2026, 9, 15),
            time(10, 30),
        )
    alone = read_one(first="14/09/2026", **{"from": "8h30 - 10h30"})
    assert (alone.begins, alone.ends) == (time(8, 30), time(10, 30))
    assert read_one(first="14/09/2026", **{"from": "8h30"}, duration="2h00").ends == time(10, 30)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"kind": "Retard", "duration": "0h10"}, ("late", 10)),
        ({"kind": "RETARD", "minutes": "5 min"}, ("late", 5)),
        ({"minutes": "12"}, ("late", 12)),
        ({"kind": "Retard"}, ("late", None)),
        ({"kind": "Absence", "minutes": "0"}, ("absent", None)),
        ({"duration": "2h"}, ("absent", None)),
    ],
)
def test_what_is_a_lateness(said: dict[str, str], found: Any) -> None:
    one = read_one(first="14/09/2026", **said)
    assert (one.kind, one.minutes) == found


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Pas de date"),
        ({"first": "32/09/2026"}, "n’est pas une date"),
        ({"first": "lundi"}, "n’est pas une date"),
        ({"first": "14/09/2026 26:00"}, "n’est pas une heure"),
        ({"first": "14/09/2026", "from": "M1"}, "n’est pas une heure"),
        ({"first": "15/09/2026", "last": "14/09/2026"}, "avant le début"),
        ({"first": "14/09/2026", "from": "10h", "until": "8h"}, "avant le début"),
        ({"first": "14/09/2026", "half": "AM"}, "écrivez-le en entier"),
        ({"first": "14/09/2026", "half": "soir"}, "ni le matin"),
        ({"first": "14/09/2026", "kind": "Infirmerie"}, "ni une absence ni un retard"),
        ({"first": "14/09/2026", "duration": "longtemps"}, "n’est pas une durée"),
        ({"first": "14/09/2026", "halves": "deux"}, "demi-journées"),
        ({"first": "14/09/2026", "excused": "peut-être"}, "ni oui ni non"),
        ({"first": "14/09/2026", "kind": "retard", "minutes": "700"}, "dix heures"),
        ({"pupil": " ", "first": "14/09/2026"}, "Pas de nom"),
    ],
)
def test_what_a_cell_may_not_say_is_said(said: dict[str, str], sentence: str) -> None:
    said = {"pupil": "X Y"} | said
    lines, problems = read_rows([Row(7, [said.get(key, "").strip() for key in FIELDS])], FIELDS)
    assert lines == [] and [(one.line, sentence in one.reason) for one in problems] == [(7, True)]


@pytest.mark.parametrize(("beside", "afternoon"), [("PM", False), ("M", True), ("matin", True)])
def test_am_is_the_morning_beside_pm_and_the_afternoon_beside_m(beside: str, afternoon: bool) -> None:
    rows = [
        Row(2, ["X Y", "14/09/2026", "", "", "", cell, "", "", "", "", "", ""]) for cell in ("AM", beside)
    ]
    lines, _problems = read_rows(rows, FIELDS)
    assert [line.afternoon for line in lines] == [afternoon, beside == "PM"]


# What it is in this school


@pytest.fixture
def empty(college: World) -> World:
    """A school that has come today: neither lessons nor rolls before."""
    RollCall.objects.filter(school=college.school).delete()
    return college


def line(pupil: Person, *cells: str) -> str:
    group = Group.objects.filter(kind=Group.Kind.CLASS, enrolments__pupil=pupil).latest("pk")
    return ";".join([f"{pupil.family_name} {pupil.given_name}", group.name, *cells])


def bring(world: World, tmp_path: Path, *lines: str, titles: str = TITLES) -> run.PastFiles:
    path = tmp_path / "absences.csv"
    path.write_text("\n".join([titles, *lines, ""]), encoding="utf-8")
    return run.bring([path], world.year, NOW.date(), {})


def halves(brought: run.PastFiles) -> list[tuple[int, bool]]:
    return [(fact.day.day, fact.afternoon) for fact in brought.plan.facts]


def reasons(brought: run.PastFiles) -> list[tuple[int, str]]:
    return [(problem.line, problem.reason) for problem in brought.plan.problems]


def only_weekdays(world: World) -> None:
    """No timetable is known: the school is open from Monday to Friday."""
    Lesson.objects.filter(school=world.school).update(state=Lesson.State.CANCELLED)


def test_a_line_of_several_days_is_its_half_days_without_the_week_end(empty: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    pupil = empty.people["pupil"]
    brought = bring(
        empty,
        tmp_path,
        line(pupil, "11/09/2026", "13:30", "14/09/2026", "10:00", *[""] * 5, "Maladie", "oui"),
    )
    assert halves(brought) == [(11, True), (14, False)] and brought.plan.problems == []
    first, last = brought.plan.facts
    paris = ZoneInfo("Europe/Paris")
    assert (first.starts.astimezone(paris).time(), last.ends.astimezone(paris).time()) == (
        time(13, 30),
        time(10),
    )
    assert first.excused and first.timed
    whole = bring(empty, tmp_path, line(pupil, "10/09/2026", "", "14/09/2026"))
    assert halves(whole) == [(day, half) for day in (10, 11, 14) for half in (False, True)]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["14/09/2026", "10:00", "", "15:00"], ["10 h 00 – 13 h 00", "13 h 00 – 15 h 00"]),
        (["14/09/2026", "08:00"], ["dès 8 h 00"]),
        (["14/09/2026", "14:00"], ["dès 14 h 00"]),
        (["14/09/2026", "", "", "10:00"], ["jusqu’à 10 h 00"]),
        (["14/09/2026", "10:00", "15/09/2026", "09:00"], ["dès 10 h 00", "après-midi", "jusqu’à 9 h 00"]),
        (["14/09/2026", "", "15/09/2026", "15:00"], ["matin", "après-midi", "matin", "jusqu’à 15 h 00"]),
        (["14/09/2026", "8:10", "", "", "", "", "", "retard"], ["8 h 10"]),
    ],
)
def test_hours_are_said_as_the_file_said_them(
    empty: World, tmp_path: Path, cells: list[str], expected: Any
) -> None:
    only_weekdays(empty)
    facts = bring(empty, tmp_path, line(empty.people["pupil"], *cells)).plan.facts
    sentences = [
        when_said(
            fact.starts,
            fact.starts if fact.kind == "late" else fact.ends,
            afternoon=fact.afternoon,
            timed=fact.timed,
            zone="Europe/Paris",
        )
        for fact in facts
    ]
    assert [" ".join(one.split()) for one in sentences] == expected


def test_what_follows_on_a_day_is_one_line_of_the_preview(empty: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    pupil = empty.people["pupil"]
    facts = bring(
        empty,
        tmp_path,
        line(pupil, "14/09/2026"),
        line(pupil, "15/09/2026", "10h", "", "15h"),
        line(pupil, "16/09/2026", "8h", "", "9h"),
        line(pupil, "16/09/2026", "10h", "", "11h"),
        line(pupil, "17/09/2026", "8h10", *[""] * 5, "retard"),
        line(pupil, "17/09/2026", "10h10", *[""] * 5, "retard"),
    ).plan.facts
    assert [len(group) for group in together(facts)] == [2, 2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["14/09/2026", "10:00", "", "15:00"], [False, True]),
        (["14/09/2026", "08:00", "", "13:20"], [False]),
        (["14/09/2026", "13:00", "", "14:00"], [True]),
        (["14/09/2026", "08:00"], [False]),
        (["14/09/2026", "", "", "10:00"], [False]),
        (["14/09/2026", "", "", "", "après-midi"], [True]),
        (["14/09/2026 matin"], [False]),
        (["14/09/2026", "Après-midi"], [True]),
        (["14/09/2026 à", "8h", "", "9h"], [False]),
        (["14/09/2026"], [False, True]),
        (["14/09/2026", "", "", "", "", "2"], [False, True]),
        (["14/09/2026", "", "", "", "matin", "1"], [False]),
        # A Sunday on which the file says the hours is what the file says.
        (["13/09/2026", "09:00", "", "10:00"], [False]),
    ],
)
def test_the_half_days_of_one_day(empty: World, tmp_path: Path, cells: list[str], expected: Any) -> None:
    only_weekdays(empty)
    brought = bring(empty, tmp_path, line(empty.people["pupil"], *cells))
    assert [fact.afternoon for fact in brought.plan.facts] == expected and brought.plan.problems == []


def test_the_timetable_says_on_which_half_days_the_school_is_open(empty: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    lesson = Lesson.objects.filter(school=empty.school, day=date(2026, 11, 18)).earliest("starts")
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.HELD)
    wednesday = bring(empty, tmp_path, line(empty.people["pupil"], "16/09/2026"))
    assert halves(wednesday) == [(16, False)], "the only lesson of the year is on a Wednesday morning"
    assert "pas cours" in reasons(bring(empty, tmp_path, line(empty.people["pupil"], "14/09/2026")))[0][1]


def test_what_is_not_taken_has_its_line_and_its_reason(empty: World, twin: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    Closure.objects.create(school=empty.school, name="Pont", starts=date(2026, 9, 17), ends=date(2026, 9, 18))
    pupil = empty.people["pupil"]
    brought = bring(
        empty,
        tmp_path,
        line(pupil, "25/11/2026"),
        line(pupil, "23/11/2026", "", "30/11/2026"),
        line(pupil, "14/09/2025"),
        line(pupil, "17/09/2026", "", "18/09/2026"),
        line(pupil, "13/09/2026"),
        line(twin.people["pupil"], "14/09/2026"),
        line(pupil, "14/09/2026", "", "", "", "", "1"),
        line(pupil, "14/09/2026", "", "15/09/2026", "", "matin"),
        line(pupil, "17/09/2026", "8h", *[""] * 5, "retard"),
        # Before and after the bridge.
        line(pupil, "16/09/2026", "", "21/09/2026"),
    )
    assert [number for number, _reason in reasons(brought)] == list(range(2, 11))
    texts = [reason for _number, reason in reasons(brought)]
    for sentence, reason in zip(
        ["à venir", "à venir", "année", "Pont", "pas cours", "inconnu", "1 demi-journée", "de trop", "Pont"],
        texts,
        strict=True,
    ):
        assert sentence in reason
    assert not any(pupil.family_name in reason for reason in texts)
    assert halves(brought) == [(16, False), (16, True), (21, False), (21, True)]


def test_a_reason_of_the_school_is_its_own_and_another_keeps_its_words(empty: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    pupil = empty.people["pupil"]
    counts = Reason.objects.create(school=empty.school, label="Sèche les cours", in_alerts=True)
    valid = Reason.objects.create(school=empty.school, label="Stage à l’étranger")
    brought = bring(
        empty,
        tmp_path,
        line(pupil, "14/09/2026", *[""] * 8, "STAGE A L'ETRANGER"),
        line(pupil, "15/09/2026", *[""] * 8, "Sèche les cours"),
        line(pupil, "16/09/2026", *[""] * 8, "Tempête"),
        line(pupil, "17/09/2026"),
        line(pupil, "18/09/2026", *[""] * 8, "Stage à l’étranger", "non"),
    )
    by_day = {fact.day.day: (fact.reason, fact.words, fact.excused) for fact in brought.plan.facts}
    assert by_day == {
        14: (valid.pk, "", True),
        15: (counts.pk, "", False),
        16: (None, "Tempête", True),
        17: (None, "", False),
        18: (valid.pk, "", False),
    }
    assert brought.plan.words == ["Tempête"]


def called(world: World, day: date) -> Lesson:
    """A lesson of the cast's pupil on this day, whose roll was called."""
    lesson = Lesson.objects.of_pupils([world.people["pupil"].pk]).filter(day=day).earliest("starts")
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.HELD)
    RollCall.objects.create(
        school=world.school, lesson=lesson, called_by=world.people["teacher"], called_at=lesson.ends
    )
    return lesson


def test_where_a_roll_was_called_it_is_the_roll_that_counts(empty: World, tmp_path: Path) -> None:
    lesson = called(empty, date(2026, 11, 19))
    paris = ZoneInfo("Europe/Paris")
    starts, ends = (moment.astimezone(paris).strftime("%H:%M") for moment in (lesson.starts, lesson.ends))
    assert lesson.starts.astimezone(paris).time() < time(13)
    pupil = empty.people["pupil"]
    for cells in (["19/11/2026", starts, "", ends], ["19/11/2026", "", "", "", "matin"]):
        brought = bring(empty, tmp_path, line(pupil, *cells))
        assert halves(brought) == [] and "L’appel a été fait" in reasons(brought)[0][1]
    late = bring(empty, tmp_path, line(pupil, "19/11/2026", starts, *[""] * 5, "Retard"))
    assert halves(late) == [] and len(late.plan.problems) == 1
    rest = bring(empty, tmp_path, line(pupil, "19/11/2026"))
    assert halves(rest) == [(19, True)] and len(rest.plan.problems) == 1
    later = bring(empty, tmp_path, line(pupil, "19/11/2026", "18:00", "", "18:30"))
    assert halves(later) == [(19, True)] and later.plan.problems == []


def written(world: World, *facts: Fact) -> list[PastAbsence]:
    """As an import writes them."""
    return [
        PastAbsence.objects.create(
            school=world.school,
            pupil_id=fact.pupil,
            kind=fact.kind,
            day=fact.day,
            afternoon=fact.afternoon,
            starts=fact.starts,
            ends=fact.ends,
            timed=fact.timed,
            minutes_late=fact.minutes,
            excused=fact.excused,
            reason_id=fact.reason,
            words=fact.words,
        )
        for fact in facts
    ]


def test_what_is_there_is_not_written_twice_and_is_kept_as_it_is(empty: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    pupil = empty.people["pupil"]
    lines = [
        line(pupil, "14/09/2026", *[""] * 8, "Fièvre"),
        line(pupil, "15/09/2026", "08:05", *[""] * 5, "retard", "5"),
    ]
    written(empty, *bring(empty, tmp_path, *lines).plan.facts)
    again = bring(empty, tmp_path, *lines)
    assert again.plan.facts == [] and again.plan.same == 3 and again.plan.problems == []
    other = bring(empty, tmp_path, line(pupil, "14/09/2026", "09:00", "", "10:00"))
    assert other.plan.facts == [] and "il est gardé" in reasons(other)[0][1]
    twice = bring(empty, tmp_path, line(pupil, "16/09/2026"), line(pupil, "16/09/2026", "8h", "", "9h"))
    assert len(twice.plan.facts) == 2 and reasons(twice)[0] == (
        3,
        "Ce moment est déjà plus haut dans le fichier.",
    )
    apart = bring(
        empty,
        tmp_path,
        line(pupil, "17/09/2026", "8h", "", "9h"),
        line(pupil, "17/09/2026", "10h", "", "11h"),
        line(pupil, "17/09/2026", "9h05", *[""] * 5, "retard", "5"),
    )
    assert len(apart.plan.facts) == 3 and apart.plan.problems == []


def test_one_moment_of_a_pupil_is_one_row(empty: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    facts = bring(empty, tmp_path, line(empty.people["pupil"], "14/09/2026")).plan.facts
    written(empty, *facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        written(empty, facts[0])


def test_a_workbook_keeps_the_hours_of_its_dates(empty: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    pupil, path = empty.people["pupil"], tmp_path / "absences.xlsx"
    book = Workbook()
    book.active.append(["Élève", "Classe", "Du", "Au", "Motif"])
    book.active.append(
        [
            f"{pupil.family_name} {pupil.given_name}",
            own_class(empty).name,
            datetime(2026, 9, 14, 14, 0),  # noqa: DTZ001
            datetime(2026, 9, 14, 16, 0),  # noqa: DTZ001
            "Dentiste",
        ]
    )
    book.save(path)
    (fact,) = run.bring([path], empty.year, NOW.date(), {}).plan.facts
    assert (fact.afternoon, fact.timed, (fact.ends - fact.starts).seconds) == (True, True, 7200)


# What it counts for


def counted(world: World) -> list[tuple[int, bool, Fraction, int, bool]]:
    missed = missed_by(world.school, MONDAY, MONDAY, [world.people["pupil"].pk])
    return [
        (one.half.day.day, one.half.afternoon, one.share, one.lessons, one.counts)
        for one in missed
        if one.half.day == MONDAY
    ]


def test_a_half_day_without_known_lessons_counts_whole(empty: World, tmp_path: Path) -> None:
    only_weekdays(empty)
    pupil = empty.people["pupil"]
    (past,) = written(empty, *bring(empty, tmp_path, line(pupil, "14/09/2026", "9h", "", "10h")).plan.facts)
    assert counted(empty) == [(14, False, Fraction(1), 0, True)]
    PastAbsence.objects.filter(pk=past.pk).update(excused=True)
    assert counted(empty) == [(14, False, Fraction(1), 0, False)]
    PastAbsence.objects.filter(pk=past.pk).update(withdrawn_at=NOW)
    assert counted(empty) == []


@pytest.fixture
def thursday(empty: World) -> list[Lesson]:
    """The lessons of a morning, whose rolls nobody called."""
    pupil = empty.people["pupil"]
    found = Lesson.objects.of_pupils([pupil.pk]).held().filter(day=date(2026, 11, 19)).order_by("starts")
    noon = time(13)
    return [one for one in found if one.starts.astimezone(ZoneInfo("Europe/Paris")).time() < noon]


def test_a_half_day_whose_lessons_are_known_counts_for_its_share(
    empty: World, thursday: list[Lesson], tmp_path: Path
) -> None:
    pupil, paris = empty.people["pupil"], ZoneInfo("Europe/Paris")
    first = thursday[0]
    hours = [moment.astimezone(paris).strftime("%H:%M") for moment in (first.starts, first.ends)]
    written(empty, *bring(empty, tmp_path, line(pupil, "19/11/2026", hours[0], "", hours[1])).plan.facts)
    day = date(2026, 11, 19)
    missed = [one for one in missed_by(empty.school, day, day, [pupil.pk]) if not one.half.afternoon]
    seconds = sum((one.ends - one.starts).seconds for one in thursday)
    assert calculated(missed) == Fraction((first.ends - first.starts).seconds, seconds)
    assert missed[0].lessons == 1 and len(thursday) > 1
