"""The demonstration's pages and worker come back when they stop."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from preau.portal.processes import MOST, GaveUp, SupervisedCommand

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
FAILS = [sys.executable, "-c", "raise SystemExit(3)"]
IGNORES = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
]


@contextmanager
def kept(command: list[str]) -> Iterator[SupervisedCommand]:
    one = SupervisedCommand(command, Path.cwd(), {})
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()


def test_what_runs_is_left_alone() -> None:
    with kept(SLEEPS) as one:
        assert one.keep() is False


def test_what_is_killed_comes_back_however_often() -> None:
    with kept(SLEEPS) as one:
        for _ in range(MOST + 2):
            before = one.process.pid
            one.process.send_signal(signal.SIGKILL)
            one.process.wait()
            assert one.keep() is True
            assert one.process.pid != before and one.process.poll() is None


def test_what_fails_as_soon_as_it_starts_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # On a machine at work, Python is long to start, and to fail.
    monkeypatch.setattr("preau.portal.processes.SOON", 3_600)
    with kept(FAILS) as one:
        for _ in range(MOST - 1):
            one.process.wait()
            assert one.keep() is True
        one.process.wait()
        with pytest.raises(GaveUp):
            one.keep()


def test_what_lived_a_while_may_fail_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.portal.processes.SOON", 0)
    with kept(FAILS) as one:
        for _ in range(MOST + 1):
            one.process.wait()
            assert one.keep() is True


def test_stopping_is_asked_then_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    with kept(SLEEPS) as one:
        one.stop()
        assert one.process.returncode == -signal.SIGTERM
    monkeypatch.setattr("preau.portal.processes.GRACE", 0)
    with kept(IGNORES) as one:
        one.stop()
        assert one.process.returncode in {-signal.SIGKILL, -signal.SIGTERM}
