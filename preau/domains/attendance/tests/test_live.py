"""What open pages of attendance hear of: the roll as a colleague fills it, the calls of the day; each as their pages are read."""

from typing import Any

from preau.commons.live import queries
from preau.directory.seeds.world import World
from preau.domains.attendance.actions.rolls import Mark, validate_roll
from preau.domains.attendance.models import Status
from preau.domains.timetable.models import Lesson
from preau.foundation import live


def heard(viewer: Any, *topics: str) -> set[str]:
    return set(queries.channels_for(viewer, topics))


def test_each_hears_of_what_they_may_open_and_of_nothing_else(
    college: World, twin: World, seat_of: Any
) -> None:
    own = Lesson.objects.filter(school=college.school, teachers=college.people["teacher"]).latest("starts")
    foreign = Lesson.objects.filter(school=twin.school).latest("starts")
    rolls = [f"roll:{own.pk}", f"roll:{foreign.pk}"]
    assert heard(seat_of("teacher"), *rolls, "board") == {rolls[0]}
    assert heard(seat_of("cpe"), *rolls, "board") == {rolls[0], "board"}
    for key in ("guardian", "pupil", "other_teacher"):
        if key in college.people:
            assert heard(seat_of(key), *rolls, "board") == set(), key


def test_a_colleague_who_calls_the_roll_is_seen_on_the_open_pages(
    college: World,
    seat_of: Any,
    lesson: Lesson,
    settings: Any,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.LIVE = True
    carried: list[str] = []
    monkeypatch.setattr(live, "_carry", carried.append)
    mark = Mark(college.people["pupil"].pk, Status.LATE, 7, "present")
    for _again in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            validate_roll(seat_of("cpe"), lesson, [mark])
    channels = [live.channel(f"roll:{lesson.pk}"), live.channel(f"board:{college.school.pk}")]
    # A second click changes nothing, and says nothing of the roll.
    assert [" ".join(carried).split().count(channel) for channel in channels] == [1, 1]
