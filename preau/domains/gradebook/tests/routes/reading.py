"""The pages of those who read marks: who opens them, what makes them long, what the isolation matrix asks."""

from preau.directory.models import Period, SchoolYear
from preau.directory.tests.props import cast_pupil, many_pupils
from preau.domains.gradebook.tests.props import many_assessments, own_assessment, own_book
from preau.domains.gradebook.tests.read_scene import many_subjects_assessed
from tests import pages
from tests.declared import Named
from tests.net.matrix_cast import (
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OTHER_FAMILY,
    OWN_FAMILY,
    Near,
    near,
)
from tests.pages import Page

# The cast's teacher is the head teacher of the class.
LEADERS = pages.SCHOOL_LIFE | {"teacher"}
FOLLOWERS = pages.FAMILY | LEADERS
PAGES = [
    Page("gradebook:own", pages.FAMILY),
    Page("gradebook:pupil", FOLLOWERS, model=cast_pupil, by="public_id"),
    Page("gradebook:average", FOLLOWERS, model=cast_pupil, by="public_id"),
    Page("gradebook:assessment", pages.FAMILY, model=own_assessment),
    Page("gradebook:mark", LEADERS, model=own_assessment),
    Page("gradebook:class_averages", LEADERS, model=own_book),
]
ELSEWHERE = {"portal:api_notes"}
LISTS = [
    ("pupil", "gradebook:own", many_assessments),
    ("guardian", "gradebook:pupil", many_assessments),
    ("pupil", "gradebook:average", many_subjects_assessed),
    ("pupil", "portal:home", many_assessments),
    ("head", "gradebook:class_averages", many_subjects_assessed),
    ("head", "gradebook:class_averages", many_pupils),
]
ONE_THING = {
    "gradebook:assessment",
    "gradebook:mark",
    # Lists by pages, behind a token: tests/test_api.py.
    "portal:api_notes",
}
OF_A_PUPIL: Near = near(
    own=LIFE | {"teacher"} | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, other_school=NEIGHBOURING
)
OPENS: dict[str, Near | set[str]] = {
    "gradebook:own": FAMILY | OTHER_FAMILY,
    **dict.fromkeys(["gradebook:pupil", "gradebook:average"], OF_A_PUPIL),
    "gradebook:assessment": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
    "gradebook:mark": near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, other_school=NEIGHBOURING
    ),
    "gradebook:class_averages": near(
        own=LIFE | {"teacher"}, other_class=LIFE, departed=LIFE, other_school=NEIGHBOURING
    ),
    "portal:api_notes": set(),
}
# An assessment and a pupil: nobody on the stage was in the class of last year.
NAMES_TWO = {"gradebook:mark"}
NAMES = {"periode": Named(Period), "annee": Named(SchoolYear)}
