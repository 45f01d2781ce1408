"""What a page may hear of, as Django says it to the live process; what is told when rights change; that nothing names anybody."""

import json
import re
import socket
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as known
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection

from conftest import NOW, SchoolClient
from preau.commons.live import queries
from preau.commons.live.manifest import concerned_by
from preau.commons.live.stream import Asking
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.foundation import boards, journal, live
from preau.foundation.boards import Topic

PAGE = "/en-direct/droits/"


class Asked(Asking):
    """The question of the live process. A request closes the connection that it finds: that of a test stays, as Django's own test
    client sees to, which listens again after each of its requests."""

    def __call__(self, scope: Any, asked: tuple[str, ...]) -> Any:
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        return super().__call__(scope, asked)


def scope_of(client: SchoolClient) -> dict[str, Any]:
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return {"headers": [(b"cookie", cookies.encode())], "client": ("127.0.0.1", 1)}


def heard(viewer: Any, *topics: str) -> set[str]:
    return set(queries.channels_for(viewer, topics))


def test_the_bell_and_the_works_are_ones_own(college: World, seat_of: Any) -> None:
    mine, other = (
        queries.channels_for(seat_of(key), ["bell", "works"]) for key in ("guardian", "other_guardian")
    )
    assert mine["bell"] == live.channel(f"bell:{college.people['guardian'].pk}")
    assert set(mine.values()).isdisjoint(other.values())
    number = college.people["other_guardian"].pk
    assert heard(seat_of("guardian"), f"bell:{number}", f"works:{number}") == set()


@pytest.mark.parametrize(
    "asked", ["", "roll", "roll:", "roll:x", "roll:-1", "roll:²", "roll:" + "9" * 30, "élève:1", "roll:0"]
)
def test_what_is_no_topic_is_left_out(seat_of: Any, asked: str) -> None:
    assert heard(seat_of("head"), asked) == set()


def test_what_is_told_of_rights_names_nobody(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    text = client.get(PAGE, {"sujet": ["bell", "works", "board"]}).content.decode()
    assert set(json.loads(text)) == {"channels", "watched", "until"}
    for person in Person.objects.all():
        assert person.family_name not in text
    values = [*json.loads(text)["channels"].values(), *json.loads(text)["watched"]]
    assert all(re.fullmatch(r"[0-9a-f]{16}", value) for value in values)


def test_django_is_asked_with_the_cookies_of_the_page(college: World, client: SchoolClient) -> None:
    asking, client_of_mother = Asked(), client.sit(college.people["guardian"])
    found = asking(scope_of(client_of_mother), ("bell", "board"))
    assert found is not None and set(found["channels"]) == {"bell"}
    client_of_mother.post("/deconnexion/")
    assert asking(scope_of(client_of_mother), ("bell",)) is None
    assert asking({"headers": []}, ("bell",)) is None


def test_a_stream_keeps_no_session_open(college: World, client: SchoolClient, clock: Any) -> None:
    asking = Asked()
    client.sit(college.people["pupil"])
    client.get("/")
    for _minute in range(3):
        clock.shift(timedelta(minutes=6))
        assert asking(scope_of(client), ("bell",)) is not None
    clock.shift(timedelta(minutes=6))
    assert asking(scope_of(client), ("bell",)) is None


def test_a_guardian_hears_no_more_of_a_pupil_they_no_longer_follow(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, mother = college.people["pupil"], college.people["guardian"]

    def own(viewer: Any, number: int | None) -> str | None:
        return f"child:{number}" if number in viewer.own_pupils() else None

    monkeypatch.setattr(boards.topics, "_entries", [*boards.topics, Topic("child", own)])
    boards.topics._known.clear()
    asking, asked = Asked(), (f"child:{pupil.pk}", "bell")
    client.sit(mother)
    before = asking(scope_of(client), asked)
    assert before is not None and set(before["channels"]) == set(asked)
    assert live.channel(live.pupil(pupil.pk)) in before["watched"]
    Guardianship.objects.filter(pupil=pupil, guardian=mother).update(ends=NOW.date())
    after = asking(scope_of(client), asked)
    assert after is None or set(after["channels"]) == {"bell"}
    boards.topics._known.clear()


@pytest.mark.parametrize(
    ("line", "topics"),
    [
        (journal.Line("directory.family_ended", subject_id=7, school_id=3), {"person:7", "pupil:7"}),
        (
            journal.Line("directory.power_given", target="directory.person", target_id=8),
            {"person:8", "pupil:8"},
        ),
        (journal.Line("directory.delivery_applied", target="directory.delivery", school_id=3), {"school:3"}),
        (journal.Line("federation.cut", subject_id=7, school_id=3), {"person:7", "pupil:7"}),
        (journal.Line("federation.door_closed", school_id=3), {"school:3"}),
        (journal.Line("federation.keys_rolled", school_id=3), set()),
        (journal.Line("directory.record_read", subject_id=7, is_read=True), set()),
        (journal.Line("homework.given", subject_id=7, school_id=3), set()),
    ],
)
def test_a_line_about_rights_has_the_streams_looked_at_again(line: journal.Line, topics: set[str]) -> None:
    assert set(concerned_by(line)) == topics


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    settings.LIVE = True
    found: list[str] = []
    monkeypatch.setattr(live, "_carry", found.append)
    return found


def test_a_hint_leaves_with_the_change_and_says_nothing(
    college: World, client: SchoolClient, carried: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    client.sit(college.people["guardian"])
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/deconnexion/")
    words = " ".join(carried).split()
    assert words and all(re.fullmatch(r"[0-9a-f]{16}", word) for word in words)
    assert live.channel(live.account(college.people["guardian"].account.pk)) in words


def test_many_hints_fit_what_the_bus_carries(
    carried: list[str], db: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        live.touch(*live.all_of("bell", range(1000)))
    assert len(carried) == 3 and max(map(len, carried)) < 8000


def test_nothing_is_carried_where_nobody_listens(
    carried: list[str], settings: Any, db: None, django_capture_on_commit_callbacks: Any
) -> None:
    settings.LIVE = False
    with django_capture_on_commit_callbacks(execute=True):
        live.touch("bell:1")
    assert carried == []


def test_the_live_process_of_this_machine_hears(
    db: None, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL carries them itself.")
    settings.LIVE = True
    live.address().unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as here:
        here.bind(str(live.address()))
        here.settimeout(10)
        with django_capture_on_commit_callbacks(execute=True):
            live.touch("bell:1", "bell:2", "bell:1")
        assert here.recv(1000).decode() == f"{live.channel('bell:1')} {live.channel('bell:2')}"
    live.address().unlink()
    assert known.LIVE


def test_a_page_that_asks_by_itself_stays_when_the_session_has_ended(client: SchoolClient, db: None) -> None:
    """Whoever is writing on it loses nothing; a gesture leads to the sign-in page, and back to the page, not to its fragment."""
    page = {"HX-Request": "true", "Referer": "http://testserver/travail/"}
    hinted = client.get("/notifications/cloche/", headers=page | {"X-Hinted": "1"})
    assert hinted.status_code == 401 and "HX-Redirect" not in hinted
    asked = client.get("/notifications/cloche/", headers=page)
    assert asked["HX-Redirect"] == "/connexion/?suite=%2Ftravail%2F"
