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

    `lesson`: the lesson of the cast that the address names. `marks`: the page is a form, and one pupil is marked on it,
    absent and present in turn. `typed`: what is written in the page's form, which is sent again and again. Several
    `routes`: the first that exists.
    """

    key: str
    routes: tuple[str, ...]
    who: str = ""
    goal: Goal | None = None
    lesson: str = ""
    marks: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)


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
    Page("roll", ("attendance:roll",), "teacher", TWICE, lesson="lesson"),
    Page("mark_absent", ("attendance:roll",), "other_teacher", TWICE, lesson="other_lesson", marks=True),
    Page("week_pupil", ("timetable:week",), "pupil", TWICE),
    Page("week_teacher", ("timetable:week",), "teacher", TWICE),
    Page("board", ("attendance:board",), "cpe"),
    Page("absences", ("attendance:entries",), "cpe"),
    Page("absences_family", ("attendance:absences",), "guardian"),
    Page("search", ("search:search",), "teacher", Goal(1.6, REFERENCE), typed={"texte": "martin"}),
    Page("agenda_guardian", ("agenda:agenda",), "guardian", TWICE),
    Page("agenda_teacher", ("agenda:agenda",), "teacher", TWICE),
    Page("notifications", ("notifications:centre",), "guardian", TWICE),
)
MOST_QUERIES = 12
MOST_GROWTH = 1.2
