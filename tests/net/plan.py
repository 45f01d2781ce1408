"""How far a run goes: quick in CI, complete in `make audit`."""

import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("build/net")
RUN = "PREAU_NET_RUN"
AUDIT = os.environ.get("AUDIT") == "1"


@dataclass(frozen=True)
class Limits:
    """How many objects each (route, person), and how many addresses that differ by the values of a question."""

    objects: int = 2
    questions: int = 2


@dataclass(frozen=True)
class Plan:
    """`settings`: (colours, width) in which more engines judge each page."""

    name: str
    limits: Limits
    settings: tuple[tuple[str, int], ...] = ()


CI = Plan("ci", Limits())
SETTINGS = (("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320))
COMPLETE = Plan("audit", Limits(objects=1_000, questions=30), SETTINGS)
PLAN = COMPLETE if AUDIT else CI


def run() -> Path:
    """What the processes of one run share: named by the process that hands out the tests."""
    return FOLDER / f"run-{os.environ.get(RUN, 'alone')}"


def is_first(shape: str) -> bool:
    """Has no process of this run looked at this shape yet?"""
    claims = run() / "claims"
    claims.mkdir(parents=True, exist_ok=True)
    try:
        (claims / shape).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
