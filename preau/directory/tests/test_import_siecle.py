"""The exports of SIECLE and STSWEB into the directory: both generations, alone or beside the AAF, and hostile ones."""

import json
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from preau.directory.exports import dump
from preau.directory.imports.siecle import told as telling
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
from preau.directory.seeds.plans import Degree
from preau.directory.seeds.siecle import write_siecle
from preau.directory.seeds.world import World
from preau.directory.tests import aaf
from preau.directory.tests.siecle import (
    UAI,
    archive,
    bee,
    communs,
    deliver,
    division,
    eleve,
    eleves,
    individu,
    lien,
    nomenclature,
    personne,
    place,
    responsables,
    structures,
    sts,
)
from preau.directory.tests.test_import_aaf import adds_up, reasons, rows
from preau.directory.words import Authority, Kinship, Role
from preau.foundation import xmlrecords

pytestmark = pytest.mark.django_db
SAMPLES = settings.BASE_DIR.parent / "shared" / "data" / "formats" / "siecle"
DAY = date(2026, 11, 20)
RECOGNISED = "Reconnu : une autre source avait déjà apporté cette personne."
DOUBTFUL = "Ressemble à plusieurs personnes déjà là : une personne de plus est ouverte, à vérifier."


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Import files or folders and give the whole report; `code` is the exit code expected. `opens`: the school to open."""

    def run(
        *paths: Path,
        options: tuple[str, ...] = (),
        code: int = 0,
        command: str = "siecle",
        opens: str = UAI,
    ) -> dict[str, Any]:
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        arguments = [*map(str, paths), "--json", str(report), *options]
        if command == "siecle" and opens:
            arguments += ["--school", opens]
        if code:
            with pytest.raises(CommandError) as error:
                call_command(f"import_{command}", *arguments)
            assert error.value.returncode == code
        else:
            call_command(f"import_{command}", *arguments)
        payload: dict[str, Any] = json.loads(report.read_text())
        return payload

    return run


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the samples of SIECLE are not on this machine (shared/data/formats/siecle)")
    return SAMPLES


def plain(reason: str) -> str:
    return reason.replace("\u202f", " ").replace("\xa0", " ")


def sentences(report: dict[str, Any], grade: str = "warnings") -> set[str]:
    return {plain(reason) for reason in reasons(report, grade)}


def bearer(value: str, source: str = "siecle") -> Person:
    """Who bears this key."""
    return Person.objects.get(external_ids__source=source, external_ids__value=value)


def small(**more: Any) -> list[bytes]:
    """One school: two pupils, a mother, a father in charge, a teacher."""
    links = (
        lien("1", "1", PAIE_FRAIS_SCOLAIRES="true", HEBERGE_ELEVE="true", A_CONTACTER_EN_PRIORITE="false"),
        lien("1", "2", "20", NIVEAU_RESPONSABILITE="2", A_CONTACTER_EN_PRIORITE="true"),
        lien("2", "1"),
    )
    return [
        communs(),
        nomenclature(),
        structures(groups=("LATIN",)),
        eleves(
            eleve("1", ID_NATIONAL="123456789AB", DATE_ENTREE="05/10/2026", PRENOM2="Rose"),
            eleve("2", given="Tom"),
            places=(place("1", "3A", "G:LATIN"), place("2", "3B")),
        ),
        responsables(
            personne("1", MEL="anne@example.org", TEL_PORTABLE="0600000001", TEL_PERSONNEL="0200000001"),
            personne("2", given="Marc", LC_CIVILITE="M."),
            links=links,
        ),
        sts(
            individu(
                "1",
                "Martin",
                "Paul",
                '<DISCIPLINES><DISCIPLINE CODE="L1300"><LIBELLE_COURT>MATHEMATIQ</LIBELLE_COURT></DISCIPLINE></DISCIPLINES>'
                "<PROFS_PRINC><PROF_PRINC><CODE_STRUCTURE>3A</CODE_STRUCTURE></PROF_PRINC></PROFS_PRINC>",
            ),
            classes=(division("3A", ("061300", "1")), division("3B", ("061300", "1"))),
        ),
    ]


# What the files make


def test_a_school_comes_out_of_its_exports(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", *small()))
    assert report["read"] == {
        "Eleve": 2,
        "EtabEducNat": 1,
        "MatEducNat": 1,
        "MefEducNat": 1,
        "PersEducNat": 1,
        "PersRelEleve": 2,
    }
    assert (report["created"], report["quarantined"], report["warnings"]) == (8, [], [])
    school = School.objects.get(uai=UAI)
    assert (school.name, school.kind) == ("COLLEGE JEAN TEST", School.Kind.COLLEGE)
    pupil = bearer("1")
    assert (pupil.given_name, pupil.civil_given_names, pupil.civility) == ("Léa", "Rose", "mme")
    holding = pupil.holdings.get()
    assert (holding.role, holding.programme, holding.source) == (Role.PUPIL, "10310019110", "siecle")
    enrolments = pupil.enrolments.values_list("group__name", "group__level", "starts").order_by("group__name")
    assert list(enrolments) == [("3A", "3EME", date(2026, 10, 5)), ("LATIN", "", date(2026, 10, 5))]
    assert pupil.external_ids.filter(kind="ine", value="123456789AB").exists()


def test_a_link_says_all_that_siecle_knows(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", *small()))
    mother, father = bearer("1").guardianships.order_by("-kinship")
    if mother.kinship != Kinship.MOTHER:
        mother, father = father, mother
    assert (mother.authority, mother.pays, mother.lives_with, mother.contact_priority) == (
        Authority.LEGAL,
        True,
        True,
        None,
    )
    assert (father.authority, father.kinship, father.pays, father.lives_with, father.contact_priority) == (
        Authority.IN_CHARGE,
        Kinship.FATHER,
        False,
        None,
        1,
    )
    assert (mother.guardian.email, mother.guardian.phone) == ("anne@example.org", "0600000001")


def test_a_teacher_has_the_services_of_stsweb(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", *small()))
    teacher = bearer("epp:1")
    holding = teacher.holdings.get()
    assert (holding.role, holding.title, teacher.birth_date) == (
        Role.TEACHER,
        "mathematiq",
        date(1980, 1, 1),
    )
    taught = Assignment.objects.filter(teacher=teacher).values_list("kind", "subject__name", "group__name")
    assert sorted(taught, key=str) == [
        ("head_teacher", None, "3A"),
        ("teaches", "Mathématiques", "3A"),
        ("teaches", "Mathématiques", "3B"),
    ]


def test_the_three_lists_of_numbers_overlap_and_nobody_is_confused(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", *small()))
    assert len({bearer("1").pk, bearer("personne:1").pk, bearer("epp:1").pk}) == 3
    assert set(ExternalId.objects.filter(source="siecle").values_list("authority", flat=True)) == {UAI}


def test_a_second_run_writes_nothing_and_a_trial_neither(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", *small())
    before = rows()
    assert bring(folder, options=("--dry-run",))["created"] == 8
    assert rows() == before
    bring(folder)
    before = rows()
    again = bring(folder)
    assert rows() == before and again["unchanged"] == 8 and adds_up(again)


def test_the_files_may_come_apart(bring: Any, tmp_path: Path) -> None:
    """Each says what it knows, and ends nothing of the others."""
    everything = small()
    bring(deliver(tmp_path / "d", *everything))
    before = rows()
    for content in everything:
        if b"BEE_RESPONSABLES" not in content and b"BEE_ELEVES" not in content:
            report = bring(deliver(tmp_path / "d", content))
            assert rows() == before, report
    alone = bring(deliver(tmp_path / "d", everything[4]))
    assert "Les responsables sont livrés sans les élèves : leurs liens ne sont pas repris." in sentences(
        alone
    )
    assert rows() == before
    bring(deliver(tmp_path / "d", everything[3]))
    assert rows() == before, (
        "without the guardians, nobody loses a guardian; without a name, the school keeps its own"
    )


def test_a_school_without_a_name_bears_its_uai(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", structures()))
    assert (School.objects.get(uai=UAI).name, report["created"]) == (UAI, 1)
    assert "Aucun fichier ne dit le nom de l’établissement (Communs.xml, STSWEB)." in sentences(report)


def test_a_pupil_who_left_is_kept_without_programme_nor_class(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", *small())
    bring(folder)
    left = eleve("1", ID_NATIONAL="123456789AB", CODE_MEF="", DATE_SORTIE="18/11/2026")
    gone = eleve("3", "Petit", "Eva", CODE_MEF="", DATE_SORTIE="04/07/2025")
    report = bring(
        deliver(tmp_path / "d", eleves(left, eleve("2", given="Tom"), gone, places=(place("2", "3B"),)))
    )
    assert report["quarantined"] == []
    holding = bearer("1").holdings.get()
    assert (holding.ends, holding.programme) == (date(2026, 11, 18), "10310019110")
    assert not bearer("1").enrolments.filter(ends=None).exists()
    assert not bearer("3").holdings.exists()


def test_a_pupil_of_age_who_answers_for_oneself_is_one_person(bring: Any, tmp_path: Path) -> None:
    people = responsables(
        personne("7", given="Léa"),
        personne("8", given="Zoé"),
        links=(lien("1", "7", "70"), lien("2", "8", "70")),
    )
    report = bring(deliver(tmp_path / "d", communs(), eleves(eleve("1"), eleve("2", given="Tom")), people))
    assert bearer("1").guardianships.get().guardian == bearer("1")
    assert bearer("2").guardianships.get().guardian == bearer("personne:8"), "another name is another person"
    assert adds_up(report) and not report["quarantined"]


def test_an_institution_may_answer_for_a_pupil(bring: Any, tmp_path: Path) -> None:
    service = personne("9", "Aide sociale", "", LC_CIVILITE="")
    bring(
        deliver(
            tmp_path / "d",
            communs(),
            eleves(eleve("1")),
            responsables(service, links=(lien("1", "9", "51"),)),
        )
    )
    assert bearer("personne:9").is_institution


@pytest.mark.parametrize(
    ("version", "kinship", "level", "expected"),
    [
        ("1.8", "2", {"RESP_LEGAL": "2"}, (Kinship.MOTHER, Authority.LEGAL)),
        ("1.8", "1", {"RESP_LEGAL": "1"}, (Kinship.FATHER, Authority.LEGAL)),
        ("1.8", "6", {"RESP_LEGAL": "0"}, (Kinship.OTHER, Authority.CONTACT)),
        ("2.1", "10", {"NIVEAU_RESPONSABILITE": "2"}, (Kinship.MOTHER, Authority.IN_CHARGE)),
        ("2.1", "90", {"NIVEAU_RESPONSABILITE": "3"}, (Kinship.OTHER, Authority.CONTACT)),
        # Between the two: the tag of the level tells the table, and nobody gets more than is told.
        ("1.8", "2", {"NIVEAU_RESPONSABILITE": "2"}, (Kinship.MOTHER, Authority.IN_CHARGE)),
        ("1.8", "33", {"NIVEAU_RESPONSABILITE": "2"}, (Kinship.OTHER, Authority.IN_CHARGE)),
        ("2.1", "10", {"RESP_LEGAL": "2"}, (Kinship.MOTHER, Authority.LEGAL)),
        ("2.1", "33", {"RESP_LEGAL": "2"}, (Kinship.OTHER, Authority.IN_CHARGE)),
        ("2.1", "10", {"RESP_LEGAL": ""}, (Kinship.MOTHER, Authority.CONTACT)),
    ],
)
def test_what_a_level_means(
    bring: Any, tmp_path: Path, version: str, kinship: str, level: dict[str, str], expected: Any
) -> None:
    link = lien("1", "1", kinship, **{"NIVEAU_RESPONSABILITE": ""} | level)
    people = responsables(personne("1"), links=(link,), version=version)
    bring(deliver(tmp_path / "d", communs(), eleves(eleve("1")), people))
    row = bearer("1").guardianships.get()
    assert (row.kinship, row.authority) == expected


# Of our own generator


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("number", [0, 1])
def test_a_written_school_is_read_whole(bring: Any, tmp_path: Path, number: int, old: bool) -> None:
    academy = demo_academy(DAY)
    school = list(academy.schools(Degree.SECOND))[number]
    counts = write_siecle(tmp_path / "d", school, academy, day=DAY, old=old)
    report = bring(tmp_path / "d", opens=school.uai)
    assert report["read"] == counts and report["quarantined"] == [] and adds_up(report)
    kinds = Group.objects.filter(school__uai=school.uai)
    assert kinds.filter(kind="class").count() == len(school.classes)
    assert kinds.filter(kind="group").count() == len(school.groups)
    services = {
        (service.label, service.subject, person.key)
        for person in school.staff
        for service in person.services
        if service.school == school.key
    }
    teaches = Assignment.objects.filter(school__uai=school.uai, source="siecle", kind="teaches")
    assert teaches.count() == len(services)
    before = rows()
    again = bring(tmp_path / "d")
    assert rows() == before and (again["created"], again["changed"]) == (0, 0)


OLD_WORDS = {
    Kinship.SIBLING: Kinship.OTHER_FAMILY,
    Kinship.GRANDPARENT: Kinship.OTHER_FAMILY,
    Kinship.EDUCATOR: Kinship.OTHER,
    Kinship.FOSTER: Kinship.OTHER,
}


def test_both_generations_give_the_same_guardianships(bring: Any, tmp_path: Path, college: World) -> None:
    """In the words of the old tables, which knew neither « in charge » nor grandparents."""

    def links() -> set[Any]:
        return {
            (
                row.pupil_id,
                row.guardian_id,
                OLD_WORDS.get(Kinship(row.kinship), row.kinship),
                row.authority == "legal",
                row.pays,
                row.contact_priority,
            )
            for row in Guardianship.objects.filter(source="siecle", ends=None)
        }

    academy = demo_academy(DAY)
    school = next(academy.schools(Degree.SECOND))
    Holding.objects.get_or_create(
        person=college.people["head"], role=Role.HEAD, school=School.objects.get(uai=school.uai)
    )
    write_siecle(tmp_path / "new", school, academy, day=DAY)
    write_siecle(tmp_path / "old", school, academy, day=DAY, old=True)
    bring(tmp_path / "new")
    before = links()
    report = bring(tmp_path / "old", options=("--approved-by", college.people["head"].account.login))
    assert links() == before and len(before) == sum(len(pupil.kin.links) for pupil in school.pupils), report


# Beside the AAF


@pytest.mark.parametrize("order", [("aaf", "siecle"), ("siecle", "aaf")])
def test_the_people_of_the_aaf_are_recognised(bring: Any, tmp_path: Path, order: tuple[str, str]) -> None:
    academy = demo_academy(DAY)
    school = next(academy.schools(Degree.SECOND))
    write_delivery(tmp_path / "aaf", academy, day=DAY)
    write_siecle(tmp_path / "siecle", school, academy, day=DAY)
    bring(tmp_path / order[0], command=order[0])
    people, links = Person.objects.count(), Guardianship.objects.filter(ends=None).count()
    here = Holding.objects.filter(school__uai=school.uai, ends=None).count()
    report = bring(tmp_path / order[1], command=order[1])
    assert RECOGNISED in sentences(report) and report["ended"] == 0
    doubtful = sum(plain(note["reason"]) == DOUBTFUL for note in report["warnings"])
    # Mother and grandmother of one name; a teacher who is a parent, whom SIECLE told as two.
    keys = [note["key"] for note in report["warnings"] if plain(note["reason"]) == DOUBTFUL]
    doubtful = {bearer(key, order[1]).search_name for key in keys}
    alone = Person.objects.filter(external_ids__source="siecle").exclude(external_ids__source="aaf")
    assert {person.search_name for person in alone} == doubtful and len(keys) == (
        2 if order[0] == "aaf" else 3
    )
    if order[0] == "aaf":
        assert Person.objects.count() - people == 2
        assert Guardianship.objects.filter(ends=None).count() - links == 2
        assert Holding.objects.filter(school__uai=school.uai, ends=None).count() == here
    before = rows()
    bring(tmp_path / order[1], command=order[1])
    assert rows() == before


AAF_SCHOOL = [
    aaf.etab(),
    aaf.eleve(
        "1000010",
        ENTEleveINE="123456789AB",
        ENTElevePersRelEleve=["1000020$10$1$1$0$1", "1000021$20$0$1$0$0"],
    ),
    aaf.parent("1000020"),
    aaf.parent("1000021", given="Marc", personalTitle="M."),
    aaf.personnel("1000030"),
]


def test_each_of_the_aaf_is_recognised_by_what_both_say(bring: Any, tmp_path: Path) -> None:
    bring(aaf.deliver(tmp_path / "aaf", *AAF_SCHOOL), command="aaf")
    Guardianship.objects.filter(guardian__given_name="Marc").update(may_not_be_informed=True)
    kept = list(Guardianship.objects.order_by("pk").values())
    report = bring(deliver(tmp_path / "d", *small()))
    for siecle, known in (
        ("1", "1000010"),
        ("personne:1", "1000020"),
        ("personne:2", "1000021"),
        ("epp:1", "1000030"),
    ):
        assert bearer(siecle) == bearer(known, "aaf"), siecle
    reason_by_key = {note["key"]: plain(note["reason"]) for note in report["warnings"]}
    assert reason_by_key == {"personne:1": RECOGNISED, "personne:2": RECOGNISED, "epp:1": RECOGNISED}
    mine = Guardianship.objects.filter(pk__in=[row["id"] for row in kept]).order_by("pk")
    assert list(mine.values()) == kept, "the rows of another source stay, and what a judge said"
    assert bearer("1").guardianships.count() == 2
    again = bring(deliver(tmp_path / "d", *small()))
    assert again["warnings"] == [] and again["unchanged"] == 8


def test_a_guardian_who_left_the_family_is_recognised_too(bring: Any, tmp_path: Path) -> None:
    """Otherwise a second person would have none of what a judge said of the first."""
    bring(aaf.deliver(tmp_path / "aaf", *AAF_SCHOOL), command="aaf")
    Guardianship.objects.filter(guardian__given_name="Marc").update(
        may_not_be_informed=True, ends=date(2026, 10, 1)
    )
    bring(deliver(tmp_path / "d", *small()))
    row = Guardianship.objects.get(source="siecle", guardian__given_name="Marc")
    assert row.guardian == bearer("1000021", "aaf") and row.may_not_be_informed


@pytest.mark.parametrize(
    "change",
    [
        {"people": (personne("1", given="Anna"),)},
        {"people": (personne("1", "Dupond"),)},
        {"people": (personne("1"), personne("2"))},
    ],
    ids=["given name", "family name", "two of one name"],
)
def test_nobody_is_recognised_by_chance(bring: Any, tmp_path: Path, change: Any) -> None:
    bring(aaf.deliver(tmp_path / "aaf", *AAF_SCHOOL), command="aaf")
    people = change["people"]
    links = tuple(lien("1", str(number)) for number in range(1, len(people) + 1))
    pupil = eleves(eleve("1", ID_NATIONAL="123456789AB"))
    report = bring(deliver(tmp_path / "d", communs(), pupil, responsables(*people, links=links)))
    assert bearer("personne:1") != bearer("1000020", "aaf")
    assert (DOUBTFUL in sentences(report)) == (len(people) > 1)
    assert RECOGNISED not in sentences(report)


def test_two_guardians_of_one_name_are_not_told_apart(bring: Any, tmp_path: Path) -> None:
    twins = [
        aaf.etab(),
        aaf.eleve(
            "1000010",
            ENTEleveINE="123456789AB",
            ENTElevePersRelEleve=["1000020$10$1$1$0$1", "1000021$10$0$1$0$0"],
        ),
        aaf.parent("1000020"),
        aaf.parent("1000021"),
    ]
    bring(aaf.deliver(tmp_path / "aaf", *twins), command="aaf")
    pupil = eleves(eleve("1", ID_NATIONAL="123456789AB"))
    report = bring(
        deliver(tmp_path / "d", communs(), pupil, responsables(personne("1"), links=(lien("1", "1"),)))
    )
    assert DOUBTFUL in sentences(report)
    assert Person.objects.filter(external_ids__source="aaf", external_ids__value="personne:1").count() == 0


@pytest.mark.parametrize("born", ["1981-01-01", ""])
def test_a_teacher_is_recognised_by_the_same_birth_date_alone(bring: Any, tmp_path: Path, born: str) -> None:
    bring(aaf.deliver(tmp_path / "aaf", *AAF_SCHOOL), command="aaf")
    bring(deliver(tmp_path / "d", sts(individu("1", DATE_NAISSANCE=born))))
    assert bearer("epp:1") != bearer("1000030", "aaf")


def test_a_pupil_without_number_is_recognised_in_the_school(bring: Any, tmp_path: Path) -> None:
    bring(aaf.deliver(tmp_path / "aaf", *AAF_SCHOOL), command="aaf")
    bring(deliver(tmp_path / "d", communs(), eleves(eleve("1"), eleve("2", ID_NATIONAL="999999999ZZ"))))
    assert bearer("1") == bearer("1000010", "aaf")
    assert bearer("2") != bearer("1000010", "aaf"), "another number is another pupil"


def test_what_a_school_typed_proves_nothing(bring: Any, tmp_path: Path) -> None:
    """A file typed by a school would only have to name the next head to become them."""
    bring(aaf.deliver(tmp_path / "aaf", *AAF_SCHOOL), command="aaf")
    ExternalId.objects.filter(value="1000030").update(authority=f"uai:{UAI}")
    bring(deliver(tmp_path / "d", sts(individu("1", FONCTION="DIR"))))
    assert bearer("epp:1") != bearer("1000030", "aaf")


def test_the_same_number_in_two_sources_has_two_keys_in_the_dump(bring: Any, tmp_path: Path) -> None:
    bring(aaf.deliver(tmp_path / "aaf", aaf.etab(), aaf.eleve("1", given="Ana")), command="aaf")
    bring(deliver(tmp_path / "d", communs(), eleves(eleve("1", "Petit", "Bob"))))
    found = [row for row in map(json.loads, dump.lines(UAI)) if row["kind"] == "person"]
    assert {row["given_names"]: row["key"] for row in found} == {"Ana": "aaf:14:1", "Bob": f"siecle:{UAI}:1"}


# Doubts


def test_links_to_nobody_are_told(bring: Any, tmp_path: Path) -> None:
    people = responsables(
        personne("1"), links=(lien("1", "99"), lien("88", "1"), lien("1", "1"), lien("1", "1"))
    )
    report = bring(deliver(tmp_path / "d", communs(), eleves(eleve("1")), people))
    assert {
        "Responsable inconnu : le lien n’est pas repris.",
        "Lien vers un élève inconnu : il n’est pas repris.",
    } <= sentences(report)
    assert adds_up(report) and bearer("1").guardianships.count() == 1


def test_two_records_under_one_number(bring: Any, tmp_path: Path) -> None:
    twice = eleves(eleve("1"), eleve("1"), eleve("2"), eleve("2", given="Tom"), eleve("", given="Zoé"))
    report = bring(deliver(tmp_path / "d", communs(), twice))
    assert adds_up(report) and report["created"] == 3 and report["unchanged"] == 1
    assert sentences(report, "quarantined") == {
        "La même clé est déjà lue à la ligne 8 de 2.xml, avec un autre contenu.",
        "Sans clé (jointure).",
    }


def test_a_dollar_shifts_nothing(bring: Any, tmp_path: Path) -> None:
    """`3$A` and `3` are two classes, and a code can not say more than its place."""
    places = (place("1", "3$A"), place("2", "3"))
    people = responsables(
        personne("1$20$1$1$1", given="Eve"), links=(lien("1", "1$20$1$1$1", NIVEAU_RESPONSABILITE="3"),)
    )
    report = bring(
        deliver(
            tmp_path / "d",
            communs("COLLEGE", "A$B"),
            structures(("3$A", "3")),
            eleves(eleve("1"), eleve("2", "Du$rand", "Tom"), places=places),
            people,
            sts(individu("1"), classes=(division("3$A", ("0613$00", "1")),)),
        )
    )
    assert "Le signe « $ » n’a pas sa place dans un code ou un libellé : il est remplacé." in sentences(
        report
    )
    assert set(Group.objects.filter(school__uai=UAI).values_list("name", flat=True)) == {"3\uff04A", "3"}
    assert bearer("1").enrolments.get().group.name == "3\uff04A"
    assert bearer("1").guardianships.get().authority == Authority.CONTACT
    assert bearer("2").family_name == "Du$rand" and School.objects.get(uai=UAI).name == "COLLEGE A\uff04B"
    assert Assignment.objects.get(teacher=bearer("epp:1")).subject.code == "0613\uff0400"


def test_dates_that_cannot_be_are_ignored(bring: Any, tmp_path: Path) -> None:
    strange = eleves(
        eleve("1", DATE_NAISS="31/02/2012", DATE_SORTIE="demain", DATE_ENTREE="99/99/9999"),
        day="32/13/2026",
        places=(place("1", "3A"),),
    )
    report = bring(
        deliver(tmp_path / "d", communs(), strange, sts(individu("1", DATE_NAISSANCE="1980-13-45")))
    )
    assert sum(plain(note["reason"]) == "Date illisible : ignorée." for note in report["warnings"]) == 3
    assert bearer("1").birth_date is None and bearer("1").holdings.get().ends is None


def test_structures_that_the_two_do_not_share(bring: Any, tmp_path: Path) -> None:
    """STSWEB's own are opened when a pupil is in them, or when SIECLE lists nothing."""
    staff = sts(
        individu("1"),
        classes=(division("3B", ("061300", "1")), division("3C", ("061300", "1"))),
        groups=(division("IDD", ("061300", "1"), tag="GROUPE"),),
    )
    pupils = eleves(eleve("1"), places=(place("1", "3B"),))
    report = bring(deliver(tmp_path / "d", communs(), nomenclature(), structures(("3A",)), pupils, staff))
    notes = [note["key"] for note in report["warnings"] if "STSWEB seul" in note["reason"]]
    assert sorted(notes) == ["3C", "IDD"]
    groups = Group.objects.filter(school__uai=UAI)
    assert set(groups.values_list("name", flat=True)) == {"3A", "3B"}
    assert Assignment.objects.get(teacher=bearer("epp:1")).group.name == "3B"
    bring(deliver(tmp_path / "d", nomenclature(), staff))
    assert set(groups.values_list("name", flat=True)) == {"3A", "3B", "3C", "IDD"}


def test_a_level_that_is_too_long_is_cut_and_told(bring: Any, tmp_path: Path) -> None:
    names = nomenclature().replace(b"3EME", b"SECONDE GENERALE ET TECHNOLOGIQUE").replace(b"2116", b"2211")
    report = bring(deliver(tmp_path / "d", communs(), names, structures(("2A",))))
    told = [note["key"] for note in report["warnings"] if "plus de 20 caractères" in note["reason"]]
    assert told == ["2A"]
    assert Group.objects.get(name="2A", school__uai=UAI).level == "SECONDE GENERALE ET"


# Refused


def refused(bring: Any, *paths: Path) -> str:
    before = rows()
    report = bring(*paths, code=2)
    assert rows() == before, "nothing half applied"
    return plain(report["errors"][0]["reason"])


def test_two_schools_or_two_years_are_two_deliveries(bring: Any, tmp_path: Path) -> None:
    first, other = eleves(eleve("1")), sts(individu("1"), uai="0350002B")
    reason = refused(bring, deliver(tmp_path / "d", first, other))
    assert (
        reason
        == "Les fichiers viennent de deux établissements, 0350001A et 0350002B : livrez-les séparément."
    )
    reason = refused(bring, deliver(tmp_path / "d", first, eleves(eleve("1"), year="2025")))
    assert reason == "Les fichiers sont de plusieurs années scolaires : livrez-les séparément."
    reason = refused(bring, deliver(tmp_path / "d", eleves(eleve("1"), year="2027")))
    assert (
        reason
        == "Ces fichiers sont ceux de l’année 2027-2028, qui n’a pas commencé : livrez-les à la rentrée."
    )


def test_files_of_a_former_year_are_refused_unless_that_year_is_named(bring: Any, tmp_path: Path) -> None:
    def of_then(folder: str) -> Path:
        pupils = eleves(eleve("1"), places=(place("1", "4C"),), year="2025", day="20/11/2025")
        return deliver(tmp_path / folder, pupils)

    bring(deliver(tmp_path / "now", *small()))
    reason = refused(bring, of_then("then"))
    assert reason == (
        "Ces fichiers sont de l’année 2025-2026 ; l’établissement 0350001A en est à 2026-2027. "
        "Prenez ceux de cette année."
    )
    assert not Group.objects.filter(name="4C").exists()
    before = rows()
    report = bring(of_then("then"), options=("--year", "2024"), code=2)
    assert "Ces fichiers sont de l’année 2025-2026, et non de 2024-2025." in str(report["errors"])
    assert rows() == before
    bring(of_then("then"), options=("--year", "2025"))
    assert Group.objects.get(name="4C").year.name == "2025-2026"


def test_a_school_that_is_not_here_is_opened_when_it_is_named(
    bring: Any, tmp_path: Path, college: World
) -> None:
    folder = deliver(tmp_path / "d", *small())
    reason = plain(bring(folder, code=2, opens="")["errors"][0]["reason"])
    assert reason == f"L’établissement {UAI} n’est pas ici. Pour l’ouvrir, nommez-le : --school {UAI}."
    bring(folder)
    assert School.objects.filter(uai=UAI).exists()


ENTITY = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def hostile(name: str) -> bytes:
    good = eleves(eleve("1", "Lefèvre", "Zoé"))
    head, _end, rest = good.partition(b"?>\n")
    return {
        "truncated": good[:-40],
        "encoding": good.decode("iso-8859-15").encode("utf-8"),
        "entities": head + b"?>\n" + ENTITY.encode() + rest.replace(b"Durand", b"&b;"),
        "outside": head + b"?>\n" + OUTSIDE.encode() + rest,
        "root": b"<EDT_STS></EDT_STS>",
        "nobody": b'<?xml version="1.0"?><BEE_ELEVES VERSION="3.0"><DONNEES/></BEE_ELEVES>',
        "deep": bee("BEE_ELEVES", "<ELEVES>" + "<A>" * 40 + "</A>" * 40 + "</ELEVES>"),
        "endless": eleves(eleve("1", "A" * 200_000)),
        "empty": b"",
    }[name]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("truncated", "Le fichier s’arrête au milieu."),
        ("encoding", "Le fichier se dit en ISO-8859-15, mais il est écrit en UTF-8."),
        ("entities", "Le fichier contient une déclaration que Préau refuse par sécurité."),
        ("outside", "Le fichier contient une déclaration que Préau refuse par sécurité."),
        ("root", "Ce n’est pas un export de SIECLE ni de STSWEB que Préau sait lire."),
        ("nobody", "Le fichier ne dit pas de quel établissement il vient (UAJ)."),
        ("deep", "Les balises sont imbriquées trop profondément."),
        ("endless", "Une valeur dépasse 100 000 caractères."),
        ("empty", "Le fichier est vide."),
    ],
)
def test_a_file_that_cannot_be_trusted(bring: Any, tmp_path: Path, name: str, sentence: str) -> None:
    assert refused(bring, deliver(tmp_path / "d", communs(), hostile(name))) == sentence


def test_one_school_is_not_endless(bring: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST", 40)
    pupils = [eleve(str(number)) for number in range(10)]
    assert refused(bring, deliver(tmp_path / "d", eleves(*pupils))) == (
        "Il y a trop d’enregistrements pour un seul établissement."
    )


def test_a_place_that_both_sources_name_is_held_once(bring: Any, tmp_path: Path) -> None:
    """STSWEB cuts « MATHEMATIQUES » short: it is the same function in other words."""
    bring(aaf.deliver(tmp_path / "aaf", *AAF_SCHOOL), command="aaf")
    bring(deliver(tmp_path / "d", *small()))
    assert bearer("epp:1").holdings.get().title == "mathématiques"


# Archives


def test_archives_are_read_as_delivered(bring: Any, tmp_path: Path) -> None:
    names = ("Communs", "Nomenclature", "Structures", "ElevesSansAdresses", "Responsables")
    *exported, services = small()
    folder = deliver(tmp_path / "d", services)
    for name, content in zip(names, exported, strict=True):
        archive(folder / f"ExportXML_{name}.zip", **{f"dossier__{name}": content})
    archive(folder / "ExportXML_Geographique.zip", Geographique=bee("BEE_GEOGRAPHIQUE", uai="0750001A"))
    report = bring(folder)
    assert (report["created"], report["warnings"]) == (8, [])
    before = rows()
    bring(deliver(tmp_path / "d", *small()))
    assert rows() == before
    assert {path.name for path in tmp_path.rglob("*.xml")} == {f"{number}.xml" for number in range(1, 7)}


def test_archives_that_cannot_be_trusted(bring: Any, tmp_path: Path) -> None:
    good = eleves(eleve("1"))
    path = tmp_path / "ExportXML.zip"
    out = "L’archive contient un lien ou un chemin qui sort d’elle : elle est refusée par sécurité."
    assert refused(bring, archive(path, **{"..__..__Eleves": good})) == out
    bomb = eleves(eleve("1", "A" * 90_000), places=(" " * 3_000_000,))
    assert refused(bring, archive(path, Eleves=bomb)) == (
        "L’archive se décompresse au-delà de toute mesure : elle est refusée par sécurité."
    )
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("lisez-moi.txt", "rien")
    assert refused(bring, path) == "L’archive ne contient aucun fichier .xml."
    path.write_bytes(archive(path, Eleves=good).read_bytes()[:-60])
    assert refused(bring, path) == "L’archive est abîmée : refaites-la, puis déposez-la de nouveau."
    path.write_bytes(b"pas une archive")
    assert refused(bring, path) == "Le fichier n’est pas un XML bien formé."
    assert refused(bring, archive(path, Eleves=good[:-30])) == "Le fichier s’arrête au milieu."


# The samples of SIECLE


def test_the_sample_of_a_college(bring: Any, samples: Path) -> None:
    report = bring(samples / "college-2009-complet", opens="0999999X")
    assert adds_up(report) and report["quarantined"] == []
    assert (report["read"]["Eleve"], report["read"]["PersEducNat"]) == (533, 33)
    school = School.objects.get(uai="0999999X")
    enrolled = Enrolment.objects.filter(school=school, group__kind="class")
    assert enrolled.values("pupil").distinct().count() == 401
    groups = Group.objects.filter(school=school)
    assert (groups.filter(kind="class").count(), groups.filter(kind="group").count()) == (17, 25)
    assert set(groups.filter(kind="class").values_list("level", flat=True)) == {
        "6EME",
        "5EME",
        "4EME",
        "3EME",
    }
    assert Guardianship.objects.filter(source="siecle").count() == 1017
    before = rows()
    again = bring(samples / "college-2009-complet", opens="0999999X")
    assert rows() == before and again["unchanged"] == sum(again["read"].values())


@pytest.mark.parametrize(
    ("part", "classes", "groups"),
    [("lycee-v4-structures", 36, 244), ("college-v4-structures", 30, 6), ("exports", 0, 0)],
)
def test_samples_without_pupils(bring: Any, samples: Path, part: str, classes: int, groups: int) -> None:
    report = bring(samples / part, opens="0999999X")
    assert adds_up(report) and report["quarantined"] == []
    found = Group.objects.filter(school__uai="0999999X")
    assert (found.filter(kind="class").count(), found.filter(kind="group").count()) == (classes, groups)
    before = rows()
    bring(samples / part, opens="0999999X")
    assert rows() == before


def test_what_leads_nowhere_is_told_and_left(bring: Any, tmp_path: Path) -> None:
    """A class of a stranger, a service of a stranger, a class without a code, a link to no number, somebody without a function."""
    report = bring(
        deliver(
            tmp_path / "d",
            communs(),
            structures(classes=("3A", "")),
            eleves(eleve("1"), places=(place("1", "3A"), place("99", "3A"))),
            responsables(personne("1"), links=(lien("1", "1"), lien("1", ""))),
            sts(
                individu("1"),
                individu("2", "Roy", "Ada", FONCTION=""),
                classes=(division("3A", ("061300", "77")),),
            ),
        )
    )
    assert adds_up(report)
    assert {
        "Classe d’un élève inconnu : elle n’est pas reprise.",
        "Service d’un enseignant inconnu : il n’est pas repris.",
        "Classe ou groupe sans code : ignoré.",
    } <= sentences(report)
    assert bearer("1").guardianships.count() == 1
    assert [row.role for row in bearer("epp:2").holdings.all()] == [Role.OTHER]


def test_a_record_and_a_heading_have_their_measure(
    bring: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = eleves(eleve("1")).replace(b"<UAJ>0350001A</UAJ>", b"")
    assert "de quel établissement" in refused(bring, deliver(tmp_path / "d", nameless))
    monkeypatch.setattr(xmlrecords, "LONGEST_RECORD", 60)
    assert refused(bring, deliver(tmp_path / "d", eleves(eleve("1")))) == (
        "Un enregistrement dépasse un million de caractères."
    )
