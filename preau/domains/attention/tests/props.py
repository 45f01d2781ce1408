"""Objects of attention for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import cast_pupil, many_pupils
from preau.directory.words import Role
from preau.domains.attention.models import Decision, Finding, Review, Step, Word


def own_finding(college: World) -> Person:
    """The cast's pupil, of whom a fact waits to be looked at."""
    pupil = college.people["pupil"]
    Finding.objects.get_or_create(
        school=college.school,
        pupil=pupil,
        fact="attendance.lates",
        review=None,
        defaults={
            "number": 6,
            "before": 1,
            "threshold": 6,
            "since": NOW.date() - timedelta(days=27),
            "until": NOW.date(),
            "found_at": NOW,
        },
    )
    return cast_pupil(college)


def own_review(college: World) -> Review:
    """One that goes on, of the cast's pupil, with a decision."""
    cpe = college.people["cpe"]
    review, made = Review.objects.get_or_create(
        school=college.school,
        pupil=college.people["pupil"],
        kind="talk",
        closed_at=None,
        defaults={"owner": cpe, "opened_at": NOW, "until": NOW.date() + timedelta(days=20)},
    )
    if made:
        Decision.objects.create(
            school=college.school,
            review=review,
            kind="talk",
            reason="Pour comprendre.",
            decided_by=cpe,
            decided_at=NOW,
        )
    return review


def many_findings(college: World, count: int) -> None:
    """`count` facts more that wait, of as many pupils."""
    many_pupils(college, count)
    pupils = Person.objects.filter(holdings__school=college.school, holdings__role=Role.PUPIL, findings=None)
    for pupil in pupils.order_by("-pk")[:count]:
        Finding.objects.create(
            school=college.school,
            pupil=pupil,
            fact="attendance.lates",
            number=6,
            before=0,
            threshold=6,
            since=NOW.date(),
            until=NOW.date(),
            found_at=NOW,
        )


def many_reviews(college: World, count: int) -> None:
    """`count` reviews more of the cast's pupil, each with a word of its mother."""
    for _ in range(count):
        review = Review.objects.create(
            school=college.school,
            pupil=college.people["pupil"],
            kind="meeting",
            owner=college.people["cpe"],
            opened_at=NOW,
            until=NOW.date() + timedelta(days=20),
        )
        _word(college, review)


def _word(college: World, review: Review) -> None:
    Word.objects.create(
        school=college.school,
        review=review,
        about="add",
        text="Un mot",
        by=college.people["guardian"],
        at=NOW,
    )


def much_in_a_review(college: World, count: int) -> None:
    """Decisions, steps and words of the review of the page."""
    review, cpe = own_review(college), college.people["cpe"]
    for number in range(count):
        of = {"school": college.school, "review": review}
        Decision.objects.create(kind="talk", reason="Encore", decided_by=cpe, decided_at=NOW, **of)
        Step.objects.create(what=f"Étape {number}", due=NOW.date() + timedelta(days=1), added_by=cpe, **of)
        _word(college, review)
