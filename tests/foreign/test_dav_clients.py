"""Clients of calendars and of files that others wrote, against our real server: an address, a login and a key, nothing else."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from conftest import NOW, PATIENCE
from preau.commons.files import actions as files
from preau.commons.files import rules
from preau.commons.files.tests.samples import PDF, sent
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.homework.models import LessonFile
from preau.domains.homework.tests.scene import lesson_now, written
from preau.domains.timetable.models import Lesson
from preau.identity import keys
from preau.identity.actions.keys import make_key
from preau.identity.models import AccessKey, Account
from tests.foreign.test_cas_clients import foreign

caldav, dav_errors = foreign("caldav"), foreign("caldav.lib.error")
webdav, webdav_errors = foreign("webdav3.client"), foreign("webdav3.exceptions")


@pytest.fixture
def preau(planted: dict[str, World], live_server: Any, settings: Any) -> str:
    settings.PUBLIC_URL = live_server.url
    address: str = live_server.url
    return address


def shown(world: World, key: str, *doors: str) -> dict[str, str]:
    """The login of a member of the cast, and a key made for these doors."""
    person = world.people[key]
    viewer = viewer_for(person, person.account.pk, NOW)
    assert viewer is not None
    last = AccessKey.objects.filter(account=viewer.account_id).order_by("pk").last()
    seen = last.pk if last else 0
    _made, drawn = make_key(viewer, "password", "Ordinateur", doors, days=30, seen=seen)
    return {
        "username": Account.objects.get(pk=viewer.account_id).login,
        "password": keys.in_groups(drawn),
    }


@pytest.fixture
def college(planted: dict[str, World]) -> World:
    return planted["college"]


# Calendars, by python-caldav.

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Ailleurs//FR
BEGIN:VEVENT
UID:ailleurs-1
DTSTAMP:20261124T080000Z
DTSTART:20261124T090000Z
DTEND:20261124T100000Z
SUMMARY:Rien
END:VEVENT
END:VCALENDAR
"""


def test_caldav_finds_and_reads_the_calendars_of_a_family(preau: str, college: World) -> None:
    """From the way in: its person, their home, a calendar a child."""
    with caldav.DAVClient(f"{preau}/dav/agendas/", **shown(college, "guardian", "agenda")) as client:
        assert client.check_dav_support() and client.check_cdav_support()
        (calendar,) = client.principal().calendars()
        assert (calendar.get_display_name(), calendar.get_supported_components()) == ("Nina", ["VEVENT"])
        midnight = NOW.replace(hour=0, minute=0)
        found = calendar.search(start=midnight, end=midnight + timedelta(days=1), event=True, expand=False)
        lessons = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day=NOW.date())
        hours = sorted(one.icalendar_component["dtstart"].dt for one in found if "seance" in str(one.url))
        assert hours == sorted(lessons.values_list("starts", flat=True)) and hours
        again = calendar.event_by_url(found[0].url)
        assert again.icalendar_component["uid"] == found[0].icalendar_component["uid"]
        several = calendar.multiget([one.url for one in found])
        assert len(list(several)) == len(found)


def test_caldav_writes_nothing(preau: str, college: World) -> None:
    with caldav.DAVClient(f"{preau}/dav/agendas/", **shown(college, "pupil", "agenda")) as client:
        (calendar,) = client.principal().calendars()
        before = len(calendar.events())
        with pytest.raises(dav_errors.AuthorizationError):
            calendar.save_event(EVENT)
        with pytest.raises(dav_errors.AuthorizationError):
            calendar.events()[0].delete()
        assert len(calendar.events()) == before > 50
        # Without sync-collection, the client is told so, in the words of the standard.
        with pytest.raises(dav_errors.DAVError):
            list(calendar.objects_by_sync_token())


def test_caldav_with_a_wrong_key_reads_nothing(preau: str, college: World) -> None:
    wrong = shown(college, "pupil", "fichiers")
    for proof in (wrong, wrong | {"password": "x" * 40}):
        with caldav.DAVClient(f"{preau}/dav/agendas/", **proof) as client, pytest.raises(dav_errors.DAVError):
            client.principal().calendars()


# Files, by webdavclient3.


@pytest.fixture
def joined(college: World) -> str:
    """A document joined to the lesson of now; its path on the drive of its teacher."""
    teacher, lesson = college.people["teacher"], lesson_now(college)
    viewer = viewer_for(teacher, teacher.account.pk, NOW)
    record = written(viewer, lesson)
    (file,) = files.keep(viewer, college.school.pk, [sent("Figure n° 1.pdf", PDF)], rules.DOCUMENTS)
    LessonFile.objects.create(record=record, file=file)
    return (
        f"Cahier de textes/{lesson.groups.get().name}/2026-11-24 10h15 {lesson.subject.name}/Figure n° 1.pdf"
    )


def client_of(preau: str, proof: dict[str, str]) -> Any:
    return webdav.Client(
        {
            "webdav_hostname": f"{preau}/dav/fichiers/",
            "webdav_login": proof["username"],
            "webdav_password": proof["password"],
        }
    )


def test_webdavclient3_walks_and_takes(preau: str, college: World, joined: str, tmp_path: Path) -> None:
    client = client_of(preau, shown(college, "teacher", "fichiers"))
    path = ""
    for step in joined.split("/"):
        assert step in [name.rstrip("/") for name in client.list(path)], path
        path = f"{path}/{step}".lstrip("/")
    assert client.check(joined) and not client.check("Cahier de textes/Ailleurs")
    facts = client.info(joined)
    assert (int(facts["size"]), facts["content_type"]) == (len(PDF), "application/pdf")
    client.download_sync(remote_path=joined, local_path=str(tmp_path / "taken.pdf"))
    assert (tmp_path / "taken.pdf").read_bytes() == PDF


def test_webdavclient3_writes_nothing(preau: str, college: World, joined: str, tmp_path: Path) -> None:
    client = client_of(preau, shown(college, "teacher", "fichiers"))
    (tmp_path / "new.txt").write_text("bonjour")
    attempts = [
        lambda: client.upload_sync(
            remote_path="Cahier de textes/new.txt", local_path=str(tmp_path / "new.txt")
        ),
        lambda: client.clean(joined),
        lambda: client.mkdir("Nouveau"),
        lambda: client.move(joined, "ailleurs.pdf"),
    ]
    for attempt in attempts:
        with pytest.raises(webdav_errors.WebDavException):
            attempt()
    assert client.check(joined)


# Both, by curl.


@pytest.mark.needs("curl")
def test_curl_lists_and_resumes(preau: str, college: World, joined: str, tmp_path: Path) -> None:
    proof = shown(college, "teacher", "fichiers", "agenda")

    def curl(*arguments: str) -> str:
        command = ["curl", "--silent", "--user", f"{proof['username']}:{proof['password']}", *arguments]
        return subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE).stdout.decode()

    listed = curl("--request", "PROPFIND", "--header", "Depth: 1", f"{preau}/dav/fichiers/")
    assert f"/dav/fichiers/{quote('Cahier de textes')}/" in listed
    # A telephone that knows the name of the site alone.
    found = curl("--location", "--request", "PROPFIND", "--header", "Depth: 0", f"{preau}/.well-known/caldav")
    assert "<D:href>/dav/agendas/</D:href>" in found
    assert "calendar-access" in curl("--head", "--request", "OPTIONS", f"{preau}/dav/agendas/")
    (tmp_path / "part").write_bytes(PDF[:10])
    curl("--continue-at", "-", "--output", str(tmp_path / "part"), f"{preau}/dav/fichiers/{quote(joined)}")
    assert (tmp_path / "part").read_bytes() == PDF
    bomb = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert curl(
        "--request",
        "PROPFIND",
        "--header",
        "Depth: 0",
        "--data",
        bomb,
        "--write-out",
        "%{http_code}",
        f"{preau}/dav/fichiers/",
    ).endswith("400")
