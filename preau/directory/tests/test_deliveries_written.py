"""The deliveries of invented academies: the same each time, sound for a parser, with every situation in them."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from preau.directory.rules.authority import eighteen_years_before
from preau.directory.seeds.deliveries import write_delivery
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.plans import Academy, Degree
from preau.directory.seeds.scale import scale_academy

DAY = date(2026, 11, 24)
DTD = settings.BASE_DIR.parent / "shared/data/formats/aaf/ficAlimMENESR.dtd"
PUPILS, GUARDIANS, STAFF, SCHOOLS = "Eleve", "PersRelEleve", "PersEducNat", "EtabEducNat"
FIRST, SECOND = Degree.FIRST, Degree.SECOND
Record = dict[str, list[str]]


class Delivery(dict[str, dict[str, Record]]):
    """The records of a folder: category → key → attributes, read as any XML reader would."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.paths = sorted(folder.iterdir())
        for path in self.paths:
            for request in ET.parse(path).getroot():
                self._keep(request)

    def _keep(self, request: ET.Element) -> None:
        category, identifier, attributes = request
        records = self.setdefault(category[0][0].text, {})
        key = identifier[0].text
        assert key not in records, f"{key} is told twice"
        assert all(len(attribute) for attribute in attributes), "what is empty is still written"
        records[key] = {
            attribute.get("name", ""): [value.text for value in attribute if value.text]
            for attribute in attributes
        }


@pytest.fixture(scope="module")
def academy() -> Academy:
    return demo_academy(DAY)


@pytest.fixture(scope="module")
def folders(academy: Academy, tmp_path_factory: Any) -> dict[Degree, Path]:
    root = tmp_path_factory.mktemp("demo")
    for degree in Degree:
        write_delivery(root / degree, academy, day=DAY, degree=degree, records_a_file=400)
    return {degree: root / degree for degree in Degree}


@pytest.fixture(scope="module")
def demo(folders: dict[Degree, Path]) -> dict[Degree, Delivery]:
    return {degree: Delivery(folder) for degree, folder in folders.items()}


@pytest.fixture
def cast(academy: Academy, demo: dict[Degree, Delivery]) -> Any:
    """The record of a member of the cast, in one category of one degree."""

    def find(role: str, category: str = PUPILS, degree: Degree = SECOND) -> Record:
        return demo[degree][category][academy.cast[role]]

    return find


def links(pupil: Record) -> dict[str, list[str]]:
    """Guardian's key → kinship, bills, level, contact, pay."""
    return {value.split("$")[0]: value.split("$")[1:] for value in pupil["ENTElevePersRelEleve"]}


def birth(pupil: Record) -> date:
    day, month, year = map(int, pupil["ENTPersonDateNaissance"][0].split("/"))
    return date(year, month, day)


def name(person: Record) -> str:
    return " ".join(person["givenName"] + person["sn"])


def test_the_same_seed_writes_the_same_bytes(folders: dict[Degree, Path], tmp_path: Path) -> None:
    for degree, folder in folders.items():
        write_delivery(tmp_path / degree, demo_academy(DAY), day=DAY, degree=degree, records_a_file=400)
        assert _bytes_of(tmp_path / degree) == _bytes_of(folder)
    small = scale_academy(2, 200, 7, today=DAY)
    for again in ("once", "twice"):
        write_delivery(tmp_path / again, small, day=DAY)
    assert _bytes_of(tmp_path / "once") == _bytes_of(tmp_path / "twice")
    write_delivery(tmp_path / "other", scale_academy(2, 200, 8, today=DAY), day=DAY)
    assert _bytes_of(tmp_path / "other") != _bytes_of(tmp_path / "once")


def _bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_are_named_and_numbered_as_rectorats_do(folders: dict[Degree, Path]) -> None:
    names = [path.name for path in sorted(folders[SECOND].iterdir())]
    assert names[:2] == [f"PREAU_Complet_20261124_Eleve_{number:04d}.xml" for number in (0, 1)]
    assert Counter(name.split("_")[3] for name in names) == {
        "Eleve": 4,
        "PersRelEleve": 7,
        "PersEducNat": 1,
        "EtabEducNat": 1,
        "MefEducNat": 1,
        "MatiereEducNat": 1,
    }
    assert {path.name.split("_")[3] for path in folders[FIRST].iterdir()} == {
        PUPILS,
        GUARDIANS,
        STAFF,
        SCHOOLS,
    }


def test_headings_say_version_degree_and_encoding(folders: dict[Degree, Path]) -> None:
    for degree, folder in folders.items():
        for path in folder.iterdir():
            latin = any(f"_{category}_" in path.name for category in (PUPILS, STAFF))
            text = path.read_text("iso8859-15" if latin else "utf-8")
            assert f'encoding="{"ISO-8859-15" if latin else "UTF-8"}"' in text[:60]
            assert f'<!-- degre="{degree}" -->' in text and 'dateGenerationExport="24/11/2026"' in text


def test_deliveries_are_valid_against_the_official_dtd(folders: dict[Degree, Path]) -> None:
    if not DTD.exists():
        pytest.skip("the official DTD is not on this machine (shared/data/formats)")
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed: structure alone is checked")
    dtd = etree.DTD(str(DTD))
    for folder in folders.values():
        for path in folder.iterdir():
            assert dtd.validate(etree.parse(str(path))), (path.name, dtd.error_log)


@pytest.mark.parametrize("degree", Degree)
def test_every_reference_leads_to_a_record(demo: dict[Degree, Delivery], degree: Degree) -> None:
    delivery = demo[degree]
    named = {value.split("$")[0] for pupil in delivery[PUPILS].values() for value in _guardians_in(pupil)}
    assert named == set(delivery[GUARDIANS])
    for category in (PUPILS, STAFF):
        for person in delivery[category].values():
            assert set(person["ENTPersonStructRattach"]) <= set(delivery[SCHOOLS])
    for person in delivery[STAFF].values():
        assert {value.split("$")[0] for value in person["ENTPersonFonctions"]} <= set(delivery[SCHOOLS])


def _guardians_in(pupil: Record) -> list[str]:
    return pupil.get("ENTElevePersRelEleve") or pupil["ENTEleveAutoriteParentale"]


def test_classes_groups_subjects_and_levels_are_those_of_the_structures(demo: dict[Degree, Delivery]) -> None:
    delivery = demo[SECOND]
    classes, groups = _labels(delivery, "ENTStructureClasses"), _labels(delivery, "ENTStructureGroupes")
    for pupil in delivery[PUPILS].values():
        assert set(pupil["ENTEleveClasses"]) <= classes and set(pupil["ENTEleveGroupes"]) <= groups
        assert set(pupil["ENTEleveMEF"]) <= set(delivery["MefEducNat"])
        assert set(pupil["ENTEleveCodeEnseignements"]) <= set(delivery["MatEducNat"])
        assert pupil["ENTEleveAdresseRel"][0] in links(pupil)
    for person in delivery[STAFF].values():
        assert set(person["ENTAuxEnsClasses"] + person["ENTAuxEnsClassesPrincipal"]) <= classes
        assert set(person["ENTAuxEnsGroupes"]) <= groups
        for value in person["ENTAuxEnsClassesMatieres"] + person["ENTAuxEnsGroupesMatieres"]:
            assert value.split("$")[2] in delivery["MatEducNat"]


def _labels(delivery: Delivery, attribute: str) -> set[str]:
    return {
        f"{key}${value.split('$')[0]}"
        for key, school in delivery[SCHOOLS].items()
        for value in school[attribute]
    }


def test_every_class_has_one_head_teacher_and_a_usual_size(demo: dict[Degree, Delivery]) -> None:
    delivery = demo[SECOND]
    sizes = Counter(value for pupil in delivery[PUPILS].values() for value in pupil["ENTEleveClasses"])
    assert min(sizes.values()) >= 24 and max(sizes.values()) <= 30
    heads = Counter(
        value for person in delivery[STAFF].values() for value in person["ENTAuxEnsClassesPrincipal"]
    )
    assert heads == dict.fromkeys(sizes, 1)


def test_the_cast_is_in_the_deliveries(academy: Academy, demo: dict[Degree, Delivery], cast: Any) -> None:
    keys = {key for delivery in demo.values() for records in delivery.values() for key in records}
    assert set(academy.cast.values()) <= keys
    for role, expected in [
        ("teacher", "Claire Moreau"),
        ("teacher_1", "Thomas Lefèvre"),
        ("cpe", "Samia Haddad"),
        ("head", "Hélène Carpentier"),
        ("secretary", "Paul Giraud"),
    ]:
        assert name(cast(role, STAFF)) == expected
    for role, code in [("nurse", "MDS"), ("librarian", "DOC"), ("assistant", "AEH"), ("lycee_head", "DIR")]:
        assert cast(role, STAFF)["ENTPersonFonctions"][0].split("$")[1] == code
    assert cast("teacher", STAFF)["ENTAuxEnsClassesPrincipal"].count("3591$5e B") == 1


def test_a_pupil_of_separated_parents_has_a_brother_in_the_primary_school(
    academy: Academy, cast: Any
) -> None:
    nina, hugo = cast("pupil"), cast("sibling", degree=FIRST)
    mother, father = academy.cast["guardian"], academy.cast["other_guardian"]
    assert name(nina) == "Nina Abadie" and nina["ENTEleveClasses"] == ["3591$5e B"]
    assert links(nina) == {mother: ["10", "1", "1", "0", "1"], father: ["20", "1", "1", "0", "0"]}
    assert nina["ENTEleveAdresseRel"] == [mother]
    assert (
        cast("guardian", GUARDIANS)["ENTPersonAdresse"]
        != cast("other_guardian", GUARDIANS)["ENTPersonAdresse"]
    )
    assert hugo["ENTPersonPrenom"] == ["Hugo"] and hugo["ENTEleveAutoriteParentale"] == [f"{mother}$10"]
    assert hugo["ENTEleveNiveau"] == ["1123$CE2"]


def test_families_reach_across_degrees_and_schools(demo: dict[Degree, Delivery]) -> None:
    shared = demo[FIRST][GUARDIANS].keys() & demo[SECOND][GUARDIANS].keys()
    assert len(shared) > 5
    for key in shared:
        assert demo[FIRST][GUARDIANS][key]["ENTPersonNom"] == demo[SECOND][GUARDIANS][key]["sn"]
    schools: dict[str, set[str]] = {}
    for pupil in demo[SECOND][PUPILS].values():
        for key in links(pupil):
            schools.setdefault(key, set()).update(pupil["ENTPersonStructRattach"])
    assert sum(len(found) == 2 for found in schools.values()) > 5


def test_a_teacher_is_also_a_father(cast: Any, academy: Academy) -> None:
    assert academy.cast["teacher_1"] in links(cast("teacher_child"))
    assert name(cast("teacher_1", GUARDIANS)) == name(cast("teacher_1", STAFF)) == "Thomas Lefèvre"


def test_a_teacher_works_in_two_schools(cast: Any) -> None:
    person = cast("teacher_two_schools", STAFF)
    assert [value.split("$")[0] for value in person["ENTPersonFonctions"]] == ["3591", "3593"]
    assert {value.split("$")[0] for value in person["ENTAuxEnsClasses"] + person["ENTAuxEnsGroupes"]} == {
        "3591",
        "3593",
    }


def test_pupils_come_of_age(cast: Any, academy: Academy) -> None:
    assert birth(cast("lycee_pupil_turning_18")) == date(2008, 11, 27)
    adult = cast("adult_pupil")
    assert birth(adult) < date(2008, 11, 24)
    assert links(adult)[academy.cast["adult_pupil"]] == ["70", "1", "1", "0", "1"]
    assert name(cast("adult_pupil", GUARDIANS)) == name(adult)
    assert eighteen_years_before(date(2028, 2, 29)) == date(2010, 2, 28)


def test_an_institution_answers_for_a_ward(cast: Any, demo: dict[Degree, Delivery]) -> None:
    key, facts = next((key, facts) for key, facts in links(cast("ward")).items() if facts[0] == "51")
    welfare = demo[SECOND][GUARDIANS][key]
    assert facts[2] == "1" and welfare["sn"] == ["AIDE SOCIALE À L'ENFANCE"]
    assert not welfare["givenName"] and not welfare["personalTitle"]


def test_other_pupils_to_meet(cast: Any) -> None:
    one, other = cast("homonym_1"), cast("homonym_2")
    assert name(one) == name(other) and birth(one) != birth(other)
    assert one["ENTPersonJointure"] != other["ENTPersonJointure"]
    left = cast("leaver")["ENTEleveDateSortieClasses"][0].split("$")
    assert left == ["3591", "13/10/2026", "3e B"]
    assert cast("adjusted_pupil")["ENTEleveClasses"] == ["3591$5e B"]
    assert not cast("guardian_without_mail", GUARDIANS)["mail"]


def test_the_primary_school_has_a_director_and_teachers(cast: Any) -> None:
    assert cast("school_director", STAFF, FIRST)["ENTEnsFonctionDir"] == ["3592"]
    assert not cast("primary_teacher", STAFF, FIRST)["ENTEnsFonctionDir"]


def test_letters_outside_latin_9_are_written_by_number(tmp_path: Path) -> None:
    school = next(scale_academy(1, 100, 1, today=DAY).schools(SECOND))
    stranger, foreign = school.staff[0], "Kovačević & <fils>"
    stranger.family = foreign
    write_delivery(tmp_path, Academy("14", "RENNES", lambda: [school]), day=DAY)
    assert (
        b"Kova&#269;evi&#263; &amp;"
        in (tmp_path / "PREAU_Complet_20261124_PersEducNat_0000.xml").read_bytes()
    )
    assert Delivery(tmp_path)[STAFF][stranger.key]["sn"] == [foreign]


def test_an_academy_has_about_the_people_asked_for(tmp_path: Path) -> None:
    records = write_delivery(tmp_path, scale_academy(5, 1200, 3, today=DAY), day=DAY)
    delivery = Delivery(tmp_path)
    assert records[SCHOOLS] == 5
    assert sum(records[category] for category in (PUPILS, GUARDIANS, STAFF)) == pytest.approx(1200, rel=0.1)
    uais = [school["ENTStructureUAI"][0] for school in delivery[SCHOOLS].values()]
    assert len(set(uais)) == 5 and all(len(uai) == 8 for uai in uais)
    named = {key for pupil in delivery[PUPILS].values() for key in links(pupil)}
    assert named == set(delivery[GUARDIANS])
    schools_of = [
        {value.split("$")[0] for value in person["ENTPersonFonctions"]} for person in delivery[STAFF].values()
    ]
    assert sum(len(schools) == 2 for schools in schools_of) == 4


def test_the_command_writes_one_folder_a_degree(tmp_path: Path, capsys: Any) -> None:
    call_command("write_delivery", str(tmp_path), demo=True, day=DAY)
    assert {path.name for path in tmp_path.iterdir()} == {"second-degre", "premier-degre"}
    assert "1383 Eleve" in capsys.readouterr().out
    call_command("write_delivery", str(tmp_path / "bench"), schools=1, people=200, day=DAY)
    assert (tmp_path / "bench" / "PREAU_Complet_20261124_Eleve_0000.xml").exists()
    with pytest.raises(CommandError):
        call_command("write_delivery", str(tmp_path))
