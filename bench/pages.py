"""The daily pages that are measured: who opens each, where, and what it may cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

BARE, REFERENCE = "bare", "reference"


@dataclass(frozen=True)
class Goal:
    """At most `times` the cost of a floor."""

    times: float
    floor: str


HOME, TWICE = Goal(1.25, REFERENCE), Goal(2, REFERENCE)


@dataclass(frozen=True)
class Page:
    """A route and the member of the cast who opens it (nobody: a visitor).

    `about`: what of the cast the address names (a lesson, a class). `marks`: the page is a form, and one pupil is marked on it,
    absent and present in turn. `cells`: the page is a grid of marks, and the first cell of it is typed, with two marks in turn. `typed`: what is written in the page's form, which leads to
    the page that is measured. Several
    `routes`: the first that exists. `place`, `query`: what its address says besides.
    """

    key: str
    routes: tuple[str, ...]
    who: str = ""
    goal: Goal | None = None
    about: str = ""
    marks: bool = False
    cells: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


RESOURCE = {"collection": "nombres-et-calculs", "slug": "les-fractions-et-la-tablette"}
PAGES = (
    Page(BARE, ("bare",)),
    Page(REFERENCE, ("reference",)),
    Page("sign_in", ("identity:sign_in",), goal=Goal(3, BARE)),
    Page("home_pupil", ("portal:home",), "pupil", HOME),
    Page("home_guardian", ("portal:home",), "guardian", HOME),
    Page("home_teacher", ("portal:home",), "teacher", HOME),
    Page("home_cpe", ("portal:home",), "cpe", HOME),
    Page("home_head", ("portal:home",), "head", HOME),
    Page("home_secretary", ("portal:home",), "secretary", HOME),
    Page("roll", ("attendance:roll",), "teacher", TWICE, about="lesson"),
    Page("mark_absent", ("attendance:roll",), "other_teacher", TWICE, about="other_lesson", marks=True),
    Page("week_pupil", ("timetable:week",), "pupil", TWICE),
    Page("week_teacher", ("timetable:week",), "teacher", TWICE),
    Page("homework_pupil", ("homework:to_do",), "pupil", TWICE),
    Page("homework_guardian", ("homework:to_do",), "guardian", TWICE),
    Page("lessons_teacher", ("homework:sessions",), "teacher", TWICE),
    Page("book_teacher", ("homework:class_book",), "teacher", TWICE, about="group"),
    Page("grid_teacher", ("gradebook:grid",), "teacher", TWICE, about="group"),
    Page("levels_teacher", ("competences:group",), "teacher", TWICE, about="group"),
    Page("levels_pupil", ("competences:own",), "pupil", TWICE),
    Page("marks_pupil", ("gradebook:own",), "pupil", TWICE),
    Page("marks_guardian", ("gradebook:own",), "guardian", TWICE),
    Page("board", ("attendance:board",), "cpe", TWICE),
    Page("absences", ("attendance:entries",), "cpe", TWICE),
    Page("absences_family", ("attendance:absences",), "guardian", TWICE),
    Page("search", ("search:search",), "teacher", Goal(1.6, REFERENCE), typed={"texte": "martin"}),
    Page("agenda_guardian", ("agenda:agenda",), "guardian", TWICE),
    Page("agenda_teacher", ("agenda:agenda",), "teacher", TWICE),
    Page("resources", ("catalogue:home",), goal=Goal(3, BARE)),
    Page("resource", ("catalogue:resource",), goal=Goal(3, BARE), place=RESOURCE),
    Page("resources_found", ("catalogue:search",), goal=Goal(3, BARE), query="q=fractions&niveau=cm1"),
    Page("exams_found", ("exams:search",), goal=Goal(3, BARE), query="q=probabilit%C3%A9s+conditionnelles"),
    Page("resource_pupil", ("catalogue:resource",), "pupil", TWICE, place=RESOURCE),
    Page("resources_found_pupil", ("catalogue:search",), "pupil", TWICE, query="q=fractions&niveau=cm1"),
    Page("notifications", ("notifications:centre",), "guardian", TWICE),
    Page("messages_teacher", ("messaging:box",), "teacher", TWICE),
    Page("messages_guardian", ("messaging:box",), "guardian", TWICE),
)
# Those of the school of 1 200 pupils, a world of its own.
LARGE_PAGES = (
    Page(REFERENCE, ("reference",)),
    Page("board_large", ("attendance:board",), "cpe", TWICE),
    Page("absences_large", ("attendance:entries",), "cpe", TWICE),
    Page("home_cpe_large", ("portal:home",), "cpe", HOME),
    Page("grid_large", ("gradebook:grid",), "full_teacher", TWICE, about="full_class"),
    Page("cell_large", ("gradebook:grid",), "full_teacher", TWICE, about="full_class", cells=True),
    Page("averages_large", ("gradebook:class_averages",), "head", about="full_class"),
    Page("levels_large", ("competences:group",), "full_teacher", TWICE, about="full_class"),
    Page("levels_40_large", ("competences:group",), "other_full_teacher", TWICE, about="other_full_class"),
)
MOST_GROWTH = 1.2
