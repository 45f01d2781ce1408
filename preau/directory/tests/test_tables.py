"""A school's own tables: columns named by somebody, nobody doubled, nothing changed before it is agreed to."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import html
from openpyxl import Workbook

from conftest import TWIN, SchoolClient
from preau.directory.imports.importer import DELIVERIES
from preau.directory.imports.tables.fields import PUPILS, TABLES
from preau.directory.models import ColumnWord, Delivery, Enrolment, ExternalId, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Kinship, Role
from preau.foundation.importers import tasks
from preau.foundation.tests import importing

State = Delivery.State
pytestmark = pytest.mark.django_db
NEW = "/annuaire/tableaux/"
ELEVES = "Nom;Prénom;Né le;Classe;Nom responsable;Prénom responsable;Courriel responsable\n"
LEA = "Petit;Léa;02/03/2014;6e A;Petit;Anne;anne.petit@example.org\n"
TOM = "Grand;Tom;04/05/2014;5e B;Grand;Luc;\n"


@pytest.fixture(autouse=True)
def room(settings: Any, tmp_path: Path) -> Path:
    """The files of each test wait in a folder of its own."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "deliveries"


def csv(text: str, name: str = "liste.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def workbook(*rows: list[Any], name: str = "liste.xlsx") -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    held = BytesIO()
    book.save(held)
    return SimpleUploadedFile(name, held.getvalue())


def address(delivery: Delivery, name: str = "delivery") -> str:
    return reverse(f"directory:{name}", kwargs={"pk": delivery.pk})


@pytest.fixture
def brought(client: SchoolClient, college: World) -> Any:
    """`brought(eleves=…)`: the tables that the secretary sends, waiting for their columns to be said."""

    def send(reach: str = "adds", **sent: Any) -> Delivery:
        client.sit(college.people["secretary"])
        response = client.post(NEW, {"reach": reach, **sent})
        assert response.status_code == 302, response.content.decode()
        delivery = Delivery.objects.get(pk=response.url.split("/")[-3])
        assert (delivery.state, response.url) == (State.MATCHING, address(delivery, "columns"))
        return delivery

    return send


def proposed(client: SchoolClient, delivery: Delivery) -> dict[str, str]:
    """What the page of columns would send without a change."""
    page = html.fromstring(client.get(address(delivery, "columns")).content)
    return {one.get("name"): one.value or "" for one in page.iter("select")}


@pytest.fixture
def read(client: SchoolClient, brought: Any) -> Any:
    """The same, with its columns said (`as_` changes some of those proposed) and read."""

    def send(as_: dict[str, str] | None = None, **sent: Any) -> Delivery:
        delivery = brought(**sent)
        columns = proposed(client, delivery) | (as_ or {})
        response = client.post(address(delivery, "columns"), columns)
        assert response.status_code == 302, response.content.decode()
        importing.read(DELIVERIES, delivery.pk)
        delivery.refresh_from_db()
        return delivery

    return send


@pytest.fixture
def applied(client: SchoolClient, read: Any) -> Any:
    """The same, applied."""

    def send(as_: dict[str, str] | None = None, **sent: Any) -> Delivery:
        delivery = read(as_, **sent)
        assert delivery.state == State.PREVIEW, delivery.report
        client.post(address(delivery, "apply"))
        importing.apply(DELIVERIES, delivery.pk)
        delivery.refresh_from_db()
        assert delivery.state == State.DONE
        return delivery

    return send


def figures(delivery: Delivery) -> tuple[int, int, int]:
    report = delivery.report
    return report["created"], report["changed"], report["ended"]


def reasons(delivery: Delivery, grade: str) -> set[str]:
    return {reason.replace("\u202f", " ") for reason, _count in delivery.report["sentences"][grade]}


# From the file to the directory


def test_a_table_brings_pupils_and_those_who_answer_for_them(applied: Any, college: World) -> None:
    delivery = applied(eleves=csv(ELEVES + LEA + TOM))
    # Two pupils and two guardians; the school was there.
    assert figures(delivery) == (4, 0, 0)
    lea = Person.objects.get(family_name="Petit", given_name="Léa")
    assert str(lea.birth_date) == "2014-03-02"
    assert [row.group.name for row in Enrolment.objects.filter(pupil=lea, ends=None)] == ["6e A"]
    link = Guardianship.objects.get(pupil=lea)
    assert (link.guardian.email, link.authority) == ("anne.petit@example.org", Authority.CONTACT)
    assert set(Holding.objects.filter(source="tableau").values_list("school", "role")) == {
        (college.school.pk, Role.PUPIL)
    }


def test_the_same_table_again_writes_no_row(applied: Any) -> None:
    applied(eleves=csv(ELEVES + LEA + TOM))
    people = Person.objects.count()
    assert figures(applied(eleves=csv(ELEVES + LEA + TOM))) == (0, 0, 0)
    assert Person.objects.count() == people


def test_a_workbook_is_read_as_the_same_table(applied: Any) -> None:
    applied(eleves=csv(ELEVES + LEA))
    rows = [
        ["Nom", "Prénom", "Né le", "Classe", "Nom responsable", "Prénom responsable", "Courriel responsable"],
        ["Petit", "Léa", datetime(2014, 3, 2), "6e A", "Petit", "Anne", "anne.petit@example.org"],  # noqa: DTZ001
    ]
    assert figures(applied(eleves=workbook(*rows))) == (0, 0, 0)


def test_a_number_that_a_spreadsheet_shortened_has_its_nought_again(applied: Any) -> None:
    heading = ["Nom", "Prénom", "Date de naissance", "Téléphone"]
    applied(eleves=workbook(heading, ["Petit", "Léa", "02/03/2014", 612345678]))
    assert Person.objects.get(family_name="Petit").phone.replace(" ", "") in {"0612345678", "+33612345678"}


# Nobody is doubled


def test_pupils_who_are_there_are_known_by_their_name_and_class(
    applied: Any, college: World, twin: World
) -> None:
    """The school adds e-mails to pupils of the official file: nobody is created, nobody leaves, nobody is renamed."""
    pupil = Person.objects.get(pk=college.people["pupil"].pk)
    group = Enrolment.objects.get(pupil=pupil, ends=None, group__kind="class").group
    before = Person.objects.count()
    delivery = applied(
        eleves=csv(
            f"Nom;Prénom;Classe;Courriel\n{pupil.family_name.upper()};{pupil.given_name};{group.name};moi@example.org\n"
        )
    )
    assert figures(delivery) == (0, 1, 0) and Person.objects.count() == before
    changed = Person.objects.get(pk=pupil.pk)
    assert (changed.email, changed.family_name) == ("moi@example.org", pupil.family_name)
    assert ExternalId.objects.filter(person=pupil, source="tableau").count() == 1


def test_two_pupils_of_one_name_are_not_guessed(applied: Any, read: Any) -> None:
    applied(eleves=csv(ELEVES + LEA + LEA.replace("02/03/2014", "09/09/2013")))
    delivery = read(eleves=csv("Nom;Prénom;Classe;Courriel\nPetit;Léa;6e A;lea@example.org\n"))
    assert reasons(delivery, "quarantined") == {
        "Deux élèves du même nom, nés le même jour : sans INE, rien ne les distingue."
    }


def test_a_table_of_guardians_alone_finds_the_pupils_who_are_there(applied: Any, college: World) -> None:
    applied(eleves=csv("Nom;Prénom;Né le;Classe\nPetit;Léa;02/03/2014;6e A\n"))
    table = (
        "Nom de l’élève;Prénom de l’élève;Nom;Prénom;Lien;Niveau;Ordre d’appel;Téléphone\n"
        "Petit;Léa;Petit;Anne;Mère;Responsable légal;1;06 12 34 56 78\n"
        "Inconnu;Max;Personne;Zoé;Père;Responsable légal;1;\n"
    )
    delivery = applied(responsables=csv(table))
    link = Guardianship.objects.get(pupil__family_name="Petit")
    assert (link.authority, link.kinship, link.contact_priority) == (Authority.LEGAL, Kinship.MOTHER, 1)
    assert not Person.objects.filter(family_name__in=["Inconnu", "Personne"]).exists()
    assert reasons(delivery, "quarantined") == {
        "Aucun de ses enfants n’est reconnu dans le fichier des élèves."
    }
    # Their class is not theirs to tell.
    assert Enrolment.objects.filter(pupil__family_name="Petit", ends=None).count() == 1


def test_staff_get_a_role_by_the_words_of_their_function(applied: Any, college: World) -> None:
    table = (
        "Nom;Prénom;Fonction;Matière;Date de naissance\nZola;Émile;Professeur;Français;\nHugo;Victor;CPE;;\n"
        "Sand;George;Principale;;\n"
    )
    delivery = applied(personnels=csv(table))
    held = Holding.objects.filter(source="tableau").values_list("person__family_name", "role", "title")
    assert set(held) == {("Zola", Role.TEACHER, "Français"), ("Hugo", Role.SCHOOL_LIFE, "CPE")}
    assert "Fonction que l’académie seule donne : elle n’est pas reprise." in reasons(delivery, "warnings")


# What is complete, and what is not


def test_whoever_is_not_in_a_table_that_adds_stays(applied: Any) -> None:
    applied(eleves=csv(ELEVES + LEA + TOM))
    assert figures(applied(eleves=csv(ELEVES + LEA))) == (0, 0, 0)


def test_a_complete_table_ends_those_of_tables_alone(applied: Any, college: World) -> None:
    before = Holding.objects.filter(school=college.school, ends=None).exclude(source="tableau").count()
    applied(eleves=csv(ELEVES + LEA + TOM))
    delivery = applied(eleves=csv(ELEVES + LEA), reach="complete")
    assert figures(delivery)[2] == 1
    assert Holding.objects.filter(source="tableau", ends=None).get().person.given_name == "Léa"
    assert (
        Holding.objects.filter(school=college.school, ends=None).exclude(source="tableau").count() == before
    )


def test_an_official_file_has_the_last_word_on_names(applied: Any, college: World) -> None:
    """Known by the INE: the table's spelling is told, and not taken."""
    pupil = Person.objects.get(pk=college.people["pupil"].pk)
    ExternalId.objects.create(source="aaf", authority="14", kind="person", value="4242", person=pupil)
    ExternalId.objects.get_or_create(
        source="men", authority="fr", kind="ine", value="123456789AB", defaults={"person": pupil}
    )
    names = f"{pupil.family_name} Autre;{pupil.given_name}"
    table = f"Nom;Prénom;INE;Classe;Courriel\n{names};123456789AB;6e A;neuf@example.org\n"
    delivery = applied(eleves=csv(table), reach="complete")
    kept = Person.objects.get(pk=pupil.pk)
    assert (kept.family_name, kept.email) == (pupil.family_name, "neuf@example.org")
    assert any(
        reason.startswith("Un fichier officiel dit autre chose") for reason in reasons(delivery, "warnings")
    )


# Columns


def test_headings_are_known_and_what_was_said_is_remembered(
    client: SchoolClient, brought: Any, read: Any
) -> None:
    heading, row = "Patronyme;Prénom;Naissance;Salle;Option\n", "Petit;Léa;02/03/2014;6e A;Latin\n"
    delivery = brought(eleves=csv(heading + row))
    assert proposed(client, delivery) == {
        "eleves-0": "",
        "eleves-1": "given",
        "eleves-2": "born",
        "eleves-3": "",
        "eleves-4": "",
    }
    columns = proposed(client, delivery) | {"eleves-0": "family", "eleves-3": "classes"}
    client.post(address(delivery, "columns"), columns)
    client.post(address(delivery, "drop"))
    again = brought(eleves=csv("Option;Salle;Prénom;Patronyme\nLatin;6e A;Léa;Petit\n"))
    assert list(proposed(client, again).values()) == ["", "classes", "given", "family"]


def test_what_one_school_said_is_not_proposed_to_another(
    client: SchoolClient, brought: Any, twin: World
) -> None:
    ColumnWord.objects.create(school=twin.school, table="eleves", heading="patronyme", field="family")
    delivery = brought(eleves=csv("Patronyme;Prénom\nPetit;Léa\n"))
    assert proposed(client, delivery)["eleves-0"] == ""


def test_a_column_twice_or_missing_is_said_beside_it(client: SchoolClient, brought: Any) -> None:
    delivery = brought(eleves=csv("Nom;Prénom;Surnom\nPetit;Léa;Zoé\n"))
    wrong = {"eleves-0": "", "eleves-1": "given", "eleves-2": "given"}
    response = client.post(address(delivery, "columns"), wrong)
    page = response.content.decode().replace("\u202f", " ")
    assert response.status_code == 422
    assert "« Prénom » est déjà le contenu d’une autre colonne." in page
    assert "Élèves : dites quelle colonne contient « Nom de famille »." in page
    delivery.refresh_from_db()
    assert delivery.state == State.MATCHING


def test_the_page_shows_a_few_cells_of_each_column(client: SchoolClient, brought: Any) -> None:
    page = client.get(address(brought(eleves=csv(ELEVES + LEA + TOM)), "columns")).content.decode()
    assert "Petit · Grand" in page and "anne.petit@example.org" in page


def test_a_second_click_finds_the_columns_said(client: SchoolClient, brought: Any) -> None:
    delivery = brought(eleves=csv(ELEVES + LEA))
    columns = proposed(client, delivery)
    for _click in range(2):
        assert client.post(address(delivery, "columns"), columns).status_code == 302
    delivery.refresh_from_db()
    assert delivery.state == State.RECEIVED


def test_heads_of_columns_are_the_same_words_for_each_field() -> None:
    """No heading leads to two fields of one table, but for the two guardians of a pupil's row."""
    for table in TABLES.values():
        seen: dict[str, str] = {}
        for field in table.fields:
            for word in field.words:
                other = seen.setdefault(word, field.key)
                assert other == field.key or {other[:4], field.key[:4]} == {"one_", "two_"}, (table.key, word)


# What is refused


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choisissez au moins un tableau."),
        (
            {"eleves": SimpleUploadedFile("vieux.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600)},
            "enregistrez-le en .xlsx",
        ),
        ({"eleves": SimpleUploadedFile("faux.xlsx", b"PK\x03\x04" + b"\0" * 60)}, "enregistrez-le en .xlsx"),
        ({"eleves": SimpleUploadedFile("vide.csv", b"\n\n")}, "Le fichier est vide."),
        ({"eleves": csv("Petit;Léa;02/03/2014;6e A\nGrand;Tom;04/05/2014;5e B\n")}, "doit donner les titres"),
        ({"eleves": csv("Nom;Prénom\n" + "x" * 100_001 + ";y\n")}, ""),
    ],
)
def test_what_is_no_table_is_said_beside_it_and_not_kept(
    client: SchoolClient, college: World, room: Path, sent: dict[str, Any], said: str
) -> None:
    client.sit(college.people["secretary"])
    response = client.post(NEW, {"reach": "adds", **sent})
    if not said:
        # Its head is that of a table: what is wrong further on is found when it is read.
        assert response.status_code == 302
        return
    assert response.status_code == 422 and said in response.content.decode().replace("\u202f", " ")
    assert not Delivery.objects.exists() and not [path for path in room.rglob("*") if path.is_file()]


def test_a_table_cut_in_the_middle_is_turned_away_when_it_is_read(read: Any) -> None:
    delivery = read(eleves=csv('Nom;Prénom\nPetit;"Léa\n'))
    assert delivery.state == State.REFUSED
    assert "guillemet" in delivery.report["errors"][0]["reason"]


def test_who_may_bring_tables(client: SchoolClient, college: World, twin: World, brought: Any) -> None:
    delivery = brought(eleves=csv(ELEVES + LEA))
    assert TWIN not in client.get(address(delivery, "columns")).content.decode()
    for who in ("teacher", "guardian", "pupil", "cpe"):
        client.sit(college.people[who])
        assert client.get(NEW).status_code == 403
        assert client.get(address(delivery, "columns")).status_code in {403, 404}
    client.sit(twin.people["secretary"])
    assert client.get(address(delivery, "columns")).status_code == 404


def test_a_delivery_that_nobody_describes_is_dropped_with_its_files(
    clock: Any, brought: Any, room: Path
) -> None:
    delivery = brought(eleves=csv(ELEVES + LEA))
    clock.shift(timedelta(days=8))
    tasks.expire_imports.call()
    delivery.refresh_from_db()
    assert delivery.state == State.DROPPED
    assert not [path for path in room.rglob("*") if path.is_file()]


def test_columns_that_changed_since_they_were_said_are_not_guessed(
    client: SchoolClient, brought: Any, room: Path
) -> None:
    delivery = brought(eleves=csv(ELEVES + LEA))
    client.post(address(delivery, "columns"), proposed(client, delivery))
    [path] = [one for one in room.rglob("*") if one.is_file()]
    path.write_text("Nom;Prénom\nPetit;Léa\n")
    importing.read(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == State.REFUSED
    assert "colonnes ont changé" in delivery.report["errors"][0]["reason"]


def test_more_rows_than_a_school_has_people_are_turned_away(
    read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.directory.imports.tables.delivery.MOST_ROWS", 1)
    delivery = read(eleves=csv(ELEVES + LEA + TOM))
    assert delivery.state == State.REFUSED
    assert "Trop de lignes" in delivery.report["errors"][0]["reason"]


def test_staff_without_a_function_are_kept_with_none(applied: Any) -> None:
    applied(personnels=csv("Nom;Prénom;Fonction;Date de naissance\nZola;Émile;;\n"))
    assert not Holding.objects.filter(person__family_name="Zola").exclude(role=Role.OTHER).exists()


@pytest.mark.parametrize(
    ("titles", "keys"),
    [
        (
            ["Nom", "Prénom", "Nom resp.", "Prénom resp.", "Tél. resp."],
            ["family", "given", "one_family", "one_given", "one_phone"],
        ),
        (
            ["Nom", "Prénom", "Prénom 2", "Niveau 1", "Nom resp 1", "Tél. resp. 1", "Mail resp. 2"],
            ["family", "given", "", "", "one_family", "one_phone", "two_email"],
        ),
        (
            ["NOM", "PRENOM", "Né(e) le", "Nom du resp. 2", "Tél. parent 1"],
            ["family", "given", "born", "two_family", "one_phone"],
        ),
        (
            ["Nom de l’élève", "Prénom de l’élève", "Courriel parent", "Portable resp. 1"],
            ["family", "given", "one_email", "one_mobile"],
        ),
    ],
)
def test_headings_are_known_as_people_write_them(titles: list[str], keys: list[str]) -> None:
    assert TABLES[PUPILS].guess(titles, {}) == keys


def test_what_a_school_said_of_a_heading_comes_before_what_its_words_say() -> None:
    assert TABLES[PUPILS].guess(["Nom"], {"nom": ["usage"]}) == ["usage"]
