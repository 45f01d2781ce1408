"""A reminder in words: its button, and what it did."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.commons.delivery.queries import opening_after
from preau.directory.models import School
from preau.foundation import dates


def reminder_of_pupils(school: School | None, number: int) -> str:
    """What the button of a reminder says: for how many pupils, and when it leaves; nothing when there is nobody to remind."""
    sentence = ngettext("Relancer pour %(num)s élève", "Relancer pour %(num)s élèves", number)
    return departure_said(school, sentence % {"num": number}) if number else ""


def departure_said(school: School | None, label: str, closes_at: datetime | None = None) -> str:
    """A gesture, and when what it sends leaves, where it is not at once; nothing when it would leave after the end."""
    at = opening_after(school, timezone.now())
    if at is None:
        return label
    if closes_at is not None and at >= closes_at:
        return ""
    return _("%(what)s, départ %(when)s") % {"what": label, "when": dates.day_and_hour(at)}


def people_reminded(number: int) -> str:
    return ngettext("%(num)s personne est relancée.", "%(num)s personnes sont relancées.", number) % {
        "num": number
    }
