"""Referentials: brought in files, refused line by line, replaced by an edition, retired in the middle of a year."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.competences.actions import referentials
from preau.domains.competences.imports.importer import REFERENTIAL_FILES
from preau.domains.competences.imports.shipped import SOCLE, SOCLE_FILE, take_socle
from preau.domains.competences.imports.tables import read_table
from preau.domains.competences.models import COMPONENTS, Competence, Level, Referential, ReferentialImport
from preau.domains.competences.tests.scene import competences_of, published
from preau.foundation.tests import importing

pytestmark = pytest.mark.django_db
BRING = "/competences/imports/"
GOOD = "code;parent;intitulé;composante\n1.1;1;Compter;CPD_SCI\n1;;Nombres;\n"


@pytest.fixture
def head(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["head"])


def send(
    client: SchoolClient, text: str, name: str = "Programme", edition: str = "2026"
) -> ReferentialImport:
    file = SimpleUploadedFile("programme.csv", text.encode())
    answer = client.post(BRING, {"name": name, "edition": edition, "source": "", "files": [file]})
    assert answer.status_code == 302, answer.content.decode()
    found: ReferentialImport = ReferentialImport.objects.latest("pk")
    return found


def test_a_table_is_shown_then_written_parents_first(college: World, head: SchoolClient) -> None:
    row = send(head, GOOD)
    assert importing.read(REFERENTIAL_FILES, row.pk) == "preview"
    page = head.get(reverse("competences:import", kwargs={"pk": row.pk})).content.decode()
    assert "Compter" in page and not Referential.objects.filter(name="Programme").exists()
    assert head.post(reverse("competences:apply_import", kwargs={"pk": row.pk})).status_code == 302
    assert importing.apply(REFERENTIAL_FILES, row.pk) == "done"
    tree = Competence.objects.filter(referential__name="Programme").order_by("rank")
    assert [
        (competence.name, competence.depth, competence.has_children, competence.component)
        for competence in tree
    ] == [
        ("Nombres", 0, True, ""),
        ("Compter", 1, False, "CPD_SCI"),
    ]


@pytest.mark.parametrize(
    ("lines", "line", "said"),
    [
        ("1;;Nombres\n1;;Lire", 3, "déjà à la ligne 2"),
        ("1;9;Nombres", 2, "n’est nulle part"),
        ("1;2;Nombres\n2;1;Lire", 2, "tournent en rond"),
        ("1;1;Nombres", 2, "tournent en rond"),
        (";;Nombres", 2, "Il manque le code"),
        ("1;;", 2, "Il manque le code"),
    ],
)
def test_one_wrong_line_and_nothing_is_taken(
    college: World, head: SchoolClient, lines: str, line: int, said: str
) -> None:
    row = send(head, f"code;parent;intitulé\n{lines}\n")
    assert importing.read(REFERENTIAL_FILES, row.pk) == "refused"
    page = head.get(reverse("competences:import", kwargs={"pk": row.pk})).content.decode()
    assert said in page and f"ligne {line}" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert not Referential.objects.filter(name="Programme").exists()


def test_an_unknown_component_and_no_column_are_said(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("code;intitulé;composante\n1;Nombres;CPD_XYZ\n")
    _rows, problems = read_table(file)
    assert [(problem.line, "CPD_XYZ" in problem.reason) for problem in problems] == [(2, True)]


def test_the_same_edition_twice_is_refused_and_a_new_one_replaces(college: World, head: SchoolClient) -> None:
    facts = referentials.Told("Programme", "2025")
    referentials.write_referential(college.school, facts, [referentials.Row("1", "Ancien")])
    again = send(head, GOOD, edition="2025")
    assert importing.read(REFERENTIAL_FILES, again.pk) == "refused"
    with pytest.raises(referentials.SameEdition):
        referentials.write_referential(college.school, facts, [referentials.Row("1", "Ancien")])
    referentials.write_referential(
        college.school, referentials.Told("Programme", "2026"), [referentials.Row("1", "Nouveau")]
    )
    current = Referential.objects.filter(name="Programme").current()
    assert [referential.edition for referential in current] == ["2026"]


def test_retired_in_the_middle_of_a_year_its_levels_stay(
    college: World, head: SchoolClient, client: SchoolClient, seat_of: Any
) -> None:
    pupil, one = college.people["pupil"], competences_of(college, 1)[0]
    published(college, seat_of("teacher"), pupil, "4")
    address = reverse("competences:retire", kwargs={"pk": one.pk})
    assert head.post(address).status_code == 302
    one.refresh_from_db()
    assert not Competence.objects.in_use(one.retired_on).filter(pk=one.pk).exists()
    assert Level.objects.filter(column__competence=one, pupil=pupil).exists()
    client.sit(pupil)
    assert one.name in client.get(reverse("competences:own")).content.decode()
    client.sit(college.people["head"])
    assert client.post(address, {"sens": "reprendre"}).status_code == 302
    one.refresh_from_db()
    assert one.retired_on is None


def test_the_socle_that_comes_with_preau_feeds_each_component_and_is_taken_once(college: World) -> None:
    rows, problems = read_table(SOCLE_FILE)
    assert not problems and {row.component for row in rows if row.component} == set(COMPONENTS)
    Referential.objects.filter(key=SOCLE.key).update(key="ancien-socle")
    assert [take_socle(college.school), take_socle(college.school)] == [True, False]


def test_the_framework_of_digital_competences_is_taken_by_one_gesture(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["head"])
    place = reverse("competences:referentials")
    assert "Prendre les compétences numériques" in client.get(place).content.decode()
    client.post(reverse("competences:take"), {"referentiel": "crcn"})
    page = client.get(place).content.decode()
    assert "Cadre de référence des compétences numériques" in page and "Prendre les compétences" not in page
    taken = Competence.objects.filter(
        referential__school=college.school, referential__key__startswith="cadre-de"
    )
    assert taken.filter(parent=None).count() == 5 and taken.exclude(parent=None).count() == 16
    assert client.post(reverse("competences:take"), {"referentiel": "autre"}).status_code == 404
    client.sit(college.people["teacher"])
    assert client.post(reverse("competences:take"), {"referentiel": "crcn"}).status_code == 403


def test_a_teacher_adds_to_the_schools_own_and_to_no_other(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    own = Referential.objects.get(school=college.school, is_own=True)
    socle = Referential.objects.get(school=college.school, key=SOCLE.key)
    for one in (own, socle):
        client.post(reverse("competences:referential", kwargs={"pk": one.pk}), {"name": "Tracer un plan"})
    found = Competence.objects.filter(name="Tracer un plan")
    assert [competence.referential_id for competence in found] == [own.pk]


def test_nothing_is_kept_of_a_file_that_is_dropped(college: World, head: SchoolClient) -> None:
    row = send(head, GOOD)
    importing.read(REFERENTIAL_FILES, row.pk)
    assert head.post(reverse("competences:drop_import", kwargs={"pk": row.pk})).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.folder, row.preview) == ("dropped", "", {})
