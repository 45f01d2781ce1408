"""Three things that must not be confused: the entry (what was seen), the explanation and its decision (what was made
of it), the notice (what the family was told)."""

from preau.domains.attendance.models.announcements import Announcement
from preau.domains.attendance.models.arrangements import Arrangement, exempting, said_of
from preau.domains.attendance.models.explanations import ABSENCES, SCHOOL_LIFE, Decision, Explanation, Reason
from preau.domains.attendance.models.follow_ups import Alert, FollowUp, FollowUpAction
from preau.domains.attendance.models.handlings import Handling
from preau.domains.attendance.models.notices import Notice
from preau.domains.attendance.models.past import DAWN, DUSK, AbsencesImport, PastAbsence, past_label
from preau.domains.attendance.models.register_files import RegisterFile
from preau.domains.attendance.models.remarks import ListRemark
from preau.domains.attendance.models.rolls import (
    SAID,
    UNCALLED,
    Entry,
    EntryChange,
    RollCall,
    Status,
    label_of,
)
from preau.domains.attendance.models.seating import (
    MOST_COLUMNS,
    MOST_ROWS,
    Seat,
    SeatingPlan,
    SeatingStep,
    groups_taught,
    plan_label,
)
from preau.domains.attendance.models.settings import AttendanceSettings
from preau.domains.attendance.models.visits import Visit, places_of

__all__ = [
    "ABSENCES",
    "DAWN",
    "DUSK",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "SAID",
    "SCHOOL_LIFE",
    "UNCALLED",
    "AbsencesImport",
    "Alert",
    "Announcement",
    "Arrangement",
    "AttendanceSettings",
    "Decision",
    "Entry",
    "EntryChange",
    "Explanation",
    "FollowUp",
    "FollowUpAction",
    "Handling",
    "ListRemark",
    "Notice",
    "PastAbsence",
    "Reason",
    "RegisterFile",
    "RollCall",
    "Seat",
    "SeatingPlan",
    "SeatingStep",
    "Status",
    "Visit",
    "exempting",
    "groups_taught",
    "label_of",
    "past_label",
    "places_of",
    "plan_label",
    "said_of",
]
