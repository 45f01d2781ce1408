"""Resources made of media: published with their record by an operator, found by what is said in them, withdrawn and put back."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.media import captions
from preau.commons.media.actions import keeping
from preau.commons.media.boards import owners
from preau.commons.media.models import Medium, Rendition
from preau.commons.media.tests.conftest import operator_named, viewer_of
from preau.commons.media.tests.test_players import CUES, kept
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.catalogue import tasks
from preau.domains.catalogue.actions import editing
from preau.domains.catalogue.models import Collection, Edition, Node, Resource
from preau.domains.catalogue.queries import index, search
from tests.pages import MOST_BYTES, counted, faults
from tests.statements import MOST_QUERIES

pytestmark = pytest.mark.django_db
VTT = captions.written(captions.read(CUES.replace("Phrase", "Le wombat numéro")))


@pytest.fixture(autouse=True)
def room(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def operator(college: World) -> Person:
    return operator_named("Roussel")


@pytest.fixture
def desk(operator: Person, client: SchoolClient) -> SchoolClient:
    return client.sit(operator)


def sheet(**more: Any) -> dict[str, Any]:
    nodes = Node.objects.in_force()
    return {
        "titre": "La marche du wombat",
        "resume": "On suit un wombat pas à pas.",
        "type": "video",
        "publics": ["eleve"],
        "auteurs": "Ada Durand\nPréau",
        "niveaux": [nodes.get(kind="level", key="cp").pk],
        "matieres": [nodes.get(kind="subject", key="svt").pk],
        "institution": "Préau",
        "licence": "cc-by-sa",
        "mots": "marsupial, terrier",
        "duree": "3",
    } | more


def added(desk: SchoolClient, medium: Medium, **more: Any) -> Any:
    return desk.post("/publications/ajouter/", sheet(**more) | {"media": medium.public_id})


def found(words: str) -> list[str]:
    index.engine(wait=True)
    return [row.title for row in search.results(search.Search(typed=words)).rows]


def test_an_operator_publishes_a_film_that_anyone_finds_by_what_is_said_in_it(
    operator: Person, desk: SchoolClient
) -> None:
    medium = kept(operator, captions=VTT, chapters=[[0, "Le départ"], [5, "L’arrivée"]])
    visitor = SchoolClient()
    assert visitor.get(f"/medias/{medium.public_id}/360.mp4").status_code == 404
    answer = added(desk, medium)
    assert answer.status_code == 302 and answer["Location"] == "/ressources/mediatheque/la-marche-du-wombat/"
    row = Resource.objects.get(medium=medium)
    assert row.accessibility == ["clavier", "sous-titres", "transcription"] and row.authors == [
        "Ada Durand",
        "Préau",
    ]
    assert (row.source, row.collection.slug, row.duration) == ("plateforme", "mediatheque", 3)
    assert found("wombat") == ["La marche du wombat"]
    film = f"/medias/{medium.public_id}/360.mp4"
    assert desk.get(film)["Cache-Control"].startswith("public") and visitor.get(film).status_code == 200
    page, queries = counted(visitor, answer["Location"])
    html = page.content.decode()
    assert (
        queries <= MOST_QUERIES
        and len(page.content) <= MOST_BYTES
        and list(faults(html)) == []
        and not page.cookies
    )
    assert (
        "<video" in html
        and "Le wombat numéro 3" in html
        and "L’arrivée" in html
        and "Télécharger en MP4 720p" in html
    )
    for source in re.findall(r'<(?:source|track)[^>]* src="([^"]+)"', html):
        assert visitor.get(source.replace("&amp;", "&")).status_code == 200, source
    paper = visitor.get(reverse("catalogue:paper", kwargs=row.place)).content.decode()
    assert "Le wombat numéro 3" in paper
    assert Line.objects.filter(verb="catalogue.published").count() == 1


def test_sent_twice_it_is_there_once_and_two_of_a_title_have_two_addresses(
    operator: Person, desk: SchoolClient
) -> None:
    first, second = kept(operator, captions=VTT), kept(operator, captions=VTT)
    addresses = {added(desk, one)["Location"] for one in (first, first, second)}
    assert addresses == {
        "/ressources/mediatheque/la-marche-du-wombat/",
        "/ressources/mediatheque/la-marche-du-wombat-2/",
    }
    assert Resource.objects.filter(source="plateforme").count() == 2


def test_the_record_is_asked_for_and_nothing_typed_is_lost(operator: Person, desk: SchoolClient) -> None:
    medium = kept(operator, captions=VTT)
    for wrong in (
        {"titre": ""},
        {"niveaux": []},
        {"matieres": ["999999"]},
        {"licence": "à moi"},
        {"auteurs": " \n"},
        {"duree": "-3"},
    ):
        answer = added(desk, medium, **wrong)
        assert answer.status_code == 422, wrong
        assert "On suit un wombat" in answer.content.decode()
    assert not Resource.objects.filter(source="plateforme").exists()
    into = added(desk, medium, collection="vivre-ensemble")
    assert into["Location"].startswith("/ressources/vivre-ensemble/")


def test_a_film_without_captions_says_so_and_waits_among_those_to_complete(
    operator: Person, desk: SchoolClient
) -> None:
    medium = kept(operator)
    assert added(desk, medium).status_code == 422
    answer = added(desk, medium, sans_sous_titres="on")
    row = Resource.objects.get(medium=medium)
    assert row.accessibility == ["clavier"]
    assert "Sans sous-titres." in SchoolClient().get(answer["Location"]).content.decode()
    assert "1 ressource n’a pas de sous-titres" in desk.get("/publications/").content.decode().replace(
        "\u202f", " "
    )
    assert row.title in desk.get("/publications/", {"voir": "sans-sous-titres"}).content.decode()
    before = Edition.objects.get().number
    # The captions come: the record, the search and the list follow.
    assert (
        desk.post(f"/medias/{medium.public_id}/mots/", {"langue": "fr", "sous_titres": VTT}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (
        row.accessibility == ["clavier", "sous-titres", "transcription"]
        and row.version == 2
        and Edition.objects.get().number == before + 1
    )
    assert found("wombat") == [row.title]
    assert "n’a pas de sous-titres" not in desk.get("/publications/").content.decode()


def test_a_picture_is_published_with_what_it_shows(operator: Person, desk: SchoolClient) -> None:
    medium = kept(operator, "image")
    assert "Décrivez d’abord l’image" in added(desk, medium, type="document").content.decode()
    desk.post(
        f"/medias/{medium.public_id}/mots/", {"langue": "fr", "description": "Un wombat devant son terrier"}
    )
    answer = added(desk, medium, type="document")
    assert 'alt="Un wombat devant son terrier"' in SchoolClient().get(answer["Location"]).content.decode()
    assert Resource.objects.get(medium=medium).accessibility == ["images-decrites"]


@pytest.mark.parametrize("kind", ["pdf", "epub", "audio"])
def test_documents_and_sounds_have_their_pages(operator: Person, desk: SchoolClient, kind: str) -> None:
    medium = kept(
        operator,
        kind,
        text="Le wombat dort le jour." if kind != "audio" else "",
        transcript="Le wombat dort le jour." if kind == "audio" else "",
    )
    answer = added(desk, medium, type="document")
    html = SchoolClient().get(answer["Location"]).content.decode()
    assert "Le wombat dort le jour." in html and list(faults(html)) == []
    assert ("<audio" in html) == (kind == "audio")
    assert found("wombat") == ["La marche du wombat"]


def test_changed_withdrawn_and_put_back(operator: Person, desk: SchoolClient) -> None:
    medium = kept(operator, captions=VTT)
    public = added(desk, medium)["Location"]
    row = Resource.objects.get(medium=medium)
    page, visitor = f"/publications/{row.pk}/", SchoolClient()
    assert desk.post(page, sheet(titre="Le wombat marche")).status_code == 302
    assert desk.post(page, sheet(titre="Le wombat marche")).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.version, row.key) == ("Le wombat marche", 2, "mediatheque/la-marche-du-wombat")
    assert desk.post(page, sheet(titre="")).status_code == 422
    for _ in range(2):
        assert desk.post(f"{page}retirer/").status_code == 302
    assert visitor.get(public).status_code == 410
    assert visitor.get(f"/medias/{medium.public_id}/360.mp4").status_code == 404
    assert row.title not in found("wombat")
    # Its operators still see it, and what it shows.
    assert (
        "Remettre" in desk.get(page).content.decode()
        and desk.get(f"/medias/{medium.public_id}/360.mp4").status_code == 200
    )
    for _ in range(2):
        assert desk.post(f"{page}remettre/").status_code == 302
    assert visitor.get(public).status_code == 200 and found("wombat") == ["Le wombat marche"]
    verbs = list(
        Line.objects.filter(verb__startswith="catalogue.").order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["catalogue.published", "catalogue.changed", "catalogue.withdrawn", "catalogue.put_back"]


def test_nobody_else_makes_resources_of_media(college: World, operator: Person, client: SchoolClient) -> None:
    medium = kept(operator, captions=VTT)
    editing.publish_made(medium, None, tasks._sheet_of(tasks.DRAWN[0]))
    row = Resource.objects.get(medium=medium)
    for key in ("head", "teacher", "guardian", "pupil", "secretary"):
        client.sit(college.people[key])
        assert client.get("/publications/").status_code == 403, key
        assert client.get("/publications/ajouter/").status_code == 403, key
        assert (
            client.post("/publications/ajouter/", sheet() | {"media": medium.public_id}).status_code == 403
        ), key
        for gesture in ("", "retirer/", "remettre/"):
            assert client.post(f"/publications/{row.pk}/{gesture}", sheet()).status_code == 404, key
        assert client.post(f"/medias/{medium.public_id}/supprimer/").status_code == 403, key
    row.refresh_from_db()
    assert row.status == "published" and row.version == 1


def test_a_resource_of_the_starter_collection_is_not_changed_here(
    operator: Person, desk: SchoolClient
) -> None:
    row = Resource.objects.published().exclude(source="plateforme")[0]
    assert desk.post(f"/publications/{row.pk}/retirer/").status_code == 404


def test_another_operator_changes_the_words_of_what_the_catalogue_shows(
    operator: Person, client: SchoolClient
) -> None:
    medium, hidden, other = kept(operator, captions=VTT), kept(operator), client.sit(operator_named("Astier"))
    editing.publish_made(medium, None, tasks._sheet_of(tasks.DRAWN[0]))
    assert other.get(f"/medias/{medium.public_id}/mots/").status_code == 200
    assert other.get(f"/medias/{hidden.public_id}/mots/").status_code == 404
    # Nothing else than it is what the catalogue shows, whatever the numbers of rows are.
    assert [medium.pk for medium in Medium.objects.visible_to(None)] == [medium.pk]


def test_what_a_resource_shows_is_not_erased(
    operator: Person, desk: SchoolClient, django_capture_on_commit_callbacks: Any
) -> None:
    medium, loose = kept(operator, captions=VTT), kept(operator)
    added(desk, medium)
    assert desk.post(f"/medias/{medium.public_id}/supprimer/").status_code == 302
    with pytest.raises(ProtectedError):
        medium.delete()
    later = timezone.now() + keeping.LOOSE_KEPT * 1.1
    with django_capture_on_commit_callbacks(execute=True):
        keeping.sweep(later)
    assert list(Medium.objects.all()) == [medium] and not Rendition.objects.filter(medium=loose.pk).exists()
    # Who sent it leaves: the work stays, without their name.
    keeping.forget_media(operator.pk)
    medium.refresh_from_db()
    assert medium.kept_by is None and Resource.objects.get(medium=medium).authors == ["Ada Durand", "Préau"]
    assert [owner.model for owner in owners] == ["catalogue.Resource"]


def test_many_resources_and_media_cost_the_queries_of_one(operator: Person, desk: SchoolClient) -> None:
    for number in range(32):
        medium = kept(operator, captions=VTT)
        if number < 31:
            editing.publish_made(medium, None, tasks._sheet_of(tasks.DRAWN[0]))
    for page in ("/publications/", "/publications/ajouter/"):
        answer, queries = counted(desk, page)
        assert answer.status_code == 200 and queries <= MOST_QUERIES and len(answer.content) <= MOST_BYTES
    assert "Page 1 sur 2" in desk.get("/publications/").content.decode()


@pytest.mark.needs("ffmpeg")
def test_the_demonstration_draws_a_film_and_a_sound_once(college: World) -> None:
    assert tasks.draw_media.func() == 2
    assert tasks.draw_media.func() == 0
    rows = {row.type: row for row in Resource.objects.filter(source="plateforme").select_related("medium")}
    assert set(rows) == {"video", "son"} and Collection.objects.filter(slug="mediatheque").count() == 1
    assert all(
        row.medium.is_ready and row.nodes.count() == 2 and "sous-titres" in row.accessibility
        for row in rows.values()
    )
    assert "Cinq." in rows["video"].text and viewer_of(operator_named("Astier"))
