"""Some days of attendance for the demonstration, made by the same actions as real ones."""

from typing import Any

from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.attendance.actions import explanations, rolls
from preau.domains.attendance.models import Entry, Explanation, Reason, Status
from preau.domains.attendance.queries.registers import register_of
from preau.domains.timetable.models import Lesson
from preau.foundation import notices

PAST_DAYS = 5


def plant(world: Any) -> None:
    """Calls of the last five days with lessons; the cast's pupil has two lessons to explain, other absences are in every state.

    The teacher of the cast has forgotten one call: her home says so.
    """
    before = Lesson.objects.held().filter(school=world.school, day__lt=world.today)
    days = list(before.order_by("-day").values_list("day", flat=True).distinct()[:PAST_DAYS])
    past = before.filter(day__in=days)
    forgotten = past.taught_by(world.people["teacher"]).order_by("starts").last()
    with notices.told_already():
        for number, lesson in enumerate(past.order_by("starts", "pk").prefetch_related("teachers")):
            if lesson != forgotten:
                _call(world, lesson, number)
        if days:
            _miss(world, world.people["pupil"], past.filter(day=days[0]))
        _explain_some(world)


def _call(world: Any, lesson: Lesson, number: int) -> None:
    """About one absence in two lessons, one lateness in three."""
    rows = register_of(lesson)
    marks = []
    for place, row in enumerate(rows):
        turn = (number * 7 + place) % 53
        status = Status.ABSENT if turn == 0 else Status.LATE if turn == 11 else Status.PRESENT
        if row.pupil_id == world.people["pupil"].pk:
            status = Status.PRESENT
        marks.append(
            rolls.Mark(row.pupil_id, status, 5 + place % 10 if status == Status.LATE else None, row.seen)
        )
    rolls.validate_roll(_seat(world, lesson.teachers.all()[0]), lesson, marks)


def _miss(world: Any, pupil: Person, lessons: Any) -> None:
    """Absent at the first two lessons of a day."""
    for lesson in Lesson.objects.of_pupils([pupil.pk]).filter(pk__in=lessons).order_by("starts")[:2]:
        seen = next(row.seen for row in register_of(lesson) if row.pupil_id == pupil.pk)
        mark = rolls.Mark(pupil.pk, Status.ABSENT, None, seen)
        rolls.validate_roll(_seat(world, lesson.teachers.all()[0]), lesson, [mark])


def _explain_some(world: Any) -> None:
    """Of the other pupils' absences: one in four accepted, one refused, one to read, one left."""
    reason = Reason.objects.filter(school=None).first()
    others = Entry.objects.filter(school=world.school).to_explain().exclude(pupil=world.people["pupil"])
    for number, entry in enumerate(others.select_related("pupil").order_by("pk")[:40]):
        row = entry.pupil.guardianships.order_by("contact_priority").select_related("guardian").first()
        if number % 4 == 3 or row is None or reason is None:
            continue
        explanation = explanations.explain(_guardian(row.guardian, world), [entry], reason)
        cpe = _seat(world, world.people["cpe"])
        if number % 4 == 0:
            explanations.decide(cpe, explanation, Explanation.State.ACCEPTED)
        if number % 4 == 1:
            explanations.decide(
                cpe, explanation, Explanation.State.REFUSED, "Merci de fournir le justificatif de transport."
            )


def _seat(world: Any, person: Person) -> Viewer:
    viewer = viewer_for(person, 0, timezone.now(), f"staff-{world.school.pk}")
    assert viewer is not None  # noqa: S101 - the cast holds a role
    return viewer


def _guardian(person: Person, world: Any) -> Viewer:
    viewer = viewer_for(person, 0, timezone.now(), "guardian")
    assert viewer is not None  # noqa: S101 - just read from a guardianship
    return viewer
