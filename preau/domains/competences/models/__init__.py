"""Referentials and their competences, sheets and the levels typed in them, the end of a cycle."""

from preau.domains.competences.models.balances import COMPONENTS, Balance
from preau.domains.competences.models.cycle_files import CycleFile
from preau.domains.competences.models.imports import ReferentialImport
from preau.domains.competences.models.reading import readable
from preau.domains.competences.models.referentials import Competence, Referential
from preau.domains.competences.models.settings import MasteryPolicy, policy_of
from preau.domains.competences.models.sheets import Level, LevelChange, SelfLevel, Sheet, SheetColumn

__all__ = [
    "COMPONENTS",
    "Balance",
    "Competence",
    "CycleFile",
    "Level",
    "LevelChange",
    "MasteryPolicy",
    "Referential",
    "ReferentialImport",
    "SelfLevel",
    "Sheet",
    "SheetColumn",
    "policy_of",
    "readable",
]
