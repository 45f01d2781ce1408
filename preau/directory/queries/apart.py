"""What a seat reads, part by part, for what is kept elsewhere by part: a calendar a child, a folder a child."""

from dataclasses import dataclass

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation.prepared import Prepared


@dataclass(frozen=True)
class Apart:
    """One part: a key that stays the same, the name under which its people know it, and the viewer who reads it alone."""

    key: str
    name: str
    viewer: Viewer


CHILDREN = Prepared(
    lambda viewer: Person.objects.filter(pk__in=viewer.own_pupils()).order_by("given_name", "pk")
)


def children_of(viewer: Viewer) -> list[Person]:
    """The pupils for whom this seat answers, by first name: oneself for a pupil (one prepared query)."""
    return CHILDREN(viewer)


def parts_of(viewer: Viewer) -> list[Apart]:
    """Of a guardian, each child by first name (one query); of anybody else, all that they read, under the name of their school."""
    if not viewer.is_guardian:
        return [Apart(viewer.key, viewer.school.name if viewer.school else viewer.label, viewer)]
    return [
        Apart(child.public_id, child.given_name, viewer.for_child(child.pk)) for child in children_of(viewer)
    ]
