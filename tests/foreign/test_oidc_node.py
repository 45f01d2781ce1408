"""A certified client (openid-client, of the OpenID Foundation's list), in Node, against our real server."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from conftest import NOW
from preau.commons.signon.models import Alias, Client
from preau.directory.seeds.world import World
from tests.foreign.test_cas_clients import ROOT, Browser, foreign
from tests.foreign.test_oidc_client import SECRET, browser, came, elsewhere, held, preau

requests = foreign("requests")
__all__ = ["browser", "elsewhere", "held", "preau"]


class Service:
    """The Node process, to which one speaks by lines."""

    def __init__(self, running: "subprocess.Popen[str]") -> None:
        self.running = running

    def order(self, what: str, **more: Any) -> dict[str, Any]:
        assert self.running.stdin and self.running.stdout
        self.running.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.running.stdin.flush()
        answer: dict[str, Any] = json.loads(self.running.stdout.readline())
        return answer

    def get(self, what: str, **more: Any) -> Any:
        answer = self.order(what, **more)
        assert "ok" in answer, answer
        return answer["ok"]


@pytest.fixture
def node_service(preau: str, held: Client) -> Iterator[Service]:
    installed = (ROOT / "node_modules" / "openid-client").is_dir()
    node = ROOT / ".venv" / "bin" / "node"
    command = str(node) if node.exists() else shutil.which("node")
    if not os.environ.get("CI") and not (installed and command):
        pytest.skip("openid-client is not installed: make tools")
    # The server's clock is stopped by the test; the client's is not.
    options = {
        "issuer": preau,
        "id": held.client_id,
        "secret": SECRET,
        "back": held.redirects[0],
        "after": held.after_logout[0],
        "skew": int(NOW.timestamp() - _now()),
    }
    script = str(ROOT / "tests" / "foreign" / "openid_client.mjs")
    with subprocess.Popen(
        [str(command), script, json.dumps(options)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        yield Service(running)
        running.terminate()


def _now() -> float:
    """The time of the machine, whatever the test says it is: by a process of its own."""
    return float(subprocess.run(["date", "+%s"], capture_output=True, text=True, check=True).stdout)


def changed(address: str, **more: str) -> str:
    parts = urlsplit(address)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | more)).geturl()


def test_a_certified_client_learns_who_comes_and_leaves(
    planted: dict[str, World], preau: str, held: Client, browser: Browser, node_service: Service
) -> None:
    back = came(browser, node_service.get("ask"))
    claims = node_service.get("take", came=back)
    pupil = planted["college"].people["pupil"]
    alias = Alias.objects.get(service=held.service, person=pupil).value
    assert (claims["sub"], claims["iss"], claims["aud"]) == (alias, preau, held.client_id)
    userinfo = node_service.get("read")
    assert (userinfo["sub"], userinfo["given_name"], userinfo["urn:preau:profile"]) == (
        alias,
        pupil.given_name,
        "National_ELV",
    )
    assert node_service.get("renew") == {"same": True}
    assert node_service.get("read")["sub"] == alias
    page = browser.session.get(node_service.get("leave"))
    assert "Se déconnecter aussi de Préau" in page.text
    # The same answer again: the code is spent, and what it gave is taken back.
    assert node_service.order("take", came=back)["error"] == "invalid_grant"
    assert "refused" in node_service.order("read")


@pytest.mark.parametrize(
    "tampered",
    [{"state": "autre"}, {"iss": "https://autre.example"}, {"code": "autre"}],
    ids=["state", "issuer", "code"],
)
def test_an_answer_that_was_touched_is_refused(
    browser: Browser, node_service: Service, tampered: dict[str, str]
) -> None:
    back = came(browser, node_service.get("ask"))
    assert "refused" in node_service.order("take", came=changed(back, **tampered))


def test_a_nonce_of_another_visit_is_refused(browser: Browser, node_service: Service) -> None:
    back = came(browser, node_service.get("ask", more={"nonce": "un-autre-passage"}))
    assert "refused" in node_service.order("take", came=back)


def test_a_refusal_is_read(browser: Browser, node_service: Service) -> None:
    back = came(browser, node_service.get("ask", more={"scope": "profile"}))
    assert node_service.order("take", came=back)["error"] == "invalid_scope"
