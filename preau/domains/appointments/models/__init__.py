"""What the house keeps, and who sees it."""

from preau.domains.appointments.models.beside import MeetingNote
from preau.domains.appointments.models.evenings import ORGANISERS, Evening, Host, Party, Wish
from preau.domains.appointments.models.meetings import Meeting, MeetingColleague, Opening, Taken

__all__ = [
    "ORGANISERS",
    "Evening",
    "Host",
    "Meeting",
    "MeetingColleague",
    "MeetingNote",
    "Opening",
    "Party",
    "Taken",
    "Wish",
]
