"""Faults told to a Sentry that the operator names (SENTRY_DSN): what broke and where in the code, never for whom (docs/decisions/0184).

Nothing that the library gathers by itself is switched on. What leaves is built anew from a list, by the last thing that sees it.
"""

import re
import sys
from collections.abc import Mapping
from typing import Any

import sentry_sdk
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from sentry_sdk.transport import Transport

from preau.foundation.metrics import role_of, route_of
from preau.foundation.tasks import attempt_failed
from preau.foundation.views import DATABASE_IS_AWAY

OF_THE_EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk")
OF_A_FRAME = ("filename", "module", "function", "lineno", "in_app")
# Of what the library knows to gather.
OFF: Any = {"mode": "off"}
NOTHING: Any = {
    "user_info": False,
    "cookies": OFF,
    "http_headers": {"request": OFF},
    "http_bodies": [],
    "url_query_params": OFF,
    "graphql": {"document": False, "variables": False},
    "gen_ai": {"inputs": False, "outputs": False},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
    "frame_context_lines": 0,
}
TAGS = ("route", "role", "task")
WORD = re.compile(r"[\w.:-]{1,120}", re.ASCII)


def begin(dsn: str, transport: type[Transport] | None = None) -> None:
    """From now on, a page or a task that breaks is told."""
    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        release=settings.VERSION,
        environment="production",
        server_name="",
        before_send=only_what_is_said,
        # The library would read requests, logs, statements and values of the code; each of these is a door that stays closed.
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        data_collection=NOTHING,
        max_request_body_size="never",
        max_breadcrumbs=0,
        enable_logs=False,
        enable_metrics=False,
        enable_backpressure_handling=False,
        propagate_traces=False,
        spotlight=False,
        in_app_include=["preau"],
    )
    got_request_exception.connect(_page_broke, dispatch_uid="fault reports")
    attempt_failed.connect(_task_broke, dispatch_uid="fault reports")


def _page_broke(sender: Any, request: HttpRequest, **_others: Any) -> None:
    _tell(sys.exception(), route=route_of(request), role=role_of(request))


def _task_broke(sender: Any, error: BaseException, task: str, **_others: Any) -> None:
    _tell(error, task=task)


def _tell(error: BaseException | None, **tags: str) -> None:
    """A worker that is told to stop is no fault; a database that is away is told by the figures, once and not at each request."""
    if not isinstance(error, Exception) or isinstance(error, DATABASE_IS_AWAY):
        return
    with sentry_sdk.new_scope() as scope:
        scope.set_tags(tags)
        scope.capture_exception(error)


def only_what_is_said(event: Any, hint: dict[str, Any]) -> Any:
    """The event that leaves: classes of exceptions, places in the code, route, kind of role, task. What tells no exception does not leave."""
    hint.pop("attachments", None)
    values = (event.get("exception") or {}).get("values")
    if not values:
        return None
    tags = event.get("tags") or {}
    kept = {name: event[name] for name in OF_THE_EVENT if name in event}
    kept["exception"] = {"values": [_bare(value) for value in values]}
    kept["tags"] = {name: tags[name] for name in TAGS if WORD.fullmatch(str(tags.get(name, "")))}
    kept["transaction"] = kept["tags"].get("route") or kept["tags"].get("task") or "none"
    return kept


def _bare(value: Mapping[str, Any]) -> dict[str, Any]:
    """An exception without its words: a database says in them what people typed."""
    frames = (value.get("stacktrace") or {}).get("frames") or []
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "stacktrace": {
            "frames": [{name: frame[name] for name in OF_A_FRAME if name in frame} for frame in frames]
        },
    }
