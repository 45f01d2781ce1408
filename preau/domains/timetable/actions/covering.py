"""Somebody is asked to give the lesson of a colleague; the first who accepts has it. Or it is settled otherwise."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.changes import (
    NothingChanges,
    NotNow,
    Why,
    cancel_lesson,
    replace_teacher,
)
from preau.domains.timetable.actions.cover_news import tell_asked, tell_asker, tell_closed
from preau.domains.timetable.models import CoverAsk, CoverAskQuerySet, Lesson, LessonChange, TeacherAbsence
from preau.domains.timetable.queries.colleagues import is_free_for
from preau.foundation import journal
from preau.foundation.locks import lock

State, Kind = CoverAsk.State, LessonChange.Kind


class AlreadyAnswered(Exception):
    """This was answered so before: a second click."""


class TakenByAnother(Exception):
    """Somebody else has the lesson, or nobody is looked for any more."""


class Busy(Exception):
    """The person is in class, or away, at this hour."""


@transaction.atomic
def ask_cover(
    viewer: Viewer, lesson: Lesson, absence: TeacherAbsence, people: Iterable[Person]
) -> list[CoverAsk]:
    """Ask these people to give a lesson whose teacher is away; whoever was asked already is not asked twice.

    Raises NotNow when the lesson is not to cover (any more), and Busy when one of them is not free.
    """
    lesson = locked(lesson)
    _refuse_settled(lesson, absence)
    known = set(
        CoverAsk.objects.waiting().filter(lesson=lesson, absence=absence).values_list("person", flat=True)
    )
    asks = []
    for person in people:
        if person.pk in known:
            continue
        if not is_free_for(lesson, person.pk):
            raise Busy(person.formal_name)
        asks.append(
            CoverAsk.objects.create(
                school_id=lesson.school_id,
                lesson=lesson,
                absence=absence,
                person=person,
                asked_by_id=viewer.person.pk,
                asked_at=timezone.now(),
            )
        )
        known.add(person.pk)
    for ask in asks:
        journal.record(viewer, "timetable.cover_asked", ask, subject_id=ask.person_id, lesson=lesson.pk)
    tell_asked(lesson, asks)
    return asks


@transaction.atomic
def accept_cover(viewer: Viewer, ask: CoverAsk) -> CoverAsk:
    """Take the lesson: it is the viewer's from now on, and everybody concerned is told. The first who accepts has it.

    Raises AlreadyAnswered, TakenByAnother, Busy, NotNow. Whoever had declined may still accept.
    """
    lesson, ask = _opened(ask)
    if ask.state == State.ACCEPTED:
        raise AlreadyAnswered
    if ask.state in {State.TAKEN, State.CANCELLED} or ask.absence.is_withdrawn:
        raise TakenByAnother
    # Two schools may ask the same person for the same hour: their own row is the lock that both share.
    lock(Person, ask.person_id)
    if not is_free_for(lesson, ask.person_id):
        raise Busy
    try:
        change = replace_teacher(viewer, lesson, ask.absence.teacher, ask.person, Why())
    except NothingChanges:
        raise TakenByAnother from None
    _link(change, ask.absence)
    ask.change = change
    _answer(viewer, ask, State.ACCEPTED)
    others = CoverAsk.objects.filter(lesson=lesson, absence=ask.absence, state=State.ASKED)
    _close(others.exclude(pk=ask.pk), State.TAKEN)
    tell_asker(ask)
    return ask


@transaction.atomic
def decline_cover(viewer: Viewer, ask: CoverAsk, words: str = "") -> CoverAsk:
    """Say no; nobody has to say why. Raises AlreadyAnswered, TakenByAnother when there is nothing left to answer."""
    _lesson, ask = _opened(ask)
    if ask.state == State.DECLINED:
        raise AlreadyAnswered
    if ask.state != State.ASKED:
        raise TakenByAnother
    ask.words = words
    _answer(viewer, ask, State.DECLINED)
    tell_asker(ask)
    return ask


@transaction.atomic
def cancel_ask(viewer: Viewer, ask: CoverAsk) -> None:
    """Ask no longer. Raises AlreadyAnswered when there was an answer, or nothing was asked any more."""
    _lesson, ask = _opened(ask)
    if ask.state != State.ASKED:
        raise AlreadyAnswered
    cancel_asks(viewer, CoverAsk.objects.filter(pk=ask.pk))


def cancel_asks(viewer: Viewer, asks: CoverAskQuerySet) -> int:
    """What was asked is no longer asked; those who had heard of it are told. Returns how many."""
    closed = _close(asks, State.CANCELLED)
    for ask in closed:
        journal.record(
            viewer, "timetable.cover_cancelled", ask, subject_id=ask.person_id, lesson=ask.lesson_id
        )
    return len(closed)


@transaction.atomic
def settle_otherwise(
    viewer: Viewer, lesson: Lesson, absence: TeacherAbsence, *, study: bool, together: str = ""
) -> LessonChange:
    """Nobody gives the lesson: its pupils go to the study room, or are free. Raises NotNow, NothingChanges."""
    lesson = locked(lesson)
    if lesson.is_cancelled:
        raise NothingChanges
    _refuse_settled(lesson, absence)
    reason = LessonChange.Reason.STUDY if study else ""
    change = cancel_lesson(viewer, lesson, Why(reason, together=together))
    _link(change, absence)
    cancel_asks(viewer, CoverAsk.objects.filter(lesson=lesson, state=State.ASKED))
    return change


@transaction.atomic
def close_asks(change_id: int) -> int:
    """A lesson changed by another way: what was asked about it as it was is no longer asked. Returns how many."""
    change = LessonChange.objects.filter(pk=change_id, undone_at=None).first()
    if change is None or change.kind not in {Kind.CANCELLED, Kind.MOVED, Kind.REPLACED}:
        return 0
    asks = CoverAsk.objects.filter(lesson=change.lesson_id, state=State.ASKED, asked_at__lte=change.made_at)
    if change.kind == Kind.REPLACED:
        asks = asks.filter(absence__teacher=change.teacher_before_id)
    return len(_close(asks, State.CANCELLED))


def locked(lesson: Lesson) -> Lesson:
    """The lesson as it is now, under the same locks as every change of it."""
    lock(SchoolYear, lesson.year_id)
    return lock(Lesson, lesson.pk, "school", "subject")


def _opened(ask: CoverAsk) -> tuple[Lesson, CoverAsk]:
    """Its lesson, then itself, as they are now. Raises NotNow once the lesson is over."""
    lesson = locked(ask.lesson)
    found = CoverAsk.objects.select_for_update(of=("self",)).select_related("absence__teacher", "person")
    ask = found.get(pk=ask.pk)
    ask.lesson = lesson
    if lesson.ends <= timezone.now():
        raise NotNow(_("Ce cours est terminé."))
    return lesson, ask


def _refuse_settled(lesson: Lesson, absence: TeacherAbsence) -> None:
    """Over, cancelled, or no longer without its teacher."""
    if lesson.ends <= timezone.now():
        raise NotNow(_("Ce cours est terminé."))
    if lesson.is_cancelled:
        raise NotNow(_("Ce cours est annulé : rétablissez-le d’abord."))
    away = absence.confirmed_at and not absence.is_withdrawn
    touches = absence.starts < lesson.ends and absence.ends > lesson.starts
    if not (away and touches and lesson.teachers.filter(pk=absence.teacher_id).exists()):
        raise NotNow(_("Ce cours n’est plus à remplacer."))


def _answer(viewer: Viewer, ask: CoverAsk, state: str) -> None:
    ask.state, ask.answered_at = state, timezone.now()
    ask.save(update_fields=["state", "answered_at", "words", "change"])
    journal.record(viewer, f"timetable.cover_{state}", ask, lesson=ask.lesson_id)


def _link(change: LessonChange, absence: TeacherAbsence) -> None:
    change.absence = absence
    change.save(update_fields=["absence"])


def _close(asks: Any, state: str) -> Sequence[CoverAsk]:
    """These wait no longer; those who had heard of them are told."""
    found = list(
        asks.filter(state=State.ASKED).select_related("lesson__subject", "lesson__school").order_by("pk")
    )
    CoverAsk.objects.filter(pk__in=[ask.pk for ask in found]).update(state=state, answered_at=timezone.now())
    for ask in found:
        tell_closed(ask)
    return found


def forget_words(person_id: int) -> int:
    """Erase what somebody wrote when they declined."""
    return CoverAsk.objects.filter(person=person_id).exclude(words="").update(words="")
