"""The nouns of the directory."""

from preau.directory.models.deliveries import ColumnWord, Delivery, DeliveryShare, OfficialCode
from preau.directory.models.departures import ErasureNotice, Hold, Leaver
from preau.directory.models.duplicates import Distinction, Merge
from preau.directory.models.groups import Assignment, Enrolment, Group, Subject
from preau.directory.models.keys import ExternalId
from preau.directory.models.people import Guardianship, Holding, Person
from preau.directory.models.schools import Closure, Period, Room, School, SchoolYear, Territory
from preau.directory.models.scoping import SchoolQuerySet

__all__ = [
    "Assignment",
    "Closure",
    "ColumnWord",
    "Delivery",
    "DeliveryShare",
    "Distinction",
    "Enrolment",
    "ErasureNotice",
    "ExternalId",
    "Group",
    "Guardianship",
    "Hold",
    "Holding",
    "Leaver",
    "Merge",
    "OfficialCode",
    "Period",
    "Person",
    "Room",
    "School",
    "SchoolQuerySet",
    "SchoolYear",
    "Subject",
    "Territory",
]
