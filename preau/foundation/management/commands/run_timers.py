"""`manage.py run_timers`: backups, ledgers of erasures, verifications and looks at their hours, where systemd is not."""

import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from preau.foundation import starting, timers

# Seconds between two looks at the clock.
PERIOD = 20


class Command(BaseCommand):
    help = "Do at their hours what the timers of deploy/systemd/ do, one at a time. One of them, on the machine that has BACKUP_DIR."

    def handle(self, *args: Any, **options: Any) -> None:
        starting.check(pages=False)
        stop, folder = Event(), settings.VAR_DIR / "timers"
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            for timer in timers.TIMERS:
                now = timezone.localtime()
                if not stop.is_set() and timers.is_due(timer, folder, now):
                    timers.note(timer, folder, now)
                    timers.run(timer, stop, self.stderr.write)
            stop.wait(PERIOD)
