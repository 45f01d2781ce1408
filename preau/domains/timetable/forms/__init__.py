"""What a person typed of the timetable, as clean values."""
