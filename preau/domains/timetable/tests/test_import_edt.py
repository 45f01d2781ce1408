"""The export of EDT: masks of weeks, places of a grid, parts of classes; its public sample, counted another way."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preau.commons.journal.models import Line
from preau.directory.calendar import closures_of
from preau.directory.models import Closure, Group, Holding, Person, Room, School, SchoolYear, Subject
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable.models import Alternation, Lesson, TimetableImport, WeeklyPattern

FORMATS = settings.BASE_DIR.parent / "shared" / "data" / "formats"
SAMPLE = FORMATS / "edt-pronote" / "sample" / "Edt_To_LaclasseCom_0134567A_Enclair.xml"
SPACE = "{http://www.index-education.com/exportemploidutemps}"
needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of EDT is not on this machine")
PARIS = ZoneInfo("Europe/Paris")


def export(
    *courses: str, uai: str = "0359901A", week: str = "2026-08-31", more: str = "", **parts: str
) -> bytes:
    """An export of the school of the tests: two classes, a group of the first, one teacher, one room."""
    named = {
        "Matieres": '<Matiere Ident="1" Code="MATHS" Libelle="MATHEMATIQUES"/><Matiere Ident="2" Code="THEAT" Libelle="THEATRE"/>',
        "Professeurs": '<Professeur Ident="1" Nom="MOREAU" Prenom="CLAIRE"/><Professeur Ident="9" Nom="PERSONNE" Prenom="NULLE"/>',
        "Classes": '<Classe Ident="1" Nom="6A"><PartieDeClasse Ident="11"/></Classe><Classe Ident="2" Nom="5EME B"/><Classe Ident="3" Nom="4Z"/>',
        "Groupes": '<Groupe Ident="1" Nom="6A G1"><PartieDeClasse Ident="11"/></Groupe>',
        "Salles": '<Salle Ident="1" Nom="T12"/>',
    } | parts
    places = "".join(
        f'<Place Numero="{n}" LibelleHeureDebut="{8 + n // 2:02d}:{n % 2 * 30:02d}:00" LibelleHeureFin="{8 + (n + 1) // 2:02d}:{(n + 1) % 2 * 30:02d}:00"/>'
        for n in range(20)
    )
    inside = "".join(f"<{tag}>{text}</{tag}>" for tag, text in named.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ExportEmploiDuTemps xmlns="http://www.index-education.com/exportemploidutemps" '
        f'Version="1.1" UAI="{uai}"><AnneeScolaire DateDebut="2026-09-01" DateFin="2027-07-03" DatePremierJourSemaine1="{week}"/>'
        f'<GrilleHoraire NombrePlacesParJour="20" DureePlace="30"><PlacesParJour>{places}</PlacesParJour></GrilleHoraire>{inside}'
        f'<Eleves><Eleve Ident="1" Nom="SECRET"/></Eleves>{more}<Cours>\n'
        + "\n".join(courses)
        + "\n</Cours></ExportEmploiDuTemps>"
    ).encode()


def cours(
    day: int = 6, place: int = 0, count: int = 2, subject: int = 1, mask: int = (1 << 45) - 2, **who: int
) -> str:
    """A course; by default on Saturdays from 8 to 9, in the weeks 1 to 44, of the teacher and class number 1."""
    who = {"Professeur": 1, "Classe": 1, "Salle": 1} | who
    inside = "".join(f'<{tag} Ident="{ident}" Semaines="{mask}"/>' for tag, ident in who.items() if ident)
    return f'<Cours Jour="{day}" NumeroPlaceDebut="{place}" NombrePlaces="{count}"><Matiere Ident="{subject}"/>{inside}</Cours>'


@pytest.fixture
def bring(college: World, tmp_path: Path) -> Any:
    """Bring an export; the report."""

    def run(*contents: bytes, **options: Any) -> dict[str, Any]:
        paths = []
        for number, content in enumerate(contents):
            paths.append(tmp_path / f"edt{number}.xml")
            paths[-1].write_bytes(content)
        report = tmp_path / "report.json"
        with suppress(CommandError):
            call_command(
                "import_timetable",
                *map(str, paths),
                school=college.school.uai,
                json=report,
                verbosity=0,
                **options,
            )
        result = json.loads(report.read_text())
        report.unlink()
        if not result["errors"]:
            assert (
                result["read"]
                == result["created"] + result["changed"] + result["unchanged"] + result["aside"]
            )
        return result

    Group.objects.create(school=college.school, year=college.year, kind="group", name="6A G1")
    return run


def mine() -> Any:
    return WeeklyPattern.objects.filter(source="edt")


def reasons(report: dict[str, Any]) -> list[str]:
    return [one["reason"] for one in report["put_aside"]]


# The public sample


@pytest.fixture
def sampled(db: None) -> Iterator[SchoolYear]:
    """The school of the sample on the eve of its year, with the people, classes and groups that its file names."""
    root = ET.parse(SAMPLE).getroot()
    with time_machine.travel(datetime(2013, 9, 1, 12, 0, tzinfo=PARIS), tick=False):
        school = School.objects.create(uai="0134567A", name="Collège", kind="college", holiday_zone="B")
        year = SchoolYear.objects.create(
            school=school, name="2013-2014", starts=date(2013, 9, 3), ends=date(2014, 7, 4)
        )
        school.current_year = year
        school.save()
        Closure.objects.bulk_create(closures_of(year))
        for tag, kind in (("Classes", "class"), ("Groupes", "group")):
            for one in root.find(SPACE + tag):
                Group.objects.create(school=school, year=year, kind=kind, name=one.get("Nom"))
        for one in root.find(SPACE + "Professeurs"):
            person = Person.objects.create(family_name=one.get("Nom"), given_name=one.get("Prenom"))
            Holding.objects.create(person=person, role=Role.TEACHER, school=school)
        yield year


def days_by_hand(year: SchoolYear) -> Counter[tuple[Any, ...]]:
    """How many lessons each class or group has in the year: every course, every bit of its mask, every closed day, one by one."""
    root = ET.parse(SAMPLE).getroot()
    closed = {
        row.starts + timedelta(days=n)
        for row in Closure.objects.filter(school=year.school)
        for n in range((row.ends - row.starts).days + 1)
    }
    names = {
        (tag, one.get("Ident")): one.get("Nom")
        for tag in ("Classe", "Groupe")
        for one in root.iter(SPACE + tag)
        if one.get("Nom")
    }
    found: Counter[tuple[Any, ...]] = Counter()
    for course in root.find(SPACE + "Cours"):
        for place in course:
            kind = place.tag.removeprefix(SPACE)
            if kind not in {"Classe", "Groupe"}:
                continue
            mask = f"{int(place.get('Semaines')):b}"[::-1]
            for week, bit in enumerate(mask):
                day = date(2013, 9, 2) + timedelta(weeks=week - 1, days=int(course.get("Jour")) - 1)
                if bit == "1" and year.starts <= day <= year.ends and day not in closed:
                    found[kind, names[kind, place.get("Ident")]] += 1
    return found


@needs_sample
def test_the_sample_of_edt_gives_its_lessons_of_the_year(sampled: SchoolYear, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    call_command("import_timetable", str(SAMPLE), school="0134567A", format="edt", json=report, verbosity=0)
    result = json.loads(report.read_text())
    figures = {"subjects": 25, "teachers": 31, "classes": 16, "groups": 48, "rooms": 24}
    assert result["figures"] == figures
    # A hundred of the 704 courses have no teacher, class, room nor week: nothing says when they would be held.
    assert (result["read"], result["created"], result["aside"]) == (704, 604, 100)
    assert {one["reason"] for one in result["put_aside"]} == {
        "Ce cours n’a ni classe, ni professeur, ni semaine\u202f: rien ne dit quand il a lieu."
    }
    assert WeeklyPattern.objects.filter(year=sampled).count() == 604
    by_hand = days_by_hand(sampled)
    assert Lesson.objects.filter(year=sampled).count() == by_hand.total() == 14_226
    for group in Group.objects.filter(year=sampled):
        kind = "Classe" if group.kind == "class" else "Groupe"
        assert Lesson.objects.filter(groups=group).count() == by_hand[kind, group.name], group
    assert not Lesson.objects.filter(year=sampled, day__in=[date(2013, 11, 11), date(2014, 4, 21)]).exists()
    assert Room.objects.filter(school=sampled.school).count() == 24
    names = set(Alternation.objects.filter(year=sampled).values_list("name", flat=True))
    assert {"Semaine A", "Semaine B", "Semaine 1"} <= names
    turns = Alternation.objects.filter(year=sampled, names_weeks=True).order_by("name")
    assert [turn.name for turn in turns] == ["Semaine A", "Semaine B"]
    # Odd weeks of EDT, the first one being that of the 2nd of September.
    assert turns[0].mondays[:3] == ["2013-09-02", "2013-09-16", "2013-09-30"]
    # The same file again.
    with CaptureQueriesContext(
        connection,
    ) as queries:
        call_command("import_timetable", str(SAMPLE), school="0134567A", json=report, verbosity=0)
    result = json.loads(report.read_text())
    assert (result["unchanged"], result["created"], result["changed"], result["stopped"]) == (604, 0, 0, 0)
    written = [q["sql"][:60] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql for sql in written if "timetable_" in sql and "timetableimport" not in sql] == []


# An export of the school of the tests


def test_a_course_of_edt_becomes_a_weekly_lesson_with_its_dates(bring: Any, college: World) -> None:
    report = bring(export(cours()))
    assert (report["created"], report["aside"], report["errors"]) == (1, 0, [])
    (pattern,) = mine()
    assert (pattern.weekday, pattern.starts_at, pattern.ends_at) == (5, time(8), time(9))
    assert [group.name for group in pattern.groups.all()] == ["6e A"]
    assert list(pattern.teachers.all()) == [college.people["teacher"]]
    assert pattern.subject.name == "Mathématiques"
    assert (pattern.room.name, report["rooms_created"]) == ("T12", ["T12"])
    # Each open week of the year is no alternation; what is over before today is not made.
    assert (pattern.alternation, pattern.first_day) == (None, date(2026, 11, 24))
    days = list(pattern.lessons.values_list("day", flat=True).order_by("day"))
    closed = Closure.objects.filter(school=college.school)
    saturdays = [date(2026, 11, 28) + timedelta(days=7 * n) for n in range(40)]
    assert days == [
        day
        for day in saturdays
        if day <= college.year.ends and not closed.filter(starts__lte=day, ends__gte=day).exists()
    ]
    # The wall clock stays when the hour changes.
    hours = {lesson.starts.astimezone(PARIS).time() for lesson in pattern.lessons.all()}
    assert hours == {time(8)}
    assert len({lesson.starts.hour for lesson in pattern.lessons.all()}) == 2


def test_the_same_file_writes_nothing_more(bring: Any, college: World) -> None:
    first = export(cours(), cours(place=4, Classe=2), cours(place=8, subject=2))
    assert bring(first)["created"] == 3
    before = list(mine().order_by("pk").values()), Lesson.objects.count(), Subject.objects.count()
    report = bring(first)
    assert (report["unchanged"], report["created"], report["changed"], report["stopped"]) == (3, 0, 0, 0)
    assert (list(mine().order_by("pk").values()), Lesson.objects.count(), Subject.objects.count()) == before


def test_a_dry_run_writes_nothing(bring: Any, college: World) -> None:
    before = Subject.objects.count(), Room.objects.count(), Lesson.objects.count()
    report = bring(export(cours(), cours(place=8, subject=2)), dry_run=True)
    assert (report["created"], report["applied"]) == (2, False)
    assert (report["subjects_created"], report["rooms_created"]) == (["Theatre"], ["T12"])
    assert (Subject.objects.count(), Room.objects.count(), Lesson.objects.count()) == before
    assert not mine().exists()
    assert not Alternation.objects.filter(year=college.year).exists()
    assert not TimetableImport.objects.exists()
    assert not Line.objects.filter(verb="timetable.import_applied").exists()


def test_a_report_is_kept_with_a_line_of_the_journal(bring: Any, college: World) -> None:
    report = bring(export(cours(), cours(Professeur=9, place=4)))
    kept = TimetableImport.objects.get()
    assert (kept.state, kept.source, kept.scope, kept.report) == ("done", "edt", "all", report)
    line = Line.objects.get(verb="timetable.import_applied")
    assert (line.target_id, line.actor_id, line.school_id) == (kept.pk, None, college.school.pk)
    assert line.details == {"created": 1, "changed": 0, "stopped": 0, "kept": 0, "aside": 1}
    assert "PERSONNE" not in json.dumps(report)


def test_a_changed_course_keeps_its_past_and_the_lessons_to_come(
    bring: Any, college: World, clock: Any
) -> None:
    clock.move_to(datetime(2026, 9, 1, 6, 0, tzinfo=PARIS))
    bring(export(cours(day=1, place=16)))
    (old,) = mine()
    lessons = {lesson.day: lesson.pk for lesson in old.lessons.all()}
    clock.move_to(datetime(2026, 11, 24, 10, 30, tzinfo=PARIS))
    report = bring(export(cours(day=2, place=17, Salle=0)))
    assert (report["changed"], report["created"], report["stopped"]) == (1, 0, 0)
    old.refresh_from_db()
    assert (old.last_day, old.source_key) == (date(2026, 11, 23), "")
    assert set(old.lessons.values_list("day", flat=True)) == {
        day for day in lessons if day <= date(2026, 11, 23)
    }
    (new,) = mine().exclude(source_key="")
    assert (new.weekday, new.starts_at, new.room, new.first_day) == (
        1,
        time(16, 30),
        None,
        date(2026, 11, 24),
    )
    # Lessons of weeks to come are the same rows, on their new day: what hangs on them is not lost.
    for lesson in new.lessons.filter(day__gt=date(2026, 11, 29)):
        assert lessons.get(lesson.day - timedelta(days=1), lesson.pk) == lesson.pk
        assert [group.name for group in lesson.groups.all()] == ["6e A"]
        assert list(lesson.teachers.all()) == [college.people["teacher"]]
    assert new.lessons.filter(pk__in=lessons.values()).count() > 20
    # What has changed once is known: nothing more to write.
    assert bring(export(cours(day=2, place=17, Salle=0)))["unchanged"] == 1


def test_a_course_that_is_gone_stops_today(bring: Any, college: World, clock: Any) -> None:
    clock.move_to(datetime(2026, 9, 1, 6, 0, tzinfo=PARIS))
    bring(export(cours(), cours(place=4, Classe=2)))
    clock.move_to(datetime(2026, 11, 24, 10, 30, tzinfo=PARIS))
    report = bring(export(cours()))
    assert (report["unchanged"], report["stopped"]) == (1, 1)
    (gone,) = mine().filter(source_key="")
    assert gone.last_day == date(2026, 11, 21)
    assert not gone.lessons.filter(day__gt=date(2026, 11, 24)).exists()
    # It comes back when the file says so again.
    assert bring(export(cours(), cours(place=4, Classe=2)))["created"] == 1


def test_a_second_file_stops_nothing_made_by_hand_nor_by_another_format(bring: Any, college: World) -> None:
    before = WeeklyPattern.objects.filter(year=college.year).count()
    bring(export(cours()))
    bring(export(cours(place=4)))
    assert WeeklyPattern.objects.filter(year=college.year, source="").count() == before


def test_weeks_in_turn_are_a_and_b_and_other_masks_have_names(bring: Any, college: World) -> None:
    odd, even = (sum(1 << week for week in range(first, 44, 2)) for first in (1, 2))
    bring(
        export(
            cours(mask=odd),
            cours(place=2, mask=even),
            cours(place=4, mask=sum(1 << week for week in range(14, 21))),
            cours(place=6, mask=1 << 15),
        )
    )
    found = {alternation.name: alternation for alternation in Alternation.objects.filter(year=college.year)}
    assert set(found) == {"Semaine A", "Semaine B", "Semaines 14 à 20", "Semaine 15"}
    assert found["Semaine A"].names_weeks
    assert found["Semaine B"].names_weeks
    assert not found["Semaine 15"].names_weeks
    assert found["Semaine 15"].mondays == ["2026-12-07"]
    for lesson in Lesson.objects.filter(pattern__alternation=found["Semaine B"]):
        weeks = (lesson.day - date(2026, 8, 31)).days // 7 + 1
        assert weeks % 2 == 0
    # Known by their weeks, they are used again.
    bring(export(cours(mask=odd), cours(place=8, mask=even)))
    assert Alternation.objects.filter(year=college.year).count() == 4


def test_people_who_take_turns_make_one_weekly_lesson_each(bring: Any, college: World) -> None:
    first, second = sum(1 << w for w in range(14, 20)), sum(1 << w for w in range(20, 26))
    both = (
        '<Cours Jour="6" NumeroPlaceDebut="0" NombrePlaces="2"><Matiere Ident="1"/>'
        f'<Professeur Ident="1" Semaines="{first}"/><Classe Ident="1" Semaines="{first | second}"/></Cours>'
    )
    report = bring(export(both))
    assert (report["read"], report["created"]) == (1, 1)
    assert sorted(one.teachers.count() for one in mine()) == [0, 1]


def test_a_part_of_a_class_is_the_group_made_of_it(bring: Any, college: World) -> None:
    bring(export(cours(Classe=0, PartieDeClasse=11)))
    (pattern,) = mine()
    assert [group.name for group in pattern.groups.all()] == ["6A G1"]


ODD = {
    "teacher": (cours(Professeur=9), "Enseignant inconnu de l’établissement."),
    "class": (cours(Classe=3), "Classe inconnue de l’établissement\u202f: 4Z."),
    "no-class": (cours(Classe=0), "Ce cours n’a ni classe ni groupe."),
    "unknown-number": (cours(Classe=77), "Le numéro 77 ne désigne rien dans le fichier."),
    "no-subject": (cours(subject=55), "Le numéro 55 ne désigne rien dans le fichier."),
    "mask-0": (cours(mask=0), "Ce cours n’a aucune semaine."),
    "day-8": (cours(day=8), "Le jour «\u202f8\u202f» n’existe pas."),
    "outside-grid": (cours(place=19, count=4), "Le cours est hors de la grille horaire du fichier."),
    "no-length": (cours(count=0), "La place ou la durée du cours ne se lit pas."),
    "past": (cours(mask=2), "Toutes les dates de ce cours sont passées."),
    "wrong-part": (
        cours(Classe=0, PartieDeClasse=66),
        "Une partie de classe n’est dans aucun groupe du fichier.",
    ),
    "huge-mask": (cours(mask=1 << 70), "Les semaines «\u202f1180591620717411303424\u202f» ne se lisent pas."),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_cannot_be_taken_goes_aside_with_its_line(bring: Any, odd: str) -> None:
    course, reason = ODD[odd]
    report = bring(export(cours(), course))
    (aside,) = report["put_aside"]
    assert (aside["file"], aside["line"]) == ("edt0.xml", 3)
    assert aside["reason"].replace("\u202f", " ") == reason.replace("\u202f", " ")
    assert (report["created"], mine().count()) == (1, 1)


def test_hours_that_do_not_exist_go_aside(bring: Any) -> None:
    broken = export(cours(), cours(place=4)).replace(
        b'LibelleHeureDebut="10:00:00"', b'LibelleHeureDebut="25:00:00"'
    )
    (aside,) = bring(broken)["put_aside"]
    assert "25:00:00" in aside["reason"]


def test_a_number_given_twice_designates_nobody(bring: Any) -> None:
    twice = '<Classe Ident="1" Nom="6A"/><Classe Ident="1" Nom="5EME B"/><Classe Ident="2" Nom="5EME B"/>'
    report = bring(export(cours(), cours(place=4, Classe=2), Classes=twice))
    assert [one["reason"] for one in report["put_aside"]] == [
        "Le numéro 1 désigne deux choses dans le fichier."
    ]
    assert [note["line"] for note in report["notes"]] == [1]


def test_the_same_course_twice_is_taken_once(bring: Any) -> None:
    report = bring(export(cours(), cours()))
    assert reasons(report) == ["Le même cours est déjà à la ligne 2."]


def test_overlaps_are_said_and_hold_nothing_back(bring: Any, college: World) -> None:
    report = bring(export(cours(), cours(place=1, Classe=2)))
    assert report["created"] == 2
    assert [
        (clash["line"], "en même temps que la ligne 3" in clash["reason"]) for clash in report["clashes"]
    ] == [(2, True)]
    by_hand = WeeklyPattern.objects.filter(year=college.year, source="", teachers=college.people["teacher"])[
        0
    ]
    place = (by_hand.starts_at.hour - 8) * 2
    report = bring(export(cours(day=by_hand.weekday + 1, place=place, count=4)))
    assert any("n’est pas de ce fichier" in clash["reason"] for clash in report["clashes"])


HOSTILE = {
    "truncated": (export(cours())[:-60], "Le fichier s’arrête au milieu."),
    "empty": (b"", "Le fichier est vide."),
    "bomb": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        + export(cours())[38:],
        "Le fichier contient une déclaration que Préau refuse par sécurité.",
    ),
    "external": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + export(cours())[38:],
        "Le fichier contient une déclaration que Préau refuse par sécurité.",
    ),
    "encoding": (
        export(cours(), Salles='<Salle Ident="1" Nom="É1"/>').replace(b"UTF-8", b"ISO-8859-15"),
        "Le fichier se dit en ISO-8859-15, mais il est écrit en UTF-8.",
    ),
    "other-school": (export(cours(), uai="0350002B"), "Ce fichier est celui de l’établissement 0350002B."),
    "other-year": (
        export(cours()).replace(b"2026-09-01", b"2013-09-01").replace(b"2027-07-03", b"2014-07-03"),
        "Ce fichier est de l’année 2013-2014, et l’année en cours est 2026-2027.",
    ),
    "no-course": (export(), "Le fichier ne contient aucun cours."),
    "no-date": (export(cours(), week="2026-02-31"), "La date « 2026-02-31 » n’existe pas."),
    "other-xml": (b"<html></html>", "Ce fichier XML n’est ni un export d’EDT ni un fichier de STSWEB."),
    "locked": (
        b'<?xml version="1.0"?><EXPORT_INDEX_EDUCATION/>',
        "Cet export est chiffré : demandez à EDT un export en clair.",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_cannot_be_trusted_changes_nothing(bring: Any, college: World, kind: str) -> None:
    content, reason = HOSTILE[kind]
    bring(export(cours()))
    before = (
        list(WeeklyPattern.objects.order_by("pk").values()),
        Lesson.objects.count(),
        TimetableImport.objects.count(),
    )
    report = bring(content)
    (error,) = report["errors"]
    assert error["file"] == "edt0.xml"
    assert error["reason"].replace("\u202f", " ") == reason
    assert (
        list(WeeklyPattern.objects.order_by("pk").values()),
        Lesson.objects.count(),
        TimetableImport.objects.count(),
    ) == before


def test_an_export_in_iso_8859_15_is_read(bring: Any) -> None:
    content = (
        export(cours(), Salles='<Salle Ident="1" Nom="Théâtre"/>').decode().replace("UTF-8", "ISO-8859-15")
    )
    assert bring(content.encode("iso-8859-15"))["rooms_created"] == ["Théâtre"]


def test_the_twin_school_is_left_alone(bring: Any, twin: World) -> None:
    before = (
        WeeklyPattern.objects.filter(school=twin.school).count(),
        Subject.objects.filter(school=twin.school).count(),
    )
    lessons = Lesson.objects.filter(school=twin.school).count()
    bring(export(cours(), cours(place=8, subject=2)))
    assert (
        WeeklyPattern.objects.filter(school=twin.school).count(),
        Subject.objects.filter(school=twin.school).count(),
    ) == before
    assert Lesson.objects.filter(school=twin.school).count() == lessons
    assert not Room.objects.filter(school=twin.school, name="T12").exists()


def test_a_kill_in_the_middle_leaves_nothing_half_written(
    bring: Any, college: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(export(cours(), cours(place=4)))
    before = (
        list(mine().order_by("pk").values()),
        Lesson.objects.count(),
        Subject.objects.count(),
        Room.objects.count(),
    )

    def killed(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("preau.domains.timetable.actions.importing._plan", killed)
    with pytest.raises(KeyboardInterrupt):
        bring(export(cours(place=6), cours(place=12, subject=2)))
    assert (
        list(mine().order_by("pk").values()),
        Lesson.objects.count(),
        Subject.objects.count(),
        Room.objects.count(),
    ) == before


def test_pupils_are_passed_over(bring: Any) -> None:
    assert "SECRET" not in json.dumps(bring(export(cours())))


def test_a_school_that_is_not_there_or_has_no_year_is_said(college: World, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(export(cours()))
    with pytest.raises(CommandError, match="Aucun établissement"):
        call_command("import_timetable", str(path), school="0000000X")
    with pytest.raises(CommandError, match="pas un fichier"):
        call_command("import_timetable", str(tmp_path / "y.xml"), school=college.school.uai)
    School.objects.filter(pk=college.school.pk).update(current_year=None)
    with pytest.raises(CommandError, match="pas d’année en cours"):
        call_command("import_timetable", str(path), school=college.school.uai)
