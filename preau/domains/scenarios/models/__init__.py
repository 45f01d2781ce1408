"""Scenarios pédagogiques, what they say, their versions and their authors; what teachers say of them and of resources."""

from preau.domains.scenarios.models.content import Content, Facts, Setting, Step
from preau.domains.scenarios.models.opinions import CRITERIA, Case, Mark, Report, Review
from preau.domains.scenarios.models.qualifying import (
    NEXT,
    QUALIFIES,
    Qualification,
    QualificationStep,
)
from preau.domains.scenarios.models.scenarios import (
    LICENCES,
    Author,
    AuthorQuerySet,
    Scenario,
    ScenarioQuerySet,
    ScenarioVersionQuerySet,
    Version,
)

__all__ = [
    "CRITERIA",
    "LICENCES",
    "NEXT",
    "QUALIFIES",
    "Author",
    "AuthorQuerySet",
    "Case",
    "Content",
    "Facts",
    "Mark",
    "Qualification",
    "QualificationStep",
    "Report",
    "Review",
    "Scenario",
    "ScenarioQuerySet",
    "ScenarioVersionQuerySet",
    "Setting",
    "Step",
    "Version",
]
