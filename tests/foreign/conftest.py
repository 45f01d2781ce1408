"""Foreign clients keep connections open: they are closed with their test, else the warning falls on another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.net.plan import PLAN


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """They want a server, whatever its database: on the second engine they stay at home, as the journeys of one person do."""
    if PLAN.eyes:
        return
    left = [item for item in items if Path(__file__).parent in item.path.parents]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


@pytest.fixture(autouse=True)
def closed_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    opened: list[Any] = []
    made = requests.Session.__init__

    def remember(session: Any) -> None:
        made(session)
        opened.append(session)

    monkeypatch.setattr(requests.Session, "__init__", remember)
    yield
    for session in opened:
        session.close()
