"""Complete deliveries into the directory: every record counted, nothing twice, nothing half, nobody else's."""

import json
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from preau.directory.actions import writing
from preau.directory.exports import dump
from preau.directory.imports import spool
from preau.directory.imports.run import Result, Run
from preau.directory.models import (
    Assignment,
    Delivery,
    DeliveryShare,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    OfficialCode,
    Person,
    School,
    SchoolYear,
    Subject,
)
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import (
    deliver,
    document,
    eleve,
    etab,
    matiere,
    mef,
    modify,
    parent,
    personnel,
    record,
)
from preau.directory.words import Authority, Kinship, Role

pytestmark = [pytest.mark.django_db, pytest.mark.engine]
SAMPLES = settings.BASE_DIR.parent / "shared" / "data" / "formats" / "aaf"
SECOND_DEGREE = [
    "2020-minimal",
    "eole-mini-ve1302",
    "ve1301-nomenclatures",
    "ve2407-sdet6.4/before",
    "ve2407-sdet6.4/after",
]
DOMAIN = [
    School,
    SchoolYear,
    Person,
    Holding,
    Guardianship,
    Group,
    Enrolment,
    Assignment,
    Subject,
    ExternalId,
    OfficialCode,
]


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every domain row with every field: a run that writes nothing leaves this as it is."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in DOMAIN}


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Import a folder and give its whole report; `code` is the exit code expected."""

    def run(folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        if code:
            with pytest.raises(CommandError) as error:
                call_command("import_aaf", str(folder), "--json", str(report), *arguments)
            assert error.value.returncode == code
        else:
            call_command("import_aaf", str(folder), "--json", str(report), *arguments)
        payload: dict[str, Any] = json.loads(report.read_text())
        return payload

    return run


def adds_up(report: dict[str, Any]) -> bool:
    done = report["created"] + report["changed"] + report["unchanged"] + len(report["quarantined"])
    return sum(report["read"].values()) == done


def reasons(report: dict[str, Any], grade: str = "warnings") -> set[str]:
    return {note["reason"] for note in report[grade]}


SMALL = [
    etab(),
    matiere("061300", "MATHEMATIQUES"),
    mef("10310019110", "3EME"),
    eleve(
        "10",
        ENTElevePersRelEleve=["20$10$1$1$0$1", "21$20$0$1$1$0"],
        ENTEleveAdresseRel=["20"],
        ENTEleveMEF="10310019110",
        ENTEleveINE="123456789AB",
        ENTEleveDateEntreeClasses="1$02/09/2026$3A",
    ),
    eleve("11", given="Tom", label="3B", ENTElevePersRelEleve=["20$10$1$1$0$1"]),
    parent("20", mail="anne@example.org", mobile="+33 6 00 00 00 01"),
    parent("21", given="Marc", personalTitle="M."),
    personnel(
        "30", ENTAuxEnsClassesMatieres=["1$3A$061300", "1$3B$061300"], ENTAuxEnsClassesPrincipal=["1$3A"]
    ),
]


# What a delivery makes


def test_a_school_comes_out_of_its_files(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", *SMALL))
    assert report["read"] == {
        "Eleve": 2,
        "EtabEducNat": 1,
        "MatEducNat": 1,
        "MefEducNat": 1,
        "PersEducNat": 1,
        "PersRelEleve": 2,
    }
    assert (report["created"], report["quarantined"], report["warnings"]) == (8, [], [])
    school = School.objects.get(uai="0350001A")
    assert school.current_year and school.current_year.name == "2026-2027"
    pupil = Person.objects.get(external_ids__value="10")
    holding = pupil.holdings.get()
    assert (holding.role, holding.programme, holding.starts) == (Role.PUPIL, "10310019110", date(2026, 9, 1))
    enrolment = pupil.enrolments.get()
    assert (enrolment.group.name, enrolment.group.level, enrolment.starts) == ("3A", "3EME", date(2026, 9, 2))
    mother, father = pupil.guardianships.order_by("kinship").reverse()
    assert (mother.kinship, mother.authority, mother.lives_with, mother.pays) == (
        Kinship.MOTHER,
        Authority.LEGAL,
        True,
        True,
    )
    assert (father.kinship, father.lives_with, father.pays, father.contact_priority) == (
        Kinship.FATHER,
        None,
        False,
        1,
    )
    assert mother.guardian.email == "anne@example.org"
    kinds = Assignment.objects.filter(teacher__external_ids__value="30").values_list(
        "kind", "subject__name", "group__name"
    )
    assert sorted(kinds, key=str) == [
        ("head_teacher", None, "3A"),
        ("teaches", "Mathématiques", "3A"),
        ("teaches", "Mathématiques", "3B"),
    ]


def test_a_second_run_writes_no_row(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", *SMALL)
    bring(folder)
    before = rows()
    report = bring(folder)
    assert (report["created"], report["changed"], report["unchanged"], report["ended"]) == (0, 0, 8, 0)
    assert rows() == before


def test_a_second_run_looks_once_and_each_school_still_reads_its_share(
    bring: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = deliver(tmp_path / "d", *SMALL)
    bring(folder)
    first = Delivery.objects.latest("pk")

    def never(*_: Any) -> None:
        raise AssertionError("this school has nothing to write")

    monkeypatch.setattr(writing, "bring_school", never)
    assert bring(folder)["applied"]
    second = Delivery.objects.latest("pk")
    assert second.pk != first.pk and second.state == Delivery.State.DONE
    schools = [set(one.shares.values_list("school__uai", flat=True)) for one in (first, second)]
    assert schools[0] and schools[0] == schools[1]


def test_a_dry_run_tells_the_same_and_writes_nothing(bring: Any, tmp_path: Path) -> None:
    folder, before = deliver(tmp_path / "d", *SMALL), rows()
    preview = bring(folder, "--dry-run")
    assert rows() == before and not Delivery.objects.exists()
    applied = bring(folder)
    assert {name: preview[name] for name in ("read", "created", "changed")} == {
        name: applied[name] for name in ("read", "created", "changed")
    }


def test_several_files_of_a_category_and_mixed_encodings(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", etab(), name="A_EtabEducNat_0000.xml")
    for number in range(3):
        content = document(
            eleve(str(10 + number), name="Éloïse"), encoding="ISO-8859-15" if number else "UTF-8"
        )
        (folder / f"A_Eleve_000{number}.xml").write_bytes(content)
    report = bring(folder)
    assert report["read"] == {"Eleve": 3, "EtabEducNat": 1}
    assert Person.objects.filter(family_name="Éloïse").count() == 3


@pytest.mark.parametrize("sample", SECOND_DEGREE)
def test_each_official_sample_adds_up_and_a_second_run_writes_no_row(bring: Any, sample: str) -> None:
    folder = SAMPLES / sample
    if not folder.is_dir():
        pytest.skip("the samples of the AAF are not on this machine (shared/data/formats/aaf)")
    first = bring(folder)
    assert adds_up(first) and first["created"]
    before = rows()
    second = bring(folder)
    assert adds_up(second)
    assert (second["created"], second["changed"], second["ended"]) == (0, 0, 0)
    assert rows() == before


# What cannot be kept, what is kept with a doubt


def test_only_what_has_no_key_or_no_name_is_quarantined(bring: Any, tmp_path: Path) -> None:
    bad = [
        eleve("", ENTPersonJointure=[]),
        eleve("12", name="", ENTPersonNomPatro=[]),
        record("categoriePersonne", "Martien", "13", {"sn": "X"}),
        eleve("14", ENTPersonJointure="15"),
        etab("2", uai=""),
        etab("3", name=""),
    ]
    folder = deliver(tmp_path / "d", etab(), *bad, eleve("10"))
    report = bring(folder)
    assert adds_up(report) and len(report["quarantined"]) == 6 and report["created"] == 2
    lines = (folder / "ENT_Complet_20261120_Tout_0000.xml").read_text().splitlines()
    for note in report["quarantined"]:
        assert (
            note["file"] == "ENT_Complet_20261120_Tout_0000.xml" and lines[note["line"] - 1] == "<addRequest>"
        )
    assert reasons(report, "quarantined") == {
        "Sans clé (jointure).",
        "Sans nom.",
        "Catégorie inconnue.",
        "Établissement sans UAI.",
        "Établissement sans nom.",
        "Deux clés différentes\u202f: l’identifiant et la jointure ne sont pas les mêmes.",
    }
    before = rows()
    assert adds_up(bring(folder)) and rows() == before


@pytest.mark.parametrize(
    ("pupil", "warning"),
    [
        (eleve("10", ENTPersonDateNaissance=[]), "Sans date de naissance."),
        (eleve("10", ENTPersonDateNaissance="31/02/2012"), "Date illisible\u202f: ignorée."),
        (eleve("10", ENTPersonDateNaissance="01/01/2112"), "Date de naissance impossible\u202f: ignorée."),
        (eleve("10", sn=[]), "Sans nom d’usage\u202f: le nom de naissance est repris."),
        (eleve("10", given=""), "Sans prénom."),
        (eleve("10", name="L" * 300), "Nom de plus de 120 caractères\u202f: coupé."),
        (eleve("10", name="<b>Gras</b>"), "Nom avec des signes inattendus\u202f: à vérifier."),
        (eleve("10", name="=HYPERLINK(1)"), "Nom avec des signes inattendus\u202f: à vérifier."),
        (eleve("10", ENTEleveMEF="99999999999"), "Formation (MEF) inconnue\u202f: gardée telle quelle."),
        (eleve("10", ENTEleveClasses="$3A"), "Classe ou groupe sans établissement\u202f: ignoré."),
        (
            eleve("10", ENTEleveClasses="1$9Z"),
            "Classe ou groupe que l’établissement ne liste pas\u202f: ouvert.",
        ),
        (
            eleve("10", school="404"),
            "Établissement inconnu\u202f: la personne est gardée, sans cet établissement.",
        ),
        (
            eleve("10", ENTElevePersRelEleve=["404$10$1$1$0$1"]),
            "Responsable inconnu\u202f: le lien n’est pas repris.",
        ),
        (
            eleve("10", ENTElevePersRelEleve=["20$66$1$1$0$1"]),
            "Lien de parenté inconnu\u202f: «\u202fautre\u202f».",
        ),
        (
            eleve("10", ENTElevePersRelEleve=["20$10$1$9$0$1"]),
            "Niveau de responsabilité inconnu\u202f: «\u202fpersonne à contacter\u202f».",
        ),
        (
            eleve("10", ENTElevePersRelEleve=["20$1$1$1$0$1"]),
            "Code de lien d’une autre version que celle déclarée\u202f: le lien est mis de côté.",
        ),
        (
            eleve("10", ENTElevePersRelEleve=["20$10$1$1$0$1", "20$20$1$1$0$1"]),
            "Même responsable deux fois\u202f: le premier lien est gardé.",
        ),
        (
            eleve("10", ENTElevePersRelEleve=["10$10$1$1$0$1"]),
            "Un élève est donné comme son propre parent\u202f: le lien n’est pas repris.",
        ),
        (eleve("10", mail="pas une adresse"), "Adresse de courriel impossible\u202f: ignorée."),
        (
            personnel("10", ENTPersonFonctions="1$XYZ$MAGIE$-$SANS OBJET"),
            "Fonction inconnue\u202f: «\u202fautre personnel\u202f».",
        ),
        (
            personnel("10", ENTAuxEnsClassesMatieres="1$3A$999999"),
            "Matière inconnue\u202f: gardée sous son code.",
        ),
    ],
    ids=lambda value: value if not value.startswith("<") else "",
)
def test_a_doubt_is_applied_and_told(bring: Any, tmp_path: Path, pupil: str, warning: str) -> None:
    folder = deliver(tmp_path / "d", etab(), mef("10310019110", "3EME"), parent("20"), pupil)
    report = bring(folder)
    assert warning in reasons(report) and adds_up(report) and not report["quarantined"]
    assert Person.objects.filter(external_ids__value="10").exists()
    before = rows()
    bring(folder)
    assert rows() == before


def test_a_name_is_stored_as_it_came_and_shown_escaped(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10", name="<b>Gras</b>"), eleve("11", name="L" * 300)))
    assert Person.objects.get(external_ids__value="10").family_name == "<b>Gras</b>"
    assert Person.objects.get(external_ids__value="11").family_name == "L" * 120


def test_a_record_twice_is_read_once_and_two_that_disagree_keep_the_first(bring: Any, tmp_path: Path) -> None:
    folder = deliver(
        tmp_path / "d", etab(), eleve("10"), eleve("10"), eleve("11"), eleve("11", given="Autre")
    )
    report = bring(folder)
    assert (report["created"], report["unchanged"]) == (3, 1) and adds_up(report)
    (note,) = report["quarantined"]
    assert note["key"] == "11" and "déjà lue à la ligne" in note["reason"]
    assert Person.objects.get(external_ids__value="11").given_name == "Léa"


def test_what_a_record_says_twice_is_made_once(bring: Any, tmp_path: Path) -> None:
    pupil = eleve("10", ENTEleveClasses=["1$3A", "1$3A"], ENTEleveGroupes=["1$LATIN", "1$LATIN"])
    taught = ["1$3A$061300", "1$3A$061300"]
    teacher = personnel(
        "30",
        ENTAuxEnsClassesMatieres=taught,
        ENTAuxEnsClassesPrincipal=["1$3A", "1$3A"],
        ENTPersonFonctions=["1$ENS$ENSEIGNEMENT$L1300$MATHEMATIQUES"] * 2,
    )
    report = bring(deliver(tmp_path / "d", etab(ENTStructureClasses=["3A$3EME", "3A$3EME"]), pupil, teacher))
    assert report["created"] == 3
    assert (
        Enrolment.objects.filter(source="aaf").count() == Assignment.objects.filter(source="aaf").count() == 2
    )


def test_a_teacher_who_is_a_parent_is_one_person(bring: Any, tmp_path: Path) -> None:
    teacher = personnel("30", mail="paul@ecole.example")
    as_parent = parent("30", name="Martin", given="Paul", personalTitle="M.", mobile="+33 6 11 11 11 11")
    pupil = eleve("10", ENTElevePersRelEleve=["30$20$1$1$0$1"])
    report = bring(deliver(tmp_path / "d", etab(), as_parent, pupil, teacher))
    assert adds_up(report) and not report["quarantined"]
    person = Person.objects.get(external_ids__value="30")
    assert (person.email, person.phone) == ("paul@ecole.example", "+33 6 11 11 11 11")
    assert person.wards.count() == 1 and person.holdings.get().role == Role.TEACHER


def test_one_key_for_two_people_is_a_conflict(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", etab(), personnel("30"), parent("30", name="Tout", given="Autre")))
    assert len(report["quarantined"]) == 1 and adds_up(report)
    assert Person.objects.get(external_ids__value="30").family_name == "Martin"


def test_a_pupil_and_a_guardian_of_one_number_are_two_people_in_every_delivery(
    bring: Any, tmp_path: Path
) -> None:
    lea, anne = eleve("10", ENTElevePersRelEleve=["10$10$1$1$0$1"]), parent("10", name="Tout", given="Anne")
    report = bring(deliver(tmp_path / "d", etab(), lea, anne))
    assert adds_up(report) and not report["quarantined"]
    link = Guardianship.objects.get(source="aaf", ends=None)
    assert (link.pupil.given_name, link.guardian.given_name) == ("Léa", "Anne")
    before = rows()
    bring(deliver(tmp_path / "d", etab(), lea, anne))
    assert rows() == before
    # Whoever stays alone keeps their own key, and the number means the other still.
    tom = eleve("11", given="Tom", ENTElevePersRelEleve=["10$10$1$1$0$1"])
    bring(deliver(tmp_path / "e", etab(), tom, anne))
    assert Person.objects.get(external_ids__value="10", external_ids__kind="person").given_name == "Léa"
    assert {row.guardian for row in Guardianship.objects.filter(source="aaf")} == {link.guardian}


def test_a_pupil_takes_no_number_of_a_guardian_who_was_known_by_it(bring: Any, tmp_path: Path) -> None:
    anne = parent("10", name="Tout", given="Anne")
    bring(deliver(tmp_path / "d", etab(), eleve("12", ENTElevePersRelEleve=["10$10$1$1$0$1"]), anne))
    here = eleve("12", ENTElevePersRelEleve=["10$10$1$1$0$1"])
    bring(deliver(tmp_path / "e", etab(), here, eleve("10", given="Tom"), anne))
    known = Person.objects.get(external_ids__value="10", external_ids__kind="person")
    assert known.given_name == "Anne" and known.wards.count() == 1
    assert Person.objects.get(external_ids__value="Eleve:10").given_name == "Tom"


def test_two_structures_with_one_uai_are_a_conflict(bring: Any, tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", etab("1"), etab("2")))
    assert reasons(report, "quarantined") == {"Un autre établissement de la livraison a le même UAI."}


def test_a_national_number_is_borne_by_one_pupil(bring: Any, tmp_path: Path) -> None:
    folder = deliver(
        tmp_path / "d", etab(), eleve("10", ENTEleveINE="123456789AB"), eleve("11", ENTEleveINE="123456789AB")
    )
    report = bring(folder)
    assert "INE déjà porté par une autre personne\u202f: il n’est pas repris." in reasons(report)
    assert ExternalId.objects.filter(kind="ine").count() == 1
    before = rows()
    bring(folder)
    assert rows() == before


def test_an_institution_may_be_a_guardian(bring: Any, tmp_path: Path) -> None:
    ward = eleve("10", ENTElevePersRelEleve=["40$51$0$1$1$0"])
    bring(
        deliver(tmp_path / "d", etab(), ward, parent("40", name="AIDE SOCIALE", given="", personalTitle=[]))
    )
    link = Guardianship.objects.get(source="aaf")
    assert link.guardian.is_institution and (link.kinship, link.authority) == (
        Kinship.CHILD_WELFARE,
        Authority.LEGAL,
    )


def test_an_adult_pupil_answers_for_themselves(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTElevePersRelEleve=["10$70$1$1$0$1"])))
    link = Guardianship.objects.get(source="aaf")
    assert link.pupil == link.guardian and link.kinship == Kinship.SELF


# Bad files


@pytest.mark.parametrize(
    "content",
    [
        b"",
        document(eleve("11"))[:-30],
        b"<autre/>",
        document(eleve("11")).replace(b"UTF-8", b"ISO-8859-15").replace(b"Durand", "É".encode()),
    ],
    ids=["empty", "truncated", "foreign", "wrong encoding"],
)
def test_one_bad_file_and_nothing_of_the_delivery_is_applied(
    bring: Any, tmp_path: Path, content: bytes
) -> None:
    folder, before = deliver(tmp_path / "d", *SMALL), rows()
    (folder / "ENT_Complet_20261120_Eleve_0001.xml").write_bytes(content)
    report = bring(folder, code=2)
    assert rows() == before
    (error,) = report["errors"]
    assert error["file"] == "ENT_Complet_20261120_Eleve_0001.xml" and error["reason"].endswith(".")
    assert Delivery.objects.get().state == Delivery.State.REFUSED


def test_the_others_go_on_when_that_is_asked_and_nobody_leaves(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", *SMALL)
    bring(folder)
    before = Guardianship.objects.filter(source="aaf", ends=None).count()
    # The file of parents is cut in the middle; the one of pupils brings Zoé, and says nothing of Tom.
    deliver(folder, etab(), eleve("10", ENTElevePersRelEleve=["22$10$1$1$0$1"]), eleve("12", given="Zoé"))
    (folder / "ENT_Complet_20261120_PersRelEleve_0000.xml").write_bytes(
        document(parent("22"), eleve("13"))[:-30]
    )
    report = bring(folder, "--others-go-on", code=4)
    assert [error["file"] for error in report["errors"]] == ["ENT_Complet_20261120_PersRelEleve_0000.xml"]
    assert next(iter(report)) == "errors" and adds_up(report) and report["read"]["Eleve"] == 2
    assert report["applied"] and report["ended"] == 0
    assert Person.objects.filter(external_ids__value__in=["12", "13"]).get().given_name == "Zoé"
    assert Guardianship.objects.filter(source="aaf", ends=None).count() == before
    assert Holding.objects.filter(person__external_ids__value="11", ends=None).exists()


def test_a_delta_with_another_operation_than_to_replace_stops_its_own_file(
    bring: Any, tmp_path: Path
) -> None:
    folder = deliver(tmp_path / "d", *SMALL)
    bring(folder)
    changed = modify("Eleve", "11", givenName="Thomas")
    deliver(folder, changed, name="ENT_Delta_20261121_Eleve_0000.xml")
    odd = document(modify("PersRelEleve", "20", mail="autre@example.org"))
    odd = odd.replace(b'operation="replace"', b'operation="add"')
    assert b'operation="add"' in odd
    (folder / "ENT_Delta_20261121_PersRelEleve_0000.xml").write_bytes(odd)
    report = bring(folder, "--others-go-on", code=4)
    assert "« replace »" in report["errors"][0]["reason"].replace("\u202f", " ").replace("\xa0", " ")
    assert Person.objects.get(external_ids__value="11").given_name == "Thomas"
    assert Person.objects.get(external_ids__value="20").email == "anne@example.org"


def test_when_no_file_can_be_trusted_nothing_goes_on(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", *SMALL)
    (folder / "ENT_Complet_20261120_Tout_0000.xml").write_bytes(document(*SMALL)[:-30])
    before = rows()
    report = bring(folder, "--others-go-on", code=2)
    assert rows() == before and len(report["errors"]) == 1


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CommandError):
            call_command("import_aaf", str(folder))


def test_files_of_two_academies_are_refused(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", *SMALL)
    (folder / "b.xml").write_bytes(document(eleve("99"), head='<!-- codeAcademieExport="10" -->'))
    assert "plusieurs académies" in bring(folder, code=2)["errors"][0]["reason"]


# Departures


def crowd(count: int, first: int = 100) -> list[str]:
    return [eleve(str(first + number), given=f"E{number}") for number in range(count)]


def test_whoever_leaves_loses_access_the_same_day_and_stays_known(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", *SMALL))
    report = bring(deliver(tmp_path / "d", *SMALL[:4], *SMALL[5:]))
    assert report["ended"] == 1
    pupil = Person.objects.get(external_ids__value="11")
    assert pupil.holdings.get().ends == pupil.enrolments.get().ends == date(2026, 11, 24)
    assert not Holding.objects.filter(person=pupil).active(date(2026, 11, 24)).exists()
    again = bring(deliver(tmp_path / "d", *SMALL))
    assert again["changed"] == 1 and Holding.objects.filter(person=pupil, ends=None).count() == 1


@pytest.mark.parametrize(
    ("pupils", "gone", "stops"), [(100, 21, True), (100, 19, False), (300, 30, False), (300, 31, True)]
)
def test_a_large_departure_waits_for_a_second_person(
    bring: Any, tmp_path: Path, college: World, pupils: int, gone: int, stops: bool
) -> None:
    bring(deliver(tmp_path / "d", etab(), *crowd(pupils)))
    folder, before = deliver(tmp_path / "d", etab(), *crowd(pupils - gone)), rows()
    report = bring(folder, code=3 if stops else 0)
    assert (rows() == before) is stops
    if stops:
        (blocked,) = report["blocked"]
        assert (blocked["uai"], blocked["ending"], blocked["present"]) == ("0350001A", gone, pupils)
        stranger = college.people["head"].account.login
        bring(folder, "--approved-by", stranger, code=3)
        assert rows() == before
        Holding.objects.create(
            person=college.people["head"], role=Role.HEAD, school=School.objects.get(uai="0350001A")
        )
        assert bring(folder, "--approved-by", stranger)["ended"] == gone
        assert Delivery.objects.first().approved_by == college.people["head"]  # type: ignore[union-attr]


def test_nobody_approves_under_an_unknown_name(tmp_path: Path, db: None) -> None:
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("import_aaf", str(deliver(tmp_path / "d", *SMALL)), "--approved-by", "personne")


def test_the_absence_of_a_category_or_a_school_ends_nothing(bring: Any, tmp_path: Path) -> None:
    other = [etab("2", uai="0350002B"), eleve("50", school="2")]
    bring(deliver(tmp_path / "d", *SMALL, *other))
    assert bring(deliver(tmp_path / "d", etab(), personnel("30")))["ended"] == 0
    assert Holding.objects.filter(role=Role.PUPIL, ends=None, source="aaf").count() == 3
    assert bring(deliver(tmp_path / "d", *SMALL))["ended"] == 0


def test_a_guardian_taken_off_a_child_loses_the_child(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", *SMALL))
    alone = eleve(
        "10", ENTElevePersRelEleve=["20$10$1$1$0$1"], ENTEleveINE="123456789AB", ENTEleveMEF="10310019110"
    )
    bring(deliver(tmp_path / "d", *SMALL[:3], alone, *SMALL[4:]))
    father = Guardianship.objects.get(guardian__external_ids__value="21")
    assert father.ends == date(2026, 11, 24)


def test_a_leaver_keeps_the_dates_of_the_file(bring: Any, tmp_path: Path) -> None:
    gone = eleve(
        "10", ENTEleveDateEntreeClasses="1$01/09/2026$3A", ENTEleveDateSortieClasses="1$10/10/2026$3A"
    )
    folder = deliver(tmp_path / "d", etab(), gone)
    bring(folder)
    enrolment = Enrolment.objects.get(source="aaf")
    assert (enrolment.starts, enrolment.ends) == (date(2026, 9, 1), date(2026, 10, 10))
    before = rows()
    bring(folder)
    assert rows() == before


def test_a_change_of_class_closes_one_and_opens_the_other(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10")))
    report = bring(deliver(tmp_path / "d", etab(), eleve("10", label="3B")))
    assert report["changed"] == 1
    enrolments = list(
        Enrolment.objects.filter(source="aaf").order_by("pk").values_list("group__name", "ends")
    )
    assert enrolments == [("3A", date(2026, 11, 24)), ("3B", None)]


def test_a_new_year_opens_its_classes_and_closes_the_old_ones(bring: Any, tmp_path: Path, clock: Any) -> None:
    bring(deliver(tmp_path / "d", *SMALL))
    clock.move_to("2027-09-10T08:00:00+02:00")
    head = '<!-- versionAF="AAF-VE2407" -->\n<!-- codeAcademieExport="14" -->\n<!-- dateGenerationExport="08/09/2027" -->\n'
    report = bring(deliver(tmp_path / "d", *SMALL, head=head))
    assert report["ended"] == 0
    school = School.objects.get(uai="0350001A")
    assert school.current_year and school.current_year.name == "2027-2028"
    assert set(
        Enrolment.objects.filter(ends=None, source="aaf").values_list("group__year__name", flat=True)
    ) == {"2027-2028"}
    assert set(
        Assignment.objects.filter(ends=None, source="aaf").values_list("group__year__name", flat=True)
    ) == {"2027-2028"}


# What is not the file's to change


def test_a_silent_file_erases_nothing(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", *SMALL))
    Guardianship.objects.filter(guardian__external_ids__value="20").update(may_not_be_informed=True)
    bare = record(
        "categoriePersonne",
        "PersRelEleve",
        "20",
        {"ENTPersonJointure": "20", "sn": "Durand", "givenName": "Anne"},
    )
    bring(deliver(tmp_path / "d", *SMALL[:5], bare, *SMALL[6:]))
    mother = Person.objects.get(external_ids__value="20")
    assert (mother.email, mother.phone, mother.civility) == ("anne@example.org", "+33 6 00 00 00 01", "mme")
    assert mother.wards.filter(may_not_be_informed=True).count() == 2


def test_rows_made_here_are_neither_ended_nor_doubled(bring: Any, tmp_path: Path, college: World) -> None:
    uai = college.school.uai
    before = Holding.objects.filter(school=college.school).count()
    local = list(Enrolment.objects.filter(school=college.school).order_by("pk").values())
    bring(deliver(tmp_path / "d", etab(uai=uai, name="Collège des Tilleuls"), *SMALL[3:]))
    assert Holding.objects.filter(school=college.school, source="").count() == before
    assert list(Enrolment.objects.filter(school=college.school, source="").order_by("pk").values()) == local
    assert School.objects.filter(uai=uai).count() == 1


def own_run(school: School, folder: Path) -> Result:
    result = Run(today=date(2026, 11, 24), own=school).bring(sorted(folder.iterdir()))
    result.close()
    return result


def test_a_file_brought_by_a_school_touches_no_other_school(
    college: World, twin: World, tmp_path: Path
) -> None:
    call_command(
        "import_aaf",
        str(deliver(tmp_path / "d", etab("2", uai=twin.school.uai), eleve("50", school="2"), parent("60"))),
    )
    before = rows()
    forged = [
        etab("2", uai=twin.school.uai, name="Volé"),
        eleve("50", name="Volé", school="2"),
        eleve("51", name="Volé", school="2"),
        parent("60", name="Volé"),
        personnel("61", name="Volé", school="2"),
    ]
    result = own_run(college.school, deliver(tmp_path / "e", *forged))
    assert result.figures()["read"] and rows() == before


def test_a_file_brought_by_a_school_renames_nobody_from_elsewhere(
    college: World, twin: World, tmp_path: Path
) -> None:
    elsewhere = [etab("2", uai=twin.school.uai), personnel("61", school="2", mail="vrai@ecole.example")]
    call_command("import_aaf", str(deliver(tmp_path / "d", *elsewhere)))
    forged = personnel("61", name="Volé", school="1", mail="voleur@example.org")
    own_run(college.school, deliver(tmp_path / "e", etab("1", uai=college.school.uai), forged))
    person = Person.objects.get(external_ids__value="61")
    assert (person.family_name, person.email) == ("Martin", "vrai@ecole.example")


def test_a_file_brought_by_a_school_does_not_move_the_mail_of_its_staff(
    college: World, tmp_path: Path
) -> None:
    uai = college.school.uai
    call_command(
        "import_aaf", str(deliver(tmp_path / "d", etab(uai=uai), personnel("30", mail="vrai@ecole.example")))
    )
    own_run(
        college.school, deliver(tmp_path / "e", etab(uai=uai), personnel("30", mail="voleur@example.org"))
    )
    assert Person.objects.get(external_ids__value="30").email == "vrai@ecole.example"


# An import that dies


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies_in", [0, 1, 2])
def test_an_import_that_dies_leaves_whole_schools_and_run_again_ends_the_same(
    bring: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: int
) -> None:
    """It dies between two tables of the school number `dies_in`: nothing of that school is there, all of those before."""
    schools = [
        etab(str(n), uai=f"035000{n}A") + eleve(f"{n}0", school=str(n), ENTElevePersRelEleve=["7$10$1$1$0$1"])
        for n in (1, 2, 3)
    ]
    folder = deliver(tmp_path / "d", *schools, parent("7"))
    calls = iter(range(99))
    keys_of = writing._move_keys

    def die(keys: list[ExternalId]) -> list[ExternalId]:
        if next(calls) == dies_in:
            raise KeyboardInterrupt
        return keys_of(keys)

    monkeypatch.setattr(writing, "_move_keys", die)
    with pytest.raises(KeyboardInterrupt):
        bring(folder)
    assert School.objects.filter(uai__startswith="035000").count() == dies_in
    assert Person.objects.filter(external_ids__value__in=["10", "20", "30"]).count() == dies_in
    assert (Person.objects.filter(external_ids__value="7").count() == 1) is (dies_in > 0)
    monkeypatch.undo()
    bring(folder)
    assert bring(folder)["unchanged"] == 7
    assert {len(list(dump.lines(f"035000{n}A"))) for n in (1, 2, 3)} == {7}


def test_a_pupil_who_comes_from_another_academy_is_recognised_by_their_number(
    bring: Any, tmp_path: Path
) -> None:
    bring(
        deliver(tmp_path / "d", etab("2", uai="0350002B"), eleve("50", school="2", ENTEleveINE="123456789AB"))
    )
    elsewhere = '<!-- versionAF="AAF-VE2407" -->\n<!-- codeAcademieExport="10" -->\n'
    bring(deliver(tmp_path / "e", etab(), eleve("77", ENTEleveINE="123456789AB"), head=elsewhere))
    person = Person.objects.get(external_ids__value="77")
    assert person == Person.objects.get(external_ids__value="50")
    assert bring(tmp_path / "e")["unchanged"] == 2


@pytest.mark.parametrize(
    "forged", [{"name": "Autre"}, {"ENTPersonDateNaissance": "03/03/2012"}, {"ENTPersonDateNaissance": []}]
)
def test_a_file_brought_by_a_school_captures_no_pupil_by_their_number(
    bring: Any, college: World, tmp_path: Path, forged: dict[str, Any]
) -> None:
    bring(
        deliver(tmp_path / "d", etab("2", uai="0350002B"), eleve("50", school="2", ENTEleveINE="123456789AB"))
    )
    own_run(
        college.school,
        deliver(
            tmp_path / "e", etab(uai=college.school.uai), eleve("77", ENTEleveINE="123456789AB", **forged)
        ),
    )
    assert Person.objects.get(external_ids__value="77") != Person.objects.get(external_ids__value="50")


# What is kept


def test_the_report_of_a_school_is_kept(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", *SMALL, eleve("", ENTPersonJointure=[])))
    delivery = Delivery.objects.get()
    assert delivery.state == Delivery.State.DONE and delivery.report["quarantined_count"] == 1
    share = DeliveryShare.objects.get(delivery=delivery)
    assert share.counts["arrivals"] == 3 and share.counts["groups"] == 2
    assert "Durand" not in json.dumps(delivery.report) + json.dumps(share.counts)


def two_schools(tmp_path: Path, count: int = 1) -> Path:
    """In the first one, `count` pupils without a birth date; in the second, one without a name."""
    dateless = [eleve(str(100 + n), ENTPersonDateNaissance=[]) for n in range(count)]
    nameless = eleve("200", name="", school="2", ENTPersonNomPatro=[])
    return deliver(tmp_path / "d", etab(), etab("2", uai="0350002B"), *dateless, nameless)


def test_each_school_of_a_delivery_has_its_own_notes(bring: Any, tmp_path: Path) -> None:
    bring(two_schools(tmp_path))
    first, second = DeliveryShare.objects.order_by("school__uai")
    assert [note["key"] for note in first.notes["warnings"]] == ["100"] and not first.notes["quarantined"]
    assert [note["key"] for note in second.notes["quarantined"]] == ["200"] and not second.notes["warnings"]
    assert second.notes["totals"] == {"quarantined": 1, "warnings": 0}
    before = list(DeliveryShare.objects.order_by("school__uai").values_list("notes", flat=True))
    bring(tmp_path / "d")
    latest = Delivery.objects.latest("pk").shares.order_by("school__uai")
    assert list(latest.values_list("notes", flat=True)) == before, "a delivery that changes nothing"


def test_places_not_quoted_are_still_counted_for_their_school(
    bring: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "QUOTED", 2)
    monkeypatch.setattr(spool, "QUOTED_HERE", 3)
    bring(two_schools(tmp_path, count=5))
    notes = DeliveryShare.objects.get(school__uai="0350001A").notes
    assert len(notes["warnings"]) == 3
    assert [count for _reason, count in notes["sentences"]["warnings"]] == [5] and notes["totals"][
        "warnings"
    ] == 5


def test_a_dump_uses_the_keys_of_the_source(bring: Any, tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", *SMALL))
    lines = list(dump.lines("0350001A"))
    assert lines == sorted(lines)
    found = [json.loads(line) for line in lines]
    by_kind = {kind: [row for row in found if row["kind"] == kind] for kind in {row["kind"] for row in found}}
    assert sorted(by_kind) == ["class", "enrolment", "guardianship", "person", "school", "teaching"]
    assert [row["key"] for row in by_kind["person"]] == ["10", "11", "20", "21", "30"]
    assert by_kind["person"][0] == {
        "kind": "person",
        "key": "10",
        "external_ids": [
            {"source": "aaf", "authority": "14", "kind": "person", "value": "10"},
            {"source": "men", "authority": "fr", "kind": "ine", "value": "123456789AB"},
        ],
        "family_name": "Durand",
        "birth_name": "Durand",
        "given_names": "Léa",
        "birth_date": "2012-03-02",
        "holdings": [{"role": "pupil", "uai": "0350001A", "starts": "2026-09-01", "ends": None}],
    }
    assert by_kind["class"][0] == {
        "kind": "class",
        "key": "1$3A",
        "uai": "0350001A",
        "year": "2026-2027",
        "name": "3A",
        "level": "3EME",
    }
    assert by_kind["enrolment"][0] == {
        "kind": "enrolment",
        "person": "10",
        "class": "1$3A",
        "starts": "2026-09-02",
        "ends": None,
    }
    assert by_kind["guardianship"][0] == {
        "kind": "guardianship",
        "pupil": "10",
        "guardian": "20",
        "level": "legal",
        "kinship": "mother",
        "contact_priority": None,
        "lives_with": True,
        "pays": True,
        "may_not_be_informed": False,
        "starts": "2026-09-01",
        "ends": None,
    }
    assert [(row["class"], row["subject"], row["head_teacher"]) for row in by_kind["teaching"]] == [
        ("1$3A", "061300", True),
        ("1$3B", "061300", False),
    ]


def test_a_dump_of_one_school_says_nothing_of_another(bring: Any, tmp_path: Path, twin: World) -> None:
    bring(deliver(tmp_path / "d", *SMALL))
    assert twin.mark not in "".join(dump.lines("0350001A"))
    assert twin.mark in "".join(dump.lines())


def test_two_imports_at_once_are_refused(tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def busy(_name: str) -> Any:
        yield False

    monkeypatch.setattr("preau.directory.management.importing.only_one", busy)
    with pytest.raises(CommandError, match="Une autre livraison"):
        call_command("import_aaf", str(deliver(tmp_path / "d", *SMALL)))


@pytest.mark.parametrize("schools", [1, 4])
def test_the_cost_of_a_school_does_not_depend_on_its_people(
    tmp_path: Path, db: None, schools: int, django_assert_max_num_queries: Any
) -> None:
    """Queries are counted: a school of thirty pupils costs those of a school of three.

    PostgreSQL copies rows in: for each table it first asks for their numbers.
    """
    a_school = 51 if connection.vendor == "postgresql" else 46
    for pupils in (3, 30):
        records = []
        for number in range(schools):
            key, uai = str(1 + number), f"035{pupils:02}{number:02}A"
            records.append(etab(key, uai=uai))
            records += [eleve(f"{pupils}{number}{n:03}", school=key) for n in range(pupils)]
        folder = deliver(tmp_path / "d", *records)
        with django_assert_max_num_queries(15 + a_school * schools):
            call_command("import_aaf", str(folder))


def test_a_link_in_the_codes_of_another_version_is_set_aside_and_changes_nothing(
    bring: Any, tmp_path: Path
) -> None:
    def family(link: str) -> Path:
        pupil = eleve("10", ENTElevePersRelEleve=[link])
        return deliver(tmp_path / "d", etab(), pupil, parent("20"))

    bring(family("20$1$1$1$0$1"))
    assert not Guardianship.objects.filter(pupil__external_ids__value="10").exists()
    bring(family("20$10$1$1$0$1"))
    bring(family("20$1$1$2$0$1"))
    kept = Guardianship.objects.get(pupil__external_ids__value="10")
    assert (kept.kinship, kept.authority, kept.ends) == (Kinship.MOTHER, Authority.LEGAL, None)


def test_a_link_told_in_full_wins_over_the_same_one_told_alone(bring: Any, tmp_path: Path) -> None:
    pupil = eleve("10", ENTElevePersRelEleve=["20", "20$10$1$1$0$1"])
    bring(deliver(tmp_path / "d", etab(), pupil, parent("20")))
    kept = Guardianship.objects.get(pupil__external_ids__value="10")
    assert (kept.kinship, kept.authority) == (Kinship.MOTHER, Authority.LEGAL)
