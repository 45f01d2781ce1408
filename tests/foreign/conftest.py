"""Foreign clients keep connections open: they are closed with their test, else the warning falls on another."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests


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
