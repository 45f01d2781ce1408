"""The next school: what a family agrees to, and a copy that waits there for a name."""

from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from preau.directory.models import School
from preau.directory.queries.authority import whom_to_ask
from preau.directory.rules.authority import Verdict, verdict
from preau.directory.viewer import Viewer
from preau.domains.records.actions import hanging
from preau.domains.records.actions.writing import Unreadable, version_of
from preau.domains.records.models import Agreement, Record, Version, next_review
from preau.domains.records.queries import choices
from preau.foundation import journal
from preau.foundation.boards import Nature
from preau.foundation.locks import lock


class NotAgreed(Exception):
    """Not everyone who decides for this pupil has agreed."""


class NotThere(Exception):
    """The pupil is not enrolled in that school."""


@transaction.atomic
def agree(viewer: Viewer, record: Record) -> bool:
    """Whoever answers for the pupil agrees that the record goes on to the next school; False when they had."""
    lock(Record, record.pk)
    if record.agreements.standing().filter(by=viewer.person).exists():
        return False
    Agreement.objects.create(school_id=record.school_id, record=record, by=viewer.person, at=timezone.now())
    journal.record(viewer, "records.agreed", record, subject_id=record.pupil_id)
    return True


@transaction.atomic
def take_back(viewer: Viewer, record: Record) -> bool:
    """They do not agree any more; what was handed over already is not called back."""
    given = record.agreements.standing().filter(by=viewer.person)
    if not given.update(taken_back_at=timezone.now()):
        return False
    journal.record(viewer, "records.agreement_taken_back", record, subject_id=record.pupil_id)
    return True


def is_agreed(viewer: Viewer, record: Record) -> Verdict:
    """It binds what another school will know of the child: everyone with parental authority agrees, or the pupil of age."""
    asked = whom_to_ask(record.pupil, Nature.NON_USUAL, viewer.today)
    given = record.agreements.standing().values_list("by_id", flat=True)
    return verdict(asked, dict.fromkeys(given, True))


@transaction.atomic
def hand_over(viewer: Viewer, record: Record, school: School) -> tuple[Record, bool]:
    """Copy the last version and the papers to a school where the pupil is enrolled: its head names who opens it.

    The same version with the same papers is handed to a school once: returns the copy, and whether it has just been made. Raises NotAgreed,
    NotThere, Unreadable, and `foundation.uploads.Refused` when that school has no room for the papers.
    """
    record = lock(Record, record.pk)
    papers = list(record.papers.order_by("pk").values_list("pk", flat=True))
    mark = sha256(f"{record.public_id} {record.revision} {papers} {school.pk}".encode()).hexdigest()[:32]
    known = Record.objects.filter(school=school, came_from=record.school_id, sent_as=mark).first()
    if known:
        return known, False
    if not choices.next_schools(viewer, record).filter(pk=school.pk).exists():
        raise NotThere
    if is_agreed(viewer, record) != Verdict.AGREED:
        raise NotAgreed
    words = record.open(version_of(record))
    if words is None:
        raise Unreadable
    now = timezone.now()
    copy: Record = Record.objects.create(
        school=school,
        pupil=record.pupil,
        kind=record.kind,
        review_on=next_review(viewer.today),
        opened_by=viewer.person,
        opened_at=now,
        came_from_id=record.school_id,
        sent_as=mark,
    )
    held, emergency = copy.seal(words)
    Version.objects.create(
        school=school,
        record=copy,
        number=1,
        sealed=held,
        sealed_emergency=emergency,
        by=viewer.person,
        at=now,
    )
    for paper in record.papers.select_related("file", "record").order_by("pk"):
        content = hanging.opened(paper)
        if content is None:
            raise Unreadable
        hanging.keep_sealed(viewer, copy, paper.name, paper.kind, content, "")
    journal.record(viewer, "records.handed_over", record, subject_id=record.pupil_id, to=school.pk)
    return copy, True
