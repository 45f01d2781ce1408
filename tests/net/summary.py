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
