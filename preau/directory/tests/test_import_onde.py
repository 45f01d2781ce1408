"""Files of a primary school, which name neither the school nor anybody by a key: everybody counted, nobody taken for another."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from preau.directory.models import (
    Delivery,
    Enrolment,
    ExternalId,
    Guardianship,
    Holding,
    Person,
    School,
)
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.onde import write_onde
from preau.directory.seeds.plans import Degree, SchoolPlan
from preau.directory.tests.test_import_aaf import adds_up, rows
from preau.directory.words import Authority, Role

pytestmark = pytest.mark.django_db
SAMPLES = settings.BASE_DIR.parent / "shared" / "data" / "formats" / "onde-1d" / "ent-csv-templates"
UAI = "0350901A"


def reasons(report: dict[str, Any], grade: str = "warnings") -> set[str]:
    """The sentences, with plain spaces."""
    return {note["reason"].replace("\u202f", " ") for note in report[grade]}


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Import a folder for the school of the test and give its whole report; `code` is the exit code expected."""

    def run(folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        call = ["import_onde", str(folder), "--school", UAI, "--name", "École Test", "--json", str(report)]
        if code:
            with pytest.raises(CommandError) as error:
                call_command(*call, *arguments)
            assert error.value.returncode == code
        else:
            call_command(*call, *arguments)
        payload: dict[str, Any] = json.loads(report.read_text())
        assert code or adds_up(payload)
        return payload

    return run


def test_the_templates_of_an_ent_add_up_and_a_second_run_writes_no_row(bring: Any) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the templates are not on this machine (shared/data/formats/onde-1d)")
    first = bring(SAMPLES)
    assert first["read"] == {"Eleve": 7, "EtabEducNat": 1, "PersEducNat": 9, "PersRelEleve": 8}
    assert (first["created"], first["quarantined"]) == (25, [])
    before = rows()
    second = bring(SAMPLES)
    assert (second["created"], second["changed"], second["ended"]) == (0, 0, 0)
    assert rows() == before


# Files of our own generator


@pytest.fixture
def school() -> SchoolPlan:
    return next(demo_academy(date(2026, 11, 20)).schools(Degree.FIRST))


def open_classes() -> dict[str, str]:
    """The class of each pupil, by their names."""
    rows = Enrolment.objects.filter(ends=None, school__uai=UAI).select_related("pupil", "group")
    return {f"{row.pupil.given_name} {row.pupil.birth_name}": row.group.name for row in rows}


@pytest.mark.parametrize("old", [False, True])
def test_a_school_of_our_own_adds_up_and_a_second_run_writes_no_row(
    bring: Any, school: SchoolPlan, tmp_path: Path, *, old: bool
) -> None:
    counts = write_onde(tmp_path / "d", school, old=old)
    bring(tmp_path / "d", "--dry-run")
    assert not School.objects.filter(uai=UAI).exists() and not Delivery.objects.exists()
    first = bring(tmp_path / "d")
    # One institution answers for children of several families.
    counts["PersRelEleve"] -= sum("plusieurs lignes" in note["reason"] for note in first["warnings"])
    assert first["read"] == counts | {"EtabEducNat": 1}
    assert (first["created"], first["quarantined"]) == (sum(counts.values()) + 1, [])
    assert len(open_classes()) == len(school.pupils)
    before = rows()
    second = bring(tmp_path / "d")
    assert (second["created"], second["changed"], second["ended"]) == (0, 0, 0)
    assert rows() == before


@pytest.mark.parametrize("old", [False, True])
def test_the_other_extraction_of_the_same_school_doubles_nobody(
    bring: Any, school: SchoolPlan, tmp_path: Path, *, old: bool
) -> None:
    """With an INE or without: the pupils are those that the school already has."""
    write_onde(tmp_path / "one", school, old=old)
    write_onde(tmp_path / "other", school, old=not old)
    bring(tmp_path / "one")
    people = Person.objects.count()
    report = bring(tmp_path / "other")
    assert (report["created"], report["ended"], Person.objects.count()) == (0, 0, people)


def test_the_same_families_as_the_plan(bring: Any, school: SchoolPlan, tmp_path: Path) -> None:
    write_onde(tmp_path / "d", school)
    bring(tmp_path / "d")
    for pupil in school.pupils:
        mine = Guardianship.objects.filter(pupil__external_ids__value=pupil.ine, ends=None)
        names = {(link.guardian.family, link.guardian.given) for link in school.links_of(pupil.kin)}
        assert {(row.guardian.family_name, row.guardian.given_name) for row in mine} == names
    teachers = [person for person in school.staff if person.teaches]
    held = Holding.objects.filter(school__uai=UAI, ends=None).exclude(role=Role.PUPIL)
    assert held.count() == len(teachers) and held.filter(role=Role.HEAD).count() == 1


def test_a_class_change_and_a_departure(bring: Any, school: SchoolPlan, tmp_path: Path) -> None:
    write_onde(tmp_path / "d", school)
    bring(tmp_path / "d")
    moved, left = school.pupils[0], school.pupils[-1]
    moved.division = next(row for row in school.classes if row is not moved.division)
    school.pupils.remove(left)
    write_onde(tmp_path / "d", school)
    report = bring(tmp_path / "d")
    assert (report["created"], report["ended"]) == (0, 1)
    name = f"{moved.given} {moved.birth_name or moved.family}"
    assert open_classes()[name] == moved.division.label
    assert not Holding.objects.filter(person__external_ids__value=left.ine, ends=None).exists()
    before = rows()
    assert bring(tmp_path / "d")["changed"] == 0 and rows() == before


# Who is who

PUPILS = "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;INE;Niveau;Libellé classe\n"
PARENTS = (
    "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;Courriel;"
    + "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants"
    + ";Nom d'usage enfant;"
    "Nom de famille enfant;Prénom enfant;Classes enfants\n"
)
LEA, TOM = "PETIT;;Léa;02/03/2018;;CP;CP A\n", "PETIT;;Tom;04/05/2019;;GS;GS\n"


def deliver(folder: Path, pupils: str, parents: str = "", heading: str = PARENTS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "eleves.csv").write_text(PUPILS + pupils, encoding="utf-8")
    if parents:
        (folder / "responsables.csv").write_text(heading + parents, encoding="utf-8")
    return folder


def families() -> set[tuple[str, str]]:
    rows = Guardianship.objects.filter(ends=None, source="onde")
    return {(row.guardian.email, row.pupil.given_name) for row in rows}


def test_one_row_links_siblings_and_more_children_than_headings(bring: Any, tmp_path: Path) -> None:
    zoe, max_ = "PETIT;;Zoé;02/03/2016;;CM1;CM\n", "PETIT;;Max;02/03/2015;;CM2;CM\n"
    mother = "MME;;PETIT;Anne;;a@example.org;;PETIT;Léa;CP A;;PETIT;Tom;GS;;PETIT;Zoé;CM;;PETIT;Max;CM;\n"
    report = bring(deliver(tmp_path / "d", LEA + TOM + zoe + max_, mother))
    assert families() == {("a@example.org", name) for name in ("Léa", "Tom", "Zoé", "Max")}
    assert (report["quarantined"], report["warnings"]) == ([], [])


def test_two_rows_of_one_parent_are_one_person(bring: Any, tmp_path: Path) -> None:
    parents = "MME;;PETIT;Anne;;a@example.org;;PETIT;Léa;CP A;;;;\nMME;;PETIT;Anne;;A@example.org;;PETIT;Tom;GS;;;;\n"
    report = bring(deliver(tmp_path / "d", LEA + TOM, parents))
    assert report["read"]["PersRelEleve"] == 1 and families() == {
        ("a@example.org", "Léa"),
        ("a@example.org", "Tom"),
    }
    assert reasons(report) == {"Même personne sur plusieurs lignes : lue une fois."}


def test_homonyms_with_their_own_ways_to_be_reached_are_two_people(bring: Any, tmp_path: Path) -> None:
    parents = "MME;;PETIT;Anne;;a@example.org;;PETIT;Léa;CP A;;;;\nMME;;PETIT;Anne;;b@example.org;;PETIT;Tom;GS;;;;\n"
    bring(deliver(tmp_path / "d", LEA + TOM, parents))
    assert families() == {("a@example.org", "Léa"), ("b@example.org", "Tom")}
    before = rows()
    # In another order, and one of them with another address: a child tells who she is.
    parents = "MME;;PETIT;Anne;;new@example.org;;PETIT;Tom;GS;;;;\nMME;;PETIT;Anne;;a@example.org;;PETIT;Léa;CP A;;;;\n"
    report = bring(deliver(tmp_path / "d", LEA + TOM, parents))
    assert families() == {("a@example.org", "Léa"), ("new@example.org", "Tom")}
    assert (report["created"], report["changed"], len(rows()["Person"])) == (0, 1, len(before["Person"]))


def test_homonyms_of_whom_nobody_can_tell_are_set_aside_and_families_stay(bring: Any, tmp_path: Path) -> None:
    anne = "MME;;PETIT;Anne;;;;PETIT;Léa;CP A;;;;\n"
    bring(deliver(tmp_path / "d", LEA + TOM, anne))
    before = families()
    report = bring(deliver(tmp_path / "d", LEA + TOM, anne + "MME;;PETIT;Anne;;;;PETIT;Tom;GS;;;;\n"))
    assert [note["line"] for note in report["quarantined"]] == [2, 3] and families() == before == {
        ("", "Léa")
    }
    assert report["quarantined"][0]["file"] == "responsables.csv"


def test_the_namesake_of_a_parent_who_left_is_not_taken_for_them(bring: Any, tmp_path: Path) -> None:
    anne = "MME;;PETIT;Anne;;{};;PETIT;{};;;;;\n"
    bring(deliver(tmp_path / "d", LEA, anne.format("a@example.org", "Léa")))
    report = bring(deliver(tmp_path / "d", TOM, anne.format("", "Tom")))
    assert len(report["quarantined"]) == 1
    report = bring(deliver(tmp_path / "d", TOM, anne.format("b@example.org", "Tom")))
    assert report["created"] == 1 and ("b@example.org", "Tom") in families()


def test_pupils_of_whom_nobody_can_tell_are_set_aside_and_have_not_left(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", LEA))
    report = bring(deliver(tmp_path / "d", LEA + LEA.replace("CP A", "CP B")))
    assert [note["line"] for note in report["quarantined"]] == [2, 3] and report["ended"] == 0
    assert open_classes() == {"Léa PETIT": "CP A"}


def test_an_ine_tells_pupils_of_one_name_apart(bring: Any, tmp_path: Path) -> None:
    one, other = LEA.replace("18;;", "18;111111111AA;"), LEA.replace("18;;CP;CP A", "18;222222222BB;CP;CP B")
    assert bring(deliver(tmp_path / "d", one + other))["created"] == 3
    report = bring(deliver(tmp_path / "d", other + one.replace("Léa", "Léa-Lou")))
    assert (report["created"], report["changed"], report["ended"]) == (0, 1, 0)


def test_files_of_a_former_year_are_known_by_their_levels(bring: Any, tmp_path: Path) -> None:
    def of(*levels: str) -> Path:
        rows_ = (f"PETIT;;Léa{n};02/0{n + 1}/2018;;{level};{level} A\n" for n, level in enumerate(levels))
        return deliver(tmp_path / "d", "".join(rows_))

    bring(of("CE1", "CE1", "CE2", "CM1", "CM2", "CP"))
    before = rows()
    report = bring(of("CP", "CP", "CE1", "CE2", "CM2", "CP"), code=2)
    assert report["errors"][0]["reason"].replace("\u202f", " ") == (
        "Ces fichiers mettent 4 élèves sur 6 à un niveau plus bas que le leur : ils sont sans doute d’une année passée."
    )
    assert rows() == before
    assert bring(of("CE1", "CP", "CE1", "CM1", "CM2", "CP"))["ended"] == 0
    assert bring(of("CM1", "CM1", "CM2", "CM2", "CM2", "CE1"))["ended"] == 0


BORROWED = "L’INE de cette ligne est celui d’un autre élève du fichier, ligne 2."
LEA_S, TOM_S = LEA.replace("18;;", "18;111111111AA;"), TOM.replace("19;;", "19;111111111AA;")


def test_a_stranger_who_bears_the_ine_of_a_known_pupil_is_set_aside_alone(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", LEA_S))
    report = bring(deliver(tmp_path / "d", LEA_S.replace("CP A", "CP B") + TOM_S))
    assert [note["line"] for note in report["quarantined"]] == [3]
    assert reasons(report, "quarantined") == {BORROWED}
    assert report["ended"] == 0 and open_classes() == {"Léa PETIT": "CP B"}


def test_an_ine_told_of_two_is_on_a_first_import_that_of_who_has_parents(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", LEA_S + TOM_S, "MME;;PETIT;Anne;;a@a.fr;;PETIT;Léa;CP A;;;;\n"))
    assert reasons(report, "quarantined") == {BORROWED}
    assert open_classes() == {"Léa PETIT": "CP A"} and families() == {("a@a.fr", "Léa")}
    assert ExternalId.objects.get(kind="ine", value="111111111AA").person.given_name == "Léa"


def test_an_ine_of_which_nothing_tells_whose_it_is_takes_nobody_away(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", LEA_S + TOM_S))
    assert not report["quarantined"] and open_classes() == {"Léa PETIT": "CP A", "Tom PETIT": "GS"}
    assert not ExternalId.objects.filter(kind="ine", value="111111111AA").exists()
    assert any("rien ne dit à qui il est" in reason for reason in reasons(report))
    report = bring(deliver(tmp_path / "d", LEA_S + TOM))
    assert (report["created"], report["ended"]) == (0, 0)
    assert ExternalId.objects.get(kind="ine", value="111111111AA").person.given_name == "Léa"


def test_a_child_whom_two_pupils_may_be_keeps_their_family(bring: Any, tmp_path: Path) -> None:
    twin = LEA.replace("02/03/2018", "05/06/2018").replace("CP A", "CP B")
    report = bring(deliver(tmp_path / "d", LEA + twin, "MME;;PETIT;Anne;;;;PETIT;Léa;CP B;;;;\n"))
    assert not report["quarantined"]
    assert Guardianship.objects.get(source="onde").pupil.birth_date == date(2018, 6, 5), (
        "told apart by the class"
    )
    report = bring(deliver(tmp_path / "d", LEA + twin, "MME;;PETIT;Anne;;;;PETIT;Léa;?;;;;\n"))
    assert (
        len(report["quarantined"]) == 1 and Guardianship.objects.filter(source="onde", ends=None).count() == 1
    )


def test_an_unknown_child_is_told_with_its_line(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", LEA, "MME;;PETIT;Anne;;;;PETIT;Léa;;;PETIT;Nina;\n"))
    assert [(note["file"], note["line"]) for note in report["warnings"]] == [("responsables.csv", 2)]
    assert families() == {("", "Léa")}


def test_parents_follow_nobody_unless_the_school_says_so(bring: Any, tmp_path: Path) -> None:
    anne = "MME;;PETIT;Anne;;;;PETIT;Léa;;;;;\n"

    def level() -> list[str]:
        return list(Guardianship.objects.filter(source="onde", ends=None).values_list("authority", flat=True))

    folder = deliver(tmp_path / "d", LEA, anne)
    bring(folder)
    assert level() == [Authority.CONTACT]
    bring(folder, "--parental-authority")
    assert level() == [Authority.LEGAL]
    heading = PARENTS.replace("Courriel", "Courriel;Autorité parentale")
    bring(deliver(tmp_path / "e", LEA, anne.replace("Anne;;", "Anne;;;Oui"), heading))
    assert level() == [Authority.LEGAL]


def test_a_row_that_cannot_be_read_makes_nobody_leave(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", LEA + TOM))
    report = bring(deliver(tmp_path / "d", LEA + TOM.replace("GS\n", "GS;;oups\n")))
    assert reasons(report, "quarantined") == {
        "Plus de cellules que de titres : les colonnes ont pu se décaler."
    }
    assert report["ended"] == 0 and len(open_classes()) == 2


def test_a_school_that_nobody_knows_asks_for_its_name(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--name"):
        call_command("import_onde", str(deliver(tmp_path / "d", LEA)), "--school", "0350999Z")
    School.objects.create(uai="0350998Z", name="Collège", kind=School.Kind.COLLEGE)
    with pytest.raises(CommandError, match="pas une école"):
        call_command("import_onde", str(deliver(tmp_path / "d", LEA)), "--school", "0350998Z")


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"", None, "vide"),
        (b"Titre;Prix\nx;1\n", 1, "pas un fichier d’ONDE"),
        (PUPILS.encode() + b'PETIT;;"Nina', 2, "jamais refermé"),
        (PUPILS.encode() + LEA.encode() * 5_001, 5_002, "Trop de lignes"),
        (PARENTS.encode(), None, "livrez-les ensemble"),
    ],
)
def test_a_file_that_cannot_be_trusted_refuses_them_all(
    bring: Any, tmp_path: Path, content: bytes, line: int | None, sentence: str
) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "bad.csv").write_bytes(content)
    report = bring(tmp_path / "d", code=2)
    assert sentence in report["errors"][0]["reason"] and report["errors"][0]["line"] == line
    assert not School.objects.filter(uai=UAI).exists()


TEACHERS = "Civilité;Nom usage;Nom;Prénom;Courriel;Directeur;Classe\n"


def staff() -> set[tuple[str, str]]:
    rows = Holding.objects.filter(school__uai=UAI, ends=None).exclude(role=Role.PUPIL)
    return set(rows.values_list("person__email", "role"))


def test_staff_are_known_by_their_names_unless_something_says_otherwise(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", LEA)
    paul = "M.;;MARTIN;Paul;{};non;CP A\n"
    (folder / "enseignants.csv").write_text(TEACHERS + paul.format(""), encoding="utf-8")
    bring(folder)
    assert staff() == {("", Role.TEACHER)}
    teacher = Person.objects.get(family_name="MARTIN", given_name="Paul")
    (folder / "enseignants.csv").write_text(TEACHERS + paul.format("p@example.org"), encoding="utf-8")
    assert bring(folder)["created"] == 0
    assert staff() == {("p@example.org", Role.TEACHER)}
    # Two rows, and nothing that says whether they are one: nobody is added, and nobody leaves.
    (folder / "enseignants.csv").write_text(TEACHERS + paul.format("") * 2, encoding="utf-8")
    report = bring(folder)
    assert [note["line"] for note in report["quarantined"]] == [2, 3] and report["ended"] == 0
    # Two addresses are two people; a row without one may then be either.
    two = paul.format("p@example.org") + paul.format("q@example.org")
    (folder / "enseignants.csv").write_text(TEACHERS + two, encoding="utf-8")
    bring(folder)
    assert staff() == {("p@example.org", Role.TEACHER), ("q@example.org", Role.TEACHER)}
    (folder / "enseignants.csv").write_text(TEACHERS + paul.format(""), encoding="utf-8")
    report = bring(folder)
    assert len(report["quarantined"]) == 1 and report["ended"] == 0
    assert teacher.holdings.filter(ends=None).exists()


def test_a_parent_whom_two_known_people_may_be_is_known_by_the_child(bring: Any, tmp_path: Path) -> None:
    one = "MME;;PETIT;Anne;;a@example.org;;PETIT;Léa;;;;;\n"
    other = "MME;;PETIT;Anne;;b@example.org;;PETIT;Tom;;;;;\n"
    bring(deliver(tmp_path / "d", LEA + TOM, one + other))
    bring(deliver(tmp_path / "d", LEA + TOM, one.replace("a@", "b@")))
    assert ("b@example.org", "Léa") in families()


def test_short_rows_and_odd_days_are_told(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", "PETIT;;Léa;2018-13-45\n;;Tom\n"))
    assert reasons(report) >= {
        "Ligne plus courte que les titres : ce qui manque est lu comme vide.",
        "Date illisible : ignorée.",
    }
    assert reasons(report, "quarantined") == {"Sans nom."}
    with pytest.raises(CommandError, match="forme d’un UAI"):
        call_command("import_onde", str(tmp_path / "d"), "--school", "X", "--name", "École")


def test_the_school_is_the_one_of_the_path_or_the_only_one(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", LEA))
    School.objects.exclude(uai=UAI).filter(kind=School.Kind.ECOLE).update(kind=School.Kind.COLLEGE)
    School.objects.filter(uai=UAI).update(kind=School.Kind.ECOLE)
    call_command("import_onde", str(deliver(tmp_path / "other", LEA)), "--dry-run")
    call_command("import_onde", str(deliver(tmp_path / f"ecole-{UAI.lower()}", LEA)), "--dry-run")
    School.objects.filter(uai=UAI).update(kind=School.Kind.OTHER)
    with pytest.raises(CommandError, match="de quelle école"):
        call_command("import_onde", str(tmp_path / "other"), "--dry-run")
