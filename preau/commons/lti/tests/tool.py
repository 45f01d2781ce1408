"""A service that speaks LTI, in few words: what its browser and its server say to ours."""

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.test import Client as Browser
from joserfc import jws, jwt
from joserfc.jwk import KeySet, RSAKey

from conftest import NOW
from preau.commons.lti.models import Activity, Agreement, Column, Context, Tool
from preau.commons.lti.queries.tools import deployment_of
from preau.commons.lti.words import ALLOWED, CHOSEN, CLAIM, DEEP, JWT_BEARER
from preau.commons.signon.models import Opening, Service
from preau.commons.signon.words import Protocol
from preau.directory.models import Assignment, Enrolment, Group
from preau.directory.seeds.world import World

HERE = "https://exercices.example"
LOGIN, OPENED = f"{HERE}/lti/connexion", f"{HERE}/lti/ouvrir"
KEY = RSAKey.generate_key(2_048, auto_kid=True)
OTHER_KEY = RSAKey.generate_key(2_048, auto_kid=True)
NUMBER = str(KEY.kid)
SINCE = "2026-09-01"
EVERY_SCOPE = [scope for one in ALLOWED.values() for scope in one.scopes]


def public(*keys: RSAKey) -> list[dict[str, Any]]:
    return [dict(rsakey.as_dict(private=False)) for rsakey in keys]


def linked(
    world: World, name: str = "Exercices", *, asks: Any = ALLOWED, allows: Any = ALLOWED, **facts: Any
) -> Tool:
    """A service of the school that speaks LTI, open in it, allowed all that may be."""
    released = ("first_name", "last_name", "classes")
    service = Service.objects.create(
        school=world.school,
        name=world.named(name),
        text="Essayer.",
        address=f"{HERE}/",
        changed_at=NOW,
        protocol=Protocol.LTI,
        released={key: {"why": "Essayer.", "since": SINCE} for key in released},
    )
    opening = Opening.objects.create(service=service, school=world.school, is_on=True, agreed=service.asks)
    Agreement.objects.create(opening=opening, allowed=[key for key in ALLOWED if key in allows])
    defaults = {
        "login_url": LOGIN,
        "target": OPENED,
        "redirects": [OPENED],
        "chooses": True,
        "keys": public(KEY),
    }
    wants = {key: {"why": "Essayer.", "since": SINCE} for key in asks}
    return Tool.objects.create(service=service, asks=wants, **defaults | facts)


def class_of(world: World, key: str = "pupil") -> Group:
    """The class in which this pupil learns; the cast's teacher is made to be in charge of it."""
    group = Group.objects.get(
        year=world.year, kind=Group.Kind.CLASS, enrolments__pupil=world.people[key], enrolments__ends=None
    )
    teacher = world.people["teacher"]
    if not Assignment.objects.filter(group=group, teacher=teacher, ends=None).exists():
        Assignment.objects.create(
            school=world.school, group=group, teacher=teacher, kind=Assignment.Kind.HEAD_TEACHER
        )
    return group


def given(world: World, tool: Tool, group: Group | None = None, **facts: Any) -> Activity:
    """An activity of this service, given to the class of the cast's pupil, with something to count."""
    opening = Opening.objects.get(service=tool.service_id, school=world.school)
    context = Context.objects.get_or_create(opening=opening, group=group or class_of(world))[0]
    defaults = {"title": world.named("Fractions"), "given_by": world.people["teacher"], "given_at": NOW}
    made = Activity.objects.create(school=world.school, context=context, **defaults | facts)
    Column.objects.create(context=context, activity=made, label=made.title, maximum=20)
    return made


def another_class(world: World) -> Group:
    """A class of the school in which the cast's pupil does not learn."""
    learnt = Enrolment.objects.filter(pupil=world.people["pupil"]).values("group")
    return Group.objects.filter(year=world.year, kind=Group.Kind.CLASS).exclude(pk__in=learnt)[0]


# In a browser


def begin(browser: Any, activity: Activity) -> dict[str, str]:
    """The click here: what the service receives at its login address."""
    return began(browser.post(f"/activites/{activity.public_id}/ouvrir/"))


def began(page: Any) -> dict[str, str]:
    assert page.status_code == 200, page.content.decode()[:300]
    found = re.search(r'content="0; url=([^"]+)"', page.content.decode())
    assert found, page.content.decode()[:500]
    parts = urlsplit(html.unescape(found[1]))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == LOGIN
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def asked(parameters: dict[str, str], **more: str) -> dict[str, str]:
    """What the service then asks of us; an empty word is left out."""
    question = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": parameters["client_id"],
        "redirect_uri": OPENED,
        "login_hint": parameters["login_hint"],
        "lti_message_hint": parameters["lti_message_hint"],
        "state": "s-1",
        "nonce": "n-1",
    }
    return {name: value for name, value in (question | more).items() if value}


def come(browser: Any, parameters: dict[str, str], **more: str) -> Any:
    return browser.get("/lti/authorize", asked(parameters, **more))


def posted(page: Any) -> dict[str, str]:
    """What the form that goes on by itself carries, and where."""
    assert page.status_code == 200, page.content.decode()[:300]
    text = page.content.decode()
    form = re.search(
        r'<form class="form" method="post" action="([^"]+)" data-onward>(.*?)</form>', text, re.DOTALL
    )
    assert form, text[:500]
    assert html.unescape(form[1]) == OPENED
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])
    return {name: html.unescape(value) for name, value in fields}


def claims_in(word: str) -> dict[str, Any]:
    """What we signed, checked with what is published."""
    keys = KeySet.import_key_set(Browser().get("/oidc/jwks").json())
    return jwt.decode(word, keys, algorithms=["RS256"]).claims


def launched(browser: Any, activity: Activity) -> dict[str, Any]:
    return claims_in(posted(come(browser, begin(browser, activity)))["id_token"])


# Signed by the service


def signed(claims: dict[str, Any], key: RSAKey = KEY, **header: Any) -> str:
    headers = {"alg": "RS256", "kid": str(key.kid)} | header
    return jws.serialize_compact(headers, json.dumps(claims), key, algorithms=["RS256"])


def assertion(tool: Tool, **more: Any) -> dict[str, Any]:
    now = int(NOW.timestamp())
    claims = {
        "iss": tool.client_id,
        "sub": tool.client_id,
        "aud": f"{settings.PUBLIC_URL}/lti/token",
        "iat": now,
        "exp": now + 60,
        "jti": "j-1",
    }
    return {name: value for name, value in (claims | more).items() if value is not None}


def ask_token(word: str, scopes: Any = EVERY_SCOPE, **more: str) -> Any:
    parameters = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": word,
        "scope": " ".join(scopes),
    }
    return Browser().post("/lti/token", parameters | more)


def token_of(tool: Tool, scopes: Any = EVERY_SCOPE, jti: str = "", key: RSAKey = KEY) -> str:
    answer = ask_token(signed(assertion(tool, jti=jti or f"j-{tool.pk}-{len(scopes)}"), key), scopes)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.json()["access_token"])


def server(method: str, address: str, token: str, body: Any = None) -> Any:
    """As the service's server does: without a session."""
    more = {"data": body, "content_type": "application/json"} if body is not None else {}
    path = address.removeprefix(settings.PUBLIC_URL)
    return getattr(Browser(), method)(path, **more, headers={"Authorization": f"Bearer {token}"})


def score_of(user: str, **more: Any) -> dict[str, Any]:
    score = {
        "userId": user,
        "scoreGiven": 15,
        "scoreMaximum": 20,
        "timestamp": "2026-11-24T09:00:00+01:00",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "comment": "Bravo.",
    }
    return {name: value for name, value in (score | more).items() if value is not ...}


def chosen(tool: Tool, launch: dict[str, Any], items: Any, **more: Any) -> dict[str, Any]:
    """What the service answers when a teacher has chosen there. `launch`: the claims that it received."""
    now = int(NOW.timestamp())
    opening = Opening.objects.get(service=tool.service_id)
    claims = {
        "iss": tool.client_id,
        "aud": settings.PUBLIC_URL,
        "iat": now,
        "exp": now + 300,
        "nonce": "n-9",
        f"{CLAIM}deployment_id": deployment_of(opening),
        f"{CLAIM}message_type": CHOSEN,
        f"{CLAIM}version": "1.3.0",
        f"{DEEP}content_items": items,
        f"{DEEP}data": launch[f"{DEEP}deep_linking_settings"]["data"],
    }
    return {name: value for name, value in (claims | more).items() if value is not None}


def go_and_choose(browser: Any, tool: Tool, group: Group) -> dict[str, Any]:
    """A teacher goes and chooses: the claims that the service receives."""
    page = browser.post("/activites/ajouter/", {"group": str(group.pk), "tool": tool.service.public_id})
    return claims_in(posted(come(browser, began(page)))["id_token"])
