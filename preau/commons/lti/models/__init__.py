"""Services that speak LTI, the activities that they give to classes, and what a message leaves on its way."""

from preau.commons.lti.models.activities import Activity, Column, Context, Score, groups_taught
from preau.commons.lti.models.passing import Pass, Passage, Proposal, Shown
from preau.commons.lti.models.tools import Agreement, Tool

__all__ = [
    "Activity",
    "Agreement",
    "Column",
    "Context",
    "Pass",
    "Passage",
    "Proposal",
    "Score",
    "Shown",
    "Tool",
    "groups_taught",
]
