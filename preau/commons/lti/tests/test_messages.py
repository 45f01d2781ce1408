"""Opening an activity: the message says who, where and for what, and nothing that the school did not agree to."""

from typing import Any

import pytest
import time_machine

from conftest import NOW, SchoolClient
from preau.commons.lti import rules
from preau.commons.lti.actions import keeping
from preau.commons.lti.models import Activity, Agreement, Passage, Tool
from preau.commons.lti.queries.tools import deployment_of
from preau.commons.lti.tests.tool import (
    HERE,
    OPENED,
    another_class,
    begin,
    class_of,
    come,
    given,
    launched,
    linked,
    posted,
)
from preau.commons.lti.words import CLAIM, GRADES_CLAIM, INSTRUCTOR, LEARNER, MEMBERS_CLAIM, MENTOR
from preau.commons.signon.models import Alias, Opening, Usage
from preau.directory.models import Enrolment
from preau.directory.seeds.world import World

pytestmark = pytest.mark.django_db


def test_a_pupil_opens_an_activity(
    college: World, tool: Tool, activity: Activity, sits: Any, settings: Any
) -> None:
    pupil = college.people["pupil"]
    browser = sits("pupil")
    parameters = begin(browser, activity)
    opening = activity.context.opening
    assert (parameters["iss"], parameters["client_id"]) == (settings.PUBLIC_URL, tool.client_id)
    assert (parameters["target_link_uri"], parameters["lti_deployment_id"]) == (
        OPENED,
        deployment_of(opening),
    )
    page = come(browser, parameters)
    assert f"form-action 'self' {HERE};" in page["Content-Security-Policy"] + ";"
    assert page["Referrer-Policy"] == "no-referrer" and "Continuer" in page.content.decode()
    carried = posted(page)
    assert set(carried) == {"id_token", "state"} and carried["state"] == "s-1"
    claims = launched(browser, activity)
    alias = Alias.objects.get(service=tool.service, person=pupil)
    assert (claims["sub"], claims["aud"], claims["nonce"]) == (alias.value, tool.client_id, "n-1")
    assert claims["exp"] - claims["iat"] == 300
    assert claims[f"{CLAIM}message_type"] == "LtiResourceLinkRequest"
    assert claims[f"{CLAIM}roles"] == [LEARNER]
    assert claims[f"{CLAIM}resource_link"] == {"id": activity.public_id, "title": "Fractions"}
    assert claims[f"{CLAIM}context"]["id"] == activity.context.number
    assert claims[f"{CLAIM}context"]["title"] == activity.context.group.name
    assert claims[f"{CLAIM}launch_presentation"]["locale"] == "fr-FR"
    assert claims["name"] == pupil.full_name
    assert "email" not in claims
    assert claims[GRADES_CLAIM]["lineitem"].startswith(claims[GRADES_CLAIM]["lineitems"])
    assert claims[MEMBERS_CLAIM]["service_versions"] == ["2.0"]
    assert Usage.objects.get(service=tool.service).count == 2


def test_what_was_not_agreed_to_is_not_said(college: World, sits: Any) -> None:
    tool = linked(college, allows=[], redirects=[OPENED])
    Opening.objects.filter(service=tool.service).update(agreed=[])
    activity = given(college, tool)
    claims = launched(sits("pupil"), activity)
    assert not {"name", "given_name", "family_name", "email", GRADES_CLAIM, MEMBERS_CLAIM} & set(claims)
    assert "title" not in claims[f"{CLAIM}context"]
    text = str(claims)
    pupil = college.people["pupil"]
    assert pupil.family_name not in text and activity.context.group.name not in text


def test_each_comes_in_their_role(college: World, activity: Activity, sits: Any) -> None:
    assert launched(sits("teacher"), activity)[f"{CLAIM}roles"] == [INSTRUCTOR]
    assert launched(sits("head"), activity)[f"{CLAIM}roles"][0].endswith("#Administrator")
    assert launched(sits("guardian"), activity)[f"{CLAIM}roles"] == [MENTOR]


def test_families_come_only_where_it_is_open_to_them(college: World, activity: Activity, sits: Any) -> None:
    Opening.objects.filter(pk=activity.context.opening_id).update(profiles=["pupil", "staff"])
    browser = sits("guardian")
    assert browser.get(f"/activites/{activity.public_id}/").status_code == 200
    answer = browser.post(f"/activites/{activity.public_id}/ouvrir/", follow=True)
    assert "pas ouvert en ce moment" in answer.content.decode()
    assert not Passage.objects.exists()
    # They read what their child got all the same.
    assert ">Fractions<" in browser.get("/activites/").content.decode()


@pytest.mark.parametrize("key", ["cpe", "secretary"])
def test_nobody_else_of_the_school_sees_it(activity: Activity, sits: Any, key: str) -> None:
    browser = sits(key)
    assert browser.get(f"/activites/{activity.public_id}/").status_code == 404
    assert browser.post(f"/activites/{activity.public_id}/ouvrir/").status_code == 404


def test_another_school_and_another_class_see_nothing(
    college: World, twin: World, tool: Tool, activity: Activity, sits: Any
) -> None:
    other = given(college, tool, another_class(college))
    assert sits("pupil").post(f"/activites/{other.public_id}/ouvrir/").status_code == 404
    stranger = SchoolClient().sit(twin.people["head"])
    assert stranger.get(f"/activites/{activity.public_id}/").status_code == 404


def test_a_pupil_who_left_the_class_opens_nothing(college: World, activity: Activity, sits: Any) -> None:
    browser = sits("pupil")
    parameters = begin(browser, activity)
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(ends=NOW.date())
    assert come(browser, parameters).status_code == 400
    assert browser.post(f"/activites/{activity.public_id}/ouvrir/").status_code == 404


@pytest.mark.parametrize("closed", ["opening", "service", "dates", "taken back", "profile"])
def test_what_closes_in_between_is_closed(college: World, activity: Activity, sits: Any, closed: str) -> None:
    browser = sits("pupil")
    parameters = begin(browser, activity)
    opening, service = activity.context.opening, activity.context.opening.service
    if closed == "opening":
        Opening.objects.filter(pk=opening.pk).update(is_on=False)
    elif closed == "service":
        type(service).objects.filter(pk=service.pk).update(is_on=False)
    elif closed == "dates":
        type(service).objects.filter(pk=service.pk).update(closes_on="2026-11-23")
    elif closed == "profile":
        Opening.objects.filter(pk=opening.pk).update(profiles=["staff"])
    else:
        Activity.objects.filter(pk=activity.pk).update(ended_at=NOW)
    assert come(browser, parameters).status_code in {400, 404}


def test_a_passage_is_used_once_and_lasts_five_minutes(college: World, activity: Activity, sits: Any) -> None:
    browser = sits("pupil")
    parameters = begin(browser, activity)
    assert "id_token" in posted(come(browser, parameters))
    assert come(browser, parameters).status_code == 400
    again = begin(browser, activity)
    with time_machine.travel(NOW + rules.PASSAGE_LIFE, tick=False):
        assert come(browser, again).status_code == 400


def test_somebody_elses_hint_opens_nothing(college: World, tool: Tool, activity: Activity, sits: Any) -> None:
    pupil, teacher = sits("pupil"), sits("teacher")
    mine, theirs = begin(pupil, activity), begin(teacher, activity)
    # Another person, then the same person in another browser, then the word of another activity.
    assert come(teacher, mine).status_code == 400
    assert come(sits("pupil"), mine).status_code == 400
    assert come(pupil, mine | {"lti_message_hint": theirs["lti_message_hint"]}).status_code == 400
    other = begin(pupil, given(college, tool, title="Autre"))
    assert come(pupil, mine | {"lti_message_hint": other["lti_message_hint"]}).status_code == 400
    assert come(pupil, mine | {"lti_message_hint": ""}).status_code == 400
    # What others tried took nothing from whoever it is.
    assert "id_token" in posted(come(pupil, mine))


def test_a_hint_made_for_one_service_is_worth_nothing_at_another(
    college: World, activity: Activity, sits: Any
) -> None:
    other = linked(college, "Ailleurs")
    browser = sits("pupil")
    parameters = begin(browser, activity)
    assert come(browser, parameters | {"client_id": other.client_id}).status_code == 400


TRICKS = [
    "",
    f"{OPENED}/",
    f"{OPENED}?x=1",
    f"{OPENED}#x",
    OPENED.replace("https", "http"),
    OPENED.upper(),
    f" {OPENED}",
    OPENED.replace(".example", ".example@autre.example"),
    OPENED.replace(".example", ".example.autre.example"),
    "https://autre.example/lti/ouvrir",
    "//exercices.example/lti/ouvrir",
    f"{HERE}:443/lti/ouvrir",
    f"{HERE}/lti/%6Fuvrir",
    f"{HERE}/lti/../lti/ouvrir",
    f"{OPENED}\x00",
    f"{OPENED}\r\nX: y",
    "javascript:alert(1)",
    "a" * 10_000,
]


@pytest.mark.parametrize("back", TRICKS)
def test_nothing_leaves_for_another_address(activity: Activity, sits: Any, back: str) -> None:
    browser = sits("pupil")
    page = come(browser, begin(browser, activity), redirect_uri=back)
    assert page.status_code == 400
    assert "id_token" not in page.content.decode() and "data-onward" not in page.content.decode()


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"response_mode": ""}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"nonce": "é"}, "invalid_request"),
        ({"nonce": "n" * 501}, "invalid_request"),
        ({"state": "s" * 2_001}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
    ],
)
def test_a_mistake_is_told_to_the_service(activity: Activity, sits: Any, more: Any, error: str) -> None:
    browser = sits("pupil")
    parameters = begin(browser, activity)
    carried = posted(come(browser, parameters, **more))
    assert carried["error"] == error and "id_token" not in carried
    assert "id_token" in posted(come(browser, parameters))


def test_a_visitor_is_not_asked_to_sign_in(activity: Activity, sits: Any, client: Any) -> None:
    """`prompt=none`: whoever is signed in no more is told so by the service."""
    parameters = begin(sits("pupil"), activity)
    assert posted(come(client, parameters)) == {"error": "login_required", "state": "s-1"}


def test_a_parameter_given_twice_is_not_there(activity: Activity, sits: Any) -> None:
    browser = sits("pupil")
    parameters = begin(browser, activity)
    answer = browser.get(
        "/lti/authorize", {"client_id": [parameters["client_id"], "x"], "redirect_uri": OPENED}
    )
    assert answer.status_code == 404


def test_a_post_is_asked_again_as_a_get(activity: Activity, sits: Any) -> None:
    browser = sits("pupil")
    answer = browser.post("/lti/authorize", {"client_id": "x", "nonce": "n 1"})
    assert (answer.status_code, answer["Location"]) == (302, "/lti/authorize?client_id=x&nonce=n+1")
    assert browser.get("/lti/authorize").status_code == 302


@pytest.mark.parametrize("said", ["", "é", "\x00", "' OR 1=1 --", "preau-lti-" + "0" * 24, "a" * 100_000])
def test_an_unknown_service_is_said_to_the_person(activity: Activity, sits: Any, said: str) -> None:
    assert sits("pupil").get("/lti/authorize", {"client_id": said}).status_code == 404


def test_the_custom_words_and_the_own_address_of_an_activity_are_said(
    college: World, tool: Tool, sits: Any
) -> None:
    activity = given(college, tool, target=f"{HERE}/serie/7", custom={"serie": "7"})
    browser = sits("pupil")
    assert begin(browser, activity)["target_link_uri"] == f"{HERE}/serie/7"
    claims = launched(browser, activity)
    assert claims[f"{CLAIM}target_link_uri"] == f"{HERE}/serie/7"
    assert claims[f"{CLAIM}custom"] == {"serie": "7"}


def test_passages_are_dropped_and_say_nothing(college: World, activity: Activity, sits: Any) -> None:
    parameters = begin(sits("pupil"), activity)
    kept = str(list(Passage.objects.values()))
    assert parameters["login_hint"] not in kept and parameters["lti_message_hint"] not in kept
    assert keeping.purge(NOW + rules.PASSAGE_LIFE) == 1
    assert not Passage.objects.exists()


def test_agreements_are_read_by_whoever_settles(
    college: World, tool: Tool, seat_of: Any, twin: World
) -> None:
    found = Agreement.objects.filter(opening__service=tool.service)
    assert found.visible_to(seat_of("head")).count() == 1
    assert not found.visible_to(seat_of("teacher")).exists()
    assert not found.visible_to(seat_of("head", world=twin)).exists()
    assert class_of(college)
