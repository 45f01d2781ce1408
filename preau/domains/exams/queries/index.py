"""The index of exam papers: the engine of the catalogue, in an index of its own that holds papers and exercises.

The key that it gives says which: `2 × pk` for a paper, `2 × pk + 1` for an exercise. No correction is in it: a search would give
answers away, and before their day.
"""

from collections.abc import Iterable, Iterator, Sequence

from preau.domains.catalogue.models import FREE
from preau.domains.catalogue.queries.engine import Doc
from preau.domains.catalogue.queries.index import BeingBuilt, Index, Shape
from preau.domains.exams.models import Exercise, Paper, Session, Track, Zone, label_of

__all__ = ["EXAMS", "EXERCISES", "PAPERS", "BeingBuilt", "engine", "paper_key", "row_of"]
# Changes when the documents below do: an index of another form is built anew.
FORM = 1
FACETS = ("kind", "exam", "track", "series", "subject", "year", "session", "zone", "notion")
PAPERS, EXERCISES = "sujet", "exercice"
CHUNK = 500
# As much as is read of a PDF (`imports.pdfs`).
MOST_TEXT = 2_000_000


def paper_key(pk: int) -> int:
    return 2 * pk


def exercise_key(pk: int) -> int:
    return 2 * pk + 1


def row_of(key: int) -> int:
    """The pk of the row that this key names."""
    return key // 2


def work(since: int | None) -> dict[int, bool]:
    """The papers and exercises to write, in two statements: whether each is shown."""
    papers, exercises = Paper.objects.order_by("pk"), Exercise.objects.order_by("pk")
    if since is None:
        papers, exercises = papers.published(), exercises.visible_to(None)
    else:
        papers, exercises = papers.filter(edition__gt=since), exercises.filter(paper__edition__gt=since)
    shown = Paper.Status.PUBLISHED
    found = {paper_key(pk): status == shown for pk, status in papers.values_list("pk", "status")}
    for pk, status, is_gone in exercises.values_list("pk", "paper__status", "is_gone"):
        found[exercise_key(pk)] = status == shown and not is_gone
    return found


def documents(keys: Iterable[int]) -> Iterator[Doc]:
    """What the engine is told of each of these papers and exercises: a statement or two for five hundred of them."""
    every = list(keys)
    for start in range(0, len(every), CHUNK):
        part = every[start : start + CHUNK]
        papers = Paper.objects.filter(pk__in=[row_of(key) for key in part if not key % 2])
        for paper in papers.select_related("exam").prefetch_related("exercises"):
            yield _paper(paper)
        exercises = Exercise.objects.filter(pk__in=[row_of(key) for key in part if key % 2])
        for exercise in exercises.select_related("paper__exam").defer("paper__text", "paper__intro"):
            yield _exercise(exercise)


def _paper(paper: Paper) -> Doc:
    inside = [exercise for exercise in paper.exercises.all() if not exercise.is_gone]
    notions = list(dict.fromkeys(notion for exercise in inside for notion in exercise.notions))
    text = "\n".join([paper.text or "", *(f"{exercise.title}\n{exercise.text}" for exercise in inside)])
    return Doc(
        pk=paper_key(paper.pk),
        key=paper.key,
        title=paper.title,
        heads=notions,
        abstract="",
        labels=_labels(paper),
        body=text[:MOST_TEXT],
        facets=_facets(paper, PAPERS, notions),
        is_free=paper.licence in FREE,
        day=paper.day,
        beside=paper.session_said,
    )


def _exercise(exercise: Exercise) -> Doc:
    paper = exercise.paper
    return Doc(
        pk=exercise_key(exercise.pk),
        key=exercise.code,
        title=exercise.title,
        heads=exercise.notions,
        abstract="",
        labels=[*_labels(paper), *exercise.competences],
        body=exercise.text[:MOST_TEXT],
        facets=_facets(paper, EXERCISES, exercise.notions),
        is_free=paper.licence in FREE,
        day=paper.day,
        beside=paper.title,
    )


def _labels(paper: Paper) -> list[str]:
    labels = [
        paper.exam.name,
        paper.exam.short,
        paper.subject,
        paper.series,
        label_of(Track, paper.track),
        str(paper.year),
        label_of(Session, paper.session),
        *(label_of(Zone, zone) for zone in paper.zones),
        paper.place,
        paper.sitting,
    ]
    return list(dict.fromkeys(filter(None, labels)))


def _facets(paper: Paper, kind: str, notions: Sequence[str]) -> dict[str, Sequence[str]]:
    return {
        "kind": [kind],
        "exam": [paper.exam.slug],
        "track": [paper.track] if paper.track else [],
        "series": [paper.series] if paper.series else [],
        "subject": [paper.subject],
        "year": [str(paper.year)],
        "session": [paper.session],
        "zone": paper.zones,
        "notion": list(notions),
    }


EXAMS = Index(
    Shape("exams", FORM, FACETS, work, documents, lambda: Paper.objects.count() + Exercise.objects.count())
)
engine = EXAMS.engine
