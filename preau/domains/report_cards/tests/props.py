"""Objects of the house for the tests of pages."""

from preau.directory.models import Assignment, Group
from preau.directory.seeds.world import World
from preau.domains.gradebook.tests.scene import charge_of, class_of
from preau.domains.report_cards.models import Phrase


def own_class(college: World) -> Group:
    """The class of the cast's pupil, that the cast's teacher leads and teaches, and which other teachers have not."""
    charge_of(college)
    group = class_of(college)
    teachers = [college.people[key] for key in ("teacher_1",) if key in college.people]
    Assignment.objects.filter(group=group, teacher__in=teachers).delete()
    Assignment.objects.filter(group=group, kind=Assignment.Kind.HEAD_TEACHER).exclude(
        teacher=college.people["teacher"]
    ).delete()
    Assignment.objects.get_or_create(
        school=college.school,
        group=group,
        teacher=college.people["teacher"],
        kind=Assignment.Kind.HEAD_TEACHER,
        ends=None,
    )
    return group


def many_phrases(college: World, count: int) -> None:
    """`count` phrases more of the cast's teacher."""
    before = Phrase.objects.count()
    Phrase.objects.bulk_create(
        Phrase(school=college.school, owner=college.people["teacher"], text=f"Phrase {before + number}.")
        for number in range(count)
    )
