"""What is said to a service when somebody comes: who, in which class, for what; only what the school lets out."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from preau.commons.lti.models import Activity, Column, Context, Passage, Tool
from preau.commons.lti.queries.people import names_of
from preau.commons.lti.queries.tools import allowed_in, deployment_of
from preau.commons.lti.words import (
    ALLOWED,
    CHOOSE,
    CLAIM,
    CLASS,
    DEEP,
    GRADES_CLAIM,
    MEMBERS_CLAIM,
    OPEN_LINK,
    VERSION,
)
from preau.directory.models import Person


def address(name: str, **rest: Any) -> str:
    """An address of ours, as others write it."""
    return f"{settings.PUBLIC_URL}{reverse(name, kwargs=rest or None)}"


def login_address(tool: Tool, context: Context, activity: Activity | None, hint: str, message: str) -> str:
    """Where a service begins (OpenID Connect, third-party initiated login)."""
    parameters = {
        "iss": settings.PUBLIC_URL,
        "login_hint": hint,
        "target_link_uri": target_of(tool, activity),
        "lti_message_hint": message,
        "client_id": tool.client_id,
        "lti_deployment_id": deployment_of(context.opening),
    }
    mark = "&" if "?" in tool.login_url else "?"
    return f"{tool.login_url}{mark}{urlencode(parameters)}"


def target_of(tool: Tool, activity: Activity | None) -> str:
    return (activity.target if activity else "") or tool.target


def claims_of(tool: Tool, passage: Passage, person: Person, role: str, answer: str) -> dict[str, Any]:
    """The claims of the message, but for who signs, to whom and when. `answer`: the word that a choice must bring back."""
    context, activity = passage.context, passage.activity
    allowed = allowed_in(context.opening, tool)
    values = {
        "message_type": OPEN_LINK if activity else CHOOSE,
        "version": VERSION,
        "deployment_id": deployment_of(context.opening),
        "target_link_uri": target_of(tool, activity),
        "roles": [role],
        "context": _class_of(context),
        "tool_platform": {"guid": settings.PUBLIC_URL, "name": "Préau", "product_family_code": "preau"},
        "launch_presentation": {
            "locale": "fr-FR",
            "document_target": "window",
            "return_url": address("lti:activities"),
        },
    }
    if activity:
        values["resource_link"] = _link(activity)
        values["custom"] = activity.custom
    claims = {f"{CLAIM}{name}": value for name, value in values.items() if value}
    if activity is None:
        claims[f"{DEEP}deep_linking_settings"] = _choosing(answer)
    return claims | _services(context, activity, allowed) | names_of(person, context.opening.leaves)


def _class_of(context: Context) -> dict[str, Any]:
    """The class by its number here; by its name too where the school lets classes out."""
    claim: dict[str, Any] = {"id": context.number, "type": [CLASS]}
    if "classes" in context.opening.leaves:
        claim["title"] = context.group.name
    return claim


def _link(activity: Activity) -> dict[str, str]:
    claim = {"id": activity.public_id, "title": activity.title, "description": activity.text}
    return {name: value for name, value in claim.items() if value}


def _choosing(answer: str) -> dict[str, Any]:
    return {
        "deep_link_return_url": address("lti:chosen"),
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["window"],
        "accept_multiple": True,
        "accept_lineitem": True,
        "auto_create": False,
        "data": answer,
    }


def _services(context: Context, activity: Activity | None, allowed: list[str]) -> dict[str, Any]:
    """Where the service may ask by itself, and for what; nothing where the school agreed to nothing."""
    claims: dict[str, Any] = {}
    scopes = [scope for key in allowed if key != "members" for scope in ALLOWED[key].scopes]
    if scopes:
        claims[GRADES_CLAIM] = {"scope": scopes, "lineitems": address("lti:lines", number=context.number)}
        known = list(Column.objects.filter(activity=activity.pk)[:2]) if activity else []
        if len(known) == 1:
            claims[GRADES_CLAIM]["lineitem"] = line_address(context, known[0])
    if "members" in allowed:
        claims[MEMBERS_CLAIM] = {
            "context_memberships_url": address("lti:members", number=context.number),
            "service_versions": ["2.0"],
        }
    return claims


def line_address(context: Context, column: Column) -> str:
    return address("lti:line", number=context.number, line=column.number)
