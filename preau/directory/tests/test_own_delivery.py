"""What a file typed by a school may not do by itself, and how its people are known again by the académie."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from preau.directory.imports.run import Result, Run
from preau.directory.models import Guardianship, Holding, Person, School
from preau.directory.tests.aaf import deliver, eleve, etab, parent, personnel
from preau.directory.tests.test_aaf_doubts import bring, person, reasons
from preau.directory.tests.test_import_aaf import rows
from preau.directory.words import Authority, Role

pytestmark = pytest.mark.django_db
MOTHER = "20$10$1$1$0$1"


def own(folder: Path, *records: str) -> tuple[Result, set[str]]:
    """The school 0350001A brings a file of its own; what came of it, and what it was told."""
    school = School.objects.get(uai="0350001A")
    paths = sorted(deliver(folder, *records).iterdir())
    result = Run(today=date(2026, 11, 24), own=school).bring(paths)
    warnings = {note.reason for note in result.spool.notes("warning")}
    result.close()
    return result, warnings


def blocked(result: Result) -> list[tuple[str, int, int]]:
    return [(one.what, one.ending, one.present) for one in result.blocked]


def test_a_pupil_is_left_without_a_legal_guardian_by_two_people(tmp_path: Path) -> None:
    family = [eleve("10", ENTElevePersRelEleve=[MOTHER]), parent("20")]
    bring(deliver(tmp_path / "d", etab(), *family))
    before = rows()
    result, _told = own(tmp_path / "e", etab(), eleve("10", ENTElevePersRelEleve=[]))
    assert (blocked(result), result.applied) == ([("families", 1, 1)], False)
    assert "1 élèves sur 1 n’auraient plus de responsable légal" in str(result.blocked[0])
    assert rows() == before


def test_staff_become_guardians_by_two_people(tmp_path: Path) -> None:
    """Else whoever types the file would read the families through a colleague, or through themselves."""
    bring(deliver(tmp_path / "d", etab(), eleve("10"), personnel("30")))
    before = rows()
    asked = eleve("10", ENTElevePersRelEleve=["30$20$1$1$0$1"])
    result, _told = own(tmp_path / "e", etab(), asked, parent("30", name="Martin", given="Paul"))
    assert (blocked(result), rows() == before) == ([("guardians", 1, 0)], True)
    # Nor those who would start to work here by the same file.
    asked = eleve("10", ENTElevePersRelEleve=["31$20$1$1$0$1"])
    newcomer = [personnel("31", given="Éva"), parent("31", name="Martin", given="Éva")]
    result, _told = own(tmp_path / "e", etab(), asked, *newcomer)
    assert (blocked(result), rows() == before) == ([("guardians", 1, 0)], True)


def test_functions_that_open_the_school_are_neither_given_nor_taken(tmp_path: Path) -> None:
    head = personnel("30", ENTPersonFonctions="1$DIR$DIRECTION$$")
    bring(deliver(tmp_path / "d", etab(), head, personnel("31", given="Éva")))
    nurse = personnel("32", given="Ida", ENTPersonFonctions="1$MDS$MEDICO-SOCIAL$$")
    result, warnings = own(tmp_path / "e", etab(), nurse, personnel("31", given="Éva"))
    assert result.applied and "Fonction que l’académie seule donne\u202f: elle n’est pas reprise." in warnings
    assert not Holding.objects.filter(role=Role.NURSE, school__uai="0350001A").exists()
    assert person("30").holdings.get().ends is None
    # Who has such a function already may well be in the file.
    _result, warnings = own(tmp_path / "e", etab(), head)
    assert "Fonction que l’académie seule donne\u202f: elle n’est pas reprise." not in warnings


def test_a_guardian_known_elsewhere_is_linked_by_the_academie(tmp_path: Path) -> None:
    elsewhere = [etab("2", "0350002B"), eleve("50", school="2", ENTElevePersRelEleve=["60$10$1$1$0$1"])]
    bring(deliver(tmp_path / "d", etab(), eleve("10"), *elsewhere, parent("60")))
    asked = eleve("10", ENTElevePersRelEleve=["60$20$1$1$0$1"])
    _result, warnings = own(tmp_path / "e", etab(), asked, parent("60"))
    assert "Responsable connu d’un autre établissement\u202f: le lien se fait par l’académie." in warnings
    assert not person("10").guardianships.exists()


def test_a_link_that_the_school_made_here_outlives_a_file_without_it(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTElevePersRelEleve=[MOTHER]), parent("20")))
    friend = Person.objects.create(family_name="Ami", given_name="Noé")
    Guardianship.objects.create(pupil=person("10"), guardian=friend, authority=Authority.CONTACT)
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTElevePersRelEleve=[MOTHER]), parent("20")))
    assert person("10").guardianships.filter(ends=None).count() == 2


def test_a_link_whose_meaning_changes_is_changed_and_keeps_its_date(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTElevePersRelEleve=[MOTHER]), parent("20")))
    before = person("10").guardianships.get()
    report = bring(
        deliver(tmp_path / "d", etab(), eleve("10", ENTElevePersRelEleve=["20$10$1$3$0$1"]), parent("20"))
    )
    after = person("10").guardianships.get()
    assert (after.pk, after.starts, after.authority) == (before.pk, before.starts, Authority.CONTACT)
    assert report["changed"] == 1


def test_a_judge_s_word_outlives_an_absence_from_the_file(tmp_path: Path) -> None:
    records = [etab(), eleve("10", ENTElevePersRelEleve=[MOTHER]), parent("20")]
    bring(deliver(tmp_path / "d", *records))
    Guardianship.objects.filter(pupil=person("10")).update(may_not_be_informed=True)
    bring(deliver(tmp_path / "d", etab(), eleve("10", ENTElevePersRelEleve=[]), parent("20")))
    assert not person("10").guardianships.filter(ends=None).exists()
    bring(deliver(tmp_path / "d", *records))
    assert person("10").guardianships.get(ends=None).may_not_be_informed


# Known again by the académie


NUMBER: dict[str, Any] = {"ENTEleveINE": "123456789AB"}


def test_nobody_takes_the_place_of_a_pupil_whom_the_delivery_lists_beside(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10", **NUMBER)))
    report = bring(deliver(tmp_path / "d", etab(), eleve("10", **NUMBER), eleve("11", **NUMBER)))
    assert person("10") != person("11")
    assert "INE déjà porté par une autre personne\u202f: il n’est pas repris." in reasons(report)
    # Alone, the new key is the same pupil.
    bring(deliver(tmp_path / "d", etab(), eleve("12", **NUMBER)))
    assert person("12") == person("10")


def test_a_number_under_another_name_is_not_the_same_pupil(tmp_path: Path) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10", **NUMBER)))
    bring(deliver(tmp_path / "d", etab(), eleve("11", name="Autre", **NUMBER)))
    assert person("11") != person("10")


@pytest.mark.parametrize(
    ("typed", "delivered", "same"),
    [
        (eleve("77"), eleve("77"), True),
        (eleve("77"), eleve("77", given="Tom"), False),
        (eleve("77"), eleve("77", ENTPersonDateNaissance="03/03/2012"), False),
        (personnel("77"), personnel("77"), True),
        # A key can be guessed: whoever typed it first would be a head.
        (personnel("77"), personnel("77", ENTPersonFonctions="1$DIR$DIRECTION$$"), False),
    ],
    ids=["same", "another name", "another birthday", "a teacher", "a head"],
)
def test_whom_the_school_typed_is_known_again(tmp_path: Path, typed: str, delivered: str, same: bool) -> None:
    bring(deliver(tmp_path / "d", etab(), eleve("10")))
    own(tmp_path / "e", etab(), eleve("10"), typed)
    before = person("77")
    bring(deliver(tmp_path / "d", etab(), eleve("10"), delivered))
    found = Person.objects.get(external_ids__value="77", external_ids__authority="14")
    assert (found == before) is same
