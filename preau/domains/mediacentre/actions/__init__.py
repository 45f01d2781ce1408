"""Lists are brought and applied; resources are given, taken back, given again; people are told."""

from preau.domains.mediacentre.actions.assigning import (
    CountChanged,
    NothingToAssign,
    Refused,
    assign,
    end,
    forget_exemptions,
    forget_person,
    give,
    restore,
    rule_made,
    set_apart,
)
from preau.domains.mediacentre.actions.bringing import (
    apply,
    apply_answer,
    bring,
    drop,
    preview,
    refuse_answer,
    resources_closed,
)
from preau.domains.mediacentre.actions.keeping import (
    forget_readings,
    note_reading,
    remove_licences,
    set_licences,
    show_to_families,
)
from preau.domains.mediacentre.actions.telling import tell_assigners, tell_given, tell_gone, warn_of_endings

__all__ = [
    "CountChanged", "NothingToAssign", "Refused", "apply", "apply_answer", "assign", "bring", "drop", "end", "forget_exemptions",
    "forget_person", "forget_readings", "give", "note_reading", "preview", "refuse_answer", "remove_licences", "resources_closed",
    "restore", "rule_made", "set_apart", "set_licences", "show_to_families", "tell_assigners", "tell_given", "tell_gone",
    "warn_of_endings",
]  # fmt: skip
