"""What arrives by parts goes on from where it stopped, into a folder that one may add to, and is told once."""

import base64
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.drive import rules
from preau.commons.drive.actions import arriving, keeping
from preau.commons.drive.models import Item
from preau.commons.drive.queries import places
from preau.commons.drive.tests.test_drive import class_place
from preau.commons.media.actions import keeping as media
from preau.commons.media.models import Medium, Upload
from preau.directory.models import Enrolment
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.viewer import viewer_for
from preau.foundation.uploads import MEGABYTE

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
START = "/medias/envois/"
NOTES = b"La riviere en novembre.\n" * 40


def metadata(**facts: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())


def begun(client: SchoolClient, goes_to: str, size: int = len(NOTES), name: str = "Notes.txt") -> Any:
    more = {"goes_to": goes_to} if goes_to else {}
    headers = TUS | {
        "Upload-Length": str(size),
        "Upload-Metadata": metadata(filename=name, modified="1", **more),
    }
    return client.post(START, headers=headers)


def part(client: SchoolClient, where: str, offset: int, content: bytes) -> Any:
    headers = TUS | {"Upload-Offset": str(offset)}
    # An empty part has its type too.
    kind = "application/offset+octet-stream"
    return client.generic("PATCH", where, content, content_type=kind, headers=headers, CONTENT_TYPE=kind)


def classmate_of(college: World) -> Any:
    learnt = Enrolment.objects.filter(group=own_class(college)).exclude(pupil=college.people["pupil"])
    return viewer_for(learnt[0].pupil, 0, NOW)


def test_a_file_cut_on_its_way_goes_on_into_its_folder_and_is_told_once(
    college: World, seat_of: Any, client: SchoolClient, django_capture_on_commit_callbacks: Any
) -> None:
    viewer, pupil = seat_of("pupil"), client.sit(college.people["pupil"])
    place = places.own_place(viewer)
    folder = keeping.add_folder(viewer, place, None, "SVT")
    where = begun(pupil, arriving.said_of(place, folder))["Location"]
    assert part(pupil, where, 0, NOTES[:300])["Upload-Offset"] == "300"
    assert not Item.objects.filter(parent=folder).exists()
    # The network was cut, the same file is chosen again.
    assert begun(pupil, arriving.said_of(place, folder))["Location"] == where
    with django_capture_on_commit_callbacks(execute=True):
        done = part(pupil, where, 300, NOTES[300:])
    assert done["X-Next-Page"] == reverse("drive:item", kwargs={"pk": folder.pk})
    (item,) = Item.objects.filter(parent=folder)
    assert (item.name, item.file.size if item.file else 0, item.made_by) == (
        "Notes.txt",
        len(NOTES),
        viewer.person,
    )
    # The answer was lost: asked again, the same page and nothing more.
    assert pupil.head(where, headers=TUS)["X-Next-Page"] == done["X-Next-Page"]
    assert part(pupil, where, len(NOTES), b"")["X-Next-Page"] == done["X-Next-Page"]
    assert Item.objects.filter(parent=folder).count() == 1 and not Medium.objects.exists()


def test_what_a_pupil_hands_in_by_parts_is_theirs_alone(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    place = class_place(college)
    folder = keeping.add_folder(seat_of("teacher"), place, None, "Exposés", Item.PupilsMay.HAND_IN)
    pupil = client.sit(college.people["pupil"])
    part(pupil, begun(pupil, arriving.said_of(place, folder))["Location"], 0, NOTES)
    item = Item.objects.get(parent=folder)
    assert item.is_handed_in
    assert folder in Item.objects.visible_to(classmate_of(college))
    assert item not in Item.objects.visible_to(classmate_of(college))


@pytest.mark.parametrize("key", ["guardian", "pupil"])
def test_nobody_sends_where_they_may_not_add(
    college: World, seat_of: Any, client: SchoolClient, key: str
) -> None:
    place = class_place(college)
    closed = keeping.add_folder(seat_of("teacher"), place, None, "Consignes", Item.PupilsMay.READ)
    theirs = keeping.add_folder(seat_of("teacher"), places.own_place(seat_of("teacher")), None, "À moi")
    who = client.sit(college.people[key])
    tried = [
        arriving.said_of(place, closed),
        arriving.said_of(place, None),
        f"{arriving.KEY}:moi/{theirs.pk}",
        f"{arriving.KEY}:personnels/",
        f"{arriving.KEY}:nulle-part/",
        "ailleurs:moi/",
        f"{arriving.KEY}:moi/{'9' * 80}",
    ]
    for goes_to in tried:
        answer = begun(who, goes_to)
        assert answer.status_code == 413 and answer.content.decode(), goes_to
    # Without a place, it would be a medium.
    assert begun(who, "").status_code == 403
    assert not Upload.objects.exists()


def test_a_folder_closed_meanwhile_keeps_nothing(college: World, seat_of: Any, client: SchoolClient) -> None:
    place = class_place(college)
    folder = keeping.add_folder(seat_of("teacher"), place, None, "Exposés", Item.PupilsMay.ADD)
    pupil = client.sit(college.people["pupil"])
    where = begun(pupil, arriving.said_of(place, folder))["Location"]
    Item.objects.filter(pk=folder.pk).update(pupils_may=Item.PupilsMay.READ)
    answer = part(pupil, where, 0, NOTES)
    assert answer.status_code == 422 and not Item.objects.filter(parent=folder).exists()


def test_what_came_waits_a_week_for_room(
    college: World, seat_of: Any, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer, pupil = seat_of("pupil"), client.sit(college.people["pupil"])
    goes_to = arriving.said_of(places.own_place(viewer), None)
    where = begun(pupil, goes_to)["Location"]
    monkeypatch.setitem(rules.OWN_ROOM, viewer.profile, 10)
    assert part(pupil, where, 0, NOTES).status_code == 507
    assert begun(pupil, goes_to, size=MEGABYTE, name="Autre.txt").status_code == 413
    upload = Upload.objects.get()
    media.sweep(upload.moved_at + media.UPLOAD_KEPT)
    monkeypatch.undo()
    assert pupil.head(where, headers=TUS)["Upload-Offset"] == str(len(NOTES))
    assert part(pupil, where, len(NOTES), b"")["X-Next-Page"] == reverse("drive:home")


def test_nobody_goes_on_with_what_another_sends(college: World, seat_of: Any, client: SchoolClient) -> None:
    pupil = client.sit(college.people["pupil"])
    where = begun(pupil, arriving.said_of(places.own_place(seat_of("pupil")), None))["Location"]
    for key in ("teacher", "head", "guardian"):
        assert client.sit(college.people[key]).head(where, headers=TUS).status_code == 404, key


def test_what_stopped_first_makes_way_for_the_next(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    pupil = client.sit(college.people["pupil"])
    goes_to = arriving.said_of(places.own_place(seat_of("pupil")), None)
    first = [begun(pupil, goes_to, name=f"Photo {number}.txt")["Location"] for number in range(5)]
    Upload.objects.filter(name="Photo 0.txt").update(moved_at=NOW - media.UPLOAD_KEPT / 2)
    assert begun(pupil, goes_to, name="Photo 5.txt").status_code == 201
    assert [pupil.head(where, headers=TUS).status_code for where in first] == [404, 200, 200, 200, 200]
