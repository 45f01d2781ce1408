"""A pytest plugin: the run gets a name that its processes share; after it come the report and its numbers in one line."""

import os
import shutil
from typing import Any

import pytest

from tests.net.plan import RUN, run


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = str(os.getpid())
        # What a run of the same number left, which was stopped.
        shutil.rmtree(run(), ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests begin: two processes that share the work then end together, on short ones.

    Each process is first given one half of the list (`--dist worksteal`): half of the long ones begin each half.
    """
    long = [item for item in items if item.get_closest_marker("long")]
    short = [item for item in items if not item.get_closest_marker("long")]
    middle = max(0, len(items) // 2 - len(long[::2]))
    items[:] = [*long[::2], *short[:middle], *long[1::2], *short[middle:]]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    # Each process that runs tests ends with a summary of its own: the first would publish half of the run.
    if hasattr(config, "workerinput"):
        return
    if not any((run() / "parts").glob("*.json")):
        shutil.rmtree(run(), ignore_errors=True)
        return
    from tests.net import report  # noqa: PLC0415 - what it imports needs Django, which is ready by now

    summary = report.gathered()
    report.publish(summary)
    terminalreporter.write_line(report.line(summary))
