"""Absences of teachers and covers in the demonstration: some over the term, one of today that is still to settle."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F
from django.utils import timezone

from preau.directory.models import Assignment, Holding, Person, School
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.timetable.actions.covering import ask_cover
from preau.domains.timetable.models import CoverAsk, Lesson, LessonChange, TeacherAbsence
from preau.domains.timetable.queries.colleagues import colleagues_of
from preau.domains.timetable.queries.ranking import Slot, ranked
from preau.foundation import notices

EVERY, MOST = timedelta(days=9), 8
# The maths of 5e B: the teacher whom visitors sit as.
VISITED = {"subject__code": "061300", "group__name": "5e B"}


def plant(world: Any) -> None:
    """What happened since September, and what is to settle today. An école has one teacher a class: nobody to ask."""
    if world.school.kind == School.Kind.ECOLE:
        return
    people = _teachers(world)
    if not people:
        return
    office = world.people.get("secretary") or world.people["head"]
    for number, day in enumerate(_days(world)):
        _past(world.school, people[number % len(people)], day, office)
    announce_today(world.school, people, office, ask=world.imported)


def _teachers(world: Any) -> list[Person]:
    """Whom no visitor sits as; in the small school of the tests, the last of five."""
    if not world.imported:
        return [world.people["teacher_4"]]
    known = {person.pk for person in world.people.values()}
    held = Holding.objects.active(world.today).filter(school=world.school, role=Role.TEACHER)
    people = Person.objects.filter(pk__in=held.values("person_id")).exclude(pk__in=known)
    taught = people.annotate(count=Count("lessons")).filter(count__gt=0)
    return list(taught.order_by("pk"))[::3]


def _days(world: Any) -> list[date]:
    """A school day every nine days, the last ones first; in the small school, one."""
    days = [world.today - EVERY * number for number in range(1, 2 if not world.imported else MOST + 1)]
    return [day for day in days if day >= world.year.starts]


def _past(school: School, teacher: Person, day: date, office: Person) -> None:
    """A day of absence that was settled: most lessons replaced, the last one in the study room."""
    lessons = list(
        Lesson.objects.taught_by(teacher).filter(school=school, revision=0).on(day).order_by("starts")
    )
    if not lessons:
        return
    absence = _absence(school, teacher, (day, day), office, lessons[0].starts - timedelta(hours=1))
    for number, lesson in enumerate(lessons):
        best = ranked(Slot(lesson.starts, lesson.ends, ""), colleagues_of(lesson))
        if best and number < 2:
            _replace(lesson, absence, best[number % len(best)].pk, office)
        else:
            _send_to_study(lesson, absence, office)


def _absence(
    school: School, teacher: Person, days: tuple[date, date], office: Person, at: datetime
) -> TeacherAbsence:
    zone = ZoneInfo(school.timezone)
    return TeacherAbsence.objects.create(
        school=school,
        teacher=teacher,
        starts=datetime.combine(days[0], time(), zone),
        ends=datetime.combine(days[1] + timedelta(days=1), time(), zone),
        announced_by=office,
        announced_at=at,
        confirmed_by=office,
        confirmed_at=at,
    )


def _replace(lesson: Lesson, absence: TeacherAbsence, person: int, office: Person) -> None:
    at = absence.announced_at
    change = LessonChange.objects.create(
        school_id=lesson.school_id,
        lesson=lesson,
        kind=LessonChange.Kind.REPLACED,
        teacher_before=absence.teacher,
        teacher_after_id=person,
        absence=absence,
        made_by_id=person,
        made_at=at + timedelta(minutes=9),
    )
    CoverAsk.objects.create(
        school_id=lesson.school_id,
        lesson=lesson,
        absence=absence,
        person_id=person,
        asked_by=office,
        asked_at=at,
        state=CoverAsk.State.ACCEPTED,
        answered_at=change.made_at,
        change=change,
    )
    lesson.teachers.through.objects.filter(lesson=lesson, person=absence.teacher).update(person=person)
    Lesson.objects.filter(pk=lesson.pk).update(revision=F("revision") + 1)


def _send_to_study(lesson: Lesson, absence: TeacherAbsence, office: Person) -> None:
    LessonChange.objects.create(
        school_id=lesson.school_id,
        lesson=lesson,
        kind=LessonChange.Kind.CANCELLED,
        reason=LessonChange.Reason.STUDY,
        absence=absence,
        made_by=office,
        made_at=absence.announced_at,
    )
    Lesson.objects.filter(pk=lesson.pk).update(revision=F("revision") + 1, state=Lesson.State.CANCELLED)


def announce_today(school: School, people: Sequence[Person], office: Person, *, ask: bool) -> None:
    """Somebody is away on the next day with lessons and the one after; one lesson is asked, the others wait."""
    now = timezone.now()
    coming = Lesson.objects.held().filter(school=school, ends__gt=now).order_by("starts")
    for teacher in people:
        first = coming.taught_by(teacher).first()
        if first is None:
            continue
        absence = _absence(school, teacher, (first.day, first.day + timedelta(days=1)), office, now)
        if ask:
            _ask_visited(school, absence, office)
        return


def _ask_visited(school: School, absence: TeacherAbsence, office: Person) -> None:
    """The teacher whom visitors sit as is asked for the first lesson that they could give."""
    visited = Assignment.objects.filter(school=school, **VISITED).order_by("pk").first()
    viewer = viewer_for(office, 0, timezone.now())
    if visited is None or viewer is None:
        return
    touched = Lesson.objects.taught_by(absence.teacher).filter(school=school, ends__gt=timezone.now())
    for lesson in touched.filter(ends__lte=absence.ends).order_by("starts"):
        slot = Slot(lesson.starts, lesson.ends, "")
        if visited.teacher_id in {one.pk for one in ranked(slot, colleagues_of(lesson))}:
            with notices.told_already():
                ask_cover(viewer, lesson, absence, [visited.teacher])
            return


def refresh() -> None:
    """Each time the demonstration starts, there is something to settle."""
    now = timezone.now()
    for school in School.objects.filter(teacher_absences__isnull=False).distinct():
        if TeacherAbsence.objects.in_force().filter(school=school, ends__gt=now).exists():
            continue
        last = TeacherAbsence.objects.filter(school=school).select_related("announced_by").last()
        away = Person.objects.filter(own_absences__school=school).distinct().order_by("pk")
        if last and last.announced_by:
            announce_today(school, list(away), last.announced_by, ask=True)
