"""Whether something may take place on a day of a school year."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Closure, SchoolYear


def why_not(year: SchoolYear, day: date, moment: datetime) -> str:
    """Why nothing may be put on this day, or nothing: `moment` is past, outside the year, or the school is closed (one query)."""
    if moment <= timezone.now():
        return _("Cette heure est passée : choisissez un moment à venir.")
    if not year.starts <= day <= year.ends:
        return _("Ce jour n’est pas dans l’année scolaire.")
    closed = Closure.objects.filter(school=year.school_id, starts__lte=day, ends__gte=day).first()
    return _("L’établissement est fermé ce jour-là (%(name)s).") % {"name": closed.name} if closed else ""
