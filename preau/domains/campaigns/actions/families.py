"""How families are reached: a postal address noted by the school, a refusal of text messages."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.campaigns.models import PostalAddress, SmsRefusal
from preau.domains.campaigns.rules import school_of
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def note_address(viewer: Viewer, person: Person, said: Mapping[str, str]) -> bool:
    """Where the school writes to a person; empty, it knows no address any more. False when nothing changes."""
    school = lock(School, school_of(viewer))
    known = PostalAddress.objects.filter(school=school, person=person).first()
    if not said["street"]:
        if known is None:
            return False
        known.delete()
    elif known and all(getattr(known, name) == value for name, value in said.items()):
        return False
    else:
        noted = {**said, "noted_by": viewer.person, "noted_at": timezone.now()}
        PostalAddress.objects.update_or_create(school=school, person=person, defaults=noted)
    journal.record(viewer, "campaigns.address_noted", person, subject_id=person.pk)
    return True


@transaction.atomic
def say_sms(viewer: Viewer, person: Person, *, wanted: bool) -> bool:
    """A person wants text messages, or none; said by themselves or, for them, by the school. False when it is so already."""
    if wanted:
        changed = bool(SmsRefusal.objects.filter(person=person).delete()[0])
    else:
        defaults = {"said_by": viewer.person, "said_at": timezone.now()}
        changed = SmsRefusal.objects.get_or_create(person=person, defaults=defaults)[1]
    if changed:
        verb = "campaigns.sms_wanted" if wanted else "campaigns.sms_refused"
        journal.record(viewer, verb, person, subject_id=person.pk)
    return changed


def forget_addresses(person_id: int) -> int:
    """Erase where a person lives."""
    return PostalAddress.objects.filter(person_id=person_id).delete()[0]


def forget_refusal(person_id: int) -> int:
    return SmsRefusal.objects.filter(person_id=person_id).delete()[0]
