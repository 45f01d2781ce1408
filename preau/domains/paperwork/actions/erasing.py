"""Documents go at the end of their time; that they came and were checked stays a while longer."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from preau.domains.paperwork.models import Bundle, Dossier, Piece, Submission

# A piece that is kept until it is checked stays a month: the time to look again.
AFTER_CHECK = timedelta(days=30)
BUNDLE_KEPT_FOR = timedelta(days=7)


@transaction.atomic
def erase_ended(now: datetime, today: date) -> int:
    """Let go of the documents of which the time is over; nothing owns their files any more."""
    keep, state = Piece.Keep, Submission.State
    checked = Q(piece__keep=keep.CHECKED, state=state.CHECKED, decided_at__lt=now - AFTER_CHECK)
    over = Q(dossier__collection__year__ends__lt=today)
    ended = Submission.objects.exclude(file=None).filter(checked | over)
    return Submission.objects.filter(pk__in=list(ended.values_list("pk", flat=True))).update(
        file=None, erased_at=now
    )


@transaction.atomic
def drop_old_bundles(now: datetime) -> int:
    """Let go of the archives of which the week is over."""
    return Bundle.objects.filter(asked_at__lt=now - BUNDLE_KEPT_FOR).delete()[0]


@transaction.atomic
def forget_dossiers(person_id: int) -> int:
    """A pupil's dossiers go with them, and all that was sent for them."""
    return Dossier.objects.filter(pupil_id=person_id).delete()[0]


@transaction.atomic
def forget_bundles(person_id: int) -> int:
    return Bundle.objects.filter(made_by_id=person_id).delete()[0]
