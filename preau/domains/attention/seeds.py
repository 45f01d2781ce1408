"""The demonstration's share: facts that wait, one review that goes on, one that is over, one that a family contests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from preau.directory.boards import early_facts
from preau.directory.models import Person
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.attention.actions import deciding, watching
from preau.domains.attention.actions.deciding import DecisionFacts
from preau.domains.attention.models import Finding, Review, Word
from preau.domains.attention.models.reviews import Kind
from preau.foundation import notices

AFTER = timedelta(weeks=5)
LATES = "attendance.lates"


def plant(world: Any) -> None:
    """Count the facts of the school; decide of a few pupils', among them the pupil of the cast."""
    school, today = world.school, world.today
    cpe = (
        viewer_for(world.people["cpe"], 0, timezone.now(), f"staff-{school.pk}")
        if "cpe" in world.people
        else None
    )
    if cpe is None or cpe.school_id != school.pk or not school.current_year:
        return
    watching.watch(school, today)
    waiting = Finding.objects.filter(school=school).waiting().exclude(pupil__in=world.people.values())
    others = list(Person.objects.filter(pk__in=waiting.values("pupil_id")).order_by("search_name", "pk")[:2])
    with notices.told_already():
        if "pupil" in world.people:
            _contested(cpe, world)
        for pupil, facts in zip(others, _said(today), strict=False):
            _decide(cpe, pupil, facts)


def _said(today: Any) -> list[DecisionFacts]:
    return [
        DecisionFacts(
            Kind.TALK,
            "Nous voulons comprendre ces absences avec elle ou lui, avant de chercher une aide.",
            today + AFTER,
            None,
            "Entretien avec l’élève",
            today + timedelta(days=4),
        ),
        DecisionFacts(
            Kind.NOTHING, "La famille a déjà expliqué ces journées au téléphone, pendant un déménagement."
        ),
    ]


def _decide(cpe: Viewer, pupil: Person, facts: DecisionFacts) -> Review:
    findings = list(Finding.objects.filter(school_id=cpe.school_id, pupil=pupil).waiting().order_by("pk"))
    return deciding.decide(cpe, pupil, deciding.mark_of(findings), facts)


def _contested(cpe: Viewer, world: Any) -> None:
    """The pupil of the cast: a meeting was proposed, and a guardian does not see it that way."""
    pupil, today = world.people["pupil"], world.today
    if not Finding.objects.filter(school=world.school, pupil=pupil).waiting().exists():
        # In the schools of the tests, where nobody is ever late, an invented count stands in; a demonstration says what its rolls say.
        if world.imported or early_facts.named(LATES) is None:
            return
        Finding.objects.create(
            school=world.school,
            pupil=pupil,
            fact=LATES,
            number=6,
            before=1,
            threshold=6,
            since=today - timedelta(days=27),
            until=today,
            found_at=timezone.now(),
        )
    facts = DecisionFacts(
        Kind.MEETING,
        "Plusieurs retards ces dernières semaines, et nous aimerions en parler avec vous.",
        today + AFTER,
        None,
        "Rencontre avec la famille",
        today + timedelta(days=6),
    )
    review = _decide(cpe, pupil, facts)
    guardian = world.people.get("guardian")
    seat = viewer_for(guardian, 0, timezone.now(), "guardian") if guardian else None
    if seat is None:
        return
    text = "Le car scolaire arrive en retard depuis le changement d’horaire, ce n’est pas de son fait."
    deciding.write_word(seat, review, Word.About.CONTEST, text)
