"""The lessons to come follow what a school says of its closures."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.directory.models import Closure
from preau.directory.seeds.world import World
from preau.domains.timetable.models import Lesson

TODAY = NOW.date()


@pytest.fixture
def head(client: SchoolClient, college: World) -> SchoolClient:
    return client.sit(college.people["head"])


def work() -> None:
    """What the worker would do with what waits; twice, as after a worker's death: nothing more happens."""
    for waiting in DBTaskResult.objects.filter(task_path__endswith="follow_calendar"):
        for _ in range(2):
            import_string(waiting.task_path).call(
                *waiting.args_kwargs["args"], **waiting.args_kwargs["kwargs"]
            )
        waiting.delete()


def test_lessons_to_come_follow_a_closure_and_its_end(
    head: SchoolClient, college: World, django_capture_on_commit_callbacks: Any
) -> None:
    first = TODAY + timedelta(days=6)
    days = {"starts": first.isoformat(), "ends": (first + timedelta(days=1)).isoformat(), "name": "Grève"}
    ours = Lesson.objects.filter(school=college.school)
    full = {(x.pattern_id, x.day) for x in ours}
    joined = set(ours.filter(day=first).values_list("pattern_id", "groups", "teachers"))
    assert joined
    with django_capture_on_commit_callbacks(execute=True):
        head.post(reverse("directory:closures"), days)
    work()
    assert not ours.filter(day__range=(first, first + timedelta(days=1))).exists()
    assert {(x.pattern_id, x.day) for x in ours.filter(day__lt=first)} == {x for x in full if x[1] < first}
    closure = Closure.objects.get(school=college.school, name="Grève")
    with django_capture_on_commit_callbacks(execute=True):
        head.post(reverse("directory:remove_closure", kwargs={"pk": closure.pk}))
    work()
    assert {(x.pattern_id, x.day) for x in ours} == full
    assert set(ours.filter(day=first).values_list("pattern_id", "groups", "teachers")) == joined
