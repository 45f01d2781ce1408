"""Reading marks: the courses of a teacher, the grid, one column."""

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
    learners_of,
    said_average,
    spread,
    spread_of,
)
from preau.domains.gradebook.queries.periods import chosen_period, is_open, periods_of

__all__ = [
    "MOST_COLUMNS",
    "Cell",
    "Course",
    "CourseRow",
    "Grid",
    "Learner",
    "Row",
    "Spread",
    "books_read",
    "chosen_period",
    "column_cells",
    "course_rows",
    "courses_of",
    "grid_of",
    "is_open",
    "learners_of",
    "own_courses",
    "periods_of",
    "said_average",
    "spread",
    "spread_of",
]
