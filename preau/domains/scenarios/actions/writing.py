"""Writing a scenario: its facts and its steps, each under a lock, so that two authors at once never undo each other in silence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.scenarios.models import Author, Content, Facts, Scenario, Step
from preau.domains.scenarios.rules import MOST_STEPS
from preau.foundation import journal
from preau.foundation.locks import lock

# What is taken away may be put back for so long.
TRASH = timedelta(days=30)


class Conflict(Exception):
    """Another author has written the same thing since the page was opened: `theirs` is what it says now."""

    def __init__(self, theirs: Facts | Step | None, seen: int, *, removed: bool = False) -> None:
        super().__init__(seen)
        self.theirs, self.seen, self.removed = theirs, seen, removed


class Full(Exception):
    """A scenario has as many steps as it may."""


def keep(scenario: Scenario, content: Content) -> None:
    """Write what a locked scenario says now."""
    scenario.body, scenario.title = content.told(), content.facts.title
    scenario.changed_at = timezone.now()
    scenario.save(update_fields=["body", "title", "changed_at"])


@transaction.atomic
def begin(viewer: Viewer, content: Content, **origin: Any) -> Scenario:
    """A new scenario, read by its author alone; the same, sent twice, is one."""
    lock(type(viewer.person), viewer.person.pk)
    mine = Scenario.objects.visible_to(viewer).kept().filter(state=Scenario.State.DRAFT)
    for known in mine.filter(title=content.facts.title):
        if _is_same(known, content, origin):
            return known
    now = timezone.now()
    scenario: Scenario = Scenario.objects.create(
        school_id=viewer.school_id or 0,
        title=content.facts.title,
        body=content.told(),
        made_at=now,
        changed_at=now,
        **origin,
    )
    Author.objects.create(
        scenario=scenario, person=viewer.person, is_first=True, invited_at=now, accepted_at=now
    )
    journal.record(viewer, "scenarios.begun", scenario)
    return scenario


def _is_same(known: Scenario, content: Content, origin: dict[str, Any]) -> bool:
    """Begun alike, and not written since."""
    known_content = known.content
    steps = len(known_content.steps) == len(content.steps) and all(
        one.says(other) for one, other in zip(known_content.steps, content.steps, strict=True)
    )
    source = (known.adapted_from, known.adapted_resource)
    return (
        steps
        and known_content.facts == content.facts
        and source == (origin.get("adapted_from"), origin.get("adapted_resource"))
    )


@transaction.atomic
def write_facts(viewer: Viewer, scenario: Scenario, facts: Facts, seen: int) -> bool:
    """Write what is said of the whole; `seen` is what the page had shown. False when nothing changes. Raises Conflict."""
    scenario = lock(Scenario, scenario.pk)
    content = scenario.content
    if content.facts == facts:
        return False
    if content.seen != seen:
        raise Conflict(content.facts, content.seen)
    keep(scenario, replace(content, facts=facts, seen=content.seen + 1))
    return True


@transaction.atomic
def add_step(viewer: Viewer, scenario: Scenario, step: Step) -> Step:
    """One step more at the end; the same as the last one, sent twice, is one. Raises Full."""
    scenario = lock(Scenario, scenario.pk)
    content = scenario.content
    if content.steps and content.steps[-1].says(step):
        return content.steps[-1]
    if len(content.steps) >= MOST_STEPS:
        raise Full
    made = replace(step, key=new_key(), seen=1)
    keep(scenario, replace(content, steps=(*content.steps, made)))
    return made


def new_key() -> str:
    """A name for a step, which no other step of any scenario has."""
    return uuid4().hex[:12]


@transaction.atomic
def write_step(viewer: Viewer, scenario: Scenario, key: str, step: Step, seen: int) -> bool:
    """Write a step otherwise; `seen` is what the page had shown. False when nothing changes.

    One that another author took out meanwhile is a Conflict too; written with that in view, it is put back.
    """
    scenario = lock(Scenario, scenario.pk)
    content = scenario.content
    known = content.step(key)
    removed = content.is_removed(key)
    if known is None:
        # Taken out for good, by going back to a version: what was typed becomes a step again.
        if seen:
            raise Conflict(None, 0, removed=True)
        return bool(add_step(viewer, scenario, step))
    if known.says(step) and not removed:
        return False
    if known.seen != seen:
        raise Conflict(known, known.seen, removed=removed)
    if removed:
        content = _put_back(content, key)
    made = replace(step, key=key, seen=known.seen + 1)
    keep(scenario, replace(content, steps=tuple(made if step.key == key else step for step in content.steps)))
    return True


@transaction.atomic
def place_step(viewer: Viewer, scenario: Scenario, key: str, place: int) -> bool:
    """Put a step at a place, counted from 1; False when it is there already."""
    scenario = lock(Scenario, scenario.pk)
    content = scenario.content
    known = next((step for step in content.steps if step.key == key), None)
    if known is None:
        return False
    others = [step for step in content.steps if step.key != key]
    rank = min(max(place, 1), len(content.steps)) - 1
    steps = (*others[:rank], known, *others[rank:])
    if steps == content.steps:
        return False
    keep(scenario, replace(content, steps=steps))
    return True


@transaction.atomic
def remove_step(viewer: Viewer, scenario: Scenario, key: str) -> bool:
    """Take a step out; it can be put back where it was. False when it is out already."""
    scenario = lock(Scenario, scenario.pk)
    content = scenario.content
    rank = next((rank for rank, one in enumerate(content.steps) if one.key == key), None)
    if rank is None:
        return False
    # Whoever is writing it meanwhile is told.
    gone = replace(content.steps[rank], seen=content.steps[rank].seen + 1)
    steps = (*content.steps[:rank], *content.steps[rank + 1 :])
    keep(scenario, replace(content, steps=steps, removed=(*content.removed, (rank, gone))))
    return True


@transaction.atomic
def restore_step(viewer: Viewer, scenario: Scenario, key: str) -> bool:
    """Put back a step that was taken out. False when it is there already. Raises Full."""
    scenario = lock(Scenario, scenario.pk)
    content = scenario.content
    if not content.is_removed(key):
        return False
    if len(content.steps) >= MOST_STEPS:
        raise Full
    keep(scenario, _put_back(content, key))
    return True


def _put_back(content: Content, key: str) -> Content:
    rank, step = next(pair for pair in content.removed if pair[1].key == key)
    steps = (*content.steps[:rank], step, *content.steps[rank:])
    return replace(
        content, steps=steps, removed=tuple(pair for pair in content.removed if pair[1].key != key)
    )


@transaction.atomic
def remove(viewer: Viewer, scenario: Scenario) -> bool:
    """Take a scenario away, from the public too; it can be put back for thirty days. False when it is away already."""
    scenario = lock(Scenario, scenario.pk)
    if scenario.removed_at:
        return False
    scenario.removed_at = timezone.now()
    scenario.save(update_fields=["removed_at"])
    journal.record(viewer, "scenarios.removed", scenario)
    return True


@transaction.atomic
def restore(viewer: Viewer, scenario: Scenario) -> bool:
    """Put a scenario back as it was, published where it was. False when it is there already."""
    scenario = lock(Scenario, scenario.pk)
    if not scenario.removed_at:
        return False
    scenario.removed_at = None
    scenario.save(update_fields=["removed_at"])
    journal.record(viewer, "scenarios.restored", scenario)
    return True


def drop_removed() -> int:
    """Erase what was taken away more than thirty days ago; returns how many scenarios."""
    gone = Scenario.objects.filter(removed_at__lt=timezone.now() - TRASH)
    return gone.delete()[1].get("scenarios.Scenario", 0)
