"""Every write on marks, one transaction each, with its line in the journal."""

from preau.domains.gradebook.actions.assessments import (
    AssessmentChanged,
    Described,
    MarksAboveScale,
    change_assessment,
    create_assessment,
    delete_assessment,
    duplicate_assessment,
    move_assessment,
    publish_assessment,
    restore_assessment,
)
from preau.domains.gradebook.actions.erasing import forget_changes, forget_marks, forget_reopenings
from preau.domains.gradebook.actions.marks import (
    Cell,
    ColumnConflict,
    Elsewhere,
    MarkConflict,
    set_column,
    set_grid,
    set_mark,
)
from preau.domains.gradebook.actions.past import PastAssessment, write_past
from preau.domains.gradebook.actions.sealing import (
    AlreadyDone,
    PeriodSealed,
    close_reopening,
    lift_seal,
    reopen_period,
    seal_period,
)
from preau.domains.gradebook.actions.settings import (
    NameTaken,
    Part,
    SubSubjectUsed,
    remove_sub_subject,
    save_policy,
    settle_subject,
)
from preau.domains.gradebook.actions.telling import tell_published

__all__ = [
    "AlreadyDone",
    "AssessmentChanged",
    "Cell",
    "ColumnConflict",
    "Described",
    "Elsewhere",
    "MarkConflict",
    "MarksAboveScale",
    "NameTaken",
    "Part",
    "PastAssessment",
    "PeriodSealed",
    "SubSubjectUsed",
    "change_assessment",
    "close_reopening",
    "create_assessment",
    "delete_assessment",
    "duplicate_assessment",
    "forget_changes",
    "forget_marks",
    "forget_reopenings",
    "lift_seal",
    "move_assessment",
    "publish_assessment",
    "remove_sub_subject",
    "reopen_period",
    "restore_assessment",
    "save_policy",
    "seal_period",
    "set_column",
    "set_grid",
    "set_mark",
    "settle_subject",
    "tell_published",
    "write_past",
]
