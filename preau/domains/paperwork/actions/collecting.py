"""A collection is prepared, opened, told again, put off, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from preau.commons.asking import actions as asking
from preau.directory.models import Group, Person, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.paperwork.actions import telling as telling_of
from preau.domains.paperwork.models import Collection, Dossier, Piece, Reminder
from preau.domains.paperwork.queries import collections as queries
from preau.foundation import journal
from preau.foundation.locks import lock

MOST_PIECES = 20
# Sent in the transaction: the dossiers (their keys), and what is told of them. A task tells it.
telling = Signal()


class NoPiece(Exception):
    """It wants nothing yet."""


class TooMany(Exception):
    """It wants as many pieces as it may."""


class Beyond(Exception):
    """No school year of the school holds the last day: nobody could say when the documents go."""


@dataclass(frozen=True)
class CollectionFacts:
    """What somebody prepared, clean."""

    title: str
    text: str
    last_day: date
    levels: Sequence[str] = ()
    groups: Sequence[Group] = ()
    pupils: Sequence[Person] = ()


@dataclass(frozen=True)
class PieceFacts:
    kind: str
    label: str
    hint: str
    is_required: bool
    readers: str
    keep: str


@transaction.atomic
def write(viewer: Viewer, facts: CollectionFacts, sent_as: str) -> Collection:
    """Keep a new draft; the same form sent twice is one."""
    if viewer.year is None:
        raise asking.Nobody
    return asking.keep(Collection, viewer, sent_as, partial(_fill, facts=facts, year=viewer.year))


@transaction.atomic
def change(viewer: Viewer, collection: Collection, facts: CollectionFacts) -> Collection:
    """Write a draft anew. Raises NotADraft."""
    collection = asking.draft(collection)
    _fill(collection, facts)
    return collection


def _fill(collection: Collection, facts: CollectionFacts, year: SchoolYear | None = None) -> None:
    if year is not None:
        collection.year = year
    collection.levels = list(facts.levels)
    asking.write_on(collection, facts, ["title", "text", "last_day"], ["groups", "pupils"])


@transaction.atomic
def add_piece(viewer: Viewer, collection: Collection, facts: PieceFacts) -> bool:
    """One more piece; the same label adds nothing. Raises NotADraft, TooMany."""
    collection = asking.draft(collection)
    known = list(collection.pieces.order_by("place").values_list("place", "label"))
    if any(label == facts.label for _place, label in known):
        return False
    if len(known) >= MOST_PIECES:
        raise TooMany
    place = 1 + max((place for place, _label in known), default=0)
    Piece.objects.create(collection=collection, place=place, **vars(facts))
    return True


@transaction.atomic
def remove_piece(viewer: Viewer, collection: Collection, key: int) -> bool:
    """Take a piece away from a draft; False when it is gone. Raises NotADraft."""
    collection = asking.draft(collection)
    return Piece.objects.filter(collection=collection, pk=key).delete()[0] > 0


@transaction.atomic
def open_to_families(viewer: Viewer, collection: Collection) -> int:
    """Families are asked, a dossier a pupil; returns how many. Raises NotADraft, NoPiece, Late, Beyond, Nobody."""
    collection = asking.draft(collection)
    if not collection.pieces.exists():
        raise NoPiece
    if collection.is_late(viewer.today):
        raise asking.Late
    year = queries.year_until(collection.school_id, collection.last_day)
    if year is None:
        raise Beyond
    meant = queries.pupils_meant(collection, viewer.today, viewer.year)
    pupils = list(meant.values_list("pk", flat=True))
    if not pupils:
        raise asking.Nobody
    now = timezone.now()
    # Its year is that of its last day, not that of its draft: families read that their documents go at the end of it.
    collection.state, collection.opened_at, collection.written_at = Collection.State.OPEN, now, now
    collection.year = year
    collection.save(update_fields=["state", "opened_at", "written_at", "year"])
    made = _ask(collection, pupils)
    journal.record(viewer, "paperwork.opened", collection, pupils=len(made))
    telling.send(sender=Collection, collection_id=collection.pk, dossiers=made, why=telling_of.TOLD, mark="")
    return len(made)


def _ask(collection: Collection, pupils: Sequence[int]) -> list[int]:
    now = timezone.now()
    rows = [Dossier(collection=collection, pupil_id=pupil, asked_at=now) for pupil in pupils]
    return [one.pk for one in Dossier.objects.bulk_create(rows, batch_size=500)]


@transaction.atomic
def ask_newcomers(collection_id: int, today: date) -> int:
    """Each night, whoever joined a class since is asked too; returns how many. Run again, it finds nobody."""
    return len(_ask_arrived(lock(Collection, collection_id), today))


@transaction.atomic
def ask_arrived(viewer: Viewer, collection: Collection) -> int:
    """The same at once, by whoever follows it; returns how many. A second click finds nobody. Raises Late once its day has passed."""
    collection = lock(Collection, collection.pk)
    if collection.is_open and collection.is_late(viewer.today):
        raise asking.Late
    made = _ask_arrived(collection, viewer.today)
    if made:
        journal.record(viewer, "paperwork.asked_arrived", collection, pupils=len(made))
    return len(made)


def _ask_arrived(collection: Collection, today: date) -> list[int]:
    """The dossiers of those who have come, told. Its row is held."""
    if not collection.is_open or collection.is_late(today):
        return []
    made = _ask(collection, list(queries.arrived_since(collection, today).values_list("pk", flat=True)))
    if made:
        telling.send(
            sender=Collection, collection_id=collection.pk, dossiers=made, why=telling_of.TOLD, mark=""
        )
    return made


@transaction.atomic
def remind(viewer: Viewer, collection: Collection) -> Reminder:
    """Tell again those whose dossier misses something, once a day, until it is closed. Raises TooSoon, Nobody."""
    collection = lock(Collection, collection.pk)
    if not collection.is_open:
        raise asking.Nobody
    missing = queries.reminder_of(collection, viewer.today).told
    made: Reminder = asking.remind(viewer, collection, len(missing), at=timezone.now())
    journal.record(viewer, "paperwork.reminded", collection, pupils=len(missing))
    telling.send(
        sender=Collection,
        collection_id=collection.pk,
        dossiers=missing,
        why=telling_of.REMINDED,
        mark=str(made.pk),
    )
    return made


@transaction.atomic
def put_off(viewer: Viewer, collection: Collection, last_day: date) -> bool:
    """A later last day, told to those whose dossier misses something; False when it is no later. Raises NotADraft for one that is
    not open, Beyond for a day after the end of its year, when its documents go."""
    collection = lock(Collection, collection.pk, "year")
    if not collection.is_open:
        raise asking.NotADraft
    if last_day <= collection.last_day or last_day < viewer.today:
        return False
    if last_day > collection.year.ends:
        raise Beyond
    telling_of.settle_put_off(collection)
    collection.last_day = last_day
    collection.save(update_fields=["last_day"])
    missing = queries.missing_in(collection, viewer.today)
    journal.record(viewer, "paperwork.put_off", collection, day=last_day.isoformat())
    if missing:
        telling.send(
            sender=Collection,
            collection_id=collection.pk,
            dossiers=missing,
            why=telling_of.PUT_OFF,
            mark=last_day.isoformat(),
        )
    return True


@transaction.atomic
def close(viewer: Viewer, collection: Collection) -> bool:
    """Nothing is awaited any more; what came is still checked."""
    collection = lock(Collection, collection.pk)
    if not collection.is_open:
        return False
    _close(collection)
    journal.record(viewer, "paperwork.closed", collection)
    return True


def _close(collection: Collection) -> None:
    collection.state, collection.closed_at = Collection.State.CLOSED, timezone.now()
    collection.save(update_fields=["state", "closed_at"])
    telling_of.settle_all(collection)


@transaction.atomic
def close_ended(collection_id: int, today: date) -> bool:
    """The school year of a collection is over: its documents go, so that it takes none any more. Run again, it finds it closed."""
    collection = lock(Collection, collection_id, "year")
    if not collection.is_open or collection.year.ends >= today:
        return False
    _close(collection)
    journal.write(
        journal.Line(
            "paperwork.closed",
            school_id=collection.school_id,
            target=Collection._meta.label_lower,
            target_id=collection.pk,
        )
    )
    return True
