"""What those who answer for a pupil see of them: by the boards and the rules of their own pages, without their session.

Which blocks and pages are theirs, and nothing of what stands in them: an appointment with the nurse is a family's own.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from preau.directory.models import FamilyClosure, Guardianship, Person
from preau.directory.models.scoping import active_on
from preau.directory.rules import reads_families
from preau.directory.viewer import Viewer, seats_of
from preau.directory.words import Authority, Kinship, Profile
from preau.foundation import boards

KEY = "directory.seen"


@dataclass(frozen=True)
class Follower:
    """Somebody who answers for the pupil. `why` they read nothing, "" for whoever follows."""

    person: Person
    kinship: str
    why: str = ""


@dataclass(frozen=True)
class Part:
    """A page of their menu, or a block of the record of their child."""

    label: str
    icon: str


@dataclass(frozen=True)
class Seen:
    """`closed`: pages that the school has closed to this family; `kept`: blocks that the reader has and the family has not."""

    pages: tuple[Part, ...]
    blocks: tuple[Part, ...]
    closed: tuple[Part, ...]
    kept: tuple[Part, ...]


def followers_of(viewer: Viewer, pupil: Person) -> list[Follower]:
    """In the order in which the school calls (one query). A head teacher reads those who follow, and of nobody why they do not."""
    rows = Guardianship.objects.of_another().filter(pupil=pupil, guardian__erased_at=None)
    informed = Guardianship.objects.informed(viewer.today)
    if reads_families(viewer):
        rows = rows.visible_to(viewer).filter(active_on(viewer.today) | Q(ruled_on__isnull=False))
    else:
        rows = rows.filter(pk__in=informed.filter(pupil=pupil).values("pk"))
    told = rows.annotate(
        follows=Exists(informed.filter(pk=OuterRef("pk"))),
        shut=Exists(FamilyClosure.objects.filter(pupil=OuterRef("pupil"), reopened_at=None)),
    )
    ordered: Any = told.select_related("guardian").order_by(
        F("contact_priority").asc(nulls_last=True), "guardian__search_name", "pk"
    )
    return [
        Follower(
            link.guardian,
            str(Kinship(link.kinship).label),
            "" if link.follows else _why(viewer, link, shut=link.shut),
        )
        for link in ordered
    ]


def _why(viewer: Viewer, link: Guardianship, *, shut: bool) -> str:
    if link.ends is not None and link.ends <= viewer.today:
        return _("N’est plus responsable de l’élève.")
    if link.may_not_be_informed:
        return _("D’après le dossier, ne doit recevoir aucune information.")
    if link.authority not in {Authority.LEGAL, Authority.IN_CHARGE}:
        return _("À appeler seulement : n’a pas l’autorité parentale.")
    return (
        _("L’élève majeur a fermé son dossier à ses parents.")
        if shut
        else _("Ne répond pas encore de l’élève.")
    )


def as_family(viewer: Viewer, pupil: Person, guardian: Person) -> Viewer | None:
    """The seat that this guardian takes for this pupil in the reader's school, made as at sign-in; None when they have none (one query)."""
    for seat in seats_of(guardian, viewer.today):
        if seat.profile == Profile.GUARDIAN and pupil.pk in seat.pupils:
            alone = Viewer(guardian, 0, seat, viewer.moment, (seat,)).for_child(pupil.pk)
            return alone if any(place.school.pk == viewer.school_id for place in alone.places) else None
    return None


def seen_by(viewer: Viewer, family: Viewer) -> Seen:
    """What this seat opens: the same boards, asked by the same rules, as when its person comes themselves."""
    pages, closed = _pages(family)
    opened, read = _facts(family), _facts(viewer)
    blocks = [Part(str(fact.title), fact.icon) for fact in opened.values()]
    kept = [
        Part(str(fact.title), fact.icon) for key, fact in read.items() if key not in opened and key != KEY
    ]
    return Seen(tuple(pages), tuple(blocks), tuple(closed), tuple(kept))


def _facts(viewer: Viewer) -> dict[str, boards.PupilFact]:
    """The blocks of a record that somebody opens, by their key."""
    return {
        fact.key: fact for fact, seated in boards.offered(boards.pupil_facts, viewer) if fact.open_to(seated)
    }


def _pages(family: Viewer) -> tuple[list[Part], list[Part]]:
    """Those of their menu, and those that they would have if the school had not closed the service to them."""
    offered = {
        entry.url_name: entry
        for entry, seated in boards.offered(boards.menu, family)
        if entry.open_to(seated)
    }
    hidden = {entry.instead_of for entry in offered.values()}
    pages = [entry for name, entry in offered.items() if name not in hidden]
    closed = [
        entry
        for entry in boards.menu
        if entry.service and not family.offers(entry.service) and entry.open_to(family)
    ]
    return [_page(family, one) for one in pages], [_page(family, one) for one in closed]


def _page(family: Viewer, entry: boards.MenuEntry) -> Part:
    return Part(family.name_of(entry.url_name, str(entry.label)), entry.icon)
