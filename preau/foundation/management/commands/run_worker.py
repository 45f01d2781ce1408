"""`manage.py run_worker`: run background tasks until told to stop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string

from preau.foundation import starting
from preau.foundation.tasks.worker import LeasedWorker, make_round


class Command(BaseCommand):
    help = "Run background tasks, their retries and the schedule."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", action="store_true", help="do what waits, then stop")
        parser.add_argument(
            "--interval", type=float, default=1.0, help="seconds between two looks at the queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        starting.check(pages=False)
        worker = LeasedWorker(
            queue_names=["default"],
            interval=options["interval"],
            batch=options["batch"],
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        if options["batch"]:
            make_round(worker.worker_id)
        worker.run()
