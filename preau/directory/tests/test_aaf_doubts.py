"""Deliveries with something strange in them: what is kept, what is told, what is left aside."""

import json
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DataError

from preau.directory.actions import writing
from preau.directory.imports import spool
from preau.directory.imports.aaf.delivery import read_aaf
from preau.directory.imports.run import Run
from preau.directory.imports.staging import batches
from preau.directory.imports.staging.staged import stage
from preau.directory.models import (
    Assignment,
    Delivery,
    Enrolment,
    ExternalId,
    Group,
    Holding,
    OfficialCode,
    Person,
    School,
)
from preau.directory.tests.aaf import deliver, eleve, etab, matiere, parent, personnel, record
from preau.directory.tests.test_import_aaf import own_run, rows
from preau.directory.words import Role
from preau.foundation.reading import Unreadable

pytestmark = pytest.mark.django_db
PLACE = "11$ORDINAIRE"


def bring(folder: Path, *arguments: str) -> dict[str, Any]:
    report = folder.parent / "report.json"
    call_command("import_aaf", str(folder), "--json", str(report), *arguments)
    payload: dict[str, Any] = json.loads(report.read_text())
    return payload


def reasons(report: dict[str, Any], grade: str = "warnings") -> set[str]:
    return {note["reason"] for note in report[grade]}


def person(key: str) -> Person:
    return Person.objects.get(external_ids__value=key, external_ids__kind="person")


def test_the_name_of_a_structure_is_read_without_its_repetition_and_a_strange_uai_is_told(
    tmp_path: Path,
) -> None:
    school = etab(uai="X", name="LYCEE$LYCEE DU PARC$")
    report = bring(deliver(tmp_path / "d", school))
    assert School.objects.get(uai="X").name == "LYCEE DU PARC"
    assert "UAI d’une forme inhabituelle." in reasons(report)


def test_an_uai_that_is_none_is_left_out(tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", etab(uai="0350001AB"), etab("2", "0350002B")))
    assert "UAI de plus de huit caractères." in reasons(report, "quarantined")
    assert set(School.objects.filter(uai__startswith="035000").values_list("uai", flat=True)) == {"0350002B"}


def test_people_of_no_known_school_come_a_few_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "NOWHERE", 2)
    lost = [eleve(str(key), given=f"P{key}", school="99") for key in range(10, 15)]
    report = bring(deliver(tmp_path / "d", etab(), *lost))
    assert report["created"] == 6
    assert Person.objects.filter(external_ids__value__in=["10", "11", "12", "13", "14"]).count() == 5
    assert not Holding.objects.filter(person__external_ids__value="14").exists()


def test_a_guardian_of_a_pupil_without_school_follows_them(tmp_path: Path) -> None:
    lost = eleve("10", school="99", ENTElevePersRelEleve=["20$10$1$1$0$1"])
    bring(deliver(tmp_path / "d", etab(), lost, parent("20")))
    assert person("10").guardianships.get().guardian == person("20")


@pytest.mark.parametrize(
    ("pupil", "warning"),
    [
        ({"ENTEleveClasses": ["$3A"]}, "Classe ou groupe sans établissement\u202f: ignoré."),
        ({"ENTEleveClasses": ["1$"]}, "Classe ou groupe sans établissement\u202f: ignoré."),
        (
            {
                "ENTEleveDateEntreeClasses": ["1$10/11/2026$3A"],
                "ENTEleveDateSortieClasses": ["1$01/10/2026$3A"],
            },
            "Date de sortie avant la date d’entrée\u202f: ignorée.",
        ),
        (
            {"ENTElevePersRelEleve": ["10$10$1$1$0$1"]},
            "Un élève est donné comme son propre parent\u202f: le lien n’est pas repris.",
        ),
    ],
)
def test_what_a_pupil_cannot_be_is_told_and_left_out(
    tmp_path: Path, pupil: dict[str, Any], warning: str
) -> None:
    report = bring(deliver(tmp_path / "d", etab(), eleve("10", **pupil)))
    assert warning in reasons(report)
    assert not person("10").guardianships.exists()
    assert not Enrolment.objects.filter(pupil=person("10")).exclude(ends=None).exists()


def test_a_class_of_another_school_is_that_school_s_business(tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", etab(), eleve("10", ENTEleveClasses=["1$3A", "2$4B"])))
    assert list(Enrolment.objects.filter(pupil=person("10")).values_list("group__name", flat=True)) == ["3A"]
    assert not any("ignoré" in reason for reason in reasons(report))


def test_a_pupil_who_leaves_the_school_leaves_its_classes_the_same_day(tmp_path: Path) -> None:
    classes = {"ENTEleveClasses": ["1$3A", "1$3B"]}
    bring(deliver(tmp_path / "d", etab(), eleve("10", **classes)))
    gone = eleve(
        "10",
        **classes,
        ENTEleveDateSortieStructRattach="13/11/2026",
        ENTEleveDateEntreeClasses="1$02/09/2026$3A",
        ENTEleveDateSortieClasses="1$10/10/2026$3A",
    )
    bring(deliver(tmp_path / "d", etab(), gone))
    assert person("10").holdings.get().ends == date(2026, 11, 13)
    ends = Enrolment.objects.filter(pupil=person("10")).values_list("group__name", "ends")
    assert dict(ends) == {"3A": date(2026, 10, 10), "3B": date(2026, 11, 13)}


def test_a_pupil_whose_record_does_not_speak_of_family_keeps_theirs(tmp_path: Path) -> None:
    pupil_record = eleve("10", ENTElevePersRelEleve=["20$10$1$1$0$1"])
    silent = eleve("10").replace('<attr name="ENTElevePersRelEleve"><value/></attr>', "")
    assert silent != eleve("10")
    bring(deliver(tmp_path / "d", etab(), pupil_record, parent("20")))
    bring(deliver(tmp_path / "d", etab(), silent, parent("20")))
    assert person("10").guardianships.get(ends=None).guardian == person("20")


# The first degree: a class has a number of its own, its label is not unique.


def first_degree(*records: str) -> list[str]:
    school = etab(ENTStructureTypeStruct="ECOLE ELEMENTAIRE", ENTStructureClasses=[])
    return [school, *records]


def pupil_of(key: str, number: str, label: str, level: str) -> str:
    fields = {
        "ENTEleveClasses": [],
        "ENTPersonClasses": [f"1${PLACE}${number}${label}"],
        "ENTEleveNiveau": f"1${level}",
    }
    return eleve(key, given=f"P{key}", **fields)


def test_two_classes_of_one_label_stay_two_and_a_class_may_hold_two_levels(tmp_path: Path) -> None:
    pupils = [
        pupil_of("10", "501", "CLASSE BLEUE", "CE1"),
        pupil_of("11", "501", "CLASSE BLEUE", "CE2"),
        pupil_of("12", "502", "CLASSE BLEUE", "CM1"),
    ]
    bring(deliver(tmp_path / "d", *first_degree(*pupils)))
    found = dict(Group.objects.filter(school__uai="0350001A").values_list("name", "level"))
    assert found == {"CLASSE BLEUE": "CE1-CE2", "CLASSE BLEUE (502)": "CM1"}


def test_the_id_of_a_primary_class_is_its_key_whatever_one_pupil_calls_it(tmp_path: Path) -> None:
    pupils = [
        pupil_of("1", "10002", "AUTRE LIBELLE", "CP"),
        *(pupil_of(str(number), "10002", "CLASSE 1", "CP") for number in (2, 3)),
        *(pupil_of(str(number), "10005", "CLASSE 1", "CE1") for number in (4, 5)),
    ]
    report = bring(deliver(tmp_path / "d", *first_degree(*pupils)))
    named = dict(ExternalId.objects.exclude(group=None).values_list("value", "group__name"))
    assert named == {"10002": "CLASSE 1", "10005": "CLASSE 1 (10005)"}
    members = Enrolment.objects.filter(group__name="CLASSE 1")
    assert members.count() == 3
    assert "Une classe a ici un autre libellé qu’ailleurs\u202f: le plus courant est gardé." in reasons(
        report
    )


def test_the_teacher_of_a_primary_class_teaches_it_and_is_its_head_teacher(tmp_path: Path) -> None:
    director = "1$ENS$ENSEIGNEMENT$D0010$DIRECTION"
    teacher = personnel("30", ENTPersonFonctions=director, ENTPersonClasses=[f"1${PLACE}$501$CP"])
    bring(deliver(tmp_path / "d", *first_degree(teacher)))
    kinds = Assignment.objects.filter(teacher=person("30")).values_list("kind", "group__name")
    assert sorted(kinds) == [("head_teacher", "CP"), ("teaches", "CP")]


def test_the_directress_of_a_primary_school_is_its_head(tmp_path: Path) -> None:
    staff = personnel("30", ENTPersonFonctions="1$ENS$ENSEIGNEMENT$D0000$DIRECTION")
    bring(deliver(tmp_path / "d", *first_degree(staff)))
    assert person("30").holdings.get().role == Role.HEAD


# Staff


def roles_of(key: str) -> list[tuple[str, str]]:
    return sorted(Holding.objects.filter(person=person(key)).values_list("role", "title"))


def test_functions_that_nobody_knows_and_none_at_all(tmp_path: Path) -> None:
    staff = [
        personnel("30", ENTPersonFonctions="1$XYZ$JARDIN$$"),
        personnel("31", given="Éva", ENTPersonFonctions=[], ENTPersonStructRattach="1"),
        personnel("32", given="Ida", ENTPersonFonctions="1$-$-$-$-", ENTPersonStructRattach="1"),
        personnel("33", given="Ugo", ENTPersonFonctions="1$ENS$ENSEIGNEMENT$L0000$SANS OBJET"),
    ]
    report = bring(deliver(tmp_path / "d", etab(), *staff))
    assert "Fonction inconnue\u202f: «\u202fautre personnel\u202f»." in reasons(report)
    assert [role for role, _title in roles_of("30")] == [Role.OTHER]
    assert roles_of("31") == [(Role.OTHER, "")]
    assert roles_of("32") == []
    assert roles_of("33") == [(Role.TEACHER, "")]


def test_a_class_taught_without_a_subject_takes_the_discipline_of_the_function(tmp_path: Path) -> None:
    staff = [
        personnel("30", ENTAuxEnsClasses=["1$3A"]),
        personnel("31", given="Éva", ENTPersonFonctions="1$ENS$ENSEIGNEMENT$$", ENTAuxEnsClasses=["1$3B"]),
    ]
    report = bring(deliver(tmp_path / "d", etab(), matiere("061300", "MATHEMATIQUES"), *staff))
    taught = dict(
        Assignment.objects.filter(school__uai="0350001A").values_list("group__name", "subject__name")
    )
    assert taught == {"3A": "Mathématiques", "3B": "Sans"}
    assert "Matière inconnue\u202f: gardée sous son code." in reasons(report)


def test_a_class_that_the_school_does_not_list_is_opened_and_told(tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", etab(), eleve("10", label="9Z")))
    assert Group.objects.filter(name="9Z").exists()
    assert "Classe ou groupe que l’établissement ne liste pas\u202f: ouvert." in reasons(report)


def test_a_group_knows_the_classes_that_it_is_drawn_from(tmp_path: Path) -> None:
    school = etab(
        ENTStructureGroupes=["3LATIN$LATIN$3A$3B", ""], ENTStructureClasses=["3A$3EME", "3B$3EME", ""]
    )
    bring(deliver(tmp_path / "d", school, eleve("10", ENTEleveGroupes=["1$3LATIN"])))
    group = Group.objects.get(name="3LATIN")
    assert set(group.classes.values_list("name", flat=True)) <= {"3A", "3B"}
    assert Enrolment.objects.filter(group=group, pupil=person("10")).exists()


# What the next delivery says otherwise


def test_a_function_that_is_called_otherwise_stays_the_same_one(tmp_path: Path) -> None:
    first = "1$ENS$ENSEIGNEMENT$L1300$MATHEMATIQUES"
    second, third = "1$ENS$ENSEIGNEMENT$L1000$PHYSIQUE", "1$ENS$ENSEIGNEMENT$L2000$CHIMIE"
    bring(deliver(tmp_path / "d", etab(), personnel("30", ENTPersonFonctions=[first, second])))
    before = {row.title: row.pk for row in person("30").holdings.all()}
    report = bring(deliver(tmp_path / "d", etab(), personnel("30", ENTPersonFonctions=[first, third])))
    after = {row.title: row.pk for row in person("30").holdings.filter(ends=None)}
    assert report["changed"] == 1 and len(before) == len(after) == 2
    assert set(before.values()) == set(after.values()) and set(before) != set(after)
    # One function fewer ends, the other goes on.
    bring(deliver(tmp_path / "d", etab(), personnel("30", ENTPersonFonctions=[first])))
    assert person("30").holdings.filter(ends=None).count() == 1
    assert person("30").holdings.filter(ends=date(2026, 11, 24)).count() == 1


def test_a_pupil_who_takes_another_programme_keeps_their_place(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTEleveMEF="10310019110")))
    before = person("10").holdings.get()
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTEleveMEF="10310019111")))
    after = person("10").holdings.get()
    assert (after.pk, after.programme, after.ends) == (before.pk, "10310019111", None)


def test_what_was_made_here_is_not_the_file_s_to_change(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTEleveMEF="1")))
    Holding.objects.filter(person=person("10")).update(source="")
    Enrolment.objects.filter(pupil=person("10")).update(source="")
    before = list(Enrolment.objects.filter(pupil=person("10")).values())
    dated = {"ENTEleveDateEntreeClasses": "1$10/11/2026$3A"}
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTEleveMEF="2", **dated)))
    assert person("10").holdings.get().programme == "1"
    assert list(Enrolment.objects.filter(pupil=person("10")).values()) == before


def test_a_class_takes_the_level_and_a_group_the_classes_that_the_school_now_says(tmp_path: Path) -> None:
    def school(level: str, *classes: str) -> str:
        drawn = "$".join(["3LATIN", "LATIN", *classes])
        return etab(ENTStructureClasses=[f"3A${level}", "3B$3EME"], ENTStructureGroupes=[drawn])

    bring(deliver(tmp_path / "d", school("3EME", "3A"), eleve("10", ENTEleveGroupes=["1$3LATIN"])))
    bring(deliver(tmp_path / "d", school("3EME PREPA", "3B"), eleve("10", ENTEleveGroupes=["1$3LATIN"])))
    mine = Group.objects.filter(school__uai="0350001A")
    assert mine.get(name="3A").level == "3EME PREPA"
    assert list(mine.get(name="3LATIN").classes.values_list("name", flat=True)) == ["3B"]


def test_a_subject_that_is_called_otherwise_is_renamed_in_the_table_of_codes(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), matiere("061300", "MATHEMATIQUES")))
    report = bring(deliver(tmp_path / "d", etab(), matiere("061300", "MATHS")))
    assert report["changed"] == 1
    assert OfficialCode.objects.get(code="061300", authority="14").label == "MATHS"


# Whose delivery it is

NO_HEAD = ""


def authorities() -> set[str]:
    return set(ExternalId.objects.filter(source="aaf").values_list("authority", flat=True))


def test_the_academie_is_told_by_the_structures_when_no_header_does(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(ENTServAcCodeAcademie="014"), head=NO_HEAD))
    assert authorities() == {"14"}
    bring(deliver(tmp_path / "e", etab("2", "0350002B", ENTServAcAcademie="Rennes"), head=NO_HEAD))
    assert authorities() == {"14", "rennes"}


def test_a_delivery_that_says_no_academie_at_all_is_read_and_found_again(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", etab(), eleve("10"), head=NO_HEAD)
    assert bring(folder)["created"] == 2
    assert authorities() == {""}
    assert bring(folder)["unchanged"] == 2


def test_a_delivery_without_header_is_of_the_academie_that_knows_its_schools(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10")))
    before = rows()
    assert bring(deliver(tmp_path / "d", etab(), eleve("10"), head=NO_HEAD))["created"] == 0
    assert bring(deliver(tmp_path / "d", eleve("10"), head=NO_HEAD))["created"] == 0
    assert rows() == before


def test_a_school_is_refused_the_files_of_another_academie(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab()))
    school, other = School.objects.get(uai="0350001A"), '<!-- codeAcademieExport="22" -->\n'
    folder = deliver(tmp_path / "d", etab(), head=other)
    with pytest.raises(Unreadable, match="académie de votre établissement"):
        own_run(school, folder)


def test_a_school_that_brings_the_structure_of_another_sees_it_left_aside(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), etab("2", "0350002B")))
    school, before = School.objects.get(uai="0350001A"), rows()
    folder = deliver(tmp_path / "d", etab(), etab("2", "0350002B", name="Volé"))
    result = Run(today=date(2026, 11, 24), own=school).bring(sorted(folder.iterdir()))
    with closing(result):
        quarantine_reasons = {note.reason for note in result.spool.notes("quarantined")}
    assert rows() == before
    assert "Autre établissement que le vôtre\u202f: laissé de côté." in quarantine_reasons


def test_a_key_and_an_uai_of_two_schools_are_a_conflict(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), etab("2", "0350002B")))
    before = rows()
    report = bring(deliver(tmp_path / "d", etab("1", "0350002B")))
    assert "La clé est celle d’un établissement et l’UAI celui d’un autre." in reasons(report, "quarantined")
    assert rows() == before


def test_a_school_that_takes_a_new_key_keeps_its_pupils(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10")))
    bring(deliver(tmp_path / "d", etab("7"), eleve("10")))
    assert School.objects.filter(uai="0350001A").count() == 1
    assert person("10").holdings.get().ends is None


# What cannot be written


def test_a_school_that_cannot_be_written_stays_as_it_was_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = writing.bring_school

    def fail(facts: Any, *arguments: Any) -> Any:
        if facts.uai == "0350001A":
            raise DataError("value too long")
        return sound(facts, *arguments)

    monkeypatch.setattr(writing, "bring_school", fail)
    folder = deliver(
        tmp_path / "d", etab(), eleve("10"), etab("2", "0350002B"), eleve("11", given="Tom", school="2")
    )
    bring(folder)
    assert [error["reason"] for error in Delivery.objects.get().report["errors"]] == [
        "Établissement 0350001A\u202f: rien n’a pu y être écrit."
    ]
    assert not Person.objects.filter(external_ids__value="10").exists()
    assert person("11").holdings.exists()


def test_many_doubts_of_one_kind_are_quoted_then_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of the whole delivery, and three of each school: the first three here, and two are counted."""
    monkeypatch.setattr(spool, "QUOTED", 2)
    monkeypatch.setattr(spool, "QUOTED_HERE", 3)
    nameless = [eleve(str(key), given="") for key in range(100, 105)]
    report = bring(deliver(tmp_path / "d", etab(), *nameless))
    pairs = [(note["key"], note["reason"]) for note in report["warnings"]]
    quoted = [(key, "Sans prénom.") for key in ("100", "101", "102")]
    assert pairs == [*quoted, ("", "Sans prénom. (et 2 autres)")]


def test_a_delivery_whose_files_say_no_day_is_of_today(tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", etab(), name="fichier.xml")
    staged = stage(sorted(folder.iterdir()), date(2026, 11, 24), lambda name: None, read_aaf)
    staged.spool.close()
    assert staged.day == date(2026, 11, 24)


def test_a_very_old_delivery_is_told(tmp_path: Path) -> None:
    report = bring(deliver(tmp_path / "d", etab(), name="ENT_Complet_20250101_Tout_0000.xml"))
    assert "La livraison est datée du 01/01/2025\u202f: elle est ancienne." in reasons(report)


def test_two_mefs_of_one_code_are_read_once(tmp_path: Path) -> None:
    mef = record("categorieMef", "MefEducNat", "1", {"ENTMefJointure": "1", "ENTLibelleMef": "3EME"})
    report = bring(deliver(tmp_path / "d", etab(), mef, mef))
    assert "Présent deux fois, à l’identique\u202f: lu une fois." in reasons(report)
