"""Does each address still lead somewhere? A share of them each night, those that failed each night; one request a site at a time."""

import time
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from itertools import zip_longest

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.catalogue.actions.links import note_answer
from preau.domains.catalogue.models import Outside, Resource
from preau.foundation import outward_reading as outward
from preau.foundation.outward import ForbiddenAddress, TooLong

# Each address about once a month; as many as a night may hold, and not longer than it.
EVERY, MOST, SECONDS = timedelta(days=28), 2_000, 240
# From one site in one night: it is not ours to load.
MOST_OF_A_SITE, PAUSE = 100, 0.2
LIMITS = outward.Limits(longest=200_000, seconds=15, plain=True)
# It is there, and closed to us: nothing is said of the link.
CLOSED = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.PAYMENT_REQUIRED,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.NOT_ACCEPTABLE,
}
# Some sites know no HEAD: they are asked again by GET, whose words nobody reads.
ASK_AGAIN = {
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.NOT_IMPLEMENTED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.BAD_REQUEST,
}


def check(*, most: int = MOST, seconds: float = SECONDS) -> int:
    """Look at those whose turn it is; returns how many were looked at. Killed, it goes on the next time: each is kept at once."""
    today, ends, looked = timezone.localdate(), time.monotonic() + seconds, 0
    for pk, address in list(_due(most)):
        if time.monotonic() > ends:
            break
        trouble = trouble_at(address)
        if trouble is not None:
            note_answer(pk, today, trouble)
        else:
            # Nothing was learnt: its turn comes again later, as that of the others.
            Outside.objects.filter(pk=pk).update(checked_on=today)
        looked += 1
        time.sleep(PAUSE)
    return looked


def _due(most: int) -> Iterator[tuple[int, str]]:
    """Those that failed and were not asked today, then those never asked, then the oldest; the sites by turns."""
    today = timezone.localdate()
    rows = Outside.objects.filter(resource__status=Resource.Status.PUBLISHED)
    rows = rows.filter(
        Q(checked_on=None) | Q(checked_on__lte=today - EVERY) | Q(failed_days__gt=0, checked_on__lt=today)
    )
    by_host: dict[str, list[tuple[int, str]]] = {}
    found = rows.order_by("-failed_days", F("checked_on").asc(nulls_first=True), "pk")
    for pk, address, host in found.values_list("pk", "address", "host")[: most * 5]:
        mine = by_host.setdefault(host, [])
        if len(mine) < MOST_OF_A_SITE:
            mine.append((pk, address))
    turns = [one for turn in zip_longest(*by_host.values()) for one in turn if one]
    yield from turns[:most]


def trouble_at(address: str) -> str | None:
    """Why an address leads nowhere; "" when it does lead somewhere, None when we cannot know."""
    try:
        status = _status(address, "HEAD")
        if status in ASK_AGAIN:
            status = _status(address, "GET")
    except ForbiddenAddress:
        return None
    except TooLong:
        return ""
    except TimeoutError:
        return _("pas de réponse à temps")
    except OSError:
        return _("pas de réponse")
    if status in CLOSED or status < HTTPStatus.BAD_REQUEST:
        return ""
    return _("erreur %(status)s") % {"status": status}


def _status(address: str, method: str) -> int:
    headers = {"User-Agent": f"Preau/1 (+{settings.PUBLIC_URL})", "Accept": "*/*"}
    return outward.read(address, LIMITS, headers, method=method).status
