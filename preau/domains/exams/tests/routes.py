"""The routes of exams, as it tells the tests of them (tests/declared.py)."""

from preau.domains.exams.models import code_of
from preau.domains.exams.tests.props import (
    many_exam_papers,
    of_corrected_paper,
    of_exam,
    of_exam_paper,
    own_exam_paper,
    own_exercise,
)
from tests import pages
from tests.net.matrix_cast import EVERYONE, Near
from tests.pages import Page

# Pages

PAGES = [
    Page("exams:home", pages.EVERYONE),
    Page("exams:search", pages.EVERYONE),
    Page("exams:basket", pages.EVERYONE),
    Page("exams:training", pages.EVERYONE),
    Page("exams:exam", pages.EVERYONE, model=own_exam_paper, by="", beside=of_exam),
    Page("exams:paper", pages.EVERYONE, model=own_exam_paper, by="", beside=of_exam_paper),
    Page("exams:correction", pages.EVERYONE, model=own_exam_paper, by="", beside=of_corrected_paper),
    Page("exams:exercise", pages.EVERYONE, model=own_exercise, by="code"),
]
PUBLIC = {
    "exams:home",
    "exams:search",
    "exams:basket",
    "exams:training",
    "exams:exam",
    "exams:paper",
    "exams:correction",
    "exams:exercise",
}
ELSEWHERE = {
    "exams:feed",
    "exams:suggestions",
    "exams:basket_page",
    "exams:basket_pdf",
    "exams:paper_pdf",
    "exams:correction_pdf",
}
LISTS = [
    ("pupil", "exams:search?matiere=Essais", many_exam_papers),
    ("pupil", "exams:search?tri=recentes&quoi=sujet", many_exam_papers),
    ("pupil", "exams:exam", many_exam_papers),
]
LISTS_APART = {
    # Six papers, thirty entries, twenty exercises in a basket, the exercises of one paper: exams/tests/test_exams.py.
    "exams:home",
    "exams:feed",
    "exams:suggestions",
    "exams:basket",
    "exams:basket_page",
    "exams:basket_pdf",
    "exams:training",
    "exams:paper",
    "exams:paper_pdf",
    "exams:correction",
}
ONE_THING = {"exams:exercise", "exams:correction_pdf"}
# Of a correction that came as a file (exams/tests).
OF_OTHERS = {"exams:correction_pdf"}

# The isolation matrix

# A training paper that comes with Préau, corrected, and the code of its first exercise.
EXAM_PAPER = {"exam": "bac-general", "slug": "entrainement-specialite-maths-2026-1"}
EXAM_EXERCISE = {"code": code_of("/".join(EXAM_PAPER.values()), "1")}
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(
        (
            "exams:home",
            "exams:search",
            "exams:suggestions",
            "exams:feed",
            "exams:basket",
            "exams:basket_page",
            "exams:basket_pdf",
            "exams:training",
            "exams:exam",
            "exams:paper",
            "exams:paper_pdf",
            "exams:correction",
            "exams:correction_pdf",
            "exams:exercise",
        ),
        EVERYONE,
    ),
}
REST_OF_ADDRESS = {
    "exams:exam": {"exam": EXAM_PAPER["exam"]},
    **{f"exams:{name}": EXAM_PAPER for name in ("paper", "paper_pdf", "correction", "correction_pdf")},
    "exams:exercise": EXAM_EXERCISE,
}
PLAIN = dict.fromkeys(
    [
        "debut",
        "minutes",
        "examen",
        "voie",
        "serie",
        "notion",
        "annee",
        "session",
        "panier",
        "commencer",
        "corrige",
    ],
    (),
)

# Forms and files

NOT_CONFIRMED = {
    "exams:basket_page": "exercises that anyone may read, to print",
    "exams:basket_pdf": "the same",
    "exams:paper_pdf": "a paper that anyone may read",
    "exams:correction_pdf": "its correction, from its day on",
}
