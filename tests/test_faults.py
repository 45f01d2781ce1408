"""A process is killed while it writes: what was acknowledged is there, once, and nothing of the rest. `make faults` does it at length."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.faults import checks
from bench.faults.ledger import Ledger
from conftest import NOW
from preau.commons.notifications.tests.test_killed import worker_environment
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry, EntryChange, RollCall
from preau.domains.attendance.queries.registers import register_of
from preau.domains.timetable.models import Lesson

ROOT = Path(__file__).parent.parent


def killed_halfway(person: int, *lessons: Lesson) -> None:
    """It says itself how far it is: a slow machine kills it at the same statement as a quick one."""
    command = [
        sys.executable,
        "-m",
        "bench.faults.halfway",
        str(person),
        *(str(lesson.pk) for lesson in lessons),
    ]
    environment = {**worker_environment(), "DJANGO_SETTINGS_MODULE": "preau.settings"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(2)]
        process.kill()
    assert lines == ["written", "halfway"]


@pytest.mark.django_db(transaction=True)
def test_a_kill_loses_no_acknowledged_write_and_a_lie_in_the_ledger_is_found(
    planted: dict[str, World],
) -> None:
    college = planted["college"]
    past = Lesson.objects.filter(school=college.school, ends__lt=NOW, roll_call=None).order_by("-starts")
    whole, half = past[:2]
    absent = register_of(whole)[0].pupil_id
    killed_halfway(college.people["cpe"].pk, whole, half)
    ledger = Ledger()
    ledger.acknowledged(("entry", whole.pk, absent), ("absent", None))
    ledger.acknowledged(("roll", whole.pk), 1)
    ledger.begin(("roll", half.pk), [])
    found = checks.look(ledger.promised())
    assert found.sound and found.acknowledged == 1, found.words
    assert (
        not RollCall.objects.filter(lesson=half).exists() and not Entry.objects.filter(lesson=half).exists()
    )
    # The judge sees what is wrong: a line that nobody wrote, and an entry without its step.
    ledger.acknowledged(("entry", whole.pk, absent), ("late", 599))
    assert checks.look(ledger.promised()).lost == 1
    EntryChange.objects.filter(entry__lesson=whole).delete()
    found = checks.look(ledger.promised())
    assert found.lost == 2 and found.broken
