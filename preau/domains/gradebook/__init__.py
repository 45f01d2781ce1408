"""Notes: assessments, marks, their averages, and periods that the head seals."""
