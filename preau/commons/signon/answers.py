"""What the CAS server answers to services: text, XML and JSON (CAS protocol 3.0.3), and the word that ends a session."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET  # nosec B405

from preau.commons.signon.words import ATTRIBUTES, Shape

CAS = "http://www.yale.edu/tp/cas"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
# What XML 1.0 cannot hold, not even escaped.
UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ONE_VALUE = {"first_name", "last_name", "email"}
# What files of ENT call the profiles.
ENT_PROFILES = {"National_ELV": "Student", "National_TUT": "Relative", "National_ENS": "Teacher"}

ET.register_namespace("cas", CAS)
ET.register_namespace("samlp", SAMLP)
ET.register_namespace("saml", SAML)
Facts = Mapping[str, Sequence[str]]


def _tag(name: str) -> str:
    return f"{{{CAS}}}{name}"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    child.text = UNSAYABLE.sub("", text) or None
    return child


def _written(root: ET.Element) -> str:
    return ET.tostring(root, encoding="unicode")


def refusal(code: str, description: str) -> str:
    root = ET.Element(_tag("serviceResponse"))
    _add(root, _tag("authenticationFailure"), description, code=code)
    return _written(root)


def success(
    user: str, facts: Facts | None, shape: str, *, is_new: bool, granted: str, chain: Sequence[str]
) -> str:
    """`facts` is None where the version of the protocol knows no attributes."""
    root = ET.Element(_tag("serviceResponse"))
    element = _add(root, _tag("authenticationSuccess"))
    _add(element, _tag("user"), user)
    if facts is not None:
        attributes = _add(element, _tag("attributes"))
        _add(attributes, _tag("longTermAuthenticationRequestTokenUsed"), "false")
        _add(attributes, _tag("isFromNewLogin"), "true" if is_new else "false")
        _attributes(attributes, user, facts, shape)
    if granted:
        _add(element, _tag("proxyGrantingTicket"), granted)
    if chain:
        proxies = _add(element, _tag("proxies"))
        for address in chain:
            _add(proxies, _tag("proxy"), address)
    return _written(root)


def _attributes(parent: ET.Element, user: str, facts: Facts, shape: str) -> None:
    if shape == Shape.ENT:
        inside = _add(parent, _tag("userAttributes"))
        for name, value in ent_values(user, facts).items():
            _add(inside, name, value)
        return
    for key, values in facts.items():
        for value in values:
            _add(parent, _tag(ATTRIBUTES[key].plain), value)


def ent_values(user: str, facts: Facts) -> dict[str, str]:
    """The values that services of ENT read: one text each, and JSON where there may be several."""
    attributes = {"id": user, "externalId": user}
    for key, values in facts.items():
        name = ATTRIBUTES[key].ent
        if key in ONE_VALUE:
            attributes[name] = values[0]
        elif key == "school":
            attributes[name] = _json([{"UAI": uai} for uai in values])
        elif key == "profile":
            attributes[name] = attributes["type"] = _json(
                [ENT_PROFILES.get(one, "Personnel") for one in values]
            )
        else:
            attributes[name] = _json(list(values))
    return attributes


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def refusal_json(code: str, description: str) -> dict[str, Any]:
    return {"serviceResponse": {"authenticationFailure": {"code": code, "description": description}}}


def success_json(
    user: str, facts: Facts | None, shape: str, *, is_new: bool, granted: str, chain: Sequence[str]
) -> dict[str, Any]:
    body: dict[str, Any] = {"user": user}
    if facts is not None and shape == Shape.ENT:
        body["attributes"] = {"isFromNewLogin": is_new, "userAttributes": ent_values(user, facts)}
    elif facts is not None:
        plain = {
            ATTRIBUTES[key].plain: values[0] if key in ONE_VALUE else list(values)
            for key, values in facts.items()
        }
        body["attributes"] = {"isFromNewLogin": is_new, **plain}
    if granted:
        body["proxyGrantingTicket"] = granted
    if chain:
        body["proxies"] = list(chain)
    return {"serviceResponse": {"authenticationSuccess": body}}


def proxied(value: str) -> str:
    root = ET.Element(_tag("serviceResponse"))
    element = _add(root, _tag("proxySuccess"))
    _add(element, _tag("proxyTicket"), value)
    return _written(root)


def not_proxied(code: str, description: str) -> str:
    root = ET.Element(_tag("serviceResponse"))
    _add(root, _tag("proxyFailure"), description, code=code)
    return _written(root)


def proxied_json(value: str) -> dict[str, Any]:
    return {"serviceResponse": {"proxySuccess": {"proxyTicket": value}}}


def not_proxied_json(code: str, description: str) -> dict[str, Any]:
    return {"serviceResponse": {"proxyFailure": {"code": code, "description": description}}}


def logout_request(number: str, at: datetime, user: str, index: str) -> str:
    """The session of `user` that began with the ticket `index` is over (SAML 2.0, as CAS 3 writes it)."""
    root = ET.Element(
        f"{{{SAMLP}}}LogoutRequest",
        {"ID": number, "Version": "2.0", "IssueInstant": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
    )
    _add(root, f"{{{SAML}}}NameID", user)
    _add(root, f"{{{SAMLP}}}SessionIndex", index)
    return _written(root)
