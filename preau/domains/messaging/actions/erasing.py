"""What becomes of messages when a person is erased, or when their term has come."""

from collections.abc import Sequence

from django.db import transaction

from preau.domains.messaging.models import Delivery, Folder, Message, Policy, Preference, Report, Thread


@transaction.atomic
def forget_messages(person_id: int) -> int:
    """Their drafts go; what they sent stays with those who received it, without a name."""
    mine = Message.objects.filter(author=person_id)
    gone = mine.filter(state=Message.State.DRAFT).delete()[0]
    return (
        gone
        + mine.update(author=None, sent_as="")
        + Message.objects.filter(about=person_id).update(about=None)
    )


@transaction.atomic
def forget_deliveries(person_id: int) -> int:
    """Their box goes, and theirs alone."""
    return Delivery.objects.filter(person=person_id).delete()[0]


@transaction.atomic
def forget_preferences(person_id: int) -> int:
    return Preference.objects.filter(person=person_id).delete()[0]


@transaction.atomic
def forget_folders(person_id: int) -> int:
    return Folder.objects.filter(person=person_id).delete()[0]


@transaction.atomic
def forget_referent(person_id: int) -> int:
    """Who has left receives no report any more; the school's rule stays."""
    return Policy.referents.through.objects.filter(person_id=person_id).delete()[0]


@transaction.atomic
def forget_reports(person_id: int) -> int:
    return Report.objects.filter(by=person_id).delete()[0]


@transaction.atomic
def erase_threads(keys: Sequence[int]) -> int:
    """Conversations past their term, with all that they hold."""
    return Thread.objects.filter(pk__in=keys).delete()[1].get(Thread._meta.label, 0)
