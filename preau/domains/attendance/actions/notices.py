"""Telling people: families of an absence, school life of an explanation, its author of the answer, a teacher of a call."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.domains.attendance.models import Decision, Entry, Explanation, Notice, RollCall, Status
from preau.domains.timetable.models import Lesson
from preau.foundation import dates, notices

# Sent inside the transaction: its receivers only enqueue tasks, in the same database, so that a task exists if and only
# if the change does.
absences_left = Signal()  # entry_ids: ids of absences that others of the same day stood for, and do no more
ABSENCE, TO_READ, FORGOTTEN = "attendance.absence", "attendance.to_read", "attendance.forgotten_call"
CORRECTED = "attendance.corrected"
ANSWERS = {
    Explanation.State.ACCEPTED: "attendance.accepted",
    Explanation.State.REFUSED: "attendance.refused",
}
# A call is forgotten once the lesson has been over for a while; the next day it is no reminder any more.
OVER, TOO_LATE = timedelta(minutes=10), timedelta(hours=4)
# A school that calls no roll at all is not reminded of any.
CALLS = timedelta(days=14)


# An absence


@transaction.atomic
def prepare_notices(entry_ids: Sequence[int], today: date) -> list[int]:
    """Prepare a notice for each guardian who must know of these absences; returns the ids of those not told yet.

    An absence that was told, corrected before the letter left, and noted again has told nobody: it is told.
    """
    _forget_what_was_taken_back(entry_ids)
    prepared: list[Notice] = []
    for entry in Entry.objects.filter(pk__in=entry_ids).to_explain().order_by("pk"):
        informed = Guardianship.objects.informed(today).filter(pupil_id=entry.pupil_id)
        about = {"school_id": entry.school_id, "entry": entry, "pupil_id": entry.pupil_id, "day": entry.day}
        guardians = informed.values_list("guardian_id", flat=True)
        prepared += [Notice(guardian_id=guardian, **about) for guardian in guardians]
    Notice.objects.bulk_create(prepared, ignore_conflicts=True)
    waiting = Notice.objects.filter(entry_id__in=entry_ids, sent_at=None)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _forget_what_was_taken_back(entry_ids: Sequence[int]) -> None:
    rows = Notice.objects.filter(entry_id__in=entry_ids, sent_at__isnull=False)
    if not rows.exists():
        return
    keys = list(map(str, entry_ids))
    # Read here before its letter left: it was heard.
    silent = notices.taken_back(ABSENCE, *keys) - notices.heard(ABSENCE, *keys)
    pks = [notice.pk for notice in rows if (notice.guardian_id, str(notice.entry_id)) in silent]
    Notice.objects.filter(pk__in=pks).update(sent_at=None)


@transaction.atomic
def tell_guardian(notice_id: int) -> bool:
    """Tell one guardian of one absence, once: what is told and the note of it are one transaction.

    False when there is nothing (more) to say: told already, the absence corrected or explained in the meantime, or
    the guardian told today of another absence that still stands (once a day, however many lessons), or not to be
    informed any more.
    """
    now = timezone.now()
    about = Notice.objects.values("pupil_id", "guardian_id", "day").get(pk=notice_id)
    # All of the day's, in one order: two workers that each held one and waited for the other would wait for ever.
    locked = Notice.objects.select_for_update(of=("self",)).filter(**about).order_by("pk")
    same_day = {notice.pk: notice for notice in locked}
    notice = same_day.pop(notice_id)
    if notice.sent_at or not Entry.objects.to_explain().filter(pk=notice.entry_id).exists():
        return False
    if not _may_know(notice.pupil_id, notice.guardian_id, now):
        return False
    entry_ids = {other.entry_id for other in same_day.values() if other.sent_at}
    keys = list(map(str, entry_ids))
    silent = notices.taken_back(ABSENCE, *keys) - notices.heard(ABSENCE, *keys)
    entry_ids -= {int(key) for person, key in silent if person == notice.guardian_id}
    if Entry.objects.absences().filter(pk__in=entry_ids).exists():
        return False
    tell_absence(notice.guardian_id, notice.entry_id)
    notice.sent_at = now
    notice.save(update_fields=["sent_at"])
    return True


def _may_know(pupil_id: int, guardian_id: int, now: datetime) -> bool:
    informed = Guardianship.objects.informed(timezone.localdate(now))
    return informed.filter(pupil_id=pupil_id, guardian_id=guardian_id).exists()


def tell_absence(guardian_id: int, entry_id: int) -> None:
    """Say that a pupil is missing, and at which lesson."""
    entry = Entry.objects.select_related("lesson__school").get(pk=entry_id)
    school = entry.lesson.school
    notices.publish(
        notices.News(
            kind=ABSENCE,
            person_id=guardian_id,
            key=str(entry_id),
            school_id=school.pk,
            about_id=entry.pupil_id,
            url=reverse("attendance:explain", kwargs={"pk": entry_id}),
            facts={"day": dates.day(entry.day), "hours": entry.lesson.hours, "school": school.name},
            again=True,
            after=timezone.now() + timedelta(minutes=settings.ABSENCE_LETTERS_WAIT),
        )
    )


@transaction.atomic
def tell_corrections(entry_ids: Sequence[int]) -> int:
    """Tell those whom the news of an absence had reached what its roll says by now; returns how many. Whom it had not hears nothing.

    Run again, it tells nobody twice: each correction is a thing of its own.
    """
    reached = sorted(notices.heard(ABSENCE, *map(str, entry_ids)))
    entries = {
        str(entry.pk): entry
        for entry in Entry.objects.filter(pk__in=[int(key) for _guardian, key in reached])
        .select_related("lesson__school")
        .prefetch_related("changes")
    }
    links = Guardianship.objects.informed(timezone.localdate()).filter(
        pupil__in={entry.pupil_id for entry in entries.values()}
    )
    informed = set(links.values_list("pupil_id", "guardian_id"))
    before = _corrections_before(entries.values())
    news = [
        _correction(guardian, entries[key])
        for guardian, key in reached
        if key in entries
        and (entries[key].pupil_id, guardian) in informed
        # Absent again, where nobody had heard that they were not.
        and (entries[key].status != Status.ABSENT or (guardian, key) in before)
    ]
    notices.publish(*news)
    return len(news)


def _corrections_before(entries: Iterable[Entry]) -> set[tuple[int, str]]:
    """(guardian, entry) of whoever has heard of a former correction; what has not left of it does not leave."""
    keys = [key for entry in entries for key in _keys_of(entry)[:-1]]
    if not notices.settle(CORRECTED, *keys):
        return set()
    return {(guardian, key.split("-")[0]) for guardian, key in notices.heard(CORRECTED, *keys)}


def _keys_of(entry: Entry) -> list[str]:
    """Of each step of an entry, the last of which is what it says."""
    return [f"{entry.pk}-{pk}" for pk in sorted(change.pk for change in entry.changes.all())]


def _correction(guardian_id: int, entry: Entry) -> notices.News:
    lesson, school = entry.lesson, entry.lesson.school
    if entry.status == Status.LATE:
        late = timedelta(minutes=entry.minutes_late or 0)
        said = _("est arrivé(e) à %(hour)s : retard de %(minutes)s") % {
            "hour": dates.hour(lesson.starts + late, school.timezone),
            "minutes": dates.minutes(entry.minutes_late or 0),
        }
    elif entry.status == Status.ABSENT:
        said = _("est de nouveau noté(e) absent(e)")
    else:
        said = _("était en cours : l’absence notée est effacée")
    return notices.News(
        kind=CORRECTED,
        person_id=guardian_id,
        key=_keys_of(entry)[-1],
        school_id=school.pk,
        about_id=entry.pupil_id,
        url=reverse("attendance:explain", kwargs={"pk": entry.pk})
        if entry.status == Status.ABSENT
        else reverse("attendance:absences"),
        facts={"day": dates.day(entry.day), "hours": lesson.hours, "school": school.name, "what": said},
    )


def settle_absences(entry_ids: Sequence[int]) -> bool:
    """These absences are explained, or were none. Others of the same day, which theirs stood for, are told if need be.

    Returns whether somebody had been told of these.
    """
    if not entry_ids or not notices.settle(ABSENCE, *map(str, entry_ids)):
        return False
    settled = Entry.objects.filter(pk__in=entry_ids, pupil=OuterRef("pupil"), day=OuterRef("day"))
    others = Entry.objects.to_explain().filter(Exists(settled)).exclude(pk__in=entry_ids)
    left = list(others.order_by("pk").values_list("pk", flat=True))
    if left:
        absences_left.send(sender=Entry, entry_ids=left)
    return True


# An explanation


def tell_school_life(explanation: Explanation) -> None:
    """An explanation waits to be read: by whoever runs school life, else by the head."""
    today = timezone.localdate()
    held = Holding.objects.filter(active_on(today), school_id=explanation.school_id)
    readers = held.filter(role=Role.SCHOOL_LIFE) or held.filter(role=Role.HEAD)
    url, school = reverse("attendance:board"), explanation.school
    facts = {"day": dates.day(explanation.day), "school": school.name}
    notices.publish(
        *(
            notices.News(
                kind=TO_READ,
                person_id=person_id,
                key=str(explanation.pk),
                url=url,
                school_id=school.pk,
                seat=f"staff-{school.pk}",
                facts=facts,
            )
            for person_id in {held.person_id for held in readers}
        )
    )


def settle_reading(explanation: Explanation) -> None:
    notices.settle(TO_READ, str(explanation.pk))


def tell_answer(explanation: Explanation, decision: Decision) -> None:
    """Tell who explained what the school made of it; an answer given before is no longer to be read."""
    before = [str(pk) for pk in explanation.decisions.exclude(pk=decision.pk).values_list("pk", flat=True)]
    for kind in ANSWERS.values() if before else []:
        notices.settle(kind, *before)
    author, pupil = explanation.given_by_id, explanation.pupil_id
    if author != pupil and not _may_know(pupil, author, timezone.now()):
        return
    school = explanation.school
    facts = {"day": dates.day(explanation.day), "school": school.name, "comment": decision.comment or "—"}
    notices.publish(
        notices.News(
            kind=ANSWERS[Explanation.State(decision.state)],
            person_id=author,
            key=str(decision.pk),
            url=_where_to_look(explanation, decision),
            school_id=school.pk,
            about_id=pupil,
            facts=facts,
        )
    )


def _where_to_look(explanation: Explanation, decision: Decision) -> str:
    """Refused: the page of one of the absences, which unlike the list seats a teacher who is also the parent."""
    entry = explanation.entries.first()
    refused = decision.state == Explanation.State.REFUSED
    if entry and refused:
        return reverse("attendance:explain", kwargs={"pk": entry.pk})
    return reverse("attendance:absences")


# A call


def remind_of_calls(now: datetime) -> int:
    """Remind teachers of the calls they have not made for lessons that are over; returns how many lessons."""
    over = Lesson.objects.held().filter(ends__range=(now - TOO_LATE, now - OVER), roll_call=None)
    calling = RollCall.objects.filter(called_at__gte=now - CALLS).values("school_id")
    lessons = over.filter(school__in=calling, groups__isnull=False).distinct()
    forgotten = list(lessons.select_related("school", "subject").prefetch_related("teachers"))
    notices.publish(*(news for lesson in forgotten for news in _reminders(lesson)))
    return len(forgotten)


def _reminders(lesson: Lesson) -> list[notices.News]:
    facts = {"hours": lesson.hours, "subject": lesson.subject.name, "school": lesson.school.name}
    return [
        notices.News(
            kind=FORGOTTEN,
            person_id=teacher.pk,
            key=str(lesson.pk),
            school_id=lesson.school_id,
            seat=f"staff-{lesson.school_id}",
            url=reverse("attendance:roll", kwargs={"pk": lesson.pk}),
            facts=facts,
        )
        for teacher in lesson.teachers.all()
    ]


def settle_call(lesson: Lesson) -> None:
    notices.settle(FORGOTTEN, str(lesson.pk))
