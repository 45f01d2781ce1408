"""Reading the timetable: lessons, weeks, clashes, changes."""
