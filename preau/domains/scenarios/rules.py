"""May this viewer do that with scenarios? And which licence lets what be adapted under which."""

from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.catalogue.models import Licence
from preau.domains.scenarios.models import LICENCES, QUALIFIES, Author, Case, Scenario
from preau.identity.rules import runs_platform

# A licence, and those under which what is adapted from it may be published. None: it may not be adapted at all.
BY, BY_SA, BY_NC, BY_NC_SA = Licence.BY, Licence.BY_SA, Licence.BY_NC, Licence.BY_NC_SA
ADAPTED_UNDER: dict[str, tuple[Licence, ...]] = {
    Licence.CC0: tuple(LICENCES),
    Licence.BY: (BY, BY_SA, BY_NC, BY_NC_SA),
    Licence.OPEN: (BY, BY_SA, BY_NC, BY_NC_SA),
    Licence.BY_SA: (BY_SA,),
    Licence.BY_NC: (BY_NC, BY_NC_SA),
    Licence.BY_NC_SA: (BY_NC_SA,),
    Licence.BY_ND: (),
    Licence.BY_NC_ND: (),
    Licence.RESERVED: (),
}
# How many a scenario may have of each: what a page shows, and what a lesson holds.
MOST_STEPS, MOST_RESOURCES, MOST_AUTHORS = 40, 20, 12


def writes(viewer: Viewer, *_: object) -> bool:
    """Teachers, who have a space of their own."""
    return viewer.holds(Role.TEACHER)


def changes(viewer: Viewer, scenario: Scenario) -> bool:
    """Its authors (nobody else sees it), while it is not taken away."""
    return writes(viewer) and scenario.removed_at is None


def invites(viewer: Viewer, scenario: Scenario) -> bool:
    """Whoever began it; where they have left, any author."""
    if not changes(viewer, scenario):
        return False
    first = scenario.authors.filter(is_first=True).values_list("person_id", flat=True).first()
    return first is None or first == viewer.person.pk


def answers(viewer: Viewer, author: Author) -> bool:
    """For oneself alone."""
    return writes(viewer) and author.person_id == viewer.person.pk and author.scenario.removed_at is None


def takes_out(viewer: Viewer, author: Author) -> bool:
    """Who invites may take the others out, and nobody oneself: leaving is one's own gesture."""
    return author.person_id != viewer.person.pk and invites(viewer, author.scenario)


def moderates(viewer: Viewer, *_: object) -> bool:
    """Whoever runs the platform."""
    return runs_platform(viewer)


def qualifies(viewer: Viewer, *_: object) -> bool:
    """Whoever runs the platform, and whoever a head gave it to."""
    return runs_platform(viewer) or viewer.has_power(QUALIFIES)


def appeals(viewer: Viewer, case: Case) -> bool:
    """Whoever wrote what was reported, and sees the decision; a moderator decides."""
    return writes(viewer) and not moderates(viewer)


def licences_after(licence: str) -> tuple[Licence, ...]:
    """Under which licences what is adapted from such a work may be published; none where adapting is not allowed."""
    return ADAPTED_UNDER.get(licence, ())
