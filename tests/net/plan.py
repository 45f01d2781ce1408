"""How far a run goes: quick in CI, complete in `make audit`."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("build/net")
RUN = "PREAU_NET_RUN"
AUDIT = os.environ.get("AUDIT") == "1"
# What a browser sees of a page does not depend on the database: on the second engine the eyes may stay closed.
EYES = os.environ.get("NET_EYES", "open") != "closed"


@dataclass(frozen=True)
class Limits:
    """How many objects each (route, person), and how many addresses that differ by the values of a question."""

    objects: int = 2
    questions: int = 2


@dataclass(frozen=True)
class Plan:
    """`settings`: (colours, width) in which more engines judge each page. `eyes`: does a browser look at them?

    `pictures`: of each page that was looked at, or of the faulty ones alone. `every_side`: is each shape looked at in the dark
    and at 320 px, or each route once?
    """

    name: str
    limits: Limits
    settings: tuple[tuple[str, int], ...] = ()
    eyes: bool = EYES
    pictures: bool = True
    every_side: bool = False


SUITE = Plan("suite", Limits(), pictures=os.environ.get("NET_PICTURES") == "1")
SETTINGS = (("light", 1280), ("dark", 1280), ("light", 320), ("dark", 320))
COMPLETE = Plan("audit", Limits(objects=1_000, questions=30), SETTINGS, every_side=True)
PLAN = COMPLETE if AUDIT else SUITE


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


def shared(subject: str, part: str, words: Iterable[str]) -> dict[str, set[str]]:
    """Keep what one part of a subject found; give what each part of it has found in this run, in whichever process."""
    folder = run() / "shared" / subject
    folder.mkdir(parents=True, exist_ok=True)
    # Whole or not at all, whoever reads meanwhile.
    beside = folder / f"{part}.being-written"
    beside.write_text(json.dumps(sorted(words)))
    beside.rename(folder / f"{part}.json")
    return {file.stem: set(json.loads(file.read_text())) for file in folder.glob("*.json")}
