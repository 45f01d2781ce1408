"""Objects of the house for the tests of pages."""

from preau.directory.seeds import World
from preau.domains.spaces.models import Space


def many_spaces(college: World, count: int) -> None:
    """`count` of them more."""
    for _ in range(count):
        Space.objects.create(school=college.school, name=f"B {Space.objects.count()}")
