"""What people ask about their data, and what is erased at its term."""

from preau.commons.privacy.models.contracts import (
    SchoolErasure,
    SchoolErasurePart,
    SchoolErasureQuerySet,
)
from preau.commons.privacy.models.copies import DataCopy, DataCopyQuerySet
from preau.commons.privacy.models.requests import (
    ADDING,
    BEFORE_TOLD,
    MONTHS,
    MORE_MONTHS,
    MOST_LINES,
    RIGHTS,
    DataRequest,
    DataRequestQuerySet,
    Outcome,
    RequestLine,
    RequestLineQuerySet,
    Right,
    due_after,
    minors_of,
)
from preau.commons.privacy.models.terms import (
    LATE_AFTER,
    RetentionBatch,
    RetentionPart,
    RetentionRun,
    RetentionRunQuerySet,
)

__all__ = [
    "ADDING",
    "BEFORE_TOLD",
    "LATE_AFTER",
    "MONTHS",
    "MORE_MONTHS",
    "MOST_LINES",
    "RIGHTS",
    "DataCopy",
    "DataCopyQuerySet",
    "DataRequest",
    "DataRequestQuerySet",
    "Outcome",
    "RequestLine",
    "RequestLineQuerySet",
    "RetentionBatch",
    "RetentionPart",
    "RetentionRun",
    "RetentionRunQuerySet",
    "Right",
    "SchoolErasure",
    "SchoolErasurePart",
    "SchoolErasureQuerySet",
    "due_after",
    "minors_of",
]
