"""Exam papers from files: a folder of papers, and indexes of papers that are elsewhere."""

from preau.domains.exams.imports.folder import STARTER, Refused, plant, read_folder
from preau.domains.exams.imports.indexes import load_index

__all__ = ["STARTER", "Refused", "load_index", "plant", "read_folder"]
