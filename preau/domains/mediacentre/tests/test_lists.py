"""Lists of the GAR: what is read, what is refused with its line, what applying does, and that twice is once."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.domains.mediacentre.actions import assigning, bringing, telling
from preau.domains.mediacentre.imports import reading
from preau.domains.mediacentre.imports.reading import uai_in
from preau.domains.mediacentre.models import BroughtList, Resource, Rule, Subscription
from preau.domains.mediacentre.queries.previews import Proposal
from preau.domains.mediacentre.tests.conftest import liste, resource, subscription
from preau.foundation.reading import Unreadable

UAI = "0359901A"
LISTS = reverse("mediacentre:lists")


def xml_of(*rows: dict[str, str], root: str = "abonnements", record: str = "abonnement") -> bytes:
    inside = "\n".join(
        f"<{record}>" + "".join(f"<{key}>{value}</{key}>" for key, value in row.items()) + f"</{record}>"
        for row in rows
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="urn:test">\n{inside}\n</{root}>'.encode()


def flat(row: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in row.items() if isinstance(value, str)}


def read(content: bytes) -> Any:
    return reading.read(content, "liste.json", UAI)


@pytest.fixture
def empty(college: World) -> World:
    """The school without the resources of its seeds."""
    Rule.objects.filter(school=college.school).delete()
    Resource.objects.filter(school=college.school).delete()
    return college


def apply(world: World, content: bytes) -> BroughtList | None:
    kind, facts = reading.read(content, "liste.json", world.school.uai)
    return bringing.apply_answer(world.school, kind, facts, "liste.json", "d")


# Reading


def test_a_list_in_json_is_read() -> None:
    kind, facts = read(liste(resource(1), resource(2, typePresentation=None, nomEditeur=None)))
    assert kind == "resources"
    one, two = facts["records"]
    assert (one["code"], one["publisher"], one["kind"]) == (
        "ark:/00001/r1",
        "Éditions inventées",
        "manuels numériques",
    )
    assert one["subjects"] == ["mathématiques (6e)"]
    assert (two["publisher"], two["kind"]) == ("", "")
    assert facts["aside"] == []


def test_the_same_list_in_xml_says_the_same() -> None:
    fields = flat(resource(1)) | {"urlAccesRessource": resource(1)["urlAccesRessource"].replace("&", "&amp;")}
    content = xml_of(fields, root="listeRessources", record="ressource")
    _kind, facts = read(content)
    assert (
        facts["records"][0] | {"kind": "manuels numériques", "subjects": ["mathématiques (6e)"]}
        == read(liste(resource(1)))[1]["records"][0]
    )


def test_one_resource_alone_is_a_list_too() -> None:
    content = json.dumps({"listeRessources": {"ressource": resource(1)}}).encode()
    assert len(read(content)[1]["records"]) == 1


def test_records_that_do_not_read_are_left_out_with_their_line() -> None:
    rows = [
        resource(1),
        resource(2, nomRessource=""),
        resource(3, urlAccesRessource="http://sp-auth.gar.example/x"),
        resource(4, urlAccesRessource="https://gar.example.pirate.test/x"),
        resource(1),
        resource(5, idRessource=""),
        "texte",
        resource(6, urlAccesRessource="https://sp-auth.gar.example@pirate.test/"),
        resource(7, urlAccesRessource="javascript:alert(1)"),
    ]
    content = liste(*rows)
    _kind, facts = read(content)
    assert [record["code"] for record in facts["records"]] == ["ark:/00001/r1"]
    assert len(facts["aside"]) == 8
    lines = content.decode().split("\n")
    placed = {one["what"]: one["line"] for one in facts["aside"] if one["what"] == "Ressource 3"}
    assert "{" in lines[placed["Ressource 3"] - 1]
    assert any(
        '"Ressource 3"' in line for line in lines[placed["Ressource 3"] - 1 : placed["Ressource 3"] + 5]
    )
    reasons = " ".join(one["reason"] for one in facts["aside"])
    for words in (
        "nom de la ressource manque",
        "https ordinaire",
        "n’est pas un site du GAR",
        "déjà plus haut",
        "identifiant manque",
    ):
        assert words in reasons


BOMB = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "b">]><listeRessources><ressource><nomRessource>&a;</nomRessource></ressource></listeRessources>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"{", "bien formé"),
        (b'{"listeRessources": {"ressource": [', "bien formé"),
        (b'{"autre": 1}', "ni une liste"),
        (b"[" * 100_000, "imbriqué"),
        (b"\xff\xfe\x00", "UTF-8"),
        (
            json.dumps({"Erreur": {"Code": "Bad Request", "Message": "Établissement non trouvé"}}).encode(),
            "non trouvé",
        ),
        (BOMB.encode(), "déclaration"),
        (b'<!DOCTYPE l SYSTEM "file:///etc/passwd"><autre/>', "ni une liste"),
        (b"<listeRessources><ressource>", "milieu"),
        (b"<listeRessourcesDiffusables/>", "catalogue national"),
        (liste(resource(1, uai="0359999Z")), "0359999Z"),
        (liste(resource(1, nomRessource="")), "Aucune ressource ne se lit"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content)
    assert words in refusal.value.reason


def test_the_school_of_an_address() -> None:
    assert uai_in("https://x.gar.example/?idEtab=MDY1MDQ5OVAtRVQ2") == "0650499P"
    assert uai_in("https://x.gar.example/?idEtab=%%%") == ""
    assert uai_in("https://x.gar.example/") == ""


def test_subscriptions_are_read_with_their_numbers() -> None:
    by_public = subscription(
        2,
        nbLicenceGlobale="",
        nbLicenceEleve="320",
        nbLicenceEnseignant="ILLIMITE",
        typeAffectation="ETABL",
        categorieAffectation="non transferable",
        publicCible=["ELEVE", "ENSEIGNANT"],
    )
    kind, facts = read(json.dumps([subscription(1, publicCible="ELEVE"), by_public]).encode())
    assert kind == "subscriptions"
    one, pupils, teachers = facts["records"]
    assert (one["licences"], one["publics"], one["starts"], one["ends"]) == (
        30,
        ["pupil"],
        "2026-08-16",
        "2027-08-15",
    )
    assert (pupils["share"], pupils["licences"], teachers["licences"]) == ("pupil", 320, -1)
    assert (teachers["kind"], teachers["transferable"]) == ("school", False)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"nbLicenceGlobale": "-4"}, "ne se lit pas"),
        ({"nbLicenceGlobale": ""}, "manque pour un public"),
        ({"publicCible": ["PARENT"]}, "Public inconnu"),
        ({"publicCible": []}, "public n’est pas dit"),
        ({"typeAffectation": "?"}, "ni INDIV ni ETABL"),
        ({"finValidite": "demain"}, "date"),
        ({"finValidite": "2020-01-01"}, "finit avant"),
        ({"uaiEtab": "0359999Z"}, "0359999Z"),
    ],
)
def test_a_subscription_that_does_not_read_is_left_out(more: dict[str, Any], words: str) -> None:
    _kind, facts = read(json.dumps([subscription(1, **more)]).encode())
    assert facts["records"] == []
    assert words in facts["aside"][0]["reason"]
    assert facts["aside"][0]["line"] == 1


def test_one_subscription_in_xml_is_read() -> None:
    fields = flat(subscription(1)) | {"publicCible": "ELEVE</publicCible><publicCible>ENSEIGNANT"}
    alone = xml_of(fields).replace(b'<abonnements xmlns="urn:test">', b"").replace(b"</abonnements>", b"")
    for content in (xml_of(fields), alone):
        assert read(content)[1]["records"][0]["publics"] == ["pupil", "teacher"]


# Applying


def test_twice_is_once(empty: World) -> None:
    content = liste(resource(1), resource(2))
    brought = apply(empty, content)
    assert brought is not None
    assert brought.report["created"] == 2
    assert apply(empty, content) is None
    assert Resource.objects.filter(school=empty.school).count() == 2


def test_what_left_the_list_is_closed_with_its_rules_suspended_and_told(
    empty: World, seat_of: Any, assigner: Viewer
) -> None:
    apply(empty, liste(resource(1), resource(2)))
    one = Resource.objects.get(school=empty.school, code="ark:/00001/r1")
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [one.pk])
    apply(empty, liste(resource(2)))
    one.refresh_from_db()
    assert not one.is_open
    assert one.rules.filter(ended_at=None).exists()
    pupil = seat_of("pupil")
    assert one not in Resource.objects.visible_to(pupil)
    assert telling.tell_gone(empty.school.pk, [one.pk], "1") == 6
    assert Item.objects.filter(kind="mediacentre.gone", person=empty.people["pupil"]).count() == 1
    recipients = set(Item.objects.filter(kind="mediacentre.list").values_list("person_id", flat=True))
    assert recipients == {empty.people["head"].pk, assigner.person.pk}
    apply(empty, liste(resource(1), resource(2)))
    assert one in Resource.objects.visible_to(pupil)


def test_a_record_that_does_not_read_closes_nothing(empty: World) -> None:
    apply(empty, liste(resource(1), resource(2)))
    assert apply(empty, liste(resource(1), resource(2, nomRessource=""))) is None
    assert Resource.objects.filter(school=empty.school, is_open=True).count() == 2


def test_subscriptions_need_their_resource_and_end_with_the_file(empty: World) -> None:
    apply(empty, liste(resource(1)))
    brought = apply(empty, json.dumps([subscription(1), subscription(9)], indent=1).encode())
    assert brought is not None
    assert (brought.report["created"], len(brought.report["aside"])) == (1, 1)
    assert "ark:/00001/r9" in brought.report["aside"][0]["reason"]
    row = Subscription.objects.get(school=empty.school, code="AB-1")
    assert (row.licences, row.publics) == (30, ["pupil"])
    apply(empty, json.dumps([subscription(1, nbLicenceGlobale="40")]).encode())
    row.refresh_from_db()
    assert row.licences == 40
    apply(empty, b"[]")
    row.refresh_from_db()
    assert not row.is_open


def test_the_school_reads_looks_and_applies(empty: World, client: SchoolClient, librarian: Person) -> None:
    client.sit(librarian)
    answer = send(client, liste(resource(1), resource(2, nomRessource="")))
    assert answer.status_code == 302
    brought = BroughtList.objects.get(school=empty.school)
    page = client.get(answer.url).content.decode()
    assert "Rien n’a encore changé" in page
    assert "Le nom de la ressource manque." in page
    assert not Resource.objects.filter(school=empty.school).exists()
    assert send(client, liste(resource(1), resource(2, nomRessource=""))).url == answer.url
    apply_page = reverse("mediacentre:apply_list", kwargs={"pk": brought.pk})
    for _time in range(2):
        assert client.post(apply_page).status_code == 302
        assert Resource.objects.filter(school=empty.school, is_open=True).count() == 1
    brought.refresh_from_db()
    assert (brought.state, brought.facts) == ("applied", {})


def test_a_refused_file_says_its_line_beside_the_field(
    empty: World, client: SchoolClient, librarian: Person
) -> None:
    client.sit(librarian)
    answer = send(client, BOMB.encode())
    assert answer.status_code == 422
    assert "Ligne 1 : Le fichier contient une déclaration" in answer.content.decode().replace("\u202f", " ")
    assert not BroughtList.objects.filter(school=empty.school).exists()


def test_nobody_else_brings_a_list(empty: World, client: SchoolClient) -> None:
    for key in ("teacher", "cpe", "secretary", "pupil", "guardian"):
        client.sit(empty.people[key])
        assert send(client, liste(resource(1))).status_code == 403, key


def send(client: SchoolClient, content: bytes) -> Any:
    return client.post(LISTS, {"liste": SimpleUploadedFile("liste.json", content)})


# The operator's command


def test_the_command_applies_what_lies_in_a_folder(empty: World, tmp_path: Path) -> None:
    (tmp_path / f"{UAI}.json").write_bytes(liste(*(resource(n) for n in range(1, 6))))
    (tmp_path / f"{UAI}-abonnements.json").write_bytes(json.dumps([subscription(1)]).encode())
    (tmp_path / "autre.json").write_bytes(b"{}")
    report = tmp_path / "report.txt"
    call_command("import_gar_lists", tmp_path, "--school", UAI, "--dry-run", "--json", report)
    assert not Resource.objects.filter(school=empty.school).exists()
    call_command("import_gar_lists", tmp_path, "--school", UAI, "--json", report)
    assert Resource.objects.filter(school=empty.school).count() == 5
    assert [load["applied"] for load in json.loads(report.read_text())] == [True, True]
    call_command("import_gar_lists", tmp_path, "--school", UAI, "--json", report)
    assert [load["applied"] for load in json.loads(report.read_text())] == [False, False]
    (tmp_path / f"{UAI}.json").write_bytes(liste(resource(1)))
    with pytest.raises(CommandError) as many:
        call_command("import_gar_lists", tmp_path, "--school", UAI)
    assert many.value.returncode == 3
    assert Resource.objects.filter(school=empty.school, is_open=True).count() == 5
    call_command("import_gar_lists", tmp_path, "--school", UAI, "--close-many")
    assert Resource.objects.filter(school=empty.school, is_open=True).count() == 1


def test_the_command_tells_the_school_of_a_refused_list(empty: World, tmp_path: Path) -> None:
    (tmp_path / f"{UAI}.xml").write_bytes(BOMB.encode())
    for _time in range(2):
        with pytest.raises(CommandError) as refused:
            call_command("import_gar_lists", tmp_path)
        assert refused.value.returncode == 2
    item = Item.objects.get(kind="mediacentre.list", person=empty.people["head"])
    assert "déclaration" in str(item.facts)


def test_ends_that_come_are_told_once(empty: World) -> None:
    apply(empty, liste(resource(1), resource(2)))
    soon = {"finValidite": "2026-12-10"}
    apply(empty, json.dumps([subscription(1, **soon), subscription(2)]).encode())
    for _time in range(2):
        telling.warn_of_endings()
    items = Item.objects.filter(kind="mediacentre.list", person=empty.people["head"])
    assert [item.facts["what"] for item in items if "Ressource 1" in item.facts["what"]]
    assert not [item for item in items if "Ressource 2" in item.facts["what"]]
    assert items.count() == 1
