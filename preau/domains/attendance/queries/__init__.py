"""Reading attendance: registers, what families follow, what school life has to do."""

from preau.domains.attendance.queries.absences import (
    AbsenceRow,
    ToExplain,
    absences_of,
    absences_to_explain,
    classes_of,
    entries_matching,
    recent_rows,
    rows_of,
    same_day_to_explain,
)
from preau.domains.attendance.queries.registers import (
    RegisterRow,
    call_of,
    expected_ids,
    marks_of,
    register_of,
    seen_of,
)
from preau.domains.attendance.queries.school_life import (
    FORGOTTEN,
    Figures,
    Step,
    calls_missing,
    calls_of,
    calls_to_make,
    explanations_to_read,
    figures_of,
    history_of,
)

__all__ = [
    "FORGOTTEN",
    "AbsenceRow",
    "Figures",
    "RegisterRow",
    "Step",
    "ToExplain",
    "absences_of",
    "absences_to_explain",
    "call_of",
    "calls_missing",
    "calls_of",
    "calls_to_make",
    "classes_of",
    "entries_matching",
    "expected_ids",
    "explanations_to_read",
    "figures_of",
    "history_of",
    "marks_of",
    "recent_rows",
    "register_of",
    "rows_of",
    "same_day_to_explain",
    "seen_of",
]
