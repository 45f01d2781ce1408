"""Limits on how often something may be tried."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from preau.foundation.models import RateWindow


def _digest(what: str, *parts: str) -> str:
    return salted_hmac(f"preau.throttle.{what}", "\0".join(parts), algorithm="sha256").hexdigest()


def hit(what: str, *parts: str, window: timedelta) -> int:
    """Count one try; returns how many there have been in the window."""
    return RateWindow.hit(_digest(what, *parts), window)


def tries(what: str, *parts: str) -> int:
    """How many there have been in the window, without one more."""
    found = RateWindow.objects.filter(key=_digest(what, *parts), ends__gt=timezone.now())
    return found.values_list("count", flat=True).first() or 0


def give_back(what: str, *parts: str) -> None:
    """Take one try back: it was a good one."""
    RateWindow.objects.filter(key=_digest(what, *parts), count__gt=0).update(count=F("count") - 1)


def forget(what: str, *parts: str) -> None:
    RateWindow.objects.filter(key=_digest(what, *parts)).delete()


def ends_in(what: str, *parts: str) -> int:
    """In how many seconds its window ends; one at least."""
    now = timezone.now()
    ends = RateWindow.objects.filter(key=_digest(what, *parts)).values_list("ends", flat=True).first()
    return max(1, int((ends - now).total_seconds())) if ends else 1
