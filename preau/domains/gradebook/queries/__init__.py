"""Reading marks: the courses of a teacher, the grid, one column."""
