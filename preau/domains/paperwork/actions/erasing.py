"""Documents go at the end of their time; that they came and were checked stays a while longer."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from preau.domains.paperwork.actions.bundles import BUNDLES
from preau.domains.paperwork.models import Bundle, Collection, Dossier, Piece, Submission
from preau.foundation import filework

# A piece that is kept until it is checked stays a month: the time to look again. So does one that was refused, and what was never sent.
AFTER_CHECK = timedelta(days=30)
BUNDLE_KEPT_FOR = timedelta(days=7)


@transaction.atomic
def erase_ended(now: datetime, today: date) -> int:
    """Let go of the documents of which the time is over; nothing owns their files any more.

    Those of a year that has ended go once its collections are closed (`collecting.close_ended`): never while a family may send one.
    """
    keep, state, month_ago = Piece.Keep, Submission.State, now - AFTER_CHECK
    forgotten = Submission.objects.filter(state=state.DRAFT, dossier__collection__closed_at__lt=month_ago)
    dropped = forgotten.delete()[0]
    checked = Q(piece__keep=keep.CHECKED, state=state.CHECKED, decided_at__lt=month_ago)
    refused = Q(state=state.REFUSED, decided_at__lt=month_ago)
    over = Q(dossier__collection__year__ends__lt=today) & ~Q(dossier__collection__state=Collection.State.OPEN)
    ended = Submission.objects.exclude(file=None).filter(checked | refused | over)
    return dropped + Submission.objects.filter(pk__in=list(ended.values_list("pk", flat=True))).update(
        file=None, erased_at=now
    )


@transaction.atomic
def drop_old_bundles(now: datetime) -> int:
    """Let go of the archives of which the week is over."""
    return Bundle.objects.filter(asked_at__lt=now - BUNDLE_KEPT_FOR).delete()[0]


@transaction.atomic
def forget_dossiers(person_id: int) -> int:
    """A pupil's dossiers go with them, all that was sent for them, and the archives that may hold it."""
    collections = list(Dossier.objects.filter(pupil_id=person_id).values_list("collection_id", flat=True))
    archives = Bundle.objects.filter(collection__in=collections).order_by("pk")
    for bundle in list(archives.being_made()):  # type: ignore[attr-defined]
        filework.give_up(BUNDLES, bundle.pk, stopped=True)
    gone: int = archives.order_by().delete()[0]
    return gone + Dossier.objects.filter(pupil_id=person_id).delete()[0]


@transaction.atomic
def forget_bundles(person_id: int) -> int:
    return Bundle.objects.filter(made_by_id=person_id).delete()[0]
