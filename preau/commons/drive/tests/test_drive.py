"""Files: who sees what, names, moves, the bin, versions, shares until a day, and who opened what."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.drive import exports, rules
from preau.commons.drive.actions import keeping, leaving, sharing
from preau.commons.drive.models import Item, Nesting, Opening, Share, Version
from preau.commons.drive.queries import lists, places, shown
from preau.commons.drive.queries.places import Place
from preau.commons.drive.tests.props import (
    a_share,
    an_item,
    class_item,
    former_version,
    known,
    many_openings,
    of_class,
    own_item,
)
from preau.commons.files import actions as files
from preau.commons.files.models import StoredFile
from preau.commons.files.rules import DOCUMENTS, PAPER
from preau.commons.files.tests.samples import PDF, picture, sent
from preau.commons.notifications.models import Item as News
from preau.directory.models import Enrolment, Group
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.foundation import boards
from preau.foundation.uploads import UploadRefused
from tests.pages import counted

TODAY = NOW.date()


def names(viewer: Any) -> set[str]:
    return set(Item.objects.visible_to(viewer).values_list("name", flat=True))


def put(viewer: Any, name: str = "Carnet.pdf", content: bytes = PDF, folder: Item | None = None) -> Item:
    (item,) = keeping.add_files(viewer, places.own_place(viewer), folder, [sent(name, content)])
    return item


def class_place(college: World) -> Place:
    group = own_class(college)
    return Place(Item.Place.CLASS, group.school_id, group=group)


# Who sees what


def test_a_document_of_one_s_own_is_seen_by_nobody_else(college: World, twin: World, seat_of: Any) -> None:
    item = put(seat_of("pupil"))
    for key in ("teacher", "head", "cpe", "guardian", "other_guardian"):
        assert item.name not in names(seat_of(key)), key
    assert item.name in names(seat_of("pupil"))


def test_a_document_of_a_class_is_seen_by_its_pupils_and_its_teachers_alone(
    college: World, seat_of: Any
) -> None:
    item = class_item(college)
    seen = {
        key
        for key in ("pupil", "teacher", "head", "cpe", "guardian", "secretary")
        if item.name in names(seat_of(key))
    }
    assert seen == {"pupil", "teacher", "head", "cpe"}


def test_a_pupil_who_leaves_the_class_leaves_its_files(college: World, seat_of: Any) -> None:
    item = class_item(college)
    Enrolment.objects.filter(pupil=college.people["pupil"], group=item.group).update(ends=TODAY)
    assert item.name not in names(seat_of("pupil"))


def test_the_files_of_a_team_are_hidden_from_its_pupils(college: World, seat_of: Any) -> None:
    group = own_class(college)
    an_item(college.school, "Équipe.txt", college.people["teacher"], place="team", group=group)
    assert "Équipe.txt" in names(seat_of("teacher"))
    assert "Équipe.txt" not in names(seat_of("pupil"))
    assert places.named(seat_of("pupil"), f"equipe-{group.pk}") is None


def test_what_is_handed_in_is_seen_by_who_did_it_and_by_teachers(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), seat_of("pupil")
    folder = keeping.add_folder(teacher, class_place(college), None, "À rendre", Item.PupilsMay.HAND_IN)
    (mine,) = keeping.add_files(pupil, class_place(college), folder, [sent("Exposé.pdf", PDF)])
    other = of_class(
        own_class(college), "Autre.pdf", college.people["guardian"], parent=folder, is_handed_in=True
    )
    assert mine.is_handed_in
    assert {mine.name, other.name} <= names(teacher)
    assert mine.name in names(pupil) and other.name not in names(pupil)
    assert [row.name for row in lists.in_folder(pupil, class_place(college), folder)] == [mine.name]


@pytest.mark.parametrize(("way", "allowed"), [("read", False), ("add", True), ("hand_in", True)], ids=str)
def test_a_pupil_adds_only_where_the_teacher_opened_it(
    college: World, seat_of: Any, way: str, allowed: bool
) -> None:
    folder = keeping.add_folder(seat_of("teacher"), class_place(college), None, "Photos", way)
    assert rules.adds_in(seat_of("pupil"), "class", folder) is allowed
    if not allowed:
        with pytest.raises(keeping.Refusal, match="professeur"):
            keeping.add_files(seat_of("pupil"), class_place(college), folder, [sent("a.pdf", PDF)])
    assert not rules.adds_in(seat_of("pupil"), "class", None)


def test_a_pupil_changes_only_what_they_put_in_a_class(college: World, seat_of: Any) -> None:
    folder = keeping.add_folder(seat_of("teacher"), class_place(college), None, "Photos", "add")
    (mine,) = keeping.add_files(seat_of("pupil"), class_place(college), folder, [sent("a.pdf", PDF)])
    assert rules.keeps(seat_of("pupil"), mine)
    assert not rules.keeps(seat_of("pupil"), folder)
    assert rules.keeps(seat_of("teacher"), mine)


# Names and folders


def test_two_documents_of_one_name_are_both_kept(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    assert put(viewer).name == "Carnet.pdf"
    assert put(viewer, content=PDF + b"%").name == "Carnet (2).pdf"


def test_the_same_file_sent_twice_is_one_document(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    assert put(viewer).pk == put(viewer).pk
    assert Version.objects.filter(item__owner=viewer.person).count() == 1


def test_a_folder_never_goes_into_itself(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    place = places.own_place(viewer)
    outer = keeping.add_folder(viewer, place, None, "Dehors")
    inner = keeping.add_folder(viewer, place, outer, "Dedans")
    with pytest.raises(keeping.Refusal, match="lui-même"):
        keeping.change(viewer, outer, keeping.Change("Dehors", inner))
    assert Item.objects.get(pk=outer.pk).parent is None


def test_what_a_folder_holds_follows_it(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    place = places.own_place(viewer)
    first, second = (keeping.add_folder(viewer, place, None, name) for name in ("Un", "Deux"))
    inner = keeping.add_folder(viewer, place, first, "Dedans")
    item = put(viewer, folder=inner)
    assert keeping.change(viewer, inner, keeping.Change("Dedans", second))
    above = dict(Nesting.objects.filter(item=item).values_list("above__name", "depth"))
    assert above == {"Carnet.pdf": 0, "Dedans": 1, "Deux": 2}
    assert set(Item.objects.below(first.pk)) == {first}


def test_a_name_taken_is_refused_in_words(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    one, other = put(viewer, "Un.pdf"), put(viewer, "Deux.pdf", PDF + b"%")
    with pytest.raises(keeping.Refusal, match="déjà ce nom"):
        keeping.change(viewer, other, keeping.Change(one.name, None))


def test_folders_are_not_put_for_ever_in_folders(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    place, folder = places.own_place(viewer), None
    for number in range(rules.DEEPEST):
        folder = keeping.add_folder(viewer, place, folder, f"Dossier {number}")
    with pytest.raises(keeping.Refusal, match="profond"):
        keeping.add_folder(viewer, place, folder, "De trop")


def test_a_folder_of_somebody_else_takes_nothing(college: World, seat_of: Any) -> None:
    folder = keeping.add_folder(seat_of("teacher"), places.own_place(seat_of("teacher")), None, "À moi")
    with pytest.raises(keeping.Refusal):
        put(seat_of("cpe"), folder=folder)


def test_a_place_that_is_full_takes_nothing_more(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = seat_of("pupil")
    monkeypatch.setitem(rules.OWN_ROOM, viewer.profile, len(PDF) + 1)
    put(viewer)
    with pytest.raises(UploadRefused, match="place"):
        put(viewer, "Autre.pdf", PDF + b"%")
    assert Item.objects.filter(owner=viewer.person).count() == 1


def test_a_copy_keeps_its_bytes_once(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    folder = keeping.add_folder(viewer, places.own_place(viewer), None, "Sortie")
    item = put(viewer, folder=folder)
    before = StoredFile.objects.count()
    made = keeping.copy(viewer, folder, class_place(college), None)
    copied = Item.objects.get(parent=made)
    assert (made.place, copied.file_id, copied.group_id) == ("class", item.file_id, own_class(college).pk)
    assert StoredFile.objects.count() == before


# The bin


def test_the_bin_holds_a_folder_as_one_thing_and_gives_it_back(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    folder = keeping.add_folder(viewer, places.own_place(viewer), None, "Sortie")
    item = put(viewer, folder=folder)
    assert leaving.trash(viewer, folder)
    assert not Item.objects.present().filter(pk__in=[folder.pk, item.pk]).exists()
    assert [row.pk for row in lists.bin_of(viewer)] == [folder.pk]
    assert leaving.restore(viewer, Item.objects.get(pk=folder.pk))
    assert Item.objects.present().filter(pk__in=[folder.pk, item.pk]).count() == 2


def test_what_is_restored_without_its_folder_comes_at_the_top(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    folder = keeping.add_folder(viewer, places.own_place(viewer), None, "Sortie")
    item = put(viewer, folder=folder)
    leaving.trash(viewer, item)
    leaving.trash(viewer, Item.objects.get(pk=folder.pk))
    assert leaving.restore(viewer, Item.objects.get(pk=item.pk))
    restored = Item.objects.get(pk=item.pk)
    assert restored.parent is None and restored.trashed_at is None
    assert not Nesting.objects.filter(item=item, above=folder).exists()


def test_the_bin_empties_after_thirty_days(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    old, recent = put(viewer, "Vieux.pdf"), put(viewer, "Récent.pdf", PDF + b"%")
    for item in (old, recent):
        leaving.trash(viewer, item)
    Item.objects.filter(pk=old.pk).update(trashed_at=NOW - timedelta(days=31))
    Item.objects.filter(pk=recent.pk).update(trashed_at=NOW - timedelta(days=29))
    assert leaving.erase_old(NOW) == 1
    assert Item.objects.trashed().filter(owner=viewer.person).get() == recent
    assert not Version.objects.filter(file=old.file).exists()


def test_a_reader_never_sees_the_bin_of_another(college: World, seat_of: Any) -> None:
    item = class_item(college)
    leaving.trash(seat_of("teacher"), item)
    assert item.name not in names(seat_of("pupil"))
    assert lists.bin_of(seat_of("pupil")).count() == 0


# Versions


def test_a_former_version_is_kept_and_comes_back(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    item = put(viewer, "Plan.txt", b"Un\n")
    assert keeping.add_version(viewer, item, sent("Plan.txt", b"Un\nDeux\n"))
    assert not keeping.add_version(viewer, item, sent("Plan.txt", b"Un\nDeux\n"))
    first, second = item.all_versions.order_by("number")
    assert [line.sign for line in shown.compared(first, second) if line.word] == ["+"]
    assert keeping.restore_version(viewer, first)
    item.refresh_from_db()
    assert (item.versions, item.file_id) == (3, first.file_id)


def test_a_reader_reads_the_last_version_alone(college: World, seat_of: Any) -> None:
    first = former_version(college)
    item = first.item
    a_share(item, "person", person=college.people["cpe"])
    assert set(Version.objects.visible_to(seat_of("teacher")).filter(item=item)) == set(
        item.all_versions.all()
    )
    last = Version.objects.visible_to(seat_of("cpe")).get(item=item)
    assert last.number == 2
    assert first.file not in StoredFile.objects.visible_to(seat_of("cpe"))


# Shares


def test_a_share_lasts_until_its_day_included(college: World, seat_of: Any) -> None:
    item = own_item(college)
    sharing.share(seat_of("teacher"), item, [(Share.To.CLASS, own_class(college).pk)], TODAY)
    assert item.name in names(seat_of("pupil"))
    Share.objects.filter(item=item).update(until=TODAY - timedelta(days=1))
    assert item.name not in names(seat_of("pupil"))
    assert item.file not in StoredFile.objects.visible_to(seat_of("pupil"))


def test_a_share_that_is_stopped_closes_at_once(college: World, seat_of: Any) -> None:
    item = own_item(college)
    sharing.share(seat_of("teacher"), item, [(Share.To.PERSON, college.people["cpe"].pk)], TODAY)
    share = Share.objects.get(item=item)
    assert not rules.ends_share(seat_of("cpe"), share)
    assert sharing.end_share(seat_of("teacher"), share)
    assert not sharing.end_share(seat_of("teacher"), share)
    assert item.name not in names(seat_of("cpe"))


@pytest.mark.parametrize(
    ("to", "readers"),
    [
        ("class", {"pupil", "teacher"}),
        ("families", {"guardian", "other_guardian", "teacher_parent"}),
        ("team", {"teacher"}),
    ],
)
def test_a_share_reaches_those_it_names(college: World, seat_of: Any, to: str, readers: set[str]) -> None:
    item = an_item(college.school, "Lettre.txt", college.people["head"])
    a_share(item, to, group=own_class(college))
    cast = [
        key
        for key in ("pupil", "teacher", "guardian", "other_guardian", "secretary")
        if key in college.people
    ]
    assert {key for key in cast if item.name in names(seat_of(key))} == readers & set(cast)


def test_a_shared_folder_shows_what_it_holds_and_nothing_beside(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    folder = keeping.add_folder(viewer, places.own_place(viewer), None, "Sortie")
    inside = put(viewer, "Dedans.pdf", folder=folder)
    beside = put(viewer, "Dehors.pdf", PDF + b"%")
    sharing.share(viewer, folder, [(Share.To.CLASS, own_class(college).pk)], TODAY)
    assert inside.name in names(seat_of("pupil")) and beside.name not in names(seat_of("pupil"))
    assert [name for name, _url in lists.way_to(seat_of("pupil"), inside)] == [
        "Reçus",
        "Sortie",
        "Dedans.pdf",
    ]


def test_a_teacher_stops_what_a_pupil_shares_with_the_class(college: World, seat_of: Any) -> None:
    item = put(seat_of("pupil"))
    sharing.share(seat_of("pupil"), item, [(Share.To.CLASS, own_class(college).pk)], TODAY)
    share = Share.objects.get(item=item)
    assert rules.ends_share(seat_of("teacher"), share)
    assert sharing.end_share(seat_of("teacher"), share)


def test_a_pupil_shares_with_no_other_pupil_alone(college: World, seat_of: Any) -> None:
    people = set(shown.people_to_share(seat_of("pupil")))
    assert college.people["teacher"] in people
    pupils = Enrolment.objects.filter(group=own_class(college)).values_list("pupil_id", flat=True)
    assert not {person.pk for person in people} & set(pupils)
    keys = [key for key, _name in shown.groups_to_share(seat_of("pupil"), places.groups_of(seat_of("pupil")))]
    assert keys and all(key.startswith("class-") for key in keys)


def test_those_who_receive_hear_of_it_once(college: World, seat_of: Any) -> None:
    item = own_item(college)
    for day in (TODAY, TODAY + timedelta(days=3)):
        sharing.share(seat_of("teacher"), item, [(Share.To.PERSON, college.people["cpe"].pk)], day)
    assert News.objects.filter(person=college.people["cpe"], kind="drive.received").count() == 1
    assert Share.objects.get(item=item).until == TODAY + timedelta(days=3)


# Who opened it


def test_the_owner_sees_who_opened_it_and_families_are_not_noted(
    client: SchoolClient, college: World, seat_of: Any
) -> None:
    item = put(seat_of("teacher"))
    a_share(item, "class", group=own_class(college))
    a_share(item, "families", group=own_class(college))
    address = reverse("files:file", kwargs={"public_id": item.file.public_id})
    for key in ("pupil", "pupil", "guardian", "teacher"):
        assert client.sit(college.people[key]).get(address).status_code == 200
    opening = Opening.objects.get(item=item)
    assert (opening.person, opening.times) == (college.people["pupil"], 2)
    assert not Opening.objects.visible_to(seat_of("cpe")).exists()
    page = client.sit(college.people["teacher"]).get(reverse("drive:item", kwargs={"pk": item.pk}))
    assert "Qui l’a ouvert" in page.content.decode()


def test_a_copy_of_what_somebody_shares_counts_as_an_opening(college: World, seat_of: Any) -> None:
    item, reader = own_item(college), seat_of("cpe")
    a_share(item, "person", person=reader.person)
    keeping.copy(reader, item, places.own_place(reader), None)
    assert Opening.objects.get(item=item).person == reader.person


def test_a_reader_is_told_that_it_is_noted(client: SchoolClient, college: World) -> None:
    item = class_item(college)
    page = client.sit(college.people["pupil"]).get(reverse("drive:item", kwargs={"pk": item.pk}))
    assert "voit que vous l’avez ouvert" in page.content.decode()


# Pages


def test_a_folder_is_taken_away_as_one_archive(client: SchoolClient, college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    folder = keeping.add_folder(viewer, places.own_place(viewer), None, "Sortie")
    inner = keeping.add_folder(viewer, places.own_place(viewer), folder, "Photos")
    put(viewer, "Plan.pdf", folder=folder)
    put(viewer, "Serre.jpg", picture(), folder=inner)
    answer = client.sit(viewer.person).get(reverse("drive:archive", kwargs={"pk": folder.pk}))
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        assert set(archive.namelist()) == {
            "Sortie/",
            "Sortie/Photos/",
            "Sortie/Plan.pdf",
            "Sortie/Photos/Serre.jpg",
        }
        assert archive.read("Sortie/Plan.pdf") == PDF


def test_whoever_leaves_takes_all_that_is_their_own(
    client: SchoolClient, college: World, seat_of: Any
) -> None:
    viewer = seat_of("pupil")
    folder = keeping.add_folder(viewer, places.own_place(viewer), None, "Exposé")
    put(viewer, "Texte.pdf", folder=folder)
    class_item(college)
    rows = exports.items_of(viewer, None)
    with exports.archive_of(None, rows) as made, ZipFile(made) as archive:
        assert set(archive.namelist()) == {"Mes fichiers/Exposé/", "Mes fichiers/Exposé/Texte.pdf"}


def test_too_heavy_for_one_archive_says_what_to_do(
    client: SchoolClient, college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = seat_of("teacher")
    folder = keeping.add_folder(viewer, places.own_place(viewer), None, "Sortie")
    put(viewer, folder=folder)
    monkeypatch.setattr(rules, "ZIP_SIZE", 10)
    answer = client.sit(viewer.person).get(reverse("drive:archive", kwargs={"pk": folder.pk}))
    assert answer.status_code == 422 and "trop lourd" in answer.content.decode()


def test_a_file_that_is_refused_comes_back_with_why(client: SchoolClient, college: World) -> None:
    client.sit(college.people["teacher"])
    program = sent("jeu.exe", b"MZ" + bytes(200))
    page = client.post(reverse("drive:add"), {"lieu": "moi", "dans": "", "fichiers": program})
    assert page.status_code == 422 and "programme" in page.content.decode()
    assert not known(college, "jeu.exe")


def test_nothing_is_put_where_one_does_not_enter(client: SchoolClient, college: World, twin: World) -> None:
    other = Group.objects.filter(school=college.school, kind="class").exclude(pk=own_class(college).pk)[0]
    client.sit(college.people["pupil"])
    for key in (f"classe-{other.pk}", f"equipe-{own_class(college).pk}", "personnels", "classe-x"):
        form = {"lieu": key, "dans": "", "fichiers": sent("a.pdf", PDF)}
        page = client.post(reverse("drive:add"), form)
        assert page.status_code == 422 and "plus ouvert pour vous" in page.content.decode(), key
    assert not known(college, "a.pdf")


def test_several_are_put_away_and_thrown_at_once(client: SchoolClient, college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    folder = keeping.add_folder(viewer, places.own_place(viewer), None, "Rangé")
    items = [put(viewer, f"{number}.pdf", PDF + str(number).encode()) for number in range(3)]
    client.sit(viewer.person)
    form = {"documents": [item.pk for item in items], "geste": "ranger", "dans": folder.pk}
    client.post(reverse("drive:gesture"), form)
    assert Item.objects.filter(parent=folder).count() == 3
    client.post(reverse("drive:gesture"), {"documents": [item.pk for item in items[:2]], "geste": "jeter"})
    assert Item.objects.present().filter(parent=folder).count() == 1


def test_a_document_of_a_reader_is_not_thrown_by_a_forged_form(client: SchoolClient, college: World) -> None:
    item = class_item(college)
    client.sit(college.people["pupil"])
    client.post(reverse("drive:gesture"), {"documents": [item.pk], "geste": "jeter"})
    assert Item.objects.present().filter(pk=item.pk).exists()


@pytest.mark.parametrize("day", ["2026-11-20", "2029-01-01"])
def test_a_share_has_a_day_that_comes_within_a_year(client: SchoolClient, college: World, day: str) -> None:
    item = own_item(college)
    form = {"groupes": [f"class-{own_class(college).pk}"], "jusque": day}
    address = reverse("drive:share", kwargs={"pk": item.pk})
    assert client.sit(college.people["teacher"]).post(address, form).status_code == 422
    assert not Share.objects.filter(item=item).exists()


def test_what_a_class_kept_ends_and_what_is_one_s_own_stays(college: World) -> None:
    """Two years later; whoever is still there finds their own files, however old."""
    own, placed = own_item(college), class_item(college)
    (term,) = [one for one in boards.terms if one.key == "drive.items"]
    due = set(term.due(college.school, TODAY + timedelta(days=730)))
    assert placed in due and own not in due
    assert placed not in set(term.due(college.school, TODAY))
    full = of_class(placed.group, "Plein", college.people["teacher"], is_folder=True)
    of_class(placed.group, "Dedans.txt", college.people["teacher"], parent=full)
    assert full not in set(term.due(college.school, TODAY + timedelta(days=730)))


# Joined to what one writes


def test_a_document_of_one_s_own_is_joined_without_being_sent_again(
    client: SchoolClient, college: World, seat_of: Any
) -> None:
    viewer = seat_of("teacher")
    item = put(viewer)
    an_item(college.school, "De Paul.txt", college.people["cpe"])
    page = client.sit(viewer.person).get(reverse("drive:pick"), {"champ": "papers"}).content.decode()
    assert f'name="papers-garde" value="{item.file.public_id}"' in page and "De Paul" not in page
    part = client.get(
        reverse("drive:pick"),
        {"champ": "papers"},
        headers={"HX-Request": "true", "HX-Target": "choisir-papers"},
    )
    assert part.content.decode().strip().startswith('<div class="disclosure-body" id="choisir-papers"')
    desk = files.Desk(viewer, college.school.pk, DOCUMENTS)
    assert desk.picker == f"{reverse('drive:pick')}?champ="
    assert desk.again([item.file.public_id]) == [item.file]


def test_what_a_form_does_not_take_is_not_joined_to_it(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    item = put(viewer, "Notes.txt", b"Bonjour\n")
    assert files.Desk(viewer, college.school.pk, PAPER).again([item.file.public_id]) == []


# Leaving


def test_one_s_own_go_with_a_person_and_those_of_a_class_stay(college: World, seat_of: Any) -> None:
    teacher = college.people["teacher"]
    own, placed = own_item(college), class_item(college)
    a_share(own, "person", person=college.people["cpe"])
    leaving.forget_items(teacher.pk)
    assert not Item.objects.filter(pk=own.pk).exists()
    placed.refresh_from_db()
    assert placed.made_by is None


# Many


@pytest.mark.parametrize("key", ["teacher", "pupil"])
def test_a_folder_and_a_document_cost_the_same_however_much_they_hold(
    client: SchoolClient, college: World, key: str
) -> None:
    person = college.people[key]
    folder = an_item(college.school, "Grand dossier", person, is_folder=True)
    item = an_item(college.school, "Très lu.txt", person)
    addresses = [reverse("drive:item", kwargs={"pk": one.pk}) for one in (folder, item)]
    addresses.append(reverse("drive:archive", kwargs={"pk": folder.pk}))
    client.sit(person)
    counts = []
    for wave in (1, 30):
        for number in range(wave):
            an_item(college.school, f"Document {wave}-{number}.txt", person, parent=folder)
        many_openings(college, wave, item)
        counts.append([counted(client, address)[1] for address in addresses])
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 14
