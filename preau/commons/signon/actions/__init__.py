"""Writing the register, and what a protocol leaves."""

from preau.commons.signon.actions.leaving import (
    connections_ending,
    forget_aliases,
    forget_passing,
    leave_with_sessions,
    purge,
)
from preau.commons.signon.actions.register import Said, SameName, Settled, save, settle
from preau.commons.signon.actions.tickets import (
    Invalid,
    Validated,
    consume,
    grant,
    issue,
    issue_for_proxy,
    with_parameters,
)

__all__ = [
    "Invalid",
    "Said",
    "SameName",
    "Settled",
    "Validated",
    "connections_ending",
    "consume",
    "forget_aliases",
    "forget_passing",
    "grant",
    "issue",
    "issue_for_proxy",
    "leave_with_sessions",
    "purge",
    "save",
    "settle",
    "with_parameters",
]
