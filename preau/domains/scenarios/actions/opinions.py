"""Saying what one thinks of a resource or of a scenario, changing it, taking it away."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.models import Review, Scenario
from preau.foundation import journal, notices
from preau.foundation.locks import lock
from preau.foundation.notices import News

REVIEWED = "scenarios.reviewed"


@dataclass(frozen=True)
class Opinion:
    """A review as it is typed: `marks` by criterion, the level where it was used and its name."""

    marks: Mapping[str, int]
    level: str
    level_said: str
    context: str
    text: str
    signature: str


class OwnWork(Exception):
    """Nobody reviews what they write themselves."""


def signed_by(person: Person, opinion: Opinion) -> str:
    """« Claire Moreau », or « Enseignante de CE1 »."""
    if opinion.signature == Review.Signature.NAME:
        return person.full_name
    pattern = _("Enseignante de %(level)s") if person.civility == "mme" else _("Enseignant de %(level)s")
    return pattern % {"level": opinion.level_said}


@transaction.atomic
def review(viewer: Viewer, work: Resource | Scenario, opinion: Opinion) -> bool:
    """One review of a work for each teacher: written again, it changes. False when nothing does. Raises OwnWork."""
    # Two first reviews at once by the same person would be two.
    lock(type(viewer.person), viewer.person.pk)
    of = {"resource": work} if isinstance(work, Resource) else {"scenario": work}
    if isinstance(work, Scenario) and work.authors.filter(person=viewer.person).exists():
        raise OwnWork
    facts = dict(opinion.marks) | {
        "level": opinion.level,
        "context": opinion.context,
        "text": opinion.text,
        "signature": opinion.signature,
        "signed": signed_by(viewer.person, opinion),
    }
    known = Review.objects.filter(person=viewer.person, **of).first()
    if known and all(getattr(known, name) == value for name, value in facts.items()):
        return False
    now = timezone.now()
    made = known or Review(person=viewer.person, made_at=now, **of)
    for name, value in facts.items():
        setattr(made, name, value)
    made.changed_at = now
    made.save()
    journal.record(viewer, "scenarios.review_written", made)
    if known is None and isinstance(work, Scenario):
        _tell(work, made)
    return True


def _tell(scenario: Scenario, made: Review) -> None:
    url = reverse("scenarios:scenario", args=[scenario.code])
    people = scenario.authors.writing().values_list("person_id", flat=True)
    seat = f"staff-{scenario.school_id}"
    notices.publish(
        *(
            News(REVIEWED, person, f"{REVIEWED}-{made.pk}", url, school_id=scenario.school_id, seat=seat)
            for person in people
        )
    )


@transaction.atomic
def remove_review(viewer: Viewer, known: Review) -> None:
    """Take one's review away, with what was reported of it."""
    journal.record(viewer, "scenarios.review_removed", known)
    notices.settle(REVIEWED, f"{REVIEWED}-{known.pk}")
    Review.objects.filter(pk=known.pk).delete()


def forget_reviews(person_id: int) -> int:
    """What somebody said goes with them."""
    return Review.objects.filter(person_id=person_id).delete()[0]
