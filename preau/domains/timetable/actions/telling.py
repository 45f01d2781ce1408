"""Telling everybody concerned that a lesson changed, at once when it is today; taking it back when the change is undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Guardianship
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries.changes import moment_said
from preau.foundation import dates, notices

TODAY, LATER, HELD = "timetable.changed_today", "timetable.changed", "timetable.held_after_all"
SOON = timedelta(days=1)
Kind = LessonChange.Kind


@dataclass(frozen=True)
class _Recipient:
    """Somebody to tell; `about`: the pupil, for a guardian; `seat`: what a member of the staff must still be."""

    person: int
    key: str
    about: int | None = None
    seat: str = ""


@transaction.atomic
def tell_of_change(change_id: int) -> int:
    """Tell the teachers, the pupils and their informed guardians of a change; returns how many were told.

    Nothing is said of what was undone meanwhile, nor of a lesson that is over.
    """
    change = _found(change_id)
    if change is None or change.undone_at or change.lesson.ends <= timezone.now():
        return 0
    return _publish(_kind_for(change), change, _everybody(change), _facts(change))


@transaction.atomic
def tell_of_undoing(change_id: int) -> int:
    """Take back what had not left; tell those who knew that the lesson is as it was. Returns how many were told."""
    change = _found(change_id)
    if change is None or not change.undone_at:
        return 0
    everybody = list(_everybody(change))
    keys = sorted({one.key for one in everybody})
    # A closing had told them of all its lessons at once.
    told = _publish(HELD, change, everybody, _facts(change, undone=True)) if change.origin else 0
    for kind in (TODAY, LATER):
        if not notices.settle(kind, *keys):
            continue
        silent = notices.taken_back(kind, *keys)
        left = [one for one in everybody if (one.person, one.key) not in silent]
        told += _publish(HELD, change, left, _facts(change, undone=True))
    if change.kind == Kind.ADDED:
        _take_away(change.lesson)
    return told


def _take_away(lesson: Lesson) -> None:
    """An added lesson that was undone is no more, unless another house holds something of it: then it stays cancelled."""
    try:
        with transaction.atomic():
            lesson.delete()
    except ProtectedError:
        return


def _found(change_id: int) -> LessonChange | None:
    changes = LessonChange.objects.filter(pk=change_id)
    return changes.select_related(
        "lesson__subject", "lesson__school", "lesson__room", "room_before", "teacher_before", "teacher_after"
    ).first()


def _kind_for(change: LessonChange) -> str:
    """Today or tomorrow morning, one is told at once; later, with the news of the day."""
    moments = [change.lesson.starts, *filter(None, [change.starts_before])]
    return TODAY if min(moments) - timezone.now() < SOON else LATER


def _everybody(change: LessonChange) -> Iterable[_Recipient]:
    """Teachers of before and after, pupils of the groups on the days concerned, guardians who may follow them."""
    lesson, key = change.lesson, str(change.pk)
    teachers = set(lesson.teachers.values_list("pk", flat=True)) | {
        change.teacher_before_id,
        change.teacher_after_id,
    }
    seat = f"staff-{lesson.school_id}"
    for teacher in sorted(filter(None, teachers)):
        yield _Recipient(teacher, key, seat=seat)
    pupils = set(_pupils(lesson, lesson.day))
    for pupil in sorted(pupils):
        yield _Recipient(pupil, key)
    today = timezone.localdate(timezone=ZoneInfo(lesson.school.timezone))
    links = Guardianship.objects.informed(today).of_another().filter(pupil__in=pupils).order_by("pk")
    for pupil, guardian in links.values_list("pupil_id", "guardian_id"):
        yield _Recipient(guardian, f"{key}-{pupil}", about=pupil)


def _pupils(lesson: Lesson, day: date) -> Iterable[int]:
    enrolled = Enrolment.objects.active(day).filter(group__lessons=lesson)
    return enrolled.values_list("pupil_id", flat=True)


def _publish(kind: str, change: LessonChange, people: Iterable[_Recipient], facts: dict[str, str]) -> int:
    lesson = change.lesson
    gone = kind == HELD and change.kind == Kind.ADDED
    url = (
        f"{reverse('timetable:week')}?semaine={lesson.day}"
        if gone
        else reverse("timetable:lesson", kwargs={"pk": lesson.pk})
    )
    news = [
        notices.News(
            kind=kind,
            person_id=person.person,
            key=person.key,
            url=url,
            school_id=lesson.school_id,
            about_id=person.about,
            seat=person.seat,
            facts=facts,
        )
        for person in people
    ]
    notices.publish(*news)
    return len(news)


def _facts(change: LessonChange, *, undone: bool = False) -> dict[str, str]:
    """The lesson, what happens to it, what was before, and why: in words, and no pupil's name."""
    lesson, zone = change.lesson, change.lesson.school.timezone
    groups = ", ".join(lesson.groups.order_by("name").values_list("name", flat=True))
    reason = (
        _(" Motif : %(reason)s.") % {"reason": change.get_reason_display().lower()} if change.reason else ""
    )
    planned = change.starts_before or lesson.starts
    return {
        "lesson": f"{lesson.subject.name} ({groups})" if groups else lesson.subject.name,
        "when": moment_said(lesson.starts if undone else planned, zone),
        "what": _said_undone(change) if undone else _said(change, lesson, zone),
        "why": "" if undone else reason,
        "school": lesson.school.name,
    }


def _said_undone(change: LessonChange) -> str:
    return _("finalement, n’a pas lieu") if change.kind == Kind.ADDED else _("finalement, comme prévu")


def _said(change: LessonChange, lesson: Lesson, zone: str) -> str:
    place = lesson.room.place if lesson.room else _("sans salle")
    if change.kind == Kind.CANCELLED:
        return _("annulé")
    if change.kind == Kind.ADDED:
        return _("ajouté, %(hours)s, %(room)s") % {"hours": lesson.hours, "room": place}
    if change.kind == Kind.ROOM:
        before = change.room_before.place if change.room_before else _("sans salle")
        return _("%(room)s, était %(before)s") % {"room": place, "before": before}
    if change.kind == Kind.REPLACED:
        names = [one.formal_name if one else "—" for one in (change.teacher_after, change.teacher_before)]
        return _("avec %(after)s, était %(before)s") % {"after": names[0], "before": names[1]}
    moved = _("déplacé à %(when)s, %(room)s")
    return moved % {"when": _moment(change.starts_after or lesson.starts, zone), "room": place}


def _moment(moment: datetime, zone: str) -> str:
    local = dates.local(moment, zone)
    return f"{dates.day(local.date())}, {dates.hour(local.time())}"
