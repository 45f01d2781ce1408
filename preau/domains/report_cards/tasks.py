"""Work for later: the bulletins of a class, telling families of those that they have come to read."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import School
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.report_cards.actions import cards
from preau.domains.report_cards.exports.cards import card_pdf
from preau.domains.report_cards.models import CardBatch
from preau.domains.report_cards.queries.cards import gathered
from preau.domains.report_cards.queries.courses import periods_of
from preau.domains.report_cards.rules import access
from preau.foundation import filework, pdf
from preau.foundation.tasks import job


@job()
def tell_published() -> int:
    """Tell pupils and families of the bulletins that have just become theirs to read."""
    return cards.tell_published(timezone.now())


@job(retries=0)
def make_batch(batch_id: int) -> None:
    """Make the bulletins of a class. Run again, it finds those that are made; what fails is told, and may be asked for again."""
    filework.make(cards.BATCHES, batch_id, _make_batch)


def _make_batch(batch: CardBatch, tell: filework.Tell) -> None:
    # Its days are those of the wall clock of the school, its rights those of today.
    with timezone.override(ZoneInfo(batch.school.timezone)):
        viewer = _asker(batch)
        if viewer is None:
            filework.give_up(cards.BATCHES, batch.pk)
            return
        tell(_("Lecture des notes et des appréciations"), 0, 1)
        found = gathered(viewer, batch.group, batch.period, periods_of(viewer))
        made, total = 0, len(found.room.seats)
        for place, seat in enumerate(found.room.seats):
            tell(_("Bulletins"), place, total)
            content = found.content_of(seat)
            known = cards.last_card(seat.pupil.pk, batch.period)
            # A paper takes long: none is drawn of what has not changed.
            if known and known.digest == cards.digest_of(content):
                continue
            number = known.number + 1 if known else 1
            paper = card_pdf(content, number) if pdf.is_possible() else None
            made += cards.keep_card(batch, seat.pupil.pk, content, paper) is not None
    cards.end_batch(batch.pk, made)


def _asker(batch: CardBatch) -> Viewer | None:
    """Whoever asked, in the seat from which they did, if they still run the council of that class."""
    viewer = viewer_for(batch.asked_by, 0, timezone.now(), batch.seat)
    if viewer is None or viewer.key != batch.seat or viewer.school_id != batch.school_id:
        return None
    return viewer if access.makes_cards(viewer, batch.group) else None


@job()
def erase_batches() -> int:
    """Let go of what says how works went, after their days; returns how many."""
    return sum(
        cards.erase_batches(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
        for school in School.objects.order_by("pk")
    )


def enqueue_batch(pk: int, **_: Any) -> None:
    make_batch.enqueue(pk)
