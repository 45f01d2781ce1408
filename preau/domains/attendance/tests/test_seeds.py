"""The demonstration's attendance, written in bulk, is what the actions would have left."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.attendance.actions import explanations, rolls
from preau.domains.attendance.models import (
    Decision,
    Entry,
    EntryChange,
    Explanation,
    Reason,
    RollCall,
    Status,
)
from preau.domains.attendance.queries import registers
from preau.domains.attendance.seeds import excuses, weeks, whims
from preau.domains.timetable.models import Lesson

NOT_COMPARED = {"id", "entry_id", "explanation_id", "called_at", "changed_at", "given_at", "decided_at"}


def rows(model: Any, **found: Any) -> list[dict[str, Any]]:
    """What a table holds, without keys and moments."""
    return [
        {name: value for name, value in row.items() if name not in NOT_COMPARED}
        for row in model.objects.filter(**found).order_by("pk").values()
    ]


def everything(lesson: Lesson, pupil: int) -> list[Any]:
    return [
        rows(RollCall, lesson=lesson),
        rows(Entry, lesson=lesson),
        rows(EntryChange, entry__lesson=lesson),
        rows(Explanation, pupil=pupil, day=lesson.day),
        rows(Decision, explanation__pupil=pupil),
    ]


def forget(lesson: Lesson, pupil: int) -> None:
    EntryChange.objects.filter(entry__lesson=lesson).delete()
    Entry.objects.filter(lesson=lesson).delete()
    Decision.objects.filter(explanation__pupil=pupil).delete()
    Explanation.objects.filter(pupil=pupil).delete()
    RollCall.objects.filter(lesson=lesson).delete()


def test_bulk_leaves_what_actions_leave(college: World, seat_of: Any, monkeypatch: Any) -> None:
    pupil = college.people["pupil"]
    lesson = Lesson.objects.of_pupils([pupil.pk]).filter(starts__lte=NOW, ends__gt=NOW).get()
    teacher = viewer_for(lesson.teachers.get(), 0, NOW)
    assert teacher is not None
    marks = [
        rolls.Mark(row.pupil_id, Status.ABSENT if row.pupil_id == pupil.pk else row.status, None, row.seen)
        for row in registers.register_of(lesson)
    ]
    rolls.validate_roll(teacher, lesson, marks)
    explanation = explanations.explain(
        seat_of("guardian"), list(Entry.objects.filter(lesson=lesson)), Reason.objects.get(label="Maladie")
    )
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    by_actions = everything(lesson, pupil.pk)
    assert all(by_actions)
    forget(lesson, pupil.pk)

    monkeypatch.setattr(whims, "spell_of", lambda pupil, day: None)
    monkeypatch.setattr(whims, "minutes_late", lambda *about, first: None)
    monkeypatch.setattr(excuses, "_words", lambda reason, chance: "")
    monkeypatch.setattr(excuses.Desk, "_reason", lambda self, chance: Reason.objects.get(label="Maladie"))
    # Everyone has gone home: no lesson is left to the visitors of the demonstration.
    now = NOW + timedelta(hours=12)
    scenes = {pupil.pk: {lesson.day: weeks.Scene("pupil", 0)}}
    written = weeks.call(college.school, Lesson.objects.filter(pk=lesson.pk), now, scenes)
    answer = excuses.Answer("accepted", college.people["guardian"].pk)
    excuses.write(college.school, written, now, {(pupil.pk, lesson.day): answer})
    assert everything(lesson, pupil.pk) == by_actions


def test_whims_are_those_of_a_real_school_and_always_the_same() -> None:
    day = NOW.date()
    missing = [whims.is_missing(pupil, day, morning=True) for pupil in range(3000)]
    assert missing == [whims.is_missing(pupil, day, morning=True) for pupil in range(3000)]
    assert 0.02 < sum(missing) / 3000 < 0.07
