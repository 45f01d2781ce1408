"""What a scenario says, as one value: drafts and versions hold it alike, so that freezing one is copying it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Setting(models.TextChoices):
    """How pupils work during a step."""

    WHOLE = "classe-entiere", _("classe entière")
    GROUP = "sous-groupe", _("sous-groupe")
    ALONE = "individuel", _("individuel")
    HYBRID = "hybride", _("hybride : en classe et à distance")


@dataclass(frozen=True)
class Step:
    """One moment of a scenario. `key` names it in addresses; `seen` counts what was written, so that two people at once are seen.

    `teacher`, `pupils` and `differentiation` are formatted text (`foundation.richtext`).
    """

    key: str
    title: str
    minutes: int | None = None
    setting: str = Setting.WHOLE.value
    teacher: str = ""
    pupils: str = ""
    material: str = ""
    differentiation: str = ""
    seen: int = 1

    @property
    def setting_said(self) -> str:
        return str(dict(Setting.choices).get(self.setting, self.setting))

    def says(self, other: "Step") -> bool:
        """Whether both say the same, whatever their names and how often they were written."""
        return replace(self, key="", seen=0) == replace(other, key="", seen=0)


@dataclass(frozen=True)
class Facts:
    """What is said of the whole. `levels` and `subject` are keys of the programmes, `resources` keys of the catalogue."""

    title: str
    abstract: str = ""
    levels: tuple[str, ...] = ()
    subject: str = ""
    minutes: int | None = None
    objectives: str = ""
    material: str = ""
    resources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """All of it. `removed`: the steps that were taken out, each with its place, until they are put back."""

    facts: Facts
    steps: tuple[Step, ...] = ()
    removed: tuple[tuple[int, Step], ...] = field(default=())
    seen: int = 1

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Content":
        facts = dict(data["facts"])
        facts |= {"levels": tuple(facts["levels"]), "resources": tuple(facts["resources"])}
        return cls(
            facts=Facts(**facts),
            steps=tuple(Step(**step) for step in data["steps"]),
            removed=tuple((place, Step(**one)) for place, one in data["removed"]),
            seen=data["seen"],
        )

    def told(self) -> dict[str, Any]:
        """The same, as a JSON column holds it."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return data

    def frozen(self) -> "Content":
        """What a version keeps of it: neither what was taken out, nor how often it was written."""
        return replace(self, removed=(), seen=1, steps=tuple(replace(step, seen=1) for step in self.steps))

    def step(self, key: str) -> Step | None:
        """A step by its name, taken out or not."""
        every = (*self.steps, *(one for _place, one in self.removed))
        return next((one for one in every if one.key == key), None)

    def is_removed(self, key: str) -> bool:
        return any(one.key == key for _place, one in self.removed)

    @property
    def minutes(self) -> int:
        """What its steps last together."""
        return sum(step.minutes or 0 for step in self.steps)

    @property
    def missing(self) -> list[str]:
        """What must be there before it is published, in words."""
        facts = self.facts
        wanted = [
            (bool(facts.abstract), _("un résumé")),
            (bool(facts.levels), _("un niveau au moins")),
            (bool(facts.subject), _("une matière")),
            (bool(facts.objectives), _("les objectifs")),
            (bool(self.steps), _("une étape au moins")),
        ]
        return [str(words) for there, words in wanted if not there]
