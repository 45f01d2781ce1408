"""Resources of the GAR, subscriptions, rules, exceptions, and the files they came from."""

from preau.domains.mediacentre.models.holders import (
    branches,
    given,
    held,
    is_among,
    meant,
    members,
)
from preau.domains.mediacentre.models.lists import BroughtList
from preau.domains.mediacentre.models.resources import Resource, Seen, Subscription
from preau.domains.mediacentre.models.rules import Exemption, Rule, Step, Target
from preau.domains.mediacentre.models.words import ASSIGNING, BY_FUNCTION, FOR, OTHER_ROLES, Public

__all__ = [
    "ASSIGNING",
    "BY_FUNCTION",
    "FOR",
    "OTHER_ROLES",
    "BroughtList",
    "Exemption",
    "Public",
    "Resource",
    "Rule",
    "Seen",
    "Step",
    "Subscription",
    "Target",
    "branches",
    "given",
    "held",
    "is_among",
    "meant",
    "members",
]
