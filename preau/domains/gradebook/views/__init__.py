"""Pages of marks."""

from preau.domains.gradebook.views.reading import assessment, class_averages, general, own, pupil, subject

__all__ = ["assessment", "class_averages", "general", "own", "pupil", "subject"]
