"""Telling everybody concerned that a lesson changed, at once when it is today; taking it back when the change is undone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Enrolment, Guardianship
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries.changes import moment_said
from preau.foundation import dates, notices

TODAY, LATER, HELD = "timetable.changed_today", "timetable.changed", "timetable.held_after_all"
SOON = timedelta(days=1)
Kind = LessonChange.Kind
WITH = (
    "lesson__subject",
    "lesson__school",
    "lesson__room",
    "room_before",
    "teacher_before",
    "teacher_after",
)


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

    Nothing is said of what was undone meanwhile, nor of a lesson that is over; what changed with others is told with them.
    """
    change = _found(change_id)
    if change is None or change.undone_at or change.origin or change.lesson.ends <= timezone.now():
        return 0
    return _publish(_kind_for(change), change, _everybody(change), _facts(change))


@transaction.atomic
def tell_together(origin: str) -> int:
    """Tell of the lessons that one gesture changed: once a day, a person and a child; of those given to one person, once in all.

    Returns how many were told. What was undone meanwhile is not told: nobody has heard of it.
    """
    changes = LessonChange.objects.in_force().filter(origin=origin, lesson__ends__gt=timezone.now())
    # Whoever undoes one of them waits for this, or this sees that it is undone.
    found = list(
        changes.select_for_update(of=("self",)).select_related(*WITH).order_by("lesson__starts", "pk")
    )
    LessonChange.objects.filter(pk__in=[change.pk for change in found]).update(told_at=timezone.now())
    return sum(_tell_group(group) for group in _groups(found))


def _groups(changes: Iterable[LessonChange]) -> Iterable[Sequence[LessonChange]]:
    """What is told in the same words."""
    groups: dict[str, list[LessonChange]] = defaultdict(list)
    for change in changes:
        groups[_key_of_group(change)].append(change)
    return groups.values()


def _tell_group(changes: Sequence[LessonChange]) -> int:
    """Those concerned by the same ones read the same words."""
    told = 0
    for theirs, people in _alike(changes):
        told += _publish(_kind_for(theirs[0]), theirs[0], people, _facts_of(theirs), _url_of(theirs))
    return told


def _alike(
    changes: Sequence[LessonChange], key: str = ""
) -> Iterable[tuple[Sequence[LessonChange], Sequence[_Recipient]]]:
    """The changes that concern the same people, and these."""
    concerned: dict[_Recipient, list[LessonChange]] = defaultdict(list)
    for change in changes:
        for person in dict.fromkeys(_everybody(change, key or _key_of_group(change))):
            concerned[person].append(change)
    alike: dict[tuple[int, ...], list[_Recipient]] = defaultdict(list)
    for person, theirs in concerned.items():
        alike[tuple(change.pk for change in theirs)].append(person)
    known = {change.pk: change for change in changes}
    for keys, people in alike.items():
        yield [known[key] for key in keys], people


def _url_of(changes: Sequence[LessonChange]) -> str:
    """The week of several; of one, its own page."""
    return f"{reverse('timetable:week')}?semaine={changes[0].lesson.day}" if len(changes) > 1 else ""


def _key_of_group(change: LessonChange) -> str:
    """A day of them is told at once; the lessons that somebody else gives from now on, all of them."""
    if change.kind == Kind.REPLACED:
        return change.origin
    return f"{change.origin}-{change.lesson.day:%m%d}"


@transaction.atomic
def tell_of_undoing(change_id: int) -> int:
    """Take back what had not left; tell those who knew that the lesson is as it was. Returns how many were told."""
    change = _found(change_id)
    if change is None or not change.undone_at or _is_unheard(change):
        return 0
    everybody = list(_everybody(change))
    if change.origin and not _is_last_of_group(change):
        # They were told of it with others, which stand: where that waits for the news of the day, this follows it there.
        if _kind_for(change) == TODAY:
            return _publish(HELD, change, everybody, _facts(change, undone=True))
        after = _of_a_part(_everybody(change, _key_of_group(change)), change)
        return _publish(LATER, change, after, _facts(change, undone=True))
    heard = list(_everybody(change, _key_of_group(change))) if change.origin else everybody
    keys = sorted({one.key for one in heard})
    count = 0
    for kind in (TODAY, LATER):
        if not notices.settle(kind, *keys):
            continue
        silent = notices.taken_back(kind, *keys)
        _settle_parts([change], silent)
        left = [
            one
            for one, as_told in zip(everybody, heard, strict=True)
            if (one.person, as_told.key) not in silent
        ]
        count += _publish(HELD, change, left, _facts(change, undone=True))
    if change.kind == Kind.ADDED:
        _take_away(change.lesson)
    return count


@transaction.atomic
def tell_of_undoing_together(change_ids: Sequence[int]) -> int:
    """The same of lessons given to one person that were taken back in one gesture: told once. Returns how many were told."""
    changes = LessonChange.objects.filter(pk__in=change_ids).exclude(undone_at=None).select_related(*WITH)
    heard = [change for change in changes.order_by("lesson__starts", "pk") if not _is_unheard(change)]
    return sum(_tell_group_undone(group) for group in _groups(heard))


def _tell_group_undone(changes: Sequence[LessonChange]) -> int:
    key, last = _key_of_group(changes[0]), _is_last_of_group(changes[0])
    silent: set[tuple[int, str]] = set()
    if last:
        keys = sorted({one.key for change in changes for one in _everybody(change, key)})
        for kind in (TODAY, LATER):
            if notices.settle(kind, *keys):
                silent |= notices.taken_back(kind, *keys)
        _settle_parts(changes, silent)
    told = 0
    for theirs, people in _alike(changes):
        # A part of them, then the rest: two news.
        left = _of_a_part([one for one in people if (one.person, one.key) not in silent], changes[0])
        # What stands may wait for the news of the day: this follows it there.
        kind = HELD if last or _kind_for(theirs[0]) == TODAY else LATER
        told += _publish(kind, theirs[0], left, _facts_of(theirs, undone=True), _url_of(theirs))
    return told


def _of_a_part(people: Iterable[_Recipient], first: LessonChange) -> list[_Recipient]:
    """The same people, told of a part of a group which begins with this change."""
    return [replace(one, key=f"{one.key}-{first.pk}") for one in people]


def _settle_parts(changes: Sequence[LessonChange], silent: Iterable[tuple[int, str]]) -> None:
    """Whoever never heard of a group hears nothing either of the parts of it that were undone before these."""
    keys = sorted({key for _person, key in silent})
    if not keys or not changes[0].origin:
        return
    undone = LessonChange.objects.filter(origin=changes[0].origin).exclude(undone_at=None)
    for before in undone.exclude(pk__in=[change.pk for change in changes]).values_list("pk", flat=True):
        notices.settle(LATER, *[f"{key}-{before}" for key in keys])


def _is_unheard(change: LessonChange) -> bool:
    """Was it undone before it was told with the others of its gesture? A closing tells of itself."""
    if not change.origin or change.absence_id is None or change.told_at:
        return False
    if LessonChange.objects.filter(origin=change.origin).exclude(told_at=None).exists():
        return True
    # While an update goes on, a worker of before may tell of all of them and note nothing: their news say so.
    keys = sorted({one.key for one in _everybody(change, _key_of_group(change))})
    return not any(notices.told(kind, *keys) for kind in (TODAY, LATER))


def _is_last_of_group(change: LessonChange) -> bool:
    """Is nothing to come left of what was told with it? Never of a closing, which told of itself."""
    others = LessonChange.objects.in_force().filter(origin=change.origin)
    if change.kind == Kind.REPLACED:
        others = others.filter(lesson__ends__gt=timezone.now())
    else:
        others = others.filter(lesson__day=change.lesson.day)
    return change.absence_id is not None and not others.exists()


def _take_away(lesson: Lesson) -> None:
    """An added lesson that was undone is no more, unless another house holds something of it: then it stays cancelled."""
    try:
        with transaction.atomic():
            lesson.delete()
    except ProtectedError:
        return


def _found(change_id: int) -> LessonChange | None:
    return LessonChange.objects.filter(pk=change_id).select_related(*WITH).first()


def _kind_for(change: LessonChange) -> str:
    """Today or tomorrow morning, one is told at once; later, with the news of the day."""
    moments = [change.lesson.starts, *filter(None, [change.starts_before])]
    return TODAY if min(moments) - timezone.now() < SOON else LATER


def _everybody(change: LessonChange, key: str = "") -> Iterable[_Recipient]:
    """Teachers of before and after, pupils of the groups on the days concerned, guardians who may follow them."""
    lesson, key = change.lesson, key or str(change.pk)
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


def _publish(
    kind: str, change: LessonChange, people: Iterable[_Recipient], facts: dict[str, str], url: str = ""
) -> int:
    lesson = change.lesson
    gone = kind == HELD and change.kind == Kind.ADDED
    url = url or (
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


def _facts_of(changes: Sequence[LessonChange], *, undone: bool = False) -> dict[str, str]:
    if len(changes) == 1:
        return _facts(changes[0], undone=undone)
    given = changes[0].kind == Kind.REPLACED
    return _facts_of_given(changes, undone=undone) if given else _facts_of_day(changes)


def _facts_of_day(changes: Sequence[LessonChange]) -> dict[str, str]:
    """« 3 cours, mardi 24 novembre : Français à 8 h 00, annulé, permanence ; … »"""
    lesson, zone = changes[0].lesson, changes[0].lesson.school.timezone
    sentences = []
    for change in changes:
        what = [_said(change, change.lesson, zone), change.get_reason_display().lower()]
        begins = dates.hour(change.lesson.starts, zone)
        sentences.append(
            _("%(subject)s à %(hour)s, %(what)s")
            % {"subject": change.lesson.subject.name, "hour": begins, "what": ", ".join(filter(None, what))}
        )
    return {
        "lesson": _number_of(changes),
        "when": dates.day(lesson.day),
        "what": "\u202f; ".join(sentences),
        "why": "",
        "school": lesson.school.name,
    }


def _facts_of_given(changes: Sequence[LessonChange], *, undone: bool) -> dict[str, str]:
    """« 24 cours (Français), du 24 novembre au 15 janvier : avec Mme Petit, était M. Roux »"""
    first, last = changes[0].lesson, changes[-1].lesson
    subjects = sorted({change.lesson.subject.name for change in changes})
    return {
        "lesson": f"{_number_of(changes)} ({', '.join(subjects)})",
        "when": dates.span(first.day, last.day),
        "what": _said_undone(changes[0]) if undone else _said(changes[0], first, first.school.timezone),
        "why": "",
        "school": first.school.name,
    }


def _number_of(changes: Sequence[LessonChange]) -> str:
    return ngettext("%(num)s cours", "%(num)s cours", len(changes)) % {"num": len(changes)}


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
