"""What the pages of exam papers show, the search and the basket apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet

from preau.domains.catalogue.models import Resource
from preau.domains.exams.models import Correction, CorrectionPart, Exam, Exercise, Paper

NEWEST, MOST_SUBJECTS = 6, 16
# What one sitemap may say of papers: it holds fifty thousand addresses, of everything that is public.
MOST_ADDRESSES = 20_000


@dataclass(frozen=True)
class Home:
    """The first page: where to begin."""

    exams: Sequence[Exam]
    subjects: Sequence[tuple[str, int]]
    training: Sequence[Paper]
    exercises: int


def home() -> Home:
    """Exams and subjects that have papers, and the last papers that may be worked on here: four statements."""
    papers = Paper.objects.published()
    named = papers.order_by().values_list("subject").annotate(held=Count("pk")).order_by("-held", "subject")
    here = papers.exclude(licence="").for_lines().order_by("-published", "key")
    return Home(
        exams=list(Exam.objects.counted()),
        subjects=list(named[:MOST_SUBJECTS]),
        training=list(here[:NEWEST]),
        exercises=Exercise.objects.visible_to(None).count(),
    )


def papers_of(exam: Exam) -> "QuerySet[Paper]":
    """The papers of an exam, the last sessions first."""
    return Paper.objects.published().filter(exam=exam).for_lines().order_by("-year", "key")


@dataclass(frozen=True)
class PaperShown:
    """A paper, its exercises whole, the document that corrects it once its day has come, and what to revise it with."""

    paper: Paper
    exercises: Sequence[Exercise]
    correction: Correction | None
    resources: Sequence[Resource]


def paper_at(exam: str, slug: str) -> Paper | None:
    """The published paper of this key."""
    return Paper.objects.published().filter(key=f"{exam}/{slug}").select_related("exam").first()


def shown(paper: Paper) -> PaperShown:
    """Four statements."""
    resources = paper.resources.published().with_record().defer("parts", "text")
    return PaperShown(
        paper, list(exercises_of(paper)), correction_of(paper), list(resources.order_by("title"))
    )


def exercises_of(paper: Paper) -> "QuerySet[Exercise]":
    return paper.exercises.filter(is_gone=False).order_by("rank", "pk")


def correction_of(paper: Paper) -> Correction | None:
    """The document that corrects it, from its day on."""
    return Correction.objects.visible_to(None).filter(paper=paper).first()


def corrected(paper: Paper) -> list[CorrectionPart]:
    """What it says of each exercise, in their order."""
    rows = CorrectionPart.objects.visible_to(None).filter(correction__paper=paper).select_related("exercise")
    return list(rows.order_by("exercise__rank"))


def exercise_at(code: str) -> Exercise | None:
    """The exercise of this code, whole, with its correction once its day has come."""
    parts = Prefetch("correction_part", CorrectionPart.objects.visible_to(None).select_related("correction"))
    rows = Exercise.objects.visible_to(None).filter(code=code).select_related("paper__exam")
    return rows.defer("paper__intro", "paper__text").prefetch_related(parts).first()


def exam_addresses() -> list[str]:
    """The keys of the exams that have papers."""
    return [exam.slug for exam in Exam.objects.counted()]


def addresses() -> list[str]:
    """The keys of the papers that a search engine may know, those that hold something before those only referenced."""
    rows = Paper.objects.published().order_by("-licence", "-year", "key")
    return list(rows.values_list("key", flat=True)[:MOST_ADDRESSES])
