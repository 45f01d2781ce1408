"""The starter collection: what comes with the code can be read, is clean, and is planted once."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from preau.domains.catalogue.imports import starter
from preau.domains.catalogue.imports.bodies import BadBody, parts_of, text_of
from preau.domains.catalogue.imports.drawings import NotADrawing, checked
from preau.domains.catalogue.imports.starter import BadResource
from preau.domains.catalogue.models import Edition, Media, Node, Resource
from preau.domains.catalogue.queries import index
from preau.foundation.richtext import documents
from tests.net.rows import digests

pytestmark = pytest.mark.django_db

COLLECTION = 'title = "Essais"\nabstract = "Pour voir."\norder = 1\neditorial = "<p>Bonjour.</p>"\n'
HEAD = """+++
title = "Les licornes"
abstract = "Une page d’essai."
type = "fiche"
levels = ["CM1"]
subjects = ["mathématiques"]
notions = ["corne"]
keywords = ["licorne"]
audiences = ["élève"]
duration = 10
authors = ["Équipe Préau"]
published = 2026-11-01
accessibility = ["textes seuls"]
+++
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#fff"/></svg>'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small collection of its own, of which the database knows nothing yet."""
    inside = tmp_path / "essais"
    inside.mkdir()
    (inside / "collection.toml").write_text(COLLECTION)
    (inside / "licornes.html").write_text(HEAD + "<p>Une licorne a une corne.</p>")
    return tmp_path


def test_all_that_comes_with_the_code_is_sound(college: Any) -> None:
    _year, places = starter.programmes()
    shelves, records, _notions = starter.read(starter.STARTER, places)
    assert len(records) >= 60
    assert len(shelves) >= 8
    asks = [record for record in records if any(part["kind"] != "html" for part in record.facts["parts"])]
    assert len([record for record in records if record in asks or record.media]) >= 12
    assert Resource.objects.published().filter(source="starter").count() == len(records)


def test_planting_again_writes_nothing(college: Any) -> None:
    before = digests()
    report = starter.plant()
    assert report.written == 0
    assert report.same == Resource.objects.filter(source="starter").count()
    assert digests() == before


def test_the_command_says_what_it_did(college: Any, folder: Path) -> None:
    output = StringIO()
    call_command("plant_catalogue", stdout=output)
    assert "0 new, 0 changed, 0 withdrawn" in output.getvalue()
    assert output.getvalue().rstrip().endswith("0 rows.")
    with pytest.raises(CommandError, match="Nothing was written"):
        call_command("plant_catalogue", folder=folder / "nowhere", stdout=StringIO())


def test_a_file_that_changes_is_a_new_version_and_one_that_goes_is_withdrawn(
    college: Any, folder: Path
) -> None:
    first = starter.plant(folder)
    assert first.created == ["essais/licornes"]
    # The folder is all of the source: what was in the other one is not there.
    assert len(first.withdrawn) >= 60
    (folder / "essais" / "licornes.html").write_text(HEAD + "<p>Deux licornes.</p>")
    assert starter.plant(folder).changed == ["essais/licornes"]
    row = Resource.objects.get(key="essais/licornes")
    assert (row.version, str(row.published), str(row.changed)) == (2, "2026-11-01", "2026-11-24")
    (folder / "essais" / "licornes.html").unlink()
    assert starter.plant(folder).withdrawn == ["essais/licornes"]
    assert Client().get(reverse("catalogue:resource", kwargs=row.place)).status_code == 410
    assert Resource.objects.filter(key="essais/licornes").exists()


def test_each_planting_that_writes_is_one_edition(college: Any, folder: Path) -> None:
    before = Edition.objects.get()
    starter.plant()
    assert Edition.objects.get().number == before.number
    starter.plant(folder)
    after = Edition.objects.get()
    assert after.number == before.number + 1
    assert after.past[0] == [before.number, before.token]


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ('type = "fiche"', 'type = "poème"', "'poème' is not one of"),
        ('levels = ["CM1"]', 'levels = ["CM3"]', "'CM3' is no level"),
        ('subjects = ["mathématiques"]', 'subjects = ["magie"]', "'magie' is no subject"),
        ('title = "Les licornes"', 'title = ""', "a title of 0 signs"),
        ("published = 2026-11-01", 'published = "hier"', "is no date"),
        ('authors = ["Équipe Préau"]\n', "", "no 'authors'"),
        ("duration = 10", "duration = dix", "Invalid value"),
        ("<p>Une licorne", "Une licorne<p>", "Words outside"),
        ("<p>Une licorne a une corne.</p>", '<p><img src="x.svg" alt="x"></p>', "x.svg is not beside it"),
        ("+++\n", "", "no lines of TOML"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_named_and_nothing_is_written(
    college: Any, folder: Path, was: str, becomes: str, why: str
) -> None:
    path = folder / "essais" / "licornes.html"
    assert was in path.read_text()
    path.write_text(path.read_text().replace(was, becomes))
    before = digests()
    with pytest.raises(BadResource, match="essais/licornes") as refused:
        starter.plant(folder)
    assert why in str(refused.value)
    assert digests() == before


def test_a_relation_to_nothing_is_refused(college: Any, folder: Path) -> None:
    path = folder / "essais" / "licornes.html"
    path.write_text(path.read_text().replace("duration", 'related = ["essais/dragons"]\nduration'))
    with pytest.raises(BadResource, match="essais/dragons"):
        starter.plant(folder)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<image href="http://evil.example/x.png"/>',
        '<use href="http://evil.example/x.svg#a"/>',
        '<rect fill="url(http://evil.example/x)"/>',
        "<style>@import 'http://evil.example/x.css';</style>",
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
        '<a href="javascript:alert(1)"><rect/></a>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
    ],
)
def test_a_drawing_that_does_more_than_draw_is_refused(inside: str) -> None:
    assert checked(SVG) == SVG
    with pytest.raises(NotADrawing):
        checked(SVG.replace("</svg>", f"{inside}</svg>"))


def test_a_drawing_with_entities_or_that_is_none_is_refused() -> None:
    bomb = f'<!DOCTYPE svg [<!ENTITY a "aa">]>{SVG}'
    for content in (bomb, "<p>x</p>", "not xml", SVG + " " * 300_000):
        with pytest.raises(NotADrawing):
            checked(content)


def test_a_body_keeps_its_words_and_loses_what_could_act() -> None:
    body = (
        '<p onclick="x()">Un <b>mot</b> : <strong>oui</strong></p><script>alert(1)</script><p><a href="http://e.example">lien</a>'
        '<img src="http://e.example/x.png" alt="vu"><img src="ok.svg" alt="beau"></p><h1>Titre</h1>'
        '<section data-question="choix"><p>Qui ?<script>x</script></p><ul><li data-right>A <em>b</em></li><li>C</li></ul><p data-why>Car.</p></section>'
    )
    html, question = parts_of(body)
    assert "script" not in html["html"]
    assert "onclick" not in html["html"]
    assert "http" not in html["html"]
    assert '<img src="ok.svg" alt="beau">' in html["html"]
    assert "\u202f:" in html["html"]
    assert question == {
        "kind": "choix",
        "html": "<p>Qui\u202f?</p>",
        "why": "Car.",
        "options": [["A <em>b</em>", True], ["C", False]],
    }
    assert "lien" in text_of([html, question])
    shown = documents.shown(
        '<p>x</p><script>y</script><img src="ok.svg" alt="a"><img src="no.svg" alt="b">',
        {"ok.svg": "/a.svg"}.get,
    )  # type: ignore[arg-type]
    assert shown == '<p>x</p><img loading="lazy" src="/a.svg" alt="a">'


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ('<section data-question="dessin"><p>x</p></section>', "no kind"),
        ('<section data-question="nombre" data-answer="plusieurs"><p>x</p></section>', "no number"),
        ('<section data-question="texte"><p>x</p></section>', "without its answer"),
        ('<section data-question="choix"><p>x</p><ul><li data-right>a</li></ul></section>', "Fewer than two"),
        (
            '<section data-question="choix"><p>x</p><ul><li>a</li><li>b</li></ul></section>',
            "No answer is right",
        ),
        ('<section data-question="nombre" data-answer="1"></section>', "asks nothing"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(section: str, why: str) -> None:
    with pytest.raises(BadBody, match=why):
        parts_of(section)


def test_the_answers_are_not_in_the_index(college: Any, folder: Path) -> None:
    section = '<section data-question="texte" data-answer="quetzalcoatl"><p>Qui ?</p><p data-why>C’est quetzalcoatl.</p></section>'
    path = folder / "essais" / "licornes.html"
    path.write_text(path.read_text() + section)
    starter.plant(folder)
    assert "quetzalcoatl" not in Resource.objects.get(key="essais/licornes").text


def test_the_programmes_are_a_tree_with_the_concepts_of_scolomfr(college: Any) -> None:
    cm1 = Node.objects.in_force().get(kind="level", key="cm1")
    assert cm1.parent is not None
    assert cm1.parent.key == "cycle-3"
    assert cm1.uri == "http://data.education.fr/voc/scolomfr/concept/scolomfr-voc-022-num-014"
    notion = Node.objects.filter(kind="notion")[0]
    assert notion.parent is not None
    assert notion.parent.kind == "subject"


def test_a_drawing_is_served_inert(college: Any) -> None:
    row = Media.objects.filter(resource__status="published").select_related("resource")[0]
    answer = Client().get(reverse("catalogue:media", kwargs=row.resource.place | {"name": row.name}))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    Resource.objects.filter(pk=row.resource.pk).update(status="withdrawn")
    assert (
        Client().get(reverse("catalogue:media", kwargs=row.resource.place | {"name": row.name})).status_code
        == 404
    )


def test_the_command_brings_the_index_up_to_it(
    college: Any, folder: Path, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path / "var"
    call_command("plant_catalogue", folder=folder, stdout=StringIO())
    assert index.engine().searcher.num_docs == 1
