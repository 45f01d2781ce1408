"""The drive as a file manager writes in it: each method, who may, locks between two people, room, names, and what is never half kept."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import NOW
from preau.commons.drive import rules, tasks
from preau.commons.drive.actions import keeping, leaving, sharing, volume
from preau.commons.drive.models import Item, Lock, Opening, Property, Share, Sidecar, Version
from preau.commons.drive.queries import places
from preau.commons.drive.tests.props import a_share, an_item, many_own, of_class
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import PDF, odt, picture, sent
from preau.commons.journal.models import Line
from preau.directory.models import Assignment
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.foundation import antivirus, vault
from preau.foundation.antivirus import Verdict
from tests.telephone import Telephone, condition, names, read

TOP = "/dav/fichiers/"
OWN = f"{TOP}Mes%20fichiers/"
RECEIVED = f"{TOP}{quote('Reçus')}/"
# « été.txt » as macOS writes it.
APART = "e\u0301te\u0301.txt"
LOCKINFO = '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:{}/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>'
NOTE = (
    '<D:propertyupdate xmlns:D="DAV:" xmlns:x="urn:x"><D:{0}><D:prop>{1}</D:prop></D:{0}></D:propertyupdate>'
)


@pytest.fixture
def teacher(seat_of: Any) -> Telephone:
    return Telephone(seat_of("teacher"), "fichiers")


@pytest.fixture
def pupil(seat_of: Any) -> Telephone:
    return Telephone(seat_of("pupil"), "fichiers")


@pytest.fixture
def of_staff(seat_of: Any) -> tuple[Telephone, Telephone, str]:
    """Two colleagues in the room of the staff."""
    both = (Telephone(seat_of("teacher"), "fichiers"), Telephone(seat_of("cpe"), "fichiers"))
    return *both, f"{TOP}Salle%20des%20personnels/"


def code(telephone: Telephone, method: str, path: str, body: str | bytes = "", **headers: str) -> int:
    return int(telephone.ask(method, path, body, **headers).status_code)


def body(telephone: Telephone, path: str) -> bytes:
    answer = telephone.ask("GET", path)
    assert answer.status_code == 200, answer.status_code
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def listed(telephone: Telephone, path: str) -> list[str]:
    return names(telephone.listed(path))[1:]


def own(name: str) -> Item:
    found: Item = Item.objects.present().get(place="own", name=name)
    return found


def token_of(answer: Any) -> str:
    assert answer.status_code in {200, 201}, (answer.status_code, answer.content)
    return str(answer.headers["Lock-Token"]).strip("<>")


def lock(telephone: Telephone, path: str, scope: str = "exclusive", **headers: str) -> str:
    return token_of(telephone.ask("LOCK", path, LOCKINFO.format(scope), **headers))


def class_at(college: World) -> str:
    group = own_class(college)
    return f"{TOP}{quote(places.Place(Item.Place.CLASS, group.school_id, group=group).name)}/"


# Writing a document


def test_a_document_is_put_then_changed_and_its_former_version_is_kept(teacher: Telephone) -> None:
    path = f"{OWN}Plan.txt"
    assert code(teacher, "PUT", path, "un") == 201 and body(teacher, path) == b"un"
    assert code(teacher, "PUT", path, "deux") == 204 and body(teacher, path) == b"deux"
    item = own("Plan.txt")
    assert [item.versions, item.made_by_id] == [2, teacher.viewer.person.pk]
    assert [vault.path_of(one.file.public_id).read_bytes() for one in item.all_versions.all()] == [
        b"deux",
        b"un",
    ]
    verbs = Line.objects.filter(verb__startswith="drive.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["drive.added", "drive.version_added"]


def test_the_same_bytes_are_no_version(teacher: Telephone) -> None:
    path = f"{OWN}Plan.txt"
    code(teacher, "PUT", path, "un")
    assert code(teacher, "PUT", path, "un") == 204
    assert own("Plan.txt").versions == Version.objects.count() == 1


def test_a_file_made_empty_before_it_is_written_is_one_version(teacher: Telephone) -> None:
    path = f"{OWN}Lettre.odt"
    assert code(teacher, "PUT", path) == 201 and body(teacher, path) == b""
    assert code(teacher, "PUT", path, odt()) == 204
    item = own("Lettre.odt")
    assert (item.versions, item.all_versions.count(), item.file and item.file.kind) == (
        1,
        1,
        "application/vnd.oasis.opendocument.text",
    )


def test_the_same_text_under_two_names_is_two_documents(teacher: Telephone) -> None:
    assert [code(teacher, "PUT", f"{OWN}{name}.txt", "un") for name in "ab"] == [201, 201]
    code(teacher, "MOVE", f"{OWN}a.txt", Destination=f"{OWN}c.txt")
    assert code(teacher, "PUT", f"{OWN}a.txt", "un") == 201
    assert listed(teacher, OWN) == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00", b"<html><script>alert(1)</script></html>", b"PK\x03\x04zip"]
)
def test_what_preau_keeps_nowhere_is_refused_in_words(teacher: Telephone, content: bytes) -> None:
    answer = teacher.ask("PUT", f"{OWN}jeu.txt", content)
    assert (answer.status_code, answer.headers["Content-Type"]) == (415, "text/plain; charset=utf-8")
    assert "jeu.txt" in answer.content.decode() and not Item.objects.filter(name="jeu.txt").exists()


def test_the_antivirus_looks_at_it_as_at_any_other(teacher: Telephone, monkeypatch: Any) -> None:
    monkeypatch.setattr(antivirus, "verdict", lambda _path: Verdict.INFECTED)
    assert code(teacher, "PUT", f"{OWN}a.txt", "virus") == 415 and listed(teacher, OWN) == []
    monkeypatch.setattr(antivirus, "verdict", lambda _path: Verdict.UNKNOWN)
    assert code(teacher, "PUT", f"{OWN}a.txt", "peut-être") == 201
    assert listed(teacher, OWN) == ["a.txt"] and code(teacher, "GET", f"{OWN}a.txt") == 503
    StoredFile.objects.update(state=StoredFile.State.REMOVED)
    assert listed(teacher, OWN) == [] and code(teacher, "PUT", f"{OWN}a.txt", "sain") == 204


def test_a_full_place_says_so_and_keeps_nothing(teacher: Telephone, monkeypatch: Any) -> None:
    monkeypatch.setitem(rules.OWN_ROOM, teacher.viewer.profile, 10)
    assert code(teacher, "PUT", f"{OWN}a.txt", "0123456789") == 201
    for method, path, more in [
        ("PUT", f"{OWN}b.txt", "!"),
        ("PUT", f"{OWN}a.txt", "autre"),
    ]:
        answer = teacher.ask(method, path, more)
        assert answer.status_code == 507 and "place" in answer.content.decode()
    assert listed(teacher, OWN) == ["a.txt"] and StoredFile.objects.count() == 1
    room = teacher.listed(OWN, 0, "D:quota-available-bytes", "D:quota-used-bytes")
    assert next(iter(room.values())) == {"quota-available-bytes": "0", "quota-used-bytes": "10"}


def sent_in(telephone: Telephone, path: str, content: bytes, **environ: Any) -> int:
    headers = {"Authorization": telephone.proof}
    extra = {"wsgi.input": BytesIO(content), **environ}
    return int(telephone.generic("PUT", path, content, headers=headers, **extra).status_code)


def test_what_is_cut_on_its_way_leaves_nothing(teacher: Telephone) -> None:
    code(teacher, "PUT", f"{OWN}a.txt", "un")
    for path in (f"{OWN}a.txt", f"{OWN}b.txt"):
        assert sent_in(teacher, path, b"la moit", CONTENT_LENGTH="14") == 400
        cut = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
        assert sent_in(teacher, path, b"la moit", HTTP_X_EXPECTED_ENTITY_LENGTH="14", **cut) == 400
    assert body(teacher, f"{OWN}a.txt") == b"un" and listed(teacher, OWN) == ["a.txt"]
    assert StoredFile.objects.count() == 1


def test_what_comes_in_pieces_is_read_whole_or_refused(teacher: Telephone) -> None:
    pieces = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    assert sent_in(teacher, f"{OWN}a.txt", b"tout", **pieces) == 411
    assert sent_in(teacher, f"{OWN}a.txt", b"tout", **pieces, **{"wsgi.input_terminated": True}) == 201
    assert body(teacher, f"{OWN}a.txt") == b"tout"


def test_what_is_too_heavy_is_not_read(teacher: Telephone) -> None:
    assert sent_in(teacher, f"{OWN}a.txt", b"", CONTENT_LENGTH=str(rules.WRITTEN.size + 1)) == 413
    assert listed(teacher, OWN) == []


def test_a_large_file_is_never_whole_in_memory(teacher: Telephone, monkeypatch: Any) -> None:
    """Whoever reads asks for pieces, of bounded size."""
    asked: list[int] = []

    class Source(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(-1 if size is None else size)
            return super().read(size)

    content = b"ligne\n" * 300_000
    environ = {"wsgi.input": Source(content), "CONTENT_LENGTH": str(len(content))}
    answer = teacher.generic(
        "PUT", f"{OWN}long.txt", b"", headers={"Authorization": teacher.proof}, **environ
    )
    assert answer.status_code == 201 and 0 < min(asked) <= max(asked) <= 1 << 16
    assert own("long.txt").file.size == len(content)  # type: ignore[union-attr]


def test_a_picture_loses_where_it_was_taken_and_says_no_tag(teacher: Telephone) -> None:
    answer = teacher.ask("PUT", f"{OWN}photo.jpg", picture())
    assert answer.status_code == 201 and "ETag" not in answer.headers
    text = teacher.ask("PUT", f"{OWN}a.txt", "un")
    assert text.headers["ETag"] == teacher.ask("HEAD", f"{OWN}a.txt").headers["ETag"]


def test_conditions_on_what_is_there(teacher: Telephone) -> None:
    path = f"{OWN}a.txt"
    assert code(teacher, "PUT", path, "un", If_Match="*") == 412
    tag = teacher.ask("PUT", path, "un").headers["ETag"]
    assert code(teacher, "PUT", path, "deux", If_None_Match="*") == 412
    assert code(teacher, "PUT", path, "deux", If_Match='"autre"') == 412
    assert code(teacher, "PUT", path, "deux", If_Match=tag) == 204
    assert code(teacher, "PUT", path, "trois", Content_Range="bytes 0-1/4") == 400
    assert body(teacher, path) == b"deux"


# Names and addresses


def test_accents_taken_apart_are_the_same_name(teacher: Telephone) -> None:
    together, apart = f"{OWN}{quote('été.txt')}", f"{OWN}{quote(APART)}"
    assert code(teacher, "PUT", apart, "un") == 201 and listed(teacher, OWN) == ["été.txt"]
    assert code(teacher, "PUT", together, "deux") == 204 and body(teacher, apart) == b"deux"
    moved = {"Destination": f"http://testserver{OWN}{quote(f'hiver à Noël {APART}')}"}
    assert code(teacher, "MOVE", together, **moved) == 201
    assert listed(teacher, OWN) == ["hiver à Noël été.txt"]


@pytest.mark.parametrize("name", ["CON", "a:b.txt", "fin. ", ".x", "x" * 121, "a%5Cb", "a%00b"])
def test_a_name_that_some_system_refuses_is_refused(teacher: Telephone, name: str, refuses_nul: None) -> None:
    for path in (f"{OWN}{name}", f"{OWN}{name}/"):
        assert [code(teacher, "PUT", path, "x"), code(teacher, "MKCOL", path)] == [403, 403]
    code(teacher, "PUT", f"{OWN}a.txt", "un")
    assert code(teacher, "MOVE", f"{OWN}a.txt", Destination=f"{OWN}{name}") == 403
    assert listed(teacher, OWN) == ["a.txt"]


def test_with_or_without_a_slash(teacher: Telephone) -> None:
    assert code(teacher, "MKCOL", f"{OWN}Cours") == 201
    assert code(teacher, "PUT", f"{OWN}Cours/a.txt", "un") == 201
    assert code(teacher, "PUT", f"{OWN}Cours/", "un") == 405
    assert code(teacher, "DELETE", f"{OWN}Cours") == 204 and listed(teacher, OWN) == []


def test_what_follows_a_hash_is_not_thrown_away_with_the_rest(teacher: Telephone) -> None:
    code(teacher, "MKCOL", f"{OWN}Cours/")
    headers = {"Authorization": teacher.proof}
    extra = {"RAW_URI": f"{OWN}Cours/#fin"}
    assert teacher.generic("DELETE", f"{OWN}Cours/", headers=headers, **extra).status_code == 400
    assert listed(teacher, OWN) == ["Cours"]


# Folders


def test_folders_are_made_one_below_the_other(teacher: Telephone) -> None:
    assert code(teacher, "MKCOL", f"{OWN}Cours/Chapitre/") == 409
    assert code(teacher, "PUT", f"{OWN}Cours/a.txt", "un") == 409
    assert code(teacher, "DELETE", f"{OWN}Cours/a.txt") == 404
    assert [code(teacher, "MKCOL", f"{OWN}Cours/") for _ in range(2)] == [201, 405]
    assert code(teacher, "MKCOL", f"{OWN}Autre/", "<x/>") == 415
    code(teacher, "PUT", f"{OWN}a.txt", "un")
    assert code(teacher, "MKCOL", f"{OWN}a.txt") == 405 and code(teacher, "MKCOL", f"{OWN}a.txt/b") == 409
    assert listed(teacher, OWN) == ["Cours", "a.txt"]


def filled(telephone: Telephone) -> None:
    code(telephone, "MKCOL", f"{OWN}Cours/")
    code(telephone, "MKCOL", f"{OWN}Cours/Chapitre/")
    code(telephone, "PUT", f"{OWN}Cours/a.txt", "un")
    code(telephone, "PUT", f"{OWN}Cours/Chapitre/b.txt", "deux")


def test_a_folder_goes_to_the_bin_with_all_it_holds_and_comes_back(teacher: Telephone) -> None:
    filled(teacher)
    assert code(teacher, "DELETE", f"{OWN}Cours/", Depth="0") == 400
    assert code(teacher, "DELETE", f"{OWN}Cours/", Depth="infinity") == 204
    assert listed(teacher, OWN) == [] and Item.objects.exclude(trashed_at=None).count() == 4
    leaving.restore(teacher.viewer, Item.objects.get(name="Cours"))
    assert body(teacher, f"{OWN}Cours/Chapitre/b.txt") == b"deux"


def test_a_folder_is_moved_with_all_it_holds(teacher: Telephone) -> None:
    filled(teacher)
    code(teacher, "MKCOL", f"{OWN}Rangé/")
    kept = own("b.txt").pk
    assert code(teacher, "MOVE", f"{OWN}Cours/", Destination=f"{OWN}Rang%C3%A9/Leçons/") == 201
    assert body(teacher, f"{OWN}Rangé/Leçons/Chapitre/b.txt") == b"deux" and own("b.txt").pk == kept
    assert code(teacher, "GET", f"{OWN}Cours/a.txt") == 404
    assert code(teacher, "MOVE", f"{OWN}Rangé/", Destination=f"{OWN}Rang%C3%A9/Le%C3%A7ons/Dedans/") == 403


def test_a_folder_is_copied_whole_or_alone(teacher: Telephone) -> None:
    filled(teacher)
    code(teacher, "PROPPATCH", f"{OWN}Cours/a.txt", NOTE.format("set", "<x:c>bleu</x:c>"))
    assert code(teacher, "COPY", f"{OWN}Cours/", Destination=f"{OWN}Tout/") == 201
    assert code(teacher, "COPY", f"{OWN}Cours/", Depth="0", Destination=f"{OWN}Rien/") == 201
    assert code(teacher, "COPY", f"{OWN}Cours/", Depth="1", Destination=f"{OWN}Mal/") == 400
    assert body(teacher, f"{OWN}Tout/Chapitre/b.txt") == b"deux" and listed(teacher, f"{OWN}Rien/") == []
    assert noted(teacher, f"{OWN}Tout/a.txt") == "bleu" and body(teacher, f"{OWN}Cours/a.txt") == b"un"


# Moving and copying a document


def test_where_a_document_may_not_go(teacher: Telephone) -> None:
    code(teacher, "PUT", f"{OWN}a.txt", "un")
    for way in ("MOVE", "COPY"):
        cases = [
            ({}, 400),
            ({"Destination": "http://ailleurs.example/dav/fichiers/Mes%20fichiers/b.txt"}, 502),
            ({"Destination": "/autre/b.txt"}, 502),
            ({"Destination": f"{OWN}a.txt"}, 403),
            ({"Destination": f"{OWN}absent/b.txt"}, 409),
            ({"Destination": f"{TOP}b.txt"}, 403),
            ({"Destination": f"{TOP}Cahier%20de%20textes/b.txt"}, 403),
            ({"Destination": f"{RECEIVED}b.txt"}, 403),
            ({"Destination": f"{OWN}b.txt", "Overwrite": "oui"}, 400),
        ]
        assert [code(teacher, way, f"{OWN}a.txt", **headers) for headers, _ in cases] == [
            one for _, one in cases
        ]
        assert code(teacher, way, f"{OWN}absent.txt", Destination=f"{OWN}b.txt") == 404
    assert listed(teacher, OWN) == ["a.txt"]


def test_over_another_document_it_becomes_its_last_version(teacher: Telephone) -> None:
    """As programs save: beside, then under the name of the former one."""
    code(teacher, "PUT", f"{OWN}Lettre.txt", "avant")
    code(teacher, "PUT", f"{OWN}tmp1.txt", "après")
    kept = own("Lettre.txt").pk
    headers = {"Destination": f"{OWN}Lettre.txt"}
    assert code(teacher, "MOVE", f"{OWN}tmp1.txt", Overwrite="F", **headers) == 412
    assert code(teacher, "MOVE", f"{OWN}tmp1.txt", **headers) == 204
    item = own("Lettre.txt")
    assert (item.pk, item.versions, body(teacher, f"{OWN}Lettre.txt")) == (kept, 2, "après".encode())
    assert listed(teacher, OWN) == ["Lettre.txt"]
    code(teacher, "PUT", f"{OWN}autre.txt", "ailleurs")
    assert code(teacher, "COPY", f"{OWN}autre.txt", **headers) == 204
    assert own("Lettre.txt").versions == 3 and sorted(listed(teacher, OWN)) == ["Lettre.txt", "autre.txt"]


def test_over_a_folder_what_was_there_goes_to_the_bin(teacher: Telephone) -> None:
    filled(teacher)
    code(teacher, "PUT", f"{OWN}seul.txt", "seul")
    assert code(teacher, "MOVE", f"{OWN}seul.txt", Destination=f"{OWN}Cours") == 204
    assert listed(teacher, OWN) == ["Cours"] and body(teacher, f"{OWN}Cours") == b"seul"
    assert Item.objects.trashed().get().name == "Cours"
    assert code(teacher, "MKCOL", f"{OWN}A/") == code(teacher, "MKCOL", f"{OWN}A/B/") == 201
    assert code(teacher, "MOVE", f"{OWN}A/B/", Destination=f"{OWN}A/") == 403


def test_between_places_it_is_copied_then_thrown_away(teacher: Telephone, college: World) -> None:
    code(teacher, "PUT", f"{OWN}a.txt", "un")
    there = f"{class_at(college)}a.txt"
    assert code(teacher, "MOVE", f"{OWN}a.txt", Destination=there) == 201
    assert body(teacher, there) == b"un" and listed(teacher, OWN) == []
    assert Item.objects.trashed().get().place == "own"
    assert Item.objects.present().get(name="a.txt").place == "class"


# Who


def test_what_each_sees_at_the_top(college: World, seat_of: Any) -> None:
    names_by_profile = {}
    for key in ("teacher", "pupil", "guardian", "cpe"):
        tops = listed(Telephone(seat_of(key), "fichiers"), TOP)
        names_by_profile[key] = {re.split(r" (?=\d|de )", one)[0] for one in tops}
    everyone = {"Mes fichiers", "Reçus"}
    assert everyone | {"Classe", "Équipe", "Salle des personnels"} <= names_by_profile["teacher"]
    assert (
        everyone | {"Classe"} <= names_by_profile["pupil"]
        and not {"Équipe", "Salle des personnels"} & names_by_profile["pupil"]
    )
    assert (
        everyone <= names_by_profile["guardian"] and not {"Classe", "Équipe"} & names_by_profile["guardian"]
    )
    assert everyone | {"Salle des personnels"} <= names_by_profile["cpe"]


def test_a_pupil_adds_in_the_folders_that_take_it(
    pupil: Telephone, teacher: Telephone, college: World
) -> None:
    group, by = own_class(college), college.people["teacher"]
    ways = {"Lire": "read", "Ajouter": "add", "Remettre": "hand_in"}
    for name, way in ways.items():
        of_class(group, name, by, is_folder=True, pupils_may=way)
    of_class(group, "Consignes.txt", by)
    here = class_at(college)
    status_by_folder = {name: code(pupil, "PUT", f"{here}{name}/moi.txt", "moi") for name in ways}
    assert status_by_folder == {"Lire": 403, "Ajouter": 201, "Remettre": 201}
    assert code(pupil, "PUT", f"{here}moi.txt", "moi") == 403
    for method, headers in [
        ("PUT", {}),
        ("DELETE", {}),
        ("LOCK", {}),
        ("PROPPATCH", {}),
        ("MOVE", {"Destination": f"{OWN}volé.txt"}),
    ]:
        sending = LOCKINFO.format("exclusive") if method == "LOCK" else NOTE.format("set", "<x:c/>")
        assert code(pupil, method, f"{here}Consignes.txt", sending, **headers) == 403, method
    assert code(pupil, "COPY", f"{here}Consignes.txt", Destination=f"{here}Lire/b.txt") == 403
    assert code(pupil, "MKCOL", f"{here}Ajouter/Groupe/") == 201
    assert code(pupil, "PUT", f"{here}Ajouter/Groupe/a.txt", "a") == 201
    assert code(pupil, "MKCOL", f"{here}Remettre/Groupe/") == 409
    assert code(pupil, "PUT", f"{here}Ajouter/moi.txt", "mieux") == 204
    assert code(teacher, "PUT", f"{here}Consignes.txt", "corrigées") == 204


def test_what_others_hand_in_is_neither_seen_nor_replaced(
    pupil: Telephone, teacher: Telephone, college: World
) -> None:
    group = own_class(college)
    folder = of_class(group, "Remettre", college.people["teacher"], is_folder=True, pupils_may="hand_in")
    mate = group.enrolments.exclude(pupil=college.people["pupil"])[0].pupil
    of_class(group, "devoir.txt", mate, parent=folder, is_handed_in=True)
    path = f"{class_at(college)}Remettre/"
    assert listed(pupil, path) == [] and code(pupil, "GET", f"{path}devoir.txt") == 404
    assert code(pupil, "DELETE", f"{path}devoir.txt") == 404
    assert code(pupil, "PUT", f"{path}devoir.txt", "le mien") == 409
    assert Item.objects.get(name="devoir.txt").versions == 1 and listed(teacher, path) == ["devoir.txt"]


def test_whoever_receives_a_document_reads_it_alone_and_it_is_noted(
    pupil: Telephone, teacher: Telephone, college: World
) -> None:
    code(teacher, "MKCOL", f"{OWN}Cours/")
    code(teacher, "PUT", f"{OWN}Cours/a.txt", "un")
    a_share(own("Cours"), Share.To.PERSON, person=college.people["pupil"])
    path = f"{RECEIVED}Cours/a.txt"
    assert code(pupil, "HEAD", path) == 200 and not Opening.objects.exists()
    assert body(pupil, path) == b"un" and Opening.objects.get().person == college.people["pupil"]
    for method in ("PUT", "DELETE", "LOCK", "PROPPATCH", "MKCOL", "MOVE"):
        for there in (path, f"{RECEIVED}Cours/b.txt", RECEIVED):
            answer = pupil.ask(method, there, "x", Destination=f"{OWN}b.txt")
            assert (answer.status_code, condition(answer)) == (403, "need-privileges"), (method, there)
    sharing.end_share(teacher.viewer, Share.objects.get())
    assert code(pupil, "GET", path) == 404 and listed(pupil, RECEIVED) == []


def test_nobody_enters_the_places_of_others(
    teacher: Telephone, college: World, twin: World, seat_of: Any
) -> None:
    here = class_at(college)
    an_item(college.school, "secret.txt", college.people["teacher"])
    of_class(own_class(college), "classe.txt", college.people["teacher"])
    others = [
        Telephone(seat_of("teacher", world=twin), "fichiers"),
        Telephone(seat_of("guardian"), "fichiers"),
    ]
    for other in others:
        for path in (f"{here}classe.txt", f"{here}neuf.txt", f"{OWN}secret.txt"):
            assert code(other, "GET", path) == code(other, "DELETE", path) == 404
        assert code(other, "PUT", f"{here}neuf.txt", "x") == 404
        code(other, "PUT", f"{OWN}a.txt", "un")
        assert code(other, "MOVE", f"{OWN}a.txt", Destination=f"{here}a.txt") in {403, 409}
    assert listed(teacher, here) == ["classe.txt"]


def test_whoever_teaches_the_class_no_more_is_out(teacher: Telephone, college: World) -> None:
    path = f"{class_at(college)}a.txt"
    assert code(teacher, "PUT", path, "un") == 201
    Assignment.objects.filter(teacher=college.people["teacher"]).update(ends=NOW.date())
    assert code(teacher, "GET", path) == 404 and code(teacher, "PUT", path, "deux") == 404


def test_a_place_itself_and_the_top_are_not_changed(teacher: Telephone) -> None:
    for path in (TOP, OWN, f"{TOP}Nouveau"):
        for method in ("PUT", "DELETE", "MKCOL", "MOVE", "LOCK", "PROPPATCH"):
            answer = teacher.ask(method, path, "x", Destination=f"{OWN}b")
            assert (answer.status_code, condition(answer)) == (403, "need-privileges"), (method, path)


# Locks


def test_who_locks_a_document_writes_alone(of_staff: tuple[Telephone, Telephone, str]) -> None:
    one, other, here = of_staff
    path = f"{here}a.txt"
    code(one, "PUT", path, "un")
    token = lock(one, path, Timeout="Second-300")
    for method, more in [
        ("PUT", {}),
        ("DELETE", {}),
        ("MOVE", {"Destination": f"{here}b.txt"}),
        ("PROPPATCH", {}),
        ("PUT", {"If": f"(<{token}>)"}),
    ]:
        answer = other.ask(method, path, NOTE.format("set", "<x:c/>"), **more)
        assert (answer.status_code, condition(answer)) == (423, "lock-token-submitted"), method
    taken = other.ask("LOCK", path, LOCKINFO.format("exclusive"))
    assert (taken.status_code, condition(taken)) == (423, "no-conflicting-lock")
    assert code(one, "PUT", path, "deux") == 423
    assert code(one, "PUT", path, "deux", If=f"(<{token}>)") == 204
    assert code(other, "COPY", path, Destination=f"{here}b.txt") == 201 and body(other, path) == b"deux"
    assert code(other, "UNLOCK", path, Lock_Token=f"<{token}>") == 409
    assert code(one, "UNLOCK", path, Lock_Token="<urn:uuid:0>") == 409
    assert code(one, "UNLOCK", path, Lock_Token=f"<{token}>") == 204
    assert code(other, "PUT", path, "trois") == 204


def test_a_lock_runs_out_or_is_kept_longer(of_staff: tuple[Telephone, Telephone, str], clock: Any) -> None:
    one, other, here = of_staff
    path = f"{here}a.txt"
    token = lock(one, path, Timeout="Infinite, Second-4100000000")
    assert Lock.objects.get().ends_at == NOW + timedelta(hours=1)
    kept = one.ask("LOCK", path, If=f"(<{token}>)", Timeout="Second-600")
    assert (kept.status_code, "Second-600" in kept.content.decode()) == (200, True)
    assert code(other, "LOCK", path, If=f"(<{token}>)") == 412
    clock.move_to(NOW + timedelta(minutes=11))
    assert code(one, "LOCK", path, If=f"(<{token}>)") == 412
    assert code(other, "PUT", path, "deux") == 204
    tasks.empty_bins.func()
    assert not Lock.objects.exists()


def test_several_lock_together_or_one_alone(of_staff: tuple[Telephone, Telephone, str]) -> None:
    one, other, here = of_staff
    path = f"{here}a.txt"
    code(one, "PUT", path, "un")
    mine, theirs = lock(one, path, "shared"), lock(other, path, "shared")
    assert code(one, "LOCK", path, LOCKINFO.format("exclusive")) == 423
    assert code(one, "PUT", path, "deux", If=f"(<{mine}>)") == 204
    assert code(other, "PUT", path, "trois", If=f"(<{theirs}>)") == 204
    assert code(other, "PUT", path, "quatre", If=f"(<{mine}>)") == 423


def test_a_locked_folder_holds_all_that_is_in_it(of_staff: tuple[Telephone, Telephone, str]) -> None:
    one, other, here = of_staff
    code(one, "MKCOL", f"{here}Cours/")
    code(one, "PUT", f"{here}Cours/a.txt", "un")
    inside = lock(one, f"{here}Cours/a.txt")
    assert code(other, "DELETE", f"{here}Cours/") == 423
    assert code(other, "MOVE", f"{here}Cours/", Destination=f"{here}Autre/") == 423
    assert code(other, "LOCK", f"{here}Cours/", LOCKINFO.format("exclusive")) == 423
    code(one, "UNLOCK", f"{here}Cours/a.txt", Lock_Token=f"<{inside}>")
    token = lock(one, f"{here}Cours/", Depth="infinity")
    assert code(other, "PUT", f"{here}Cours/a.txt", "deux") == 423
    assert code(other, "PUT", f"{here}Cours/b.txt", "deux") == 423
    assert code(other, "COPY", f"{here}Cours/a.txt", Destination=f"{here}Cours/c.txt") == 423
    assert code(one, "PUT", f"{here}Cours/b.txt", "deux", If=f"<{here}Cours/> (<{token}>)") == 201
    shown = other.listed(f"{here}Cours/a.txt", 0, "D:lockdiscovery")
    assert token in str(next(iter(shown.values()))["lockdiscovery"].xpath("string()"))
    shallow = {"Depth": "0", "If": f"(<{token}>)"}
    code(one, "UNLOCK", f"{here}Cours/", Lock_Token=f"<{token}>")
    token = lock(one, f"{here}Cours/", Depth="0")
    assert code(other, "PUT", f"{here}Cours/a.txt", "trois") == 204
    assert code(other, "PUT", f"{here}Cours/d.txt", "trois") == 423
    assert code(other, "DELETE", f"{here}Cours/a.txt") == 423, shallow


def test_an_address_where_nothing_is_is_locked_by_an_empty_document(teacher: Telephone) -> None:
    token = lock(teacher, f"{OWN}neuf.odt")
    assert own("neuf.odt").file.size == 0  # type: ignore[union-attr]
    assert code(teacher, "PUT", f"{OWN}neuf.odt", odt(), If=f"(<{token}>)") == 204
    assert own("neuf.odt").versions == 1
    assert code(teacher, "LOCK", f"{OWN}absent/x", LOCKINFO.format("exclusive")) == 409
    assert code(teacher, "LOCK", f"{OWN}neuf.odt", LOCKINFO.format("exclusive"), Depth="1") == 400
    for odd in ("<autre/>", LOCKINFO.format("magique"), "<a"):
        assert code(teacher, "LOCK", f"{OWN}neuf.odt", odd) == 400


def test_what_is_thrown_away_is_locked_no_more(teacher: Telephone) -> None:
    token = lock(teacher, f"{OWN}a.txt")
    assert code(teacher, "DELETE", f"{OWN}a.txt", If=f"(<{token}>)") == 204
    assert not Lock.objects.exists() and code(teacher, "PUT", f"{OWN}a.txt", "un") == 201


def test_the_header_if(teacher: Telephone) -> None:
    path = f"{OWN}a.txt"
    tag = teacher.ask("PUT", path, "un").headers["ETag"]
    token = lock(teacher, path)
    status_by_header = {
        f"(<{token}> [{tag}])": 204,
        f'(<{token}> ["autre"])': 412,
        f"(<{token}>) (Not <DAV:no-lock>)": 204,
        "(<urn:uuid:faux>) (Not <DAV:no-lock>)": 423,
        f'(<{token}> ["autre"]) (Not <DAV:no-lock> ["autre"])': 412,
        f"<http://testserver{path}> (<{token}>)": 204,
        f"<http://testserver{OWN}b.txt> (<{token}>)": 412,
        f"(Not <{token}>) (<{token}>)": 204,
        "(<DAV:no-lock>)": 412,
        "(": 400,
        "()": 400,
        "(<a>) x": 400,
        "(<a>)" * 101: 400,
    }
    assert {
        header: code(teacher, "PUT", path, "un", If=header) for header in status_by_header
    } == status_by_header


# Properties


def noted(telephone: Telephone, path: str) -> Any:
    wanted = '<D:propfind xmlns:D="DAV:" xmlns:x="urn:x"><D:prop><x:c/></D:prop></D:propfind>'
    (facts,) = read(telephone.ask("PROPFIND", path, wanted, Depth="0")).values()
    return facts["c"]


def test_what_a_program_notes_is_given_back_as_it_came(teacher: Telephone) -> None:
    path = f"{OWN}a.txt"
    code(teacher, "PUT", path, "un")
    assert code(teacher, "PROPPATCH", path, NOTE.format("set", "<x:c>bleu</x:c>")) == 207
    assert noted(teacher, path) == "bleu"
    code(teacher, "PROPPATCH", path, NOTE.format("set", "<x:c>vert</x:c>"))
    code(teacher, "MOVE", path, Destination=f"{OWN}b.txt")
    assert noted(teacher, f"{OWN}b.txt") == "vert" and "vert" in str(
        teacher.ask("PROPFIND", f"{OWN}b.txt", Depth="0").content.decode()
    )
    code(teacher, "PROPPATCH", f"{OWN}b.txt", NOTE.format("remove", "<x:c/>"))
    assert noted(teacher, f"{OWN}b.txt") is None and not Property.objects.exists()


def test_properties_are_written_all_or_none(teacher: Telephone, monkeypatch: Any) -> None:
    path = f"{OWN}a.txt"
    code(teacher, "PUT", path, "un")
    for odd in ("<D:getetag>x</D:getetag>", f"<x:d>{'x' * 5000}</x:d>"):
        answer = teacher.ask("PROPPATCH", path, NOTE.format("set", f"<x:c>bleu</x:c>{odd}"))
        assert "424" in answer.content.decode() and noted(teacher, path) is None
    assert code(teacher, "PROPPATCH", path, "<D:propertyupdate xmlns:D='DAV:'/>") == 400
    monkeypatch.setattr(volume, "MOST_PROPERTIES", 1)
    two = "<x:c>bleu</x:c><x:d>vert</x:d>"
    assert code(teacher, "PROPPATCH", path, NOTE.format("set", two)) == 507 and not Property.objects.exists()
    bomb = '<!DOCTYPE a [<!ENTITY b "bb">]>' + NOTE.format("set", "<x:c>&b;</x:c>")
    assert code(teacher, "PROPPATCH", path, bomb) == 400


# What programs put beside


@pytest.mark.parametrize("name", [".~lock.a.odt#", "~$a.docx", "._a.txt", ".DS_Store", "Thumbs.db"])
def test_what_a_program_puts_beside_is_its_own_until_the_night(
    of_staff: tuple[Telephone, Telephone, str], name: str, clock: Any
) -> None:
    one, other, here = of_staff
    path = f"{here}{quote(name)}"
    assert code(one, "PUT", path, "à moi") == 201 and body(one, path) == "à moi".encode()
    token_of(one.ask("LOCK", path, LOCKINFO.format("exclusive")))
    assert code(one, "PROPPATCH", path, NOTE.format("set", "<x:c/>")) == 207
    assert code(one, "PROPFIND", path, Depth="0") == 207
    assert listed(one, here) == [] and not Item.objects.exists() and not StoredFile.objects.exists()
    assert code(other, "GET", path) == 404
    assert code(one, "DELETE", path) == 204 and code(one, "GET", path) == 404
    code(one, "PUT", path, "à moi")
    clock.move_to(NOW + timedelta(days=1, minutes=1))
    tasks.empty_bins.func()
    assert not Sidecar.objects.exists()


def test_what_is_put_beside_has_its_measure(teacher: Telephone, monkeypatch: Any) -> None:
    assert code(teacher, "PUT", f"{OWN}.DS_Store", b"x" * (256 * 1024 + 1)) == 413
    monkeypatch.setattr(volume, "MOST_SIDECARS", 1)
    assert [code(teacher, "PUT", f"{OWN}._{name}", "x") for name in "aab"] == [201, 201, 507]
    monkeypatch.setattr(antivirus, "verdict_of", lambda _file: Verdict.INFECTED)
    assert code(teacher, "PUT", f"{OWN}._a", "virus") == 415


# What it costs


def test_a_folder_costs_the_same_however_full(teacher: Telephone, college: World) -> None:
    def cost(method: str, path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert code(teacher, method, path, "x" if method == "PUT" else "", Depth="1") in {201, 207}
        return len(caught)

    many_own(college, 2)
    code(teacher, "OPTIONS", OWN)  # which notes, once a day, that the key was used
    few = [cost("PROPFIND", OWN), cost("PUT", f"{OWN}a.txt")]
    many_own(college, 60)
    assert [cost("PROPFIND", OWN), cost("PUT", f"{OWN}b.txt")] == few
    assert few[0] <= 16, few


def test_what_a_person_leaves_is_erased(of_staff: tuple[Telephone, Telephone, str]) -> None:
    one, other, here = of_staff
    code(one, "PUT", f"{here}a.txt", "un")
    lock(one, f"{here}a.txt", "shared")
    lock(other, f"{here}a.txt", "shared")
    code(one, "PUT", f"{here}._a.txt", "x")
    code(other, "PUT", f"{here}._a.txt", "x")
    assert volume.forget_locks(one.viewer.person.pk) == volume.forget_sidecars(one.viewer.person.pk) == 1
    assert Lock.objects.get().person == other.viewer.person
    assert Sidecar.objects.get().person == other.viewer.person


def test_the_page_of_a_document_shows_what_was_saved_from_elsewhere(teacher: Telephone) -> None:
    """A document put in the page, saved again from a file manager: one document, its former version kept."""
    viewer = teacher.viewer
    (item,) = keeping.add_files(viewer, places.own_place(viewer), None, [sent("Fiche.pdf", PDF)])
    assert code(teacher, "PUT", f"{OWN}Fiche.pdf", PDF + b"%") == 204
    assert Item.objects.get(pk=item.pk).versions == 2
