"""A program that others wrote (requests) reads the API of our real server with a token, and is refused once it is revoked."""

from typing import Any

import pytest

from conftest import NOW
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.identity import keys
from preau.identity.actions.keys import make_key, revoke_key
from preau.identity.models import AccessKey
from tests.foreign.test_cas_clients import foreign

requests = foreign("requests")


@pytest.fixture
def made(planted: dict[str, World]) -> tuple[Any, AccessKey, str]:
    person = planted["college"].people["guardian"]
    viewer = viewer_for(person, person.account.pk, NOW)
    assert viewer is not None
    last = AccessKey.objects.visible_to(viewer).first()
    key, drawn = make_key(
        viewer, "token", "Tableur", ["api", "api.agenda"], days=30, seen=last.pk if last else 0
    )
    return viewer, key, keys.as_token(drawn)


def test_a_program_reads_page_after_page_then_nothing(
    live_server: Any, made: tuple[Any, AccessKey, str]
) -> None:
    viewer, key, token = made
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    description = requests.get(f"{live_server.url}/api/v1/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    me = session.get(f"{live_server.url}/api/v1/moi")
    assert (me.status_code, me.json()["nom"]) == (200, viewer.person.family_name)
    week = session.get(f"{live_server.url}/api/v1/agenda", params={"du": "2026-11-23", "au": "2026-11-27"})
    assert week.json()["total"] > 0
    assert session.get(f"{live_server.url}/api/v1/notifications").status_code == 403
    assert requests.get(f"{live_server.url}/api/v1/moi").status_code == 401
    assert requests.get(f"{live_server.url}/api/v1/moi", auth=("maman", token)).status_code == 401
    key.refresh_from_db()
    assert key.used_from == "un programme Python"
    revoke_key(viewer, key)
    over = session.get(f"{live_server.url}/api/v1/moi")
    assert (over.status_code, over.headers["Content-Type"]) == (401, "application/problem+json")
    assert "révoqué" in over.json()["detail"]
    assert not session.cookies
