"""Every write on competences, one transaction each, with its line in the journal."""

from preau.domains.competences.actions.balances import give_balances, settle_balances
from preau.domains.competences.actions.erasing import forget_balances, forget_levels, forget_self_levels
from preau.domains.competences.actions.levels import Cell, LevelConflict, Seen, answer, observe, set_levels
from preau.domains.competences.actions.referentials import (
    RetiredAlready,
    Row,
    SameEdition,
    Told,
    add_competence,
    restore,
    retire,
    write_referential,
)
from preau.domains.competences.actions.settings import save_policy
from preau.domains.competences.actions.sheets import (
    Described,
    StillRead,
    beside,
    change_columns,
    create_sheet,
    delete_sheet,
    publish_sheet,
)
from preau.domains.competences.actions.telling import tell_published

__all__ = [
    "Cell",
    "Described",
    "LevelConflict",
    "RetiredAlready",
    "Row",
    "SameEdition",
    "Seen",
    "StillRead",
    "Told",
    "add_competence",
    "answer",
    "beside",
    "change_columns",
    "create_sheet",
    "delete_sheet",
    "forget_balances",
    "forget_levels",
    "forget_self_levels",
    "give_balances",
    "observe",
    "publish_sheet",
    "restore",
    "retire",
    "save_policy",
    "set_levels",
    "settle_balances",
    "tell_published",
    "write_referential",
]
