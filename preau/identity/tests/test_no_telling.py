"""Whether a login exists is told by nothing: not by words, nor statements, nor hashes. By the clock: `make bench-signon`."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from preau.directory.seeds.world import World
from preau.identity.hashers import Argon2id
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
LOGIN = "claire.moreau"


def as_it_is(account: Account) -> None:
    """Open, with a password."""


def closed(account: Account) -> None:
    account.is_active = False


def not_activated(account: Account) -> None:
    account.set_unusable_password()


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that a password is hashed, for whatever reason."""
    seen: list[str] = []
    made, checked = Argon2id.encode, Argon2id.verify

    def encode(self: Any, password: str, salt: str) -> str:
        seen.append("hash")
        return made(self, password, salt)

    def verify(self: Any, password: str, encoded: str) -> bool:
        seen.append("hash")
        return checked(self, password, encoded)

    monkeypatch.setattr(Argon2id, "encode", encode)
    monkeypatch.setattr(Argon2id, "verify", verify)
    return seen


def tried(address: str, sent: dict[str, str]) -> tuple[list[str], str]:
    """The statements of a try, without what they are about; and what its page says, without what differs each time."""
    browser = Client()
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as statements:
        page = browser.post(address, sent).content.decode()
    shapes = [re.sub(r"'[^']*'|\b\d+(\.\d+)?\b", "?", statement["sql"]) for statement in statements]
    page = re.sub(r'(nonce|value|content)="[^"]*"', "", page)
    return shapes, page.replace(sent["login"], "…")


@pytest.mark.parametrize("state", [as_it_is, closed, not_activated], ids=lambda state: state.__name__)
def test_a_wrong_password_costs_the_same_for_whoever_exists(
    college: World, hashes: list[str], state: Callable[[Account], None]
) -> None:
    account = Account.objects.get(login=LOGIN)
    state(account)
    account.save()
    hashes.clear()
    unknown = tried("/connexion/", {"login": "camille.martinet", "password": "six chevaux bleus"})
    of_unknown = [*hashes]
    hashes.clear()
    known = tried("/connexion/", {"login": LOGIN, "password": "six chevaux bleus"})
    assert len(of_unknown) == len(hashes) == 1
    assert known == unknown


@pytest.mark.parametrize("state", [as_it_is, closed, not_activated], ids=lambda state: state.__name__)
@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/mot-de-passe-oublie/", {}),
        (
            "/activation/",
            {"code": "AAAA-BBBB-CCCC", "new_password": "six chevaux bleus", "again": "six chevaux bleus"},
        ),
    ],
    ids=["forgotten", "activation"],
)
def test_asking_for_a_way_in_costs_the_same_for_whoever_exists(
    college: World, hashes: list[str], state: Callable[[Account], None], address: str, sent: dict[str, str]
) -> None:
    account = Account.objects.get(login=LOGIN)
    state(account)
    account.save()
    hashes.clear()
    unknown = tried(address, {"login": "camille.martinet", **sent})
    of_unknown = [*hashes]
    hashes.clear()
    assert tried(address, {"login": LOGIN, **sent}) == unknown
    assert hashes == of_unknown


def test_the_watch_sees_a_difference(college: World, hashes: list[str]) -> None:
    """The right password does more, and says something else."""
    hashes.clear()
    wrong = tried("/connexion/", {"login": LOGIN, "password": "six chevaux bleus"})
    right = tried("/connexion/", {"login": LOGIN, "password": "sous le préau"})
    assert len(hashes) == 2
    assert wrong[0] != right[0] and wrong[1] != right[1]
