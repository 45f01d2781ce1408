"""The guide of the first visits: what this seat can do here, line by line, from the board that every house fills."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards
from preau.portal.guides import Guide, guides

# A card says the gestures of the first days; the page says them all.
MOST_LINES = 6
# Whose long guide to read next, by role; families and pupils share theirs.
LONG_GUIDES = {
    Role.TEACHER: "enseignant",
    Role.SCHOOL_LIFE: "vie-scolaire",
    Role.ASSISTANT: "vie-scolaire",
    Role.HEAD: "vie-scolaire",
    Role.SECRETARY: "secretariat",
    Role.DIGITAL_LEAD: "comptes",
}


@dataclass(frozen=True)
class Step:
    """One line: a gesture, its page, and how one comes back to it."""

    label: str
    text: str
    url_name: str
    where: str


def steps_of(viewer: Viewer) -> list[Step]:
    """The gestures open to this seat, whose service and whose page the school has opened."""
    return list(_steps(viewer))


def _steps(viewer: Viewer) -> Iterator[Step]:
    for one, seated in boards.offered(boards.first_steps, viewer):
        if one.open_to(seated) and _has_page(viewer, one.url_name):
            yield Step(one.label, one.text, one.url_name, one.where or _menu_word(viewer, one.url_name))


def _has_page(viewer: Viewer, url_name: str) -> bool:
    """A line may lead to the page of another service."""
    service = boards.service_at(url_name.partition(":")[0])
    return not service or viewer.offers(service)


def _menu_word(viewer: Viewer, url_name: str) -> str:
    """« Dans le menu : Vie scolaire », as the school calls it."""
    entry = boards.menu.named(url_name, by="url_name")
    if entry is None:
        raise LookupError(f"{url_name} is no page of the menu: its first step says where it is.")
    return _("Dans le menu : %(name)s") % {"name": viewer.name_of(url_name, entry.label)}


def long_guide_of(viewer: Viewer) -> Guide | None:
    """The guide to read next; None for staff for whom none is written."""
    if not viewer.is_staff:
        return guides()["famille"]
    return next((guides()[key] for role, key in LONG_GUIDES.items() if viewer.holds(role)), None)


def is_put_away(viewer: Viewer) -> bool:
    return viewer.profile.value in viewer.person.account.guides_read


def card(viewer: Viewer) -> Mapping[str, Any] | None:
    """The card of the home, until its person puts it away."""
    return None if is_put_away(viewer) else {"steps": list(islice(_steps(viewer), MOST_LINES))}
