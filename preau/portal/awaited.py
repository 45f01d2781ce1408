"""« À répondre »: what is awaited of a person, on the home, on a page of its own and in the record of a pupil."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.foundation.awaited import awaited_of

# On the home; the page has them all.
SHOWN = 5


def is_asked(viewer: Viewer, *_: object) -> bool:
    """Pupils, families, the staff."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN, Profile.STAFF}


def is_family(viewer: Viewer, *_: object) -> bool:
    return viewer.profile == Profile.GUARDIAN


def is_pupil(viewer: Viewer, *_: object) -> bool:
    return viewer.profile == Profile.PUPIL


def is_staff(viewer: Viewer, *_: object) -> bool:
    """But whoever directs and teaches, whose home has both: they have the page."""
    return viewer.profile == Profile.STAFF and not (viewer.holds(Role.HEAD) and viewer.holds(Role.TEACHER))


def card(viewer: Viewer) -> Mapping[str, Any] | None:
    found = awaited_of(viewer)
    if not found:
        return None
    # A head reads what waits in the school too: documents to check, a disagreement, a vote that is open.
    is_head = viewer.profile == Profile.STAFF and viewer.holds(Role.HEAD)
    return {"awaited": found[:SHOWN], "more": max(0, len(found) - SHOWN), "is_head": is_head}


def of_pupil(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """What a family has to answer about one child, in the record of that child."""
    found = [one for one in awaited_of(viewer) if one.about == pupil.pk]
    return {"awaited": found} if found else None


def summary(content: Mapping[str, Any]) -> str:
    number = len(content["awaited"])
    return ngettext("%(num)s réponse attendue", "%(num)s réponses attendues", number) % {"num": number}
