"""Objects of works for the tests of pages: one of the cast's own, or many more."""

from conftest import NOW
from preau.commons.works.models import Work
from preau.directory.seeds.world import World


def many_works(college: World, count: int) -> None:
    """`count` works more of the secretary's, one in two over."""
    for _ in range(count):
        number = Work.objects.count()
        Work.objects.create(
            key=f"essai-{number}",
            label=f"Lecture {number}",
            person=college.people["secretary"],
            school=college.school,
            url="/",
            can_stop=True,
            asked_at=NOW,
            begun_at=NOW,
            ended_at=NOW if number % 2 else None,
            state=Work.State.DONE if number % 2 else Work.State.RUNNING,
        )
