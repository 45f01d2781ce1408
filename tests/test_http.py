"""Headers, health, errors, fragments, logs."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from conftest import SchoolClient
from preau import urls
from preau.directory.models import School
from preau.directory.seeds.world import World
from preau.foundation import logs, throttle, upkeep
from preau.foundation.access import anyone, opens
from preau.foundation.http import safe_next
from preau.foundation.models import WorkerBeat
from preau.foundation.readonly import WriteDuringRead
from preau.foundation.tasks.worker import make_round


@opens(to=anyone)
def broken(request: Any) -> Any:
    raise ZeroDivisionError("secret detail")


@opens(to=anyone)
def doubtful(request: Any) -> Any:
    raise SuspiciousOperation("secret detail")


urlpatterns = [*urls.urlpatterns, path("casse/", broken), path("douteux/", doubtful)]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


@pytest.mark.parametrize(
    "address", ["/", "/connexion/", "/sante/", "/nulle-part/", "/absences/", "/styleguide/"]
)
def test_every_answer_is_closed(college: World, client: SchoolClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert (
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
        in headers["Permissions-Policy"]
    )
    assert headers["Cache-Control"] == "private, no-store"


def test_scripts_carry_the_nonce_of_the_policy(college: World, client: SchoolClient) -> None:
    response = client.get("/connexion/")
    nonce = response.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    page = response.content.decode()
    assert page.count("<script") == page.count(f'nonce="{nonce}"') > 0
    assert "style=" not in page
    assert "onclick" not in page


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), [("/casse/", 500), ("/douteux/", 400), ("/nulle-part/", 404)])
def test_errors_speak_french_and_tell_no_secret(college: World, address: str, status: int) -> None:
    response = Client(raise_request_exception=False).get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert '<html lang="fr"' in page
    assert "secret detail" not in page
    assert "Traceback" not in page


def test_a_forbidden_page_says_so(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    response = client.get("/vie-scolaire/")
    assert response.status_code == 403
    assert "<h1" in response.content.decode()


def test_an_address_with_a_nul_leads_nowhere(college: World, client: SchoolClient, refuses_nul: None) -> None:
    client.sit(college.people["head"])
    for address in ("/activites/%00/", "/services-relies/registre/%00/"):
        assert client.get(address).status_code == 404


def test_a_form_without_its_token_is_refused_in_french(college: World) -> None:
    response = Client(enforce_csrf_checks=True).post("/connexion/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert '<html lang="fr"' in response.content.decode()


def test_health_calls_somebody_when_the_work_behind_does_not_go(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = client.get("/sante/travaux/")
    assert stopped.status_code == 503 and stopped.json()["worker"] is False
    WorkerBeat.objects.create(worker="w", at=timezone.now())
    assert client.get("/sante/travaux/").status_code == 200
    failed = DBTaskResult.objects.create(
        task_path="a.b",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        queue_name="default",
        status=TaskResultStatus.FAILED,
        finished_at=timezone.now(),
    )
    assert (client.get("/sante/travaux/").status_code, client.get("/sante/pret/").status_code) == (503, 200)
    assert "n’a pas abouti depuis hier" in client.get("/etat/").content.decode()
    failed.delete()
    monkeypatch.setattr(upkeep, "LEAST_FREE", 10**18)
    assert client.get("/sante/travaux/").status_code == 503
    assert "Elle manque bientôt" in client.get("/etat/").content.decode()


def test_health_says_alive_and_ready(college: World, client: SchoolClient) -> None:
    assert client.get("/sante/").json() == {"alive": True}
    ready = client.get("/sante/pret/")
    assert (ready.status_code, ready.json()) == (200, {"database": True, "migrated": True, "worker": False})
    make_round("w1")
    assert client.get("/sante/pret/").json()["worker"] is True


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/absences/", "/absences/"),
        ("//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("absences", "/"),
    ],
)
def test_next_stays_here(target: str, kept: str) -> None:
    assert safe_next(RequestFactory().get("/", {"suite": target}), "/") == kept


def test_logs_keep_no_personal_data() -> None:
    kept = logs.keep_allowed(
        None,
        "info",
        {
            "event": "GET /absences/?nom=Abadie by julie.abadie@famille.example",
            "request": "GET /absences/?enfant=xyz",
            "user": "claire.moreau",
            "ip": "10.0.0.1",
            "code": 200,
        },
    )
    assert kept["request"] == "GET /absences/"
    assert set(kept) == {"event", "request", "code"}
    assert "Abadie" not in json.dumps(kept)
    assert "famille.example" not in json.dumps(kept)


def test_an_answer_is_one_line_of_the_log(college: World, client: SchoolClient) -> None:
    events: list[str] = []

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            events.append(record.msg["event"])

    logger, heard = logging.getLogger("django_structlog"), Heard()
    level = logger.level
    logger.addHandler(heard)
    logger.setLevel(logging.INFO)
    try:
        client.get("/connexion/")
    finally:
        logger.removeHandler(heard)
        logger.setLevel(level)
    assert events == ["request_finished"]


@pytest.mark.parametrize(("address", "status"), [("/vie-scolaire/", 403), ("/rien/", 404)])
def test_a_refusal_is_one_line_of_the_log_and_no_stack(
    college: World, client: SchoolClient, address: str, status: int
) -> None:
    lines: list[tuple[str, bool]] = []

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append((record.name.split(".")[0], bool(record.exc_info)))

    client.sit(college.people["pupil"])
    loggers, heard = [logging.getLogger(), logging.getLogger("django_structlog")], Heard()
    for logger in loggers:
        logger.addHandler(heard)
    try:
        assert client.get(address).status_code == status
    finally:
        for logger in loggers:
            logger.removeHandler(heard)
    assert "django" not in {name for name, _stack in lines} and not any(stack for _name, stack in lines)


def test_throttle_counts_by_key_until_the_window_ends(college: World, clock: Any) -> None:
    minute = timedelta(minutes=1)
    assert [throttle.hit("try", "a", window=minute) for _ in range(3)] == [1, 2, 3]
    assert throttle.hit("try", "b", window=minute) == 1
    throttle.forget("try", "a")
    assert throttle.hit("try", "a", window=minute) == 1
    clock.shift(timedelta(minutes=2))
    assert throttle.hit("try", "a", window=minute) == 1


@opens(to=anyone)
def writing(request: Any) -> Any:
    School.objects.update(name="vu")
    return HttpResponse()


def undeclared(request: Any) -> Any:
    return HttpResponse("anyone could read this")


urlpatterns += [path("ecrit/", writing), path("sans-regle/", undeclared)]


@pytest.mark.urls(__name__)
def test_the_guards_stand_in_the_real_chain(college: World, client: SchoolClient) -> None:
    with pytest.raises(WriteDuringRead), transaction.atomic():
        client.get("/ecrit/")
    with pytest.raises(ImproperlyConfigured):
        client.get("/sans-regle/")


def test_a_wrong_host_gets_a_page(college: World, client: SchoolClient) -> None:
    response = client.get("/connexion/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert '<html lang="fr"' in response.content.decode()


def test_a_traceback_keeps_no_words() -> None:
    raised = 'Traceback (most recent call last):\n  File "x.py", line 1, in y\n    z()\ndjango.db.utils.DataError: bad\nDETAIL: Failing row contains (fièvre).'
    kept = logs.keep_allowed(None, "error", {"event": "x", "exception": raised})["exception"]
    assert "fièvre" not in kept
    assert "x.py" in kept


def test_a_fragment_is_the_same_as_in_the_whole_page(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    whole = client.get("/vie-scolaire/?appels=tous").content.decode()
    asked = {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "calls"}
    fragment = client.get("/vie-scolaire/?appels=tous", headers=asked).content.decode()
    assert fragment.strip().startswith('<section id="calls"')
    assert fragment in whole
    assert (
        "<html" in client.get("/vie-scolaire/", headers=asked | {"HX-Target": "elsewhere"}).content.decode()
    )
