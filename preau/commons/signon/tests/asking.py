"""What a browser and a service say to the CAS server, in few words."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

from django.test import Client

MOODLE = "https://moodle.academie.example/login/index.php?authCAS=CAS"
READING = "https://lecture.example/ent/entrer"
PROXY_CALLBACK = "https://moodle.academie.example/callback"
CAS = "{http://www.yale.edu/tp/cas}"


def go(client: Any, service: str = MOODLE, **more: str) -> Any:
    return client.get("/cas/login", {"service": service, **more})


def ticket_in(response: Any) -> str:
    assert response.status_code == 302, response.content.decode()[:300]
    return parse_qs(urlsplit(response["Location"]).query)["ticket"][0]


def ask(path: str = "p3/serviceValidate", **parameters: str) -> Any:
    """As a service does: without a session."""
    return Client().get(f"/cas/{path}", parameters)


def xml_of(response: Any) -> ET.Element:
    assert response.status_code == 200
    return ET.fromstring(response.content)


def code_of(response: Any) -> str:
    found = xml_of(response).find(f"{CAS}authenticationFailure")
    return "" if found is None else found.get("code", "")


def facts_in(response: Any) -> dict[str, list[str]]:
    attributes = xml_of(response).find(f".//{CAS}attributes")
    assert attributes is not None
    found: dict[str, list[str]] = {}
    for one in attributes:
        found.setdefault(one.tag.removeprefix(CAS), []).append(one.text or "")
    return found
