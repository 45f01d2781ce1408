"""Deltas: what they add, change and take away; nobody else moves; a delta leads where the complete delivery would."""

import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from preau.directory.exports import dump
from preau.directory.models import Assignment, Enrolment, Guardianship, Holding, Person, School
from preau.directory.seeds.deliveries import write_delivery
from preau.directory.seeds.deltas import write_delta
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.plans import Degree
from preau.directory.tests.aaf import delete, deliver, document, eleve, etab, modify, parent, personnel
from preau.directory.tests.test_import_aaf import SMALL, adds_up, bring, reasons, rows

__all__ = ["bring"]
pytestmark = pytest.mark.django_db
DELTA = "ENT_Delta_20261121_Tout_0000.xml"


@pytest.fixture
def brought(bring: Any, tmp_path: Path) -> Any:
    """The small school, and what brings a delta to it."""
    bring(deliver(tmp_path / "d", *SMALL))

    def run(*requests: str, **more: Any) -> dict[str, Any]:
        report: dict[str, Any] = bring(deliver(tmp_path / "delta", *requests, name=DELTA), **more)
        assert adds_up(report)
        return report

    return run


def person(key: str) -> Person:
    return Person.objects.get(external_ids__value=key, external_ids__kind="person")


def classes(key: str) -> list[str]:
    return sorted(
        Enrolment.objects.filter(pupil=person(key), ends=None).values_list("group__name", flat=True)
    )


def roles(key: str) -> list[str]:
    return sorted(Holding.objects.filter(person=person(key), ends=None).values_list("role", flat=True))


def guardians(key: str) -> set[str]:
    links = Guardianship.objects.filter(pupil=person(key), ends=None)
    return set(links.values_list("guardian__external_ids__value", flat=True))


def test_a_change_touches_what_it_names_alone(brought: Any) -> None:
    before = rows()
    report = brought(modify("PersRelEleve", "20", mail="new@example.org"))
    assert (report["changed"], report["created"], report["ended"]) == (1, 0, 0)
    assert person("20").email == "new@example.org"
    after = rows()
    assert {name for name in before if before[name] != after[name]} == {"Person"}


def test_a_pupil_changes_class(brought: Any) -> None:
    brought(modify("Eleve", "10", ENTEleveClasses=["1$3B"]))
    assert (classes("10"), classes("11"), roles("10"), guardians("10")) == (
        ["3B"],
        ["3B"],
        ["pupil"],
        {"20", "21"},
    )


def test_a_class_that_nobody_knew_is_opened(brought: Any) -> None:
    brought(
        modify("Eleve", "10", ENTEleveClasses=["1$3C"]),
        modify("EtabEducNat", "1", ENTStructureClasses=["3C$3EME"]),
    )
    assert classes("10") == ["3C"]
    assert School.objects.get(uai="0350001A").name == "Collège Test"


def test_a_family_changes(brought: Any) -> None:
    report = brought(
        modify("Eleve", "10", ENTElevePersRelEleve=["20$10$1$1$0$1", "22$20$0$1$0$0"]),
        parent("22", given="Luc"),
    )
    assert guardians("10") == {"20", "22"}
    assert guardians("11") == {"20"}
    assert (report["created"], report["changed"]) == (1, 1)


def test_somebody_arrives_and_nobody_leaves(brought: Any) -> None:
    report = brought(eleve("12", given="Zoé", ENTElevePersRelEleve=["20$10$1$1$0$1"]))
    assert (report["created"], report["ended"]) == (1, 0)
    assert (roles("10"), roles("11"), roles("12"), roles("30")) == (
        ["pupil"],
        ["pupil"],
        ["pupil"],
        ["teacher"],
    )
    assert guardians("12") == {"20"}


def test_an_addition_of_somebody_known_is_the_whole_of_them(brought: Any) -> None:
    brought(eleve("10", name="Petit", label="3B", ENTElevePersRelEleve=["20$10$1$1$0$1"]))
    assert (person("10").family_name, classes("10"), guardians("10")) == ("Petit", ["3B"], {"20"})


def test_who_is_deleted_has_left(brought: Any) -> None:
    report = brought(delete("Eleve", "11"), delete("PersEducNat", "30"))
    assert (report["ended"], report["changed"]) == (2, 2)
    assert (roles("11"), classes("11"), roles("30")) == ([], [], [])
    assert not Assignment.objects.filter(ends=None, teacher=person("30")).exists()
    assert (roles("10"), guardians("11")) == (["pupil"], {"20"})


def test_a_guardian_who_is_deleted_answers_for_nobody(brought: Any) -> None:
    brought(delete("PersRelEleve", "21"))
    assert (guardians("10"), guardians("11")) == ({"20"}, {"20"})


def test_deleted_then_added_again_is_still_here(brought: Any) -> None:
    same = next(record for record in SMALL if "<id>10</id>" in record)
    before = rows()
    report = brought(delete("Eleve", "10"), same)
    assert (rows(), report["unchanged"]) == (before, 2)


def test_added_then_deleted_never_came(brought: Any) -> None:
    report = brought(eleve("12"), delete("Eleve", "12"))
    assert not Person.objects.filter(external_ids__value="12").exists()
    assert report["unchanged"] == 2


def test_changes_of_one_record_add_up(brought: Any) -> None:
    brought(
        modify("Eleve", "10", ENTEleveClasses=["1$3B"], givenName="Lea"),
        modify("Eleve", "10", givenName="Léna"),
    )
    assert (person("10").given_name, classes("10")) == ("Léna", ["3B"])


def test_strangers_are_quarantined_or_left(brought: Any) -> None:
    before = rows()
    report = brought(
        modify("Eleve", "99", ENTEleveClasses=["1$3B"]), delete("Eleve", "98"), delete("EtabEducNat", "1")
    )
    assert rows() == before
    prefixes = {reason.split("\u202f")[0].split(" :")[0] for reason in reasons(report, "quarantined")}
    assert prefixes == {"Modification d’une personne inconnue", "Suppression d’un établissement"}
    assert [reason.split("\u202f")[0].split(" :")[0] for reason in reasons(report)] == [
        "Suppression d’une personne inconnue"
    ]
    assert all(note["line"] for note in report["quarantined"])


def test_a_pupil_changes_school(bring: Any, brought: Any, tmp_path: Path) -> None:
    other = etab("2", "0350002B", "Collège Autre")
    brought(other)
    brought(modify("Eleve", "10", ENTPersonStructRattach="2", ENTEleveClasses=["2$3A"]))
    held = Holding.objects.filter(person=person("10"), ends=None).values_list("school__uai", flat=True)
    assert list(held) == ["0350002B"]
    assert [row.group.school.uai for row in Enrolment.objects.filter(pupil=person("10"), ends=None)] == [
        "0350002B"
    ]


def test_a_teacher_who_is_a_parent_stays_a_teacher(bring: Any, brought: Any) -> None:
    brought(
        parent("30", name="Martin", given="Paul", personalTitle="M."),
        modify("Eleve", "11", ENTElevePersRelEleve=["20$10$1$1$0$1", "30$20$1$1$0$1"]),
    )
    assert (roles("30"), guardians("11")) == (["teacher"], {"20", "30"})
    brought(modify("PersRelEleve", "30", mail="paul@example.org"))
    assert roles("30") == ["teacher"]
    brought(delete("PersRelEleve", "30"))
    assert (roles("30"), guardians("11")) == (["teacher"], {"20"})


def test_files_of_families_alone_take_no_teacher_away(bring: Any, tmp_path: Path) -> None:
    """A complete delivery without the staff says nothing of a teacher who is a parent."""
    family = [parent("30", name="Martin", given="Paul", personalTitle="M.")]
    child = eleve("11", given="Tom", label="3B", ENTElevePersRelEleve=["30$20$1$1$0$1"])
    bring(deliver(tmp_path / "d", etab(), child, *family, personnel("30")))
    bring(deliver(tmp_path / "d", etab(), child, *family))
    assert roles("30") == ["teacher"]


def test_a_complete_delivery_and_a_delta_are_not_mixed(bring: Any, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "d", *SMALL)
    (folder / DELTA).write_bytes(document(delete("Eleve", "10")))
    report = bring(folder, code=2)
    assert "l’un après l’autre" in report["errors"][0]["reason"]
    assert not Person.objects.filter(external_ids__value="10").exists()


def test_a_large_departure_waits_for_a_second_person(bring: Any, tmp_path: Path) -> None:
    pupils = [eleve(str(number), given=f"Léa{number}") for number in range(100, 200)]
    bring(deliver(tmp_path / "d", etab(), *pupils))
    gone = [delete("Eleve", str(number)) for number in range(100, 121)]
    report = bring(deliver(tmp_path / "delta", *gone, name=DELTA), code=3)
    assert report["blocked"] == [
        {"uai": "0350001A", "name": "Collège Test", "ending": 21, "present": 100, "what": "people"}
    ]
    assert Holding.objects.filter(ends=None, school__uai="0350001A").count() == 100


@pytest.mark.parametrize("degree", list(Degree))
def test_a_delta_leads_where_the_complete_delivery_would(degree: Degree, bring: Any, tmp_path: Path) -> None:
    """Of our own generator: people come, go and change; the second run of the delta writes nothing."""
    day = date(2026, 11, 20)
    write_delivery(tmp_path / "before", _without_some(demo_academy(day), degree), day=day, degree=degree)
    later = _shaken(demo_academy(day), degree)
    write_delivery(tmp_path / "after", later, day=day + timedelta(days=1), degree=degree)
    counts = write_delta(
        tmp_path / "before", tmp_path / "after", tmp_path / "delta", day=day + timedelta(days=1)
    )
    assert all(counts.values())
    bring(tmp_path / "before")
    first = bring(tmp_path / "delta")
    assert (sum(first["read"].values()), adds_up(first)) == (sum(counts.values()), True)
    lines = list(dump.lines())
    before = rows()
    again = bring(tmp_path / "delta")
    assert (rows(), again["created"], again["changed"]) == (before, 0, 0)
    whole = bring(tmp_path / "after")
    assert (whole["created"], whole["changed"], whole["ended"]) == (0, 0, 0), whole
    assert list(dump.lines()) == lines


def _without_some(academy: Any, degree: Degree) -> Any:
    """Before three more came to each school, of families that have no other child."""
    schools = list(academy.schools(degree))
    families = Counter(id(pupil.kin) for school in schools for pupil in school.pupils)
    for school in schools:
        alone = [pupil for pupil in school.pupils if families[id(pupil.kin)] == 1][:3]
        school.pupils[:] = [pupil for pupil in school.pupils if pupil not in alone]
    return academy


def _shaken(academy: Any, degree: Degree) -> Any:
    """The same académie some days later: each thing that may change has changed for somebody."""
    chance = random.Random(5)
    for school in academy.schools(degree):
        pupils, classes_here = school.pupils, school.classes
        for pupil in chance.sample(pupils, 6):
            pupil.division = chance.choice(
                [row for row in classes_here if row.levels == pupil.division.levels]
            )
        for pupil in chance.sample(pupils, 5):
            pupil.given += " Marie"
        for link in chance.sample([row for pupil in pupils for row in pupil.kin.links], 5):
            link.guardian.mail = "changed@example.org"
        leaving = chance.sample(pupils, 4)
        school.pupils[:] = [pupil for pupil in pupils if pupil not in leaving]
        school.staff[:] = school.staff[:-1]
    return academy


def test_what_a_delta_cannot_mean_is_put_aside(brought: Any) -> None:
    before = rows()
    report = brought(
        modify("Eleve", "x" * 61, givenName="Ada"),
        modify("Eleve", "99", givenName="Ada"),
        modify("Eleve", "99", givenName="Zoé"),
        modify("EtabEducNat", "7", ENTStructureNomCourant="Ailleurs"),
    )
    assert rows() == before
    assert [note["key"] for note in report["quarantined"]] == ["x" * 61, "99", "99", "7"]


def test_a_change_after_a_deletion_is_put_aside_and_nobody_leaves(brought: Any) -> None:
    """The file contradicts itself: somebody whose record is in quarantine has not left."""
    report = brought(delete("Eleve", "11"), modify("Eleve", "11", givenName="Tim"))
    assert (roles("11"), person("11").given_name, len(report["quarantined"])) == (["pupil"], "Tom", 1)


def test_somebody_new_is_told_by_two_records(brought: Any) -> None:
    """A teacher who comes with the same delivery is also a parent whose e-mail changes."""
    brought(personnel("40", name="Roy", given="Ada"), modify("PersRelEleve", "40", mail="ada@example.org"))
    assert (person("40").email, roles("40")) == ("ada@example.org", ["teacher"])
