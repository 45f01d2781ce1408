"""The address of an agenda for the calendar of a phone, and the file that it gives (`foundation.calendars`)."""

from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from preau.foundation.boards import AgendaEntry
from preau.foundation.calendars import calendar_of

__all__ = ["address_of", "calendar_of", "tag_of"]


def address_of(key: str) -> str:
    """The address to give to a calendar. The key is a parameter: logs keep no parameters."""
    return f"{settings.PUBLIC_URL}{reverse('agenda:feed')}?{urlencode({'cle': key})}"


def tag_of(entries: Iterable[AgendaEntry]) -> str:
    """The ETag of these entries: the same as long as nothing that is shown has changed."""
    return f'"{sha256(repr(list(entries)).encode()).hexdigest()[:32]}"'
