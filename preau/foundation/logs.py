"""Structured logs, one JSON object a line, without personal data.

A line may carry a request's method, route, status and duration, a task's name and outcome: never an address with its
parameters, a name, a login, an e-mail, an IP address or anything typed by someone.
"""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = {
    "event",
    "level",
    "timestamp",
    "logger",
    "exception",
    "stack",
    "request_id",
    "request",
    "code",
    "route",
    "method",
    "duration_ms",
    "task",
    "task_id",
    "attempt",
    "outcome",
    "queries",
    "school_id",
    "count",
    "version",
    "process",
    "seconds",
    "error",
    "number",
    "digest",
}
SECRET_PATH = re.compile(r"(\?.*)$")
# Addresses of the drive are made of names: of classes, of homework, of pupils (docs/decisions/0120).
NAMED_PATH = re.compile(r"(/dav/fichiers/).+", re.DOTALL)
BEGINNING = "Traceback (most recent call last):"
CLASS = re.compile(r"[\w.<>]+(:|$)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")

Event = MutableMapping[str, Any]


def keep_allowed(logger: Any, method: str, event: Event) -> Event:
    """Drop every key that nobody has declared free of personal data, and the parameters of addresses."""
    kept = {key: value for key, value in event.items() if key in ALLOWED or key.startswith("_")}
    if isinstance(kept.get("request"), str):
        kept["request"] = _bare(kept["request"])
    if "exception" in kept:
        kept["exception"] = without_words(str(kept["exception"]))
    kept["event"] = EMAIL.sub("…", _bare(str(kept.get("event", ""))))
    return kept


def _bare(text: str) -> str:
    return NAMED_PATH.sub(r"\1…", SECRET_PATH.sub("", text))


def without_words(traceback: str) -> str:
    """A traceback without its messages: a database says in them what people typed."""
    kept, inside = list[str](), False
    for line in traceback.splitlines():
        if line == BEGINNING:
            kept.append(line)
            inside = True
        elif inside and line.startswith("  File "):
            kept.append(line)
        elif inside and line and not line.startswith(" "):
            # The class of the exception; its words, of one line or of several, come after.
            kept.append(line.partition(":")[0] if CLASS.match(line) else "")
            inside = False
    return "\n".join(kept)


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
    ]


def structlog_configuration() -> dict[str, Any]:
    return {
        # First: what is said below the level of its logger is not made at all.
        "processors": [
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        "logger_factory": structlog.stdlib.LoggerFactory(),
        "cache_logger_on_first_use": True,
    }


def configuration(*, level: str, readable: bool) -> dict[str, Any]:
    """Django's LOGGING: JSON for machines, or plain lines for a developer's terminal."""
    renderer = (
        structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_shared(), structlog.processors.format_exc_info],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, keep_allowed, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # A refusal is told by the one line of its request; Django would add its stack, as of a fault.
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
            "django_structlog": {"handlers": ["console"], "level": level, "propagate": False},
        },
    }
