"""STSWEB both ways: what Préau writes for it is read again as the same lessons; what others wrote is read leniently."""

import json
from contextlib import suppress
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from conftest import NOW
from preau.directory.models import Closure, ExternalId, Group, Holding, Person, Room, School, SchoolYear
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable.exports.sts import emp_sts
from preau.domains.timetable.imports import sts
from preau.domains.timetable.models import Alternation, WeeklyPattern

FORMATS = settings.BASE_DIR.parent / "shared" / "data" / "formats"
COLLEGE = FORMATS / "siecle" / "college-2009-complet" / "sts_emp_0999999X_2009.xml"
DTD = FORMATS / "sts" / "DTD_EDT_STS.dtd"
TODAY = NOW.date()


@pytest.fixture
def keyed(college: World) -> World:
    """Every teacher has the number that SIECLE keeps."""
    people = Person.objects.filter(weekly_patterns__school=college.school).distinct()
    ExternalId.objects.bulk_create(
        ExternalId(
            source="siecle",
            authority=f"uai:{college.uai}",
            kind="person",
            value=f"epp:{1000 + person.pk}",
            person=person,
        )
        for person in people
    )
    return college


@pytest.fixture
def bring(college: World, tmp_path: Path) -> Any:
    def run(*contents: bytes, **options: Any) -> dict[str, Any]:
        paths = []
        for number, content in enumerate(contents):
            paths.append(tmp_path / f"sts{number}.xml")
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
            assert result["read"] == sum(
                result[name] for name in ("created", "changed", "unchanged", "aside")
            )
        return result

    return run


def facts(pattern: WeeklyPattern) -> tuple[Any, ...]:
    weeks = tuple(pattern.alternation.mondays) if pattern.alternation else None
    return (
        pattern.weekday,
        pattern.starts_at,
        pattern.ends_at,
        pattern.subject_id,
        pattern.room_id,
        frozenset(pattern.groups.values_list("pk", flat=True)),
        frozenset(pattern.teachers.values_list("pk", flat=True)),
        weeks,
    )


def test_what_is_written_for_stsweb_is_read_again_as_the_same_lessons(keyed: World, bring: Any) -> None:
    written = emp_sts(keyed.year, TODAY)
    by_hand = [
        weekly_pattern
        for weekly_pattern in WeeklyPattern.objects.filter(year=keyed.year, source="")
        if weekly_pattern.teachers.exists()
    ]
    report = bring(written)
    assert (report["aside"], report["errors"]) == (0, [])
    read = WeeklyPattern.objects.filter(year=keyed.year, source="sts")
    assert len(by_hand) > 20
    assert sorted(map(repr, map(facts, read))) == sorted(map(repr, map(facts, by_hand)))
    # What is there already, made by hand, is said to be at the same hours.
    assert len(report["clashes"]) >= len(by_hand)
    assert bring(written)["unchanged"] == report["created"]


def test_what_is_written_for_stsweb_follows_its_dtd(keyed: World) -> None:
    if not DTD.exists():
        pytest.skip("the DTD of EDT_STS is not on this machine")
    etree = pytest.importorskip("lxml.etree")
    with DTD.open() as file:
        dtd = etree.DTD(file)
    assert dtd.validate(etree.fromstring(emp_sts(keyed.year, TODAY))), dtd.error_log


def hours(
    *courses: str, head: str = "", uai: str = "0359901A", weeks: str = "2026-11-23 2026-12-07"
) -> bytes:
    """What another program wrote: padded, with parts of the DTD missing."""
    mondays = "".join(f"<DATE_DEBUT_SEMAINE> {day} </DATE_DEBUT_SEMAINE>" for day in weeks.split())
    return (
        '<?xml version="1.0" encoding="ISO-8859-15"?>\n<EDT_STS><PARAMETRES><UAJ> '
        f"{uai} </UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE></PARAMETRES><DONNEES>{head}"
        f'<ALTERNANCES><ALTERNANCE CODE="Q1"><LIBELLE_COURT>Q1</LIBELLE_COURT><SEMAINES>{mondays}</SEMAINES></ALTERNANCE></ALTERNANCES>\n'
        f"<STRUCTURE><DIVISIONS>\n" + "\n".join(courses) + "\n</DIVISIONS></STRUCTURE></DONNEES></EDT_STS>"
    ).encode("iso-8859-15")


def division(
    person: Person,
    code: str = "6e A",
    alternation: str = "Q1",
    start: str = "0805",
    length: str = "0055",
    room: str = " T1 ",
    teacher: str = "",
    subject: str = "",
) -> str:
    key = teacher or f"{1000 + person.pk}"
    return (
        f'<DIVISION CODE=" {code} "><SERVICES><SERVICE CODE_MATIERE="{subject or "X1"}" CODE_MOD_COURS="CG"><ENSEIGNANTS>'
        f'<ENSEIGNANT TYPE="epp" ID="{key}"><COURS_RATTACHES><COURS><CODE_ALTERNANCE> {alternation} </CODE_ALTERNANCE><JOUR> 6 </JOUR>'
        f"<HEURE_DEBUT>{start}</HEURE_DEBUT><DUREE>{length}</DUREE><CODE_SALLE>{room}</CODE_SALLE></COURS></COURS_RATTACHES>"
        "</ENSEIGNANT></ENSEIGNANTS></SERVICE></SERVICES></DIVISION>"
    )


def test_a_padded_file_without_groups_nor_rooms_is_read(keyed: World, bring: Any) -> None:
    teacher = keyed.people["teacher"]
    report = bring(hours(division(teacher)))
    assert (report["created"], report["aside"]) == (1, 0)
    pattern = WeeklyPattern.objects.get(source="sts")
    assert (pattern.weekday, pattern.starts_at, pattern.ends_at) == (5, time(8, 5), time(9, 0))
    assert list(pattern.teachers.all()) == [teacher]
    assert pattern.room.name == "T1"
    days = [date(2026, 11, 28), date(2026, 12, 12)]
    assert list(pattern.lessons.values_list("day", flat=True)) == days


def test_one_lesson_written_for_two_classes_is_one_lesson(keyed: World, bring: Any) -> None:
    teacher = keyed.people["teacher"]
    other = Person.objects.filter(weekly_patterns__school=keyed.school).exclude(pk=teacher.pk)[0]
    both = [division(teacher), division(teacher, "5e B"), division(other), division(other, "5e B")]
    report = bring(hours(*both))
    assert (report["read"], report["created"]) == (4, 4)
    pattern = WeeklyPattern.objects.get(source="sts")
    assert {group.name for group in pattern.groups.all()} == {"6e A", "5e B"}
    assert set(pattern.teachers.all()) == {teacher, other}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"alternation": "Q9"}, "L’alternance « Q9 » n’est pas dans le fichier."),
        ({"start": "2500"}, "L’heure « 2500 » n’existe pas."),
        ({"start": "2330", "length": "0200"}, "Le cours finirait le lendemain."),
        ({"length": "0000"}, "La fin ne vient pas après le début."),
        ({"length": ""}, "Une heure ou une durée manque."),
        ({"teacher": "9999999"}, "Enseignant inconnu de l’établissement."),
        ({"code": "3e Z"}, "Classe inconnue de l’établissement : 3e Z."),
    ],
    ids=["alternation", "hour", "night", "nothing", "empty", "teacher", "class"],
)
def test_what_cannot_be_taken_goes_aside_with_its_line(
    keyed: World, bring: Any, changed: dict[str, str], said: str
) -> None:
    teacher = keyed.people["teacher"]
    report = bring(hours(division(teacher, start="1205"), division(teacher, **changed)))
    (aside,) = report["put_aside"]
    assert (aside["line"], aside["reason"].replace("\u202f", " ")) == (5, said)
    assert report["created"] == 1


def test_names_of_sts_emp_help_and_alone_they_are_not_enough(keyed: World, bring: Any) -> None:
    names = (
        b'<STS_EDT><PARAMETRES><UAJ CODE="0359901A"/></PARAMETRES><NOMENCLATURES><MATIERES><MATIERE CODE="X1">'
        b"<LIBELLE_LONG>ATELIER DE THEATRE</LIBELLE_LONG></MATIERE></MATIERES></NOMENCLATURES><DONNEES><INDIVIDUS>"
        b'<INDIVIDU ID="77" TYPE="local"><NOM_USAGE>MOREAU</NOM_USAGE><PRENOM>CLAIRE</PRENOM></INDIVIDU></INDIVIDUS></DONNEES></STS_EDT>'
    )
    course = division(keyed.people["teacher"], teacher="77").replace('TYPE="epp"', 'TYPE="local"')
    report = bring(names, hours(course))
    assert (report["created"], report["subjects_created"]) == (1, ["Atelier de theatre"])
    assert list(WeeklyPattern.objects.get(source="sts").teachers.all()) == [keyed.people["teacher"]]
    (error,) = bring(names)["errors"]
    assert "ne disent pas les heures" in error["reason"]


@pytest.mark.parametrize(
    "content", [b"<EDT_STS><DONNEES>", b'<!DOCTYPE x [<!ENTITY a "b">]><EDT_STS/>'], ids=["cut", "entity"]
)
def test_a_file_that_cannot_be_trusted_changes_nothing(keyed: World, bring: Any, content: bytes) -> None:
    before = WeeklyPattern.objects.count(), Alternation.objects.count(), Room.objects.count()
    (error,) = bring(content)["errors"]
    assert error["line"] == 1
    assert (WeeklyPattern.objects.count(), Alternation.objects.count(), Room.objects.count()) == before


@pytest.mark.skipif(not COLLEGE.exists(), reason="the complete sts_emp is not on this machine")
def test_the_complete_sts_emp_gives_its_names_to_hours_that_we_write(
    db: None, tmp_path: Path, clock: Any
) -> None:
    """The one complete sample has no hour: we write the hours of each of its services, and read both."""
    with COLLEGE.open("rb") as file:
        reader = sts.Reader(file, COLLEGE.name)
        nodes = list(reader)
    clock.move_to("2009-08-31 10:00:00+02:00")
    school = School.objects.create(uai="0999999X", name="Collège", kind="college")
    year = SchoolYear.objects.create(
        school=school, name="2009-2010", starts=date(2009, 9, 1), ends=date(2010, 7, 2)
    )
    School.objects.filter(pk=school.pk).update(current_year=year)
    Closure.objects.create(school=school, name="Noël", starts=date(2009, 12, 19), ends=date(2010, 1, 3))
    people = {sts.key_of(node): node for node in nodes if node.tag == "INDIVIDU"}
    for node in people.values():
        person = Person.objects.create(family_name=node.said("NOM_USAGE"), given_name=node.said("PRENOM"))
        Holding.objects.create(person=person, role=Role.TEACHER, school=school)
        ExternalId.objects.create(
            source="siecle", authority="uai:0999999X", kind="person", value=sts.key_of(node), person=person
        )
    structure, services, number = "", 0, 0
    for tag, kind, around in (("DIVISION", "class", "DIVISIONS"), ("GROUPE", "group", "GROUPES")):
        structure += f"<{around}>"
        for node in (node for node in nodes if node.tag == tag):
            Group.objects.create(school=school, year=year, kind=kind, name=node.told("CODE"))
            structure += f'<{tag} CODE="{node.told("CODE")}"><SERVICES>'
            for service in node.each("SERVICES", "SERVICE"):
                services += 1
                structure += f'<SERVICE CODE_MATIERE="{service.told("CODE_MATIERE")}"><ENSEIGNANTS>'
                for teacher in service.each("ENSEIGNANTS", "ENSEIGNANT"):
                    number += 1
                    structure += (
                        f'<ENSEIGNANT ID="{teacher.told("ID")}" TYPE="{teacher.told("TYPE")}"><COURS_RATTACHES><COURS>'
                        f"<JOUR>{number % 5 + 1}</JOUR><HEURE_DEBUT>{8 + number // 5 % 9:02d}{number // 45 % 60:02d}</HEURE_DEBUT>"
                        "<DUREE>0050</DUREE></COURS></COURS_RATTACHES></ENSEIGNANT>"
                    )
                structure += "</ENSEIGNANTS></SERVICE>"
            structure += f"</SERVICES></{tag}>"
        structure += f"</{around}>"
    written = tmp_path / "emp_sts_0999999X_2009.xml"
    written.write_text(
        f"<EDT_STS><PARAMETRES><UAJ>0999999X</UAJ></PARAMETRES><DONNEES><STRUCTURE>{structure}</STRUCTURE></DONNEES></EDT_STS>"
    )
    report = tmp_path / "report.json"
    call_command("import_timetable", str(COLLEGE), str(written), school="0999999X", json=report, verbosity=0)
    result = json.loads(report.read_text())
    assert (len(people), result["figures"]["classes"], result["figures"]["groups"]) == (33, 17, 18)
    assert result["read"] == number == result["created"] + result["aside"]
    assert result["aside"] == 0, result["reasons"]
    assert services > 100
    assert not [name for name in result["subjects_created"] if name.isdecimal()]
