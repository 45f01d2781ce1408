"""Work for later: sealing, making extracts, letting them go."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.journal import actions, exports, queries, rules
from preau.commons.journal.models import Extract
from preau.directory.viewer import viewer_for
from preau.foundation import filework
from preau.foundation.tasks import job


@job()
def seal_journal() -> int:
    """Seal what has settled since last time."""
    return actions.seal_all()


@job(retries=0)
def make_extract(extract_id: int) -> None:
    """Make an extract. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(actions.EXTRACTS, extract_id, _make)


def _make(extract: Extract, tell: filework.Tell) -> None:
    if not _may_still(extract):
        filework.give_up(actions.EXTRACTS, extract.pk)
        return
    # What has settled is sealed first: an inquiry reads lines that cannot change in silence any more.
    while actions.seal(extract.school_id):
        pass
    asked = _asked(extract)
    total = queries.asked_of(extract.school, asked).count()

    def read(done: int) -> None:
        tell(_("Lecture du journal"), done, total)

    with timezone.override(ZoneInfo(extract.school.timezone)):
        made = exports.made(extract.school, asked, extract.shape, read)
    actions.keep_extract(extract.pk, made)


def _asked(extract: Extract) -> queries.LineQuery:
    return queries.LineQuery(
        extract.first,
        extract.last,
        extract.person,
        extract.side,
        extract.verb,
        extract.kind,
        extract.asked_by,
    )


def _may_still(extract: Extract) -> bool:
    """Does whoever asked still read this journal, from the seat from which they did?"""
    viewer = viewer_for(extract.asked_by, 0, timezone.now(), extract.seat)
    here = viewer is not None and viewer.key == extract.seat and viewer.school_id == extract.school_id
    return here and rules.reads_journal(viewer)


@job()
def erase_extracts() -> int:
    """Erase the extracts whose days are over; returns how many."""
    return actions.erase_extracts(timezone.localdate())


def enqueue_extract(pk: int, **_: Any) -> None:
    make_extract.enqueue(pk)
