"""Pages of scenarios: those of their authors, and those that anyone reads."""

from preau.domains.scenarios.views.opinions import appeal, case, cases, remove_review, report, review, reviews
from preau.domains.scenarios.views.public import home, paper, scenario
from preau.domains.scenarios.views.qualifying import qualification, qualifications, qualify
from preau.domains.scenarios.views.sharing import (
    authors,
    go_back,
    invitation,
    leave,
    publish,
    take_out,
    versions,
    withdraw,
)
from preau.domains.scenarios.views.taking import take_up
from preau.domains.scenarios.views.workshop import (
    add_step,
    arrange,
    create,
    facts,
    remove,
    restore,
    space,
    step,
    workshop,
)

__all__ = [
    "add_step",
    "appeal",
    "arrange",
    "authors",
    "case",
    "cases",
    "create",
    "facts",
    "go_back",
    "home",
    "invitation",
    "leave",
    "paper",
    "publish",
    "qualification",
    "qualifications",
    "qualify",
    "remove",
    "remove_review",
    "report",
    "restore",
    "review",
    "reviews",
    "scenario",
    "space",
    "step",
    "take_out",
    "take_up",
    "versions",
    "withdraw",
    "workshop",
]
