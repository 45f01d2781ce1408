"""The list of a class: the columns that each may read, whom to call, the file, and the trace they leave."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Group, Guardianship, Person
from preau.directory.seeds.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_class(college: World) -> Group:
    mother = college.people["guardian"]
    mother.phone = "06 39 98 00 01"
    mother.save()
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def sheet(client: SchoolClient, college: World, key: str, group: Group, **asked: Any) -> str:
    client.sit(college.people[key])
    response = client.get(f"/annuaire/classes/{group.pk}/liste/", asked)
    assert response.status_code == 200
    return response.content.decode()


def file_of(client: SchoolClient, college: World, key: str, group: Group, **sent: Any) -> bytes:
    client.sit(college.people[key])
    response = client.post(f"/annuaire/classes/{group.pk}/liste/exporter/", sent)
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content)


def test_a_list_has_the_pupils_and_boxes_to_tick(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    html = sheet(client, college, "teacher", own_class, cases="3")
    assert html.count("<tr>") == 7 and html.count("Colonne vide") == 3 and html.count("<td></td>") == 18
    assert "ABADIE Nina" in html
    assert "Colonne vide" not in sheet(client, college, "teacher", own_class, cases="900", colonnes="x")
    assert not Line.objects.filter(verb__startswith="directory.list").exists()


def test_each_reads_the_columns_that_their_role_may(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    asked = {"colonnes": ["responsables", "naissance"]}
    born = f"{college.people['pupil'].birth_date:%d/%m/%Y}"
    for key in ("head", "cpe", "secretary"):
        html = sheet(client, college, key, own_class, **asked)
        assert "Julie Abadie (mère) 06 39 98 00 01" in html and born in html, key
    html = sheet(client, college, "teacher", own_class, **asked)
    assert "Julie" not in html and born not in html and "Responsables à appeler" not in html
    # Teachers leave no line: they read names alone.
    lines = Line.objects.filter(verb="directory.list_read")
    assert {line.actor_id for line in lines} == {
        college.people[key].pk for key in ("head", "cpe", "secretary")
    }
    line = lines.latest("pk")
    assert line.is_read and line.details == {"columns": "naissance,responsables"} and line.subject_id is None


def test_who_may_not_be_informed_is_never_on_a_list(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    links = Guardianship.objects.filter(pupil=college.people["pupil"])
    assert "Marc Abadie (père) sans téléphone" in sheet(
        client, college, "cpe", own_class, colonnes="responsables"
    )
    links.filter(guardian=college.people["other_guardian"]).update(may_not_be_informed=True)
    html = sheet(client, college, "cpe", own_class, colonnes="responsables")
    assert "Julie Abadie" in html and "Marc Abadie" not in html
    assert "Marc Abadie" not in file_of(client, college, "cpe", own_class, colonnes="responsables").decode()
    links.filter(guardian=college.people["other_guardian"]).update(may_not_be_informed=False)
    links.filter(guardian=college.people["guardian"]).update(contact_priority=None)
    html = sheet(client, college, "cpe", own_class, colonnes="responsables")
    assert html.index("Marc Abadie") < html.index("Julie Abadie"), (
        "without a rank, one comes after the others"
    )


def test_the_file_has_the_same_columns_and_leaves_a_line(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    Person.objects.filter(pk=college.people["pupil"].pk).update(given_name="=1+1")
    body = file_of(client, college, "cpe", own_class, colonnes=["responsables", "naissance"]).decode(
        "utf-8-sig"
    )
    rows = list(csv.reader(StringIO(body), delimiter=";"))
    assert rows[0] == ["Nom", "Prénom", "Date de naissance", "Responsables à appeler"] and len(rows) == 7
    assert ["ABADIE".title(), "'=1+1"] in [row[:2] for row in rows]
    line = Line.objects.get(verb="directory.list_exported")
    assert line.details == {"columns": "naissance,responsables", "rows": 6} and line.target_id == own_class.pk
    body = file_of(client, college, "teacher", own_class, colonnes=["responsables"]).decode("utf-8-sig")
    assert body.splitlines()[0] == "Nom;Prénom"


def test_the_workbook_says_the_same_and_executes_nothing(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    Group.objects.filter(pk=own_class.pk).update(name="5e/B [1]")
    Person.objects.filter(pk=college.people["pupil"].pk).update(given_name="=1+1")
    body = file_of(client, college, "secretary", own_class, forme="xlsx", colonnes="groupes")
    found = list(load_workbook(BytesIO(body)).active.iter_rows(values_only=True))
    assert found[0] == ("Nom", "Prénom", "Groupes") and len(found) == 7
    assert any(row[1] == "=1+1" for row in found)


def test_an_empty_class_has_nothing_to_print(college: World, client: SchoolClient) -> None:
    group = Group.objects.create(school=college.school, year=college.year, kind=Group.Kind.CLASS, name="3e D")
    html = sheet(client, college, "cpe", group, colonnes="responsables")
    assert "Aucun élève" in html and "<table" not in html
    assert not Line.objects.filter(verb="directory.list_read").exists()
