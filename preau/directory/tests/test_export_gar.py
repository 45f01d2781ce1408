"""What leaves for the GAR: what its schema wants, what our rules want, and nobody who should not be there."""

import hashlib
import re
import shutil
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from preau.directory.exports.gar import delivery as making
from preau.directory.exports.gar.checking import ExportRefused, check
from preau.directory.exports.gar.delivery import deliver as made
from preau.directory.exports.gar.reading import Reader, Record
from preau.directory.exports.gar.words import STAFF, Degree
from preau.directory.exports.gar.writing import Files, text_of, weight_of
from preau.directory.exports.scope import Scope
from preau.directory.management import exporting
from preau.directory.models import (
    Assignment,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    Person,
    School,
)
from preau.directory.seeds.deliveries import write_delivery
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.plans import Degree as Taught
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, eleve, etab, matiere, mef, parent, personnel
from preau.directory.words import Role

pytestmark = pytest.mark.django_db
SCHEMAS = settings.BASE_DIR.parent / "shared" / "data" / "formats" / "gar"
SCHEMA_OF = {Degree.SECOND: "GAR-ENT.xsd", Degree.FIRST: "GAR-ENT-1D.xsd"}
with_schemas = pytest.mark.skipif(
    not SCHEMAS.exists(), reason="the schemas of the GAR are not on this machine"
)


@pytest.fixture
def academy(tmp_path: Path) -> None:
    """The demonstration's académie, both degrees, imported as an operator does."""
    today = timezone.localdate()
    for degree in Taught:
        write_delivery(tmp_path / degree.name, demo_academy(today), day=today, degree=degree)
        call_command("import_aaf", str(tmp_path / degree.name))


SMALL = [
    etab(ENTStructureGroupes=["3LAT$$3A$3B", "3A$"]),
    matiere("061300", "MATHEMATIQUES"),
    matiere("020700", "LATIN"),
    mef("10310019110", "3EME"),
    eleve(
        "10",
        ENTElevePersRelEleve=["20$10$1$1$0$1"],
        ENTEleveMEF="10310019110",
        ENTEleveINE="123456789AB",
        ENTPersonAutresPrenoms=["Léa", "Violette"],
        ENTPersonNomPatro="Néel",
        ENTEleveGroupes=["1$3LAT"],
    ),
    eleve("11", given="Tom", label="3B", ENTEleveMEF="10310019110"),
    parent("20", mail="anne@example.org", mobile="+33 6 00 00 00 01"),
    personnel(
        "30",
        ENTAuxEnsClassesMatieres=["1$3A$061300", "1$3B$061300"],
        ENTAuxEnsGroupesMatieres=["1$3LAT$020700"],
    ),
    personnel("31", "Le Goff", "Awa", mail="head@example.org", ENTPersonFonctions="1$DIR$DIRECTION$-$-"),
    personnel("32", "Cuisinier", "Luc", ENTPersonFonctions="1$OUV$OUVRIER$-$-"),
]


@pytest.fixture
def small(tmp_path: Path) -> School:
    call_command("import_aaf", str(deliver(tmp_path / "d", *SMALL)))
    return School.objects.get(uai="0350001A")


class Delivery:
    """The records of one archive, by name, with the rules of the archive looked at on the way."""

    def __init__(self, out: Path, degree: Degree) -> None:
        (self.archive,) = out.glob("*.tar.gz")
        self.degree, self.folder = degree, out / "inside"
        with tarfile.open(self.archive) as packed:
            packed.extractall(self.folder, filter="data")
        self.files = sorted(self.folder.glob("*.xml"))
        self.records: list[Record] = []
        self.kinds: dict[str, list[Record]] = {}
        for path in self.files:
            found = list(Reader(path, degree.namespace))
            self.records += found
            self.kinds.setdefault(path.stem.split("_")[-2], []).extend(found)

    def all(self, name: str) -> list[Record]:
        return [record for record in self.records if record.name == name]

    def values(self, name: str, *leaves: str) -> set[tuple[str, ...]]:
        return {tuple(one.first(leaf) for leaf in leaves) for one in self.all(name)}

    @property
    def text(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in self.files)


def export(
    out: Path, *uais: str, degree: Degree = Degree.SECOND, arguments: tuple[str, ...] = ()
) -> Delivery:
    schools = [word for uai in uais for word in ("--school", uai)]
    call_command("export_gar", *schools, "--out", str(out), "--ent", "DEMO", *arguments)
    return Delivery(out, degree)


def uais_of(degree: Degree) -> list[str]:
    """The schools of the demonstration's académie; those that tests stand in are not of it."""
    academy_schools = School.objects.filter(external_ids__source="aaf")
    schools = (
        academy_schools.filter(kind="ecole")
        if degree == Degree.FIRST
        else academy_schools.exclude(kind="ecole")
    )
    return sorted(schools.values_list("uai", flat=True))


def valid(delivery: Delivery) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMAS / SCHEMA_OF[delivery.degree]))
    for path in delivery.files:
        schema.assertValid(etree.parse(path))
    if linter := shutil.which("xmllint"):
        call = [linter, "--noout", "--schema", SCHEMAS / SCHEMA_OF[delivery.degree], *delivery.files]
        done = subprocess.run(call, check=False, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()


# Both degrees of the demonstration


def test_the_demonstration_leaves_whole_and_alone(academy: None, twin: World, tmp_path: Path) -> None:
    """One import for all that is looked at: it takes a third of a minute."""
    for degree in Degree:
        uais = uais_of(degree)
        delivery = export(tmp_path / degree, *uais, degree=degree)
        counted(delivery, uais)
        without_strangers(delivery, uais)
        assert twin.mark not in delivery.text
        if SCHEMAS.exists():
            valid(delivery)


def counted(delivery: Delivery, uais: list[str]) -> None:
    """As many of each thing as the database holds."""
    first, today = delivery.degree == Degree.FIRST, timezone.localdate()
    held = Holding.objects.active(today).filter(school__uai__in=uais)
    pupils = set(held.filter(role=Role.PUPIL).values_list("person__public_id", flat=True))
    staff = set(held.filter(role__in=list(STAFF)).values_list("person__public_id", flat=True))
    groups = Group.objects.filter(school__uai__in=uais)
    assert pupils and {key for (key,) in delivery.values("GAREleve", "GARPersonIdentifiant")} == pupils
    assert len(delivery.all("GAREleve")) == len(pupils)
    assert {key for (key,) in delivery.values("GAREnseignant", "GARPersonIdentifiant")} == staff
    assert {key for (key,) in delivery.values("GAREtab", "GARStructureUAI")} == set(uais)
    statuses = Counter(one.first("GARGroupeStatut") for one in delivery.all("GARGroupe"))
    assert (statuses["DIVISION"], statuses.total()) == (groups.classes().count(), groups.count())
    learning = Enrolment.objects.active(today).filter(group__in=groups, pupil__public_id__in=pupils)
    teaching = Assignment.objects.active(today).filter(group__in=groups, teacher__public_id__in=staff)
    pairs = set(learning.values_list("pupil_id", "group_id"))
    pairs |= set(teaching.values_list("teacher_id", "group_id"))
    assert len(delivery.all("GARPersonGroupe")) == len(pairs)
    programmes = held.filter(role=Role.PUPIL).exclude(programme="").values_list("programme", flat=True)
    name, leaf = ("GARPersonMEFSTAT4", "GARMEFSTAT4Code") if first else ("GARPersonMEF", "GARMEFCode")
    followed = Counter(one.first(leaf) for one in delivery.kinds["Eleve"] if one.name == name)
    assert followed == Counter(programmes) and followed.total() > 100


def without_strangers(delivery: Delivery, uais: list[str]) -> None:
    """No guardian, nobody who left or is elsewhere, no « autre personnel »; no jointure and no INE."""
    here = Holding.objects.active(timezone.localdate()).filter(school__uai__in=uais)
    members = set(here.filter(role__in=[Role.PUPIL, *STAFF]).values_list("person_id", flat=True))
    guardians = set(Guardianship.objects.values_list("guardian_id", flat=True)) - members
    others = set(Holding.objects.values_list("person_id", flat=True)) - members
    assert guardians and others
    found = {value for record in delivery.records for _name, value in record.values}
    strangers = Person.objects.filter(pk__in=guardians | others).values_list("public_id", "email")
    assert not found & {value for row in strangers for value in row if value}
    assert not found & set(ExternalId.objects.filter(person__in=members).values_list("value", flat=True))


@with_schemas
@pytest.mark.parametrize("degree", Degree)
def test_a_broken_file_is_caught_by_the_schema(small: School, tmp_path: Path, degree: Degree) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMAS / SCHEMA_OF[degree]))
    with Files(tmp_path, "X", degree, "Etab") as files:
        files.add(("GAREtab", [("GARStructureNomCourant", "sans UAI")]))
    assert not schema.validate(etree.parse(tmp_path / "X_Etab_0000.xml"))


# One small school, looked at closely


def test_what_a_pupil_is_told_as(small: School, tmp_path: Path) -> None:
    delivery = export(tmp_path / "out", small.uai)
    lea = Person.objects.get(external_ids__value="10")
    (record,) = [
        one for one in delivery.all("GAREleve") if one.first("GARPersonIdentifiant") == lea.public_id
    ]
    assert record.values == [
        ("GARPersonIdentifiant", lea.public_id),
        ("GARStructureUAI", small.uai),
        ("GARPersonProfil", "National_elv"),
        ("GARPersonNom", "Durand"),
        ("GARPersonPrenom", "Léa"),
        ("GARPersonAutresPrenoms", "Léa"),
        ("GARPersonStructRattach", small.uai),
        ("GARPersonEtab", small.uai),
        ("GARPersonDateNaissance", "2012-03-02"),
    ]
    followed = {
        one.first("GARMatiereCode")
        for one in delivery.all("GAREleveEnseignement")
        if one.first("GARPersonIdentifiant") == lea.public_id
    }
    assert followed == {"061300", "020700"}
    for word in ("Néel", "Violette", "anne@example.org", "123456789AB", "Cuisinier", "Anne"):
        assert word not in delivery.text, word


def test_what_the_staff_are_told_as(small: School, tmp_path: Path) -> None:
    delivery = export(tmp_path / "out", small.uai)
    teacher, head = (Person.objects.get(external_ids__value=key).public_id for key in ("30", "31"))
    assert delivery.values("GAREnseignant", "GARPersonIdentifiant", "GARPersonProfil") == {
        (teacher, "National_ens"),
        (head, "National_dir"),
    }
    assert delivery.values("GARRespAff", "GARPersonIdentifiant", "GARPersonMail", "GARRespAffEtab") == {
        (head, "head@example.org", small.uai)
    }
    assert "mail" not in {name for one in delivery.all("GAREnseignant") for name, _ in one.values}
    courses = [one for one in delivery.kinds["Enseignant"] if one.name == "GARPersonMEF"]
    assert [(course.first("GARPersonIdentifiant"), course.first("GARMEFCode")) for course in courses] == [
        (teacher, "10310019110")
    ]
    assert delivery.values("GAREnsClasseMatiere", "GARGroupeCode", "GARMatiereCode") == {
        ("3A", "061300"),
        ("3B", "061300"),
    }
    assert delivery.values("GAREnsGroupeMatiere", "GARGroupeCode", "GARMatiereCode") == {("3LAT", "020700")}
    assert delivery.values("GARMatiere", "GARMatiereCode", "GARMatiereLibelle") == {
        ("061300", "Mathématiques"),
        ("020700", "Latin"),
    }
    assert delivery.values("GARMEF", "GARMEFCode", "GARMEFLibelle") == {("10310019110", "3EME")}


def test_a_group_named_as_a_class_has_a_code_of_its_own(small: School, tmp_path: Path) -> None:
    delivery = export(tmp_path / "out", small.uai)
    by_code = {
        one.first("GARGroupeCode"): (one.first("GARGroupeStatut"), one.all("GARGroupeDivAppartenance"))
        for one in delivery.all("GARGroupe")
    }
    assert by_code == {
        "3A": ("DIVISION", []),
        "3B": ("DIVISION", []),
        "3A_G": ("GROUPE", []),
        "3LAT": ("GROUPE", ["3A", "3B"]),
    }


@with_schemas
def test_a_small_school_is_valid_too(small: School, tmp_path: Path) -> None:
    Person.objects.filter(external_ids__value="11").update(given_name="", family_name="D\x0bu<pont> & Cie")
    delivery = export(tmp_path / "out", small.uai)
    valid(delivery)
    assert ("-", "Du<pont> & Cie") in delivery.values("GAREleve", "GARPersonPrenom", "GARPersonNom")


def test_a_pupil_who_left_is_told_no_more(small: School, tmp_path: Path) -> None:
    tom = Person.objects.get(external_ids__value="11")
    tom.holdings.update(ends=timezone.localdate())
    assert tom.public_id not in export(tmp_path / "out", small.uai).text


def test_an_erased_person_is_told_no_more(small: School, tmp_path: Path) -> None:
    tom = Person.objects.get(external_ids__value="11")
    Person.objects.filter(pk=tom.pk).update(erased_at=timezone.now())
    assert tom.public_id not in export(tmp_path / "out", small.uai).text


def test_a_teacher_of_two_schools_is_one_person(small: School, tmp_path: Path) -> None:
    other = School.objects.create(uai="0350002B", name="Lycée", kind=School.Kind.LYCEE)
    teacher = Person.objects.get(external_ids__value="30")
    Holding.objects.create(person=teacher, school=other, role=Role.LIBRARIAN)
    Holding.objects.create(person=teacher, school=other, role=Role.SCHOOL_LIFE)
    delivery = export(tmp_path / "out", small.uai, other.uai)
    (record,) = [
        one for one in delivery.all("GAREnseignant") if one.first("GARPersonIdentifiant") == teacher.public_id
    ]
    assert list(zip(record.all("GARStructureUAI"), record.all("GARPersonProfil"), strict=True)) == [
        ("0350001A", "National_ens"),
        ("0350002B", "National_doc"),
    ]
    assert record.all("GARPersonEtab") == ["0350001A", "0350002B"]
    alone = export(tmp_path / "alone", other.uai)
    assert alone.values("GAREnseignant", "GARPersonEtab") == {("0350002B",)}
    assert "0350001A" not in alone.text


def test_a_pupil_of_a_class_of_two_levels_keeps_their_own(tmp_path: Path) -> None:
    child = {
        "ENTEleveClasses": [],
        "ENTPersonClasses": "1$11$ORDINAIRE$77$CM1-CM2",
        "ENTElevePersRelEleve": [],
    }
    folder = deliver(
        tmp_path / "d",
        etab(ENTStructureTypeStruct="ECOLE", ENTStructureClasses=[]),
        eleve("10", ENTEleveNiveau="1124$CM1", **child),
        eleve("11", given="Tom", ENTEleveNiveau="1125$CM2", **child),
        personnel("30", ENTPersonClasses="1$11$ORDINAIRE$77$CM1-CM2"),
    )
    call_command("import_aaf", str(folder))
    delivery = export(tmp_path / "out", "0350001A", degree=Degree.FIRST)
    by_pupil = {
        one.first("GARPersonIdentifiant"): one.first("GARMEFSTAT4Code")
        for one in delivery.kinds["Eleve"]
        if one.name == "GARPersonMEFSTAT4"
    }
    keys = {key: Person.objects.get(external_ids__value=key).public_id for key in ("10", "11", "30")}
    assert by_pupil == {keys["10"]: "1124", keys["11"]: "1125"}
    taught = [
        one.first("GARMEFSTAT4Code")
        for one in delivery.kinds["Enseignant"]
        if one.name == "GARPersonMEFSTAT4"
    ]
    assert taught == ["1124", "1125"]
    assert delivery.values("GARGroupe", "GARGroupeCode", "GARGroupeStatut") == {("77", "DIVISION")}
    # Another source may not tell the level: that of a class of one level stands for it, and nothing else is guessed.
    Holding.objects.update(programme="")
    silent = export(tmp_path / "silent", "0350001A", degree=Degree.FIRST)
    assert not [one for one in silent.kinds["Eleve"] if one.name == "GARPersonMEFSTAT4"]
    Group.objects.filter(school__uai="0350001A").update(level="CM1")
    alone = export(tmp_path / "alone", "0350001A", degree=Degree.FIRST)
    assert {one.first("GARMEFSTAT4Code") for one in alone.all("GARPersonMEFSTAT4")} == {"1124"}


# The archive


def test_the_archive_and_its_digest(small: School, tmp_path: Path) -> None:
    delivery = export(tmp_path / "out", small.uai)
    assert delivery.archive.name == "DEMO_GAR-ENT_Complet_20261124_103000.tar.gz"
    digest = (tmp_path / "out" / f"{delivery.archive.name}.md5").read_text()
    assert digest == f"{hashlib.md5(delivery.archive.read_bytes()).hexdigest()}  {delivery.archive.name}\n"
    assert [path.name for path in delivery.files] == [
        f"DEMO_GAR-ENT_Complet_20261124_103000_{kind}_0000.xml"
        for kind in ("Eleve", "Enseignant", "Etab", "Groupe", "RespAff")
    ]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        delivery.archive.name,
        f"{delivery.archive.name}.md5",
        "inside",
    }
    assert delivery.archive.stat().st_mode & 0o077 == 0
    with tarfile.open(delivery.archive) as packed:
        assert {(entry.uid, entry.uname, entry.gname) for entry in packed} == {(0, "", "")}


def test_two_exports_differ_by_their_dates_only(
    small: School, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    first = export(tmp_path / "a", small.uai)
    clock.shift(timedelta(hours=2))
    second = export(tmp_path / "b", small.uai)
    assert first.archive.name != second.archive.name
    assert [path.read_bytes() for path in first.files] == [path.read_bytes() for path in second.files]


def scope_of(*uais: str) -> Scope:
    return Scope(School.objects.filter(uai__in=uais), timezone.localdate())


def test_no_file_holds_more_nodes_than_the_limit(small: School, tmp_path: Path) -> None:
    whole = export(tmp_path / "whole", small.uai)
    made(scope_of(small.uai), Degree.SECOND, tmp_path / "out", ent="DEMO", now=timezone.now(), limit=40)
    cut = Delivery(tmp_path / "out", Degree.SECOND)
    assert len(cut.files) > len(whole.files)
    numbers = [path.stem[-4:] for path in cut.files if "_Eleve_" in path.name]
    assert numbers == [f"{number:04d}" for number in range(len(numbers))] and len(numbers) > 1
    for path in cut.files:
        assert len(list(etree.parse(path).getroot().iter())) <= 40
    assert [record.values for record in cut.records] == [record.values for record in whole.records]
    if SCHEMAS.exists():
        valid(cut)


def test_the_weight_of_a_record_is_its_number_of_elements() -> None:
    node = ("GAREleve", [("A", "1"), ("B", [("C", "2"), ("D", "3")])])
    assert weight_of(node) == 5 == text_of(node).count("<men:")


def test_people_cost_no_query(small: School, tmp_path: Path) -> None:
    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as done:
            made(scope_of(small.uai), Degree.SECOND, tmp_path / name, ent="X", now=timezone.now())
        return len(done)

    few = queries("few")
    more = [eleve(str(100 + n), given=f"E{n}", ENTEleveMEF="10310019110") for n in range(60)]
    call_command("import_aaf", str(deliver(tmp_path / "e", *SMALL, *more)))
    assert queries("many") == few <= 25


# What is refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--school", "0999999X"], "Aucun établissement 0999999X"),
        (["--school", "0350001A", "--ent", "à l’est"], "--ent"),
        (["--school", "0350001A", "--degree", "1d"], "premier degré"),
        (
            ["--school", "0350001A", "--school", "0350009E"],
            "Une livraison ne porte que sur un degré : 0350009E",
        ),
    ],
)
def test_a_wrong_call_is_refused(small: School, tmp_path: Path, arguments: list[str], said: str) -> None:
    School.objects.create(uai="0350009E", name="École", kind=School.Kind.ECOLE)
    with pytest.raises(CommandError, match=re.escape(said)) as error:
        call_command("export_gar", *arguments, "--out", str(tmp_path / "out"))
    assert error.value.returncode == 1


def test_an_export_waits_for_no_import(
    small: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def another(name: str) -> Iterator[bool]:
        yield False

    monkeypatch.setattr(exporting, "only_one", another)
    with pytest.raises(CommandError, match="en cours d’import"):
        export(tmp_path / "out", small.uai)
    assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder(small: School, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(CommandError, match="n’est pas un dossier"):
        export(tmp_path / "out", small.uai)


def test_a_school_where_nobody_allots_is_said(small: School, tmp_path: Path, capsys: Any) -> None:
    Person.objects.filter(external_ids__value="31").update(email="")
    delivery = export(tmp_path / "out", small.uai)
    assert not delivery.all("GARRespAff")
    assert "0350001A Collège Test : ni direction" in capsys.readouterr().err


def test_what_breaks_a_rule_is_not_written(
    small: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_a_stranger(scope: Scope, degree: Degree, kind: str) -> Any:
        yield from original(scope, degree, kind)
        if kind == "Groupe":
            yield (
                "GAREnsClasseMatiere",
                [
                    ("GARStructureUAI", small.uai),
                    ("GARPersonIdentifiant", "nobody"),
                    ("GARGroupeCode", "3A"),
                    ("GARMatiereCode", "061300"),
                ],
            )

    original = making.records
    monkeypatch.setattr(making, "records", with_a_stranger)
    with pytest.raises(CommandError) as error:
        export(tmp_path / "out", small.uai)
    assert error.value.returncode == 2
    assert "L’enseignant « nobody » n’est pas dans la livraison" in plain(error.value)
    assert list((tmp_path / "out").iterdir()) == []


UAI, WHO = ("GARStructureUAI", "0350001A"), ("GARPersonIdentifiant", "a")
PUPIL = (
    "GAREleve",
    [WHO, ("GARPersonProfils", [UAI, ("GARPersonProfil", "National_elv")]), ("GARPersonEtab", "0350001A")],
)
SCHOOL = ("GAREtab", [UAI, ("GARStructureNomCourant", "Collège")])
CLASS = ("GARGroupe", [("GARGroupeCode", "3A"), UAI, ("GARGroupeStatut", "DIVISION")])
COURSE = ("GARMEF", [UAI, ("GARMEFCode", "m"), ("GARMEFLibelle", "m")])
GOOD = {"Eleve": [PUPIL], "Etab": [SCHOOL, COURSE], "Groupe": [CLASS]}


def plain(error: Exception) -> str:
    """The sentences as they are typed: the catalogue holds « : » and its like with narrow spaces."""
    return str(error).replace("\u202f", " ")


def checked(
    folder: Path, kinds: dict[str, list[Any]], degree: Degree = Degree.SECOND, limit: int = 10_000
) -> str:
    """The sentences of the check, "" when nothing is wrong."""
    for kind, nodes in kinds.items():
        with Files(folder, "X", degree, kind) as files:
            for node in nodes:
                files.add(node)
    try:
        check(sorted(folder.glob("*.xml")), degree, limit)
    except ExportRefused as refusal:
        return plain(refusal)
    return ""


def test_a_sound_delivery_passes(tmp_path: Path) -> None:
    assert checked(tmp_path, GOOD) == ""


@pytest.mark.parametrize(
    ("kind", "node", "said"),
    [
        ("Eleve", PUPIL, "« a » deux fois parmi les GAREleve"),
        ("Eleve", ("GAREleve", [("GARPersonIdentifiant", "b" * 65)]), "trop long (65 caractères, 64 permis)"),
        (
            "Eleve",
            ("GAREleve", [("GARPersonIdentifiant", "b"), ("GARPersonProfil", "National_par")]),
            "« National_par » n’est pas un profil du GAR",
        ),
        ("Eleve", ("GAREleve", [("GARPersonIdentifiant", " ")]), "« GARPersonIdentifiant » est vide"),
        ("Eleve", ("GAREleve", [("GARPersonEtab", "0350001A")]), "GAREleve sans GARPersonIdentifiant"),
        (
            "Eleve",
            ("GAREleve", [("GARPersonIdentifiant", "b"), ("GARPersonEtab", "0999999X")]),
            "L’établissement « 0999999X » n’est pas",
        ),
        (
            "Eleve",
            ("GAREleve", [("GARPersonIdentifiant", "b"), ("GARPersonDateNaissance", "02/03/2012")]),
            "n’est pas une date",
        ),
        (
            "Eleve",
            ("GAREleve", [("GARPersonIdentifiant", "b"), ("GARPersonIdSecondaire", "1")]),
            "« GARPersonIdSecondaire » ne sort pas de Préau",
        ),
        (
            "Eleve",
            ("GARPersonMEF", [UAI, ("GARPersonIdentifiant", "b"), ("GARMEFCode", "m")]),
            "L’élève « b » n’est pas",
        ),
        ("Eleve", ("GARPersonMEF", [UAI, WHO, ("GARMEFCode", "n")]), "Le MEF « 0350001A n » n’est pas"),
        (
            "Eleve",
            ("GAREleveEnseignement", [UAI, WHO, ("GARMatiereCode", "z")]),
            "La matière « 0350001A z » n’est pas",
        ),
        (
            "Eleve",
            ("GARPersonMEFSTAT4", [UAI, WHO, ("GARMEFSTAT4Code", "1124")]),
            "n’existe pas dans les fichiers du second degré",
        ),
        ("Groupe", CLASS, "« 0350001A 3A » deux fois parmi les GARGroupe"),
        (
            "Groupe",
            ("GARGroupe", [("GARGroupeCode", "3B"), UAI, ("GARGroupeStatut", "CLASSE")]),
            "ni DIVISION ni GROUPE",
        ),
        (
            "Groupe",
            (
                "GARGroupe",
                [
                    ("GARGroupeCode", "G"),
                    UAI,
                    ("GARGroupeStatut", "GROUPE"),
                    ("GARGroupeDivAppartenance", "3Z"),
                ],
            ),
            "La division « 0350001A 3Z » n’est pas",
        ),
        (
            "Groupe",
            ("GARPersonGroupe", [UAI, WHO, ("GARGroupeCode", "3Z")]),
            "Le groupe « 0350001A 3Z » n’est pas",
        ),
        (
            "Groupe",
            ("GARPersonGroupe", [UAI, ("GARPersonIdentifiant", "b"), ("GARGroupeCode", "3A")]),
            "La personne « b » n’est pas",
        ),
        (
            "Groupe",
            ("GAREnsGroupeMatiere", [UAI, WHO, ("GARGroupeCode", "3A")]),
            "Le groupe « 0350001A 3A » n’est pas",
        ),
    ],
)
def test_each_rule_refuses_with_a_sentence(tmp_path: Path, kind: str, node: Any, said: str) -> None:
    assert said in checked(tmp_path, GOOD | {kind: [*GOOD[kind], node]})


def test_a_file_too_long_or_not_itself_is_refused(tmp_path: Path) -> None:
    assert "8 nœuds, quand 7 sont permis" in checked(tmp_path, GOOD, limit=7)
    (tmp_path / "X_RespAff_0000.xml").write_text('<a xmlns="http://data.education.fr/ns/gar"/>')
    assert "« a » n’est pas ce que le nom du fichier annonce" in checked(tmp_path, GOOD)
    (tmp_path / "X_RespAff_0000.xml").write_text("<a><b></a>")
    assert "Le fichier n’est pas un XML bien formé" in checked(tmp_path, GOOD)


def test_a_long_refusal_is_cut(tmp_path: Path) -> None:
    many = [("GARPersonGroupe", [UAI, WHO, ("GARGroupeCode", f"Z{number:02d}")]) for number in range(30)]
    lines = checked(tmp_path, GOOD | {"Groupe": [CLASS, *many]}).splitlines()
    assert len(lines) == 21 and lines[-1] == "… et 10 autres."
