"""Reading the journal back."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from preau.commons.journal.models import Line, LineQuerySet, Seal
from preau.directory.boards import powers
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.journal import FOR


@dataclass(frozen=True)
class Change:
    """One line of the journal in plain words. `giver`: for whom it was done, when somebody had given the power to do it."""

    at: datetime
    actor: str
    giver: str
    label: str
    detail: str
    about: str


def changes_of(viewer: Viewer, topic: str) -> LineQuerySet:
    """The lines of the viewer's school that tell of a topic, the newest first."""
    verbs = [word.verb for word in boards.journal_words if word.topic == topic]
    return _of_school(viewer).filter(verb__in=verbs)


def given_lines_of(viewer: Viewer) -> LineQuerySet:
    """What was done in the viewer's school under a power that somebody had given, the newest first."""
    verbs = {verb for power in powers for verb in power.verbs}
    return _of_school(viewer).filter(verb__in=verbs, details__has_key=FOR)


def _of_school(viewer: Viewer) -> LineQuerySet:
    lines = Line.objects.visible_to(viewer).filter(school_id=viewer.school_id)
    return lines.select_related("actor", "subject").order_by("-pk")


def said(lines: Iterable[Line]) -> list[Change]:
    """Lines as their pages show them; the verbs are those of the board. One query more for the givers."""
    lines, words = list(lines), {word.verb: word for word in boards.journal_words}
    givers = Person.objects.in_bulk({_giver(line) for line in lines if FOR in line.details})
    return [
        Change(
            at=line.at,
            actor=line.actor.full_name if line.actor else "",
            giver=givers[_giver(line)].full_name if _giver(line) in givers else "",
            label=words[line.verb].label,
            detail=_detail(words[line.verb], line),
            about=line.subject.full_name if line.subject else "",
        )
        for line in lines
    ]


def _giver(line: Line) -> int:
    """For whom it was done: a number, or 0."""
    found = line.details.get(FOR)
    return found if isinstance(found, int) else 0


def _detail(word: boards.JournalWord, line: Line) -> str:
    return word.says(line.details) if word.says else ""


def digest(previous: str, lines: Iterable[Line]) -> str:
    """SHA-256 over the seal before and every field of the lines, in order."""
    sha = hashlib.sha256(previous.encode())
    for line in lines:
        facts = [
            line.pk, line.at.isoformat(), line.verb, line.actor_id, line.acting_as, line.school_id,
            line.target, line.target_id, line.subject_id, line.is_read, line.details,
        ]  # fmt: skip
        sha.update(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode())
    return sha.hexdigest()


def broken_seals() -> list[Seal]:
    """The seals whose lines are no longer those that were sealed, or that follow a missing one.

    One batch in memory at a time. A last seal removed with its lines can only be seen from outside: its digest stands
    in the logs (`last_seals` gives what to compare).
    """
    broken: list[Seal] = []
    previous: dict[int | None, str] = {}
    numbers: dict[int | None, int] = {}
    for seal in Seal.objects.order_by("school_id", "number").iterator():
        lines = list(seal.lines.order_by("pk"))
        in_turn = seal.number == numbers.get(seal.school_id, 0) + 1
        if (
            not in_turn
            or len(lines) != seal.count
            or digest(previous.get(seal.school_id, ""), lines) != seal.digest
        ):
            broken.append(seal)
        previous[seal.school_id], numbers[seal.school_id] = seal.digest, seal.number
    return broken


def last_seals() -> list[Seal]:
    """The newest seal of each school."""
    last: dict[int | None, Seal] = {seal.school_id: seal for seal in Seal.objects.order_by("number")}
    return list(last.values())
