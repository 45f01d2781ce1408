"""Assessments of a class or a group, the marks of its pupils, how averages are made, and sealed periods."""

from preau.domains.gradebook.models.assessments import Assessment, Mark, MarkChange
from preau.domains.gradebook.models.books import GradeBook
from preau.domains.gradebook.models.imports import MarksImport
from preau.domains.gradebook.models.reading import MARKS
from preau.domains.gradebook.models.seals import PeriodSeal, Reopening
from preau.domains.gradebook.models.settings import GradingPolicy, SubjectWeight, SubSubject, policy_of

__all__ = [
    "MARKS",
    "Assessment",
    "GradeBook",
    "GradingPolicy",
    "Mark",
    "MarkChange",
    "MarksImport",
    "PeriodSeal",
    "Reopening",
    "SubSubject",
    "SubjectWeight",
    "policy_of",
]
