"""Virtual classes: how the server is asked, who opens, who came."""

import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.seeds.world import World
from preau.domains.spaces import rules, tasks
from preau.domains.spaces.actions import meeting as acting
from preau.domains.spaces.models import Attendance, Meeting, Space
from preau.domains.spaces.providers import Guest, Room, Unreachable, bigbluebutton, server
from preau.domains.spaces.providers.bigbluebutton import BigBlueButton
from preau.domains.spaces.providers.standin import StandIn
from preau.domains.spaces.queries.meetings import agenda_of
from preau.domains.spaces.tests.props import own_meeting, own_teaching
from preau.foundation import outward

pytestmark = pytest.mark.django_db
ROOM = Room("abc123", "Révisions & exercices")


@pytest.fixture
def asked(monkeypatch: Any, settings: Any) -> list[str]:
    """What is asked of a BigBlueButton that says yes."""
    settings.BBB_URL, settings.BBB_SECRET = "https://salles.example/bigbluebutton/api", "secret"
    found: list[str] = []

    def ask(method: str, address: str, *_: Any, **__: Any) -> outward.Answer:
        found.append(address)
        return outward.Answer(200, "text/xml", b"<response><returncode>SUCCESS</returncode></response>")

    monkeypatch.setattr(outward, "ask", ask)
    return found


def test_each_call_is_signed_over_its_query(asked: list[str]) -> None:
    BigBlueButton().create(ROOM)
    parts = urlsplit(asked[0])
    query, checksum = parts.query.split("&checksum=")
    assert parts.path.endswith("/bigbluebutton/api/create")
    assert checksum == hashlib.sha256(f"create{query}secret".encode()).hexdigest()
    parameters = parse_qs(query)
    assert parameters["meetingID"] == ["abc123"] and parameters["record"] == ["false"]
    assert parameters["name"] == ["Révisions & exercices"] and "secret" not in query


def test_a_pupil_comes_in_as_a_viewer(asked: list[str]) -> None:
    for runs, role in [(True, "MODERATOR"), (False, "VIEWER")]:
        parameters = parse_qs(
            urlsplit(BigBlueButton().join_address(ROOM, Guest("p1", "Nina Abadie", runs))).query
        )
        assert (
            parameters["role"] == [role]
            and parameters["fullName"] == ["Nina Abadie"]
            and parameters["userID"] == ["p1"]
        )
    assert asked == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (200, b"pas du XML"),
        (200, b"<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>"),
        (200, b"<!DOCTYPE a [<!ENTITY b 'c'>]><response><returncode>&b;</returncode></response>"),
    ],
)
def test_what_the_server_refuses_opens_nothing(
    college: World, seat_of: Any, settings: Any, monkeypatch: Any, status: int, body: bytes
) -> None:
    settings.MEETING_SERVER = "preau.domains.spaces.providers.bigbluebutton.BigBlueButton"
    monkeypatch.setattr(outward, "ask", lambda *_, **__: outward.Answer(status, "text/xml", body))
    meeting = own_meeting(college)
    Meeting.objects.filter(pk=meeting.pk).update(opened_at=None)
    with pytest.raises(Unreachable):
        acting.open_room(seat_of("teacher"), meeting)
    meeting.refresh_from_db()
    assert meeting.opened_at is None


def test_a_room_that_is_gone_is_closed_all_the_same(asked: list[str], monkeypatch: Any) -> None:
    gone = b"<response><returncode>FAILED</returncode><messageKey>notFound</messageKey></response>"
    monkeypatch.setattr(bigbluebutton.outward, "ask", lambda *_, **__: outward.Answer(200, "text/xml", gone))
    BigBlueButton().end(ROOM)
    with pytest.raises(Unreachable):
        BigBlueButton().create(ROOM)


def test_who_came_is_kept_once_with_their_last_entry(college: World, seat_of: Any, clock: Any) -> None:
    meeting = own_meeting(college)
    assert acting.join(seat_of("pupil"), meeting) == reverse("spaces:stand_in")
    clock.move_to(NOW + timedelta(minutes=10))
    acting.join(seat_of("pupil"), meeting)
    row = Attendance.objects.get(meeting=meeting)
    assert (row.came_at, row.last_at) == (NOW, NOW + timedelta(minutes=10))
    assert row in Attendance.objects.visible_to(seat_of("teacher"))
    assert row not in Attendance.objects.visible_to(seat_of("teacher_1")) or rules.runs(
        seat_of("teacher_1"), meeting.space
    )
    assert acting.close_room(seat_of("teacher"), meeting) and not acting.close_room(
        seat_of("teacher"), meeting
    )
    with pytest.raises(acting.NotOpen):
        acting.join(seat_of("pupil"), meeting)


def test_it_is_in_the_agenda_of_who_is_in_the_space_and_of_nobody_else(
    college: World, twin: World, seat_of: Any
) -> None:
    meeting = own_meeting(college)
    day = NOW.date()
    for key in ("pupil", "teacher"):
        assert meeting.title in {entry.title for entry in agenda_of(seat_of(key), day, day)}, key
        assert meeting.title not in {entry.title for entry in agenda_of(seat_of(key, world=twin), day, day)}
    acting.cancel(seat_of("teacher"), meeting)
    Meeting.objects.filter(pk=meeting.pk).update(cancelled_at=NOW)
    assert meeting.title not in {entry.title for entry in agenda_of(seat_of("pupil"), day, day)}


def test_without_a_server_nothing_is_offered(
    college: World, client: SchoolClient, settings: Any, seat_of: Any
) -> None:
    settings.MEETING_SERVER = ""
    space = own_teaching(college)
    client.sit(college.people["teacher"])
    address = reverse("spaces:meetings", kwargs={"pk": space.pk})
    assert client.get(address).status_code == 403
    assert address not in client.get(reverse("spaces:space", kwargs={"pk": space.pk})).content.decode()
    assert agenda_of(seat_of("teacher"), NOW.date(), NOW.date()) == []
    with pytest.raises(LookupError):
        server()


def test_one_comes_to_it_from_the_home_of_the_space_by_links_alone(
    college: World, client: SchoolClient
) -> None:
    space = own_teaching(college)
    client.sit(college.people["teacher"])
    address = reverse("spaces:meetings", kwargs={"pk": space.pk})
    assert (
        f'href="{address}"' in client.get(reverse("spaces:space", kwargs={"pk": space.pk})).content.decode()
    )
    assert reverse("spaces:plan_meeting", kwargs={"pk": space.pk}) in client.get(address).content.decode()


def test_pupils_are_never_alone_in_a_room(
    asked: list[str], college: World, settings: Any, seat_of: Any
) -> None:
    settings.MEETING_SERVER = "preau.domains.spaces.providers.bigbluebutton.BigBlueButton"
    meeting = own_meeting(college)
    Meeting.objects.filter(pk=meeting.pk).update(opened_at=None)
    meeting.refresh_from_db()
    assert acting.open_room(seat_of("teacher"), meeting)
    parameters = parse_qs(urlsplit(asked[0]).query)
    assert parameters["endWhenNoModerator"] == ["true"]
    # It ends in two hours, and half an hour is left for what runs late.
    assert parameters["duration"] == ["150"]


def test_a_room_that_nobody_closed_takes_no_pupil_and_closes_by_itself(
    college: World, seat_of: Any, clock: Any, monkeypatch: Any
) -> None:
    meeting = own_meeting(college)
    clock.move_to(meeting.ends + timedelta(minutes=29))
    acting.join(seat_of("pupil"), meeting)
    assert tasks.close_forgotten.func() == 0
    clock.move_to(meeting.ends + timedelta(hours=1))
    with pytest.raises(acting.NotOpen):
        acting.join(seat_of("pupil"), meeting)
    acting.join(seat_of("teacher"), meeting)

    def silent(*_: Any) -> None:
        raise Unreachable("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(StandIn, "end", silent)
        assert tasks.close_forgotten.func() == 0
    assert tasks.close_forgotten.func() == 1
    meeting.refresh_from_db()
    assert not meeting.is_open


def test_whoever_runs_a_space_closes_its_room_when_the_space_is_over(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    meeting = own_meeting(college)
    Space.objects.filter(pk=meeting.space_id).update(archived_at=NOW)
    client.sit(college.people["teacher"])
    page = client.get(reverse("spaces:meetings", kwargs={"pk": meeting.space_id})).content.decode()
    assert reverse("spaces:close_meeting", kwargs={"pk": meeting.pk}) in page


def test_the_server_is_asked_while_no_row_is_held(college: World, seat_of: Any, monkeypatch: Any) -> None:
    meeting, teacher = own_meeting(college), seat_of("teacher")
    Meeting.objects.filter(pk=meeting.pk).update(opened_at=None)
    meeting.refresh_from_db()
    depths = []
    outside = len(connection.savepoint_ids)

    def note(*_: Any) -> None:
        depths.append(len(connection.savepoint_ids))

    monkeypatch.setattr(StandIn, "create", note)
    monkeypatch.setattr(StandIn, "end", note)
    assert acting.open_room(teacher, meeting)
    meeting.refresh_from_db()
    assert acting.close_room(teacher, meeting)
    assert depths == [outside, outside]
