"""Reviews in lists, one review with all that hangs on it, and whom one may tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from preau.directory.counting import number_of
from preau.directory.models import Enrolment, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attention.models import Decision, Finding, Review, Step, Word
from preau.domains.attention.queries.facts import sentence_of

# Whoever works beside all the pupils of a school: a psychologist of the Éducation nationale is among « autre personnel ».
BESIDE_ALL = (Role.NURSE, Role.ASSISTANT, Role.OTHER, Role.HEAD, Role.SCHOOL_LIFE)


@dataclass(frozen=True)
class ReviewPage:
    """A review and what its reader sees of it."""

    review: Review
    facts: list[str]
    decisions: list[Decision]
    steps: list[Step]
    words: list[Word]


def page_of(viewer: Viewer, pk: int, *, whole: bool = True) -> ReviewPage:
    """One review with its facts and its decisions (three queries); `whole`: its steps and words too (two more)."""
    review = Review.objects.select_related("pupil", "school", "owner", "told_to", "closed_by").get(pk=pk)
    findings = Finding.objects.filter(review=review).order_by("pk")
    words = Word.objects.visible_to(viewer).filter(review=review)
    return ReviewPage(
        review,
        [sentence_of(finding) for finding in findings],
        list(review.decisions.select_related("decided_by").order_by("-decided_at", "-pk")),
        list(review.steps.select_related("done_by").order_by("due", "pk")) if whole else [],
        list(words.select_related("by", "answered_by")) if whole else [],
    )


def reviews_of(viewer: Viewer, part: str) -> "QuerySet[Review]":
    """For those in charge: those that go on, those that are over, those of which a family wrote and has no answer."""
    unanswered = Word.objects.unanswered().filter(review=OuterRef("pk"))
    found = (
        Review.objects.visible_to(viewer).annotate(waits=Exists(unanswered)).select_related("pupil", "owner")
    )
    wanted: Mapping[str, Any] = {
        "fermes": Q(closed_at__isnull=False),
        "mots": Q(waits=True),
    }
    return found.filter(wanted.get(part, Q(closed_at=None))).order_by("-opened_at", "-pk")


def told_reviews(viewer: Viewer) -> "QuerySet[Review]":
    """What a family reads: every review of its children, the newest first."""
    return Review.objects.visible_to(viewer).select_related("pupil", "school").order_by("-opened_at", "-pk")


def adults_to_tell(viewer: Viewer, pupil_id: int) -> "QuerySet[Person]":
    """The teachers of this pupil, and whoever works beside all the pupils of the school."""
    here = active_on(viewer.today)
    classes = Enrolment.objects.active(viewer.today).filter(school=viewer.school, pupil=pupil_id)
    held = Holding.objects.filter(here, school=viewer.school)
    teaching = held.filter(role=Role.TEACHER, person__assignments__group__in=classes.values("group_id"))
    beside = held.filter(role__in=BESIDE_ALL)
    return (
        Person.objects.filter(Q(pk__in=teaching.values("person_id")) | Q(pk__in=beside.values("person_id")))
        .exclude(pk=viewer.person.pk)
        .order_by("search_name", "pk")
    )


def number_of_pupils(viewer: Viewer) -> Coalesce:
    """How many pupils have facts that wait, as a part of another query."""
    return number_of(Finding.objects.visible_to(viewer).waiting(), "pupil_id")


def number_of_words(viewer: Viewer) -> Coalesce:
    """How many words of families wait for an answer, as a part of another query."""
    return number_of(Word.objects.visible_to(viewer).filter(answered_at=None))
