"""A tool that others wrote (PyLTI1p3), against our real server: login, launch, choosing, the list of a class, results."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from conftest import NOW
from preau.commons.lti import tasks
from preau.commons.lti.models import Activity, Score, Tool
from preau.commons.lti.queries.tools import deployment_of
from preau.commons.lti.tests.tool import KEY, class_of, given, linked, public
from preau.commons.signon.models import Alias, Opening
from preau.directory.models import Enrolment
from preau.directory.seeds.world import World
from preau.identity.seeds import CAST, PASSWORD
from tests.foreign.test_cas_clients import Browser, foreign

foreign("pylti1p3")
cookie, login, launch = (foreign(f"pylti1p3.{one}") for one in ("cookie", "oidc_login", "message_launch"))
redirection, asked_, session = (foreign(f"pylti1p3.{one}") for one in ("redirect", "request", "session"))
config, grade, line = (foreign(f"pylti1p3.{one}") for one in ("tool_config", "grade", "lineitem"))
requests = foreign("requests")
resource, errors = foreign("pylti1p3.deep_link_resource"), foreign("pylti1p3.exception")
AT = "2026-11-24T10:00:00+01:00"
# What is to be hung up after a test.
WIRES: list[Any] = []


class Elsewhere(BaseHTTPRequestHandler):
    """The tool's server: its keys, and nothing else that a machine asks."""

    def do_GET(self) -> None:
        body = json.dumps({"keys": public(KEY)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


class Question(asked_.Request):  # type: ignore[misc, name-defined]
    """What the tool's own framework would give it: parameters, a session, cookies."""

    def __init__(self, parameters: dict[str, str], kept: dict[str, Any]) -> None:
        self.said, self.kept = parameters, kept

    @property
    def session(self) -> dict[str, Any]:
        return self.kept

    def is_secure(self) -> bool:
        return False

    def get_param(self, key: str) -> str:
        return self.said.get(key, "")


class Cookies(cookie.CookieService):  # type: ignore[misc, name-defined]
    def __init__(self, kept: dict[str, Any]) -> None:
        self.kept = kept

    def get_cookie(self, name: str) -> Any:
        return self.kept.get(f"cookie {name}")

    def set_cookie(self, name: str, value: Any, exp: Any = 3600) -> None:
        self.kept[f"cookie {name}"] = value


class Going(redirection.Redirect):  # type: ignore[misc, name-defined]
    def __init__(self, address: str) -> None:
        self.address = address

    def do_redirect(self) -> str:
        return self.address

    do_js_redirect = get_redirect_url = do_redirect


class Login(login.OIDCLogin):  # type: ignore[misc, name-defined]
    def get_redirect(self, url: str) -> Going:
        return Going(url)


class Launch(launch.MessageLaunch):  # type: ignore[misc, name-defined]
    def _get_request_param(self, key: str) -> str:
        return str(self._request.get_param(key))


class Site:
    """A tool written with PyLTI1p3: what our page of settings told it, its key, and one person's browser session there."""

    def __init__(self, preau: str, tool: Tool) -> None:
        self.wire = requests.Session()
        WIRES.append(self.wire)
        opening = Opening.objects.get(service=tool.service_id)
        registration = {
            "client_id": tool.client_id,
            "auth_login_url": f"{preau}/lti/authorize",
            "auth_token_url": f"{preau}/lti/token",
            "key_set_url": f"{preau}/oidc/jwks",
            "deployment_ids": [deployment_of(opening)],
        }
        self.conf, self.tool, self.kept = config.ToolConfDict({preau: registration}), tool, {}
        self.conf.set_private_key(preau, KEY.as_pem(private=True).decode())
        self.conf.set_public_key(preau, KEY.as_pem(private=False).decode())

    def login(self, address: str) -> str:
        """Our browser arrives at its login address: where it sends it."""
        assert address.startswith(self.tool.login_url)
        question = Question(words_of(address), self.kept)
        found = Login(question, self.conf, session.SessionService(question), Cookies(self.kept))
        return str(found.redirect(self.tool.redirects[0]))

    def launched(self, carried: dict[str, str]) -> Any:
        question = Question(carried, self.kept)
        found = Launch(
            question,
            self.conf,
            session.SessionService(question),
            Cookies(self.kept),
            requests_session=self.wire,
        )
        return found.validate()


def words_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def preau(planted: dict[str, World], live_server: Any, settings: Any) -> str:
    settings.SIGNON_LOOPBACK = True
    settings.PUBLIC_URL = live_server.url
    address: str = live_server.url
    return address


@pytest.fixture
def tool(planted: dict[str, World], preau: str) -> Iterator[Tool]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    there = f"http://127.0.0.1:{server.server_port}"
    yield linked(
        planted["college"],
        login_url=f"{there}/connexion",
        target=f"{there}/ouvrir",
        redirects=[f"{there}/ouvrir"],
        keys=[],
        keys_url=f"{there}/cles",
    )
    while WIRES:
        WIRES.pop().close()
    server.shutdown()
    server.server_close()


def signed_in(preau: str, key: str) -> Browser:
    found = Browser(preau)
    WIRES.append(found.session)
    page = found.session.get(f"{preau}/connexion/")
    found.post("/connexion/", page, login=CAST[key], password=PASSWORD)
    return found


def onward(page: Any) -> str:
    """Where a page of ours goes on by itself."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found, page.text[:400]
    return found[1].replace("&amp;", "&")


def carried(page: Any) -> dict[str, str]:
    """The form that goes on by itself, towards the tool."""
    form = re.search(r'action="(http[^"]+)" data-onward>(.*?)</form>', page.text, re.DOTALL)
    assert form, page.text[:400]
    return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]))


def open_activity(site: Site, browser: Browser, activity: Activity) -> Any:
    here = f"/activites/{activity.public_id}/"
    page = browser.session.get(f"{browser.preau}{here}")
    began = browser.post(f"{here}ouvrir/", page)
    return site.launched(carried(browser.session.get(site.login(onward(began)))))


def test_a_tool_learns_who_comes_and_gives_a_grade(planted: dict[str, World], preau: str, tool: Tool) -> None:
    world = planted["college"]
    activity, pupil = given(world, tool), world.people["pupil"]
    site = Site(preau, tool)
    found = open_activity(site, signed_in(preau, "pupil"), activity)
    claims = found.get_launch_data()
    user = Alias.objects.get(service=tool.service, person=pupil).value
    assert (claims["sub"], claims["given_name"]) == (user, pupil.given_name)
    assert found.is_resource_launch() and found.check_student_access() and not found.check_teacher_access()
    assert found.has_ags() and found.has_nrps()

    # The grade of the activity's own line, then what we say of it.
    ags = found.get_ags()
    score = grade.Grade().set_score_given(15).set_score_maximum(20).set_timestamp(AT).set_user_id(user)
    score.set_activity_progress("Completed").set_grading_progress("FullyGraded").set_comment("Bravo.")
    ags.put_grade(score)
    own = ags.find_lineitem_by_resource_link_id(activity.public_id)
    assert own.get_label() == activity.title
    assert [(get_grade["userId"], get_grade["resultScore"]) for get_grade in ags.get_grades(own)] == [
        (user, 15)
    ]
    assert Score.objects.get(column__activity=activity).pupil == pupil

    # A line of its own, found again by its tag, changed by nobody else.
    bonus = line.LineItem().set_tag("bonus").set_score_maximum(5).set_label("Bonus")
    made = ags.find_or_create_lineitem(bonus)
    assert ags.find_or_create_lineitem(line.LineItem().set_tag("bonus")).get_id() == made.get_id()
    ags.put_grade(score.set_score_given(4).set_score_maximum(5), made)
    assert [get_grade["resultScore"] for get_grade in ags.get_grades(made)] == [4]
    assert len(ags.get_lineitems()) == 2


def test_a_tool_reads_the_list_of_a_class_by_pages(planted: dict[str, World], preau: str, tool: Tool) -> None:
    world = planted["college"]
    activity = given(world, tool)
    tasks.name_members.func()
    found = open_activity(Site(preau, tool), signed_in(preau, "teacher"), activity)
    assert found.check_teacher_access()
    nrps = found.get_nrps()
    everybody = nrps.get_members()
    learners = [get_member for get_member in everybody if get_member["roles"][0].endswith("#Learner")]
    assert len(learners) == Enrolment.objects.filter(group=activity.context.group, ends=None).count()
    assert world.people["pupil"].full_name in {learner["name"] for learner in learners}
    assert nrps.get_members(activity.public_id) == everybody
    # PyLTI1p3 follows the pages that we give, whatever their size.
    address = nrps._service_data["context_memberships_url"]
    nrps._service_data["context_memberships_url"] = f"{address}?limit=3"
    assert nrps.get_members() == everybody
    assert nrps.get_context()["id"] == activity.context.number


def test_a_teacher_chooses_in_a_tool(planted: dict[str, World], preau: str, tool: Tool) -> None:
    world = planted["college"]
    group, site, browser = class_of(world), Site(preau, tool), signed_in(preau, "teacher")
    page = browser.session.get(f"{preau}/activites/ajouter/")
    began = browser.post("/activites/ajouter/", page, group=str(group.pk), tool=tool.service.public_id)
    found = site.launched(carried(browser.session.get(site.login(onward(began)))))
    assert found.is_deep_link_launch()
    chosen = resource.DeepLinkResource()
    chosen.set_title("Série 7").set_url(f"{tool.redirects[0]}?serie=7").set_custom_params({"serie": "7"})
    chosen.set_lineitem(line.LineItem().set_score_maximum(10).set_label("Série 7").set_tag("s7"))
    form = found.get_deep_link().output_response_form([chosen])
    address, word = re.search(
        r'action="([^"]+)" method="POST"><input type="hidden" name="JWT" value="([^"]+)"', form
    ).groups()  # type: ignore[union-attr]
    page = browser.session.post(address, {"JWT": word})
    assert "Série 7" in page.text and "/activites/choix/" in page.url
    browser.post(urlsplit(page.url).path, page, items="0")
    activity = Activity.objects.get(title="Série 7")
    assert (activity.context.group, activity.custom) == (group, {"serie": "7"})

    # And a pupil opens it: the tool reads its own words again.
    pupil = open_activity(Site(preau, tool), signed_in(preau, "pupil"), activity)
    claims = pupil.get_launch_data()
    assert claims["https://purl.imsglobal.org/spec/lti/claim/custom"] == {"serie": "7"}
    assert claims["https://purl.imsglobal.org/spec/lti/claim/target_link_uri"].endswith("?serie=7")


def test_what_was_said_once_is_of_no_use_again(planted: dict[str, World], preau: str, tool: Tool) -> None:
    """PyLTI1p3 refuses another state and another nonce, we a passage that was used."""
    activity, browser = given(planted["college"], tool), signed_in(preau, "pupil")
    site, here = Site(preau, tool), f"/activites/{activity.public_id}/"
    began = browser.post(f"{here}ouvrir/", browser.session.get(f"{preau}{here}"))
    address = site.login(onward(began))
    first = carried(browser.session.get(address))
    for wrong in (first | {"state": "state-autre"}, first | {"id_token": first["id_token"][:-4] + "AAAA"}):
        with pytest.raises(errors.LtiException):
            site.launched(wrong)
    with pytest.raises(errors.LtiException):
        Site(preau, tool).launched(first)
    assert site.launched(first)
    assert browser.session.get(address).status_code == 400
    assert signed_in(preau, "teacher").session.get(address).status_code == 400


def test_a_tool_that_is_no_more_allowed_is_told_nothing(
    planted: dict[str, World], preau: str, tool: Tool
) -> None:
    activity = given(planted["college"], tool)
    found = open_activity(Site(preau, tool), signed_in(preau, "pupil"), activity)
    nrps = found.get_nrps()
    assert nrps.get_members_page()
    Opening.objects.filter(service=tool.service_id).update(is_on=False)
    with pytest.raises(errors.LtiServiceException):
        nrps.get_members_page()
    assert activity.given_at <= NOW + timedelta(0)
