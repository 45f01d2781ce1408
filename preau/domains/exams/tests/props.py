"""Objects of exams for the tests of pages: one of the cast's own, or many more."""

from django.db import transaction

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.exams.models import Exam, Exercise, Paper, code_of


@transaction.atomic
def many_exam_papers(college: World, count: int) -> None:
    """`count` papers more of one exam, each with an exercise, the last sessions of all."""
    exam, edition = Exam.objects.order_by("order")[0], next_edition()
    for _ in range(count):
        number = Paper.objects.count()
        made = Paper.objects.create(
            key=f"{exam.slug}/essai-{number}",
            exam=exam,
            title=f"Sujet d’essai {number}",
            subject="Essais",
            year=2099,
            licence="cc-by",
            authors=["Préau"],
            published=NOW.date(),
            changed=NOW.date(),
            source="test",
            digest="0" * 64,
            edition=edition,
        )
        Exercise.objects.create(
            paper=made,
            number="1",
            code=code_of(made.key, "1"),
            rank=1,
            title=f"Exercice d’essai {number}",
            html="<p>Rien.</p>",
            text="Rien.",
            notions=["Essais"],
        )


def own_exam_paper(college: World) -> Paper:
    many_exam_papers(college, 1)
    return Paper.objects.filter(source="test").order_by("pk")[0]


def of_exam(college: World) -> dict[str, str]:
    return {"exam": own_exam_paper(college).exam.slug}


def of_exam_paper(college: World) -> dict[str, str]:
    return own_exam_paper(college).place_of


def of_corrected_paper(college: World) -> dict[str, str]:
    """One of the training papers that come with Préau."""
    return Paper.objects.get(key__endswith="specialite-maths-2026-1").place_of


def own_exercise(college: World) -> Exercise:
    return own_exam_paper(college).exercises.all()[0]
