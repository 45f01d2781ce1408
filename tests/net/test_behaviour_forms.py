"""Every form of the platform: sent twice, sent too late, sent from another seat, sent with a mistake.

The routes are those that take a POST; what each sends is said by its house, where a new one must say it (tests/declared.py).
"""

import html
import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from conftest import NOW
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.viewer import viewer_for
from preau.directory.words import Authority, Role
from preau.foundation import kept, stamp
from preau.identity.middleware import SEAT
from preau.identity.models import Account
from tests.declared import Data, gathered
from tests.net.matrix import Route, all_routes, papers_as_text
from tests.net.matrix_bodies import BODIES
from tests.net.matrix_stage import Stage
from tests.net.rows import digests, remembering

pytestmark = pytest.mark.django_db
OURS = gathered()
APART = OURS.between_servers | OURS.by_a_device | OURS.in_parts
FORMS = {route.name: route for route in all_routes() if "POST" in route.methods and route.name not in APART}
PUBLIC = {route.name for route in FORMS.values() if route.is_public}
STAMPED = sorted(set(FORMS) - PUBLIC - OURS.nothing_typed - OURS.with_secrets)
KEPT = sorted(set(STAMPED) - OURS.files_alone)


@pytest.fixture(autouse=True)
def letters() -> Iterator[None]:
    """The PDF is drawn elsewhere; here its text is enough."""
    with papers_as_text():
        yield


def houses(names: Iterable[str]) -> list[Any]:
    """The forms of each house together: to set the stage takes longer than to send a form."""
    found = groupby(sorted(names), key=lambda name: name.split(":")[0])
    return [pytest.param(list(forms), id=house) for house, forms in found]


def each(stage: Stage, forms: list[str], check: Callable[[Stage, str], None]) -> None:
    """Each form on a stage where no other was sent: what one has done is undone. The one that fails is named."""
    kept_as = pickle.dumps(stage)
    with remembering():
        for name in forms:
            try:
                with transaction.atomic():
                    check(pickle.loads(kept_as), name)
                    transaction.set_rollback(True)
            except BaseException as error:
                error.add_note(name)
                raise


class Sender:
    """A person of the table in front of one form."""

    def __init__(self, stage: Stage, route: Route) -> None:
        self.stage, self.route, self.body = stage, route, BODIES[route.name]
        self.body.before(stage)
        self.data: Data = self.body.data(stage)
        self.address = route.address(stage.own(route.model) if route.model else None)
        self.person = stage.people.get(self.body.by)
        self.client = Client()

    @property
    def account(self) -> Account:
        return Account.objects.get(person=self.person)

    def seat(self) -> str:
        """The seat of the page: the first, unless the form itself takes another."""
        viewer = viewer_for(self.person, self.account.pk, NOW) if self.person else None
        return viewer.key if viewer else ""

    def arrive(self, seat: str = "") -> "Sender":
        if self.person:
            self.client.force_login(self.account)
            session = self.client.session
            session[SEAT] = seat
            session.save()
        return self

    def send(self, more: Data | None = None, *, stamped: str = "", confirmed: bool = False) -> HttpResponse:
        """Files are read once: the data is made again each time."""
        sent = self.data | (more or {})
        for name in files_of(self.data) - set(more or {}):
            sent[name] = self.body.data(self.stage)[name]
        if stamped:
            sent[stamp.FIELD] = stamp.seal(self.account.pk, stamped, confirmed=confirmed)
        return self.client.post(self.address, sent)

    def typed(self) -> list[str]:
        """What a page may show again: no secret, no file."""
        shown = {
            name: value for name, value in self.data.items() if name not in kept.SECRETS | files_of(self.data)
        }
        values = [value if isinstance(value, list) else [value] for value in shown.values()]
        return [str(one) for found in values for one in found if str(one)]


def files_of(data: Data) -> set[str]:
    """The fields that send a file, or several."""
    return {
        name
        for name, value in data.items()
        if any(hasattr(one, "read") for one in (value if isinstance(value, list) else [value]))
    }


def tables() -> dict[str, str]:
    """A digest of each table of the domain: the tasks and the journal are among them. Reading a file leaves its line each time."""
    return digests(without_readings=True)


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in after if before.get(name) != after[name]}


def lost(page: str, typed: list[str]) -> list[str]:
    """What was typed and is neither in a field, nor chosen, nor in the text of a page."""
    shown = html.unescape(page)
    held = set(re.findall(r'value="([^"]*)"', shown))
    return [one for one in typed if one not in held and one not in shown]


# Sent twice


@pytest.mark.parametrize("forms", houses(FORMS))
def test_a_form_sent_twice_makes_nothing_more(stage: Stage, forms: list[str]) -> None:
    each(stage, forms, sent_twice)


def sent_twice(stage: Stage, name: str) -> None:
    sender = Sender(stage, FORMS[name])
    sender.arrive()
    start = tables()
    first = sender.send()
    once = tables()
    assert first.status_code in {200, 302}, first.content.decode()
    # Else the second would prove nothing.
    assert bool(changed(start, once) - {"identity_accountsession"}) == sender.body.writes
    second = sender.send()
    assert second.status_code in {200, 302, 409, 422}, "a second click is no mistake"
    assert changed(once, tables()) <= set(sender.body.again)


def test_a_form_that_makes_a_second_object_is_caught(stage: Stage) -> None:
    """The check itself: a school is made at each sending."""
    once = tables()
    Person.objects.create(family_name="Deux fois")
    assert changed(once, tables()) == {"directory_person"}


def test_what_is_remembered_of_a_table_ends_with_the_first_statement_that_names_it(stage: Stage) -> None:
    with remembering():
        once = tables()
        assert tables() == once
        with transaction.atomic():
            Person.objects.create(family_name="Deux fois")
            assert changed(once, tables()) == {"directory_person"}
            transaction.set_rollback(True)
        assert tables() == once
        Person.objects.filter(pk=stage.people["pupil"].pk).update(family_name="Autre")
        assert changed(once, tables()) == {"directory_person"}


def test_what_a_form_did_is_undone_before_the_next_and_the_one_that_fails_is_named(stage: Stage) -> None:
    found = []

    def leaves_a_person(_stage: Stage, _name: str) -> None:
        found.append(Person.objects.filter(family_name="Reste").exists())
        Person.objects.create(family_name="Reste")

    def fails(_stage: Stage, name: str) -> None:
        assert name != "second:form"

    each(stage, ["first:form", "second:form"], leaves_a_person)
    assert found == [False, False]
    with pytest.raises(AssertionError) as failed:
        each(stage, ["first:form", "second:form"], fails)
    assert failed.value.__notes__ == ["second:form"]


# Sent too late: the session has ended


@pytest.mark.parametrize("forms", houses(KEPT))
def test_what_was_typed_outlives_the_session(stage: Stage, forms: list[str]) -> None:
    each(stage, forms, sent_too_late)


def sent_too_late(stage: Stage, name: str) -> None:
    sender = Sender(stage, FORMS[name])
    assert sender.send(stamped=sender.seat()).url.startswith("/connexion/?suite=")
    sender.client.force_login(sender.account)
    page = sender.client.get(reverse("identity:resume"))
    assert page.status_code == 200, "nothing was kept"
    text = page.content.decode()
    assert f'action="{sender.address}"' in text
    assert lost(text, sender.typed()) == []


@pytest.mark.parametrize("forms", houses(OURS.with_secrets | OURS.nothing_typed))
def test_secrets_and_leaving_are_not_kept(stage: Stage, forms: list[str]) -> None:
    each(stage, forms, sent_too_late_with_secrets)


def sent_too_late_with_secrets(stage: Stage, name: str) -> None:
    """A code or a password waits nowhere; whoever wanted to leave is not asked again once they are back."""
    sender = Sender(stage, FORMS[name])
    assert sender.send(stamped=sender.seat()).status_code == 302
    sender.client.force_login(sender.account)
    assert sender.client.get(reverse("identity:resume")).url == "/"


# Sent from another seat


def give_second_seat(stage: Stage, person: Person, first: str) -> str:
    """A member of staff follows a child of the other school; a parent works there."""
    if first.startswith("staff"):
        pupil = stage.twin.people["pupil"]
        Guardianship.objects.get_or_create(
            pupil=pupil, guardian=person, defaults={"authority": Authority.LEGAL}
        )
        return "guardian"
    Holding.objects.create(person=person, role=Role.OTHER, school=stage.twin.school)
    return f"staff-{stage.twin.school.pk}"


@pytest.mark.parametrize("forms", houses(STAMPED))
def test_a_form_of_another_seat_is_done_as_that_seat_or_offered_again(stage: Stage, forms: list[str]) -> None:
    each(stage, forms, sent_from_another_seat)


def sent_from_another_seat(stage: Stage, name: str) -> None:
    sender = Sender(stage, FORMS[name])
    assert sender.person
    first = sender.seat()
    second = give_second_seat(stage, sender.person, first)
    sender.arrive(second)
    answer = sender.send(stamped=first)
    if answer.status_code == 409 and "Rien n’est perdu" in answer.content.decode():
        assert lost(answer.content.decode(), sender.typed()) == []
        answer = sender.send(stamped=first, confirmed=True)
    assert answer.status_code in {200, 302}, answer.content.decode()


@pytest.mark.parametrize("forms", houses(STAMPED))
def test_a_form_of_another_person_is_neither_done_nor_shown(stage: Stage, forms: list[str]) -> None:
    each(stage, forms, sent_by_another_person)


def sent_by_another_person(stage: Stage, name: str) -> None:
    sender = Sender(stage, FORMS[name])
    seal = {stamp.FIELD: stamp.seal(sender.account.pk, sender.seat())}
    stranger = stage.people["head" if sender.body.by != "head" else "secretary"]
    sender.client.force_login(Account.objects.get(person=stranger))
    before = tables()
    answer = sender.send(seal)
    assert answer.status_code in {403, 404, 409}
    assert changed(before, tables()) == set()
    # « hyperlegible » is the face of every page, whoever chose it.
    words = [one for one in sender.typed() if len(one) > 8 and one != "hyperlegible"]
    assert lost(answer.content.decode(), words) == words


# Sent with a mistake

MISTAKABLE = [
    name
    for name, route in FORMS.items()
    if {"GET", "POST"} <= route.methods and BODIES[name].writes and name not in OURS.one_button
]


@pytest.mark.parametrize("forms", houses(MISTAKABLE))
def test_a_mistake_brings_the_page_back_with_the_rest(stage: Stage, forms: list[str]) -> None:
    each(stage, forms, sent_with_a_mistake)


def sent_with_a_mistake(stage: Stage, name: str) -> None:
    sender = Sender(stage, FORMS[name])
    sender.arrive()
    wrong = sender.body.wrong(stage)
    assert wrong, f"{name}: BODIES does not say what a mistake would be"
    before = tables()
    answer = sender.send(wrong)
    assert answer.status_code == 422
    assert changed(before, tables()) - {"identity_accountsession"} == set(sender.body.kept)
    page = answer.content.decode()
    assert 'aria-invalid="true"' in page or 'role="alert"' in page
    sender.data = {key: value for key, value in sender.data.items() if key not in wrong}
    assert lost(page, sender.typed()) == []


def test_a_page_that_loses_what_was_typed_is_caught() -> None:
    page = '<input name="a" value="16:00"><textarea>Un mot &lt;b&gt;</textarea>'
    assert lost(page, ["16:00", "Un mot <b>", "17:00"]) == ["17:00"]
