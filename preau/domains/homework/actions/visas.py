"""The head's visa."""

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Group, Subject
from preau.directory.viewer import Viewer
from preau.domains.homework.models import Visa
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def give_visa(viewer: Viewer, group: Group, subject: Subject | None, comment: str) -> Visa:
    """The head has seen the cahier de textes of a class until today; the same, sent twice on a day, is one."""
    lock(Group, group.pk)
    same = Visa.objects.filter(group=group.pk, subject=subject, until=viewer.today, comment=comment)
    known: Visa | None = same.filter(given_by=viewer.person).first()
    if known:
        return known
    made: Visa = Visa.objects.create(
        school_id=group.school_id,
        group_id=group.pk,
        subject=subject,
        until=viewer.today,
        comment=comment,
        given_by=viewer.person,
        given_at=timezone.now(),
    )
    journal.record(viewer, "homework.visa_given", made)
    return made


def forget_visas(person_id: int) -> int:
    """Erase what a head wrote; that it was seen stays."""
    return Visa.objects.filter(given_by_id=person_id).exclude(comment="").update(comment="")
