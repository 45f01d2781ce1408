"""Reading marks: the courses of a teacher, the grid, one column."""

from preau.domains.gradebook.queries.coming import agenda_of, found_assessments, waiting_of
from preau.domains.gradebook.queries.courses import (
    Course,
    CourseRow,
    books_read,
    course_rows,
    courses_of,
    own_courses,
)
from preau.domains.gradebook.queries.grid import (
    MOST_COLUMNS,
    Cell,
    Grid,
    Learner,
    Row,
    Spread,
    column_cells,
    grid_of,
    heading,
    learners_of,
    said_average,
    spread,
    spread_of,
)
from preau.domains.gradebook.queries.periods import (
    PeriodRow,
    chosen_period,
    is_open,
    period_rows,
    periods_of,
)
from preau.domains.gradebook.queries.settled import SubjectRow, subject_rows, weights_of

__all__ = [
    "MOST_COLUMNS",
    "Cell",
    "Course",
    "CourseRow",
    "Grid",
    "Learner",
    "PeriodRow",
    "Row",
    "Spread",
    "SubjectRow",
    "agenda_of",
    "books_read",
    "chosen_period",
    "column_cells",
    "course_rows",
    "courses_of",
    "found_assessments",
    "grid_of",
    "heading",
    "is_open",
    "learners_of",
    "own_courses",
    "period_rows",
    "periods_of",
    "said_average",
    "spread",
    "spread_of",
    "subject_rows",
    "waiting_of",
    "weights_of",
]
