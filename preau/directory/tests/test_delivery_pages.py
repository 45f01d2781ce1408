"""A school brings its official files: the whole life of a delivery, who decides, what is refused, what each may read."""

import csv
import json
import re
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Envelope, Item
from preau.commons.notifications.tests import post
from preau.commons.works.models import Work
from preau.directory import rules
from preau.directory.actions import writing
from preau.directory.imports import importer
from preau.directory.imports.importer import DELIVERIES
from preau.directory.imports.run import Result
from preau.directory.imports.spool import Record, Spool
from preau.directory.models import Delivery, DeliveryShare, Holding, Person, School
from preau.directory.queries.deliveries import table_of
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, document, eleve, etab, parent, personnel
from preau.directory.views.deliveries import _approve
from preau.directory.words import Role
from preau.foundation import uploads
from preau.foundation.importers import stages, tasks
from preau.foundation.importers.importer import Outcome
from preau.foundation.importers.rows import OPEN
from preau.foundation.tests.importing import apply, read

State = Delivery.State
pytestmark = pytest.mark.django_db
LIST, NEW = "/annuaire/livraisons/", "/annuaire/livraisons/nouvelle/"
UAI = "0359901A"
PUPILS = [eleve(str(number), "Durand", f"Élève{number}", label="3A") for number in range(100, 130)]
SMALL = [etab(uai=UAI, name="Collège des Tilleuls"), *PUPILS, parent("20"), personnel("30", "Zola", "Émile")]


@pytest.fixture(autouse=True)
def room(settings: Any, tmp_path: Path) -> Path:
    """The files of each test wait in a folder of its own."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "deliveries"


def xml(*records: str, name: str = "ENT_Complet_20261120_Tout_0000.xml", **more: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, document(*(records or SMALL), **more))


@pytest.fixture
def brought(client: SchoolClient, college: World) -> Any:
    """`brought(*files)`: what the secretary sends, as the delivery it makes, not read yet."""

    def send(*files: SimpleUploadedFile, by: str = "secretary") -> Delivery:
        client.sit(college.people[by])
        response = client.post(NEW, {"files": list(files or [xml()])})
        assert response.status_code == 302, response.content.decode()
        return Delivery.objects.get(pk=response.url.rstrip("/").split("/")[-1])

    return send


@pytest.fixture
def shown(brought: Any) -> Any:
    """The same, read."""

    def send(*files: SimpleUploadedFile, by: str = "secretary") -> Delivery:
        delivery = brought(*files, by=by)
        read(DELIVERIES, delivery.pk)
        delivery.refresh_from_db()
        return delivery

    return send


@pytest.fixture
def applied(client: SchoolClient, shown: Any) -> Any:
    """The same, applied."""

    def send(*files: SimpleUploadedFile) -> Delivery:
        delivery = shown(*files)
        assert client.post(address(delivery, "apply")).status_code == 302
        apply(DELIVERIES, delivery.pk)
        delivery.refresh_from_db()
        assert delivery.state == State.DONE
        return delivery

    return send


@pytest.fixture
def held(applied: Any, shown: Any) -> Delivery:
    """Everybody is there, then a delivery comes with nobody but three."""
    applied()
    delivery = shown(xml(SMALL[0], *PUPILS[:3], personnel("30", "Zola", "Émile")))
    assert delivery.state == State.BLOCKED
    return delivery


def address(delivery: Delivery, name: str = "delivery", **more: str) -> str:
    return reverse(f"directory:{name}", kwargs={"pk": delivery.pk, **more})


def text(client: SchoolClient, delivery: Delivery, name: str = "delivery", **more: str) -> str:
    response = client.get(address(delivery, name, **more))
    assert response.status_code == 200
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return " ".join(body.decode().replace("\u202f", " ").split())


def files(room: Path) -> list[str]:
    return sorted(path.name for path in room.rglob("*.xml"))


def work() -> None:
    """What the worker would do of the tasks that wait."""
    while waiting := DBTaskResult.objects.ready().first():
        import_string(waiting.task_path).call(*waiting.args_kwargs["args"])
        DBTaskResult.objects.filter(pk=waiting.pk).delete()


def imported() -> int:
    return Holding.objects.filter(source="aaf", ends=None).count()


# From the files to the report


def test_the_first_page_says_what_to_bring(client: SchoolClient, college: World) -> None:
    client.sit(college.people["secretary"])
    page = client.get(LIST).content.decode()
    assert "Aucune livraison pour l’instant" in page and "extraction complète" in page
    assert "200 fichiers et 300 Mo au plus" in client.get(NEW).content.decode()
    assert 'enctype="multipart/form-data"' in client.get(NEW).content.decode()


def test_the_whole_life_of_a_delivery(client: SchoolClient, college: World, brought: Any, room: Path) -> None:
    Person.objects.filter(pk=college.people["secretary"].pk).update(email="paul@ecole.example")
    delivery = brought()
    assert (delivery.state, delivery.school, delivery.brought_by) == (
        State.RECEIVED,
        college.school,
        college.people["secretary"],
    )
    assert files(room) == delivery.files == ["001_ENT_Complet_20261120_Tout_0000.xml"]
    page = text(client, delivery)
    assert "En train d’être lue" in page and "Actualiser" in page and "data-hx-trigger" in page
    work()
    page = text(client, delivery)
    assert "31 arrivées" in page and "DURAND Élève100" in page and "À vérifier" in page
    assert imported() == 0 and files(room)
    client.post(address(delivery, "apply"))
    assert "En train de s’appliquer" in text(client, delivery)
    work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.preview, delivery.folder, files(room)) == (State.DONE, {}, "", [])
    assert imported() == 31
    page = text(client, delivery)
    assert "31 arrivées" in page and "DURAND" not in page and "Appliquée" in page
    assert "DURAND" not in json.dumps(delivery.report)
    assert "31 arrivées" in client.get(LIST).content.decode()
    letter = mail.outbox[-1]
    assert (letter.subject, letter.to) == ("L’annuaire est à jour", ["paul@ecole.example"])
    assert (
        "Arrivées\u202f: 31" in letter.body
        and "Durand" not in letter.body
        and address(delivery) in letter.body
    )
    verbs = Line.objects.filter(school=college.school, target="directory.delivery").order_by("pk")
    assert [line.verb for line in verbs] == ["directory.delivery_brought", "directory.delivery_agreed"]
    assert all(isinstance(value, int) for line in verbs for value in line.details.values())


def test_what_changes_is_said_kind_by_kind(client: SchoolClient, applied: Any, shown: Any) -> None:
    applied()
    moved = [eleve("100", "Durand", "Élève100", label="3B"), eleve("101", "Dupond", "Élève101")]
    delivery = shown(xml(SMALL[0], *moved, *PUPILS[2:20], personnel("30", "Zola", "Émile")))
    page = text(client, delivery)
    for phrase in ("10 départs", "1 entrée dans une classe", "1 identité changée", "DUPOND Élève101", "3B"):
        assert phrase in page
    assert "2 de plus" in page
    whole = text(client, delivery, "delivery_part", part="departs")
    assert "10 en tout" in whole and whole.count("DURAND") == 10
    assert client.get(address(delivery, "delivery_part", part="familles")).status_code == 404
    assert client.get(address(delivery, "delivery_part", part="autre")).status_code == 404


def test_a_delivery_that_changes_nothing_says_so(client: SchoolClient, applied: Any, shown: Any) -> None:
    applied()
    again = shown()
    assert "Rien : l’annuaire dit déjà la même chose" in text(client, again)
    client.post(address(again, "apply"))
    apply(DELIVERIES, again.pk)
    assert "Rien : l’annuaire disait déjà la même chose" in text(client, again)


def test_lines_set_aside_are_told_with_their_place(client: SchoolClient, shown: Any) -> None:
    nobody = eleve("500", "", "", ENTPersonNomPatro="", sn="")
    elsewhere = [eleve(str(900 + number), school="99") for number in range(300)]
    delivery = shown(xml(*SMALL, nobody, *elsewhere))
    page = text(client, delivery)
    assert "Sans nom." in page and "Ne concerne pas votre établissement" in page
    assert "Mis de côté · 302" in page, (
        "300 pupils of another school, the guardian of nobody, and the one without a name"
    )
    kept = delivery.report["quarantined"]
    assert kept[0]["reason"] == "Sans nom." and len(kept) == 201, "the rarest first, the many cut at 200"
    assert delivery.report["totals"]["quarantined"] == 302
    whole = text(client, delivery, "delivery_part", part="mis-de-cote")
    assert "201 montrées, sur 302" in whole and "500" in whole and "Page 1 sur 5" in whole


def test_a_doubt_told_a_thousand_times_is_counted_whole() -> None:
    spool = Spool()
    spool.files.append("Eleve.xml")
    place = Record(1, "Eleve", "1", 0, 7, {})
    for number in range(1_000):
        spool.warn("Date illisible.", place, key=str(number))
    spool.warn("Autre doute.", place)
    kept, seen = importer._quoted(Result(spool), "warning")
    assert (seen, len(kept)) == ({"Date illisible.": 1_000, "Autre doute.": 1}, 201)
    spool.close()


# Who


@pytest.mark.parametrize("key", ["teacher", "cpe", "guardian", "pupil"])
def test_others_have_no_business_here(client: SchoolClient, college: World, shown: Any, key: str) -> None:
    delivery = shown()
    client.sit(college.people[key])
    assert client.get(LIST).status_code == client.get(NEW).status_code == 403
    assert client.post(NEW, {"files": [xml()]}).status_code == 403
    for name in ("delivery", "report_csv", "report_json"):
        assert client.get(address(delivery, name)).status_code == 404
    for name in ("apply", "approve", "drop"):
        assert client.post(address(delivery, name)).status_code == 404
    delivery.refresh_from_db()
    assert delivery.state == State.PREVIEW


def test_another_school_knows_nothing_of_it(client: SchoolClient, twin: World, shown: Any) -> None:
    delivery = shown()
    client.sit(twin.people["head"])
    assert client.get(address(delivery)).status_code == 404
    assert client.post(address(delivery, "apply")).status_code == 404
    assert "Aucune livraison" in client.get(LIST).content.decode()
    client.post(NEW, {"files": [xml()]})
    theirs = Delivery.objects.get(school=twin.school)
    read(DELIVERIES, theirs.pk)
    assert Delivery.objects.filter(state__in=OPEN).count() == 2, "one delivery a school, not one for all"


def test_what_a_school_brings_changes_no_other(shown: Any, client: SchoolClient, twin: World) -> None:
    before = list(Holding.objects.filter(school=twin.school).order_by("pk").values())
    other = etab("2", uai=twin.school.uai, name="Renommé")
    delivery = shown(xml(*SMALL, other, *(eleve(str(700 + n), school="2", label="3A") for n in range(5))))
    client.post(address(delivery, "apply"))
    apply(DELIVERIES, delivery.pk)
    assert list(Holding.objects.filter(school=twin.school).order_by("pk").values()) == before
    assert TWIN in School.objects.get(pk=twin.school.pk).name


def test_a_second_person_approves_a_large_departure(
    client: SchoolClient, college: World, held: Delivery, room: Path
) -> None:
    page = text(client, held)
    assert "27 personnes sur 31" in page and "une autre personne doit l’approuver" in page
    assert "Hélène Carpentier" in page and "Approuver et appliquer" not in page
    assert client.post(address(held, "approve")).status_code == 403, "the same person may not"
    client.post(address(held, "apply"))
    held.refresh_from_db()
    assert held.state == State.BLOCKED, "nor apply it as if nothing held it"
    client.sit(college.people["head"])
    assert "Approuver et appliquer" in text(client, held)
    client.post(address(held, "approve"))
    held.refresh_from_db()
    assert (held.state, held.approved_by) == (State.APPLYING, college.people["head"])
    apply(DELIVERIES, held.pk)
    held.refresh_from_db()
    assert (held.state, imported(), files(room)) == (State.DONE, 4, [])
    assert "27 départs" in text(client, held) and "Hélène Carpentier" in text(client, held)


def test_nobody_approves_for_another_school(held: Delivery, twin: World, seat_of: Any) -> None:
    head = seat_of("head", world=twin)
    assert not rules.may_approve(head, held) and not rules.may_drop(head, held)
    with pytest.raises(stages.MovedOn):
        _approve(head, held)


def test_an_approval_given_by_somebody_who_has_left_since_is_none(
    client: SchoolClient, college: World, held: Delivery
) -> None:
    client.sit(college.people["head"])
    client.post(address(held, "approve"))
    Holding.objects.filter(person=college.people["head"]).update(ends=NOW.date())
    apply(DELIVERIES, held.pk)
    held.refresh_from_db()
    assert (held.state, held.approved_by, imported()) == (State.BLOCKED, None, 31)


def test_a_departure_that_became_large_after_the_preview_is_held(
    client: SchoolClient, applied: Any, shown: Any, monkeypatch: Any
) -> None:
    applied()
    monkeypatch.setattr(rules, "FEWEST", 10_000)
    delivery = shown(xml(SMALL[0], *PUPILS[:3]))
    assert delivery.state == State.PREVIEW
    client.post(address(delivery, "apply"))
    monkeypatch.undo()
    apply(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == State.BLOCKED and delivery.preview["lines"]["departures"]


# A platform-wide delivery


def test_of_a_delivery_for_many_a_school_reads_its_share_alone(
    client: SchoolClient, college: World, twin: World, tmp_path: Path
) -> None:
    others = [eleve(str(700 + n), f"{TWIN}ois", school="2", label="3A") for n in range(40)]
    unnamed = eleve("4711", "", "", school="2", ENTPersonNomPatro="", sn="")
    folder = deliver(
        tmp_path / "all",
        *SMALL,
        etab("2", uai=twin.school.uai, name=twin.school.name),
        *others,
        unnamed,
        name=f"Export_{TWIN}.xml",
    )
    call_command("import_aaf", str(folder))
    delivery = Delivery.objects.get()
    assert delivery.report["counts"]["arrivals"] == 71
    client.sit(college.people["head"])
    for name in ("delivery", "report_csv", "report_json"):
        page = text(client, delivery, name)
        assert "31" in page
        for foreign in ("71", "40", "4711", "Sans nom", TWIN):
            assert not re.search(rf"\b{foreign}\b", re.sub("<[^>]+>", " ", page)), (name, foreign)
    report = json.loads(text(client, delivery, "report_json"))
    assert not {"read", "created", "files"} & set(report) and report["quarantined"] == []
    # What is read, not the tags: their keys are drawn at random.
    listed = re.sub("<[^>]+>", " ", client.get(LIST).content.decode())
    assert (
        "31 arrivées" in listed
        and not re.search(r"\b71\b", listed)
        and "L’exploitant de la plateforme" in listed
    )
    for part in ("mis-de-cote", "a-verifier", "arrivees"):
        assert client.get(address(delivery, "delivery_part", part=part)).status_code == 404
    for name in ("apply", "approve", "drop"):
        assert client.post(address(delivery, name)).status_code == 403
    client.sit(twin.people["head"])
    assert "40 arrivées" in text(client, delivery)
    assert "Sans nom" in text(client, delivery) and "4711" in text(
        client, delivery, "delivery_part", part="mis-de-cote"
    )


def test_a_delivery_for_others_is_not_shown(
    client: SchoolClient, college: World, twin: World, tmp_path: Path
) -> None:
    folder = deliver(tmp_path / "all", etab("2", uai=twin.school.uai, name=twin.school.name))
    call_command("import_aaf", str(folder))
    client.sit(college.people["head"])
    assert client.get(address(Delivery.objects.get())).status_code == 404


# What is refused


def refused(client: SchoolClient, *files: Any) -> str:
    response = client.post(NEW, {"files": list(files)})
    assert response.status_code == 422
    assert not Delivery.objects.exists()
    page = response.content.decode()
    assert 'id="id_files_error"' in page and 'aria-invalid="true"' in page
    return page


def test_bad_files_are_told_beside_the_field(client: SchoolClient, college: World, room: Path) -> None:
    client.sit(college.people["secretary"])
    assert "Choisissez les fichiers de la livraison." in refused(client)
    assert "n’est pas un fichier XML" in refused(client, SimpleUploadedFile("a.xml", b"%PDF-1.7"))
    archive = BytesIO()
    with ZipFile(archive, "w") as target:
        target.writestr("../../etc/passwd.xml", "<a/>")
    assert "refusée par sécurité" in refused(client, SimpleUploadedFile("a.zip", archive.getvalue()))
    assert not room.exists() or uploads.folders(room) == []


def test_files_too_heavy_to_be_read_are_told_beside_the_field(
    client: SchoolClient, college: World, monkeypatch: Any
) -> None:
    client.sit(college.people["secretary"])
    monkeypatch.setattr(uploads, "CEILING", 100)
    assert "pas plus de 300 Mo à la fois" in refused(client, xml())


def test_an_unreadable_file_is_refused_with_its_line(client: SchoolClient, shown: Any, room: Path) -> None:
    cut = SimpleUploadedFile("Eleve.xml", document(*SMALL)[:3000])
    delivery = shown(cut)
    assert (delivery.state, delivery.folder, files(room)) == (State.REFUSED, "", [])
    page = text(client, delivery)
    assert "001_Eleve.xml, ligne" in page and "s’arrête au milieu" in page and "Que faire" in page
    assert client.post(address(delivery, "apply")).status_code == 302
    assert "Refus;001_Eleve.xml" in text(client, delivery, "report_csv")
    client.get(NEW)
    assert "Une livraison est déjà en cours" not in client.get(NEW).content.decode()


def test_a_hostile_xml_is_refused(shown: Any) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "y">]><ficAlimMENESR>&x;</ficAlimMENESR>'
    delivery = shown(SimpleUploadedFile("a.xml", bomb))
    assert delivery.state == State.REFUSED and "déclaration" in delivery.report["errors"][0]["reason"]


def test_files_that_vanished_are_told(shown: Any, brought: Any, room: Path) -> None:
    delivery = brought()
    uploads.remove(room, delivery.folder)
    read(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == State.REFUSED and "ne sont plus là" in delivery.report["errors"][0]["reason"]


# Twice


def test_a_second_delivery_waits_for_the_first(client: SchoolClient, brought: Any, room: Path) -> None:
    delivery = brought()
    for by in ("secretary", "head"):
        assert brought(by=by) == delivery
    assert len(files(room)) == 1 and Delivery.objects.count() == 1
    assert "vos nouveaux fichiers ne sont pas pris" in text(client, delivery).lower()
    assert "Voir la livraison en cours" in client.get(NEW).content.decode()
    client.post(address(delivery, "drop"))
    assert brought() != delivery


def test_the_database_holds_to_one_delivery_a_school(brought: Any, college: World) -> None:
    brought()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(school=college.school)
    Delivery.objects.create(school=None)
    Delivery.objects.create(school=None)


def test_the_loser_of_two_clicks_leaves_no_file(
    brought: Any, college: World, seat_of: Any, monkeypatch: Any, room: Path
) -> None:
    brought()
    once = iter([None])
    real = stages._only_one
    monkeypatch.setattr(stages, "_only_one", lambda *asked: next(once, "asked") and real(*asked))
    with pytest.raises(stages.AlreadyOne):
        stages.bring(DELIVERIES, seat_of("secretary"), [xml()])
    assert len(uploads.folders(room)) == 1


def test_a_decision_taken_twice_counts_once(client: SchoolClient, shown: Any) -> None:
    delivery = shown()
    client.post(address(delivery, "apply"))
    again = client.post(address(delivery, "apply"), follow=True)
    assert "a avancé entre-temps" in again.content.decode()
    asked = DBTaskResult.objects.filter(task_path=tasks.apply_import.module_path)
    assert asked.count() == 1
    assert "a avancé entre-temps" in client.post(address(delivery, "drop"), follow=True).content.decode()
    delivery.refresh_from_db()
    assert delivery.state == State.APPLYING


def test_a_dropped_delivery_leaves_nothing(client: SchoolClient, shown: Any, room: Path) -> None:
    delivery = shown()
    page = client.post(address(delivery, "drop"), follow=True).content.decode()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.preview, delivery.folder, files(room)) == (State.DROPPED, {}, "", [])
    assert "L’annuaire n’a pas changé" in page and "Élève100" not in page
    read(DELIVERIES, delivery.pk)
    apply(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == State.DROPPED and imported() == 0


def test_dropping_while_it_is_read_stops_it(
    client: SchoolClient, brought: Any, monkeypatch: Any, room: Path
) -> None:
    delivery = brought()
    real = stages.show

    def late(*arguments: Any, **more: Any) -> None:
        client.post(address(delivery, "drop"))
        real(*arguments, **more)

    monkeypatch.setattr(stages, "show", late)
    read(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.preview, files(room)) == (State.DROPPED, {}, [])


# Killed, busy, forgotten


class Killed(BaseException):
    """The worker dies here."""


def kill(*_: Any, **__: Any) -> None:
    raise Killed


def test_a_reading_killed_and_taken_up_again_ends_the_same(brought: Any, monkeypatch: Any) -> None:
    delivery = brought()
    with monkeypatch.context() as patch:
        patch.setattr(stages, "show", kill)
        with pytest.raises(Killed):
            read(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == State.READING
    read(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == State.PREVIEW and delivery.preview["counts"]["arrivals"] == 31
    before = delivery.report
    read(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.report) == (State.PREVIEW, before)


@pytest.mark.parametrize(
    ("where", "written"),
    [((writing, "_keep"), 0), ((stages, "settle"), 31)],
    ids=["inside the transaction", "after it"],
)
def test_an_application_killed_and_taken_up_again_ends_the_same(
    client: SchoolClient, shown: Any, monkeypatch: Any, room: Path, where: Any, written: int
) -> None:
    delivery = shown()
    client.post(address(delivery, "apply"))
    with monkeypatch.context() as patch:
        patch.setattr(*where, kill)
        with pytest.raises(Killed):
            apply(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, imported()) == (State.APPLYING, written)
    for _again in range(2):
        apply(DELIVERIES, delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, imported(), files(room)) == (State.DONE, 31, [])
    assert delivery.shares.get().counts["arrivals"] == 31, "the second try did not say that nothing changed"
    assert delivery.report["applied"] and "31 arrivées" in text(client, delivery)
    assert Line.objects.filter(verb="directory.delivery_applied").count() == 1
    assert Item.objects.filter(kind="directory.delivery_applied").count() == 1


def test_a_busy_platform_makes_it_wait(client: SchoolClient, brought: Any, monkeypatch: Any) -> None:
    delivery = brought()
    DBTaskResult.objects.all().delete()
    monkeypatch.setattr(tasks, "only_one", lambda _name: db_busy())
    assert read(DELIVERIES, delivery.pk) == State.RECEIVED
    assert "une autre livraison est en cours" in text(client, delivery)
    later = DBTaskResult.objects.get()
    assert later.task_path == tasks.read_import.module_path and later.run_after > NOW


class db_busy:  # noqa: N801 - stands for a context manager
    def __enter__(self) -> bool:
        return False

    def __exit__(self, *_: Any) -> None:
        return None


def test_the_progress_is_written_once_a_second_at_most(monkeypatch: Any) -> None:
    seconds = iter([0, 0.2, 0.4, 1.5, 1.6])
    monkeypatch.setattr(importer.time, "monotonic", lambda: next(seconds))
    steps: list[Any] = []
    teller = importer.Teller(lambda *progress: steps.append(progress))
    for done in range(4):
        teller("Lecture", done, 4)
    teller("Établissements", 0, 1)
    assert steps == [
        ("Lecture des fichiers", 0, 4),
        ("Lecture des fichiers", 3, 4),
        ("Comparaison avec l’annuaire", 0, 0),
    ]


def test_the_page_asks_for_its_progress_and_nothing_else(client: SchoolClient, brought: Any) -> None:
    delivery = brought()
    stages.tell(DELIVERIES, delivery.pk, "Lecture des fichiers", 3, 8)
    asked = {"HX-Request": "true", "HX-Target": "progress"}
    part = client.get(address(delivery), headers=asked)
    assert part.content.decode().strip().startswith("<div id") and "3 sur 8" in part.content.decode()
    read(DELIVERIES, delivery.pk)
    part = client.get(address(delivery), headers=asked)
    assert (part.headers["HX-Refresh"], part.content) == ("true", b"")


# As works of whoever asked for them


def state_of(key: str, delivery: Delivery) -> str:
    return Work.objects.values_list("state", flat=True).get(key=f"directory.{key}-{delivery.pk}")


def test_reading_then_applying_are_works_of_those_who_asked(
    client: SchoolClient, college: World, brought: Any
) -> None:
    delivery = brought()
    client.sit(college.people["secretary"])
    page = client.get("/travaux/").content.decode()
    assert (
        "Lecture d’une livraison" in page and f'href="{address(delivery)}"' in page and "Abandonner" in page
    )
    read(DELIVERIES, delivery.pk)
    assert state_of("read", delivery) == "done"
    client.sit(college.people["head"])
    assert client.post(address(delivery, "apply")).status_code == 302
    work = Work.objects.get(key=f"directory.apply-{delivery.pk}")
    assert (work.person, work.can_stop, work.state) == (college.people["head"], False, "waiting")
    page = client.get("/travaux/").content.decode()
    assert "Application d’une livraison" in page and "Lecture d’une livraison" not in page
    assert "Abandonner" not in page
    apply(DELIVERIES, delivery.pk)
    assert state_of("apply", delivery) == "done"
    # The delivery says itself that it is over: one news, not two.
    assert set(Item.objects.filter(person=college.people["secretary"]).values_list("kind", flat=True)) == {
        "directory.delivery_to_check",
        "directory.delivery_applied",
    }


def test_a_delivery_that_cannot_be_read_is_a_work_that_failed(brought: Any) -> None:
    delivery = brought(SimpleUploadedFile("ENT_Complet_20261120_Tout_0000.xml", document(SMALL[0])[:-30]))
    read(DELIVERIES, delivery.pk)
    assert state_of("read", delivery) == "failed"


@pytest.mark.parametrize("where", ["works", "delivery"])
def test_a_delivery_given_up_while_it_is_read_frees_its_place(
    client: SchoolClient, brought: Any, room: Path, monkeypatch: Any, where: str
) -> None:
    delivery = brought()
    work = Work.objects.get(key=f"directory.read-{delivery.pk}")
    stop = reverse("works:stop", kwargs={"pk": work.pk}) if where == "works" else address(delivery, "drop")
    steps: list[str] = []
    tell = stages.tell

    def given_up_at_the_first_step(*progress: Any) -> None:
        if not steps:
            assert client.post(stop).status_code == 302
        steps.append(progress[2])
        tell(*progress)

    monkeypatch.setattr(stages, "tell", given_up_at_the_first_step)
    assert read(DELIVERIES, delivery.pk) == "dropped"
    assert len(steps) == 1
    delivery.refresh_from_db()
    assert (delivery.state, files(room), state_of("read", delivery)) == (State.DROPPED, [], "cancelled")
    assert Line.objects.filter(verb="directory.delivery_dropped", target_id=delivery.pk).count() == 1


def test_a_delivery_given_up_while_it_waits_is_not_read(client: SchoolClient, brought: Any) -> None:
    delivery = brought()
    work = Work.objects.get(key=f"directory.read-{delivery.pk}")
    client.post(reverse("works:stop", kwargs={"pk": work.pk}))
    assert read(DELIVERIES, delivery.pk) == "dropped"
    work.refresh_from_db()
    assert (work.state, work.begun_at) == ("cancelled", None)


def test_what_is_read_or_applied_is_not_given_up_from_the_works(
    client: SchoolClient, college: World, shown: Any, room: Path
) -> None:
    delivery = shown()
    read = Work.objects.get(key=f"directory.read-{delivery.pk}")
    # A page that was left open still has the button.
    Work.objects.filter(pk=read.pk).update(ended_at=None, state="running")
    page = client.post(reverse("works:stop", kwargs={"pk": read.pk}), follow=True).content.decode()
    assert "ne peut plus être abandonné" in page
    client.post(address(delivery, "apply"))
    applying = Work.objects.get(key=f"directory.apply-{delivery.pk}")
    client.post(reverse("works:stop", kwargs={"pk": applying.pk}))
    delivery.refresh_from_db()
    assert (delivery.state, len(files(room))) == (State.APPLYING, 1)
    assert not Line.objects.filter(verb="works.stopped").exists()


def test_whoever_lost_the_directory_gives_up_nothing(
    client: SchoolClient, college: World, brought: Any
) -> None:
    delivery = brought()
    Holding.objects.filter(person=college.people["secretary"]).update(role=Role.OTHER)
    work = Work.objects.get(key=f"directory.read-{delivery.pk}")
    page = client.post(reverse("works:stop", kwargs={"pk": work.pk}), follow=True).content.decode()
    assert "ne peut plus être abandonné" in page
    delivery.refresh_from_db()
    assert delivery.state == State.RECEIVED


def test_what_nobody_decides_is_dropped_after_a_week(
    client: SchoolClient, shown: Any, clock: Any, room: Path
) -> None:
    delivery = shown()
    clock.shift(timedelta(days=6, hours=23))
    assert tasks.expire_imports.call()["dropped"] == 0
    clock.shift(timedelta(hours=2))
    assert tasks.expire_imports.call()["dropped"] == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.preview, files(room)) == (State.DROPPED, {}, [])
    assert Line.objects.filter(verb="directory.delivery_expired", target_id=delivery.pk).count() == 1


def test_work_that_never_ends_is_given_up(client: SchoolClient, brought: Any, clock: Any, room: Path) -> None:
    delivery = brought()
    clock.shift(timedelta(hours=25))
    tasks.expire_imports.call()
    delivery.refresh_from_db()
    assert (delivery.state, files(room)) == (State.REFUSED, [])
    client.sit(delivery.brought_by)
    assert "n’a pas abouti" in text(client, delivery)


def test_work_that_died_after_writing_is_said_done(
    client: SchoolClient, shown: Any, clock: Any, monkeypatch: Any, room: Path
) -> None:
    delivery = shown()
    client.post(address(delivery, "apply"))
    with monkeypatch.context() as patch:
        patch.setattr(stages, "settle", kill)
        with pytest.raises(Killed):
            apply(DELIVERIES, delivery.pk)
    clock.shift(timedelta(hours=25))
    tasks.expire_imports.call()
    delivery.refresh_from_db()
    assert (delivery.state, files(room)) == (State.DONE, [])


def test_files_of_no_delivery_are_removed(shown: Any, room: Path, clock: Any) -> None:
    delivery = shown()
    lost, _names = uploads.keep_xml([xml()], room, uploads.Limits())
    (room / "notes").mkdir()
    tasks.expire_imports.call()
    assert (room / lost).is_dir(), "it may be a delivery that is arriving"
    clock.shift(timedelta(days=400))
    Delivery.objects.update(moved_at=NOW + timedelta(days=400))
    tasks.expire_imports.call()
    assert not (room / lost).exists() and (room / delivery.folder).is_dir() and (room / "notes").is_dir()


# Taken away


def test_the_report_is_taken_away_without_names_or_formulas(client: SchoolClient, shown: Any) -> None:
    evil = eleve("=cmd|'/c calc'!A1", "", "", ENTPersonNomPatro="", sn="")
    delivery = shown(xml(*SMALL, evil, name="=HYPERLINK(1).xml"))
    rows = list(csv.reader(StringIO(text_of_csv(client, delivery)), delimiter=";"))
    assert rows[0] == ["\ufeffNature", "Fichier", "Ligne", "Clé", "Texte", "Nombre"]
    assert ["Compte", "", "", "", "Arrivées", "31"] in rows
    assert any(row[3] == "'=cmd|'/c calc'!A1" and row[4] == "Sans nom." for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    report = json.loads(client.get(address(delivery, "report_json")).content)
    assert report["files"] == ["001_HYPERLINK_1.xml"] and report["counts"]["arrivals"] == 31
    for name in ("report_csv", "report_json"):
        response = client.get(address(delivery, name))
        assert "attachment" in response.headers["Content-Disposition"]
        assert "Durand" not in text(client, delivery, name) and "DURAND" not in text(client, delivery, name)
    assert Line.objects.filter(verb="directory.report_exported").exists()


def text_of_csv(client: SchoolClient, delivery: Delivery) -> str:
    return b"".join(client.get(address(delivery, "report_csv")).streaming_content).decode()


def test_a_long_report_stays_light_and_quick(
    client: SchoolClient, college: World, django_assert_max_num_queries: Any
) -> None:
    client.sit(college.people["secretary"])
    reason = "La même clé est déjà lue à la ligne {} de PREAU_Complet_20261120_Eleve_0000.xml, avec un autre contenu."
    notes = [
        {
            "file": "001_PREAU_Complet_20261120_Eleve_0000.xml",
            "line": n,
            "key": str(n),
            "reason": reason.format(n),
        }
        for n in range(1_000)
    ]
    report = {
        "sentences": {"quarantined": [[note["reason"], 1] for note in notes[:50]]},
        "quarantined": notes,
    }
    lines = [{"name": f"ÉLÈVE Numéro{n}", "detail": "Élève"} for n in range(200)]
    delivery = Delivery.objects.create(
        school=college.school,
        brought_by=college.people["head"],
        state=State.PREVIEW,
        report=report,
        preview={"counts": {"arrivals": 900}, "lines": {"arrivals": lines}},
    )
    parts = [address(delivery, "delivery_part", part=part) for part in ("mis-de-cote", "arrivees")]
    for page in (address(delivery), *parts):
        with django_assert_max_num_queries(12):
            response = client.get(page)
        assert len(response.content) <= 60_000
    assert "200 montrées, sur 900" in text(client, delivery, "delivery_part", part="arrivees")


def test_the_list_leaves_reports_in_the_database(client: SchoolClient, college: World, seat_of: Any) -> None:
    for number in range(45):
        Delivery.objects.create(
            school=college.school, state=State.DONE, report={"counts": {"arrivals": number}}
        )
    viewer = seat_of("head")
    assert {"report", "preview"} <= table_of(viewer)[0].get_deferred_fields()
    client.sit(college.people["head"])
    page = client.get(LIST, {"page": 3}).content.decode()
    assert page.count("<tr") == 1 + 5 and "4 arrivées" in page and "Aucun" in page


# The mail


def test_the_letter_goes_to_nobody_who_has_left(applied: Any, college: World) -> None:
    Person.objects.filter(pk=college.people["secretary"].pk).update(email="paul@ecole.example")
    applied()
    post.deliver()
    before = len(mail.outbox)
    (envelope,) = Envelope.objects.filter(person=college.people["secretary"])
    Envelope.objects.update(sent_at=None)
    Holding.objects.filter(person=college.people["secretary"], role=Role.SECRETARY).update(ends=NOW.date())
    assert post.send(envelope.pk) is False
    assert len(mail.outbox) == before


def test_a_large_departure_calls_the_others_and_an_answer_settles_it(
    client: SchoolClient, brought: Any, college: World
) -> None:
    """The head is asked, not whoever brought it; once somebody has decided, nothing waits in anybody's list."""
    delivery = brought()
    stages.start(DELIVERIES, delivery.pk, State.READING, State.RECEIVED)
    stages.show(DELIVERIES, delivery.pk, Outcome({}, {}, State.BLOCKED))
    asked = Item.objects.unread().filter(kind="directory.delivery_to_approve")
    assert [item.person for item in asked] == [college.people["head"]]
    client.sit(college.people["head"])
    assert "Une livraison attend votre accord" in client.get("/notifications/").content.decode()
    client.post(address(delivery, "drop"))
    assert not asked.all().exists()


def test_of_a_delivery_for_several_a_school_reads_its_own_notes(
    client: SchoolClient, college: World, twin: World
) -> None:
    delivery = Delivery.objects.create(state=State.DONE, settled_at=NOW)
    for world, reason in ((college, "Sans date de naissance."), (twin, "Matière inconnue.")):
        place = {"file": "001_Eleve.xml", "line": 7, "key": world.uai, "reason": reason}
        notes = {"warnings": [place], "sentences": {"warnings": [[reason, 1]]}, "totals": {"warnings": 1}}
        DeliveryShare.objects.create(delivery=delivery, school=world.school, counts={}, notes=notes)
    client.sit(college.people["secretary"])
    pages = [address(delivery), address(delivery) + "a-verifier/", address(delivery) + "rapport.json"]
    for page in [client.get(page).content.decode() for page in pages]:
        assert "Sans date de naissance." in page and "Matière inconnue." not in page
    table = b"".join(client.get(address(delivery) + "rapport.csv").streaming_content).decode()
    assert "Sans date de naissance." in table and twin.uai not in table


def test_a_share_is_seen_by_those_who_keep_the_directory(applied: Any, seat_of: Any, twin: World) -> None:
    applied()
    assert DeliveryShare.objects.visible_to(seat_of("head")).count() == 1
    assert not DeliveryShare.objects.visible_to(seat_of("teacher")).exists()
    assert not DeliveryShare.objects.visible_to(seat_of("head", world=twin)).exists()
