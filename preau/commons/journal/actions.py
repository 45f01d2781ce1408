"""Keeping lines and sealing them."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from preau.commons.journal.models import Line, Seal
from preau.commons.journal.queries import digest
from preau.foundation import boards
from preau.foundation.journal import Line as JournalLine

log = structlog.get_logger(__name__)
BATCH = 5_000
# A line written by a transaction that began earlier may appear later: only settled time is sealed.
SETTLED = timedelta(minutes=2)


def word_of(verb: str) -> boards.JournalWord:
    """The words of a verb. Raises LookupError when no manifest gives them: people read the journal."""
    for word in boards.journal_words:
        if word.verb == verb:
            return word
    raise LookupError(f"{verb}: no JournalWord on the board says what this verb means.")


def keep(*lines: JournalLine) -> None:
    """Keep lines, in the caller's transaction. Raises LookupError when no board gives words for a verb."""
    for verb in {line.verb for line in lines}:
        word_of(verb)
    Line.objects.bulk_create(
        Line(
            verb=line.verb,
            actor_id=line.actor_id,
            acting_as=line.acting_as,
            school_id=line.school_id,
            target=line.target,
            target_id=line.target_id,
            subject_id=line.subject_id,
            is_read=line.is_read,
            details=dict(line.details),
        )
        for line in lines
    )


def seal_all() -> int:
    """Seal the settled lines of every school; returns the number of seals."""
    schools = Line.objects.unsealed().order_by().values_list("school_id", flat=True).distinct()
    return sum(seal(school_id) for school_id in list(schools))


@transaction.atomic
def seal(school_id: int | None) -> int:
    """Seal one batch of a school; returns 0 when nothing is settled. Two workers cannot make the same seal number."""
    before = Seal.objects.select_for_update().filter(school_id=school_id).order_by("number").last()
    settled = Line.objects.unsealed().filter(school_id=school_id, at__lt=timezone.now() - SETTLED)
    lines = list(settled.order_by("pk")[:BATCH])
    if not lines:
        return 0
    made = Seal.objects.create(
        school_id=school_id,
        number=before.number + 1 if before else 1,
        digest=digest(before.digest if before else "", lines),
        count=len(lines),
    )
    Line.objects.filter(pk__in=[line.pk for line in lines]).update(seal=made)
    # Logs are kept elsewhere: whoever can rewrite this database cannot rewrite what they say of it.
    log.info("journal_sealed", school_id=school_id, number=made.number, count=made.count, digest=made.digest)
    return 1
