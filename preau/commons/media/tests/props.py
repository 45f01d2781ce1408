"""Objects of media for the tests of pages: one of the cast's own, or many more."""

from conftest import NOW
from preau.commons.media.models import Medium, Upload
from preau.directory.seeds.world import World
from preau.directory.tests.props import an_operator


def own_medium(college: World) -> Medium:
    """A book that an operator has sent, ready, and that nothing shows yet."""
    return Medium.objects.create(
        kind="epub",
        state="ready",
        name="Un livre.epub",
        size=10,
        facts={"title": "Un livre"},
        kept_by=an_operator(),
        kept_at=NOW,
        moved_at=NOW,
    )


def own_upload(college: World) -> Upload:
    """A file on its way."""
    return Upload.objects.create(person=an_operator(), name="Un film.mp4", size=10, moved_at=NOW)
