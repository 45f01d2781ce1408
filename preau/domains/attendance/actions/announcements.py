"""Announcing an absence or an early departure, and what it settles once the pupil is noted missing."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from preau.commons.files.models import StoredFile
from preau.directory.models import Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.actions import notices
from preau.domains.attendance.models import Announcement, Decision, Entry, Explanation, Handling
from preau.foundation import dates, journal
from preau.foundation.locks import lock
from preau.foundation.notices import News, publish, settle
from preau.foundation.prepared import Prepared

ANNOUNCED = "attendance.announced"
Kind, State = Announcement.Kind, Explanation.State


@transaction.atomic
def announce(
    viewer: Viewer,
    pupil: Person,
    school_id: int,
    document: StoredFile | None = None,
    told_by: Person | None = None,
    **said: Any,
) -> Announcement:
    """Announce an absence or a departure; the same one twice is one. What was noted already in that time is covered too.

    An absence that school life notes was told on the telephone, `told_by` a guardian if it was one.
    """
    # Two clicks at once: the second waits, then finds what the first wrote.
    lock(Person, viewer.person.pk)
    about = {"school_id": school_id, "pupil": pupil, "given_by": told_by or viewer.person}
    times = {name: said[name] for name in ("kind", "starts", "ends")}
    known: Announcement | None = Announcement.objects.standing().filter(**about, **times).first()
    if known is not None:
        return known
    by_phone = viewer.is_staff and said["kind"] == Kind.ABSENCE
    made: Announcement = Announcement.objects.create(
        **about,
        given_at=timezone.now(),
        document=document,
        noted_by=viewer.person if by_phone else None,
        **said,
    )
    journal.record(viewer, "attendance.announced", made, subject_id=pupil.pk, kind=made.kind)
    if not viewer.is_staff:
        _tell_school_life(made)
    noted = Entry.objects.filter(pupil=pupil, school_id=school_id).to_explain()
    covered = noted.filter(lesson__starts__lt=made.ends, lesson__ends__gt=made.starts)
    explain_announced(list(covered.values_list("pk", flat=True)))
    return made


@transaction.atomic
def withdraw_announcement(viewer: Viewer, announcement: Announcement) -> bool:
    """Take it back, and what it explains that nobody has decided on. False when it was taken back already."""
    one = lock(Announcement, announcement.pk)
    if one.withdrawn_at:
        return False
    one.withdrawn_at = timezone.now()
    one.save(update_fields=["withdrawn_at"])
    settle(ANNOUNCED, str(one.pk))
    journal.record(viewer, "attendance.announcement_withdrawn", one, subject_id=one.pupil_id)
    pending = Explanation.objects.select_for_update().filter(announcement=one, state=State.PENDING)
    for explanation in pending.order_by("pk"):
        explanation.state = State.WITHDRAWN
        explanation.save(update_fields=["state"])
        Decision.objects.create(
            school_id=one.school_id,
            explanation=explanation,
            state=State.WITHDRAWN,
            decided_by=viewer.person,
            decided_at=one.withdrawn_at,
        )
        notices.settle_reading(explanation)
        left = list(explanation.entries.order_by("pk").values_list("pk", flat=True))
        if left:
            notices.absences_left.send(sender=Entry, entry_ids=left)
    return True


def _announced(entries: Any) -> "QuerySet[Entry, tuple[int, int]]":
    """Of these entries, the absences to explain that were announced, each with the first announcement over it."""
    known = Announcement.objects.standing().filter(pupil=OuterRef("pupil"), school=OuterRef("school"))
    over = known.over(OuterRef("lesson__starts"), OuterRef("lesson__ends")).order_by("pk").values("pk")[:1]
    rows = Entry.objects.filter(pk__in=entries).to_explain().annotate(announced=Subquery(over))
    return rows.filter(announced__isnull=False).order_by("pk").values_list("pk", "announced")


ANNOUNCED_OF = Prepared(_announced)


@transaction.atomic
def explain_announced(entry_ids: Sequence[int], **_: Any) -> int:
    """Of absences just noted, explain those that were announced: as given by the family, to be read; settled when school
    life announced them. Returns how many."""
    # Asked of every absence noted, and seldom true: entries are locked only then.
    found = dict(ANNOUNCED_OF(tuple(entry_ids)))
    if not found:
        return 0
    rows = Entry.objects.select_for_update(of=("self",)).filter(pk__in=found).to_explain()
    announced = Announcement.objects.select_related("reason").in_bulk(set(found.values()))
    entries = list(rows.select_related("lesson__school").order_by("pk"))
    return sum(_cover(announced[found[entry.pk]], entry) for entry in entries)


def _cover(announcement: Announcement, entry: Entry) -> int:
    if announcement.kind == Kind.DEPARTURE or announcement.noted_by_id:
        handled_by, told_by = announcement.noted_by_id or announcement.given_by_id, announcement.given_by_id
        entry.handling = Handling.objects.create(
            school_id=entry.school_id,
            entry=entry,
            reason_id=announcement.reason_id,
            settled=announcement.reason.settles,
            comment=announcement.comment,
            told_by_id=told_by if told_by != handled_by else None,
            handled_by_id=handled_by,
            handled_at=timezone.now(),
        )
        entry.save(update_fields=["handling"])
        if announcement.noted_by_id:
            # The family has said why: it is not asked.
            notices.settle_absences([entry.pk])
        return 1
    explanation, made = Explanation.objects.get_or_create(
        announcement=announcement,
        day=entry.day,
        defaults={
            "school_id": entry.school_id,
            "pupil_id": entry.pupil_id,
            "reason_id": announcement.reason_id,
            "comment": announcement.comment,
            "document_id": announcement.document_id,
            "given_by_id": announcement.given_by_id,
            "given_at": announcement.given_at,
        },
    )
    if explanation.state not in {State.PENDING, State.ACCEPTED}:
        # The school has answered: the family is asked again.
        return 0
    entry.explanation = explanation
    entry.save(update_fields=["explanation"])
    notices.settle_absences([entry.pk])
    if made:
        notices.tell_school_life(explanation)
    return 1


def _tell_school_life(announcement: Announcement) -> None:
    """An absence is announced: whoever runs school life prepares for it."""
    zone = ZoneInfo(announcement.school.timezone)
    held = Holding.objects.filter(active_on(timezone.localdate()), school_id=announcement.school_id)
    readers = held.filter(role=Role.SCHOOL_LIFE) or held.filter(role=Role.HEAD)
    first: date = announcement.starts.astimezone(zone).date()
    publish(
        *(
            News(
                kind=ANNOUNCED,
                person_id=person,
                key=str(announcement.pk),
                url=reverse("attendance:announced"),
                school_id=announcement.school_id,
                seat=f"staff-{announcement.school_id}",
                facts={"day": dates.day(first), "school": announcement.school.name},
            )
            for person in {holding.person_id for holding in readers}
        )
    )


def forget_announcements(person_id: int) -> int:
    """Erase what was written of a person, or by them, in announcements."""
    about = Announcement.objects.filter(Q(pupil_id=person_id) | Q(given_by_id=person_id))
    wordy = about.exclude(comment="", leaves_with="")
    return wordy.update(comment="", leaves_with="")
