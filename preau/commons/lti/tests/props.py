"""Objects of lti for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta

from conftest import NOW
from preau.commons.lti.models import Activity, Column, Proposal, Score
from preau.commons.lti.tests.tool import class_of, given, linked
from preau.commons.signon.models import Service
from preau.directory.models import Enrolment, Person
from preau.directory.seeds.world import World


def own_activity(college: World) -> Activity:
    """Given to the class of the cast's pupil."""
    return Activity.objects.filter(title="Fractions").first() or given(college, linked(college))


def own_lti_service(college: World) -> Service:
    """That of the activity."""
    return own_activity(college).context.opening.service


def own_choice(college: World) -> Proposal:
    """What the teacher has just chosen at a service."""
    item = {"title": "Fractions", "text": "", "target": "", "custom": {}, "line": None, "due_on": ""}
    found: Proposal = Proposal.objects.get_or_create(
        account=college.people["teacher"].account,
        seat=f"staff-{college.school.pk}",
        defaults={
            "context": own_activity(college).context,
            "items": [item],
            "ends_at": NOW + timedelta(hours=1),
        },
    )[0]
    return found


def many_tools(college: World, count: int) -> None:
    """`count` services more from which something may be given."""
    for number in range(count):
        linked(college, f"Exercices {Service.objects.count()} {number}")


def many_chosen(college: World, count: int) -> None:
    """`count` activities more, chosen together."""
    choice = own_choice(college)
    Proposal.objects.filter(pk=choice.pk).update(items=choice.items + choice.items[:1] * count)


def many_activities(college: World, count: int) -> None:
    """`count` activities more, given to the class, in which everybody has got something."""
    tool = own_activity(college).context.opening.service.tool
    for number in range(count):
        given(college, tool, title=f"Fractions {number}")
        _all_got_something(college)


def many_results(college: World, count: int) -> None:
    """`count` pupils more in the class, who have all got something."""
    activity = own_activity(college)
    for number in range(count):
        pupil = Person.objects.create(family_name=f"Autre {number}", given_name="Ada")
        Enrolment.objects.create(school=college.school, group=activity.context.group, pupil=pupil)
    _all_got_something(college)


def _all_got_something(college: World) -> None:
    pupils = Enrolment.objects.filter(group=class_of(college), ends=None).values_list("pupil", flat=True)
    for column in Column.objects.filter(
        context__opening__school=college.school, label__startswith="Fractions"
    ):
        made = [
            Score(
                column=column,
                pupil_id=pupil,
                given=12,
                maximum=20,
                activity="Completed",
                grading="FullyGraded",
                said_at=NOW,
            )
            for pupil in pupils
        ]
        Score.objects.bulk_create(made, ignore_conflicts=True)
