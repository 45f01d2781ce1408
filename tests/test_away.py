"""A database that is away: the page says « not now », the session is not said to be gone, the worker waits."""

from typing import Any

import psycopg
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client
from django_tasks_db.management.commands.db_worker import Worker
from psycopg_pool import PoolTimeout

from preau.foundation import away, db
from preau.foundation.db import MOST_PREPARED
from preau.foundation.sessions import DatabaseStore, SessionStore
from preau.foundation.tasks.worker import LeasedWorker
from preau.identity.views import signing

SAYS = "Réessayez dans un instant"


def test_a_site_whose_database_is_away_asks_for_no_traffic(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(connection: Any) -> None:
        raise OperationalError("server closed the connection")

    assert Client().get("/sante/pret/").status_code == 200
    monkeypatch.setattr("preau.foundation.views.MigrationExecutor", away)
    answer = Client().get("/sante/pret/")
    assert answer.status_code == 503
    assert answer.json() == {"database": False, "migrated": False, "worker": False}
    assert Client().get("/sante/").status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("server closed the connection"), 503),
        (InterfaceError("connection already closed"), 503),
        (psycopg.OperationalError("terminating connection"), 503),
        (DatabaseError("a mistake of ours"), 500),
        (ValueError("a mistake of ours"), 500),
    ],
)
def test_only_a_database_that_is_away_is_not_now(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    def fail(*_arguments: Any, **_named: Any) -> None:
        raise error

    monkeypatch.setattr("preau.identity.views.signing.SignInForm", fail)
    answer = Client(raise_request_exception=False).get("/connexion/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert "Ce qui était enregistré le reste" in page
    assert (SAYS in page.split("</h1>")[0], answer.headers.get("Retry-After")) == (
        (True, "5") if status == 503 else (False, None)
    )
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_while_the_database_is_away_one_request_tries_and_the_others_are_told_at_once(
    monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    tries, now = list[str](), [1_000.0]
    true_form = signing.SignInForm

    def fail(*_arguments: Any, **_named: Any) -> None:
        tries.append("waits for a connection")
        raise OperationalError("couldn't get a connection") from PoolTimeout("after 5.00 sec")

    monkeypatch.setattr(away, "monotonic", lambda: now[0])
    monkeypatch.setattr(away._Line, "until", 0.0)
    monkeypatch.setattr(signing, "SignInForm", fail)
    visitor = Client(raise_request_exception=False)
    # All connections are busy, and the server takes another: nothing is closed for it.
    monkeypatch.setattr(away, "answers", lambda: True)
    assert [visitor.get("/connexion/").status_code for _ in range(2)] == [503, 503] and len(tries) == 2
    monkeypatch.setattr(away, "answers", lambda: False)
    answers = [visitor.get("/connexion/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503] * 3 and len(tries) == 3
    assert {answer.headers["Retry-After"] for answer in answers} == {"5"}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}
    assert visitor.get("/sante/").status_code == 200
    assert visitor.get("/sante/pret/").json()["database"] is False
    now[0] += 6
    assert [visitor.get("/connexion/").status_code for _ in range(3)] == [503] * 3 and len(tries) == 4
    now[0] += 6
    monkeypatch.setattr(signing, "SignInForm", true_form)
    # A page that asks the database nothing says nothing of it: the server is asked.
    assert visitor.get("/connexion/").status_code == 200 and away.is_away()
    now[0] += 6
    monkeypatch.setattr(away, "answers", lambda: True)
    assert [visitor.get("/connexion/").status_code for _ in range(3)] == [200] * 3
    assert visitor.get("/sante/pret/").status_code == 200


@pytest.mark.parametrize("error", [OperationalError("disk full"), InterfaceError("closed")])
def test_a_session_that_cannot_be_saved_is_not_said_to_be_gone(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any, must_create: bool = False) -> None:
        try:
            raise error
        except DatabaseError as cause:
            raise UpdateError from cause
        except InterfaceError as cause:
            raise UpdateError from cause

    monkeypatch.setattr(DatabaseStore, "save", fail)
    with pytest.raises(type(error)):
        SessionStore().save()


def test_a_session_that_is_gone_still_is(db: None) -> None:
    session = SessionStore()
    session.create()
    session.model.objects.filter(pk=session.session_key).delete()
    with pytest.raises(UpdateError):
        session.save()


def test_the_worker_waits_for_the_database_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("preau.foundation.tasks.worker.make_round", lambda worker_id: None)

    def run(self: LeasedWorker) -> None:
        seen.append("look")
        if len(seen) < 3:
            raise OperationalError("the database is away")
        self.running = False

    monkeypatch.setattr(Worker, "run", run)
    worker = LeasedWorker(
        queue_names=["default"],
        interval=0,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="w1",
        excluded_queue_names=[],
    )
    worker.run()
    assert seen == ["look"] * 3


def test_a_mistake_of_ours_still_stops_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.foundation.tasks.worker.make_round", lambda worker_id: None)

    def run(self: LeasedWorker) -> None:
        raise ValueError("a mistake")

    monkeypatch.setattr(Worker, "run", run)
    worker = LeasedWorker(
        queue_names=["default"],
        interval=0,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="w1",
        excluded_queue_names=[],
    )
    with pytest.raises(ValueError, match="a mistake"):
        worker.run()


def test_a_pool_tries_again_within_seconds_once_the_server_is_back() -> None:
    database = db.configure({"ENGINE": "django.db.backends.postgresql", "NAME": "x"})
    pool = database["OPTIONS"]["pool"]
    assert pool["reconnect_timeout"] <= 5 and pool["timeout"] <= 10
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (0, True)


def test_postgresql_compiles_no_query_of_a_page_and_finds_rows_by_their_keys() -> None:
    database = db.configure({"ENGINE": "django.db.backends.postgresql", "NAME": "x"})
    assert database["OPTIONS"]["options"] == "-c jit=off -c random_page_cost=1.1"
    chosen = {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "OPTIONS": {"options": "-c jit=on"}}
    assert db.configure(chosen)["OPTIONS"]["options"] == "-c jit=on"


@pytest.mark.engine
def test_a_connection_keeps_the_prepared_statements_of_a_morning(db: None) -> None:
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        assert connection.connection.prepared_max == MOST_PREPARED
