"""« À répondre »: what is awaited of a person, on the home, on a page of its own and in the record of a pupil."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.foundation.awaited import awaited_of

# On the home; the page has them all.
SHOWN = 5


def is_asked(viewer: Viewer, *_: object) -> bool:
    """Pupils and families."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def is_family(viewer: Viewer, *_: object) -> bool:
    return viewer.profile == Profile.GUARDIAN


def is_pupil(viewer: Viewer, *_: object) -> bool:
    return viewer.profile == Profile.PUPIL


def card(viewer: Viewer) -> Mapping[str, Any] | None:
    found = awaited_of(viewer)
    if not found:
        return None
    return {"awaited": found[:SHOWN], "more": max(0, len(found) - SHOWN)}


def of_pupil(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """What a family has to answer about one child, in the record of that child."""
    found = [one for one in awaited_of(viewer) if one.about == pupil.pk]
    return {"awaited": found} if found else None


def summary(content: Mapping[str, Any]) -> str:
    number = len(content["awaited"])
    return ngettext("%(num)s réponse attendue", "%(num)s réponses attendues", number) % {"num": number}
