"""A session and whose it is, in one statement; whose it is, is still for Django to say."""

from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.identity.backends import AT_HAND, AccountBackend
from preau.identity.models import Account, AccountSession

HOME = "/"


def asked_for_account(asked: CaptureQueriesContext) -> list[str]:
    return [
        captured_query["sql"]
        for captured_query in asked.captured_queries
        if '"identity_account"."password"' in captured_query["sql"]
    ]


def test_one_statement_reads_the_session_and_the_account(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    with CaptureQueriesContext(connection) as asked:
        assert client.get(HOME).status_code == 200
    (sql,) = asked_for_account(asked)
    assert '"django_session"."session_data"' in sql


def test_a_session_without_its_line_still_works(college: World) -> None:
    client = Client()
    client.force_login(college.people["teacher"].account)
    with CaptureQueriesContext(connection) as asked:
        assert "Claire" in client.get(HOME).content.decode()
    assert len(asked_for_account(asked)) == 2


@pytest.mark.parametrize("change", ["is_active", "password"])
def test_an_account_that_was_closed_or_changed_is_out_at_its_next_page(
    college: World, client: SchoolClient, change: str
) -> None:
    account = college.people["teacher"].account
    client.sit(account.person)
    assert "Claire" in client.get(HOME).content.decode()
    if change == "is_active":
        Account.objects.filter(pk=account.pk).update(is_active=False)
    else:
        account.set_password("un autre mot de passe")
        account.save(update_fields=["password"])
    assert "Claire" not in client.get(HOME).content.decode()


def test_the_account_beside_a_session_does_not_say_whose_it_is(college: World) -> None:
    """Only what the session itself holds, signed, does: a line that named another account would open nothing."""
    client = Client()
    teacher, head = (college.people[key].account for key in ("teacher", "head"))
    client.force_login(teacher)
    now = timezone.now()
    AccountSession(
        session_id=client.session.session_key, account=head, device="", opened_at=now, seen_at=now
    ).save()
    page = client.get(HOME).content.decode()
    assert "Claire" in page
    assert head.person.family_name not in page


def test_the_session_of_a_visitor_is_nobodys(college: World) -> None:
    client = Client()
    session = client.session
    session["seen"] = "something"
    session.save()
    assert "Se connecter" in client.get(HOME).content.decode()
    session[SESSION_KEY] = str(college.people["head"].account.pk)
    session[BACKEND_SESSION_KEY] = "preau.identity.backends.AccountBackend"
    session[HASH_SESSION_KEY] = "not the digest of their password"
    session.save()
    assert "Se connecter" in client.get(HOME).content.decode()


def test_nothing_stays_at_hand_for_the_next_request(college: World, client: SchoolClient) -> None:
    person = college.people["teacher"]
    client.sit(person)
    client.get(HOME)
    assert AT_HAND.get() is None
    Account.objects.filter(pk=person.account.pk).update(is_active=False)
    assert AccountBackend().get_user(person.account.pk) is None
    head: Any = college.people["head"].account
    known = AT_HAND.set(head)
    try:
        assert AccountBackend().get_user(person.account.pk) is None
    finally:
        AT_HAND.reset(known)
