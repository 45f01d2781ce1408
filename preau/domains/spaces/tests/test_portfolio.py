"""A portfolio: who reads it, taking it away, bringing it back."""

import json
import lzma
import re
import zlib
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.documents.actions import leaving
from preau.commons.documents.tests.props import a_document, put_picture
from preau.commons.files.actions import keep as keep_files
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import PDF, sent
from preau.directory.seeds.world import World
from preau.domains.spaces import exports, imports, rules, tasks
from preau.domains.spaces.actions import bundles, keeping
from preau.domains.spaces.models import Bundle, Kept, Space
from preau.domains.spaces.tests.props import own_kept, own_teaching
from preau.domains.spaces.tests.routes import a_bundle
from preau.foundation import boards

pytestmark = pytest.mark.django_db
ALL = {
    "title": "Mon exposé",
    "path": "avenir",
    "said": "Fière.",
    "text": "Le texte.",
    "address": "",
    "file": None,
    "to_teachers": False,
    "to_guardians": False,
}


def zipped(payload: Any, files: dict[str, bytes] | None = None) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("portfolio.json", payload if isinstance(payload, str) else json.dumps(payload))
        for name, content in (files or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def manifest(*things: Any) -> dict[str, Any]:
    return {"format": "preau.portfolio", "version": 1, "pupil": "Ana", "things": list(things)}


def thing(**facts: Any) -> dict[str, Any]:
    return {
        "title": "Stage",
        "path": "avenir",
        "said": "",
        "text": "Une semaine.",
        "address": "",
        "year": "2025-2026",
        "file": "",
    } | facts


def test_who_reads_it_is_the_pupils_choice(college: World, twin: World, seat_of: Any) -> None:
    kept = own_kept(college)
    readers = ("pupil", "teacher", "guardian", "other_guardian")
    for teachers, guardians, reads in [
        (False, False, {"pupil"}),
        (True, False, {"pupil", "teacher"}),
        (False, True, {"pupil", "guardian", "other_guardian"}),
    ]:
        Kept.objects.filter(pk=kept.pk).update(to_teachers=teachers, to_guardians=guardians)
        assert {key for key in readers if kept in Kept.objects.visible_to(seat_of(key))} == reads
        for key in ("head", "cpe", "secretary"):
            assert kept not in Kept.objects.visible_to(seat_of(key)), key
        assert kept not in Kept.objects.visible_to(seat_of("teacher", world=twin))


def test_what_is_not_shown_leaves_no_trace(college: World, client: SchoolClient) -> None:
    kept = own_kept(college)
    address = reverse("spaces:portfolio_of", kwargs={"public_id": kept.pupil.public_id})
    client.sit(college.people["guardian"])
    assert kept.title in client.get(address).content.decode()
    Kept.objects.filter(pupil=kept.pupil).update(to_guardians=False)
    assert client.get(address).status_code == 403
    Kept.objects.filter(pupil=kept.pupil).delete()
    assert client.get(address).status_code == 403


def test_a_form_keeps_once_with_its_file(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    address = reverse("spaces:keep")
    wrong = client.post(address, {"title": "", "said": "Ce que j’en pense"})
    assert wrong.status_code == 422 and "Ce que j’en pense" in wrong.content.decode()
    empty = client.post(address, {"title": "Rien"})
    assert empty.status_code == 422
    form = {"title": "Avec un fichier", "sent_as": "d" * 32}
    for _ in range(2):
        assert client.post(address, form | {"papers": sent("Exposé.pdf", PDF)}).status_code == 302
    kept = Kept.objects.get(title="Avec un fichier")
    assert kept.file is not None
    page = reverse("files:file", kwargs={"public_id": kept.file.public_id})
    assert client.get(page).status_code == 200
    client.sit(college.people["teacher"])
    assert client.get(page).status_code == 404


def test_what_is_taken_away_comes_back_elsewhere_once(
    college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    client.sit(college.people["pupil"])
    client.post(
        reverse("spaces:keep"),
        {"title": "Mon film", "said": "Très fier.", "to_teachers": "on", "papers": sent("Affiche.pdf", PDF)},
    )
    content = exports.archive_of(college.people["pupil"])
    with ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        assert {"index.html", "portfolio.json"} < names
        page = archive.read("index.html").decode()
    assert "Mon film" in page and "fichiers/" in page
    there = seat_of("pupil", world=twin)
    Kept.objects.filter(pupil=there.person).delete()
    first = imports.bring(there, content)
    assert first.kept == Kept.objects.filter(pupil=college.people["pupil"]).count() and not first.refused
    again = imports.bring(there, content)
    assert (again.kept, again.known) == (0, first.kept)
    back = Kept.objects.get(pupil=there.person, title="Mon film")
    assert back.file is not None and back.said == "Très fier." and not back.to_teachers


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"pas un zip", "archive qui se lit"),
        (zipped("{"), "ne se lit pas"),
        (zipped(manifest() | {"format": "autre"}), "pas un portfolio"),
        (zipped(manifest() | {"things": 3}), "pas un portfolio"),
        (zipped("[" * 100_000), "ne se lit pas"),
        (zipped(manifest(*[thing()] * 1_001)), "plus de choses"),
    ],
)
def test_an_archive_that_is_not_ours_is_refused_in_words(
    college: World, seat_of: Any, content: bytes, said: str
) -> None:
    before = Kept.objects.count()
    with pytest.raises(imports.NotAPortfolio, match=said):
        imports.bring(seat_of("pupil"), content)
    assert Kept.objects.count() == before


def test_one_wrong_thing_does_not_stop_the_others(college: World, seat_of: Any) -> None:
    things = [
        thing(title="Bon"),
        thing(title=""),
        thing(title="Autre chemin", path="danger"),
        thing(title="Piège", address="javascript:alert(1)"),
        thing(title="Sans fichier", file="fichiers/../../etc/passwd"),
        thing(title="Programme", file="fichiers/a.exe"),
        "rien",
    ]
    brought = imports.bring(seat_of("pupil"), zipped(manifest(*things), {"fichiers/a.exe": b"MZ\x90\x00"}))
    assert brought.kept == 1
    assert [title for title, _why in brought.refused] == [
        "Sans titre",
        "Autre chemin",
        "Piège",
        "Sans fichier",
        "Programme",
        "Sans titre",
    ]
    assert not Kept.objects.filter(title__in=["Piège", "Sans fichier", "Programme"]).exists()


def test_the_page_reports_what_came_of_each_thing(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    address = reverse("spaces:bring")
    page = client.post(
        address, {"archive": a_bundle(things=[thing(title="Bon"), thing(title="Mal", path="?")])}
    )
    content = page.content.decode()
    assert page.status_code == 200 and "1 chose est dans votre portfolio" in content and "Mal" in content
    wrong = client.post(address, {"archive": a_bundle(version=2)})
    assert wrong.status_code == 422 and "pas un portfolio de Préau" in wrong.content.decode()


def test_the_archive_is_made_by_a_task_for_its_pupil_alone_and_goes_after_a_week(
    college: World, seat_of: Any, client: SchoolClient, clock: Any
) -> None:
    own_kept(college)
    pupil = seat_of("pupil")
    made = bundles.ask_bundle(pupil)
    assert bundles.ask_bundle(pupil) == made
    tasks.make_bundle.func(made.pk)
    made.refresh_from_db()
    assert made.state == Bundle.State.READY
    page = reverse("files:file", kwargs={"public_id": made.file.public_id})
    client.sit(college.people["pupil"])
    assert client.get(page).status_code == 200
    for key in ("teacher", "guardian", "head"):
        client.sit(college.people[key])
        assert client.get(page).status_code == 404, key
    assert bundles.drop_old(made.asked_at) == 0
    assert bundles.drop_old(made.asked_at + bundles.KEPT_FOR * 2) == 1


def test_what_was_written_together_is_kept_as_it_is_today_and_leaves_in_an_open_form(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil, space = college.people["pupil"], own_teaching(college)
    document = a_document(college.school, "Notre recette", pupil, kind="space", place=space.pk)
    put_picture(document, seat_of("pupil"), alt="La pâte, avant le four")
    others = a_document(
        college.school, "Celle des autres", college.people["teacher"], kind="space", place=space.pk
    )
    hidden = a_document(college.school, "À la maîtresse", college.people["teacher"])
    client.sit(pupil)
    address = reverse("spaces:keep")
    page = client.get(address).content.decode()
    assert "Notre recette" in page and "Celle des autres" not in page and hidden.title not in page
    form = {"title": "Ma recette", "said": "J’ai écrit le début.", "sent_as": "e" * 32}
    for wrong in (others, hidden):
        assert client.post(address, form | {"work": wrong.pk}).status_code == 422
    both = client.post(address, form | {"work": document.pk, "papers": sent("A.pdf", PDF)})
    assert both.status_code == 422 and "pas les deux" in both.content.decode()
    for _time in range(2):
        assert client.post(address, form | {"work": document.pk}).status_code == 302
    kept = Kept.objects.get(title="Ma recette")
    assert kept.file is not None and kept.file.name == "Notre recette.odt"
    # What becomes of the text later is no part of it.
    leaving.erase([document.pk])
    with ZipFile(BytesIO(exports.archive_of(pupil))) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith("Notre recette.odt")]
        index = archive.read("index.html").decode()
        assert "J’ai écrit le début." in index and unquote(name) in unquote(index)
        with ZipFile(BytesIO(archive.read(name))) as text:
            content = text.read("content.xml").decode()
            assert "Le premier paragraphe." in content and "La pâte, avant le four" in content
            assert any(one.startswith("Pictures/") for one in text.namelist())
    for key in ("teacher", "guardian"):
        client.sit(college.people[key])
        assert client.get(reverse("files:file", args=[kept.file.public_id])).status_code == 404, key


def test_an_erased_pupil_leaves_no_portfolio(college: World) -> None:
    kept = own_kept(college)
    count = Kept.objects.filter(pupil=kept.pupil).count()
    assert keeping.forget_portfolio(kept.pupil_id) >= count
    assert not Kept.objects.filter(pupil=kept.pupil_id).exists()
    assert not StoredFile.objects.filter(portfolio__pupil=kept.pupil_id).exists()


def test_an_erased_pupil_leaves_no_archive(college: World, seat_of: Any) -> None:
    own_kept(college)
    made = bundles.ask_bundle(seat_of("pupil"))
    tasks.make_bundle.func(made.pk)
    held = next(one for one in boards.personal_data if one.model == "spaces.Bundle")
    assert held.forget is not None and held.forget(made.pupil_id) == 1
    assert not Bundle.objects.filter(pupil=made.pupil_id).exists()


def test_the_page_of_the_archive_leads_to_files_of_any_name(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    form = {"title": "Un nom difficile", "papers": sent("Exposé #1.pdf", PDF)}
    assert client.post(reverse("spaces:keep"), form).status_code == 302
    with ZipFile(BytesIO(exports.archive_of(college.people["pupil"]))) as archive:
        page = archive.read("index.html").decode()
        links = [unquote(link) for link in re.findall(r'href="(fichiers/[^"]*)"', page)]
        assert "#" not in "".join(re.findall(r'href="(fichiers/[^"]*)"', page))
        assert links and set(links) <= set(archive.namelist())


def test_a_full_portfolio_comes_in_whole(college: World, twin: World, seat_of: Any) -> None:
    pupil, there = college.people["pupil"], seat_of("pupil", world=twin)
    Kept.objects.filter(pupil__in=[pupil, there.person]).delete()
    Kept.objects.bulk_create(
        Kept(
            pupil=pupil,
            school=college.school,
            title=f"Chose {number}",
            text="é" * 3_000,
            year="2026-2027",
            at=NOW,
        )
        for number in range(rules.MOST_KEPT)
    )
    brought = imports.bring(there, exports.archive_of(pupil))
    assert (brought.kept, brought.refused) == (rules.MOST_KEPT, [])


def test_what_an_archive_names_is_weighed_before_it_is_read(
    college: World, seat_of: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(imports, "HEAVIEST_IN_ALL", 1_000)
    things = [thing(title=f"Vide {one}", file=f"fichiers/{one}.txt") for one in range(3)]
    files = {f"fichiers/{one}.txt": b"0" * 400 for one in range(3)}
    before = StoredFile.objects.count()
    with pytest.raises(imports.NotAPortfolio, match="trop lourds"):
        imports.bring(seat_of("pupil"), zipped(manifest(*things), files))
    assert StoredFile.objects.count() == before


def test_a_file_that_several_things_name_is_read_once(college: World, seat_of: Any, monkeypatch: Any) -> None:
    read = []
    monkeypatch.setattr(
        imports, "keep_files", lambda *args: read.append(args[2][0].name) or keep_files(*args)
    )
    things = [thing(title=f"Chose {one}", file="fichiers/a.pdf") for one in range(4)]
    assert imports.bring(seat_of("pupil"), zipped(manifest(*things), {"fichiers/a.pdf": PDF})).kept == 4
    assert read == ["a.pdf"]


def test_two_things_of_one_title_are_two(college: World, seat_of: Any) -> None:
    things = [thing(title="Dessin", text="Le premier."), thing(title="Dessin", text="Le second.")]
    pupil = seat_of("pupil")
    assert imports.bring(pupil, zipped(manifest(things[0]))).kept == 1
    second = imports.bring(pupil, zipped(manifest(*things)))
    assert (second.kept, second.known) == (1, 1)


@pytest.mark.parametrize("failure", [lzma.LZMAError("x"), OSError("Invalid data stream"), zlib.error("x")])
def test_data_that_do_not_unpack_are_told_in_words(
    college: World, seat_of: Any, monkeypatch: Any, failure: Exception
) -> None:
    def read(*_: Any, **__: Any) -> bytes:
        raise failure

    content = zipped(manifest(thing()))
    monkeypatch.setattr(ZipFile, "read", read)
    with pytest.raises(imports.NotAPortfolio, match="archive qui se lit"):
        imports.bring(seat_of("pupil"), content)


def test_half_a_sign_is_refused_alone(college: World, seat_of: Any) -> None:
    content = zipped(json.dumps(manifest(thing(title="Bon"), thing(title="Mal", text="\ud800"))))
    brought = imports.bring(seat_of("pupil"), content)
    assert brought.kept == 1 and [title for title, _why in brought.refused] == ["Mal"]


def test_who_teaches_finds_in_the_space_what_is_shown_to_them(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    Kept.objects.filter(pupil=pupil).update(to_teachers=False)
    space = (
        Space.objects.visible_to(seat_of("teacher")).filter(group__enrolments__pupil=pupil).order_by("pk")[0]
    )
    address = reverse("spaces:members", kwargs={"pk": space.pk})
    client.sit(college.people["teacher"])
    card = "Portfolios qui vous sont montrés"
    theirs = reverse("spaces:portfolio_of", kwargs={"public_id": pupil.public_id})
    assert theirs not in client.get(address).content.decode()
    Kept.objects.filter(pupil=pupil).update(to_teachers=True)
    content = client.get(address).content.decode()
    assert card in content and theirs in content
    client.sit(pupil)
    assert card not in client.get(address).content.decode()
