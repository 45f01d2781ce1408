"""The record of a lesson, the homework given in it, and what pupils make of it."""

from preau.domains.homework.models.archives import Archive
from preau.domains.homework.models.books import ClassBook
from preau.domains.homework.models.hand_ins import Annotation, HandIn, HandInFile, LessonFile
from preau.domains.homework.models.loads import WorkloadLimit
from preau.domains.homework.models.progressions import Progression, ProgressionStep
from preau.domains.homework.models.records import RECORDS, Correction, LessonNote, LessonRecord
from preau.domains.homework.models.visas import Visa
from preau.domains.homework.models.works import Done, Homework

__all__ = [
    "RECORDS",
    "Annotation",
    "Archive",
    "ClassBook",
    "Correction",
    "Done",
    "HandIn",
    "HandInFile",
    "Homework",
    "LessonFile",
    "LessonNote",
    "LessonRecord",
    "Progression",
    "ProgressionStep",
    "Visa",
    "WorkloadLimit",
]
