"""`manage.py run_live`: the one process that holds the streams of open pages."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from preau.foundation import starting


class Command(BaseCommand):
    help = "Hold the streams of open pages (docs/operations.md). One is enough; pages ask by themselves where there is none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--bind", default="127.0.0.1:8001", help="where to listen: host:port, or unix:/path"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        starting.check(pages=False)
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "preau.asgi:live",
            "--worker-class",
            "asgi",
            "--workers",
            "1",
        ]
        # Streams last: what is left of them when it stops comes back by itself.
        gunicorn += ["--bind", options["bind"], "--graceful-timeout", "1", "--log-level", "warning"]
        gunicorn += ["--worker-connections", "20000", "--backlog", "2048"]
        os.execv(sys.executable, gunicorn)  # noqa: S606 - our own interpreter
