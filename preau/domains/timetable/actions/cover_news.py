"""What is told about absences of teachers and covers: to whom was asked, to who asked, to the office. Never the cause."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Holding
from preau.directory.viewer import Viewer
from preau.domains.timetable import rules
from preau.domains.timetable.models import CoverAsk, Lesson, TeacherAbsence
from preau.domains.timetable.queries.absences import when_said
from preau.foundation import dates, notices

ASKED_SOON, ASKED = "timetable.cover_asked_soon", "timetable.cover_asked"
TAKEN, DECLINED, CLOSED = "timetable.cover_taken", "timetable.cover_declined", "timetable.cover_closed"
ANNOUNCED, ANSWERED = "timetable.absence_announced", "timetable.absence_answered"
SOON = timedelta(days=1)


def tell_asked(lesson: Lesson, asks: Sequence[CoverAsk]) -> None:
    """Ask: at once when the lesson is today or tomorrow, at decent hours otherwise."""
    kind = ASKED_SOON if lesson.starts - timezone.now() < SOON else ASKED
    facts = _facts(lesson)
    notices.publish(*(_about(kind, ask, lesson, ask.person_id, facts) for ask in asks))


def tell_closed(ask: CoverAsk) -> None:
    """Nothing to answer any more; told to whoever had heard of the question."""
    key = str(ask.pk)
    for kind in (ASKED_SOON, ASKED):
        if notices.settle(kind, key) and (ask.person_id, key) not in notices.taken_back(kind, key):
            notices.publish(_about(CLOSED, ask, ask.lesson, ask.person_id, _facts(ask.lesson)))


def tell_asker(ask: CoverAsk) -> None:
    """The answer, to who asked; what was asked is settled for the person who answered."""
    notices.settle(ASKED_SOON, str(ask.pk))
    notices.settle(ASKED, str(ask.pk))
    if ask.asked_by_id is None:
        return
    kind = TAKEN if ask.state == CoverAsk.State.ACCEPTED else DECLINED
    facts = _facts(ask.lesson) | {"who": ask.person.formal_name}
    address = reverse("timetable:cover_lesson", kwargs={"pk": ask.lesson_id})
    notices.publish(
        notices.News(
            kind=kind,
            person_id=ask.asked_by_id,
            key=f"{ask.pk}-{ask.state}",
            url=address,
            school_id=ask.school_id,
            seat=f"staff-{ask.school_id}",
            facts=facts,
        )
    )


def tell_of_absence(absence: TeacherAbsence) -> None:
    """A teacher says that they will be away: head and secretary are asked to confirm it."""
    notices.publish(*(_of_absence(ANNOUNCED, absence, person) for person in _office(absence)))


def tell_of_answer(viewer: Viewer, absence: TeacherAbsence) -> None:
    """The school's word, to the teacher who had announced it; nobody is told of what they did themselves."""
    notices.settle(ANNOUNCED, str(absence.pk))
    own = absence.announced_by_id == absence.teacher_id
    if own and viewer.person.pk != absence.teacher_id:
        notices.publish(_of_absence(ANSWERED, absence, absence.teacher_id))


def _office(absence: TeacherAbsence) -> Iterable[int]:
    today = timezone.localdate(timezone=ZoneInfo(absence.school.timezone))
    held = Holding.objects.active(today).filter(school=absence.school_id, role__in=rules.EDITORS)
    return held.order_by("person_id").values_list("person_id", flat=True).distinct()


def _about(kind: str, ask: CoverAsk, lesson: Lesson, person: int, facts: dict[str, str]) -> notices.News:
    return notices.News(
        kind=kind,
        person_id=person,
        key=str(ask.pk),
        url=reverse("timetable:ask", kwargs={"pk": ask.pk}),
        school_id=lesson.school_id,
        seat=f"staff-{lesson.school_id}",
        facts=facts,
    )


def _of_absence(kind: str, absence: TeacherAbsence, person: int) -> notices.News:
    what = _("n’est pas retenue") if absence.is_withdrawn else _("est notée")
    return notices.News(
        kind=kind,
        person_id=person,
        key=f"{absence.pk}-{what}" if kind == ANSWERED else str(absence.pk),
        url=reverse("timetable:absence", kwargs={"pk": absence.pk}),
        school_id=absence.school_id,
        seat=f"staff-{absence.school_id}",
        facts={
            "who": absence.teacher.formal_name,
            "when": when_said(absence),
            "what": what,
            "school": absence.school.name,
        },
    )


def _facts(lesson: Lesson) -> dict[str, str]:
    """The lesson in words: neither the teacher who is away, nor why, nor a pupil."""
    groups = ", ".join(lesson.groups.order_by("name").values_list("name", flat=True))
    return {
        "lesson": f"{lesson.subject.name} ({groups})" if groups else lesson.subject.name,
        "when": f"{dates.day(lesson.day)}, {lesson.hours}",
        "school": lesson.school.name,
    }
