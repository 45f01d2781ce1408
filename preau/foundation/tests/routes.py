"""The routes of foundation, as it tells the tests of them (tests/declared.py)."""

from django.utils import timezone

from preau.directory.seeds.world import World
from preau.foundation.models import WorkerBeat
from tests import pages
from tests.declared import Body
from tests.net.matrix_cast import EVERYONE, Near, Stage
from tests.pages import Page

# Pages

PAGES = [
    Page("foundation:styleguide", pages.EVERYONE),
]
PUBLIC = {"foundation:styleguide"}
ELSEWHERE = {
    "foundation:alive",
    "foundation:ready",
    "foundation:at_work",
    "foundation:figures",
    "foundation:styleguide_section",
}
ONE_THING = {
    "foundation:alive",
    "foundation:ready",
    "foundation:at_work",
    "foundation:figures",
    "foundation:styleguide",
    "foundation:styleguide_section",
}

# The isolation matrix

OPENS: dict[str, Near | set[str]] = {
    "foundation:alive": EVERYONE,
    "foundation:ready": EVERYONE,
    "foundation:at_work": EVERYONE,
    # Not there for whoever does not show the token of the site (tests/test_metrics.py).
    "foundation:figures": EVERYONE,
    "foundation:styleguide": EVERYONE,
    "foundation:styleguide_section": EVERYONE,
}
REST_OF_ADDRESS = {
    "foundation:styleguide_section": {"key": "actions"},
}
PLAIN = dict.fromkeys(["csrfmiddlewaretoken", "tri"], ())


def lay(college: World) -> None:
    """A worker lives: nobody has to come."""
    WorkerBeat.objects.update_or_create(worker="scène", defaults={"at": timezone.now()})


def plant(stage: Stage) -> None:
    lay(stage.college)


# Forms and files

BODIES = {
    "foundation:styleguide": Body("visitor", writes=False),
    "foundation:styleguide_section": Body("visitor", writes=False),
}
