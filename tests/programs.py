"""A pytest plugin: what tests run that others wrote is there, or they fail with the names of its packages (`bootstrap.py` installs it).

@pytest.mark.needs("ffmpeg")
"""

import pytest

from bootstrap import PROGRAMS, is_here


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            if not is_here(name):
                pytest.fail(missing(name), pytrace=False)


def missing(name: str) -> str:
    """What to do about one of PROGRAMS that is not there."""
    return f"{name} is not on this machine: make tools, or apt install {' '.join(PROGRAMS[name])}"
