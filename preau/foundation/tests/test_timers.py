"""What is done at its hours where systemd is not: when, once, made up for, and no further than what fails."""

from datetime import datetime
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from preau.foundation import timers
from preau.foundation.timers import Timer

PARIS = ZoneInfo("Europe/Paris")
# A Tuesday.
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("timer", "now", "expected"),
    [
        (Timer("t", ()), NOW, "2026-11-24T10:00"),
        (Timer("t", (), hour=0, minute=30), NOW, "2026-11-24T00:30"),
        (Timer("t", (), hour=11), NOW, "2026-11-23T11:00"),
        (Timer("t", (), hour=10, minute=30), NOW, "2026-11-24T10:30"),
        (Timer("t", (), hour=6, weekday=6), NOW, "2026-11-22T06:00"),
        (Timer("t", (), hour=6, weekday=1), NOW, "2026-11-24T06:00"),
        (Timer("t", (), hour=11, weekday=1), NOW, "2026-11-17T11:00"),
        # The night when clocks go back: its hour is the hour on the wall.
        (Timer("t", (), hour=0, minute=30), datetime(2026, 10, 25, 8, tzinfo=PARIS), "2026-10-25T00:30"),
    ],
)
def test_the_last_moment_at_which_it_was_to_begin(timer: Timer, now: datetime, expected: str) -> None:
    assert timer.latest(now).isoformat()[:16] == expected


def test_a_lost_night_is_made_up_for_once_and_the_first_look_only_counts(tmp_path: Path) -> None:
    night, folder = Timer("backup", (), hour=0, minute=30), tmp_path / "timers"
    assert not timers.is_due(night, folder, NOW)
    assert not timers.is_due(night, folder, NOW.replace(hour=23, minute=59))
    # The machine was away for two nights.
    late = NOW.replace(day=26)
    assert timers.is_due(night, folder, late)
    timers.note(night, folder, late)
    assert not timers.is_due(night, folder, late)
    assert not timers.is_due(night, folder, late.replace(day=27, hour=0, minute=29))
    assert timers.is_due(night, folder, late.replace(day=27, hour=0, minute=30))


def test_what_fails_is_said_and_stops_what_follows(capfd: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    assert not timers.run(Timer("look", ("no_such_command", "check --help")), Event(), lines.append)
    assert lines == ["preau-look: 'no_such_command' ended with 1"]
    assert "usage" not in capfd.readouterr().out
    assert timers.run(Timer("look", ("check --help",)), Event(), lines.append) and len(lines) == 1


def test_a_mark_that_was_cut_short_is_due(tmp_path: Path) -> None:
    timer = timers.TIMERS[0]
    (tmp_path / timer.name).write_text("")
    assert timers.is_due(timer, tmp_path, NOW)


def test_whoever_stops_it_stops_what_runs() -> None:
    stop, lines = Event(), list[str]()
    stop.set()
    assert not timers.run(Timer("look", ("run_worker",)), stop, lines.append)
    assert lines == ["preau-look: 'run_worker' ended with -15"]
