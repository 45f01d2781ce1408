"""What other domains may show on a lesson: the call done, contents to complete, a room changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from preau.foundation.registry import Registry


@dataclass(frozen=True)
class Mark:
    """A word on a lesson, and the gesture that goes with it: a button on the lesson going on, a link elsewhere.

    `tone` as for `ui.tag`: a gesture to make ("todo") is the primary one of the home page.
    """

    label: str
    tone: str = "neutral"
    icon: str = ""
    href: str = ""
    gesture: str = ""


@dataclass(frozen=True)
class LessonMarks:
    """`marks(viewer, lesson ids)` gives the mark of each lesson that has one, in one query."""

    name: str
    marks: Callable[[Any, Sequence[int]], Mapping[int, Mark]]
    order: int = 50
    service: str = ""


lesson_marks: Registry[LessonMarks] = Registry(LessonMarks)
