"""Who comes to a service, and services that answer."""

from typing import Any

import pytest

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.foundation import outward


@pytest.fixture
def teacher(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["teacher"])


@pytest.fixture
def pupil(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["pupil"])


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, bytes | None]]:
    """What was sent outside; every service answers 200."""
    sent: list[tuple[str, str, bytes | None]] = []

    def send(method: str, address: str, body: bytes | None = None, headers: Any = None) -> int:
        sent.append((method, address, body))
        return 200

    monkeypatch.setattr(outward, "send", send)
    return sent
