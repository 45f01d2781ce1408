"""A telephone, a file manager or a program that knows an address, a login and a key: no cookie, no page."""

import base64
from typing import Any
from urllib.parse import unquote

from django.test import Client
from lxml import etree

from conftest import refuse_twin
from preau.directory.viewer import Viewer
from preau.foundation.dav import LETTERS
from preau.identity import keys
from preau.identity.actions.keys import make_key
from preau.identity.models import AccessKey, Account

NO_BODY = ""


class Telephone(Client):
    """Asks with a key of `viewer`, made for these doors; fails if the school beside ever shows to who is not of it (`is_twin`)."""

    is_twin = False

    def __init__(self, viewer: Viewer, *doors: str) -> None:
        super().__init__()
        self.viewer = viewer
        account = Account.objects.get(pk=viewer.account_id)
        last = AccessKey.objects.filter(account=account).order_by("-pk").first()
        self.key, drawn = make_key(
            viewer, "password", "Téléphone", doors, days=90, seen=last.pk if last else 0
        )
        shown = f"{account.login}:{keys.in_groups(drawn)}"
        self.proof = f"Basic {base64.b64encode(shown.encode()).decode()}"

    def ask(self, method: str, path: str, body: str | bytes = NO_BODY, **headers: str) -> Any:
        sent = {"Authorization": self.proof, **{name.replace("_", "-"): one for name, one in headers.items()}}
        response = self.generic(method, path, body, content_type="application/xml", headers=sent)
        if not self.is_twin:
            refuse_twin(response)
        assert not response.cookies, response.cookies
        return response

    def listed(self, path: str, depth: int = 1, *properties: str) -> dict[str, dict[str, Any]]:
        """What PROPFIND says at each address: the texts, or the elements, of the properties that are there."""
        response = self.ask("PROPFIND", path, propfind(*properties) if properties else "", Depth=str(depth))
        assert response.status_code == 207, (response.status_code, response.content)
        return read(response)


def propfind(*names: str) -> str:
    """« D:displayname », « C:calendar-home-set »…"""
    return f"<D:propfind {spaces()}><D:prop>{''.join(f'<{name}/>' for name in names)}</D:prop></D:propfind>"


def spaces() -> str:
    return " ".join(f'xmlns:{letter}="{one}"' for letter, one in LETTERS.items())


def read(response: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in etree.fromstring(response.content).findall("D:response", LETTERS):
        facts: dict[str, Any] = {}
        for state in one.findall("D:propstat", LETTERS):
            status = state.findtext("D:status", namespaces=LETTERS)
            for known in state.find("D:prop", LETTERS):
                name = etree.QName(known).localname
                facts[name] = (known if len(known) else known.text or "") if " 200 " in status else None
        alone = one.findtext("D:status", namespaces=LETTERS)
        found[one.findtext("D:href", namespaces=LETTERS)] = {"status": alone} if alone else facts
    return found


def names(listed: dict[str, Any]) -> list[str]:
    """The last step of each address, as people read it."""
    return [unquote(address.rstrip("/").rsplit("/", 1)[-1]) for address in listed]


def condition(response: Any) -> str:
    """The condition that an error names."""
    root = etree.fromstring(response.content)
    return etree.QName(root[0]).localname if len(root) else ""
