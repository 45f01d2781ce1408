"""A reading from its first page to its last, in slices of a few minutes: each page is kept before the next is asked for."""

import time
from hashlib import sha256
from typing import Any

import structlog
from django.utils.translation import gettext as _

from preau.domains.catalogue.actions import harvesting
from preau.domains.catalogue.actions.harvesting import NotNow
from preau.domains.catalogue.imports.harvest import feeds, oai, reading, sites, tables
from preau.domains.catalogue.imports.harvest.mapping import Mapper
from preau.domains.catalogue.imports.harvest.reading import BadSource, Later, Step, Unchanged
from preau.domains.catalogue.models import Harvest, Sighting, Source

log = structlog.get_logger(__name__)
STEPS = {
    Source.Kind.OAI: oai.step,
    Source.Kind.FEED: feeds.step,
    Source.Kind.TABLE: tables.step,
    Source.Kind.SITE: sites.step,
}
# How long one goes on before letting other work pass; how long a page may take before its reader is taken for dead.
SLICE, HELD = 240, 300
MOST_TRIES = 3
# Before the second and the third try of the same page, when the source does not say how long.
WAITS = (60, 600)
SEEN = "seen"


def go_on(harvest: Harvest, seconds: float = SLICE) -> bool:
    """Read on. True when more remains for later; False when it is over, or somebody else is at it."""
    if not harvesting.hold(harvest, HELD):
        return False
    harvest = Harvest.objects.select_related("source").get(pk=harvest.pk)
    try:
        return _read(harvest, time.monotonic() + seconds)
    except NotNow:
        return False
    except BadSource as failure:
        harvesting.fail(harvest, str(failure))
    except Unchanged:
        harvesting.finish(harvest, harvest.source.marks, is_whole=False)
    except Later as failure:
        return _later(harvest, failure)
    except Exception:
        # Ours to mend; the source is asked again a few times, never for ever.
        log.exception("harvest_failed")
        return _later(harvest, Later(_("Préau n’a pas su lire cette page : l’erreur est dans ses journaux.")))
    return False


def _later(harvest: Harvest, failure: Later) -> bool:
    """The same page again, a few times."""
    # A page that was read since the last failure has counted them anew.
    harvest.refresh_from_db(fields=["tries"])
    harvest.tries += 1
    if harvest.is_trial or harvest.tries >= MOST_TRIES:
        harvesting.fail(harvest, str(failure))
        return False
    harvesting.let_go(harvest, failure.wait or WAITS[harvest.tries - 1])
    return True


def _read(harvest: Harvest, ends: float) -> bool:
    mapper = Mapper(harvest.source)
    limits = reading.TRIAL if harvest.is_trial else reading.PAGE
    while True:
        cursor = {name: value for name, value in harvest.cursor.items() if name != SEEN}
        step = STEPS[Source.Kind(harvest.source.kind)](harvest.source, cursor, mapper, limits=limits)
        seen = _seen(harvest, step)
        kept = (step.onward or {}) | {SEEN: seen}
        harvest = harvesting.take_in(harvest, step.found, step.problems, kept, step.size, HELD)
        # A trial looks at records: of a map of a site, the first page holds none.
        if (
            step.onward is None
            or (harvest.is_trial and harvest.pages > 1)
            or (harvest.is_trial and harvest.found)
        ):
            harvesting.finish(harvest, step.marks, is_whole=step.is_whole)
            return False
        _bound(harvest)
        if time.monotonic() > ends:
            harvesting.let_go(harvest)
            return True
        reading.breathe()


def _seen(harvest: Harvest, step: Step) -> list[str]:
    """What marks the pages already asked for. Raises BadSource when the source leads to one of them again, or brings the same ones back."""
    before: list[str] = harvest.cursor.get(SEEN, [])
    token = str((step.onward or {}).get("token", ""))
    if not token:
        return before
    mark = sha256(token.encode()).hexdigest()[:10]
    if mark in before or _brings_back(harvest, step):
        raise BadSource(_("La source tourne en rond : elle redonne des pages déjà lues."))
    return [*before, mark]


def _brings_back(harvest: Harvest, step: Step) -> bool:
    """Were all the records of this page on the former ones?"""
    names = {one.identifier for one in step.found if not one.is_gone}
    if harvest.is_trial or not names:
        return False
    met: Any = Sighting.objects.filter(source=harvest.source, seen_in=harvest.pk, identifier__in=names)
    return bool(met.count() == len(names))


def _bound(harvest: Harvest) -> None:
    if (
        harvest.pages >= reading.MOST_PAGES
        or harvest.size > reading.MOST_BYTES
        or harvest.found > reading.MOST_RECORDS
    ):
        raise BadSource(_("La source est trop grande : la lecture s’arrête là, ce qui est lu reste."))
