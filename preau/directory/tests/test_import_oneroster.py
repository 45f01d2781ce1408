"""OneRoster deliveries: both versions, folder or zip, everything or changes."""

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from preau.directory.exports import dump
from preau.directory.models import (
    Assignment,
    Delivery,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    Person,
    School,
)
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.oneroster import write_changes, write_oneroster
from preau.directory.seeds.plans import Academy, Degree
from preau.directory.seeds.scale import scale_academy
from preau.directory.tests.test_import_aaf import adds_up, rows
from preau.directory.words import Authority

pytestmark = pytest.mark.django_db
SAMPLES = (
    settings.BASE_DIR.parent
    / "shared"
    / "data"
    / "formats"
    / "standards"
    / "oneroster"
    / "OneRosterv1p1BaseCSV"
)


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Import a folder or a zip and give its whole report; `code` is the exit code expected."""

    def run(path: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        call = ["import_oneroster", str(path), "--json", str(report), *arguments]
        if code:
            with pytest.raises(CommandError) as error:
                call_command(*call)
            assert error.value.returncode == code
        else:
            call_command(*call)
        payload: dict[str, Any] = json.loads(report.read_text())
        assert code or adds_up(payload)
        return payload

    return run


def test_the_sample_of_the_standard_adds_up_and_a_second_run_writes_no_row(bring: Any) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the sample of OneRoster is not on this machine (shared/data/formats/standards)")
    first = bring(SAMPLES)
    assert first["read"] == {"Eleve": 2, "EtabEducNat": 2}
    # Its schools have no UAI: they are set aside, and their pupils are kept without them.
    assert (first["created"], len(first["quarantined"])) == (2, 2)
    before = rows()
    second = bring(SAMPLES)
    assert (second["created"], second["changed"], second["ended"]) == (0, 0, 0)
    assert rows() == before


# Deliveries of our own generator


def grown() -> Academy:
    """Two schools that are not here yet, and may be changed."""
    academy = scale_academy(2, 900, 7, today=date(2026, 11, 20))
    schools = list(academy.grow())
    return Academy(academy.code, academy.name, lambda: schools)


def open_classes(kind: str = "class") -> dict[str, set[str]]:
    """The classes of each pupil, by their key."""
    found: dict[str, set[str]] = {}
    rows = Enrolment.objects.filter(ends=None, source="oneroster", group__kind=kind)
    for key, name in rows.values_list("pupil__external_ids__value", "group__name"):
        found.setdefault(key, set()).add(name)
    return found


@pytest.mark.parametrize(("version", "zipped"), [("1.1", False), ("1.2", True)])
def test_an_academy_of_our_own_adds_up_and_a_second_run_writes_no_row(
    bring: Any, tmp_path: Path, version: str, *, zipped: bool
) -> None:
    academy = demo_academy(date(2026, 11, 20)) if zipped else grown()
    counts = write_oneroster(tmp_path / "d", academy, version=version, zipped=zipped)
    bring(tmp_path / "d", "--dry-run")
    assert not Delivery.objects.exists() and not ExternalId.objects.filter(source="oneroster").exists()
    first = bring(tmp_path / "d")
    # With 1.2, a teacher who is a parent is told as both.
    both = version == "1.2"
    assert sum(first["read"].values()) == counts["users"] + counts["orgs"] + counts["courses"] + both
    # One of these schools is here already, from another source.
    assert (first["created"] + first["changed"], first["quarantined"]) == (sum(first["read"].values()), [])
    before = rows()
    second = bring(tmp_path / "d")
    assert (second["created"], second["changed"], second["ended"]) == (0, 0, 0)
    assert rows() == before


def test_the_same_classes_and_families_as_the_plan(bring: Any, tmp_path: Path) -> None:
    academy = grown()
    write_oneroster(tmp_path / "d", academy)
    bring(tmp_path / "d")
    classes, groups = open_classes(), open_classes("group")
    for school in academy.schools(Degree.SECOND):
        for pupil in school.pupils:
            assert classes[pupil.key] == {pupil.division.label}
            assert groups[pupil.key] >= set(pupil.groups)
            links = Guardianship.objects.filter(pupil__external_ids__value=pupil.key, ends=None)
            keys = {link.guardian.key for link in pupil.kin.links} - {pupil.key}
            assert set(links.values_list("guardian__external_ids__value", flat=True)) == keys
    assert {row.authority for row in Guardianship.objects.filter(source="oneroster")} == {Authority.CONTACT}
    heads = Assignment.objects.filter(source="oneroster", kind=Assignment.Kind.HEAD_TEACHER, ends=None)
    planned = sum(
        len(person.head_teacher_of) for school in academy.schools(Degree.SECOND) for person in school.staff
    )
    assert heads.count() == planned


def shaken(academy: Academy) -> Academy:
    """The same académie some days later: each thing that may change has changed for somebody."""
    chance = Random(5)
    for school in academy.schools(Degree.SECOND):
        for pupil in chance.sample(school.pupils, 6):
            level = pupil.division.levels
            pupil.division = chance.choice([row for row in school.classes if row.levels == level])
        for pupil in chance.sample(school.pupils, 5):
            pupil.given += " Marie"
        for link in chance.sample([row for pupil in school.pupils for row in pupil.kin.links], 5):
            link.guardian.mail = "changed@example.org"
        for kin in chance.sample([pupil.kin for pupil in school.pupils if len(pupil.kin.links) > 1], 3):
            kin.links.pop()
        leaving = chance.sample(school.pupils, 4)
        school.pupils[:] = [pupil for pupil in school.pupils if pupil not in leaving]
        school.staff[:] = school.staff[:-1]
    return academy


def without_some(academy: Academy) -> Academy:
    """Before three more came to each school."""
    for school in academy.schools(Degree.SECOND):
        del school.pupils[:3]
    return academy


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_delta_leads_where_the_complete_delivery_would(bring: Any, tmp_path: Path, version: str) -> None:
    write_oneroster(tmp_path / "before", without_some(grown()), version=version)
    write_oneroster(tmp_path / "after", shaken(grown()), version=version)
    counts = write_changes(tmp_path / "before", tmp_path / "after", tmp_path / "delta", version)
    assert counts.keys() >= {"users", "enrollments", "demographics"}
    bring(tmp_path / "before")
    first = bring(tmp_path / "delta")
    assert first["applied"] and first["created"] and first["changed"] and first["ended"]
    lines, before = list(dump.lines()), rows()
    again = bring(tmp_path / "delta")
    assert (rows(), again["created"], again["changed"]) == (before, 0, 0)
    whole = bring(tmp_path / "after")
    assert (whole["created"], whole["changed"], whole["ended"]) == (0, 0, 0)
    assert list(dump.lines()) == lines


# A school as small as a test needs it

MANIFEST = "propertyName,value\noneroster.version,1.1\nsource.systemCode,TEST\n"
SMALL = {
    "orgs": "sourcedId,status,name,type,identifier\ns1,,Collège Test,school,0350901A\nd1,,Académie,district,\n",
    "courses": "sourcedId,status,title\nco1,,MATHEMATIQUES\n",
    "classes": (
        "sourcedId,status,title,grades,courseSourcedId,classCode,classType,schoolSourcedId\n"
        "c1,,3A,3EME,,,homeroom,s1\nc2,,3B,3EME,,,homeroom,s1\nc3,,3A maths,,co1,M,scheduled,s1\n"
    ),
    "users": (
        "sourcedId,status,orgSourcedIds,role,givenName,familyName,email,agentSourcedIds,identifier\n"
        'u1,,s1,student,Léa,Petit,,"u3,u4",123456789AB\nu2,,s1,student,Tom,Petit,,,\n'
        "u3,,s1,parent,Anne,Petit,a@example.org,u2,\nu4,,s1,relative,Rose,Petit,,,\nu5,,s1,teacher,Paul,Martin,,,\n"
        "u6,,s1,administrator,Ada,Roy,,,\n"
    ),
    "enrollments": (
        "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate\n"
        "e1,,c1,s1,u1,student,,2026-09-02,\ne2,,c1,s1,u2,student,,,\ne3,,c3,s1,u1,student,,,\n"
        "e4,,c3,s1,u5,teacher,true,,\ne5,,c1,s1,u5,teacher,true,,\n"
    ),
}


def deliver(folder: Path, files: dict[str, str], mode: str = "bulk", version: str = "1.1") -> Path:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    entries = "".join(f"file.{name},{mode}\n" for name in files)
    (folder / "manifest.csv").write_text(MANIFEST.replace("1.1", version) + entries)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    return folder


def person(key: str) -> Person:
    return Person.objects.get(
        external_ids__value=key, external_ids__source="oneroster", external_ids__kind="person"
    )


def guardians(key: str) -> set[tuple[str, str, str]]:
    links = Guardianship.objects.filter(pupil=person(key), ends=None)
    return set(links.values_list("guardian__given_name", "kinship", "authority"))


def roles(key: str) -> list[str]:
    return sorted(Holding.objects.filter(person=person(key), ends=None).values_list("role", flat=True))


def teachings() -> set[tuple[str, str, str | None]]:
    rows = Assignment.objects.filter(source="oneroster", ends=None)
    return set(rows.values_list("kind", "group__name", "subject__name"))


def test_a_school_comes_out_of_its_files(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", SMALL))
    assert (report["created"], report["quarantined"]) == (8, [])
    school = School.objects.get(uai="0350901A")
    assert (school.name, school.kind) == ("Collège Test", School.Kind.COLLEGE)
    assert guardians("u1") == {("Anne", "parent", "contact"), ("Rose", "other_family", "contact")}
    assert guardians("u2") == {("Anne", "parent", "contact")}, "said by the row of the parent"
    assert open_classes() == {"u1": {"3A"}, "u2": {"3A"}} | {"123456789AB": {"3A"}}
    assert Enrolment.objects.get(pupil=person("u1"), group__name="3A").starts == date(2026, 9, 2)
    assert teachings() == {("teaches", "3A maths", "Mathématiques"), ("head_teacher", "3A", None)}
    # An administrator may be of a district: no door is opened by that word.
    assert (roles("u5"), roles("u6"), roles("u1")) == (["teacher"], ["other"], ["pupil"])


def test_a_certified_file_makes_parents_legal_and_nobody_else(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", SMALL), "--parental-authority")
    assert guardians("u1") == {("Anne", "parent", "legal"), ("Rose", "other_family", "contact")}


def test_a_class_change_and_a_departure(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", SMALL))
    later = SMALL | {
        "enrollments": SMALL["enrollments"].replace("e2,,c1", "e2,,c2"),
        "users": SMALL["users"].replace('u1,,s1,student,Léa,Petit,,"u3,u4",123456789AB\n', ""),
    }
    report = bring(deliver(tmp_path / "d", later))
    assert report["ended"] == 1 and roles("u1") == []
    assert open_classes() == {"u2": {"3B"}}
    before = rows()
    assert bring(tmp_path / "d")["changed"] == 0 and rows() == before


def test_labels_hold_no_dollar_and_namesakes_their_code(bring: Any, tmp_path: Path) -> None:
    more = "c4,,3A maths,,co1,N,scheduled,s1\nc5,,A$B,,,,scheduled,s1\n"
    report = bring(deliver(tmp_path / "d", SMALL | {"classes": SMALL["classes"] + more}))
    names = set(Group.objects.filter(school__uai="0350901A", kind="group").values_list("name", flat=True))
    assert names == {"3A maths (M)", "3A maths (N)", "A-B"}
    assert any("$" in note["reason"] and note["line"] == 6 for note in report["warnings"])


def test_two_roles_of_version_1_2(bring: Any, tmp_path: Path) -> None:
    users = "sourcedId,givenName,familyName,preferredGivenName,agentSourcedIds\nu1,Léa,Petit,,u5\nu5,Paul,Martin,Pol,\nu6,Ada,Roy,,\n"
    role_rows = "sourcedId,userSourcedId,role,orgSourcedId,endDate\nr1,u1,student,s1,\nr2,u5,teacher,s1,\nr3,u5,parent,s1,\nr4,u6,principal,s1,\nr5,u6,teacher,s1,2020-01-01\n"
    files = {"orgs": SMALL["orgs"], "users": users, "roles": role_rows}
    report = bring(deliver(tmp_path / "d", files, version="1.2"))
    assert report["read"]["PersEducNat"] == 2 and report["read"]["PersRelEleve"] == 1
    assert guardians("u1") == {("Pol", "parent", "contact")}
    assert (roles("u5"), roles("u6")) == (["teacher"], ["head"])
    gone = "sourcedId,status,userSourcedId,role,orgSourcedId\nr4,tobedeleted,u6,principal,s1\n"
    bring(deliver(tmp_path / "d", {"roles": gone}, "delta", "1.2"))
    assert (roles("u5"), roles("u6")) == (["teacher"], [])


def test_a_delta_touches_what_it_names_alone(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", SMALL))
    users, enrolments = SMALL["users"].splitlines()[0], SMALL["enrollments"].splitlines()[0]
    before = rows()
    bring(
        deliver(
            tmp_path / "d", {"users": f"{users}\nu3,active,s1,parent,Anne,Petit,new@example.org,,\n"}, "delta"
        )
    )
    after = rows()
    assert {name for name in before if before[name] != after[name]} == {"Person"}
    bring(
        deliver(
            tmp_path / "d",
            {
                "enrollments": f"{enrolments}\ne1,tobedeleted,c1,s1,u1,student,,,\nx,active,c2,s1,u1,student,,,\n"
            },
            "delta",
        )
    )
    assert open_classes()["u1"] == {"3B"} and open_classes("group")["u1"] == {"3A maths"}
    bring(
        deliver(
            tmp_path / "d",
            {
                "users": f"{users}\nu7,active,s1,guardian,Luc,Roy,,u1,\nu4,tobedeleted,s1,relative,Rose,Petit,,,\n"
            },
            "delta",
        )
    )
    assert guardians("u1") == {("Anne", "parent", "contact"), ("Luc", "guardian", "contact")}
    bring(deliver(tmp_path / "d", {"users": f"{users}\nu5,tobedeleted,s1,teacher,Paul,Martin,,,\n"}, "delta"))
    assert roles("u5") == [] and roles("u6") == ["other"]


@pytest.mark.parametrize(
    ("files", "file", "line", "sentence"),
    [
        ({"orgs": "name\nx\n"}, "orgs.csv", 1, "Il manque la colonne"),
        (
            {"users": SMALL["users"] + "x$10$1$1,,s1,parent,A,B,,,\n"},
            "users.csv",
            8,
            "Un identifiant contient le signe",
        ),
        (
            {"users": SMALL["users"] + 'x,,s1,student,A,B,,"u3$10$1$1",\n'},
            "users.csv",
            8,
            "Un identifiant contient le signe",
        ),
        ({"classes": SMALL["classes"] + "c9,,a,b,c,d,e,f,g,h\n"}, "classes.csv", 5, "se décaler"),
        ({"users": SMALL["users"] + 'x,,"s1'}, "users.csv", 8, "jamais refermé"),
        ({"enrollments": ""}, "enrollments.csv", None, "vide"),
    ],
)
def test_a_file_that_cannot_be_trusted_refuses_them_all(
    bring: Any, tmp_path: Path, files: dict[str, str], file: str, line: int | None, sentence: str
) -> None:
    report = bring(deliver(tmp_path / "d", SMALL | files), code=2)
    error = report["errors"][0]
    assert sentence in error["reason"] and (error["file"], error["line"]) == (file, line)
    assert not School.objects.filter(uai="0350901A").exists()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("a,b\n", "manifeste"),
        (MANIFEST.replace("1.1", "2.0"), "seules 1.1 et 1.2"),
        (MANIFEST + "file.users,some\n", "bulk"),
        (MANIFEST + "file.roles,bulk\n", "roles.csv"),
        (MANIFEST + "file.users,bulk\nfile.orgs,delta\n", "l’un après l’autre"),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_refused(
    bring: Any, tmp_path: Path, told: str, sentence: str
) -> None:
    folder = deliver(tmp_path / "d", SMALL)
    (folder / "manifest.csv").write_text(told)
    assert sentence in bring(folder, code=2)["errors"][0]["reason"]


def test_an_archive_that_cannot_be_trusted_is_refused(bring: Any, tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    path.write_bytes(b"PK\x03\x04 not a zip")
    assert "s’ouvre pas" in bring(path, code=2)["errors"][0]["reason"]
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", "a" * 3_000_000)
    assert "trop grande" in bring(path, code=2)["errors"][0]["reason"]
    with ZipFile(path, "w") as archive:
        archive.writestr("a/users.csv", SMALL["users"])
        archive.writestr("b/users.csv", SMALL["users"])
    assert "Deux fichiers" in bring(path, code=2)["errors"][0]["reason"]
    with ZipFile(path, "w") as archive:
        archive.writestr("readme.csv", "a;b\n1;2\n")
    assert "pas une livraison" in bring(path, code=2)["errors"][0]["reason"]


def reasons(report: dict[str, Any], grade: str = "warnings") -> set[str]:
    """The sentences, with plain spaces."""
    return {note["reason"].replace("\u202f", " ") for note in report[grade]}


def test_what_a_complete_delivery_says_with_a_doubt(bring: Any, tmp_path: Path) -> None:
    users = (
        SMALL["users"] + "u8,,s1,wizard,A,B,,,\nu9,,s1,student,Max,Petit,,u1,\nu10,,s1,teacher,A,B,,,,,oups\n"
    )
    users += "u11,tobedeleted,s1,teacher,C,D,,,\nu12,,s1,parent,E,F\n"
    enrolments = SMALL["enrollments"] + "e6,,c9,s1,u1,student,,,\ne7,,c1,s1,u99,student,,,\n"
    enrolments += "e8,,c2,s1,u5,teacher,true,,2020-01-01\ne9,,c2,s1,u5,teacher,false,,\n"
    courses = SMALL["courses"] + "a-key-longer-than-a-code,,LATIN\n"
    classes = SMALL["classes"] + "c4,,Latin,,a-key-longer-than-a-code,,scheduled,s1\n"
    files = SMALL | {"users": users, "enrollments": enrolments, "courses": courses, "classes": classes}
    births = "userSourcedId,birthdate\nu1,2012-03-02\nu2,someday\n"
    report = bring(deliver(tmp_path / "d", files | {"demographics": births}))
    assert reasons(report, "quarantined") == {
        "Sans rôle, ou d’un rôle inconnu.",
        "Plus de cellules que de titres : les colonnes ont pu se décaler.",
    }
    assert reasons(report) >= {
        "Inscription dans une classe qui n’est pas dans la livraison : ignorée.",
        "Inscription de quelqu’un qui n’est pas dans la livraison : ignorée.",
        "Un élève est donné comme responsable d’un autre : le lien n’est pas repris.",
        "Ligne plus courte que les titres : ce qui manque est lu comme vide.",
    }
    assert person("u1").birth_date == date(2012, 3, 2) and person("u2").birth_date is None
    assert not ExternalId.objects.filter(source="oneroster", value="u11").exists()
    # Of a class without a course, a teacher teaches something that the file does not name.
    assert ("teaches", "3B", "Sans") in teachings() and ("head_teacher", "3B", None) not in teachings()


def test_a_delta_opens_classes_and_schools_and_renames_nothing(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", SMALL))
    heads = {name: content.splitlines()[0] + "\n" for name, content in SMALL.items()}
    changes = {
        "orgs": heads["orgs"]
        + "s1,active,Collège Neuf,school,0350901A\ns2,active,Lycée Test,school,0350902B\n",
        "courses": heads["courses"] + "co2,active,LATIN\nco1,tobedeleted,MATHEMATIQUES\n",
        "classes": heads["classes"]
        + "c1,active,3Z,3EME,,,homeroom,s1\nc4,active,3A maths,,co2,N,scheduled,s1\n",
        "enrollments": heads["enrollments"]
        + "x1,active,c4,s1,u2,student,,,\nx2,active,c9,s1,u2,student,,,\nx3,active,c1,s1,u99,student,,,\n"
        + "x4,active,c4,s1,u5,teacher,,,\n",
        "demographics": "sourcedId,status,birthDate\nu2,active,2012-05-06\n",
    }
    report = bring(deliver(tmp_path / "d", changes, "delta"))
    assert reasons(report) >= {
        "Classe renommée : une livraison complète la renommera, avec ceux qui y sont.",
        "Inscription de quelqu’un qui n’est connu ni ici ni de la livraison : ignorée.",
        "Inscription dans une classe qui n’est connue ni ici ni de la livraison : ignorée.",
    }
    assert School.objects.get(uai="0350901A").name == "Collège Neuf"
    assert School.objects.get(uai="0350902B").kind == School.Kind.LYCEE
    assert open_classes()["u2"] == {"3A"} and open_classes("group")["u2"] == {"3A maths (N)"}
    assert person("u2").birth_date == date(2012, 5, 6)
    taught = {
        ("teaches", "3A maths", "Mathématiques"),
        ("teaches", "3A maths (N)", "Latin"),
        ("head_teacher", "3A", None),
    }
    assert teachings() == taught
    gone = {"orgs": heads["orgs"] + "s2,tobedeleted,Lycée Test,school,0350902B\n"}
    more = {"classes": heads["classes"] + "c5,active,3C,3EME,,,homeroom,s1\n"}
    report = bring(deliver(tmp_path / "d", gone | more, "delta"))
    assert len(report["quarantined"]) == 1 and School.objects.filter(uai="0350902B").exists()
    assert Group.objects.filter(school__uai="0350901A", name="3C", level="3EME").exists()


def test_a_delta_changes_what_somebody_is(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", SMALL))
    users = SMALL["users"].splitlines()[0] + "\n"
    bring(deliver(tmp_path / "d", {"users": users + "u2,active,s1,teacher,Tom,Petit,,,\n"}, "delta"))
    assert roles("u2") == ["teacher"] and "u2" not in open_classes()
    role_rows = "sourcedId,status,userSourcedId,role,orgSourcedId\nr1,active,u6,teacher,s1\n"
    bring(deliver(tmp_path / "d", {"roles": role_rows}, "delta", "1.2"))
    assert roles("u6") == ["other", "teacher"], "the role that the delta does not name goes on"


def test_an_archive_with_a_password_is_refused(bring: Any, tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("users.csv", SMALL["users"])
    content = path.read_bytes()
    # The flag « encrypted » of the entry, in the archive's own list.
    place = content.index(b"PK\x01\x02") + 8
    path.write_bytes(content[:place] + b"\x01" + content[place + 1 :])
    assert "mot de passe" in bring(path, code=2)["errors"][0]["reason"]


def test_a_damaged_archive_is_refused(bring: Any, tmp_path: Path) -> None:
    path = tmp_path / "d.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", SMALL["users"])
    content = path.read_bytes()
    path.write_bytes(content[:60] + bytes(20) + content[80:])
    assert "abîmée" in bring(path, code=2)["errors"][0]["reason"]
