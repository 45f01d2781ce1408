"""What every test stands on: a Tuesday morning, a school of invented people, and its twin, which must never show."""

import gc
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.db import DataError, connection, connections, transaction
from django.http import HttpResponse
from django.test import Client, TransactionTestCase
from django.utils import timezone
from pytest_django.plugin import blocking_manager_key

from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.foundation import antivirus, boards, outward, webpush
from preau.identity.middleware import SEAT
from preau.identity.models import AccountSession
from tests import template
from tests.ground import Ground, laid
from tests.net.plan import AUDIT

pytest_plugins = ["tests.net.matrix_report"]
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=PARIS)
TWIN = "Zwinjumeau"
# They hold their role in no school.
NOWHERE = {Role.AGENT, Role.OPERATOR}
CLASSES = [("6e A", "6e"), ("5e B", "5e")]
# Seconds: for what is only limited so that a test ends.
PATIENCE = 120
# Servers of this machine answer late when it is at work. Who tests that one gives up says after how long.
for asks in (antivirus, outward, webpush):
    asks.TIMEOUT = PATIENCE


# A machine at work draws its examples slowly: that says nothing of what is tested. The same examples each time, so that a tree has
# one verdict; `make audit` draws others.
hypothesis.settings.register_profile(
    "calm",
    hypothesis.settings.default,
    deadline=None,
    derandomize=not AUDIT,
    # What fixtures made is put back by each example itself.
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("calm")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Tuesday 24 November 2026, 10:30: the third lesson of the day is going on."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def grow(**fields: Any) -> World:
    """A school from the seeds board, in one transaction."""
    world = World(today=NOW.date(), pupils_a_class=6, classes=list(CLASSES), **fields)
    with transaction.atomic():
        for seed in boards.seeds:
            seed.plant(world)
    return world


def grow_both() -> dict[str, World]:
    with time_machine.travel(NOW, tick=False):
        return {"college": grow(), "twin": grow(uai="0359999Z", school_name="Collège", mark=TWIN)}


_worlds: dict[str, World] = {}


def planted_worlds() -> dict[str, World]:
    """Both schools as they were planted: whoever changes their objects takes a copy."""
    return _worlds


# What the tests of this process stand on, once it is laid; and whether one that commits has just walked on it.
_ground: list[Ground] = []
_trodden = {"yes": False}

# Nothing is emptied after a test that commits: the ground is put back before the next one.
TransactionTestCase._fixture_teardown = lambda self: None  # type: ignore[method-assign]


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = bool(marker and marker.kwargs.get("transaction"))
    return asked or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if _trodden["yes"]:
        with item.config.stash[blocking_manager_key].unblock():
            _ground[0].put_back()
        _trodden["yes"] = False


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    if _commits(item):
        _trodden["yes"] = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_test_environment: None, django_db_blocker: Any
) -> None:
    """The database of this process, copied from the template (`tests/template.py`)."""
    # On a machine at work, a lock or a connection is waited for longer than a visitor would wait.
    options = connections.settings["default"]["OPTIONS"]
    options.get("pool", options)["timeout"] = PATIENCE
    with django_db_blocker.unblock():
        _worlds.update(template.lay(template.test_database()))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """It is there already…"""
    return True


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """… with its tables."""
    return False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Both schools, once a session: each test rolls back to them, or has them put back."""
    # What kept migrations from running now would hide them from the tests that read them.
    settings.MIGRATION_MODULES = {}
    with django_db_blocker.unblock():
        _ground.append(laid())
    # What is loaded by now stays: to look for garbage among it again and again takes a twelfth of the time of a request.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)
    yield
    with django_db_blocker.unblock():
        template.leave()
        template.store().drop(template.test_database())


@pytest.fixture
def college(db: None) -> World:
    """The school of the test."""
    return deepcopy(_worlds["college"])


@pytest.fixture
def twin(db: None) -> World:
    """The school beside it, whose every name carries a mark."""
    return deepcopy(_worlds["twin"])


@pytest.fixture
def planted(transactional_db: None) -> dict[str, World]:
    """Both schools, for a test that commits."""
    return deepcopy(_worlds)


class TwinLeak(AssertionError):
    """A page showed something of the twin school."""


class SchoolClient(Client):
    """Signs in members of the cast, and fails if the twin school ever shows to somebody else."""

    may_see_twin = False

    def sit(self, person: Person, seat: str = "") -> "SchoolClient":
        """Sign `person` in, in the seat named, else in their first."""
        self.force_login(person.account)
        self.may_see_twin = TWIN in person.family_name
        session = self.session
        session[SEAT] = seat
        session.save()
        now = timezone.now()
        AccountSession(
            session_id=session.session_key,
            account=person.account,
            device="Firefox sur Linux",
            opened_at=now,
            seen_at=now,
        ).save()
        return self

    def request(self, **request: Any) -> HttpResponse:
        response = super().request(**request)
        if not self.may_see_twin:
            refuse_twin(response)
        return response


def refuse_twin(response: HttpResponse) -> None:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.streaming:
        response.streaming_content = [body]
    if TWIN in body.decode(errors="replace"):
        raise TwinLeak(f"{response.request['PATH_INFO']} shows the twin school.")


@pytest.fixture
def client() -> SchoolClient:
    return SchoolClient()


@pytest.fixture
def seat_of(college: World) -> Any:
    """`seat_of("teacher")`: the viewer of a member of the cast; `seat_of("guardian", "guardian")` names the seat."""

    def build(key: str, seat: str = "", world: World = college, at: datetime = NOW) -> Viewer:
        person = world.people[key]
        viewer = viewer_for(person, person.account.pk, at, seat)
        assert viewer is not None
        return viewer

    return build


@pytest.fixture
def refuses_nul(db: None) -> Iterator[None]:
    """The database refuses a NUL among what it is asked, as PostgreSQL does; SQLite does not."""

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and any(isinstance(one, str) and "\x00" in one for one in params or ()):
            raise DataError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def holder(college: World) -> Any:
    """`holder(Role.NURSE)`: the viewer of somebody who holds this role in the school of the test, and no other."""

    def build(role: Role) -> Viewer:
        person = Person.objects.create(family_name="Autre", given_name="Personne")
        Holding.objects.create(person=person, role=role, school=None if role in NOWHERE else college.school)
        viewer = viewer_for(person, 0, NOW)
        assert viewer is not None
        return viewer

    return build
