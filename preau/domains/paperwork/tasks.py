"""Work for later: telling a whole school, pupils who arrive, archives, and what is erased at the end of its time."""

from collections.abc import Sequence
from datetime import date
from tempfile import TemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.domains.paperwork import exports
from preau.domains.paperwork.actions import collecting, erasing, telling
from preau.domains.paperwork.actions.bundles import BUNDLES, keep_bundle
from preau.domains.paperwork.models import Bundle, Collection
from preau.domains.paperwork.queries.papers import papers_of
from preau.foundation import filework
from preau.foundation.tasks import job


@job()
def tell(collection_id: int, dossiers: Sequence[int], why: str, mark: str) -> int:
    """Tell who must send something for these dossiers; returns how many people."""
    return telling.tell(collection_id, dossiers, why, mark)


def enqueue_telling(collection_id: int, dossiers: Sequence[int], why: str, mark: str, **_: Any) -> None:
    tell.enqueue(collection_id, list(dossiers), why, mark)


@job()
def ask_newcomers() -> int:
    """Each night: pupils who have joined a class since are asked too; returns how many."""
    return sum(collecting.ask_newcomers(pk, today) for pk, today in _open_today())


def _open_today() -> list[tuple[int, date]]:
    """The collections that are open, each with the day of its school."""
    opened = Collection.objects.filter(state=Collection.State.OPEN).select_related("school").order_by("pk")
    return [(one.pk, timezone.localdate(timezone=ZoneInfo(one.school.timezone))) for one in opened]


@job()
def erase() -> int:
    """Each night: collections of a year that has ended are closed, then the documents of which the time is over go, and archives that
    are a week old; returns how many documents and archives."""
    now = timezone.now()
    for pk, today in _open_today():
        collecting.close_ended(pk, today)
    return erasing.erase_ended(now, timezone.localdate()) + erasing.drop_old_bundles(now)


@job()
def make_bundle(bundle_id: int) -> None:
    """Make the archive of a collection. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(BUNDLES, bundle_id, _make_bundle)


def _make_bundle(bundle: Bundle, tell: filework.Tell) -> None:
    tell("", 0, 1)
    today = timezone.localdate(timezone=ZoneInfo(bundle.school.timezone))
    papers = list(papers_of(bundle, today))
    with TemporaryFile() as target:
        exports.write_archive(papers, target)
        keep_bundle(bundle.pk, f"pieces-{bundle.collection_id}-{bundle.asked_at:%Y-%m-%d}", target)


def enqueue_bundle(pk: int, **_: Any) -> None:
    make_bundle.enqueue(pk)
