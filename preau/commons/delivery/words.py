"""How hours are said: « de 7 h à 20 h, du lundi au vendredi »."""

from collections.abc import Collection
from datetime import time

from django.utils.translation import gettext as _

from preau.foundation import dates

MIDNIGHT = 24 * 60


def said_of_minute(minute: int) -> str:
    """« 7 h », « minuit »."""
    if minute % MIDNIGHT == 0:
        return _("minuit")
    hour, past = divmod(minute, 60)
    return dates.hour(time(hour, past)) if past else f"{hour}{dates.NBSP}h"


def said_of_days(days: Collection[int]) -> str:
    """« du lundi au vendredi », else each of them."""
    known = sorted(days)
    if len(known) > 2 and known == list(range(known[0], known[-1] + 1)):
        return _("du %(first)s au %(last)s") % {"first": _day(known[0]), "last": _day(known[-1])}
    return ", ".join(_("le %(day)s") % {"day": _day(day)} for day in known)


def said_of_hours(opens: int, closes: int, days: Collection[int]) -> str:
    """« de 7 h à 20 h, du lundi au vendredi »."""
    span = {"opens": said_of_minute(opens), "closes": said_of_minute(closes), "days": said_of_days(days)}
    return _("de %(opens)s à %(closes)s, %(days)s") % span


def _day(day: int) -> str:
    return dates.DAYS[day - 1]
