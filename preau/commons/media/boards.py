"""Who shows media, and who may add some: the catalogue today. And where files go that arrive by parts without becoming media: the drive."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from preau.foundation.boards import Rule
from preau.foundation.registry import Registry


@dataclass(frozen=True)
class MediaOwner:
    """Rows that show media. `model` and `field` name what points at `media.Medium`.

    `media(viewer)` is a QuerySet of the keys of the media that these rows show to the viewer, who is None for a visitor; it goes
    through their own `visible_to`. `open_to(viewer)`: who may send media for them. `label` and `url_name`: what is done with one
    that is ready; the address takes `media=<its public id>`. `private`: what they show to a viewer is kept by no shared cache.
    """

    model: str
    field: str
    media: Callable[[Any], Any]
    open_to: Rule
    label: str
    url_name: str
    private: bool = True
    order: int = 50
    service: str = ""


@dataclass(frozen=True)
class Destination:
    """Where a file goes that arrived by parts and becomes no medium.

    `key` names it before a colon; `place` is what the sender says after it. `check(viewer, place, size)` and `keep(viewer, place, file)`
    raise `foundation.uploads.UploadRefused`; `keep` gives the page to go to.
    """

    key: str
    open_to: Rule
    check: Callable[[Any, str, int], None]
    keep: Callable[[Any, str, Any], str]
    order: int = 50
    service: str = ""


owners: Registry[MediaOwner] = Registry(MediaOwner)
destinations: Registry[Destination] = Registry(Destination)
