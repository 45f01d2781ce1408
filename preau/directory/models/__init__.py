"""The nouns of the directory."""

from preau.directory.models.consents import Consent, ConsentRequest
from preau.directory.models.corrections import Address, ContactRequest, Correction
from preau.directory.models.deliveries import ColumnWord, Delivery, DeliveryShare, OfficialCode
from preau.directory.models.departures import ErasureNotice, Hold, Leaver
from preau.directory.models.duplicates import Distinction, Merge
from preau.directory.models.groups import Assignment, Enrolment, Group, Subject
from preau.directory.models.guests import AccessDoubt, AccessReview, Guest
from preau.directory.models.keys import ExternalId
from preau.directory.models.people import FamilyClosure, Guardianship, Holding, Person
from preau.directory.models.photos import PhotoConsent, PupilPhoto
from preau.directory.models.schools import Closure, Period, Room, School, SchoolYear, Territory
from preau.directory.models.scoping import MemberQuerySet, SchoolQuerySet
from preau.directory.models.work_groups import WorkGroup
from preau.directory.models.years import Placement, PlannedClass, YearPlan

__all__ = [
    "AccessDoubt",
    "AccessReview",
    "Address",
    "Assignment",
    "Closure",
    "ColumnWord",
    "Consent",
    "ConsentRequest",
    "ContactRequest",
    "Correction",
    "Delivery",
    "DeliveryShare",
    "Distinction",
    "Enrolment",
    "ErasureNotice",
    "ExternalId",
    "FamilyClosure",
    "Group",
    "Guardianship",
    "Guest",
    "Hold",
    "Holding",
    "Leaver",
    "MemberQuerySet",
    "Merge",
    "OfficialCode",
    "Period",
    "Person",
    "PhotoConsent",
    "Placement",
    "PlannedClass",
    "PupilPhoto",
    "Room",
    "School",
    "SchoolQuerySet",
    "SchoolYear",
    "Subject",
    "Territory",
    "WorkGroup",
    "YearPlan",
]
