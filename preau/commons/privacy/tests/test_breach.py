"""A breach: who was touched, whom to warn, what is written, and what an operator never reads."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.privacy.queries import breach as breaches
from preau.commons.privacy.queries.breach import Breach
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import boards
from preau.identity.models import Account

PAGE, CONTACTS = "/violation-de-donnees/", "/violation-de-donnees/contacts/"
DAY = {"debut": "2026-11-24T00:00", "fin": "2026-11-24T23:00"}


def a_line(
    college: World, verb: str, subject: str = "", actor: str = "cpe", hours: int = 1, **fields: Any
) -> Line:
    line = Line.objects.create(
        verb=verb,
        actor=college.people[actor],
        school=college.school,
        is_read=verb.endswith("_read"),
        subject=college.people[subject] if subject else None,
        **fields,
    )
    Line.objects.filter(pk=line.pk).update(at=NOW - timedelta(hours=hours))
    return line


@pytest.fixture
def stolen(college: World) -> World:
    """The account of the CPE, this morning: a pupil's file twice, a guardian's once, a list taken out, and itself."""
    Line.objects.filter(school=college.school).delete()
    a_line(college, "identity.signed_in", "cpe", hours=3)
    a_line(college, "attendance.entry_read", "pupil")
    a_line(college, "attendance.entry_read", "pupil", hours=2)
    a_line(college, "directory.person_read", "guardian")
    a_line(college, "attendance.exported")
    a_line(college, "identity.signed_in", "cpe", hours=1)
    # Somebody else, and yesterday.
    a_line(college, "directory.person_read", "teacher", actor="secretary")
    a_line(college, "directory.person_read", "other_guardian", hours=30)
    return college


@pytest.fixture
def operator(college: World) -> Person:
    hired = Person.objects.create(family_name="Roussel", given_name="Inès")
    Holding.objects.create(person=hired, role=Role.OPERATOR)
    Account.objects.create_account("ines.roussel", hired)
    return Person.objects.get(pk=hired.pk)


def looked_into(college: World, actor: str = "cpe") -> Breach:
    since, until = NOW - timedelta(hours=10), NOW + timedelta(hours=1)
    return Breach(college.school, since, until, college.people[actor] if actor else None)


def test_those_whose_data_the_account_opened_are_found(stolen: World) -> None:
    found = breaches.found_in(looked_into(stolen))
    pupil, guardian = stolen.people["pupil"], stolen.people["guardian"]
    assert [(one.person_id, one.times, one.kinds()) for one in found.touched] == [
        (pupil.pk, 2, ["La page d’une absence"]),
        (guardian.pk, 1, ["La fiche d’annuaire"]),
    ]
    assert {(kind.label, kind.people, kind.times) for kind in found.kinds} == {
        ("La page d’une absence", 1, 2),
        ("La fiche d’annuaire", 1, 1),
    }
    assert [line.verb for line in found.taken] == ["attendance.exported"]
    assert found.taken_count == 1 and found.times == 3
    touched = [one.person_id for one in found.touched]
    assert breaches.profiles_of(stolen.school, touched) == {"pupil": 1, "guardian": 1}


def test_without_an_account_everybody_s_gestures_count(stolen: World) -> None:
    found = breaches.found_in(looked_into(stolen, ""))
    assert stolen.people["teacher"].pk in {one.person_id for one in found.touched}
    assert stolen.people["other_guardian"].pk not in {one.person_id for one in found.touched}
    assert breaches.sign_ins_of(looked_into(stolen, "")) == []


def test_what_the_other_parent_asked_is_not_read_through_a_breach(
    stolen: World, client: SchoolClient
) -> None:
    """A head looks into what touched the school, hence their own child too: not into the private gestures of the other parent."""
    head, pupil = stolen.people["head"], stolen.people["pupil"]
    Line.objects.filter(subject=pupil).delete()
    a_line(stolen, "privacy.request_sent", "pupil", actor="guardian", acting_as="guardian")
    asked = looked_into(stolen, "")
    assert pupil.pk in {one.person_id for one in breaches.found_in(asked).touched}
    Guardianship.objects.create(pupil=pupil, guardian=head, authority="legal", kinship="other")
    theirs = breaches.found_in(replace(asked, reader_id=head.pk))
    assert pupil.pk not in {one.person_id for one in theirs.touched}
    client.sit(head, f"staff-{stolen.school.pk}")
    page = client.get(PAGE, DAY)
    assert page.status_code == 200 and pupil.full_name not in page.content.decode()


def test_a_session_is_from_a_sign_in_to_the_next(stolen: World) -> None:
    first, last = breaches.sign_ins_of(looked_into(stolen))
    assert first == (NOW - timedelta(hours=3), NOW - timedelta(hours=1))
    assert last == (NOW - timedelta(hours=1), NOW + timedelta(hours=1))


# What is done at the end of a contract names no one either.
ENDS = ["end_prepared", "end_confirmed", "end_called_off", "end_done", "certificate_taken"]


def test_every_export_of_the_board_counts_as_taken_out() -> None:
    verbs = {word.verb for word in boards.journal_words}
    out = {verb for verb in verbs if breaches.takes_out(verb)}
    unnamed = {word.verb for word in boards.journal_words if word.names_nobody}
    assert {verb for verb in verbs if "export" in verb} <= out | unnamed
    assert {
        "attendance.register_fetched",
        "identity.letters_prepared",
        "homework.archive_opened",
        "campaigns.printed",
    } <= out
    ends = {f"privacy.contract_{what}" for what in ENDS}
    assert {
        "privacy.register_exported",
        "platform.schools_exported",
        "timetable.hours_exported",
    } == unnamed - ends
    assert out.isdisjoint(unnamed)
    assert out.isdisjoint(
        {"conduct.incident_reopened", "attendance.follow_up_opened", "identity.code_given_at_console"}
    )
    assert "identity.signed_in" not in out and "attendance.entry_read" not in out


def test_the_head_goes_from_a_name_to_the_people(stolen: World, client: SchoolClient) -> None:
    client.sit(stolen.people["head"])
    cpe, pupil = stolen.people["cpe"], stolen.people["pupil"]
    answer = client.post(PAGE, DAY | {"nom": f"{cpe.given_name} {cpe.family_name}"})
    assert answer.status_code == 302 and cpe.family_name not in answer["Location"]
    shown = client.get(answer["Location"]).content.decode()
    assert pupil.full_name in shown and "2 personnes touchées" in shown and "Absences exportées" in shown
    line = Line.objects.get(verb="privacy.breach_measured")
    assert (line.actor, line.subject, line.details["people"]) == (stolen.people["head"], cpe, 2)
    assert "Personne de ce nom" in client.post(PAGE, DAY | {"nom": "Zzyzx"}).content.decode()
    assert client.post(PAGE, DAY | {"nom": ""}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"debut": "2026-11-24T10:00", "fin": "2026-11-24T09:00"}, "La fin vient après le début."),
        ({"debut": "2026-01-24T10:00"}, "trois mois au plus"),
        ({"debut": "hier"}, "Écrivez un jour et une heure."),
        ({"debut": "0001-01-01T00:00"}, "Choisissez une année entre 2000 et 2100."),
        ({"fin": "9999-12-31T23:59"}, "Choisissez une année entre 2000 et 2100."),
    ],
)
def test_what_is_typed_wrong_is_said(
    stolen: World, client: SchoolClient, typed: dict[str, str], says: str
) -> None:
    client.sit(stolen.people["head"])
    for answer in (
        client.get(PAGE, DAY | typed),
        client.post(PAGE, DAY | typed),
        client.post(CONTACTS, DAY | typed),
    ):
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert not Line.objects.filter(verb__startswith="privacy.breach").exists()


def test_those_to_warn_come_with_their_ways(stolen: World, client: SchoolClient) -> None:
    pupil, mother = stolen.people["pupil"], stolen.people["guardian"]
    Person.objects.filter(pk=mother.pk).update(email="maman@famille.example", phone="06 00 00 00 00")
    barred = Person.objects.create(family_name="Écarté", given_name="Jean")
    Guardianship.objects.create(
        pupil=pupil,
        guardian=barred,
        authority="legal",
        kinship="father",
        may_not_be_informed=True,
        starts=NOW.date(),
    )
    client.sit(stolen.people["head"])
    answer = client.post(CONTACTS, DAY | {"personne": stolen.people["cpe"].public_id})
    table = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    pair = f"{pupil.family_name};{pupil.given_name};{mother.family_name};{mother.given_name}"
    mine = [line for line in table if line.startswith(f"{pair};responsable")]
    assert len(mine) == 1 and "maman@famille.example;06 00 00 00 00;La page d’une absence" in mine[0]
    # Whoever must not be told of a child is not among those to warn.
    assert not [line for line in table if "Écarté" in line]
    line = Line.objects.get(verb="privacy.breach_contacts_exported")
    assert line.details["rows"] == len(table) - 1


def test_whoever_answered_for_a_child_then_and_does_not_now_is_not_told(
    stolen: World, client: SchoolClient, clock: Any
) -> None:
    ties = Guardianship.objects.filter(pupil=stolen.people["pupil"], guardian=stolen.people["guardian"])
    ties.update(ends=NOW.date() + timedelta(days=2))
    clock.shift(timedelta(days=5))
    answer = client.sit(stolen.people["head"]).post(
        CONTACTS, DAY | {"personne": stolen.people["cpe"].public_id}
    )
    table = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    pupil, mother = (stolen.people[key].family_name for key in ("pupil", "guardian"))
    given = stolen.people["guardian"].given_name
    assert [line for line in table if line.startswith(pupil)]
    assert not [line for line in table if line.startswith(pupil) and f";{mother};{given};responsable" in line]


def test_the_papers_say_what_is_known_and_leave_blanks(
    stolen: World, client: SchoolClient, settings: Any
) -> None:
    settings.OPERATOR = settings.OPERATOR | {"OPERATOR_NAME": "Région Exemple"}
    client.sit(stolen.people["head"])
    query = DAY | {"personne": stolen.people["cpe"].public_id}
    shown = client.get(reverse("privacy:breach_papers"), query).content.decode()
    for words in (
        stolen.school.uai,
        "Région Exemple",
        "2 personnes, d’après le journal",
        "La fiche d’annuaire",
        "soixante-douze",
    ):
        assert words in shown
    assert stolen.people["pupil"].full_name not in shown
    empty = client.get(reverse("privacy:breach_papers")).content.decode()
    assert empty.count("……") > shown.count("……")


def test_an_operator_reads_numbers_and_no_name(stolen: World, client: SchoolClient, operator: Person) -> None:
    client.sit(operator)
    login = stolen.people["cpe"].account.login
    shown = client.post(PAGE, DAY | {"login": login}).content.decode()
    assert stolen.school.name in shown
    row = shown[shown.index(f">{stolen.school.uai}<") :][:600].replace(" ", "")
    assert row.index(">2<") < row.index(">3<") < row.index(">1<")
    for person in stolen.people.values():
        assert person.family_name not in shown
    assert Line.objects.filter(verb="privacy.breach_measured", actor=operator, subject=None).count() == 1
    assert "Aucun compte" in client.post(PAGE, DAY | {"login": "personne.dutout"}).content.decode()
    assert client.get(PAGE, DAY | {"personne": stolen.people["cpe"].public_id}).status_code == 200
    for address in (CONTACTS, reverse("privacy:breach_papers")):
        assert (client.post if address == CONTACTS else client.get)(address, DAY).status_code == 403


def test_an_operator_of_elsewhere_reads_nothing_of_this_school(
    stolen: World, client: SchoolClient, operator: Person
) -> None:
    from preau.directory.models import Territory  # noqa: PLC0415

    elsewhere = Territory.objects.create(kind="academie", code="99", name="Ailleurs")
    Holding.objects.filter(person=operator).update(territory=elsewhere)
    shown = client.sit(operator).post(PAGE, DAY | {"login": ""}).content.decode()
    assert stolen.school.name not in shown and "Aucun établissement touché" in shown
