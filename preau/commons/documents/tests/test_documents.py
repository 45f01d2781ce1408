"""Documents: who reads and writes them, what is sent and kept, turns, versions, comments, the bin; what has failed elsewhere, by name."""

import base64
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pycrdt import Doc, XmlElement, XmlText

from conftest import NOW, SchoolClient
from preau.commons.documents import rules
from preau.commons.documents.actions import comments, keeping, leaving, versions, writing
from preau.commons.documents.actions.comments import Said
from preau.commons.documents.models import Authorship, Comment, Document, State, Update, Version
from preau.commons.documents.queries import history, lists, people, places, remarks, texts
from preau.commons.documents.tests.props import (
    TEXT,
    a_comment,
    a_suggestion,
    many_versions,
    of_staff,
    own_document,
    present,
    staff_document,
    turn_of,
    written,
)
from preau.commons.journal.models import Line
from preau.commons.live.queries import channels_for
from preau.commons.notifications.models import Item
from preau.commons.search.tests.titles import found_by_title
from preau.directory.models import Holding
from preau.directory.seeds.world import World
from preau.foundation import live, stamp
from preau.foundation.richtext import shared


def begun(viewer: Any, title: str = "Texte", html: str = TEXT) -> Document:
    return keeping.begin(viewer, places.own_place(viewer), title, html)


def html_of(document: Document) -> str:
    document.refresh_from_db()
    return texts.html_now(document)


class Writer:
    """A page without a browser: a Yjs document of its own, what it has typed and not sent, what it knows of the others."""

    def __init__(self, viewer: Any, document: Document) -> None:
        self.viewer, self.document, self.known, self.lots = viewer, document, 0, list[tuple[Any, bytes]]()
        self.doc = shared.opened()
        self.fetch()

    def fetch(self) -> None:
        news = texts.since(self.document.pk, self.known)
        for content in news.updates:
            self.doc.apply_update(content)
        self.known = news.number

    def type(self, words: str) -> None:
        """A paragraph at the end."""
        before = shared.html_of(self.doc)
        content, _clashes = shared.replace(self.doc, before, f"{before}<p>{words}</p>")
        self.lots.append((uuid4(), content))

    def send(self) -> None:
        for batch, content in self.lots:
            writing.receive(self.viewer, self.document.pk, batch, content)
        self.lots = []

    @property
    def html(self) -> str:
        return shared.html_of(self.doc)


# Who reads and writes


def test_a_document_of_one_s_own_is_seen_by_nobody_else(college: World, twin: World, seat_of: Any) -> None:
    document = begun(seat_of("pupil"))
    seen = {
        key
        for key in ("pupil", "teacher", "head", "cpe", "guardian", "other_guardian")
        if Document.objects.visible_to(seat_of(key)).filter(pk=document.pk).exists()
    }
    assert seen == {"pupil"}


def test_documents_of_the_staff_are_written_by_the_staff_of_the_school_alone(
    college: World, twin: World, seat_of: Any
) -> None:
    document = staff_document(college)
    elsewhere = of_staff(twin.school, "Compte rendu du jumeau", twin.people["teacher"])
    for key in ("teacher", "head", "cpe", "secretary"):
        seen = Document.objects.visible_to(seat_of(key))
        assert rules.writes(seat_of(key), document), key
        assert document in seen and elsewhere not in seen, key
    for key in ("pupil", "guardian"):
        assert not Document.objects.visible_to(seat_of(key)).exists(), key
        assert not rules.writes(seat_of(key), document), key


def test_who_began_a_document_and_the_head_run_it(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    running = {key for key in ("teacher", "head", "cpe", "secretary") if rules.runs(seat_of(key), document)}
    assert running == {"teacher", "head"}


def test_a_place_that_left_the_board_is_read_by_nobody(college: World, seat_of: Any) -> None:
    document = of_staff(college.school, "Perdu", college.people["teacher"])
    Document.objects.filter(pk=document.pk).update(kind="nowhere")
    assert not Document.objects.visible_to(seat_of("head")).filter(pk=document.pk).exists()


def test_places_where_one_writes_are_offered_and_others_refused(
    college: World, twin: World, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    keys = [place.key for place in places.writable(teacher)]
    assert (keys[0], keys[-1]) == ("moi", f"staff-{college.school.pk}")
    assert places.named(teacher, f"staff-{twin.school.pk}") is None
    assert places.named(seat_of("pupil"), f"staff-{college.school.pk}") is None
    assert places.named(teacher, "nowhere-3") is None


# What pages send


def test_what_is_sent_is_kept_once_and_comes_to_the_others(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    one, other = Writer(seat_of("teacher"), document), Writer(seat_of("head"), document)
    one.type("De l’un.")
    batch, content = one.lots[0]
    first = writing.receive(one.viewer, document.pk, batch, content)
    assert writing.receive(one.viewer, document.pk, batch, content) == first
    assert Update.objects.filter(document=document).count() == 1
    other.fetch()
    assert other.html == one.html == TEXT + "<p>De l’un.</p>"
    document.refresh_from_db()
    assert Update.objects.get(document=document).author_id == college.people["teacher"].pk


@pytest.mark.parametrize("content", [b"", b"\xff" * 30, b"{}", b"\x01\x02\x03"])
def test_what_is_not_of_yjs_is_not_kept(college: World, seat_of: Any, content: bytes) -> None:
    document = staff_document(college)
    with pytest.raises(shared.NotAnUpdate):
        writing.receive(seat_of("teacher"), document.pk, uuid4(), content or b"\xff")
    assert html_of(document) == TEXT


def test_a_document_too_heavy_takes_no_more(college: World, seat_of: Any, monkeypatch: Any) -> None:
    """Its weight is looked at each time: the sending that goes beyond is refused, and nothing of it is kept."""
    document = staff_document(college)
    writer = Writer(seat_of("teacher"), document)
    for words in ("Un peu.", "Encore.", "Trop."):
        writer.type(words)
    first, second, _third = (content for _batch, content in writer.lots)
    monkeypatch.setattr(rules, "HEAVIEST_STATE", len(first) + len(second))
    last = writer.lots.pop()
    writer.send()
    writer.lots = [last]
    with pytest.raises(writing.Full):
        writer.send()
    assert "Trop." not in html_of(document)
    versions._settle(document.pk)
    document.refresh_from_db()
    assert document.weight == len(document.state.content)


def test_what_was_erased_weighs_no_more_once_a_version_is_kept(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    writer = Writer(seat_of("teacher"), document)
    writer.type("Longuement. " * 1_000)
    writer.send()
    content, _clashes = shared.replace(writer.doc, writer.html, TEXT)
    writing.receive(writer.viewer, document.pk, uuid4(), content)
    versions._settle(document.pk)
    document.refresh_from_db()
    assert html_of(document) == TEXT
    assert document.weight < 2_000


def test_a_place_holds_so_many_documents(college: World, client: SchoolClient, monkeypatch: Any) -> None:
    own_document(college)
    monkeypatch.setattr(rules, "MOST_DOCUMENTS", 1)
    client.sit(college.people["teacher"])
    body = {"titre": "Un de trop", "lieu": "moi", "sent_as": "3" * 32}
    answer = client.post(reverse("documents:new"), body)
    assert answer.status_code == 422
    assert "déjà 1 documents" in answer.content.decode() and "Un de trop" in answer.content.decode()
    client.sit(college.people["head"])
    assert client.post(reverse("documents:new"), body).status_code == 302


# As many as may write at once, and as fast


def sending(writer: Writer) -> dict[str, Any]:
    batch, content = writer.lots[0]
    facts = {"onglet": uuid4(), "depuis": 0, "curseur": ""}
    return facts | {"lot": batch, "ajout": base64.b64encode(content).decode()}


def test_one_writer_too_many_waits_and_loses_nothing(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_WRITERS", 2)
    document = staff_document(college)
    there = [present(document, college.people[key], writes=True) for key in ("head", "cpe")]
    # Somebody with two pages is one.
    present(document, college.people["head"], writes=True)
    late = Writer(seat_of("teacher"), document)
    late.type("De la dernière venue.")
    body, address = sending(late), reverse("documents:send", kwargs={"pk": document.pk})
    client.sit(college.people["teacher"])
    refused = client.post(address, body)
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert "gardés sur cet appareil" in refused.json()["erreur"]
    assert html_of(document) == TEXT
    # Their caret in the text takes no place, and they read on.
    here = {"onglet": uuid4(), "depuis": 0, "curseur": '{"id": 1}'}
    answer = client.post(reverse("documents:here", kwargs={"pk": document.pk}), here).json()
    assert [one["ecrit"] for one in answer["presents"] if one["moi"]] == [False]
    assert client.post(address, body).status_code == 429
    # Those who write go on.
    staying = Writer(seat_of("head"), document)
    staying.type("De qui y était.")
    staying.send()
    there[1].delete()
    assert client.post(address, body).status_code == 200
    assert "De la dernière venue." in html_of(document) and "De qui y était." in html_of(document)


def test_a_page_that_stopped_gives_its_place_back(
    college: World, seat_of: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_WRITERS", 1)
    document = staff_document(college)
    present(document, college.people["head"], writes=True)
    late = Writer(seat_of("teacher"), document)
    late.type("Après.")
    with pytest.raises(writing.Crowded):
        late.send()
    clock.move_to(NOW + timedelta(seconds=rules.PRESENT + 1))
    late.send()
    assert "Après." in html_of(document)


def test_who_sends_too_fast_waits_and_the_others_do_not(
    college: World, client: SchoolClient, seat_of: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_SENDINGS", 3)
    document = staff_document(college)
    fast, slow = Writer(seat_of("teacher"), document), Writer(seat_of("head"), document)
    for rank in range(4):
        fast.type(f"Vite {rank}.")
    last = fast.lots.pop()
    fast.send()
    fast.lots = [last]
    client.sit(college.people["teacher"])
    address = reverse("documents:send", kwargs={"pk": document.pk})
    refused = client.post(address, sending(fast))
    assert refused.status_code == 429 and "trop vite" in refused.json()["erreur"]
    slow.type("Tranquillement.")
    slow.send()
    assert "Vite 3." not in html_of(document) and "Tranquillement." in html_of(document)
    # What is known already is answered whenever it comes.
    clock.move_to(NOW + timedelta(seconds=rules.SENDING_SECONDS + 1))
    assert client.post(address, sending(fast)).status_code == 200
    assert client.post(address, sending(fast)).status_code == 200
    assert html_of(document).count("Vite 3.") == 1


def test_a_document_that_is_full_says_so_and_stays_as_it_was(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = staff_document(college)
    monkeypatch.setattr(rules, "HEAVIEST_STATE", 10)
    writer = Writer(seat_of("teacher"), document)
    writer.type("De trop.")
    client.sit(college.people["teacher"])
    refused = client.post(reverse("documents:send", kwargs={"pk": document.pk}), sending(writer))
    assert refused.status_code == 413 and "trop lourd" in refused.json()["erreur"]
    assert html_of(document) == TEXT


# What co-writing has failed at elsewhere


def test_one_whose_right_was_taken_away_writes_nothing_more(college: World, seat_of: Any) -> None:
    """OpenCloud 3133: nor does their text come in by what somebody else sends."""
    document = staff_document(college)
    leaving_one, staying = Writer(seat_of("cpe"), document), Writer(seat_of("head"), document)
    leaving_one.type("D’avant.")
    leaving_one.send()
    Holding.objects.filter(person=college.people["cpe"]).update(ends=NOW.date())
    leaving_one.type("D’après.")
    # Their page is still open, with the seat that it had; it is asked of the database at each sending.
    Document.objects.filter(pk=document.pk).update(kind="own", owner=college.people["teacher"], place=0)
    with pytest.raises(writing.NotOpen):
        leaving_one.send()
    Document.objects.filter(pk=document.pk).update(kind="staff", owner=None, place=college.school.pk)
    staying.fetch()
    staying.type("Du reste.")
    staying.send()
    assert "D’après." not in html_of(document)
    assert "D’avant." in html_of(document)


def test_one_back_from_offline_overwrites_nobody(college: World, seat_of: Any) -> None:
    """La Suite Docs 239."""
    document = staff_document(college)
    away, there = Writer(seat_of("teacher"), document), Writer(seat_of("head"), document)
    away.type("Écrit sans réseau.")
    there.type("Écrit pendant ce temps.")
    there.send()
    versions._settle(document.pk)
    away.send()
    away.fetch()
    there.fetch()
    assert away.html == there.html == html_of(document)
    assert "Écrit sans réseau." in away.html and "Écrit pendant ce temps." in away.html


def test_the_last_line_before_a_cut_comes_when_its_lot_is_sent_again(college: World, seat_of: Any) -> None:
    """Nextcloud Text 1667: the answer was lost, not the line; its lot is sent again, and stands once."""
    document = staff_document(college)
    writer = Writer(seat_of("teacher"), document)
    writer.type("La dernière ligne.")
    lots = list(writer.lots)
    writer.send()
    writer.lots = lots
    writer.send()
    assert html_of(document).count("La dernière ligne.") == 1


def test_an_update_that_waits_for_another_is_not_lost_by_a_version(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    writer = Writer(seat_of("teacher"), document)
    writer.type("Un.")
    writer.type("Deux.")
    first, second = writer.lots
    writing.receive(writer.viewer, document.pk, *second)
    versions._settle(document.pk)
    writing.receive(writer.viewer, document.pk, *first)
    assert html_of(document) == writer.html == TEXT + "<p>Un.</p><p>Deux.</p>"


def test_thirty_writers_of_whom_one_is_away_end_with_one_text(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    viewer = seat_of("teacher")
    writers = [Writer(viewer, document) for _rank in range(30)]
    for turn in range(3):
        for rank, writer in enumerate(writers):
            writer.type(f"{rank} au tour {turn}.")
            if rank:
                writer.send()
                writer.fetch()
        versions._settle(document.pk)
    writers[0].send()
    for writer in writers:
        writer.fetch()
    assert {writer.html for writer in writers} == {html_of(document)}
    assert all(
        f"<p>{rank} au tour {turn}.</p>" in html_of(document) for rank in range(30) for turn in range(3)
    )


def test_a_version_kept_between_two_reads_hides_no_update(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    writer, late = Writer(seat_of("head"), document), Writer(seat_of("teacher"), document)
    for words in ("Un.", "Deux.", "Trois."):
        writer.type(words)
    writer.send()
    writer.type("Quatre.")
    reads = list[str]()

    def meanwhile(execute: Any, sql: str, *arguments: Any) -> Any:
        """Between the first read and the second, whichever they are."""
        reads.append(sql)
        if len(reads) == 2:
            versions._settle(document.pk)
            writer.send()
        return execute(sql, *arguments)

    with connection.execute_wrapper(meanwhile):
        late.fetch()
    late.fetch()
    assert late.html == html_of(document) == TEXT + "<p>Un.</p><p>Deux.</p><p>Trois.</p><p>Quatre.</p>"


def test_a_page_is_told_that_there_is_more(college: World, client: SchoolClient, monkeypatch: Any) -> None:
    document = staff_document(college)
    monkeypatch.setattr(texts, "MOST_UPDATES", 2)
    for rank in range(3):
        written(document, college.people["head"], str(rank))
    client.sit(college.people["teacher"])
    address = reverse("documents:follow", kwargs={"pk": document.pk})
    answer = client.get(address, {"depuis": "0"}).json()
    assert (answer["numero"], answer["encore"]) == (3, True)
    answer = client.get(address, {"depuis": "3"}).json()
    assert (answer["numero"], answer["encore"]) == (4, False)


# Turns, without the live editor


def test_one_writes_in_turn_and_the_turn_opens_again_by_itself(
    college: World, seat_of: Any, clock: Any
) -> None:
    document = staff_document(college)
    writing.take_turn(seat_of("teacher"), document.pk)
    with pytest.raises(writing.Held) as held:
        writing.take_turn(seat_of("head"), document.pk)
    assert held.value.turn.person == college.people["teacher"]
    clock.move_to(NOW + timedelta(minutes=rules.TURN_MINUTES + 1))
    assert writing.take_turn(seat_of("head"), document.pk).person == college.people["head"]


def test_saving_replaces_only_the_paragraphs_that_changed(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    writing.take_turn(seat_of("teacher"), document.pk)
    live = Writer(seat_of("head"), document)
    live.type("Ajouté en direct.")
    live.send()
    saved = writing.save_turn(
        seat_of("teacher"), document.pk, "<p>Le premier, relu.</p><p>Le second paragraphe.</p>"
    )
    assert (saved.changed, saved.clashes) == (True, 0)
    assert html_of(document) == "<p>Le premier, relu.</p><p>Le second paragraphe.</p><p>Ajouté en direct.</p>"


def test_a_paragraph_changed_on_both_sides_stays_twice(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    writing.take_turn(seat_of("teacher"), document.pk)
    doc = texts.doc_of(document)
    content, _clashes = shared.replace(doc, TEXT, TEXT.replace("premier", "tout premier"))
    writing.receive(seat_of("head"), document.pk, uuid4(), content)
    saved = writing.save_turn(seat_of("teacher"), document.pk, TEXT.replace("premier", "1er"))
    assert saved.clashes == 1
    assert html_of(document) == (
        "<p>Le 1er paragraphe.</p><p>Le tout premier paragraphe.</p><p>Le second paragraphe.</p>"
    )


def test_saved_twice_the_text_stands_once(college: World, seat_of: Any) -> None:
    """A double click, while others write: the second time is not a merge of the same text with itself."""
    document = staff_document(college)
    writing.take_turn(seat_of("teacher"), document.pk)
    wanted = "<p>Un.</p><p>Deux.</p>"
    assert writing.save_turn(seat_of("teacher"), document.pk, wanted).changed
    live = Writer(seat_of("head"), document)
    live.type("Trois.")
    live.send()
    saved = writing.save_turn(seat_of("teacher"), document.pk, wanted)
    assert (saved.changed, saved.again) == (False, True)
    assert html_of(document) == wanted + "<p>Trois.</p>"
    with pytest.raises(writing.Passed):
        writing.save_turn(seat_of("cpe"), document.pk, wanted)


def test_the_second_click_is_told_that_it_is_saved(college: World, client: SchoolClient) -> None:
    document = staff_document(college)
    client.sit(college.people["teacher"])
    client.post(reverse("documents:take_turn", kwargs={"pk": document.pk}))
    address = reverse("documents:write", kwargs={"pk": document.pk})
    for _time in range(2):
        answer = client.post(address, {"texte": "Une seule fois."}, follow=True)
        assert "C’est enregistré." in answer.content.decode()
    assert html_of(document) == "<p>Une seule fois.</p>"


def test_who_lost_the_turn_keeps_what_they_typed(college: World, client: SchoolClient, clock: Any) -> None:
    document = staff_document(college)
    client.sit(college.people["teacher"])
    address = reverse("documents:write", kwargs={"pk": document.pk})
    turn_of(document, college.people["head"], ends_at=timezone.now() + timedelta(minutes=5))
    answer = client.post(address, {"texte": "Mon texte à moi."})
    assert answer.status_code == 422
    assert "Mon texte à moi." in answer.content.decode()
    assert html_of(document) == TEXT


def test_without_javascript_one_takes_the_turn_writes_and_saves(college: World, client: SchoolClient) -> None:
    document = staff_document(college)
    client.sit(college.people["teacher"])
    answer = client.post(reverse("documents:take_turn", kwargs={"pk": document.pk}), follow=True)
    assert "Le premier paragraphe." in answer.content.decode()
    address = reverse("documents:write", kwargs={"pk": document.pk})
    client.post(address, {"texte": "Le premier paragraphe.\n\n- un\n- deux"})
    assert html_of(document) == "<p>Le premier paragraphe.</p><ul><li>un</li><li>deux</li></ul>"


# Versions


def test_a_pause_makes_a_version_and_says_who_wrote(college: World, seat_of: Any, clock: Any) -> None:
    document = staff_document(college)
    for key in ("teacher", "head"):
        writer = Writer(seat_of(key), document)
        writer.type(key)
        writer.send()
    assert versions.settle(timezone.now()) == 0
    assert versions.settle(timezone.now() + versions.PAUSE + timedelta(seconds=1)) == 1
    assert versions.settle(timezone.now() + versions.PAUSE + timedelta(seconds=1)) == 0
    version = Version.objects.filter(document=document).order_by("-number").first()
    assert version is not None
    wrote = set(Authorship.objects.filter(version=version).values_list("person_id", flat=True))
    assert wrote == {college.people["teacher"].pk, college.people["head"].pk}
    assert not Update.objects.filter(document=document).exists()
    assert State.objects.get(document=document).number == 3
    assert html_of(document) == version.html


def deep(levels: int, words: str) -> bytes:
    """An update: these words in so many quotes, one in another."""
    doc: Any = Doc()
    at = shared.root_of(doc)
    with doc.transaction():
        for _level in range(levels):
            at.children.append(XmlElement("blockquote", {}))
            at = at.children[0]
        at.children.append(XmlText(words))
    return bytes(doc.get_update())


def test_quotes_in_quotes_by_the_hundred_are_read(college: World, client: SchoolClient, seat_of: Any) -> None:
    document = staff_document(college)
    writing.receive(seat_of("teacher"), document.pk, uuid4(), deep(1_500, "Tout au fond."))
    client.sit(college.people["teacher"])
    answer = client.get(reverse("documents:document", kwargs={"pk": document.pk}))
    assert "Tout au fond." in answer.content.decode()
    with pytest.raises(shared.NotAnUpdate):
        writing.receive(seat_of("teacher"), document.pk, uuid4(), deep(2_500, "Plus bas."))


def test_a_document_that_cannot_be_kept_stops_no_other(
    college: World, seat_of: Any, monkeypatch: Any
) -> None:
    bad, good = staff_document(college), own_document(college)
    for document in (bad, good):
        writer = Writer(seat_of("teacher"), document)
        writer.type("Ajouté.")
        writer.send()
    Document.objects.filter(pk=bad.pk).update(changed_at=NOW - timedelta(days=1))
    keep = versions.keep

    def kept(document: Document) -> Any:
        if document.pk == bad.pk:
            raise RecursionError
        return keep(document)

    monkeypatch.setattr(versions, "keep", kept)
    monkeypatch.setattr(versions, "AT_ONCE", 1)
    assert versions.settle(timezone.now() + versions.PAUSE + timedelta(seconds=1)) == 1
    assert good.all_versions.count() == 2


def test_going_back_to_a_version_erases_nothing(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    first = Version.objects.get(document=document)
    live = Writer(seat_of("head"), document)
    live.type("Ajouté ensuite.")
    live.send()
    assert versions.restore(seat_of("teacher"), first).changed
    assert html_of(document) == TEXT
    live.fetch()
    assert live.html == TEXT
    kept = [version.html for version in Version.objects.filter(document=document).order_by("number")]
    assert kept == [TEXT, TEXT + "<p>Ajouté ensuite.</p>", TEXT]
    assert not versions.restore(seat_of("teacher"), first).changed


def test_only_who_runs_it_goes_back_or_names(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    version = Version.objects.get(document=document)
    with pytest.raises(writing.NotOpen):
        versions.restore(seat_of("cpe"), version)
    with pytest.raises(writing.NotOpen):
        versions.name_version(seat_of("cpe"), document.pk, "Finale")
    named = versions.name_version(seat_of("teacher"), document.pk, "Finale")
    assert named is not None and named.name == "Finale"
    assert versions.name_version(seat_of("teacher"), document.pk, "Finale") is None


def test_what_changed_is_told_paragraph_by_paragraph() -> None:
    passages = history.compared(TEXT, TEXT.replace("second", "deuxième") + "<p>Nouveau.</p>")
    assert [one.state for one in passages] == ["same", "gone", "new", "new"]


def test_the_first_version_is_on_the_last_page(college: World, client: SchoolClient) -> None:
    document = staff_document(college)
    Version.objects.filter(document=document).update(name="La toute première")
    many_versions(college, 90)
    client.sit(college.people["teacher"])
    address = reverse("documents:history", kwargs={"pk": document.pk})
    assert "La toute première" not in client.get(address).content.decode()
    assert "La toute première" in client.get(address, {"page": "3"}).content.decode()


def test_old_versions_go_and_named_ones_stay(college: World, seat_of: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(rules, "MOST_VERSIONS", 2)
    document = staff_document(college)
    versions.name_version(seat_of("teacher"), document.pk, "La première")
    writer = Writer(seat_of("teacher"), document)
    for rank in range(4):
        writer.type(str(rank))
        writer.send()
        versions._settle(document.pk)
    kept = list(Version.objects.filter(document=document).order_by("number").values_list("number", "name"))
    assert kept == [(1, "La première"), (4, ""), (5, "")]


# Comments and suggestions


def test_a_suggestion_is_taken_once_by_who_runs(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    suggestion = a_suggestion(document, college.people["cpe"])
    assert not rules.settles(seat_of("cpe"), suggestion)
    assert comments.accept(seat_of("teacher"), suggestion)
    assert not comments.accept(seat_of("teacher"), suggestion)
    assert html_of(document) == "<p>Le premier paragraphe.</p><p>Le deuxième paragraphe.</p>"
    suggestion.refresh_from_db()
    assert suggestion.outcome == Comment.Outcome.ACCEPTED


def test_a_suggestion_goes_where_it_was_made_among_the_same_words(college: World, seat_of: Any) -> None:
    document = begun(seat_of("teacher"), html="<p>un mot, puis un mot</p>")
    suggestion = a_suggestion(
        document, college.people["teacher"], passage="un mot", prefix="puis ", replacement="deux mots"
    )
    comments.accept(seat_of("teacher"), suggestion)
    assert html_of(document) == "<p>un mot, puis deux mots</p>"


def suggest(client: SchoolClient, document: Document, **facts: str) -> Any:
    body = {
        "genre": "suggestion",
        "passage": "un chat",
        "avant": "",
        "place": "un chien",
        "texte": "",
    } | facts
    return client.post(reverse("documents:comments", kwargs={"pk": document.pk}), body)


def test_a_suggestion_sent_by_the_form_changes_the_passage_that_was_chosen(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    document = begun(seat_of("teacher"), html="<p>un chat dort, il mange un chat</p>")
    client.sit(college.people["teacher"])
    suggest(client, document, avant="il mange ")
    suggest(client, document, avant=shared.BEGINS, place="une chatte")
    for suggestion in document.comments.order_by("pk"):
        comments.accept(seat_of("teacher"), suggestion)
    assert html_of(document) == "<p>une chatte dort, il mange un chien</p>"


def test_a_suggestion_of_which_the_words_before_have_changed_changes_no_other_passage(
    college: World, seat_of: Any
) -> None:
    html = "<p>un chat dort, il mange un chat</p>"
    document = begun(seat_of("teacher"), html=html)
    remark = Said("un chat", "elle mange ", "", "un chien")
    suggestion, _new = comments.comment(seat_of("teacher"), document.pk, remark)
    with pytest.raises(comments.Gone):
        comments.accept(seat_of("teacher"), suggestion)
    assert html_of(document) == html


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>un chat dort, un chat mange</p>", "plusieurs endroits"),
        ("<table><tbody><tr><td>un chat | un chat</td></tr></tbody></table>", "plusieurs endroits"),
        ("<p>un<br>chat</p>", "pas dans le document"),
        ('<ul><li>a<ul><li>un <span data-formula="chat">chat</span></li></ul></li></ul>', "une formule"),
    ],
)
def test_a_suggestion_that_could_not_be_taken_is_refused_beside_its_passage(
    college: World, client: SchoolClient, seat_of: Any, html: str, words: str
) -> None:
    document = begun(seat_of("teacher"), html=html)
    client.sit(college.people["teacher"])
    answer = suggest(client, document)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not document.comments.exists()


def test_the_same_remark_about_the_second_place_is_another(college: World, seat_of: Any) -> None:
    document = begun(seat_of("teacher"), html="<p>un chat dort, il mange un chat</p>")
    for prefix in (shared.BEGINS, "il mange "):
        assert comments.comment(seat_of("teacher"), document.pk, Said("un chat", prefix, "Lequel ?"))[1]


def test_a_suggestion_of_which_the_passage_has_gone_is_not_applied(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    suggestion = a_suggestion(document, college.people["teacher"], passage="ces mots partis")
    with pytest.raises(comments.Gone):
        comments.accept(seat_of("teacher"), suggestion)
    suggestion.refresh_from_db()
    assert suggestion.outcome == Comment.Outcome.OPEN


def test_said_twice_it_is_said_once(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    remark = Said("Le second", "", "À préciser.")
    assert [comments.comment(seat_of("cpe"), document.pk, remark)[1] for _time in range(2)] == [True, False]
    comment = Comment.objects.get(document=document)
    assert [comments.answer(seat_of("head"), comment, "Fait.") for _time in range(2)] == [True, False]
    assert comments.settle(seat_of("cpe"), comment)
    assert not comments.settle(seat_of("cpe"), comment)


@pytest.mark.parametrize("name", ["answer", "settle", "refuse", "withdraw", "accept"])
def test_a_document_is_held_before_what_is_said_of_it(
    college: World, seat_of: Any, monkeypatch: Any, name: str
) -> None:
    """Whoever holds both does so in one order: nobody waits for somebody who waits for them."""
    document = staff_document(college)
    said_of_it = (a_comment if name == "settle" else a_suggestion)(document, college.people["teacher"])
    more = ["Fait."] if name == "answer" else []
    with CaptureQueriesContext(connection) as asked:
        getattr(comments, name)(seat_of("teacher"), said_of_it, *more)
    froms = [
        query["sql"].partition(" FROM ")[2].split()[0].strip('"')
        for query in asked
        if " FROM " in query["sql"]
    ]
    froms = [name for name in froms if name in {"documents_document", "documents_comment"}]
    assert froms[0] == "documents_document"


def test_what_is_to_deal_with_comes_first_however_much_was_said(college: World, client: SchoolClient) -> None:
    document = staff_document(college)
    for rank in range(120):
        comment = a_comment(document, college.people["head"], text=f"Vieux {rank}.", outcome="done")
        a_comment(document, college.people["cpe"], parent=comment, text="Fait.", outcome="done")
    a_comment(document, college.people["head"], text="Le dernier.")
    client.sit(college.people["teacher"])
    address = reverse("documents:comments", kwargs={"pk": document.pk})
    first, last = (client.get(address, {"page": page}).content.decode() for page in ("1", "5"))
    assert "Le dernier." in first and "Vieux 119." in first and "Fait." in first
    assert "Vieux 0." in last and "Vieux 119." not in last


def test_who_takes_back_their_words_leaves_the_answers_of_others(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    comment = a_comment(document, college.people["cpe"], text="À taire.")
    comments.answer(seat_of("head"), comment, "On en parle demain.")
    assert comments.withdraw(seat_of("cpe"), comment)
    assert not comments.withdraw(seat_of("cpe"), comment)
    thread = remarks.threads_of(seat_of("head"), document, remarks.said_of(document))[0]
    assert (thread.first.text, thread.first.is_withdrawn, thread.settles) == ("", True, False)
    assert [one.text for one in thread.answers] == ["On en parle demain."]
    assert not Comment.objects.filter(text="À taire.").exists()


def test_words_of_others_that_one_takes_away_are_in_the_journal(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    for key, lines in (("cpe", 0), ("teacher", 1)):
        comments.withdraw(seat_of(key), a_comment(document, college.people["cpe"]))
        assert Line.objects.filter(verb="documents.remark_withdrawn").count() == lines


def test_one_takes_back_what_one_said_and_who_runs_what_anybody_said(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    comment = a_comment(document, college.people["cpe"])
    allowed = {
        key for key in ("cpe", "secretary", "teacher", "head") if rules.withdraws(seat_of(key), comment)
    }
    assert allowed == {"cpe", "teacher", "head"}


def test_who_reads_only_is_told_so_and_whom_to_ask(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = staff_document(college)
    client.sit(college.people["head"])
    address = reverse("documents:comments", kwargs={"pk": document.pk})
    assert "Vous lisez seulement" not in client.get(address).content.decode()
    monkeypatch.setattr("preau.commons.documents.rules.comments", lambda *_: False)
    page = client.get(address).content.decode()
    assert "Vous lisez seulement" in page and "Commenter un passage" not in page
    assert f"demandez à {college.people['teacher'].full_name}" in page
    # The list holds what others wrote too, and its title says so.
    assert "ce qu’on vous donne à lire" in client.get(reverse("documents:home")).content.decode()


def test_a_pupil_reads_no_comment_of_a_document_that_is_not_theirs(
    college: World, twin: World, seat_of: Any
) -> None:
    comment = a_comment(staff_document(college), college.people["teacher"])
    for key, sees in (("teacher", True), ("pupil", False), ("guardian", False)):
        found = Comment.objects.visible_to(seat_of(key)).filter(pk=comment.pk)
        assert found.exists() is sees, key


# The page and what it asks


def test_the_page_follows_what_others_write(college: World, client: SchoolClient, seat_of: Any) -> None:
    document = staff_document(college)
    written(document, college.people["head"], "Du proviseur.")
    client.sit(college.people["teacher"])
    present(document, college.people["head"], writes=True)
    answer = client.get(reverse("documents:follow", kwargs={"pk": document.pk}), {"depuis": "0"}).json()
    updates = [base64.b64decode(one) for one in answer["ajouts"]]
    assert shared.html_of(shared.opened(b"", updates)) == TEXT + "<p>Du proviseur.</p>"
    assert [one["nom"] for one in answer["presents"]] == [college.people["head"].full_name]
    again = client.get(
        reverse("documents:follow", kwargs={"pk": document.pk}), {"depuis": answer["numero"]}
    ).json()
    assert again["ajouts"] == []


def test_sending_answers_with_what_others_wrote(college: World, client: SchoolClient, seat_of: Any) -> None:
    document = staff_document(college)
    writer = Writer(seat_of("teacher"), document)
    writer.type("De moi.")
    batch, content = writer.lots[0]
    written(document, college.people["head"], "De l’autre.")
    client.sit(college.people["teacher"])
    body = {
        "onglet": uuid4(),
        "depuis": 1,
        "curseur": "",
        "lot": batch,
        "ajout": base64.b64encode(content).decode(),
    }
    answer = client.post(reverse("documents:send", kwargs={"pk": document.pk}), body).json()
    assert answer["garde"] == 3
    assert len(answer["ajouts"]) == 2
    assert [one["moi"] for one in answer["presents"]] == [True]


@pytest.mark.parametrize(
    "wrong", [{"ajout": "?"}, {"ajout": ""}, {"lot": "x"}, {"depuis": "-1"}, {"ajout": "/////w=="}]
)
def test_a_sending_that_cannot_be_read_is_refused(college: World, client: SchoolClient, wrong: Any) -> None:
    document = staff_document(college)
    client.sit(college.people["teacher"])
    body = {"onglet": uuid4(), "depuis": 1, "lot": uuid4(), "ajout": "AAA="} | wrong
    assert client.post(reverse("documents:send", kwargs={"pk": document.pk}), body).status_code == 422
    assert Update.objects.filter(document=document).count() == 0


def test_a_sending_too_heavy_is_said_to_be_so(college: World, client: SchoolClient, monkeypatch: Any) -> None:
    document = staff_document(college)
    monkeypatch.setattr(rules, "HEAVIEST_UPDATE", 1)
    client.sit(college.people["teacher"])
    body = {"onglet": uuid4(), "depuis": 1, "lot": uuid4(), "ajout": "AAA="}
    answer = client.post(reverse("documents:send", kwargs={"pk": document.pk}), body)
    assert answer.status_code == 413
    assert "trop de texte" in answer.json()["erreur"]


def test_nobody_writes_as_somebody_who_has_signed_in_since(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    document = staff_document(college)
    writer = Writer(seat_of("teacher"), document)
    writer.type("Du professeur.")
    batch, content = writer.lots[0]
    client.sit(college.people["head"])
    body = {"onglet": uuid4(), "depuis": 1, "lot": batch, "ajout": base64.b64encode(content).decode()}
    teacher = seat_of("teacher")
    body["contexte"] = stamp.seal(college.people["teacher"].account.pk, teacher.key)
    assert client.post(reverse("documents:send", kwargs={"pk": document.pk}), body).status_code == 409
    assert html_of(document) == TEXT


def test_who_is_there_is_forgotten(college: World, seat_of: Any, clock: Any) -> None:
    document = staff_document(college)
    page = uuid4()
    writing.appear(seat_of("teacher"), document, page, "{}", writes=True)
    assert len(people.present(seat_of("head"), document)) == 1
    clock.move_to(NOW + timedelta(seconds=rules.PRESENT + 1))
    assert people.present(seat_of("head"), document) == []
    writing.forget_absent(timezone.now() + timedelta(minutes=10))
    assert not document.presences.exists()


def test_nobody_reads_who_is_on_a_page_that_is_not_open_to_them(college: World, client: SchoolClient) -> None:
    document = staff_document(college)
    client.sit(college.people["pupil"])
    for name in ("document", "follow", "history", "comments", "export"):
        assert client.get(reverse(f"documents:{name}", kwargs={"pk": document.pk})).status_code == 404, name
    answer = client.post(
        reverse("documents:here", kwargs={"pk": document.pk}), {"onglet": uuid4(), "depuis": 0}
    )
    assert answer.status_code == 404


# A document that begins, is found, goes


def test_sent_twice_it_begins_once(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    body = {"titre": "Mon exposé", "lieu": "moi", "sent_as": "0" * 32}
    for _time in range(2):
        client.post(reverse("documents:new"), body)
    assert Document.objects.filter(title="Mon exposé").count() == 1


@pytest.mark.parametrize("key", ["nowhere-3", "staff-999999", "?"])
def test_a_place_that_one_does_not_read_is_not_one_s_own(
    college: World, client: SchoolClient, key: str
) -> None:
    own_document(college)
    client.sit(college.people["teacher"])
    page = client.get(reverse("documents:home"), {"lieu": key}).content.decode()
    assert "Vous n’entrez pas dans ce lieu" in page
    assert "Vous n’entrez pas dans ce lieu" not in client.get(reverse("documents:home")).content.decode()


def test_it_is_found_by_its_words_by_those_who_read_it(college: World, seat_of: Any) -> None:
    document = begun(seat_of("pupil"), "Exposé", "<p>Les libellules de la rivière.</p>")
    for key, count in (("pupil", 1), ("teacher", 0)):
        assert len(found_by_title(lists, lists.documents_found, seat_of(key), "libellule")) == count
    assert lists.narrowed(lists.seen(seat_of("pupil")), "libellules").get() == document


def test_the_bin_gives_back_for_thirty_days(college: World, seat_of: Any) -> None:
    document = own_document(college)
    assert leaving.throw_away(seat_of("teacher"), document.pk)
    assert not leaving.throw_away(seat_of("teacher"), document.pk)
    with pytest.raises(writing.NotOpen):
        writing.take_turn(seat_of("teacher"), document.pk)
    assert leaving.restore(seat_of("teacher"), document.pk)
    leaving.throw_away(seat_of("teacher"), document.pk)
    assert leaving.erase_old(timezone.now() + timedelta(days=rules.BIN_DAYS + 1)) == 1
    assert not Version.objects.filter(document=document).exists()


def test_a_person_who_leaves_takes_their_own_and_their_name(college: World, seat_of: Any) -> None:
    teacher = college.people["teacher"]
    mine, of_all = own_document(college), staff_document(college)
    a_comment(of_all, teacher)
    written(of_all, teacher, "De moi.")
    for forget in (
        leaving.forget_documents,
        leaving.forget_updates,
        leaving.forget_versions,
        leaving.forget_authorships,
        leaving.forget_comments,
    ):
        forget(teacher.pk)
    assert not Document.objects.filter(pk=mine.pk).exists()
    of_all.refresh_from_db()
    assert of_all.begun_by is None
    assert "De moi." in texts.html_now(of_all)
    assert not Comment.objects.filter(document=of_all).exists()
    assert not Update.objects.filter(author=teacher).exists()


def test_a_place_that_is_erased_takes_its_documents(college: World) -> None:
    document = staff_document(college)
    before = leaving.count_of_place("staff", college.school.pk)
    assert leaving.erase_place("staff", college.school.pk) == before >= 1
    assert not Document.objects.filter(pk=document.pk).exists()


# Open pages


def test_an_open_page_hears_of_what_its_reader_reads_and_of_nothing_else(
    college: World, twin: World, seat_of: Any
) -> None:
    document = staff_document(college)
    elsewhere = of_staff(twin.school, "Texte du jumeau", twin.people["teacher"])
    asked = f"document:{document.pk}"
    hearing = {
        key
        for key in ("teacher", "head", "pupil", "guardian")
        if channels_for(seat_of(key), [asked, f"document:{elsewhere.pk}", "document", "document:0"])
    }
    assert hearing == {"teacher", "head"}
    found = channels_for(seat_of("teacher"), [asked, f"document:{elsewhere.pk}"])
    assert found == {asked: live.channel(writing.topic_of(document.pk))}
    leaving.throw_away(seat_of("teacher"), document.pk)
    assert channels_for(seat_of("teacher"), [asked]) == {}


@pytest.mark.parametrize(
    ("name", "most"), [("document", 12), ("follow", 9), ("history", 11), ("comments", 11), ("home", 14)]
)
def test_pages_cost_few_statements(college: World, client: SchoolClient, name: str, most: int) -> None:
    document = staff_document(college)
    for rank in range(40):
        of_staff(college.school, f"Autre {rank}", college.people["head"])
        a_comment(document, college.people["head"], text=f"Remarque {rank}.")
    client.sit(college.people["teacher"])
    address = reverse(f"documents:{name}", kwargs={} if name == "home" else {"pk": document.pk})
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) <= most


# What is told


def test_a_comment_is_told_to_who_began_the_document_and_its_answer_to_who_made_it(
    college: World, seat_of: Any
) -> None:
    document = staff_document(college)
    head, teacher = seat_of("head"), seat_of("teacher")
    notices = Item.objects.filter(kind="documents.commented")
    comment, _new = comments.comment(head, document.pk, comments.Said("Le second", "", "À préciser."))
    comments.comment(head, document.pk, comments.Said("Le second", "", "À préciser."))
    assert [item.person_id for item in notices] == [teacher.person.pk]
    comments.answer(teacher, comment, "C’est fait.")
    assert set(notices.values_list("person_id", flat=True)) == {teacher.person.pk, head.person.pk}
    comments.settle(head, comment)
    assert not notices.filter(read_at=None).exists()


def test_who_reads_a_document_no_more_is_not_told_of_it(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    Document.objects.filter(pk=document.pk).update(begun_by=college.people["pupil"])
    comments.comment(seat_of("head"), document.pk, comments.Said("Le second", "", "À préciser."))
    assert not Item.objects.filter(kind="documents.commented").exists()
