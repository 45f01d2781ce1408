"""What ends with its time or with its person, and the names by which a class is told."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from preau.commons.lti.models import Activity, Agreement, Context, Pass, Passage, Proposal, Score, Shown
from preau.commons.lti.queries import tools
from preau.commons.lti.queries.people import learners_of, teachers_of
from preau.commons.signon.actions import tickets


def name_members(now: datetime) -> int:
    """A name at the service for everybody of the classes of which it may read the list: a page that only reads cannot make
    one. Returns how many were made."""
    agreed = [
        agreement.opening_id
        for agreement in Agreement.objects.filter(opening__is_on=True)
        if "members" in agreement.allowed
    ]
    rows = Context.objects.filter(opening__in=agreed).select_related("opening__service", "opening__school")
    return sum(_name(row, now) for row in rows.order_by("pk"))


@transaction.atomic
def _name(context: Context, now: datetime) -> int:
    today = tools.today_in(context.opening.school, now)
    people = learners_of(context, today) | teachers_of(context, today)
    return tickets.name_people(context.opening.service_id, people)


@transaction.atomic
def purge(now: datetime) -> int:
    """Drop what has served, and the activities of the years that are over, with what was got of them."""
    over = Context.objects.filter(group__year__ends__lt=now.date())
    return (
        sum(model.objects.filter(ends_at__lte=now).delete()[0] for model in (Passage, Proposal, Shown, Pass))
        + (over.delete()[0])
    )


def forget_scores(person_id: int) -> int:
    return Score.objects.filter(pupil=person_id).delete()[0]


def forget_passing(person_id: int) -> int:
    models = (Passage, Proposal)
    return sum(model.objects.filter(account__person=person_id).delete()[0] for model in models)


def forget_activities(person_id: int) -> int:
    """Whoever gave it is gone: what they wrote of it goes; the class keeps the activity, under the service's name."""
    name = Subquery(Context.objects.filter(pk=OuterRef("context")).values("opening__service__name")[:1])
    return Activity.objects.filter(given_by=person_id).update(title=name, text="")
