"""What houses above may add to the pages of attendance: a link, or a gesture on the lines that somebody has chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from preau.directory.viewer import Viewer
from preau.foundation.boards import offered
from preau.foundation.registry import Registry


class Place(StrEnum):
    """Where it is shown: the day of school life, what a family follows, the bars under lists that are chosen from."""

    SCHOOL_LIFE = "school life"
    FAMILY = "family"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class Way:
    """A link to `url_name`; in `Place.CHOSEN`, where the lines chosen are posted (`entries`, `alertes` or `suivis`)."""

    place: Place
    label: str
    url_name: str
    icon: str
    open_to: Callable[[Any], bool]
    service: str = ""
    order: int = 50


ways: Registry[Way] = Registry(Way)


def ways_from(viewer: Viewer, place: Place) -> list[Way]:
    """Those that this viewer may take from there."""
    return [way for way, seated in offered(ways, viewer) if way.place == place and way.open_to(seated)]
