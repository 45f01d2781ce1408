"""The last levels of a pupil: for the home, the record, and programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Level, MasteryPolicy
from preau.domains.competences.queries.levels import dated
from preau.foundation.prepared import Prepared

ON_THE_HOME, ON_THE_RECORD = 4, 5
WORDS = ("word_1", "word_2", "word_3", "word_4", "palette")
COLUMNS = (
    "value",
    "code",
    "day_shown",
    "title_shown",
    "column__competence__name",
    "column__competence__code",
    "pupil__given_name",
    "pupil__public_id",
    *(f"column__sheet__school__mastery_policy__{name}" for name in WORDS),
)


@dataclass(frozen=True)
class LatestLevel:
    """A level as a family reads it, with the words of its school."""

    value: int | None
    code: str
    day: date
    title: str
    name: str
    competence: str
    pupil: str
    public_id: str
    policy: MasteryPolicy

    @property
    def word(self) -> str:
        return self.policy.words[self.value] if self.value else ""


def _row(row: tuple[Any, ...]) -> LatestLevel:
    words = dict(zip(WORDS, row[8:], strict=True))
    policy = MasteryPolicy(**{name: word for name, word in words.items() if word is not None})
    value, code, day, title, name, competence, pupil, public_id = row[:8]
    return LatestLevel(value, code, day, title, name, competence, pupil, public_id, policy)


def _latest(viewer: Viewer) -> Any:
    rows = dated(Level.objects.visible_to(viewer).filter(value__isnull=False))
    return rows.order_by("-day_shown", "-pk").values_list(*COLUMNS)


def _of_pupil(viewer: Viewer, pupil: int) -> Any:
    rows = dated(Level.objects.visible_to(viewer).filter(value__isnull=False, pupil=pupil))
    return rows.order_by("-day_shown", "-pk").values_list(*COLUMNS)


def _between(viewer: Viewer, first: date, last: date) -> Any:
    rows = dated(Level.objects.visible_to(viewer)).filter(day_shown__range=(first, last))
    return rows.order_by("-day_shown", "-pk").values_list(*COLUMNS)


LATEST, OF_PUPIL, BETWEEN = Prepared(_latest), Prepared(_of_pupil), Prepared(_between)


def last_levels(viewer: Viewer) -> list[LatestLevel]:
    """Those that were found last: one statement."""
    return [_row(row) for row in LATEST.part(0, ON_THE_HOME, viewer)] if viewer.own_pupils() else []


def levels_between(viewer: Viewer, first: date, last: date) -> Sequence[LatestLevel]:
    """Those found between two days, newest first: one statement."""
    return [_row(row) for row in BETWEEN(viewer, first, last)] if viewer.own_pupils() else []


def levels_of_record(viewer: Viewer, pupil: Person) -> list[LatestLevel]:
    """The last ones of a pupil that the viewer reads, asked once: one statement."""
    key = ("competences.record", pupil.pk)
    if key not in viewer.found:
        viewer.found[key] = [_row(row) for row in OF_PUPIL.part(0, ON_THE_RECORD, viewer, pupil.pk)]
    found: list[LatestLevel] = viewer.found[key]
    return found
