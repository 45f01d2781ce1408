"""Between servers: tokens, what is counted, what each pupil got, who is in a class; and all that is refused, never by a 500."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from joserfc.jwk import RSAKey

from conftest import NOW
from preau.commons.lti import rules, tasks
from preau.commons.lti.actions import keeping
from preau.commons.lti.models import Activity, Agreement, Column, Context, Pass, Score, Shown, Tool
from preau.commons.lti.queries.messages import address, line_address
from preau.commons.lti.tests.tool import (
    EVERY_SCOPE,
    HERE,
    KEY,
    NUMBER,
    OTHER_KEY,
    another_class,
    ask_token,
    assertion,
    chosen,
    given,
    launched,
    linked,
    public,
    score_of,
    server,
    signed,
    token_of,
)
from preau.commons.lti.words import ALLOWED, DEEP, INSTRUCTOR, LEARNER, LINES, MEMBERS_SCOPE, SCORE
from preau.commons.signon.models import Alias, Opening, Service
from preau.directory.actions import consents
from preau.directory.boards import purposes
from preau.directory.models import Enrolment
from preau.directory.seeds.world import World
from preau.foundation import outward

pytestmark = pytest.mark.django_db
STAMP = int(NOW.timestamp())


@pytest.fixture
def token(tool: Tool) -> str:
    return token_of(tool)


@pytest.fixture
def user(college: World, activity: Activity, sits: Any) -> str:
    """The name of the cast's pupil at the service, once they have come."""
    return str(launched(sits("pupil"), activity)["sub"])


def column_of(activity: Activity) -> Column:
    return Column.objects.get(activity=activity)


def line(activity: Activity, rest: str = "") -> str:
    return line_address(activity.context, column_of(activity)) + rest


def lines(activity: Activity) -> str:
    return address("lti:lines", number=activity.context.number)


def members(activity: Activity, query: str = "") -> str:
    return address("lti:members", number=activity.context.number) + query


# Tokens


def test_a_token_is_given_for_what_was_agreed_to(tool: Tool) -> None:
    answer = ask_token(signed(assertion(tool)), [*EVERY_SCOPE, "https://autre.example/scope"])
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "Bearer", 3_600)
    assert set(body["scope"].split()) == set(EVERY_SCOPE)
    assert answer["Cache-Control"] == "no-store"
    assert body["access_token"] not in str(list(Pass.objects.values()))
    Agreement.objects.update(allowed=["scores"])
    assert ask_token(signed(assertion(tool, jti="j-2"))).json()["scope"] == SCORE
    assert ask_token(signed(assertion(tool, jti="j-3")), [MEMBERS_SCOPE]).json() == {"error": "invalid_scope"}


def test_what_no_service_asks_is_not_given_though_it_was_agreed_to(college: World) -> None:
    tool = linked(college, asks=["scores"])
    assert ask_token(signed(assertion(tool))).json()["scope"] == SCORE


@pytest.mark.parametrize(
    "more",
    [
        {"iss": "preau-lti-" + "0" * 24},
        {"iss": None},
        {"iss": ["x"]},
        {"iss": 7},
        {"sub": "autre"},
        {"sub": None},
        {"aud": "https://autre.example/lti/token"},
        {"aud": None},
        {"aud": []},
        {"aud": ["http://localhost:8000/lti/token", "x"]},
        {"aud": "http://localhost:8000"},
        {"aud": {"x": 1}},
        {"exp": STAMP - 61},
        {"exp": STAMP + 500},
        {"exp": None},
        {"exp": "demain"},
        {"exp": True},
        {"exp": 1e300},
        {"iat": STAMP + 90},
        {"iat": "hier"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 501},
    ],
)
def test_a_word_that_does_not_fit_gives_nothing(tool: Tool, more: dict[str, Any]) -> None:
    answer = ask_token(
        signed(assertion(tool) | more if None not in more.values() else assertion(tool, **more))
    )
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_client"})
    assert not Pass.objects.exists()


def test_a_word_is_shown_once(tool: Tool) -> None:
    word = signed(assertion(tool))
    assert ask_token(word).status_code == 200
    assert ask_token(word).json() == {"error": "invalid_client"}
    assert ask_token(signed(assertion(tool, exp=STAMP + 90))).status_code == 400
    # The mark outlives the word, and goes afterwards.
    assert Shown.objects.get().ends_at > NOW + rules.ASSERTION_LIFE
    keeping.purge(NOW + timedelta(hours=2))
    assert not Shown.objects.exists()


def of_json(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(claims: Any, header: Any, secret: bytes = b"") -> str:
    words = f"{of_json(header)}.{of_json(claims)}"
    mark = base64.urlsafe_b64encode(hmac.digest(secret, words.encode(), "sha256")).rstrip(b"=").decode()
    return f"{words}.{mark if secret else ''}"


def test_a_word_that_the_service_did_not_sign_gives_nothing(tool: Tool) -> None:
    claims, pem = assertion(tool), KEY.as_pem(private=False)
    words = [
        forged(claims, {"alg": "none"}),
        forged(claims, {"alg": "none", "kid": NUMBER}),
        forged(claims, {"alg": "HS256", "kid": NUMBER}, pem),
        forged(claims, {"alg": "RS256", "kid": NUMBER}, pem),
        signed(claims, OTHER_KEY),
        signed(claims, OTHER_KEY, kid=NUMBER),
        signed(claims, OTHER_KEY, jwk=OTHER_KEY.as_dict(private=False)),
        signed(claims)[:-4] + "AAAA",
        signed(claims).rsplit(".", 1)[0] + ".",
        signed(claims).rsplit(".", 1)[0],
        "x.y.z",
        "é.é.é",
        "\x00",
        "a" * 100_000,
        f"{of_json([1])}.{of_json([1])}.x",
    ]
    for word in words:
        answer = ask_token(word)
        assert answer.status_code in {400, 429}, word[:60]
        assert "invalid_client" in answer.content.decode()
    assert not Pass.objects.exists()


def test_too_many_wrong_words_close_the_door_to_their_address(tool: Tool) -> None:
    for _turn in range(rules.WRONG_WORDS):
        assert ask_token(signed(assertion(tool), OTHER_KEY)).status_code == 400
    answer = ask_token(signed(assertion(tool)))
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    data = {
        "client_assertion": signed(assertion(tool)),
        "grant_type": "client_credentials",
        "scope": SCORE,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    assert Browser(REMOTE_ADDR="198.51.100.7").post("/lti/token", data).status_code == 200


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"client_assertion_type": "autre"}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
    ],
)
def test_a_question_that_is_not_of_the_standard(tool: Tool, more: dict[str, str], code: str) -> None:
    answer = ask_token(signed(assertion(tool)), **more)
    assert (answer.status_code, answer.json()) == (400, {"error": code})


def test_a_token_ends_with_its_hour_its_service_and_its_opening(
    tool: Tool, token: str, activity: Activity
) -> None:
    assert server("get", lines(activity), token).status_code == 200
    with time_machine.travel(NOW + rules.PASS_LIFE, tick=False):
        assert server("get", lines(activity), token).status_code == 401
    Opening.objects.filter(service=tool.service).update(is_on=False)
    assert server("get", lines(activity), token).status_code == 404
    Opening.objects.filter(service=tool.service).update(is_on=True)
    Service.objects.filter(pk=tool.service_id).update(is_on=False)
    assert server("get", lines(activity), token).status_code == 401


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer ", "Bearer x", "Basic x", "Bearer " + "é" * 9, "bearer \x00"]
)
def test_what_is_no_token_opens_nothing(activity: Activity, shown: str) -> None:
    for path in (lines(activity), line(activity), line(activity, "/results"), members(activity)):
        answer = Browser().get(path.removeprefix("http://localhost:8000"), headers={"Authorization": shown})
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_token"})


# Keys


def test_keys_are_read_at_the_address_and_followed_when_they_change(
    college: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = linked(college, keys=[], keys_url=f"{HERE}/cles")
    keys, asked = [public(KEY)], []

    def words_at(address: str, *, kind: str) -> bytes:
        asked.append(address)
        return json.dumps({"keys": keys[0]}).encode()

    monkeypatch.setattr(outward, "words_at", words_at)
    assert ask_token(signed(assertion(tool))).status_code == 200
    assert ask_token(signed(assertion(tool, jti="j-2"))).status_code == 200
    assert asked == [f"{HERE}/cles"]
    keys[0] = public(OTHER_KEY)
    # Not twice in a minute: whoever invents numbers does not make us ask.
    assert ask_token(signed(assertion(tool, jti="j-3"), OTHER_KEY)).status_code == 400
    with time_machine.travel(NOW + rules.KEYS_AGAIN, tick=False):
        assert ask_token(signed(assertion(tool, jti="j-4"), OTHER_KEY)).status_code == 200
    assert len(asked) == 2


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"x",
        b"[]",
        b'{"keys": []}',
        b"\xff",
        b'{"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}]}',
        b'{"keys": [{"pem": 1}]}',
    ],
)
def test_an_address_without_keys_opens_nothing(
    college: World, monkeypatch: pytest.MonkeyPatch, words: bytes
) -> None:
    tool = linked(college, keys=[], keys_url=f"{HERE}/cles")
    monkeypatch.setattr(outward, "words_at", lambda address, kind: words)
    assert ask_token(signed(assertion(tool))).status_code == 400
    tool.refresh_from_db()
    assert tool.keys_read_at == NOW, "not asked again within the minute"


def test_an_address_that_does_not_answer_keeps_what_is_known(
    college: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = linked(college, keys=[], keys_url=f"{HERE}/cles", read_keys=public(KEY))

    def away(address: str, *, kind: str) -> bytes:
        raise ConnectionError

    monkeypatch.setattr(outward, "words_at", away)
    assert ask_token(signed(assertion(tool))).status_code == 200


def test_two_keys_while_one_gives_place_to_the_other(college: World) -> None:
    tool = linked(college, keys=public(KEY, OTHER_KEY))
    assert ask_token(signed(assertion(tool))).status_code == 200
    assert ask_token(signed(assertion(tool, jti="j-2"), OTHER_KEY)).status_code == 200
    third = RSAKey.generate_key(2_048, auto_kid=True)
    assert ask_token(signed(assertion(tool, jti="j-3"), third)).status_code == 400


# What is counted


def test_lines_are_read_added_changed_and_dropped(activity: Activity, token: str) -> None:
    own = server("get", lines(activity), token)
    assert own["Content-Type"] == "application/vnd.ims.lis.v2.lineitemcontainer+json"
    assert [one["resourceLinkId"] for one in own.json()] == [activity.public_id]
    line_item = {"label": "Bonus", "scoreMaximum": 5, "tag": "bonus", "resourceId": "r-1"}
    made = server("post", lines(activity), token, line_item)
    assert (made.status_code, made.json()["label"]) == (201, "Bonus")
    assert server("get", f"{lines(activity)}?tag=bonus", token).json() == [made.json()]
    assert server("get", f"{lines(activity)}?resource_id=autre", token).json() == []
    assert len(server("get", f"{lines(activity)}?resource_link_id={activity.public_id}", token).json()) == 1
    here = made.json()["id"]
    changed = server(
        "put", here, token, made.json() | {"scoreMaximum": 10, "endDateTime": "2026-12-01T08:00:00Z"}
    )
    assert changed.json()["scoreMaximum"] == 10
    assert server("get", here, token).json() == changed.json()
    assert server("put", here, token, line_item | {"resourceLinkId": activity.public_id}).status_code == 400
    assert server("delete", here, token).status_code == 204
    assert server("get", here, token).status_code == 404


def test_lines_come_by_pages(activity: Activity, token: str) -> None:
    for number in range(4):
        server("post", lines(activity), token, {"label": f"L {number}", "scoreMaximum": 5})
    found, here = [], f"{lines(activity)}?limit=2"
    while here:
        answer = server("get", here, token)
        found += [one["label"] for one in answer.json()]
        here = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert found == [activity.title, "L 0", "L 1", "L 2", "L 3"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        [],
        "x",
        {"label": "A"},
        {"label": "", "scoreMaximum": 5},
        {"label": 7, "scoreMaximum": 5},
        {"label": "A", "scoreMaximum": 0},
        {"label": "A", "scoreMaximum": -1},
        {"label": "A", "scoreMaximum": "5"},
        {"label": "A", "scoreMaximum": True},
        {"label": "A", "scoreMaximum": 10**400},
        {"label": "A", "scoreMaximum": 5, "startDateTime": "hier"},
        {"label": "A", "scoreMaximum": 5, "endDateTime": "2026-11-24T09:00:00"},
        {"label": "A", "scoreMaximum": 5, "startDateTime": "0001-01-01T00:00:00+14:00"},
        {"label": "A", "scoreMaximum": 5, "endDateTime": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_line_that_says_nothing_is_refused(activity: Activity, token: str, said: Any) -> None:
    assert server("post", lines(activity), token, said).status_code == 400
    assert server("put", line(activity), token, said).status_code == 400


@pytest.mark.parametrize("body", ["", "{", "\x00", "NaN", '{"label": NaN}', "[" * 10_000, "é" * 100_000])
def test_what_is_no_json_is_refused(activity: Activity, token: str, body: str) -> None:
    for path in (lines(activity), line(activity, "/scores")):
        path = path.removeprefix("http://localhost:8000")
        answer = Browser().post(path, body, "application/json", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in {400, 413}


def test_a_line_of_an_activity_of_another_class_is_not_taken(
    college: World, tool: Tool, activity: Activity, token: str
) -> None:
    other = given(college, tool, another_class(college))
    line_item = {"label": "A", "scoreMaximum": 5, "resourceLinkId": other.public_id}
    assert server("post", lines(activity), token, line_item).status_code == 404
    assert (
        server("get", line(other).replace(other.context.number, activity.context.number), token).status_code
        == 404
    )


# What each pupil got


def test_a_score_is_kept_and_read_again(college: World, activity: Activity, token: str, user: str) -> None:
    assert server("post", line(activity, "/scores"), token, score_of(user)).status_code == 204
    kept = Score.objects.get(column__activity=activity)
    assert (kept.pupil, kept.given, kept.maximum, kept.comment) == (college.people["pupil"], 15, 20, "Bravo.")
    half = {"scoreGiven": 4, "scoreMaximum": 8, "timestamp": "2026-11-24T09:05:00Z", "comment": ...}
    assert server("post", line(activity, "/scores"), token, score_of(user, **half)).status_code == 204
    results = server("get", line(activity, "/results"), token).json()
    assert [(one["userId"], one["resultScore"], one["resultMaximum"]) for one in results] == [(user, 10, 20)]
    assert server("get", line(activity, f"/results?user_id={user}"), token).json() == results
    assert server("get", line(activity, "/results?user_id=autre"), token).json() == []


def test_a_score_said_twice_is_there_once_and_an_older_one_is_refused(
    activity: Activity, token: str, user: str
) -> None:
    here = line(activity, "/scores")
    assert [server("post", here, token, score_of(user)).status_code for _turn in "ab"] == [204, 204]
    assert server("post", here, token, score_of(user, scoreGiven=1)).status_code == 409
    older = score_of(user, scoreGiven=1, timestamp="2026-11-24T08:59:59+01:00")
    assert server("post", here, token, older).status_code == 409
    assert Score.objects.get(column__activity=activity).given == 15


def test_a_score_without_a_number_takes_the_number_away(activity: Activity, token: str, user: str) -> None:
    here = line(activity, "/scores")
    server("post", here, token, score_of(user))
    started = {
        "scoreGiven": ...,
        "scoreMaximum": ...,
        "activityProgress": "Started",
        "gradingProgress": "NotReady",
    }
    score = score_of(user, timestamp="2026-11-24T09:10:00+01:00", **started)
    assert server("post", here, token, score).status_code == 204
    assert Score.objects.get(column__activity=activity).given is None
    assert "resultScore" not in server("get", line(activity, "/results"), token).json()[0]


@pytest.mark.parametrize(
    "more",
    [
        {"scoreGiven": -1},
        {"scoreGiven": "15"},
        {"scoreGiven": True},
        {"scoreMaximum": 0},
        {"scoreMaximum": ...},
        {"scoreMaximum": -20},
        {"scoreGiven": 10**400},
        {"timestamp": ...},
        {"timestamp": "2026-11-24T09:00:00"},
        {"timestamp": "hier"},
        {"timestamp": "2026-13-45T09:00:00Z"},
        {"timestamp": 7},
        {"timestamp": "2027-11-24T09:00:00Z"},
        {"timestamp": "0001-01-01T00:00:00+14:00"},
        {"activityProgress": "Fini"},
        {"activityProgress": ...},
        {"activityProgress": []},
        {"gradingProgress": "Noté"},
        {"gradingProgress": ...},
        {"gradingProgress": {}},
    ],
)
def test_a_score_that_says_nothing_is_refused(activity: Activity, token: str, user: str, more: Any) -> None:
    assert server("post", line(activity, "/scores"), token, score_of(user, **more)).status_code == 400
    assert not Score.objects.filter(column__activity=activity).exists()


@pytest.mark.parametrize("said", ["", "autre", "\x00", "\ud800", "é", "a" * 10_000, None, 7, [], {}])
def test_a_score_of_nobody_is_refused(activity: Activity, token: str, said: Any) -> None:
    assert server("post", line(activity, "/scores"), token, score_of("x", userId=said)).status_code == 404


def test_a_score_of_somebody_else_than_a_pupil_of_the_class_is_refused(
    college: World, tool: Tool, activity: Activity, token: str, user: str, sits: Any
) -> None:
    here = line(activity, "/scores")
    teacher = launched(sits("teacher"), activity)["sub"]
    assert server("post", here, token, score_of(teacher)).status_code == 404
    other = given(college, tool, another_class(college))
    # The pupil is known to this very service, and learns in another class.
    assert server("post", line(other, "/scores"), token, score_of(user)).status_code == 404
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(ends=NOW.date())
    assert server("post", here, token, score_of(user)).status_code == 404
    assert server("get", line(activity, "/results"), token).json() == []


def test_nothing_is_said_of_an_activity_that_was_taken_back(
    activity: Activity, token: str, user: str
) -> None:
    Activity.objects.filter(pk=activity.pk).update(ended_at=NOW)
    assert server("post", line(activity, "/scores"), token, score_of(user)).status_code == 404
    assert server("get", lines(activity), token).json() == []


# Of another, and not agreed to


def test_a_service_reaches_nothing_of_another(
    college: World, activity: Activity, token: str, user: str
) -> None:
    other = token_of(linked(college, "Ailleurs", keys=public(OTHER_KEY)), key=OTHER_KEY)
    for path in (lines(activity), line(activity), line(activity, "/results"), members(activity)):
        assert server("get", path, token).status_code == 200
        assert server("get", path, other).status_code == 404
    assert server("post", line(activity, "/scores"), other, score_of(user)).status_code == 404
    assert server("post", lines(activity), other, {"label": "A", "scoreMaximum": 5}).status_code == 404
    assert server("put", line(activity), other, {"label": "A", "scoreMaximum": 5}).status_code == 404
    assert server("delete", line(activity), other).status_code == 404


def test_a_token_does_what_it_was_given_for(tool: Tool, activity: Activity, user: str) -> None:
    reads = token_of(tool, [LINES])
    assert server("get", lines(activity), reads).status_code == 200
    refused = [
        server("post", lines(activity), reads, {"label": "A", "scoreMaximum": 5}),
        server("put", line(activity), reads, {"label": "A", "scoreMaximum": 5}),
        server("delete", line(activity), reads),
        server("post", line(activity, "/scores"), reads, score_of(user)),
        server("get", line(activity, "/results"), reads),
        server("get", members(activity), reads),
    ]
    assert {one.status_code for one in refused} == {403}


def test_a_school_that_did_not_agree_gives_nothing(
    college: World, twin: World, activity: Activity, user: str
) -> None:
    """A service of the platform: the token was given because another school agreed."""
    tool = Tool.objects.get(service=activity.context.opening.service)
    Service.objects.filter(pk=tool.service_id).update(school=None)
    beside = Opening.objects.create(service=tool.service, school=twin.school, is_on=True)
    Agreement.objects.create(opening=beside, allowed=list(ALLOWED))
    Agreement.objects.filter(opening=activity.context.opening).update(allowed=["columns"])
    token = token_of(tool)
    assert server("get", lines(activity), token).status_code == 200
    assert server("post", line(activity, "/scores"), token, score_of(user)).status_code == 403
    assert server("get", members(activity), token).status_code == 403


# Who is in the class


def test_the_list_of_a_class(college: World, activity: Activity, token: str) -> None:
    """Everybody has a name at the service before they come, made by the task; only what leaves is said."""
    assert server("get", members(activity), token).json()["members"] == []
    tasks.name_members.func()
    answer = server("get", members(activity), token)
    assert answer["Content-Type"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    body = answer.json()
    assert body["context"] == {"id": activity.context.number, "title": activity.context.group.name}
    learners = [member for member in body["members"] if member["roles"] == [LEARNER]]
    assert len(learners) == Enrolment.objects.filter(group=activity.context.group, ends=None).count() == 6
    assert any(member["roles"] == [INSTRUCTOR] for member in body["members"])
    pupil = college.people["pupil"]
    alias = Alias.objects.get(service=activity.context.opening.service, person=pupil)
    assert alias.used_on is None
    own = next(learner for learner in learners if learner["user_id"] == alias.value)
    assert own == {
        "status": "Active",
        "user_id": alias.value,
        "roles": [LEARNER],
        "given_name": pupil.given_name,
        "family_name": pupil.family_name,
        "name": pupil.full_name,
    }
    assert tasks.name_members.func() == 0


def test_the_list_without_names(college: World, activity: Activity, token: str) -> None:
    tasks.name_members.func()
    Opening.objects.filter(pk=activity.context.opening_id).update(agreed=[])
    answer = server("get", members(activity), token)
    assert {key for member in answer.json()["members"] for key in member} == {"status", "user_id", "roles"}
    assert college.people["pupil"].family_name not in answer.content.decode()
    assert activity.context.group.name not in answer.content.decode()


def test_the_list_by_pages_and_by_role(activity: Activity, token: str) -> None:
    tasks.name_members.func()
    everybody = server("get", members(activity), token).json()["members"]
    found, here = [], members(activity, f"?limit=2&rlid={activity.public_id}")
    while here:
        answer = server("get", here, token)
        assert len(answer.json()["members"]) <= 2
        found += answer.json()["members"]
        here = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert found == everybody
    learners = server("get", members(activity, "?role=Learner"), token).json()["members"]
    assert len(learners) == 6
    assert server("get", members(activity, "?role=Mentor"), token).json()["members"] == []
    assert server("get", members(activity, "?rlid=autre"), token).status_code == 404
    assert server("get", members(activity, "?limit=0&page=-1"), token).status_code == 200


def test_the_list_is_that_of_today_and_of_those_let_in(
    college: World, activity: Activity, token: str
) -> None:
    tasks.name_members.func()
    pupil = college.people["pupil"]
    gone = Alias.objects.get(service=activity.context.opening.service, person=pupil).value
    Enrolment.objects.filter(pupil=pupil).update(ends=NOW.date())
    assert gone not in server("get", members(activity), token).content.decode()
    Opening.objects.filter(pk=activity.context.opening_id).update(levels=["niveau que personne n’a"])
    memberships = server("get", members(activity), token).json()["members"]
    assert memberships and LEARNER not in {role for member in memberships for role in member["roles"]}
    Opening.objects.filter(pk=activity.context.opening_id).update(profiles=["pupil"])
    assert server("get", members(activity), token).json()["members"] == []


def test_an_optional_service_reads_those_for_whom_it_was_agreed_to(
    college: World, activity: Activity, token: str, user: str, seat_of: Any
) -> None:
    pupil, service = college.people["pupil"], activity.context.opening.service
    server("post", line(activity, "/scores"), token, score_of(user))
    Service.objects.filter(pk=service.pk).update(asks_consent=True)
    purpose = purposes.named("service")
    assert purpose
    asked = consents.ask(seat_of("cpe"), purpose, service.public_id)[0]
    tasks.name_members.func()
    named = Alias.objects.filter(service=service, person__enrolments__group=activity.context.group)
    assert named.get().person == pupil, "nobody is named who did not agree"

    def read() -> list[str]:
        listed = server("get", members(activity, "?role=Learner"), token).json()["members"]
        results = server("get", line(activity, "/results"), token).json()
        assert [result["userId"] for result in results] == [member["user_id"] for member in listed]
        return [member["user_id"] for member in listed]

    assert read() == []
    assert server("post", line(activity, "/scores"), token, score_of(user)).status_code == 404
    for key, agrees, known in (("pupil", True, []), ("guardian", True, [user]), ("pupil", False, [])):
        consents.answer(seat_of(key), asked, pupil, agrees=agrees)
        assert read() == known
    assert server("get", members(activity, "?role=Instructor"), token).json()["members"]


def test_nobody_is_named_to_a_service_that_may_not_read_the_list(college: World) -> None:
    given(college, linked(college, allows=["scores"]))
    before = Alias.objects.filter(service__school=college.school).count()
    tasks.name_members.func()
    assert Alias.objects.filter(service__school=college.school).count() == before


# Odd, and yet no error


ODD: list[Any] = [
    None,
    True,
    7,
    10**400,
    float("nan"),
    float("inf"),
    "alg",
    "\x00",
    "\ud800",
    [],
    ["alg"],
    ["\ud800"],
    {"alg": None},
    {"\ud800": "\x00"},
]


def test_odd_words_break_nothing(tool: Tool, monkeypatch: pytest.MonkeyPatch, refuses_nul: None) -> None:
    """The browser of the tests raises what would be an error page."""
    monkeypatch.setattr(rules, "WRONG_WORDS", 10_000)
    header = {"alg": "RS256", "kid": NUMBER}
    choice = chosen(tool, {f"{DEEP}deep_linking_settings": {"data": "x"}}, [])
    words = [forged(assertion(tool), odd) for odd in ODD] + [forged(odd, header) for odd in ODD]
    for name in ("alg", "kid", "crit", "b64", "jwk"):
        words += [forged(assertion(tool), header | {name: odd}) for odd in ODD]
    words += [forged({"iss": odd}, header) for odd in ODD]
    for word in words + [signed(assertion(tool) | {name: odd}) for name in assertion(tool) for odd in ODD]:
        assert ask_token(word).status_code in {200, 400}
    for word in words + [signed(choice | {name: odd}) for name in choice for odd in ODD]:
        assert Browser().post("/lti/choix", {"JWT": word}).status_code == 400


def test_odd_bodies_break_nothing(activity: Activity, token: str, user: str, refuses_nul: None) -> None:
    here = line(activity)
    counted = {"label": "A", "scoreMaximum": 5, "resourceLinkId": activity.public_id, "tag": "t"}
    counted |= {"startDateTime": "2026-11-24T09:00:00Z", "endDateTime": "2026-11-24T09:00:00Z"}
    for method, path, sound in (
        ("post", lines(activity), counted),
        ("put", here, counted),
        ("post", f"{here}/scores", score_of(user)),
    ):
        for body in [*ODD, *(sound | {name: odd} for name in sound for odd in ODD)]:
            assert server(method, path, token, json.dumps(body)).status_code < 500
    for path in (here, f"{here}/results", lines(activity), members(activity)):
        assert server("get", path, token).status_code == 200
    for path in (f"{lines(activity)}/%00", f"{lines(activity)}/%00/results", "/lti/classes/%00/members"):
        assert server("get", path, token).status_code == 404


def test_a_year_that_is_over_takes_its_activities_away(
    college: World, activity: Activity, user: str, token: str
) -> None:
    server("post", line(activity, "/scores"), token, score_of(user))
    year = activity.context.group.year
    assert keeping.purge(NOW) == 0
    with time_machine.travel(NOW + timedelta(days=366), tick=False):
        keeping.purge(NOW + timedelta(days=366))
    assert year.ends < (NOW + timedelta(days=366)).date()
    assert not Context.objects.filter(pk=activity.context_id).exists() and not Score.objects.exists()
