"""What a machine does at its hours, where no timer of systemd does it: in containers (`preau run_timers`, deploy/compose.yaml).

The names and the commands are those of `deploy/systemd/`; a test holds them to it.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

# Seconds between two looks at a program that runs.
LOOK = 1


@dataclass(frozen=True)
class Timer:
    """Its commands, one after the other, at a minute of an hour (of each hour, without one) of a day of the week (0 for Monday; of each day, without one)."""

    name: str
    commands: tuple[str, ...]
    hour: int | None = None
    minute: int = 0
    weekday: int | None = None

    def latest(self, now: datetime) -> datetime:
        """The last moment at which it was to begin."""
        moment = now.replace(minute=self.minute, second=0, microsecond=0)
        step = timedelta(hours=1)
        if self.hour is not None:
            moment, step = moment.replace(hour=self.hour), timedelta(days=1)
        while moment > now or self.weekday not in (None, moment.weekday()):
            moment -= step
        return moment


TIMERS = (
    Timer("backup", ("backup", "backup --check --fresh-hours 30"), hour=0, minute=30),
    Timer("erasures", ("backup --ledger",)),
    Timer("verify", ("verify_journal", "verify_files", "backup --check --read"), hour=6, weekday=6),
    Timer("look", ("check_site",)),
)


def is_due(timer: Timer, folder: Path, now: datetime) -> bool:
    """Has it not begun since it was to? What a machine that was away missed is made up for; the first look only begins to count."""
    mark = folder / timer.name
    if not mark.exists():
        note(timer, folder, now)
        return False
    try:
        begun = datetime.fromisoformat(mark.read_text())
    except ValueError:
        # Cut short while it was written, by a full disk.
        return True
    return begun < timer.latest(now)


def note(timer: Timer, folder: Path, now: datetime) -> None:
    """It begins now."""
    folder.mkdir(exist_ok=True)
    (folder / timer.name).write_text(now.isoformat())


def run(timer: Timer, stop: Event, tell: Callable[[str], object]) -> bool:
    """Each command in a process of its own, until one fails or somebody stops us."""
    for words in timer.commands:
        program = [sys.executable, "-m", "preau", *words.split()]
        with subprocess.Popen(program) as process:  # nosec B603  # noqa: S603 - our own words
            while process.poll() is None:
                if stop.wait(LOOK):
                    process.terminate()
                    process.wait()
        if process.returncode:
            tell(f"preau-{timer.name}: {words!r} ended with {process.returncode}")
            return False
    return True
