"""When what was written may leave: the hours of a school, those of each person, and what passes all the same."""
