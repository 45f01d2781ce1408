"""What leaves for a Sentry or a collector: a fault and its place, by the real libraries, and nothing of anybody."""

import json
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
import sentry_sdk
from django.core.signals import got_request_exception
from django_tasks_db.models import DBTaskResult
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from sentry_sdk.transport import Transport

from conftest import SchoolClient
from preau.commons.search import queries
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.foundation import faultreports, logs, traces
from preau.foundation.environment import Environment
from preau.foundation.tasks import attempt_failed, job
from preau.foundation.tests.test_tasks import work

ROOT = Path(__file__).parent.parent
DSN = "https://key@sentry.example.org/1"
# One word for each place where somebody may be: none may be among the bytes that leave.
PLANTED = {
    place: f"planted-{place}"
    for place in (
        "message", "cause", "note", "local", "argument", "body", "cookie", "query", "agent", "referrer", "language",
        "header", "address", "user", "extra", "tag", "context", "breadcrumb", "attachment", "constraint", "baggage", "state",
    )
}  # fmt: skip
IP = "203.0.113.77"


class Breaks(Exception):
    """What the search of these tests ends by."""


def broken(viewer: Any, typed: str, many: int) -> Any:
    """A search that holds somebody everywhere an exception may carry them."""
    local = f"{PLANTED['local']} {viewer.person.family_name} {typed}"
    try:
        int(f"{PLANTED['cause']} {local}")
    except ValueError as cause:
        error = Breaks(f"{PLANTED['message']} {viewer.person.family_name}", PLANTED["argument"])
        error.add_note(PLANTED["note"])
        raise error from cause


class Unique(psycopg.errors.UniqueViolation):
    """As the driver raises it, with the row in its words."""


class Kept(Transport):
    """In place of the network: the bytes."""

    envelopes: ClassVar[list[Any]] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.envelopes.append(envelope)


@pytest.fixture
def sentry() -> Iterator[list[Any]]:
    Kept.envelopes.clear()
    faultreports.begin(DSN, Kept)
    yield Kept.envelopes
    got_request_exception.disconnect(dispatch_uid="fault reports")
    attempt_failed.disconnect(dispatch_uid="fault reports")
    sentry_sdk.get_global_scope().set_client(None)


def ask(client: SchoolClient, person: Person | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that breaks, by a request with somebody in each of its parts."""
    monkeypatch.setattr(queries, "results_for", broken)
    client.raise_request_exception = False
    if person:
        client.sit(person)
    client.cookies["other"] = PLANTED["cookie"]
    answer = client.post(
        f"/recherche/?nom={PLANTED['query']}",
        {"texte": PLANTED["body"]},
        headers={
            "HX-Request": "true",
            "HX-Target": "resultats",
            "User-Agent": PLANTED["agent"],
            "Referer": f"https://example.org/{PLANTED['referrer']}",
            "Accept-Language": PLANTED["language"],
            "X-Of-Somebody": PLANTED["header"],
            "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
            "tracestate": f"who={PLANTED['state']}",
            "baggage": f"who={PLANTED['baggage']}",
        },
        REMOTE_ADDR=IP,
    )
    assert answer.status_code == 500


def told_of_nobody(content: bytes, *people: Person) -> None:
    text = content.decode(errors="replace").lower() + json.dumps(content.decode(errors="replace")).lower()
    for word in (*PLANTED.values(), IP, "sessionid", "planted"):
        assert word.lower() not in text, word
    for person in people:
        account = person.account
        for word in (person.family_name, person.given_name, account.login, str(person.public_id)):
            assert word.lower() not in text, word


def event_of(envelope: Any) -> dict[str, Any]:
    (item,) = envelope.items
    return json.loads(item.get_bytes())


def test_a_page_that_breaks_is_told_and_nobody_is(
    college: World, client: SchoolClient, sentry: list[Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    guardian = college.people["guardian"]
    with sentry_sdk.isolation_scope() as scope:
        # What a library, or a line of ours one day, may leave around.
        scope.set_user({"id": PLANTED["user"], "ip_address": IP})
        scope.set_extra("who", PLANTED["extra"])
        scope.set_tag("who", PLANTED["tag"])
        scope.set_context("who", {"name": PLANTED["context"]})
        scope.add_breadcrumb(message=PLANTED["breadcrumb"])
        scope.add_attachment(bytes=PLANTED["attachment"].encode(), filename=PLANTED["attachment"])
        ask(client, guardian, monkeypatch)
    (envelope,) = sentry
    told_of_nobody(envelope.serialize(), guardian, college.people["pupil"])
    event = event_of(envelope)
    assert event.pop("tags") == {"route": "search:search", "role": "guardian"}
    assert event.pop("transaction") == "search:search" and event.pop("release") == settings.VERSION
    cause, error = event.pop("exception")["values"]
    assert (cause["type"], error["type"], error["module"]) == (
        "ValueError",
        "Breaks",
        "tests.test_told_elsewhere",
    )
    assert {name for value in (cause, error) for name in value} == {"type", "module", "stacktrace"}
    frames = error["stacktrace"]["frames"]
    assert frames[-1]["function"] == "broken" and frames[-1]["lineno"] > 0
    assert {name for frame in frames for name in frame} <= {
        "filename",
        "module",
        "function",
        "lineno",
        "in_app",
    }
    assert {frame["module"] for frame in frames if frame["in_app"]} >= {"preau.commons.search.views"}
    assert event.keys() <= {"event_id", "timestamp", "level", "platform", "environment", "sdk"}
    assert event["sdk"]["integrations"] == []


def test_the_kind_of_profile_is_all_that_is_said_of_who_it_was(
    college: World, client: SchoolClient, sentry: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, kind in (("head", "staff"), ("pupil", "pupil")):
        ask(SchoolClient(), college.people[key], monkeypatch)
        assert event_of(sentry[-1])["tags"]["role"] == kind
        told_of_nobody(sentry[-1].serialize(), college.people[key])


def test_words_without_an_exception_do_not_leave(sentry: list[Any]) -> None:
    sentry_sdk.capture_message(PLANTED["message"])
    sentry_sdk.capture_event({"message": PLANTED["message"], "exception": {"values": []}})
    sentry_sdk.flush()
    assert sentry == []


def test_what_the_database_quotes_does_not_leave(
    college: World, client: SchoolClient, sentry: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_words: Any) -> Any:
        raise Unique(f"Key (login)=({PLANTED['constraint']}) already exists.")

    monkeypatch.setattr("preau.commons.search.queries.results_for", refused)
    client.raise_request_exception = False
    client.sit(college.people["teacher"])
    client.post("/recherche/", {"texte": "x"}, headers={"HX-Request": "true", "HX-Target": "resultats"})
    (envelope,) = sentry
    told_of_nobody(envelope.serialize(), college.people["teacher"])
    assert event_of(envelope)["exception"]["values"][-1]["type"] == "Unique"


def test_a_database_that_is_away_is_not_told_at_each_request(
    college: World, client: SchoolClient, sentry: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_words: Any) -> Any:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr("preau.commons.search.queries.results_for", away)
    client.raise_request_exception = False
    client.sit(college.people["teacher"])
    answer = client.post(
        "/recherche/", {"texte": "x"}, headers={"HX-Request": "true", "HX-Target": "resultats"}
    )
    assert answer.status_code == 503 and sentry == []


@job(retries=0)
def breaks(who: str) -> None:
    local = f"{PLANTED['local']} {who}"
    raise Breaks(f"{PLANTED['message']} {local}")


@pytest.mark.django_db(transaction=True)
def test_a_task_that_breaks_is_told_by_its_path_and_not_by_its_arguments(sentry: list[Any]) -> None:
    DBTaskResult.objects.all().delete()
    breaks.enqueue(PLANTED["argument"])
    work()
    (envelope,) = sentry
    told_of_nobody(envelope.serialize())
    event = event_of(envelope)
    assert event["tags"] == {"task": breaks.module_path} and event["transaction"] == event["tags"]["task"]
    assert event["exception"]["values"][-1]["type"] == "Breaks"


# Traces


class Collector(BaseHTTPRequestHandler):
    """What a collector receives."""

    received: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def collector() -> Iterator[Any]:
    """`collector()`: the spans that arrived, and their bytes."""
    Collector.received.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider = traces.begin(f"http://127.0.0.1:{server.server_port}/")

    def read() -> tuple[list[Any], Any, bytes]:
        provider.force_flush()
        content = b"".join(Collector.received)
        found = ExportTraceServiceRequest.FromString(content)
        spans = [span for one in found.resource_spans for scope in one.scope_spans for span in scope.spans]
        return spans, found.resource_spans, content

    yield read
    DjangoInstrumentor().uninstrument()
    provider.shutdown()
    server.shutdown()
    server.server_close()


def test_a_page_leaves_a_trace_without_anybody_in_it(
    college: World, collector: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    guardian = college.people["guardian"]
    ask(SchoolClient(), guardian, monkeypatch)
    (span,), resources, content = collector()
    told_of_nobody(content, guardian, college.people["pupil"])
    attributes = {one.key: one.value for one in span.attributes}
    assert (
        attributes["preau.route"].string_value == "search:search"
        and attributes["preau.role"].string_value == "guardian"
    )
    assert (
        attributes["http.route"].string_value == "recherche/"
        and attributes["http.status_code"].int_value == 500
    )
    assert attributes.keys() <= traces.KEPT and span.name == "POST search:search"
    assert list(span.events) == [] and span.status.message == "" and span.trace_state == ""
    assert span.trace_id.hex() == "a" * 32 and span.end_time_unix_nano >= span.start_time_unix_nano > 0
    (resource,) = resources
    words = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert words["service.name"] == "preau" and words["service.version"] == settings.VERSION


def test_addresses_methods_and_probes_say_nothing(college: World, collector: Any) -> None:
    client = SchoolClient()
    client.get(f"/{PLANTED['address']}/?nom={PLANTED['query']}")
    client.generic(PLANTED["address"].upper(), "/connexion/")
    client.get("/sante/")
    spans, _resources, content = collector()
    told_of_nobody(content)
    assert sorted(span.name for span in spans) == ["GET none", "identity:sign_in"]
    assert {
        one.value.string_value for span in spans for one in span.attributes if one.key == "preau.role"
    } == {"visitor"}


# Asked for, or not


ASK = """
import json, sys
import django
django.setup()
from django.conf import settings
from preau.foundation import apps
print(json.dumps({
    "loaded": sorted({name.split(".")[0] for name in sys.modules} & {"sentry_sdk", "opentelemetry"}),
    "middleware": settings.MIDDLEWARE[0],
    "sentry": "sentry_sdk" in sys.modules and __import__("sentry_sdk").is_initialized(),
}))
"""


def start(tmp_path: Path, **asked: str) -> "subprocess.CompletedProcess[str]":
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "LANG", "PYTHONPYCACHEPREFIX"}
    }
    words = {
        "DJANGO_SETTINGS_MODULE": "preau.settings",
        "DEBUG": "1",
        "VAR_DIR": str(tmp_path),
        "LOG_LEVEL": "CRITICAL",
    }
    return subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=kept | words | asked,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_even_loaded_unless_it_is_asked_for(tmp_path: Path) -> None:
    state = json.loads(start(tmp_path).stdout)
    assert state["loaded"] == [] and not state["sentry"] and state["middleware"].startswith("django.")
    asked = {"SENTRY_DSN": DSN, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    state = json.loads(start(tmp_path, **asked).stdout)
    assert state["sentry"] and state["loaded"] == ["opentelemetry", "sentry_sdk"]
    assert "opentelemetry" in state["middleware"]


def test_what_is_no_address_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = start(tmp_path, SENTRY_DSN="sentry.example.org")
    assert done.returncode == 4 and done.stderr.startswith("Préau does not start: SENTRY_DSN does not read")


@pytest.mark.parametrize("module", ["no_such_package", "no_such_package.deeper"])
def test_packages_that_are_not_installed_are_named(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setitem(os.environ, "SENTRY_DSN", DSN)
    with pytest.raises(SystemExit) as stopped:
        Environment().address("SENTRY_DSN", module)
    assert stopped.value.code == 4 and "requirements/extras.txt" in capsys.readouterr().err
    monkeypatch.setitem(os.environ, "SENTRY_DSN", "")
    assert Environment().address("SENTRY_DSN", module) == ""


# In the log of this machine


def test_the_log_keeps_the_classes_and_none_of_the_words() -> None:
    try:
        try:
            int(f"{PLANTED['cause']}")
        except ValueError as cause:
            error = Breaks(
                f"{PLANTED['message']}\n{PLANTED['constraint']}: a second line\n  File of {PLANTED['user']}"
            )
            error.add_note(PLANTED["note"])
            raise error from cause
    except Breaks:
        text = logs.without_words(traceback.format_exc())
    told_of_nobody(text.encode())
    kinds = [line for line in text.splitlines() if not line.startswith((" ", "Traceback"))]
    assert kinds == ["ValueError", f"{Breaks.__module__}.Breaks"]
    assert text.count("  File ") == 2 and "test_the_log_keeps" in text
