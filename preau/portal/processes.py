"""Processes that come back when they stop: the pages and the worker of the demonstration.

In production a service manager does this (docs/operations.md); a demonstration has only its own command.
"""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

# A process that ends by itself so soon after its start, so often in a row, will not do better the next time.
SOON, MOST = 10.0, 3
GRACE = 30.0


class GaveUp(RuntimeError):
    """It stops as soon as it starts."""


class SupervisedCommand:
    """A command that is started again when it stops, whatever stopped it."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.command, self.folder, self.environment = command, folder, environment
        self._failures = 0
        self._start()

    def _start(self) -> None:
        self._began = time.monotonic()
        self.process = subprocess.Popen(self.command, cwd=self.folder, env=self.environment)  # noqa: S603 - ours

    def keep(self) -> bool:
        """Start it again if it has stopped; returns whether it had. Raises GaveUp when it fails time after time."""
        code = self.process.poll()
        if code is None:
            return False
        # Killed (a negative code) is not failing: it may be killed as often as someone likes.
        failed_soon = code >= 0 and time.monotonic() - self._began < SOON
        self._failures = self._failures + 1 if failed_soon else 0
        if self._failures == MOST:
            raise GaveUp
        self._start()
        return True

    def stop(self) -> None:
        """Let it finish what it does, but not for ever."""
        self.process.terminate()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
