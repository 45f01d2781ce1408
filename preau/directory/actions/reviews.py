"""Going through who holds more than an ordinary seat, and being reminded of it (docs/decisions/0079)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import AccessDoubt, AccessReview, Holding, School
from preau.directory.queries import reviews
from preau.directory.rules.powers import review_due_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import journal, notices
from preau.foundation.locks import lock

DUE = "directory.review_due"


class DoneMeanwhile(Exception):
    """Another review was finished since the page was shown."""


def mark_of(school_id: int) -> str:
    """The last review, as a form keeps it."""
    last = AccessReview.objects.filter(school_id=school_id).first()
    return str(last.pk) if last else ""


@transaction.atomic
def finish(viewer: Viewer, *, seen: str) -> AccessReview:
    """Write that the review is done, with its counts. Raises DoneMeanwhile: one page is one review."""
    school = lock(School, viewer.school_id)
    if mark_of(school.pk) != seen:
        raise DoneMeanwhile
    due = _due(school)
    if due is not None:
        notices.settle(DUE, _key_of(school, due))
    counts = reviews.counts_of_access(viewer)
    review = AccessReview.objects.create(
        school=school,
        done_by=viewer.person,
        done_at=timezone.now(),
        people=counts.people,
        given=counts.given,
        guests=counts.guests,
        doubts=counts.doubts,
    )
    journal.record(viewer, "directory.access_reviewed", review, people=counts.people, doubts=counts.doubts)
    return review


@transaction.atomic
def doubt(viewer: Viewer, holding: Holding) -> bool:
    """Note that a function of the official files is wrong. False when it was noted already."""
    _doubt, made = AccessDoubt.objects.get_or_create(
        holding=holding, defaults={"noted_by": viewer.person, "noted_at": timezone.now()}
    )
    if made:
        journal.record(viewer, "directory.access_doubted", holding, subject_id=holding.person_id)
    return made


@transaction.atomic
def trust_again(viewer: Viewer, holding: Holding) -> bool:
    """The function is right after all. False when nothing was noted."""
    gone = AccessDoubt.objects.filter(holding=holding).delete()[0]
    if gone:
        journal.record(viewer, "directory.access_trusted", holding, subject_id=holding.person_id)
    return bool(gone)


def remind(today: date) -> int:
    """Tell the heads of each school whose last review is three months old, or that never had one; once each time."""
    heads = Holding.objects.active(today).filter(school=OuterRef("pk"), role=Role.HEAD)
    schools = School.objects.filter(Exists(heads)).annotate(last=Max("access_reviews__done_at"))
    count = 0
    for school in schools.select_related("current_year").order_by("pk").iterator(chunk_size=500):
        due = review_due_on(_day_of(school.last), school.current_year)
        if due is not None and due <= today:
            count += _remind(school, due, today)
    return count


def _due(school: School) -> date | None:
    last = AccessReview.objects.filter(school=school).first()
    return review_due_on(_day_of(last.done_at if last else None), school.current_year)


def _day_of(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _key_of(school: School, due: date) -> str:
    return f"{school.pk}-{due}"


@transaction.atomic
def _remind(school: School, due: date, today: date) -> int:
    heads = Holding.objects.active(today).filter(school=school, role=Role.HEAD)
    news = [
        notices.News(
            kind=DUE,
            person_id=person,
            key=_key_of(school, due),
            url=reverse("directory:review"),
            school_id=school.pk,
            seat=f"staff-{school.pk}",
            facts={"school": school.name},
        )
        for person in heads.values_list("person_id", flat=True).distinct()
    ]
    notices.publish(*news)
    return len(news)
