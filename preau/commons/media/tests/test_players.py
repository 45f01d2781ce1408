"""How a medium is played: to whom, by which bytes, with which words; and nothing of it runs anything."""

import re
from typing import Any

import pytest
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.media import captions, films, mediaroom
from preau.commons.media.actions import keeping, sending
from preau.commons.media.models import Medium, Rendition
from preau.commons.media.queries import players
from preau.commons.media.tests.conftest import operator_named, viewer_of
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer

pytestmark = pytest.mark.django_db
CUES = "\n\n".join(f"00:00:{n:02d}.000 --> 00:00:{n:02d}.900\nPhrase {n} & suite" for n in range(1, 9))
LISTING = '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-MAP:URI="360.m4s",BYTERANGE="10@0"\n#EXTINF:4.0,\n#EXT-X-BYTERANGE:40@10\n360.m4s\n#EXT-X-ENDLIST\n'


def kept(person: Person, kind: str = "video", **more: Any) -> Medium:
    """A medium that is ready, as a task would have left it: a few bytes for each file."""
    now = timezone.now()
    facts = (
        {"container": "mov", "seconds": 12.0, "width": 640, "height": 360, "rate": "25", "sound": True}
        if kind in {"video", "audio"}
        else {}
    )
    medium = Medium.objects.create(
        kind=kind,
        state="ready",
        name=f"la leçon.{kind}",
        size=300,
        facts=facts,
        kept_by=person,
        kept_at=now,
        moved_at=now,
        **more,
    )
    names = {
        "video": [
            ("360.mp4", "video/mp4", ""),
            ("360.m4s", "video/mp4", LISTING),
            ("720.mp4", "video/mp4", ""),
            ("affiche.jpg", "image/jpeg", ""),
        ],
        "audio": [("son.opus", "audio/ogg", ""), ("son.m4a", "audio/mp4", "")],
        "image": [("image.png", "image/png", ""), ("vignette.jpg", "image/jpeg", "")],
        "pdf": [("document.pdf", "application/pdf", ""), ("affiche.jpg", "image/jpeg", "")],
        "epub": [("livre.epub", "application/epub+zip", "")],
    }[kind]
    for name, mime, listing in names:
        row = Rendition.objects.create(
            medium=medium,
            name=name,
            mime=mime,
            size=100,
            width=640,
            height=int(name[:3]) if name[:3].isdigit() else 360,
            listing=listing,
        )
        path = mediaroom.path_of(row.stored)
        mediaroom.open_folder(path.parent)
        path.write_bytes(bytes(range(100)))
    return medium


def at(medium: Medium, name: str) -> str:
    return f"/medias/{medium.public_id}/{name}"


# To whom


def test_a_visitor_plays_what_is_shown_to_all_and_nothing_else(
    shown: dict[str, Any], operator: Person, college: World, client: SchoolClient
) -> None:
    hidden, staff, public = kept(operator), kept(operator), kept(operator)
    shown["to_all"].add(public.pk)
    shown["to_staff"].add(staff.pk)
    visitor = SchoolClient()
    for medium, status in ((hidden, 404), (staff, 404), (public, 200)):
        for name in ("360.mp4", "film.m3u8", "360.m3u8", "affiche.jpg"):
            assert visitor.get(at(medium, name)).status_code == status, name
    assert visitor.get(at(public, "ailleurs.mp4")).status_code == 404
    assert visitor.get("/medias/inconnu/360.mp4").status_code == 404
    teacher = client.sit(college.people["teacher"])
    assert [teacher.get(at(one, "360.mp4")).status_code for one in (hidden, staff, public)] == [404, 200, 200]
    pupil = client.sit(college.people["pupil"])
    assert [pupil.get(at(one, "360.mp4")).status_code for one in (hidden, staff, public)] == [404, 404, 200]
    # Their pages are for whoever sends; who only watches has nothing to change.
    assert teacher.get(f"/medias/{public.public_id}/").status_code == 403
    assert teacher.get(f"/medias/{hidden.public_id}/").status_code == 404


def test_what_is_not_ready_is_played_by_nobody(
    shown: dict[str, Any], operator: Person, desk: SchoolClient
) -> None:
    medium = kept(operator)
    shown["to_all"].add(medium.pk)
    Medium.objects.update(state="making")
    assert (
        desk.get(at(medium, "360.mp4")).status_code
        == 404
        == SchoolClient().get(at(medium, "affiche.jpg")).status_code
    )


def test_caches_keep_what_everybody_sees_and_no_shared_one_the_rest(
    shown: dict[str, Any], operator: Person, desk: SchoolClient
) -> None:
    medium = kept(operator)
    assert desk.get(at(medium, "360.mp4"))["Cache-Control"] == "private, max-age=31536000, immutable"
    shown["to_all"].add(medium.pk)
    answer = SchoolClient().get(at(medium, "360.mp4"))
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies and "Set-Cookie" not in answer
    assert desk.get(at(medium, "360.mp4"))["Cache-Control"].startswith("public")
    shown["private"]()
    assert desk.get(at(medium, "360.mp4"))["Cache-Control"].startswith("private")


# By which bytes


def test_a_player_asks_for_parts(shown: dict[str, Any], operator: Person, desk: SchoolClient) -> None:
    medium = kept(operator)
    where = at(medium, "360.mp4")
    whole = desk.get(where)
    assert (
        whole.status_code == 200
        and whole["Accept-Ranges"] == "bytes"
        and b"".join(whole.streaming_content) == bytes(range(100))
    )
    part = desk.get(where, headers={"Range": "bytes=10-19"})
    assert (
        part.status_code == 206
        and part["Content-Range"] == "bytes 10-19/100"
        and part["Content-Length"] == "10"
    )
    assert b"".join(part.streaming_content) == bytes(range(10, 20))
    assert b"".join(desk.get(where, headers={"Range": "bytes=-5"}).streaming_content) == bytes(range(95, 100))
    assert b"".join(desk.get(where, headers={"Range": "bytes=90-"}).streaming_content) == bytes(
        range(90, 100)
    )
    assert desk.get(where, headers={"Range": "bytes=100-"}).status_code == 416
    # What a browser asks while it knows another version, or wrongly, gets all of it.
    for odd in (
        {"Range": "bytes=0-1,5-6"},
        {"Range": "lignes=1-2"},
        {"Range": "bytes=0-9", "If-Range": '"ancien"'},
    ):
        assert desk.get(where, headers=odd).status_code == 200


def test_the_web_server_may_send_the_bytes(
    shown: dict[str, Any], operator: Person, desk: SchoolClient, settings: Any
) -> None:
    settings.FILES_ACCEL = "/fichiers-internes/"
    medium = kept(operator)
    stored = medium.renditions.get(name="360.mp4").stored
    answer = desk.get(at(medium, "360.mp4"))
    assert (
        answer["X-Accel-Redirect"] == f"/fichiers-internes/medias/{stored[:2]}/{stored}"
        and not answer.content
    )


@pytest.mark.parametrize("kind", ["video", "audio", "image", "pdf", "epub"])
def test_nothing_that_leaves_runs_anything(
    shown: dict[str, Any], operator: Person, desk: SchoolClient, kind: str
) -> None:
    medium = kept(
        operator, kind, captions=captions.written(captions.read(CUES)), chapters=[[0, "Début"], [5, "Suite"]]
    )
    names = [rendition.name for rendition in medium.renditions.all()] + ["sous-titres.vtt", "chapitres.vtt"]
    for name in names:
        answer = desk.get(at(medium, name))
        assert answer.status_code == 200, name
        assert (
            answer["Content-Security-Policy"].endswith("sandbox")
            and "default-src 'none'" in answer["Content-Security-Policy"]
        )
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "html" not in answer["Content-Type"] and "svg" not in answer["Content-Type"]
        if name.endswith((".pdf", ".epub")):
            assert answer["Content-Disposition"].startswith("attachment")
        taken = desk.get(at(medium, name), {"telecharger": "1"})
        assert taken.get("Content-Disposition", "attachment").startswith(("attachment", "inline"))
    if kind == "video":
        assert desk.get(at(medium, "720.mp4"), {"telecharger": "1"})["Content-Disposition"].startswith(
            "attachment"
        )


def test_the_lists_of_a_film_name_its_own_files_alone(
    shown: dict[str, Any], operator: Person, desk: SchoolClient
) -> None:
    medium = kept(operator)
    master = desk.get(at(medium, "film.m3u8"))
    assert (
        master["Content-Type"] == "application/vnd.apple.mpegurl"
        and b"RESOLUTION=640x360\n360.m3u8\n" in master.content
    )
    listed = desk.get(at(medium, "360.m3u8")).content.decode()
    assert listed == LISTING and "://" not in listed


# With which words


def test_a_page_plays_it_without_javascript_and_shows_its_words(
    shown: dict[str, Any], operator: Person, desk: SchoolClient
) -> None:
    medium = kept(
        operator, captions=captions.written(captions.read(CUES)), chapters=[[0, "Début"], [65.0, "La suite"]]
    )
    page = desk.get(f"/medias/{medium.public_id}/").content.decode()
    assert re.findall(r'<source src="[^"]*/([^"/]+)"', page) == ["film.m3u8", "720.mp4", "360.mp4"]
    assert "<video" in page and "controls" in page and 'kind="captions"' in page and 'kind="chapters"' in page
    assert "Phrase 1 &amp; suite" in page and "La suite" in page and "1:05" in page
    assert "Télécharger en MP4 720p" in page
    words = desk.get(re.search(r'<track kind="captions" src="([^"]+)"', page)[1].replace("&amp;", "&"))  # type: ignore[index]
    assert (
        words["Content-Type"] == "text/vtt; charset=utf-8"
        and words.content.startswith(b"WEBVTT\n")
        and "immutable" in words["Cache-Control"]
    )
    assert captions.read(words.content.decode())[0].words == "Phrase 1 & suite"
    spoken = desk.get(at(medium, "transcription.txt"))
    assert spoken["Content-Disposition"].startswith("attachment") and "Phrase 8" in spoken.content.decode()


def test_a_long_transcript_comes_in_parts(
    shown: dict[str, Any], operator: Person, desk: SchoolClient
) -> None:
    transcript = "\n\n".join(f"Paragraphe numéro {n}." for n in range(1, 131))
    medium = kept(operator, "audio", transcript=transcript)
    first = desk.get(f"/medias/{medium.public_id}/").content.decode()
    assert (
        "Paragraphe numéro 60." in first
        and "Paragraphe numéro 61." not in first
        and "Partie 1 sur 3" in first
    )
    last = desk.get(f"/medias/{medium.public_id}/", {"transcription": "3"}).content.decode()
    assert "Paragraphe numéro 130." in last and "<details" in last and " open" in last


def test_words_are_typed_sent_changed_and_refused_with_a_sentence(
    shown: dict[str, Any], operator: Person, desk: SchoolClient
) -> None:
    medium = kept(operator)
    medium_ids: list[int] = []

    def hear(medium_id: int, **_: Any) -> None:
        medium_ids.append(medium_id)

    keeping.words_changed.connect(hear)
    where = f"/medias/{medium.public_id}/mots/"
    right = {
        "langue": "fr",
        "sous_titres": CUES,
        "chapitres": "0:00 Début\n0:05 La suite",
        "transcription": "Tout.\r\n\r\nEt le reste.",
    }
    assert desk.post(where, right).status_code == 302
    assert desk.post(where, right).status_code == 302
    medium.refresh_from_db()
    assert medium.captions.startswith("WEBVTT\n") and medium.chapters == [[0, "Début"], [5, "La suite"]]
    assert players.text_of(medium) == "Tout.\n\nEt le reste." and not medium.lacks_captions
    assert medium_ids == [medium.pk] and Line.objects.filter(verb="media.described").count() == 1
    for wrong, sentence in (
        ({"sous_titres": "n’importe quoi"}, "Aucun sous-titre"),
        ({"chapitres": "plus tard"}, "écrivez l’heure"),
        ({"chapitres": "0:20 Après la fin"}, "après la fin"),
        ({"chapitres": "0:01 Un\n0:01 Deux"}, "à la même heure"),
        ({"sans_paroles": "on"}, "Il y a des sous-titres"),
        ({"langue": "xx"}, "langue"),
    ):
        answer = desk.post(where, right | wrong)
        assert answer.status_code == 422, wrong
        assert (
            sentence in answer.content.decode().replace("\u202f", " ")
            and "Et le reste." in answer.content.decode()
        )
    medium.refresh_from_db()
    assert medium.chapters == [[0, "Début"], [5, "La suite"]]


def test_who_does_not_hear_is_told_when_words_are_missing(
    shown: dict[str, Any], operator: Person, desk: SchoolClient
) -> None:
    mute = kept(operator)
    assert "Il manque les sous-titres" in desk.get(f"/medias/{mute.public_id}/").content.decode()
    desk.post(f"/medias/{mute.public_id}/mots/", {"langue": "fr", "sans_paroles": "on"})
    page = desk.get(f"/medias/{mute.public_id}/").content.decode()
    assert "Il manque les sous-titres" not in page and "il n’y a pas de parole" in page


def test_another_operator_changes_what_is_shown_and_not_the_rest(
    shown: dict[str, Any], operator: Person, client: SchoolClient
) -> None:
    medium, other = kept(operator), client.sit(operator_named("Astier"))
    assert other.get(f"/medias/{medium.public_id}/mots/").status_code == 404
    shown["to_all"].add(medium.pk)
    assert other.get(f"/medias/{medium.public_id}/mots/").status_code == 200


def test_the_shelf_is_short_to_ask_for_and_says_what_is_there(
    shown: dict[str, Any],
    operator: Person,
    desk: SchoolClient,
    viewer: Viewer,
    django_assert_max_num_queries: Any,
) -> None:
    assert "Aucun média" in desk.get("/medias/").content.decode()
    for _ in range(30):
        kept(operator)
    sending.begin(viewer, "arrêté.pdf", 10)
    kept(operator_named("Astier"), transcript="secret")
    with django_assert_max_num_queries(12):
        page = desk.get("/medias/").content.decode()
    assert page.count("la leçon.video") == 20 and "arrêté.pdf" in page and "Page 1 sur 2" in page


def test_what_failed_is_taken_off_the_list(
    shown: dict[str, Any], operator: Person, desk: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = kept(operator)
    Medium.objects.filter(pk=medium.pk).update(state="failed", refusal="Ce fichier est abîmé.")
    assert "Ce fichier est abîmé." in desk.get(f"/medias/{medium.public_id}/").content.decode()
    assert viewer_of(operator) and films.PIECE % films.STEP == 0
