"""`python -m bench.faults.halfway <person> <lesson> <lesson>`: one roll is written, another stays halfway until this is killed.

Says « written », then « halfway »; then waits for its end, or for that of whoever started it.
"""

import sys

import django


def main() -> None:
    django.setup()
    from django.db import transaction

    from preau.directory.models import Person
    from preau.domains.timetable.models import Lesson

    person, whole, half = (int(word) for word in sys.argv[1:])
    caller = Person.objects.select_related("account").get(pk=person)
    note_absence(caller, Lesson.objects.get(pk=whole))
    print("written", flush=True)
    with transaction.atomic():
        note_absence(caller, Lesson.objects.get(pk=half))
        print("halfway", flush=True)
        sys.stdin.read()
        transaction.set_rollback(True)


def note_absence(caller: "Person", lesson: "Lesson") -> None:  # noqa: F821 - Django after its settings are named
    """The first pupil of the roll is absent, nobody else."""
    from preau.directory.viewer import viewer_for
    from preau.domains.attendance.actions import rolls
    from preau.domains.attendance.models import Status
    from preau.domains.attendance.queries import registers

    viewer = viewer_for(caller, caller.account.pk, lesson.ends)
    absent = registers.register_of(lesson)[0]
    rolls.validate_roll(viewer, lesson, [rolls.Mark(absent.pupil_id, Status.ABSENT, None, absent.seen)])


if __name__ == "__main__":
    main()
