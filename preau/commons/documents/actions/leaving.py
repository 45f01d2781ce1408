"""The bin, what goes after thirty days or with its place, and what a person takes with them when they are erased."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from preau.commons.documents import rules
from preau.commons.documents.actions import writing
from preau.commons.documents.models import (
    Authorship,
    Comment,
    Document,
    Picture,
    Presence,
    State,
    Turn,
    Update,
    Version,
)
from preau.directory.viewer import Viewer
from preau.foundation import journal, live

AT_ONCE = 500


@transaction.atomic
def throw_away(viewer: Viewer, document_id: int) -> bool:
    """To the bin: nobody else reads it any more. False when it was there."""
    document = _held(document_id)
    if document is None or not rules.runs(viewer, document):
        return False
    document.trashed_at, document.trashed_by = timezone.now(), viewer.person
    document.save(update_fields=["trashed_at", "trashed_by"])
    journal.record(viewer, "documents.trashed", document)
    live.touch(writing.topic_of(document.pk))
    return True


@transaction.atomic
def restore(viewer: Viewer, document_id: int) -> bool:
    """Out of the bin, where it was. False when it was out."""
    document = _held(document_id)
    if document is None or not rules.restores(viewer, document):
        return False
    document.trashed_at = document.trashed_by = None
    document.save(update_fields=["trashed_at", "trashed_by"])
    journal.record(viewer, "documents.restored", document)
    live.touch(writing.topic_of(document.pk))
    return True


def _held(document_id: int) -> Document | None:
    rows = Document.objects.select_for_update(of=("self",)).light()
    return rows.filter(pk=document_id).first()


def erase_old(now: datetime) -> int:
    """Erase what has been in the bin for thirty days."""
    before = now - timedelta(days=rules.BIN_DAYS)
    rows = Document.objects.filter(trashed_at__lt=before).order_by("pk")
    return erase(list(rows.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def erase(keys: Sequence[int]) -> int:
    """Erase these documents, with all that is of them."""
    keys = list(keys)
    Authorship.objects.filter(version__document__in=keys).delete()
    Comment.objects.filter(document__in=keys, parent__isnull=False).delete()
    for model in (Comment, Version, Update, State, Presence, Turn, Picture):
        model.objects.filter(document__in=keys).delete()
    return len(keys) if Document.objects.filter(pk__in=keys).delete()[0] else 0


def count_of_place(kind: str, number: int) -> int:
    """How many documents a place holds, those of its bin included."""
    return int(Document.objects.filter(kind=kind, place=number).count())


@transaction.atomic
def erase_place(kind: str, number: int) -> int:
    """A place is erased: so is what lies in it. For the house whose place it is."""
    return erase(list(Document.objects.filter(kind=kind, place=number).values_list("pk", flat=True)))


# A person


@transaction.atomic
def forget_documents(person_id: int) -> int:
    """Erase what somebody had of their own; what they began in a place stays there, and names them no more."""
    erased = erase(list(Document.objects.filter(owner=person_id).values_list("pk", flat=True)))
    Document.objects.filter(trashed_by=person_id).update(trashed_by=None)
    return erased + Document.objects.filter(begun_by=person_id).update(begun_by=None)


@transaction.atomic
def forget_updates(person_id: int) -> int:
    return Update.objects.filter(author=person_id).update(author=None)


@transaction.atomic
def forget_versions(person_id: int) -> int:
    return Version.objects.filter(made_by=person_id).update(made_by=None)


@transaction.atomic
def forget_authorships(person_id: int) -> int:
    return Authorship.objects.filter(person=person_id).delete()[0]


@transaction.atomic
def forget_comments(person_id: int) -> int:
    """What they said goes, with its answers; what they settled names them no more."""
    Comment.objects.filter(settled_by=person_id).update(settled_by=None)
    return Comment.objects.filter(author=person_id).delete()[0]


@transaction.atomic
def forget_pictures(person_id: int) -> int:
    """A picture stays in the text of the others, and names nobody."""
    return Picture.objects.filter(put_by=person_id).update(put_by=None)


@transaction.atomic
def forget_presences(person_id: int) -> int:
    return Presence.objects.filter(person=person_id).delete()[0]


@transaction.atomic
def forget_turns(person_id: int) -> int:
    return Turn.objects.filter(person=person_id).delete()[0]
