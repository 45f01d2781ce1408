"""What must not be confused: the incident (what was seen), who was part of it, the punition, the sanction."""

from preau.domains.conduct.models.engagements import (
    MOST_HOURS,
    Contract,
    ContractWeek,
    Responsibility,
)
from preau.domains.conduct.models.incidents import (
    FOLLOWS,
    GIVERS,
    INCIDENTS,
    Incident,
    IncidentStep,
    Involvement,
)
from preau.domains.conduct.models.punitions import Acknowledgement, Detention, Punition, Slot
from preau.domains.conduct.models.sanctions import Observation, RegisterLine, Sanction

__all__ = [
    "FOLLOWS",
    "GIVERS",
    "INCIDENTS",
    "MOST_HOURS",
    "Acknowledgement",
    "Contract",
    "ContractWeek",
    "Detention",
    "Incident",
    "IncidentStep",
    "Involvement",
    "Observation",
    "Punition",
    "RegisterLine",
    "Responsibility",
    "Sanction",
    "Slot",
]
