"""A file brought again does not undo what people did by hand; what both changed is shown, and stays as people decided."""

import json
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.models import Holding, Person, Room
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable.actions import alternations, changes, patterns
from preau.domains.timetable.imports.importer import TIMETABLES
from preau.domains.timetable.models import Lesson, LessonChange, TimetableImport, ToldCourse, WeeklyPattern
from preau.foundation.tests.importing import apply, read

HEAD = "Id;Jour;Début;Fin;Matière;Classe;Enseignant;Salle"
MATHS = "m1;samedi;8h;9h;Mathématiques;6e A;Mme Moreau;T12"
LATER = date(2026, 12, 5)


@pytest.fixture
def bring(college: World, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def run(*rows: str, **options: Any) -> dict[str, Any]:
        path, report = tmp_path / "edt.csv", tmp_path / "report.json"
        path.write_text("\n".join([HEAD, *rows]) + "\n")
        call_command(
            "import_timetable", str(path), school=college.school.uai, json=report, verbosity=0, **options
        )
        result: dict[str, Any] = json.loads(report.read_text())
        assert result["read"] == sum(result[name] for name in ("created", "changed", "unchanged", "aside"))
        return result

    return run


def counts_of(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report[name] for name in ("created", "changed", "unchanged", "stopped", "kept"))


def going_on(college: World) -> list[WeeklyPattern]:
    return list(WeeklyPattern.objects.filter(year=college.year, source="csv", last_day=college.year.ends))


def from_a_day_on(viewer: Any, pattern: WeeklyPattern, **what: Any) -> WeeklyPattern:
    values: dict[str, Any] = {
        "subject": pattern.subject,
        "groups": tuple(pattern.groups.all()),
        "teachers": tuple(pattern.teachers.all()),
        "room": pattern.room,
        "weekday": pattern.weekday,
        "starts_at": pattern.starts_at,
        "ends_at": pattern.ends_at,
        "first_day": LATER,
        "last_day": pattern.last_day,
        "source": pattern.source,
    }
    return patterns.change_weekly_lesson(viewer, pattern, patterns.Weekly(pattern.year, **(values | what)))


def other_hours(viewer: Any, pattern: WeeklyPattern) -> WeeklyPattern:
    return from_a_day_on(viewer, pattern, starts_at=time(10), ends_at=time(11))


def row(
    start: str = "8h", end: str = "9h", room: str = "T12", who: str = "Mme Moreau", day: str = "samedi"
) -> str:
    return f"m1;{day};{start};{end};Mathématiques;6e A;{who};{room}"


def test_an_unchanged_file_leaves_a_weekly_lesson_as_it_was_changed_here(
    bring: Any, college: World, seat_of: Any
) -> None:
    bring(MATHS)
    new = other_hours(seat_of("secretary"), going_on(college)[0])
    lessons = set(Lesson.objects.values_list("pk", "starts"))
    for _again in range(2):
        assert counts_of(bring(MATHS)) == (0, 0, 1, 0, 1)
        assert going_on(college) == [new]
        assert set(Lesson.objects.values_list("pk", "starts")) == lessons
    kept = ToldCourse.objects.get()
    assert (kept.pattern, kept.changed_by) == (new, college.people["secretary"])


def test_what_each_changed_apart_is_joined(bring: Any, college: World, seat_of: Any) -> None:
    bring(MATHS)
    other_hours(seat_of("secretary"), going_on(college)[0])
    assert counts_of(bring(row(room="T14"))) == (0, 1, 0, 0, 0)
    (one,) = going_on(college)
    assert (one.starts_at, one.room and one.room.name, one.first_day) == (time(10), "T14", LATER)
    # Before that day, it is as it was.
    assert {
        lesson.starts.hour
        for lesson in Lesson.objects.filter(day=LATER - timedelta(days=7), pattern__source="csv")
    } == {7}
    assert counts_of(bring(row(room="T14")))[:4] == (0, 0, 1, 0)


def test_what_both_changed_stays_as_people_decided(bring: Any, college: World, seat_of: Any) -> None:
    bring(MATHS)
    new = other_hours(seat_of("secretary"), going_on(college)[0])
    report = bring(row("14h", "15h"))
    assert counts_of(report) == (0, 0, 1, 0, 1)
    assert going_on(college) == [new]
    # The same file again asks nothing more: this is known.
    assert counts_of(bring(row("14h", "15h"))) == (0, 0, 1, 0, 1)
    # The file joins what was decided.
    assert counts_of(bring(row("10h", "11h"))) == (0, 0, 1, 0, 0)
    assert going_on(college) == [new]


def test_a_weekly_lesson_stopped_here_does_not_come_back(bring: Any, college: World, seat_of: Any) -> None:
    bring(MATHS)
    (one,) = going_on(college)
    patterns.stop_weekly_lesson(seat_of("secretary"), one)
    for rows in ([MATHS], [MATHS], [row("14h", "15h")], [row("14h", "15h")]):
        assert counts_of(bring(*rows))[:4] == (0, 0, 1, 0)
        assert not Lesson.objects.filter(pattern__source="csv").exists()


def test_what_is_gone_from_the_file_stays_when_people_changed_it(
    bring: Any, college: World, seat_of: Any
) -> None:
    other = "m2;samedi;14h;15h;Mathématiques;6e A;Mme Moreau;T12"
    bring(MATHS, other)
    new = other_hours(seat_of("secretary"), WeeklyPattern.objects.get(source_key="m1"))
    assert counts_of(bring(other)) == (0, 0, 1, 0, 1)
    assert new in going_on(college)
    assert counts_of(bring(other)) == (0, 0, 1, 0, 0)
    assert new in going_on(college)


def test_weeks_that_somebody_gave_stay(bring: Any, college: World, seat_of: Any) -> None:
    bring(MATHS)
    pair = alternations.alternate(seat_of("secretary"), college.year, "A")
    new = from_a_day_on(seat_of("secretary"), going_on(college)[0], alternation=pair[0])
    assert counts_of(bring(MATHS)) == (0, 0, 1, 0, 1)
    assert counts_of(bring(row(room="T14"))) == (0, 1, 0, 0, 0)
    (one,) = going_on(college)
    assert (one.alternation, one.room and one.room.name) == (pair[0], "T14")
    assert new.pk != one.pk


# One lesson


def lesson_on(day: date) -> Lesson:
    return Lesson.objects.get(pattern__source="csv", day=day)


def why() -> changes.Why:
    return changes.Why()


def test_a_lesson_moved_by_hand_stays_where_it_was_put(bring: Any, college: World, seat_of: Any) -> None:
    bring(MATHS)
    lesson = lesson_on(LATER)
    to = (LATER + timedelta(days=2), time(17), time(18))
    changes.move_lesson(seat_of("secretary"), lesson, to, lesson.room, why())
    report = bring(row("14h", "15h"))
    assert counts_of(report) == (0, 1, 0, 0, 1)
    lesson.refresh_from_db()
    assert (lesson.day, lesson.starts.hour, lesson.planned_day) == (to[0], 16, LATER)
    assert not Lesson.objects.filter(pattern=lesson.pattern, day=LATER).exists()
    assert lesson_on(LATER + timedelta(days=7)).starts.hour == 13
    assert counts_of(bring(row("14h", "15h"))) == (0, 0, 1, 0, 0)
    # Undone, it goes where the file has it now.
    changes.undo_change(seat_of("secretary"), LessonChange.objects.get())
    lesson.refresh_from_db()
    assert (lesson.day, lesson.starts.hour) == (LATER, 13)


def test_a_cancelled_lesson_stays_cancelled(bring: Any, college: World, seat_of: Any) -> None:
    bring(MATHS)
    changes.cancel_lesson(seat_of("secretary"), lesson_on(LATER), why())
    bring(row("14h", "15h"))
    lesson = lesson_on(LATER)
    assert (lesson.is_cancelled, lesson.starts.hour) == (True, 13)


def test_somebody_who_replaces_stays_and_the_rest_follows(bring: Any, college: World, seat_of: Any) -> None:
    bring(MATHS)
    lesson = lesson_on(LATER)
    comes = Person.objects.create(family_name="Zola", given_name="Émile")
    Holding.objects.create(person=comes, school=college.school, role=Role.TEACHER)
    changes.replace_teacher(seat_of("secretary"), lesson, college.people["teacher"], comes, why())
    assert counts_of(bring(row(room="T14"))) == (0, 1, 0, 0, 0)
    lesson.refresh_from_db()
    assert (list(lesson.teachers.all()), lesson.room and lesson.room.name) == ([comes], "T14")
    following = lesson_on(LATER + timedelta(days=7))
    assert list(following.teachers.all()) == [college.people["teacher"]]
    # Undone after the file gave the course to somebody else, the lesson is theirs.
    other = Person.objects.create(family_name="Verne", given_name="Jules")
    Holding.objects.create(person=other, school=college.school, role=Role.TEACHER)
    assert counts_of(bring(row(room="T14", who="Verne"))) == (0, 1, 0, 0, 1)
    assert list(lesson.teachers.all()) == [comes]
    changes.undo_change(seat_of("secretary"), LessonChange.objects.get())
    assert list(lesson.teachers.all()) == [other]


def test_a_room_given_by_hand_stays(bring: Any, college: World, seat_of: Any) -> None:
    bring(MATHS)
    lesson = lesson_on(LATER)
    room = Room.objects.create(school=college.school, name="Préau")
    changes.change_room(seat_of("secretary"), lesson, room, why())
    assert counts_of(bring(row("14h", "15h", room="T14"))) == (0, 1, 0, 0, 1)
    lesson.refresh_from_db()
    assert (lesson.room, lesson.starts.hour) == (room, 13)


def test_a_moved_lesson_outlives_its_course_and_a_cancelled_one_does_not(
    bring: Any, college: World, seat_of: Any
) -> None:
    other = "m2;samedi;14h;15h;Mathématiques;6e A;Mme Moreau;T12"
    bring(MATHS, other)
    first = Lesson.objects.get(pattern__source_key="m1", day=LATER)
    second = Lesson.objects.get(pattern__source_key="m1", day=LATER + timedelta(days=7))
    to = (LATER + timedelta(days=2), time(17), time(18))
    changes.move_lesson(seat_of("secretary"), first, to, first.room, why())
    changes.cancel_lesson(seat_of("secretary"), second, why())
    assert counts_of(bring(other)) == (0, 0, 1, 1, 1)
    first.refresh_from_db()
    assert (first.pattern, first.day) == (None, to[0])
    assert not Lesson.objects.filter(pk=second.pk).exists()


# The page


@pytest.fixture
def preview(college: World, client: SchoolClient) -> Callable[[str], TimetableImport]:
    def run(line: str) -> TimetableImport:
        client.sit(college.people["secretary"])
        upload = SimpleUploadedFile("edt.csv", f"{HEAD}\n{line}\n".encode())
        client.post(reverse("timetable:imports"), {"files": [upload]})
        brought: TimetableImport = TimetableImport.objects.get(school=college.school, state="received")
        assert read(TIMETABLES, brought.pk) == "preview"
        brought.refresh_from_db()
        return brought

    return run


def test_the_preview_says_both_and_somebody_chooses_the_file(
    bring: Any, preview: Any, college: World, client: SchoolClient, seat_of: Any
) -> None:
    bring(MATHS)
    other_hours(seat_of("secretary"), going_on(college)[0])
    brought = preview(row("14h", "15h"))
    page = client.get(reverse("timetable:import", kwargs={"pk": brought.pk})).content.decode()
    for text in (
        "Décidé ici et dans le fichier",
        "10 h",
        "14 h",
        college.people["secretary"].full_name,
        "Reste comme ici",
    ):
        assert text in page.replace("\u202f", " ").replace("\xa0", " "), text
    choices = reverse("timetable:import_choices", kwargs={"pk": brought.pk})
    assert "cours:m1" in client.get(choices).content.decode()
    # What is not shown, or names nothing, is not chosen.
    client.post(choices, {"shown": "cours:m9", "take": ["cours:m9", "cours:m1"]})
    brought.refresh_from_db()
    assert brought.preview["take"] == []
    client.post(choices, {"shown": "cours:m1", "take": "cours:m1"})
    assert (
        "Le fichier gagne"
        in client.get(reverse("timetable:import", kwargs={"pk": brought.pk})).content.decode()
    )
    client.post(reverse("timetable:apply_import", kwargs={"pk": brought.pk}))
    assert apply(TIMETABLES, brought.pk) == "done"
    (one,) = going_on(college)
    assert (one.starts_at, one.first_day) == (time(14), LATER)
    assert ToldCourse.objects.get().changed_by is None
    assert counts_of(bring(row("14h", "15h"))) == (0, 0, 1, 0, 0)


def test_a_lesson_for_which_the_file_is_chosen_is_put_back_and_told(
    bring: Any, preview: Any, college: World, client: SchoolClient, seat_of: Any
) -> None:
    bring(MATHS)
    kept, back = lesson_on(LATER), lesson_on(LATER + timedelta(days=7))
    for lesson in (kept, back):
        changes.cancel_lesson(seat_of("secretary"), lesson, why())
    brought = preview(row("14h", "15h"))
    choices = reverse("timetable:import_choices", kwargs={"pk": brought.pk})
    client.post(choices, {"shown": [f"seance:{kept.pk}", f"seance:{back.pk}"], "take": f"seance:{back.pk}"})
    client.post(reverse("timetable:apply_import", kwargs={"pk": brought.pk}))
    assert apply(TIMETABLES, brought.pk) == "done"
    for lesson in (kept, back):
        lesson.refresh_from_db()
    assert (kept.is_cancelled, back.is_cancelled) == (True, False)
    assert {lesson.starts.hour for lesson in (kept, back)} == {13}
    assert LessonChange.objects.get(lesson=back).undone_by == college.people["secretary"]


def test_a_course_stopped_here_comes_back_when_the_file_is_chosen(
    bring: Any, preview: Any, college: World, client: SchoolClient, seat_of: Any
) -> None:
    bring(MATHS)
    patterns.stop_weekly_lesson(seat_of("secretary"), going_on(college)[0])
    brought = preview(row("14h", "15h"))
    choices = reverse("timetable:import_choices", kwargs={"pk": brought.pk})
    assert "Arrêté." in client.get(choices).content.decode()
    client.post(choices, {"shown": "cours:m1", "take": "cours:m1"})
    client.post(reverse("timetable:apply_import", kwargs={"pk": brought.pk}))
    assert apply(TIMETABLES, brought.pk) == "done"
    assert [one.starts_at for one in going_on(college)] == [time(14)]


def test_what_people_do_between_the_preview_and_its_end_is_seen(
    bring: Any, preview: Any, college: World, client: SchoolClient, seat_of: Any
) -> None:
    bring(MATHS)
    brought = preview(row("14h", "15h"))
    assert client.get(reverse("timetable:import_choices", kwargs={"pk": brought.pk})).status_code == 404
    client.post(reverse("timetable:apply_import", kwargs={"pk": brought.pk}))
    other_hours(seat_of("secretary"), going_on(college)[0])
    assert apply(TIMETABLES, brought.pk) == "preview"
    brought.refresh_from_db()
    assert [one["id"] for one in brought.preview["decided"]] == ["cours:m1"]
